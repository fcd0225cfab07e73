"""The final answer of a completion, and the rules of form."""

import pytest

import reward

EXTRACTION = [
    (r"so \boxed{7}", "7"),
    (r"\boxed {12} is it", "12"),
    (r"\fbox{3}", "3"),
    (r"\boxed 7", "7"),
    (r"first \boxed{1}, then finally \boxed{\frac{a}{b}}.", r"\frac{a}{b}"),
    (r"\boxed{x = 1} \text{ and } \boxed{x = 2}", "x = 1, x = 2"),
    (r"$\boxed{2}$, $\boxed{3}$ and $\boxed{5}$", "2, 3, 5"),
    (r"<think>\boxed{1}</think>\boxed{2}", "2"),
    (r"<think>a</think>\boxed{1}</think>\boxed{2}", "2"),
    (r"The answer is 5. \boxed{}", None),
    (r"\boxed{never closes", None),
    (r"\boxed{\frac{3}{7}", None),
    (r"\boxed{\{1,2\}}", r"\{1,2\}"),
    ("The answer is 42.", "42."),
    ("Answer: 41 was wrong.\nAnswer: 42", "42"),
    ("work\n#### 18", "18"),
    ("**Final Answer**\n\n$$\nx=3\n$$", "x=3"),
    ("\\textbf{Answer:} 42", "42"),
    ("The answer is option C.", "C"),
    ("The answer is sqrt(2).", "sqrt(2)."),
    ("Thus the final answer is $(0, 1)$. I hope it is correct.", "(0, 1)"),
    ("<think>no</think><answer> 6 </answer>", "6"),
    ("", None),
]


def test_extraction():
    found = [(text, reward.extract_answer(text, final_line_fallback=False)) for text, _ in EXTRACTION]
    assert found == EXTRACTION


def test_final_line_fallback_can_be_switched_off():
    text = "Some work.\nTherefore the area is $12\\pi$."
    assert reward.extract_answer(text) == r"12\pi"
    assert reward.extract_answer(text, final_line_fallback=False) is None
    assert reward.extract_answer("The train takes 3 hours.") == "3"


def test_format_rules():
    def reason(text, **options):
        return reward.grade_batch([text], ["1"], **options)[0].reason

    assert reason(r"\boxed{1}", require_think_end=True) == "no </think>"
    assert reason(r"</think>\boxed{1}", require_think_end=True) == "equal strings"
    assert reason(r"\boxed{2}\boxed{1}", exactly_one_box=True) == "not exactly one box"
    assert reason(r"\boxed{2}</think>\boxed{1}", exactly_one_box=True) == "equal strings"
    assert reason("1", final_line_fallback=False) == "no answer"
    with pytest.raises(ValueError, match="completions"):
        reward.grade_batch(["a"], [])
    with pytest.raises(ValueError, match="grader"):
        reward.grade_batch(["a"], ["1"], grader="other")
