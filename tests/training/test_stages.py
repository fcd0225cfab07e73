"""Three real steps of each training stage on a tiny model, and what wrong input gets."""

import json

import pandas
import pytest
from safetensors.torch import load_file

import evaluate
import sft_warmup
import train_grpo
from cli import InputError
from prompts import load_tokenizer

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]

SHORT = ["--max_steps", "3", "--save_strategy", "no", "--logging_steps", "1", *CPU]

GRPO = ["--num_generations", "4", "--per_device_train_batch_size", "8", "--max_completion_length", "16"]


def moved(before, after) -> float:
    """Largest change of any weight."""
    old, new = load_file(before / "model.safetensors"), load_file(after / "model.safetensors")
    return max((old[name] - new[name]).abs().max().item() for name in old)


@pytest.fixture(scope="module")
def warm(model_dir, rows_file, tmp_path_factory):
    """The model after three steps of SFT."""
    output_dir = tmp_path_factory.mktemp("sft") / "run"
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(output_dir)]
    sft_warmup.main([*where, "--learning_rate", "1e-3", "--per_device_train_batch_size", "4", *SHORT])
    return output_dir


def test_sft_moves_the_weights_and_lowers_the_loss(model_dir, warm):
    assert moved(model_dir, warm) > 1e-4
    losses = [e["loss"] for e in json.loads((warm / "trainer_state.json").read_text())["log_history"] if "loss" in e]
    assert len(losses) == 3 and losses[-1] < losses[0]


@pytest.mark.parametrize("buffer", ["0", "8"])
def test_grpo_loads_the_sft_model_and_moves_its_weights(warm, rows_file, tmp_path, buffer):
    where = ["--model_name_or_path", str(warm), "--dataset", str(rows_file), "--output_dir", str(tmp_path / "run")]
    train_grpo.main([*where, *GRPO, "--learning_rate", "1e-3", "--overlong_buffer", buffer, "--beta", "0.1", *SHORT])
    steps = [e for e in json.loads((tmp_path / "run/trainer_state.json").read_text())["log_history"] if "reward" in e]
    assert len(steps) == 3 and all(-2 <= e["reward"] <= 1 for e in steps)
    assert all("rewards/accuracy_reward/mean" in e and "reward/undecided" in e for e in steps)
    assert any("overlong" in key for key in steps[0]) == (buffer == "8")
    if buffer == "8":  # an untrained model has no advantage from correctness, but it has one from length
        assert moved(warm, tmp_path / "run") > 1e-5
    assert load_tokenizer(str(tmp_path / "run")).decode([5, 6, 7]) == load_tokenizer(str(warm)).decode([5, 6, 7])


def test_lora_and_plain_text_prompt(model_dir, rows_file, tmp_path):
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(tmp_path / "run")]
    lora = ["--use_peft", "true", "--lora_target_modules", "q_proj", "v_proj", "--learning_rate", "1e-3"]
    plain = ["--prompt_preset", "Open-Reasoner-Zero-7B", "--overlong_buffer", "15"]
    # 96 completions, so that some end early and the length penalty gives an advantage
    train_grpo.main([*where, *GRPO, *lora, *plain, *SHORT, "--per_device_train_batch_size", "32"])
    adapter = load_file(tmp_path / "run/adapter_model.safetensors")
    trained = [weight for name, weight in adapter.items() if "lora_B" in name]  # zero before training
    assert trained and any(weight.abs().max() > 0 for weight in trained)
    with pytest.raises(InputError, match="holds a LoRA adapter of .*; merge it first"):
        train_grpo.main([*where[2:], "--model_name_or_path", str(tmp_path / "run"), *GRPO, *SHORT])
    with pytest.raises(InputError, match="run-merged: python -c .*merge_and_unload"):
        evaluate.main(["--model_name_or_path", str(tmp_path / "run"), "--benchmarks", "math500", "--use_cpu", "true"])


def test_a_curriculum_draws_easy_questions_first(model_dir, rows, tmp_path):
    graded = [row | {"difficulty": float(at % 7)} for at, row in enumerate(rows)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in graded))
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(tmp_path / "rows.jsonl")]
    train_grpo.main([*where, "--output_dir", str(tmp_path / "run"), *GRPO, *SHORT, "--sort_by", "difficulty"])
    rollouts = pandas.concat(map(pandas.read_parquet, sorted((tmp_path / "run/rollouts").glob("*.parquet"))))
    drawn = list(dict.fromkeys(rollouts.sort_values("position", kind="stable").question))
    assert drawn == [row["question"] for row in sorted(graded, key=lambda row: row["difficulty"])][: len(drawn)]
    assert len(drawn) == 6
