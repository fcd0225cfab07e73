"""Two results paired: arithmetic by hand, refusals, the printed table."""

import json
import random
import statistics

import pytest

import evaluate
from cli import InputError
from evaluation import compare


def result(accuracies, n=4, **settings):
    problems = [
        {"id": str(i), "problem": f"q{i} |x|", "answer": str(i), "accuracy": a} for i, a in enumerate(accuracies)
    ]
    settings = {"model_name_or_path": "m", "prompt_preset": "DeepMath-1.5B", "temperature": 0.6} | settings
    return {"summary": {"n": n, "problems": len(problems)}, "settings": settings, "problems": problems}


def write(folder, **results):
    folder.mkdir()
    for name, each in results.items():
        (folder / f"{name}.json").write_text(json.dumps(each))
    return str(folder)


def test_paired_difference():
    found = compare.paired(result([0.0, 0.5, 1.0, 0.25]), result([0.5, 0.5, 1.0, 0.75]))
    assert (found["a"], found["b"], found["difference"]) == (43.75, 68.75, 25.0)
    assert (found["better"], found["worse"], found["same"]) == (2, 0, 2)
    assert [row["id"] for row in found["problems"]] == ["0", "3"]
    assert found["agreement"] == pytest.approx(100 * statistics.fmean([0.5, 0.5, 1, 0.375]))
    assert found["agreement_within"] == pytest.approx(100 * statistics.fmean([1, 4 / 12, 1, 6 / 12]))
    variances = [0.25 / 3, 2 * 0.25 / 3, 0, 2 * 0.1875 / 3]
    assert found["sampling_error"] == pytest.approx(100 * sum(variances) ** 0.5 / 4)


def test_equal_results_have_an_interval():
    low, high = compare.difference_interval([0.0] * 500)
    assert low == -high and 0.004 < high < 0.007
    assert compare.difference_interval([0.5]) == (-1.0, 1.0)


@pytest.mark.parametrize("truth", [0.0, 0.15])
def test_interval_of_the_difference_covers_the_truth(truth):
    rng, hits = random.Random(0), 0
    for _ in range(800):
        differences = []
        for chance in (rng.choice((0.1, 0.4, 0.8)) for _ in range(30)):
            a, b = (sum(rng.random() < c for _ in range(8)) / 8 for c in (chance, chance + truth))
            differences.append(b - a)
        low, high = compare.difference_interval(differences)
        hits += low <= truth <= high
    assert 745 <= hits <= 775, "95 % of 800 is 760"


def test_comparison_is_printed(tmp_path, capsys):
    a = write(tmp_path / "a", sums=result([0.0, 0.5] * 20), other=result([1.0]))
    rows = result([0.5, 1.0] * 20, temperature=1.0)
    rows["problems"].reverse()
    b = write(tmp_path / "b", sums=rows)
    evaluate.main(["compare", a, b, "--changed", "2", "--output", str(tmp_path / "out.md")])
    text = capsys.readouterr().out
    assert "| sums | 25.0 | 75.0 | **+50.0** | +50.0 to +50.0 |" in text and "| 40, 0, 0 |" in text
    assert "sums: NOT the same protocol: temperature 0.6 and 1.0." in text
    assert "| 0 | 0 % | 50 % | 0 | q0 \\|x\\| |" in text and "| 2 |" not in text
    assert (tmp_path / "out.md").read_text() in text


@pytest.mark.parametrize(
    ("b", "message"),
    [
        (result([0.0, 1.0, 1.0]), "sums: not the same problems: 1 are in one only, such as 2 in B"),
        (result([0.0]), "such as 1 in A"),
        ({**result([0.0, 1.0]), "problems": result([0.0, 1.0])["problems"][:1]}, "such as 1 in A"),
    ],
)
def test_other_problems_are_refused(tmp_path, b, message):
    folders = [write(tmp_path / "a", sums=result([0.0, 1.0])), write(tmp_path / "b", sums=b)]
    with pytest.raises(InputError, match=message):
        evaluate.main(["compare", *folders])


def test_other_golds_and_folders_are_refused(tmp_path):
    a, other = write(tmp_path / "a", sums=result([0.0])), result([1.0])
    other["problems"][0]["answer"] = "7"
    with pytest.raises(InputError, match="sums, problem 0: not the same gold"):
        evaluate.main(["compare", a, write(tmp_path / "b", sums=other)])
    with pytest.raises(InputError, match="no benchmark in common: A has sums; B has more"):
        evaluate.main(["compare", a, write(tmp_path / "c", more=result([1.0]))])
    with pytest.raises(InputError, match="absent: no results of evaluate.py there"):
        evaluate.main(["compare", a, str(tmp_path / "absent")])
    with pytest.raises(InputError, match="compare needs two folders"):
        evaluate.main(["compare", a])
