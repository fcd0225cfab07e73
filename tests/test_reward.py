"""The grader: tables of equal and unequal answers, extraction, hostile input, real worker deaths, TRL's signature."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reward
from grader import workers
from grader.worker import MEMORY_BYTES

ROOT = Path(reward.__file__).resolve().parent

# Blocks of a gold, answers that mean it (=) and answers that do not (!), separated by " ; ".
ANSWERS = r"""
# numbers
42
    = 42.0 ; +42 ; \text{42} ; x=42 ; $42$ ; {42} ; 42. ; 042 ; \text{forty-two} ; 84/2
    ! 43 ; 4200 ; 0.42 ; 42x ; 4 2 ; [0,42] ; \pm 42
1234567
    = 1,234,567 ; 1{,}234{,}567 ; 1\,234\,567 ; 1 234 567 ; 1.234567\times 10^6 ; 1.234567e6
    ! 1234568 ; 1.234567
2.5\times 10^{-3}
    = 0.0025 ; 2.5e-3 ; 25\cdot 10^{-4}
    ! 0.025 ; 2.5 ; 2.5\times 10^3
\frac{3}{4}
    = 0.75 ; 3/4 ; \frac34 ; \dfrac{6}{8} ; .75 ; 75\%
    ! 4/3 ; 75 ; 0.7501
\frac{7}{2}
    = 3\frac12 ; 3 1/2 ; 3.5
    ! 31/2 ; 3
\frac{1}{3}
    = 0.\overline{3} ; 0.333... ; 0.\dot{3}
    ! 0.33 ; 0.333 ; 0.3
\frac{41}{333}
    = 0.\overline{123}
    ! 0.123
5!
    = 120 ; 5!.
    ! 5 ; 5.
2^{89}-1
    = 618970019642690137449562111
    ! 2^{89} ; 618970019642690137449562112
\frac{1}{1500!}
    = (1500!)^{-1}
    ! \frac{1}{1501!} ; 0
10^{10^{9}}
    = 10^{10^9}
    ! 10^{10^9}+1 ; 10^{10^{8}}
3.142
    = \pi ; 3.1416
    ! 3.15 ; 22/7
\pi
    = \pi{}
    ! 3.14 ; 3.14159265358979 ; 22/7
1101_2
    = 1101_{2}
    ! 1101_3 ; 1101 ; 13
12 \text{ cm}
    = 12 ; 12\text{ cm} ; 12cm ; 12 centimeters ; 12\,\mathrm{cm}
    ! 12 \text{ km} ; 13 cm
\$7.50
    = 7.5 ; 7.50 \text{ dollars}
    ! 75
35\%
    = 35 ; 0.35 ; 35 percent
    ! 3.5 ; 0.035 ; 36\%
60^\circ
    = 60 ; 60 \text{ degrees} ; \frac{\pi}{3}
    ! 61 ; \frac{\pi}{6}
3:4
    = 6:8 ; 3 : 4
    ! 4:3 ; 3
8:45 \text{ a.m.}
    = 8:45 ; 8:45 am
    ! 8:45 pm ; 8:54
36
    = 36 cookies ; 36 cookies. ; 36 cookies left ; 36\text{ cookies}
    ! 37 cookies ; 36 thirds ; 36 x ; 36 dozen ; 36 theta ; 36 factorial
5 apples
    = 5 ; 5 \text{ apples}
    ! 6 ; 5x
# expressions
\sqrt{5+2\sqrt6}
    = \sqrt2+\sqrt3
    ! \sqrt3-\sqrt2
\frac{1}{\sqrt3}
    = \frac{\sqrt3}{3} ; 3^{-1/2}
    ! \sqrt3
2^{1/2^{900}}
    = 2^{2^{-900}}
    ! 1
\frac{n(n-1)}{2}
    = \binom n2 ; \frac{n^2-n}{2}
    ! \frac{n(n+1)}{2} ; n
\sin 2x
    = 2\sin x\cos x ; \sin(2x)
    ! 2\sin x ; \sin x^2
|x|
    = \sqrt{x^2}
    ! x
\ln 5
    = \log_e 5 ; -\ln\frac15 ; \ln(5)
    ! \log_{10}5 ; 1.609
4e^{i\pi/6}
    = 2\sqrt3+2i ; 4\left(\cos 30^\circ+i\sin 30^\circ\right)
    ! 2\sqrt3-2i ; 4
\sum_{k=1}^{n} \frac{1}{k}
    = \sum_{j=1}^{n}\frac1j
    ! \sum_{j=0}^{n}\frac1j
\int_0^t f(s)\,ds
    = \int_0^t f(u)\,du
    ! \int_0^t g(u)\,du
\frac{1-(-1)^n}{n}
    = \frac{1-\cos n\pi}{n}
    ! \frac{1+(-1)^n}{n}
x^2+C
    = x^2+c
    ! x^2
O(n \log n)
    = O(n\log n)
    ! O(n)
\frac{\pi^2}{6}
    = \zeta(2) ; \frac16\pi^2
    ! \frac{\pi^2}{3}
# equations
y=3x-2
    = 3x-y=2 ; y = -2+3x ; 6x-2y=4
    ! y=3x+2 ; y=2x-3 ; 3x-2y=0
x^2+y^2=9
    = y^2+x^2-9=0 ; 3x^2+3y^2=27
    ! x^2+y^2=3 ; x^2-y^2=9
f(x)=x^2+1
    = f(t)=t^2+1 ; x^2+1
    ! f(x)=x^2 ; g(x)=x
a_n=2n+1
    = a_k=2k+1 ; 2n+1 ; a_{n}=2n+1
    ! 2n-1
m+n = 12
    = m+n=12
    ! 12m
7
    = a+b=7 ; \binom71=7
    ! 2x+7=0 ; x<7
# sets
(-\infty,3)\cup(3,\infty)
    = x\neq 3 ; \mathbb{R}\setminus\{3\} ; (3,\infty)\cup(-\infty,3) ; x<3 \text{ or } x>3
    ! (-\infty,\infty) ; (-\infty,3] \cup [3,\infty) ; x>3
[-2,5)
    = -2\le x<5 ; x\in[-2,5) ; 5>x\geq -2
    ! [-2,5] ; (-2,5) ; -2<x<5 ; -2
(-4,4)
    = |x|<4 ; x^2<16 ; -4<x<4
    ! |x|\le 4 ; [-4,4] ; x<4
\mathbb{R}
    = (-\infty,\infty) ; \mathbb R ; \text{all real numbers}
    ! \mathbb{Q} ; \mathbb{C} ; (0,\infty)
\emptyset
    = \varnothing ; \{\} ; \text{no solution} ; \text{empty set}
    ! 0 ; \{0\} ; \{\emptyset\}
\{1,2,3\}
    = 3,2,1 ; \{3,1,2\} ; x\in\{1,2,3\}
    ! (1,2,3) ; \{1,2\} ; \{1,2,3,4\}
\pm 6
    = 6,-6 ; \{-6,6\} ; x=6 \text{ or } x=-6
    ! 6 ; 36
1\pm\sqrt2
    = 1-\sqrt2,1+\sqrt2
    ! 1+\sqrt2
\frac{\pi}{6}+k\pi, k\in\mathbb{Z}
    = \frac{\pi}{6}+n\pi, n\in\mathbb{Z}
    ! \frac{\pi}{6}+2n\pi, n\in\mathbb{Z}
# lists
2, 5
    = 5,2 ; 2 \text{ and } 5 ; x=2, x=5 ; \{2,5\}
    ! 2 ; 25 ; 2,5,7 ; (5,2) ; [2,5]
(2,-1)
    = \left(2,-1\right) ; (x,y)=(2,-1) ; x=2, y=-1 ; y=-1, x=2
    ! (-1,2) ; [2,-1] ; \{2,-1\} ; 2 ; x=-1, y=2
(1,2),(3,4)
    = (3,4),(1,2)
    ! (1,2) ; (2,1),(4,3)
\begin{pmatrix}1&2\\3&4\end{pmatrix}
    = \begin{bmatrix}1&2\\3&4\end{bmatrix} ; \left(\begin{array}{cc}1&2\\3&4\end{array}\right)
    ! \begin{pmatrix}1&3\\2&4\end{pmatrix} ; 1 ; \begin{pmatrix}1&2\end{pmatrix}
# words
Yes
    = \text{Yes} ; yes. ; True ; Yes, it converges
    ! No ; \text{not} ; 1 ; Yes and no
\text{No}
    = no ; False ; No, because $x>1$ ; \textbf{No} (it diverges)
    ! None ; not ; Yes ; No solution ; No, yes
B
    = (B) ; B. ; \text{B} ; \textbf{(B)} ; (B) 12
    ! C ; (C) ; AB ; (B) or (C) ; 12
\text{hyperbola}
    = a hyperbola ; Hyperbola.
    ! hyperbol ; parabola
E_1
    = E_{1}
    ! E_2 ; E
S_3\times\mathbb{Z}/2\mathbb{Z}
    = \mathbb{Z}_2 \times S_{3}
    ! S_3 \times \mathbb{Z}_3 ; S_3
"""
ROWS = []
for _line in ANSWERS.strip().splitlines():
    if not _line.startswith((" ", "#")):
        ROWS.append((_line, [], []))
    elif _line.startswith(" "):
        ROWS[-1][1 if _line.strip()[0] == "=" else 2].extend(a.strip() for a in _line.strip()[1:].split(" ; "))


@pytest.mark.parametrize("gold, same, other", ROWS, ids=[r[0][:30] for r in ROWS])
def test_equivalence(gold, same, other):
    assert [a for a in [gold, *same] if not reward.is_equivalent(answer=a, gold=gold)] == []
    assert [a for a in other if reward.is_equivalent(answer=a, gold=gold)] == []


def test_a_batch_gives_the_same_verdicts_in_order():
    table = [(g, a, True) for g, same, _ in ROWS for a in same] + [(g, a, False) for g, _, other in ROWS for a in other]
    workers._cache.clear()
    grades = reward.grade_batch([f"\\boxed{{{a}}}" for _, a, _ in table], [g for g, _, _ in table], workers=2)
    assert [(g, a) for (g, a, want), grade in zip(table, grades, strict=True) if grade.correct != want] == []


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
    ("Thus the final answer is $(0, 1)$. I hope it is correct.", "$(0, 1)$"),
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


# --------------------------------------------------------------------------------------------------------------------
# Hostile input
# --------------------------------------------------------------------------------------------------------------------

CODE = [
    "__import__('os').system('touch TRAP')", "lambda: open('TRAP', 'w')", "Matrix([open('TRAP', 'w')])",
    "1 if open('TRAP', 'w') else 1",
]  # fmt: skip
HOSTILE = [
    "10^{10^{10^{10}}}", "2^{" * 30 + "2" + "}" * 30, r"\binom{10^9}{5\cdot 10^8}", r"\prod_{k=1}^{10^9} k",
    r"\sum_{i=1}^{3000}\sum_{j=1}^{3000}\sum_{k=1}^{3000} \sin(ijk)", r"\sin(10^{10^{10}})", "1e999999999",
    "9" * 100_000, "(" * 20_000, "}" * 20_000, "{" * 20_000, "-" * 100_000 + "1", "1" + "!" * 3000, "2^" * 2000 + "2",
    r"\sqrt" * 2000 + "2", r"\frac" * 2000, "1/0", r"\frac{0}{0}", "0^0", "0^{-1}", r"\log_1 5", r"\ln 0",
    r"\tan\frac{\pi}{2}", "\x00", "\ud800", "x" * 4000, "1," * 3000, r"\pm" * 500 + "1", "8 and " * 5000 + "8",
    r"\begin{pmatrix}" + "1&" * 3000 + r"1\end{pmatrix}", r"\left" * 3000, "_" * 3000, "|" * 3001, r"\(" * 3000,
    r"\zeta(1)", r"\Gamma(0)", r"\Gamma(10^{30})", "nan", "True", "\u2460", r"\text{\u2460}", "\uff15",
    *CODE,
]  # fmt: skip


@pytest.mark.parametrize("grader", ["ours", "paper"])
def test_hostile_answers_are_wrong_and_run_nothing(tmp_path, grader):
    trap = tmp_path / "trap"
    answers = [a.replace("TRAP", str(trap)) for a in (HOSTILE if grader == "ours" else CODE)]
    start = time.monotonic()
    grades = reward.grade_batch([f"\\boxed{{{a}}}" for a in answers], ["5"] * len(answers), timeout=2.0, grader=grader)
    assert [a[:40] for a, g in zip(answers, grades, strict=True) if g.correct] == []
    grades = reward.grade_batch(["\\boxed{5}"] * len(answers), answers, timeout=2.0)  # the same as golds
    assert [a[:40] for a, g in zip(answers, grades, strict=True) if g.correct] == []
    assert not trap.exists()
    assert time.monotonic() - start < 4 * 2.0 * len(answers)


SLOW = r"\sum_{i=1}^{2999}\sum_{j=1}^{2999} \sin(ij)\cos(i+j)"


def test_deadline_is_hard_and_costs_one_answer_only():
    texts = [r"\boxed{1+\sqrt2}", rf"\boxed{{{SLOW}}}", r"\boxed{\sqrt2-1}"]
    start = time.monotonic()
    grades = reward.grade_batch(texts, [r"\sqrt2+1"] * 3, timeout=0.7, workers=1)
    assert time.monotonic() - start < 4
    assert [(g.correct, g.undecided) for g in grades] == [(True, False), (False, True), (False, False)]
    assert grades[1].reason == "deadline"
    assert reward.grade_batch([texts[0]], [r"\sqrt2+1"])[0].correct


def test_a_worker_killed_at_work_costs_that_answer_only():
    workers._close_workers()
    reward.grade_batch([r"\boxed{\ln 128}"], [r"7\ln 2"], workers=1)
    (worker,) = workers._idle
    threading.Timer(0.4, worker.process.kill).start()
    texts = [rf"\boxed{{{SLOW}}}", r"\boxed{\ln 16}", r"\boxed{\ln 9}"]
    grades = reward.grade_batch(texts, [r"4\ln 2"] * 3, timeout=20, workers=1)
    assert [(g.correct, g.reason) for g in grades[:2]] == [(False, "worker died"), (True, "equal expressions")]
    assert grades[0].undecided and not grades[2].correct


def test_a_worker_killed_while_idle_costs_nothing():
    reward.grade_batch([r"\boxed{\ln 8}"], [r"3\ln 2"])
    for worker in workers._idle:
        worker.process.kill()
        worker.process.wait()
    grades = reward.grade_batch([r"\boxed{\ln 32}"], [r"5\ln 2"])
    assert grades[0].correct and not grades[0].undecided


def test_memory_of_a_worker_is_bounded():
    grade = reward.grade_batch([r"\boxed{\frac{\sqrt2}{2}}"], [r"\frac{1}{\sqrt2}"])[0]
    assert grade.correct and workers._idle
    limits = Path(f"/proc/{workers._idle[-1].process.pid}/limits")
    if not limits.exists():
        pytest.skip("no /proc here to read a process's limits from")
    assert str(MEMORY_BYTES["ours"]) in limits.read_text()


def test_rows_keep_their_grades_from_many_threads():
    results = {}

    def grade(k):
        texts = [rf"\boxed{{\frac{{\sqrt{{{i * i * k}}}}}{{2}}}}" for i in range(2, 12)]
        golds = [rf"\frac{{{i + i % 2}\sqrt{{{k}}}}}{{2}}" for i in range(2, 12)]
        results[k] = [g.correct for g in reward.grade_batch(texts, golds, workers=2)]

    threads = [threading.Thread(target=grade, args=(k,)) for k in (2, 3, 5, 7)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert results == {k: [i % 2 == 0 for i in range(2, 12)] for k in (2, 3, 5, 7)}


def run_script(body: str, tmp_path: Path, **options) -> subprocess.CompletedProcess:
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(body))
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=env, timeout=60, **options)


def test_import_is_light_and_workers_do_not_import_the_caller(tmp_path):
    done = run_script(
        """
        import sys
        print("loaded")  # once: a worker must not run this file again
        import reward
        from grader import workers
        heavy = {"torch", "transformers", "trl", "sympy", "math_verify"} & set(sys.modules)
        assert not heavy, heavy
        grades = reward.grade_batch([r"\\boxed{\\sqrt8}"], [r"2\\sqrt2"])
        assert grades[0].correct
        print(*[w.process.pid for w in workers._idle])
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    first, pids = done.stdout.splitlines()
    assert first == "loaded"
    assert wait_until_gone([int(p) for p in pids.split()])


def test_workers_end_with_a_killed_parent(tmp_path):
    done = run_script(
        """
        import os, signal, reward
        from grader import workers
        reward.grade_batch([r"\\boxed{\\sqrt8}"], [r"2\\sqrt2"])
        print(*[w.process.pid for w in workers._idle], flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    assert wait_until_gone([int(p) for p in done.stdout.split()])


def wait_until_gone(pids: list[int]) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if not any(Path(f"/proc/{p}").exists() for p in pids):
            return True
        time.sleep(0.05)
    return False


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(alphabet=r"\{}[]()^_$,.;:+-*/=<>|!&%0123456789abexin ", max_size=40))
def test_fuzz_characters(gold, answer):
    for a, g in ((answer, gold), (gold, answer), (gold, gold)):
        (grade,) = reward.grade_batch([f"</think>\\boxed{{{a}}}"], [g], timeout=2.0, workers=1)
        assert isinstance(grade.correct, bool)
        reward.extract_answer(a)


PIECES = (
    r"\frac { } 1 23 4.5 x n e i \pi \sqrt ^ _ ( ) [ ] \{ \} , ; = < \le \ne \in \cup \mathbb{R} \infty \pm \sin \ln "
    r"\sum \int \binom ! | + - * / \cdot \text{and} \text{cm} \begin{pmatrix} \end{pmatrix} & \\ : % ^\circ \overline"
)


@settings(max_examples=250, deadline=None)
@given(*[st.lists(st.sampled_from(PIECES.split()), max_size=14)] * 2)
def test_fuzz_latex(gold, answer):
    gold, answer = " ".join(gold), " ".join(answer)
    (grade,) = reward.grade_batch([f"<think></think>\\boxed{{{answer}}}"], [gold], timeout=2.0, workers=1)
    assert isinstance(grade.correct, bool) and grade.reason


# --------------------------------------------------------------------------------------------------------------------
# Rewards
# --------------------------------------------------------------------------------------------------------------------


def test_accuracy_reward_in_trl_signature():
    extra, metrics = {}, {}
    completions = [
        [{"role": "assistant", "content": r"thinking</think>\boxed{\frac12}"}],
        [{"role": "assistant", "content": r"\boxed{\frac12}"}],
        r"thinking</think>\boxed{Yes}",
        r"thinking</think>\boxed{1}",
        r"thinking</think>I found \boxed{3}",
    ]
    scores = reward.accuracy_reward(
        prompts=["q"] * 5, completions=completions, completion_ids=[[1]] * 5, trainer_state=None,
        final_answer=["0.5", "0.5", "Yes", "", "4"], log_extra=extra.__setitem__, log_metric=metrics.__setitem__,
    )  # fmt: skip
    assert scores == [1.0, -1.0, 1.0, None, -1.0]
    assert metrics == {"reward/undecided": 0.0, "reward/unparseable_gold": 0.2}
    assert extra["gold"] == ["0.5", "0.5", "Yes", "", "4"]
    assert extra["answer"] == [r"\frac12", "[none]", "Yes", "1", "3"]
    assert extra["verdict"][1:4] == ["no </think>", "equal strings", "unparseable gold"]


def test_undecided_answers_are_logged_and_wrong():
    metrics = {}
    texts = [rf"</think>\boxed{{{SLOW}+1}}", r"</think>\boxed{1}"]
    scores = reward.accuracy_reward(texts, [r"\pi", "1"], timeout=0.5, log_metric=metrics.__setitem__)
    assert scores == [-1.0, 1.0] and metrics["reward/undecided"] == 0.5


def test_soft_overlong_penalty():
    penalty = reward.soft_overlong_penalty(100, 20)
    assert penalty(completion_ids=[[0] * n for n in (10, 80, 90, 100, 120)]) == [0.0, 0.0, -0.5, -1.0, -1.0]
    assert penalty.__name__


def test_paper_rule_is_an_or_with_its_known_slips():
    texts = [r"\boxed{\frac{2}{4}}", "The answer is: 0.5", r"\boxed{50}", r"\boxed{0.50004}", r"\boxed{\frac13}"]
    grades = reward.grade_batch(texts, [r"\frac12"] * 5, grader="paper", timeout=20)
    assert [g.correct for g in grades] == [True, True, True, True, False]
    assert [g.correct for g in reward.grade_batch(texts, [r"\frac12"] * 5)] == [True, True, False, False, False]
