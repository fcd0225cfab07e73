"""What benchmarks/gain.py makes of result files."""

import json

import pytest

from benchmarks import gain
from benchmarks.worked_rows import numbers_in, solution_of


def write_result(folder, accuracies):
    folder.mkdir(parents=True)
    summary = {"pass@1": 0.0, "standard_error": 1.0, "mean_tokens": 20.0, "problems": 3}
    problems = [{"id": str(i), "accuracy": accuracy} for i, accuracy in enumerate(accuracies)]
    result = {"summary": summary, "settings": dict.fromkeys(gain.SAMPLING, 0), "grading": {}, "problems": problems}
    (folder / "test.json").write_text(json.dumps(result))


def test_gain_is_taken_problem_by_problem(tmp_path):
    accuracies = {"seed1": ([0.0, 0.5, 1.0], [0.5, 1.0, 1.0]), "seed2": ([0.0, 0.0, 0.0], [0.0, 0.0, 0.25])}
    for seed, both in accuracies.items():
        for name, of_problems in zip(("before", "after"), both, strict=True):
            write_result(tmp_path / seed / name, of_problems)
    write_result(tmp_path / "seed1/stock", [0.0, 0.5, 0.75])
    result = gain.summarize(sorted(tmp_path.iterdir()), "")
    assert [round(seed["gain"], 2) for seed in result["seeds"].values()] == [33.33, 8.33]
    # gains of 50, 50, 0 points: standard deviation 28.87, over the root of 3 problems, times 1.96
    assert result["seeds"]["seed1"]["interval_95"] == pytest.approx(1.96 * 28.8675 / 3**0.5, abs=1e-3)
    assert result["mean"]["gain"] == pytest.approx((25 + 25 + 12.5) / 3)  # each problem's mean over the seeds
    table = gain.format_table(result).splitlines()
    assert table[-3] == "| mean | 3 | 25.0 | 45.8 | +20.8 ± 8.2 | |"
    assert table[-2:] == [
        "| stock TRL, 1 | 3 | 0.0 ± 1.0 | 0.0 ± 1.0 | -8.3 ± 16.3 | 20 → 20 |",
        "| ours less stock | | | | +41.7 ± 16.3 | |",
    ]


def test_stock_runs_with_the_flags_of_ours_and_stops_at_our_tokens(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"question": "1+1?", "final_answer": "2"}\n')
    (tmp_path / "grpo").mkdir()
    log = [{"tokens/sampled": 20_000, "completions/mean_length": 20.0}, {"tokens/sampled": 5_600}, {"eval_reward": 1.0}]
    (tmp_path / "grpo/trainer_state.json").write_text(json.dumps({"log_history": log}))
    flags = ["--use_cpu", "false", "--generation_batch_size", "256", "--per_device_train_batch_size", "64"]
    command = [str(word) for word in gain.stock_command(tmp_path, 1, "svamp", flags)]
    value_of = dict(zip(command[1::2], command[2::2], strict=True))
    assert value_of["--max_steps"] == "20"  # 25,600 tokens are 5 batches of 256 completions, each of 4 steps
    assert value_of["--use_cpu"] == "False" and value_of["--per_device_train_batch_size"] == "64"
    assert value_of["--num_generations"] == "8"  # of the recipe
    [row] = (tmp_path / "stock_rows/train.jsonl").read_text().splitlines()
    assert json.loads(row) == {"prompt": [{"role": "user", "content": "1+1?"}], "solution": "\\boxed{2}"}


@pytest.mark.parametrize("flags", [["--use_peft"], ["--max_steps=3", "--beta=0"], ["max_steps", "3"]])
def test_a_flag_without_its_value_ends_at_once(flags, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["gain.py", "--problems", "svamp", *flags])
    with pytest.raises(SystemExit):
        gain.main()
    assert "are given as `--key value`, not " + " ".join(flags) in capsys.readouterr().err


def test_stock_curves_count_tokens_and_call_its_reward_accuracy(tmp_path):
    first = {"step": 1, "loss": 0.1, "reward": 0.25, "completions/mean_length": 20.0, "num_tokens": 9}
    log = [first, {"step": 2, "loss": 0.2}, {"train_runtime": 1.0}]
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": log}))
    ours, stock = gain.curves_of(tmp_path), gain.curves_of(tmp_path, 64)
    assert ours == [{k: v for k, v in first.items() if k != "num_tokens"}, {"step": 2, "loss": 0.2}]
    assert stock == [
        ours[0] | {"tokens/sampled": 1280.0, "accuracy": 0.25},
        {"step": 2, "loss": 0.2, "tokens/sampled": 0},
    ]


def test_a_worked_solution_uses_the_questions_numbers():
    assert [int(n) for n in numbers_in("Three of 12 cost $80,000, 5 of them 1,50")] == [3, 12, 80000, 5, 1, 50]
    assert solution_of("He had 18, lost 5 and then 11.", "2") == "18 - 5 = 13, 13 - 11 = 2</think>\\boxed{2}"
    assert solution_of("He paid 1,500 for 3.", "4,500") == "1500 * 3 = 4500</think>\\boxed{4,500}"
    assert solution_of("He had 18 and lost 5.", "1000") == ""


def test_rows_of_the_hub():
    body = {"Body": "He had 3 pens", "Question": "How many?", "Answer": "3.0"}
    assert gain.row_of("svamp", body) == {"question": "He had 3 pens. How many?", "final_answer": "3"}
    row = {"question": "How many?", "answer": "Half is <<4/2=2>>2.\nIn all <<2+4=6>>6.\n#### 1,006"}
    assert gain.row_of("gsm8k", row) == {"question": "How many?", "final_answer": "1006", "difficulty": 1.5}


@pytest.mark.parametrize("stock", [False, True])
def test_a_stopped_stage_goes_on_from_its_last_checkpoint_or_starts_anew(tmp_path, stock):
    output = tmp_path / "grpo"
    (output / "logs").mkdir(parents=True)  # stopped before the first checkpoint: the trainer wants an empty folder
    assert gain.continued(output, stock) == [] and not output.exists()
    for step in (80, 100, 20):
        (output / f"checkpoint-{step}").mkdir(parents=True)
    last = str(output / "checkpoint-100") if stock else "true"
    assert gain.continued(output, stock) == ["--resume_from_checkpoint", last]
