"""Tables and plots beside the paper, disputed verdicts."""

import pytest

import evaluate
from cli import InputError
from evaluation import published, report
from grader.workers import decide


def grade_again(path, *more):
    evaluate.main(["--regrade", "true", "--output_dir", str(path), "--benchmark_dir", str(path.parent), *more])


@pytest.mark.parametrize(
    ("ours", "error", "bounds", "paper", "cells"),
    [
        (89.0, 1.0, (87.0, 91.0), 89.9, ("89.9", "-0.9", "-0.9")),
        (85.0, 1.0, (83.0, 87.0), 89.9, ("89.9", "**-4.9**", "-4.9")),
        (50.0, None, (2.0, 98.0), 89.9, ("89.9", "-39.9", "–")),
        (50.0, 1.0, (48.0, 52.0), None, ("–", "–", "–")),
        (0.0, 0.0, (0.0, 11.4), 7.7, ("7.7", "-7.7", "–")),
        (0.0, 0.0, (0.0, 11.4), 17.5, ("17.5", "**-17.5**", "–")),
    ],
)
def test_comparison_with_the_paper(ours, error, bounds, paper, cells):
    assert report.compare(ours, error, bounds, paper) == cells


@pytest.mark.parametrize(
    ("settings", "row"),
    [
        ({"model_name_or_path": "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"}, "R1-Distill-Qwen-1.5B"),
        ({"model_name_or_path": "zwhe99/DeepMath-1.5B", "paper_row": None}, "DeepMath-1.5B"),
        ({"model_name_or_path": "mine", "prompt_preset": "DeepMath-1.5B"}, None),
        ({"model_name_or_path": "mine", "paper_row": "DeepMath-1.5B"}, "DeepMath-1.5B"),
        ({"model_name_or_path": "hbx/JustRL-DeepSeek-1.5B"}, None),
    ],
)
def test_the_papers_row_goes_by_the_models_name(settings, row):
    assert published.row_of(settings) == row


def test_others_are_kept_apart_with_their_protocols():
    table = published.others_table()
    assert "| JustRL-DeepSeek-1.5B (1) | 91.7 | 91.0 | 68.0 | 51.5 | 52.6 | 38.8 |" in table
    assert "(1) github.com/thunlp/JustRL" in table and "temperature 0.7" in table
    with pytest.raises(InputError, match="--paper_row GPT: the paper has no such model; there are: Qwen2.5-7B-Base"):
        published.check_row("GPT")


@pytest.mark.parametrize(
    ("settings", "other"),
    [
        ({}, ""),
        ({"model_name_or_path": "mine", "prompt_preset": "Qwen3", "max_new_tokens": 32768}, ""),
        ({"temperature": 1.0, "top_k": 20, "max_new_tokens": 8192}, "temperature 1, top_k 20, max_new_tokens 8192"),
        ({"prompt_preset": "Qwen3"}, "the prompt of Qwen3"),
        ({"prompt_preset": "R1-Distill-Qwen-1.5B"}, ""),
        ({"user_prompt": "{question} Go.", "require_think_end": True}, "--user_prompt, require_think_end"),
    ],
)
def test_another_protocol_than_the_papers(settings, other):
    sampling = {"model_name_or_path": "zwhe99/DeepMath-1.5B", "temperature": 0.6, "top_p": 0.95}
    assert published.other_protocol(sampling | settings) == other


def test_report_writes_table_and_plots(folder, capsys):
    evaluate.main(["report", "--results_dir", str(folder.parent)])
    table = (folder / "table.md").read_text()
    row = "| math500 | 25.0 ± 14.4 (3 of 500) | 3.5 to 75.6 | – | – | – | 16.7 ± 16.7 | 3 | 4 | 25 | 0.0 % | 0.0 % |"
    assert row in table, "a part of a benchmark is not compared with the paper"
    assert table in (folder.parent / "report.md").read_text() and table in capsys.readouterr().out
    from matplotlib import image

    for name in ("scores", "pass_at_k", "lengths", "categories"):
        pixels = image.imread(folder / f"{name}.png")
        assert pixels.shape[0] > 200 and pixels[..., :3].std() > 0.01, "something is drawn"


def test_whole_benchmarks_are_compared_with_the_paper(folder):
    results = report.read_results(folder)
    results["math500"]["summary"]["problems"] = 500
    results["math500"]["settings"] |= {"paper_row": "DeepMath-1.5B", "max_new_tokens": 32768}
    row = (
        "| math500 | 25.0 ± 14.4 | 3.5 to 75.6 | 89.9 | **-64.9** | -4.5 | 16.7 ± 16.7 | 500 | 4 | 25 | 0.0 % | 0.0 % |"
    )
    assert row in report.format_table(results)
    results["math500"]["settings"]["temperature"] = 1.0
    table = report.format_table(results)
    assert "Not compared with the paper, whose protocol is another: here temperature 1." in table
    assert "| math500 | 25.0 ± 14.4 | 3.5 to 75.6 | – | – | – |" in table


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
