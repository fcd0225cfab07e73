"""What the scripts under benchmarks/ compute."""

import json

import pytest

from benchmarks import svamp_gain


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
