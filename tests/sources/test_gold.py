"""The gold of an answer or a worked solution, and texts that hold none."""

import pytest

from sources.gold import answer_kind, final_answer_of, gold_of


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("She sells 9 * 2 = 18.\n#### 18", "18"),
        ("#### 1,080", "1,080"),
        ("#### (1,2)", "(1,2)"),
        ("#### $\\{1, 2\\}$", "\\{1, 2\\}"),
        ("so $x = \\boxed{\\frac12}$, as wanted.", "\\frac12"),
        ("first \\boxed{1}, then \\boxed{[2, 3)}.", "[2, 3)"),
        ("Adding up. The answer is: 5", "5"),
        ("Adding up. The answer is: (28, 84).", "(28, 84)"),
        ("The answer is $25$ dollars.", "25"),
        ("So the answer is 5 apples.", "5"),
        ("The answer is 12 square metres.", "12"),
        ("So the answer is:\n\n$$x = 5$$", "x = 5"),
        ("The answer is 0.333...", "0.333..."),
        ("Thus the answer is **42**.", "42"),
        ("Answer: San Marino", "San Marino"),
        ("The answer is yes.", "yes"),
        ("<think>\\boxed{3}</think> The answer is 4", "4"),
        ("Since \\boxed{} ends the proof.", None),
        ("The claim follows. \\boxed{}", None),
        ("By induction the claim holds. This completes the proof.", None),
        ("The answer is not obvious.", None),
        ("The answer is no surprise to those who know 3 of them.", None),
        ("The answer is 5 apples and 3 pears", None),
        ("One may say the answer is 7.\nBut there is more to it, as follows from the graph.", None),
        ("#### Step 2\nNow we add.", None),
        ("x^2 + 1", None),
    ],
)  # fmt: skip
def test_final_answer_of_worked_solutions(text, answer):
    assert final_answer_of(text) == answer


@pytest.mark.parametrize(
    ("value", "how", "gold"),
    [
        (" x^2 + 1 \n", "either", "x^2 + 1"),
        (18, "either", "18"),
        (0.5, "stated", "0.5"),
        (["12"], "either", "12"),
        (["12", "13"], "either", None),
        ('["\\\\frac{1}{2}"]', "either", "\\frac{1}{2}"),
        ('["1", "2"]', "either", None),
        ("[1, 2]", "either", "[1, 2]"),
        ("\\boxed{}", "either", None),
        ("so \\boxed{5}", "either", "5"),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "either", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
        ("Jungkook", "either", "Jungkook"),
        ("18", "worked", None),
        ("", "worked", None),
        (None, "either", None),
        ("notfound", "either", None),
        ("Proof.", "either", None),
        ("The force is constant, so by Newton's second law it speeds up.", "either", None),
        ("\\boxed{\\frac{1}", "either", None),
        ("\\frac{1", "either", None),
        ("\\frac{1", "stated", "\\frac{1"),
    ],
)
def test_gold_of_a_column(value, how, gold):
    found, why = gold_of(value, how)
    assert found == gold and (why is None) == (gold is not None)


@pytest.mark.parametrize(
    ("gold", "kind"),
    [("12", "integer"), ("-\\frac{1}{2}", "fraction"), ("Yes", "yes / no"), ("(B)", "choice letter"),
     ("0.5", "number"), ("(1, 2)", "tuple or interval"), ("x^2+1", "expression"), ("\\sqrt{2}", "constant"),
     ("12 cm", "number with a unit"), ("San Marino", "words"), ("x=1", "equation"), ("\\frac{1", "not understood")],
)  # fmt: skip
def test_answer_kinds(gold, kind):
    assert answer_kind(gold) == kind
