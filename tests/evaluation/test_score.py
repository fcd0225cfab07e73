"""Estimators against the mean over all subsets, and a result graded again."""

import itertools
import json
import random
import statistics
from collections import Counter

import pytest

from evaluation import score
from reward import grade_batch


def summary(folder):
    return json.loads((folder / "math500.json").read_text())["summary"]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_pass_at_k_is_the_mean_over_all_subsets(n):
    for correct in range(n + 1):
        for k in range(1, n + 1):
            draws = list(itertools.combinations([1] * correct + [0] * (n - correct), k))
            assert score.pass_at_k(n, correct, k) == pytest.approx(sum(map(any, draws)) / len(draws))


@pytest.mark.parametrize("seed", range(8))
def test_maj_at_k_is_the_mean_over_all_subsets(seed):
    rng = random.Random(seed)
    votes = [rng.choice("CCabcd-") for _ in range(7)]  # C: correct, -: no answer
    counts = Counter(votes)
    wrong = tuple(sorted(counts[answer] for answer in "abcd" if counts[answer]))
    for k in range(1, 8):
        chances = []
        for drawn in itertools.combinations(votes, k):
            tally = Counter(answer for answer in drawn if answer != "-")
            best = [answer for answer in tally if tally[answer] == max(tally.values())]
            chances.append(("C" in best) / max(1, len(best)))
        assert score.maj_at_k(counts["C"], wrong, counts["-"], k) == pytest.approx(statistics.fmean(chances))


def test_equivalent_wrong_answers_vote_together():
    graded = [grade_batch([f"\\boxed{{{a}}}" for a in ("0.25", "\\frac14", "3", "1/4", "(0,1)")], ["3"] * 5)]
    assert score.count_votes(graded) == [(1, (1, 3), 0)]


def test_mean_and_standard_errors():
    mean, error = score.mean_and_se([1.0, 0.0, 0.0, 1.0])
    assert mean == 0.5 and error == pytest.approx((1 / 3) ** 0.5 / 2)
    assert score.mean_and_se([1.0]) == (1.0, None)
    assert score.sampling_error([1.0, 0.0], 4) == 0.0, "another seed changes nothing where samples agree"
    assert score.sampling_error([0.5], 5) == pytest.approx(0.25)
    assert score.sampling_error([0.5], 1) is None


def test_sampling_error_is_what_other_seeds_change():
    rng = random.Random(0)
    chances = [0.1, 0.5, 0.9, 0.3]
    means, errors = [], []
    for _ in range(4000):
        accuracies = [sum(rng.random() < chance for _ in range(4)) / 4 for chance in chances]
        means.append(statistics.fmean(accuracies))
        errors.append(score.sampling_error(accuracies, 4) ** 2)
    assert statistics.fmean(errors) == pytest.approx(statistics.variance(means), rel=0.1)


def test_summary(folder):
    s = summary(folder)
    assert s["pass@1"] == pytest.approx(25.0)  # 2, 1 and 0 of 4
    assert s["pass@2"] == pytest.approx(100 * statistics.fmean([1 - 1 / 6, 0.5, 0.0]))
    # a: two right against two equal wrong ones, b: 8 twice, c: none right
    assert s["maj@4"] == pytest.approx(100 * 0.5 / 3)
    assert s["no_answer"] == pytest.approx(1 / 12) and s["mean_tokens"] == 25
    assert s["token_quantiles"] == {"0.05": 10, "0.25": 10, "0.5": 20, "0.75": 30, "0.95": 40, "1": 40}
    level = s["by_category"]["level=0"]
    assert level["pass@1"] == 25.0 and level["problems"] == 2 and level["standard_error"] == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.0] * 30, 0.0, 0.1135),  # Wilson's for 0 of 30
        ([1.0] * 30, 1 - 0.1135, 1.0),
        ([0.0, 1.0] * 250, 0.456, 0.544),
        ([0.5] * 500, 0.456, 0.544),  # never narrower towards nothing: one draw a problem
        ([1.0], 0.206, 1.0),
    ],
)
def test_interval(values, low, high):
    assert score.interval(values) == pytest.approx((low, high), abs=1e-3)


def test_students_t():
    for freedom, known in ((3, 3.182), (5, 2.571), (29, 2.045), (1000, 1.962)):
        assert score.student_t(freedom) == pytest.approx(known, abs=0.02)


def test_interval_covers_the_truth():
    """The mean of 30 problems, half of them hopeless; benchmarks/intervals.py has more."""
    rng, hits, truth = random.Random(0), 0, 0.1
    for _ in range(1000):
        values = [sum(rng.random() < c for _ in range(8)) / 8 for c in (rng.choice((0, 0.2)) for _ in range(30))]
        low, high = score.interval(values)
        hits += low <= truth <= high
    assert hits >= 940


def test_categories_of_two_kinds_and_of_several_values():
    detail = [{"accuracy": a, "level": level} for a, level in ((1.0, 5), (0.0, "5"), (1.0, [5, "x"]), (0.0, ["x"]))]
    found = score.by_category(detail)
    assert {label: numbers["problems"] for label, numbers in found.items()} == {"level=5": 3, "level=x": 2}
    assert found["level=5"]["pass@1"] == pytest.approx(200 / 3)
