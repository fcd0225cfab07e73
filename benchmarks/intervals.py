"""How often the intervals of evaluate.py hold the truth: simulated benchmarks whose true accuracy is known.

    python benchmarks/intervals.py

A benchmark draws its problems' chances from a beta distribution with a known mean, 16 samples each. "normal" is mean
± 1.96 standard errors over problems, "ours" `evaluation.score.interval`. 95 % is right; standard error of a cell: 0.2.
"""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from evaluation.score import interval, mean_and_se

RUNS, SAMPLES = 10_000, 16


def covered(problems: int, mean: float, concentration: float, rng: random.Random) -> tuple[float, float, float, float]:
    """Percent of the benchmarks whose normal interval, and ours, holds the true mean; mean widths in points."""
    hits, widths = [0, 0], [0.0, 0.0]
    for _ in range(RUNS):
        chances = [rng.betavariate(mean * concentration, (1 - mean) * concentration) for _ in range(problems)]
        values = [sum(rng.random() < chance for _ in range(SAMPLES)) / SAMPLES for chance in chances]
        center, se = mean_and_se(values)
        for at, (low, high) in enumerate(((center - 1.96 * se, center + 1.96 * se), interval(values))):
            hits[at] += low <= mean <= high
            widths[at] += high - low
    return (*(100 * hit / RUNS for hit in hits), *(100 * width / RUNS for width in widths))


if __name__ == "__main__":
    rng = random.Random(0)
    print(
        "| problems | true pass@1 | spread of the chances | normal | ours | width, normal | width, ours |\n"
        + "|---" * 7
        + "|"
    )
    for problems in (15, 30, 40, 100):
        for mean in (0.02, 0.1, 0.3, 0.5, 0.9):
            for concentration in (0.3, 2.0):  # most chances near 0 or 1; spread out
                cells = covered(problems, mean, concentration, rng)
                kind = "near 0 or 1" if concentration < 1 else "even"
                print(
                    f"| {problems} | {100 * mean:g} % | {kind} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |",
                    flush=True,
                )
