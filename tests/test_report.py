"""Scores by brute force, the table beside the paper, plots that open, and the second opinion."""

import itertools
import json
import random
import statistics
from collections import Counter

import pytest

import evaluate
from benchmarks import svamp_gain
from cli import InputError
from evaluation import report, score
from evaluation.samples import text_hash
from grader.workers import decide
from reward import grade_batch

GOLDS = {"a": "\\frac{1}{2}", "b": "7", "c": "(0,1)"}
ANSWERS = {
    "a": ["0.5", "\\frac12", "2", "\\frac{4}{2}"],
    "b": ["8", "8.0", "7", None],
    "c": ["[0,1]", "x>0", "(0,\\infty)", "\\{1\\}"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Stored samples as a run of math500 leaves them, for three problems of our own."""
    path = tmp_path_factory.mktemp("results") / "model"
    path.mkdir()
    problems = [{"id": name, "problem": f"problem {name}", "answer": gold, "level": at % 2, "subject": "Algebra"}
                for at, (name, gold) in enumerate(GOLDS.items())]  # fmt: skip
    (path.parent / "math500.jsonl").write_text("".join(json.dumps(p) + "\n" for p in problems))
    settings = dict.fromkeys(evaluate.SETTINGS) | {"model_name_or_path": "m", "prompt_preset": "DeepMath-1.5B"}
    settings |= {"backend": "server", "temperature": 0.6, "top_p": 0.95, "max_new_tokens": 99, "seed": 42}
    (path / "settings.json").write_text(json.dumps(settings))
    with open(path / "math500.generations-0.jsonl", "w") as file:
        for p in problems:
            for i, answer in enumerate(ANSWERS[p["id"]]):
                text = (
                    "I do not know, sorry about that, maybe ask someone else?"
                    if answer is None
                    else f"\\boxed{{{answer}}}"
                )
                row = {"id": p["id"], "sample": i, "seed": 42 + i, "problem_hash": text_hash(p["problem"])}
                row |= {"completion": f"thinking</think>{text}", "tokens": 10 * (i + 1), "finish_reason": "stop"}
                file.write(json.dumps(row) + "\n")
    grade_again(path)
    return path


def grade_again(path, *more):
    evaluate.main(["--regrade", "true", "--output_dir", str(path), "--benchmark_dir", str(path.parent), *more])


def summary(folder):
    return json.loads((folder / "math500.json").read_text())["summary"]


# ---------------------------------------------------------------------------------------------------------------------
# Scores
# ---------------------------------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "error", "paper", "cells"),
    [
        (89.0, 1.0, 89.9, ("89.9", "-0.9", "-0.9")),
        (85.0, 1.0, 89.9, ("89.9", "**-4.9**", "-4.9")),
        (50.0, None, 89.9, ("89.9", "-39.9", "–")),
        (50.0, 1.0, None, ("–", "–", "–")),
        (0.0, 0.0, 17.5, ("17.5", "**-17.5**", "–")),
    ],
)
def test_comparison_with_the_paper(ours, error, paper, cells):
    assert report.compare(ours, error, paper) == cells


def test_report_writes_table_and_plots(folder, capsys):
    evaluate.main(["report", "--results_dir", str(folder.parent)])
    table = (folder / "table.md").read_text()
    row = "| math500 | 25.0 ± 14.4 (3 of 500) | – | – | – | 16.7 ± 16.7 | 3 | 4 | 25 | 0.0 % | 0.0 % |"
    assert row in table, "a part of a benchmark is not compared with the paper"
    assert table in (folder.parent / "report.md").read_text() and table in capsys.readouterr().out
    from matplotlib import image

    for name in ("scores", "pass_at_k", "lengths", "categories"):
        pixels = image.imread(folder / f"{name}.png")
        assert pixels.shape[0] > 200 and pixels[..., :3].std() > 0.01, "something is drawn"


def test_whole_benchmarks_are_compared_with_the_paper(folder):
    results = report.read_results(folder)
    results["math500"]["summary"]["problems"] = 500
    row = "| math500 | 25.0 ± 14.4 | 89.9 | **-64.9** | -4.5 | 16.7 ± 16.7 | 500 | 4 | 25 | 0.0 % | 0.0 % |"
    assert row in report.format_table(results)


def test_report_refuses_what_is_no_result(folder, tmp_path):
    with pytest.raises(InputError, match="holds no results of evaluate.py"):
        evaluate.main(["report", "--results_dir", str(tmp_path)])
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / "notes.json").write_text('{"not": "a result"}')
    with pytest.raises(InputError, match="holds no results of evaluate.py"):
        evaluate.main(["report", "--results_dir", str(tmp_path)])
    (tmp_path / "math500.json").write_text('{"summary": {}}')
    with pytest.raises(InputError, match="math500.json: not a result of evaluate.py"):
        evaluate.main(["report", "--results_dir", str(tmp_path)])


# ---------------------------------------------------------------------------------------------------------------------
# Second opinion
# ---------------------------------------------------------------------------------------------------------------------


def test_second_opinion_lists_disagreements(folder):
    grade_again(folder, "--second_opinion", "math_verify")
    text = (folder / "math500.second_opinion.md").read_text()
    heading, *entries = text.split("\n## ")
    assert heading.startswith(f"# Verdicts that math-verify disputes: {len(entries)} of 12")
    assert all("- ours: " in entry and "- math-verify: " in entry for entry in entries)


def test_math_verify_that_hangs_is_stopped_and_gives_no_verdict():
    questions = [("so \\boxed{0.5}", "\\frac{1}{2}"), ("\\boxed{10^{10^{10}}}", "1"), ("\\boxed{8}", "7")]
    verdicts = decide(questions, "math_verify", 2.0, 1)
    assert [verdicts[question][0] for question in questions] == [True, False, False]
    assert [verdicts[question][2] for question in questions] == [False, True, False], "only the hanging one"


def test_gain_is_taken_problem_by_problem(tmp_path):
    summary = {"pass@1": 0.0, "standard_error": 1.0, "mean_tokens": 20.0, "problems": 3}
    questions = "".join(json.dumps({"question": f"{q} and 2", "final_answer": "7"}) + "\n" for q in (31, 4, 30))
    settings = dict.fromkeys(svamp_gain.SAMPLING, 0)
    accuracies = {"seed1": ([0.0, 0.5, 1.0], [0.5, 1.0, 1.0]), "seed2": ([0.0, 0.0, 0.0], [0.0, 0.0, 0.25])}
    for seed, both in accuracies.items():
        for name, of_problems in zip(("before", "after"), both, strict=True):
            problems = [{"id": str(i), "accuracy": accuracy} for i, accuracy in enumerate(of_problems)]
            result = {"summary": summary, "settings": settings, "grading": {}, "problems": problems}
            (tmp_path / seed / name).mkdir(parents=True)
            (tmp_path / seed / name / "svamp.json").write_text(json.dumps(result))
        (tmp_path / seed / "svamp.jsonl").write_text(questions)
    result = svamp_gain.summarize(sorted(tmp_path.iterdir()), "")
    assert [round(seed["gain"], 2) for seed in result["seeds"].values()] == [33.33, 8.33]
    # gains of 50, 50, 0 points: standard deviation 28.87, over the root of 3 problems, times 1.96
    assert result["seeds"]["seed1"]["interval_95"] == pytest.approx(1.96 * 28.8675 / 3**0.5, abs=1e-3)
    everything, small = result["groups"].values()
    assert everything["gain"] == pytest.approx((25 + 25 + 12.5) / 3)  # each problem's mean over the seeds
    assert (small["before"], small["after"], small["gain"], small["problems"]) == (37.5, 56.25, 18.75, 2)
    assert (
        svamp_gain.format_table(result).splitlines()[-2] == "| mean, all problems | 3 | 25.0 | 45.8 | +20.8 ± 8.2 | |"
    )
