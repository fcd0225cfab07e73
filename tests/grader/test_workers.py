"""Hostile input, deadlines, real worker deaths."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

import reward
from grader import workers
from grader.workers import MEMORY_BYTES

ROOT = Path(reward.__file__).resolve().parent

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
    r"\zeta(1)", r"\Gamma(0)", r"\Gamma(10^{30})", "nan", "True", "\u2460", r"\text{\u2460}", "\u0665",
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
    assert time.monotonic() - start < 10  # 0.7 s of CPU, seven on the clock of a busy machine
    assert [(g.correct, g.undecided) for g in grades] == [(True, False), (False, True), (False, False)]
    assert grades[1].reason == "deadline"
    assert reward.grade_batch([texts[0]], [r"\sqrt2+1"])[0].correct


def test_a_worker_killed_at_work_costs_that_answer_only():
    workers._close_workers()
    reward.grade_batch([r"\boxed{\ln 128}"], [r"7\ln 2"], workers=1)
    (worker,) = workers._idle["ours"]
    threading.Timer(0.4, worker.process.kill).start()
    texts = [rf"\boxed{{{SLOW}}}", r"\boxed{\ln 16}", r"\boxed{\ln 9}"]
    grades = reward.grade_batch(texts, [r"4\ln 2"] * 3, timeout=20, workers=1)
    assert [(g.correct, g.reason) for g in grades[:2]] == [(False, "worker died"), (True, "equal expressions")]
    assert grades[0].undecided and not grades[2].correct


def test_a_worker_killed_while_idle_costs_nothing():
    reward.grade_batch([r"\boxed{\ln 8}"], [r"3\ln 2"])
    for worker in workers._idle["ours"]:
        worker.process.kill()
        worker.process.wait()
    grades = reward.grade_batch([r"\boxed{\ln 32}"], [r"5\ln 2"])
    assert grades[0].correct and not grades[0].undecided


def test_memory_of_a_worker_is_bounded():
    grade = reward.grade_batch([r"\boxed{\frac{\sqrt2}{2}}"], [r"\frac{1}{\sqrt2}"])[0]
    assert grade.correct and workers._idle["ours"]
    pid = workers._idle["ours"][-1].process.pid
    limits = Path(f"/proc/{pid}/limits")
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
        print(*[w.process.pid for w in workers._idle["ours"]])
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
        print(*[w.process.pid for w in workers._idle["ours"]], flush=True)
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


def test_constants_are_warm_before_the_deadline_counts():
    """Gamma to many digits costs 0.8 s of CPU the first time, which a deadline must not count."""
    workers._close_workers()
    workers._cache.clear()
    gold, answer = r"\Gamma(1/3)", r"\boxed{\frac{2\pi}{\sqrt3\Gamma(2/3)}}"
    grade = reward.grade_batch([answer], [gold], timeout=0.25, workers=1)[0]
    assert grade.correct and not grade.undecided
