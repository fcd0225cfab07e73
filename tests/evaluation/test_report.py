"""Tables and plots beside the paper, disputed verdicts."""

import pytest

import evaluate
from cli import InputError
from evaluation import report
from grader.workers import decide


def grade_again(path, *more):
    evaluate.main(["--regrade", "true", "--output_dir", str(path), "--benchmark_dir", str(path.parent), *more])


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
