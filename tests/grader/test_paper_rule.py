"""The paper's rule with its known slips."""

import reward


def test_paper_rule_is_an_or_with_its_known_slips():
    texts = [r"\boxed{\frac{2}{4}}", "The answer is: 0.5", r"\boxed{50}", r"\boxed{0.50004}", r"\boxed{\frac13}"]
    grades = reward.grade_batch(texts, [r"\frac12"] * 5, grader="paper", timeout=20)
    assert [g.correct for g in grades] == [True, True, True, True, False]
    assert [g.correct for g in reward.grade_batch(texts, [r"\frac12"] * 5)] == [True, True, False, False, False]
