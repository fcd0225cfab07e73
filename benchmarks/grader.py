"""How much CPU the grader takes next to math-verify, and how much of a training step.

    python benchmarks/grader.py                                  # a training batch that it makes up
    python benchmarks/grader.py labelled.jsonl more.jsonl        # and labelled (gold, pred, label, kind) cases

The batch has DeepMath-1.5B's shape: 128 questions x 16 completions, R1-like text of 2k-20k characters, answers that
repeat within a group, 5 % hostile. CPU seconds are compared, children included, because wall time on a shared machine
is noise; both graders see the same rows in the same run. math-verify is given the text after `</think>`, as a trainer
would, and a sample of the batch, since the whole of it takes minutes.
"""

import argparse
import json
import logging
import os
import random
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import reward
from grader import workers

GOLDS = [  # '#' stands for a number that differs between questions
    "#", "#", "#", "-#", r"\frac{#}{7}", r"#\sqrt{3}", "(#,2)", "x^2-#", r"#\pi", "Yes", "No", r"\frac{3}{8}",
    r"\dfrac{\pi}{2}", "0", "1", r"\infty", "e", r"\sqrt{2}+1", "B", "True", r"\frac{\pi^2}{6}", r"\ln 2", "n(n+1)/2",
    r"(-\infty, 0) \cup (1, \infty)", "x^2+y^2=1", r"\begin{pmatrix}1&2\\0&1\end{pmatrix}", r"\{1,2,3\}", "y=2x+3",
    r"\frac{1}{2}e^{-x}\sin x",
]  # fmt: skip
SAME = [lambda g: g, lambda g: f" {g} ", lambda g: f"{{{g}}}", lambda g: g.replace("frac", "dfrac").replace("+", " + ")]
OTHER = ["#", "-#", r"\frac{#}{9}", "No", r"#\pi", "x+#", "(2,#)", r"#\sqrt{2}", "[0,#]", r"\frac{#}{n+1}", "e^{#x}"]
HOSTILE = [
    r"10^{10^{10}}", r"2^{2^{2^{2^{2^{2}}}}}", "(" * 3000, "9" * 50000, r"\frac{1}{0}", "-" * 5000 + "1",
    r"\binom{10^9}{5\cdot 10^8}", r"\prod_{k=1}^{10^9} k", "__import__('os').getcwd()", "", r"\sin(10^{10^{10}})",
]  # fmt: skip
PROSE = "Let us check this step again: we have $x_{%d} = %d$ and so \\(a^2 + %d = b\\). Wait, is that right? "


def training_batch(questions: int, group: int, seed: int, hostile: float) -> tuple[list[str], list[str]]:
    """(completions, golds) of one generation step, a share `hostile` of which is made to hang a grader."""
    rng = random.Random(seed)
    completions, golds = [], []
    for q in range(questions):
        gold = rng.choice(GOLDS).replace("#", str(rng.randint(2, 999)))
        wrong = [o.replace("#", str(rng.randint(2, 999))) for o in rng.sample(OTHER, 4)]  # a group repeats some errors
        for _ in range(group):
            kind = rng.random()
            right = rng.choice(SAME)(gold)
            answer = rng.choice(HOSTILE) if kind < hostile else right if kind < 0.55 else rng.choice(wrong)
            thought = ""
            while len(thought) < rng.randint(2000, 20000):
                thought += PROSE % (q, rng.randint(0, 999), rng.randint(0, 999))
            completions.append(f"{thought}</think>\n\nThe result follows.\n\n**Final Answer**\n\\boxed{{{answer}}}")
            golds.append(gold)
    return completions, golds


def cpu_seconds() -> float:
    """CPU seconds of this process, its ended children and its living ones."""
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def timed(grade, *args) -> tuple[list, float, float]:
    wall, cpu = time.perf_counter(), cpu_seconds()
    result = grade(*args)
    return result, time.perf_counter() - wall, cpu_seconds() - cpu


def math_verify(completions: list[str], golds: list[str]) -> list[bool]:
    from math_verify import parse, verify

    grades = []
    for completion, gold in zip(completions, golds, strict=True):
        response = completion.rpartition("</think>")[2]
        try:
            grades.append(bool(verify(parse("\\boxed{" + gold + "}"), parse(response))))
        except Exception:  # whatever math-verify lets through on hostile text counts as wrong
            grades.append(False)
    return grades


def compare(name: str, completions: list[str], golds: list[str], labels: list[bool] | None, sample: int) -> None:
    """Print CPU per 1000 rows of both graders, their ratio and, with labels, both kinds of error."""
    grades, wall, cpu = timed(lambda: reward.grade_batch(completions, golds, workers=2))
    ours = [g.correct for g in grades]
    rows = random.Random(0).sample(range(len(golds)), min(sample, len(golds)))
    theirs, _, peer = timed(math_verify, [completions[i] for i in rows], [golds[i] for i in rows])
    ratio = (peer / len(rows)) / (cpu / len(golds))
    undecided = sum(g.undecided for g in grades)
    print(f"{name}: {len(golds)} rows in {wall:.2f} s wall with 2 workers, {undecided} undecided")
    print(f"  CPU s per 1000 rows: ours {1000 * cpu / len(golds):.2f}, math-verify {1000 * peer / len(rows):.2f}"
          f" (on {len(rows)} rows); ratio {ratio:.0f}")  # fmt: skip
    if labels is not None:
        for who, got, want in (("ours", ours, labels), ("math-verify", theirs, [labels[i] for i in rows])):
            wrong = [(g, w) for g, w in zip(got, want, strict=True) if g != w]
            print(f"  {who}: false positives {sum(g for g, _ in wrong)}, false negatives {sum(w for _, w in wrong)}")
    else:
        differ = sum(ours[i] != t for i, t in zip(rows, theirs, strict=True))
        print(f"  verdicts that differ on those rows: {differ}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="JSON lines with gold, pred, label and kind ('answer' or 'response')")
    parser.add_argument("--questions", type=int, default=128)
    parser.add_argument("--group", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", type=int, default=256, help="rows of the batch that math-verify grades")
    args = parser.parse_args()
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # it prints the hostile rows in full
    reward.grade_batch(["\\boxed{1+x}"], ["x+1"])  # warm both, as in the middle of a training run
    math_verify(["\\boxed{1}"], ["1"])
    for hostile in (0.05, 0.0):  # a hang costs math-verify its whole time-out, so both shares are shown
        workers._cache.clear()
        batch = training_batch(args.questions, args.group, args.seed, hostile)
        compare(f"training batch, {hostile:.0%} hostile", *batch, None, args.sample)
    for path in args.sets:
        rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
        rows = [r for r in rows if r.get("label") is not None]
        texts = [r["pred"] if r.get("kind") == "response" else "\\boxed{" + r["pred"] + "}" for r in rows]
        compare(Path(path).name, texts, [r["gold"] for r in rows], [r["label"] for r in rows], len(rows))


if __name__ == "__main__":
    main()
