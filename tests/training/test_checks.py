"""What wrong input gets, before a model is loaded."""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import fields
from types import SimpleNamespace

import pytest
from trl import GRPOConfig, ModelConfig, SFTConfig, TrlParser

import cli
import sft_warmup
import train_grpo
from cli import InputError, parse_arguments
from prompts import load_tokenizer
from training import checks

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]

SHORT = ["--max_steps", "3", "--save_strategy", "no", "--logging_steps", "1", *CPU]

EVALUATION = ["--eval_strategy", "steps", "--num_generations_eval", "2"]

GRPO = ["--num_generations", "4", "--per_device_train_batch_size", "8", "--max_completion_length", "16"]


@pytest.mark.parametrize(
    ("script", "flags", "message"),
    [
        (train_grpo, ["--model_name_or_path", "./absent"], "./absent: no such file or folder"),
        (train_grpo, ["--model_name_or_path", "runs/a/b/c"], "runs/a/b/c: no such file or folder"),
        (train_grpo, ["--dataset", "absent.jsonl"], "absent.jsonl: no such file or folder"),
        (sft_warmup, ["--dataset", "absent.jsonl", "--model_name_or_path", "hub/model"], "absent.jsonl: no such file"),
        (train_grpo, ["--dataset", "tests"], "tests: expected .jsonl"),
        (
            train_grpo,
            ["--overlong_buffer", "16"],
            "overlong_buffer 16 must lie between 0 and --max_completion_length 16",
        ),
        (train_grpo, ["--num_generations", "3"], r"\(8\) must be divisible by num_generations \(3\)"),
        (
            train_grpo,
            ["--generation_batch_size", "24", "--gradient_accumulation_steps", "2"],
            r"1 processes x 8 .* x 2 .* = 16 completions, and a rollout batch gives 24 .* x 1 .* = 24: it must be",
        ),
        (train_grpo, ["--save_strategy", "epoch"], 'take "steps" or "no"'),
        (
            train_grpo,
            ["--eval_benchmark", "none", "--eval_problems", "4", *EVALUATION],
            "none: no such benchmark",
        ),
        (
            train_grpo,
            [
                "--eval_benchmark",
                "math500",
                "--eval_problems",
                "5",
                "--num_generations_eval",
                "2",
                "--eval_strategy",
                "steps",
            ],
            r"5 \(eval_problems\) x 2 \(num_generations_eval\) = 10 .* multiple of 1 processes x 8",
        ),
        (train_grpo, ["--eval_strategy", "steps"], "--eval_benchmark and --eval_strategy steps .* belong together"),
        (
            sft_warmup,
            ["--enable_jit_checkpoint", "true"],
            "--enable_jit_checkpoint saves in the middle of an optimizer",
        ),
        (train_grpo, ["--eval_on_start", "true"], "--eval_on_start true: name what to evaluate on"),
        (train_grpo, ["--learning_rte", "1"], r"unknown flag: --learning_rte .did you mean --learning_rate\?"),
        (train_grpo, ["--learning_rate", "-1"], "--learning_rate -1: must be at least 0"),
        (sft_warmup, ["--learning-rate=-1"], "--learning_rate -1: must be at least 0"),
        (train_grpo, ["--temperature", "0"], "--temperature 0: must be more than 0"),
        (train_grpo, ["--max_completion_length", "0"], "--max_completion_length 0: must be at least 1"),
        (train_grpo, ["--num_train_epochs", "0"], "--num_train_epochs 0: must be more than 0"),
        (train_grpo, ["--max_steps", "0"], "--max_steps 0: must be -1 .* or at least 1"),
        (train_grpo, ["--num_generations", "0"], "--num_generations 0: must be at least 2"),
        (train_grpo, ["--reward_weights", "1", "2"], "--reward_weights: 2 weights for 1 rewards: accuracy"),
        (train_grpo, ["--push_to_hub", "true", "--hub_token", "x"], "--push_to_hub true: the hub .*offline"),
        (
            train_grpo,
            ["--max_completion_length", "4000"],
            r"\d+ .tokens of the longest prompt. \+ 4000 .max_completion_length. = 4\d+ tokens, and the context of .*",
        ),
        (train_grpo, ["--output_dir", "README.md/run"], "--output_dir README.md/run: .*README.md is a file"),
        (train_grpo, ["--max_skipped_updates", "0"], "--max_skipped_updates 0: must be at least 1"),
        (train_grpo, ["--dynamic_sampling_prompts", "-4"], "--dynamic_sampling_prompts -4: must be auto"),
        (train_grpo, ["--report_to", "trackio"], "trackio is not installed; `pip install trackio`"),
        (sft_warmup, ["--report_to", "trackio"], "trackio is not installed; `pip install trackio`"),
        (sft_warmup, ["--report_to", "wandbb"], "wandbb: no such logger; there are: .*wandb"),
        (train_grpo, ["--use_vllm", "true"], "asks for a GPU and none was found; on a CPU add `--use_vllm false`"),
        (train_grpo, ["--prompt_preset", "none"], "no such preset"),
        (train_grpo, ["--max_rows", "1"], "1 rows are left, but a rollout batch takes 2 prompts"),
        (train_grpo, ["--max_rows", "0"], "--max_rows 0: must be at least 1"),
        (sft_warmup, ["--eos_token", "x"], "set them in the model's own tokenizer files"),
        (train_grpo, ["--min_difficulty", "11"], "no row is left after the filters"),
        (train_grpo, ["--answer_column", "answer"], "missing column answer"),
        (train_grpo, ["--resume_from_checkpoint", "true"], "holds no checkpoint"),
        (sft_warmup, ["--solutions_per_question", "0"], "must be at least 1"),
        (sft_warmup, ["--max_length", "5"], "no solution is left to train on"),
    ],
)
def test_bad_input_is_one_error_before_a_model_is_loaded(model_dir, rows_file, tmp_path, script, flags, message):
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(tmp_path / "run")]
    with pytest.raises(InputError, match=message):
        script.main([*where, *(GRPO if script is train_grpo else []), *CPU, *flags])
    assert not (tmp_path / "run").exists()


def cut(path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("script", "flags", "spoil", "message"),
    [
        (train_grpo, [], cut, "model: its weights cannot be read: Error while deserializing header"),
        (sft_warmup, [], cut, "model: its weights cannot be read: Error while deserializing header"),
        (train_grpo, [], lambda weights: weights.unlink(), "model: .*[Nn]o file named model.safetensors"),
        (
            train_grpo,
            ["--use_peft", "true", "--lora_target_modules", "nope"],
            None,
            "model: Target modules .*nope.* not found in the base model",
        ),
    ],
)
def test_what_only_loading_finds_is_one_error(model_dir, rows_file, tmp_path, script, flags, spoil, message):
    shutil.copytree(model_dir, tmp_path / "model")
    if spoil:
        spoil(tmp_path / "model" / "model.safetensors")
    where = ["--model_name_or_path", str(tmp_path / "model"), "--dataset", str(rows_file)]
    with pytest.raises(InputError, match=message):
        script.main(
            [*where, "--output_dir", str(tmp_path / "run"), *(GRPO if script is train_grpo else []), *CPU, *flags]
        )


@pytest.mark.parametrize(
    ("own", "trl_config"), [(train_grpo.GRPOScriptArguments, GRPOConfig), (sft_warmup.SFTScriptArguments, SFTConfig)]
)
def test_the_flags_known_before_trl_is_imported_are_all_that_there_are(own, trl_config):
    parser = TrlParser([own, trl_config, ModelConfig])
    named = {field.name for field in fields(own)} | cli._declared_fields(trl_config.__name__)
    assert named == {action.dest for action in parser._actions} - {"help", "config"}


@pytest.mark.parametrize("script", [sft_warmup, train_grpo], ids=lambda script: script.__name__)
@pytest.mark.parametrize(
    ("package", "flags"),
    [
        ("bitsandbytes", ["--load_in_4bit", "true", "--use_peft", "true"]),
        ("kernels", ["--attn_implementation", "kernels-community/flash-attn2"]),
        ("kernels", ["--attn_implementation", "flash_attention_2"]),
        ("liger_kernel", ["--use_liger_kernel", "true"]),
    ],
)
def test_a_missing_package_is_named_before_a_model_is_loaded(model_dir, rows_file, tmp_path, script, package, flags):
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(tmp_path / "run")]
    with pytest.raises(
        InputError, match=f"{flags[0]}.*: {package.replace('_', '-')} is not installed.*, or {flags[0]}"
    ):
        script.main([*where, *(GRPO if script is train_grpo else []), *CPU, *flags])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: setattr(t, "pad_token", None), "the tokenizer has no pad token"),
        (lambda t: setattr(t, "eos_token", None), "the tokenizer has no end-of-sequence token"),
        (lambda t: setattr(t, "chat_template", None), "the tokenizer has no chat template"),
        (
            lambda t: setattr(t, "chat_template", t.chat_template.split("{% if add_generation_prompt")[0]),
            "the chat template ignores add_generation_prompt",
        ),
    ],
)
@pytest.mark.parametrize("script", [sft_warmup, train_grpo], ids=lambda script: script.__name__)
def test_unfit_tokenizers_are_one_error_before_a_model_is_loaded(
    model_dir, rows_file, tmp_path, script, change, message
):
    tokenizer = load_tokenizer(str(model_dir))
    change(tokenizer)
    tokenizer.save_pretrained(tmp_path / "model")
    (tmp_path / "model" / "config.json").write_text((model_dir / "config.json").read_text())  # and no weights
    where = ["--model_name_or_path", str(tmp_path / "model"), "--dataset", str(rows_file)]
    with pytest.raises(InputError, match=message):
        script.main([*where, "--output_dir", str(tmp_path / "run"), *(GRPO if script is train_grpo else []), *SHORT])


@pytest.mark.parametrize("script", [sft_warmup, train_grpo], ids=lambda script: script.__name__)
def test_processes_that_do_not_see_each_other_are_refused(model_dir, rows_file, tmp_path, monkeypatch, script):
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(tmp_path / "run")]
    args = parse_arguments(
        [sft_warmup.SFTScriptArguments, SFTConfig, ModelConfig]
        if script is sft_warmup
        else [train_grpo.GRPOScriptArguments, GRPOConfig, ModelConfig],
        [*where, *(GRPO if script is train_grpo else []), *CPU],
    )
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(InputError, match="2 processes were launched, and this one sees 1: each would train alone"):
        script.check_arguments(*args)


def test_processes_must_share_the_prompts_out():
    config = SimpleNamespace(world_size=3, per_device_train_batch_size=4, gradient_accumulation_steps=1)
    config.num_generations, config.num_iterations, config.generation_batch_size = 4, 1, 12
    args = train_grpo.GRPOScriptArguments(dynamic_sampling_prompts=4)
    checks.check_batches(args, config)
    args.dynamic_sampling = True
    with pytest.raises(InputError, match="dynamic_sampling_prompts = 4 prompts cannot be shared out among 3 processes"):
        checks.check_batches(args, config)


@pytest.mark.skipif("__import__('torch').cuda.is_available()", reason="needs a machine without a GPU")
def test_gpu_recipe_on_a_cpu_ends_in_one_line_and_exit_code_2():
    command = [sys.executable, "train_grpo.py", "--config", "configs/grpo_deepmath_1.5b.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    hint = "this run asks for a GPU and none was found; on a CPU add `--use_cpu true --bf16 false --use_vllm false`"
    assert f"train_grpo.py: error: {hint}" in done.stderr


def test_output_folder_is_never_overwritten(model_dir, rows_file, tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(rows_file), "--output_dir", str(tmp_path)]
    with pytest.raises(InputError, match="is not empty; take another, or continue"):
        train_grpo.main([*where, *GRPO, *SHORT])


@pytest.mark.parametrize("script", ["sft_warmup", "train_grpo"])
def test_files_flags_and_numbers_are_checked_before_anything_heavy_is_imported(script):
    mistakes = [["--dataset", "absent.csv"], ["--user_prompt", "no place for it"], ["--learning_rte", "1"]]
    mistakes += [["--model_name_or_path", "./absent"], ["--config", "absent.yaml"], ["--learning_rate", "-1"]]
    code = f"import sys, {script}, cli\nfor flags in {mistakes!r}:\n    try:\n        {script}.main(flags)\n"
    code += "    except cli.InputError as e:\n        print(e)\n"
    code += "print({'torch', 'transformers', 'datasets'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    *messages, heavy = done.stdout.splitlines()
    assert all(value in said or flag in said for (flag, value), said in zip(mistakes, messages, strict=True)), messages
    assert heavy == "set()"
