"""Checkpoints on disk: which one a run continues from, and with which settings it may.

A checkpoint is whole once its trainer_state.json is (it is written last). Beside what transformers writes, each holds
run.json: every setting of the run that made it. A continued run is compared with it by name. What would make it another
run (base model, LoRA, sampling, rewards, loss, optimizer, seed) is refused; schedule, intervals, batch layout and
hardware may change, and what changed is said.
"""

import hashlib
import json
import os
import re
from dataclasses import fields
from enum import Enum
from pathlib import Path

from cli import InputError, is_local, is_main_process, say

RUN_FILE = "run.json"
SILENT = {"output_dir", "resume_from_checkpoint", "hub_token", "steps_per_generation", "local_rank", "disable_tqdm"}
# Settings that a continued run may change: exact names, and beginnings of names. What the rows of the data set became
# is compared row by row (prompts and golds, or solutions.json), so their source and filters need not keep their names.
MAY_CHANGE = {
    *("learning_rate", "max_steps", "num_train_epochs", "report_to", "run_name", "project", "debug", "use_cpu"),
    *("generation_batch_size", "use_vllm", "use_transformers_continuous_batching", "cache_implementation"),
    *("transformers_continuous_batching_config", "attn_implementation", "bf16", "fp16", "tf32", "use_liger_kernel"),
    *("accelerator_config", "parallelism_config", "push_to_hub", "max_generation_batches", "max_skipped_updates"),
    *("num_completions_to_print", "num_generations_eval", "ds3_gather_for_generation", "enable_jit_checkpoint"),
    *("carry_surplus", "benchmark_dir", "pass_rates", "min_pass_rate", "max_pass_rate", "topic_prefix", "max_rows"),
    *("min_difficulty", "max_difficulty", "question_column", "answer_column", "max_prompt_length"),
    *("correctness_column", "difficulty_column", "topic_column"),
}
MAY_CHANGE_PREFIXES = (
    *("lr_scheduler_", "warmup_", "logging_", "log_", "eval_", "save_", "hub_", "trackio_", "dataloader_", "ddp_"),
    *("fsdp", "deepspeed", "per_device_", "gradient_", "torch_", "skip_", "dynamic_sampling", "dataset", "solution"),
    *("vllm_mode", "vllm_server_", "vllm_group_", "vllm_gpu_", "vllm_max_", "vllm_tensor_", "vllm_enable_"),
)


# ---------------------------------------------------------------------------------------------------------------------
# Which checkpoint
# ---------------------------------------------------------------------------------------------------------------------


def resume_point(config) -> str | None:
    """Folder of the checkpoint to give to `Trainer.train(resume_from_checkpoint=...)`, or None for a new run.

    The newest checkpoint is the one of the highest step: times of writing change when a folder is copied.

    Raises:
        InputError: the output folder holds something already and the run is not to be resumed, there is no whole
            checkpoint to resume from, or later checkpoints stand beside the one that is named.
    """
    wanted = str(config.resume_from_checkpoint or "false")
    output_dir = Path(config.output_dir)
    there = next(path for path in (output_dir.absolute(), *output_dir.absolute().parents) if path.exists())
    if not there.is_dir():
        raise InputError(f"--output_dir {output_dir}: {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise InputError(f"--output_dir {output_dir}: nothing may be written to {there}")
    named = wanted.lower() not in ("true", "false")
    own = wanted.lower() == "true" or (named and Path(wanted).resolve().parent == output_dir.resolve())
    if not own and is_main_process() and output_dir.is_dir() and any(output_dir.iterdir()):
        raise InputError(
            f"--output_dir {output_dir} is not empty; take another, or continue with --resume_from_checkpoint true"
        )
    if wanted.lower() == "false":
        return None
    if named and not is_whole_checkpoint(Path(wanted)):
        raise InputError(f"--resume_from_checkpoint {wanted}: no whole checkpoint there (see its trainer_state.json)")
    found = [*output_dir.glob("checkpoint-*"), *output_dir.glob("replaced-checkpoint-*")]  # see _save_checkpoint
    steps = {folder: step_of(folder) for folder in found if is_whole_checkpoint(folder)}
    if named:
        later = [str(folder) for folder, step in steps.items() if own and step > step_of(Path(wanted))]
        if later:
            raise InputError(
                f"--resume_from_checkpoint {wanted}: later ones stand beside it ({', '.join(sorted(later))}) and would "
                "be taken for this run's; move them away, or continue in another --output_dir"
            )
        return wanted
    if not steps:
        halves = f" ({len(found)} cut off while being written)" if found else ""
        raise InputError(
            f"--resume_from_checkpoint true: {output_dir} holds no checkpoint{halves}; start anew in another folder"
        )
    newest = max(steps, key=lambda folder: (steps[folder], folder.name.startswith("checkpoint-")))
    say(f"continuing from {newest}")
    say_contradictions(newest, steps, found)
    return str(newest)


def say_contradictions(newest: Path, steps: dict[Path, int], found: list[Path]) -> None:
    """Name what does not fit the choice of the checkpoint of the highest step.

    Args:
        newest: the chosen one.
        steps: of the whole checkpoints.
        found: all of them.
    """
    last_written = max(steps, key=lambda folder: (folder / "trainer_state.json").stat().st_mtime_ns)
    if steps[last_written] < steps[newest]:
        say(f"note: {last_written} was written after it (a copied folder?); the highest step counts")
    for folder, step in steps.items():
        if not folder.name.endswith(f"checkpoint-{step}"):
            say(f"note: {folder} holds step {step}, whatever its name says")
    for folder in found:
        if folder not in steps and folder.name.startswith("checkpoint-") and _number(folder) > steps[newest]:
            say(f"note: {folder} is later, and was cut off while being written")


def is_whole_checkpoint(folder: Path) -> bool:
    """Whether a checkpoint was written to its end: trainer_state.json is written last, after every process is done."""
    return step_of(folder) >= 0


def step_of(folder: Path) -> int:
    """Optimizer steps that a checkpoint has seen; -1 where it is not whole."""
    try:
        state = json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))
        return int(state["global_step"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or cut off in the middle
        return -1


def _number(folder: Path) -> int:
    digits = re.search(r"(\d+)$", folder.name)
    return int(digits[1]) if digits else -1


# ---------------------------------------------------------------------------------------------------------------------
# With which settings
# ---------------------------------------------------------------------------------------------------------------------


def run_settings(*arguments, **more) -> dict:
    """Every field of the argument dataclasses as a plain value, `more`, and a fingerprint of the base model.

    Args:
        arguments: instances; one has `model_name_or_path`.
        more: what decides the run and is no field, such as the names of the rewards.
    """
    values = {field.name: getattr(each, field.name) for each in arguments for field in fields(each) if field.init}
    values = {name: each.value if isinstance(each, Enum) else each for name, each in values.items()}
    values = {name: each for name, each in values.items() if not name.endswith("_token") and name not in SILENT}
    values |= {"base_model": fingerprint(values["model_name_or_path"], values.get("model_revision")), **more}
    return json.loads(json.dumps(values, default=str))


def fingerprint(model: str, revision: str | None) -> str:
    """What tells one base model from another: a hub id with its revision, or a hash of a local one's files.

    Of each file of weights only the size and the first and last 64 KiB are read: that takes milliseconds.
    """
    if not is_local(model):
        return f"{model}@{revision or 'main'}"
    digest = hashlib.sha256()
    for path in sorted(Path(model).iterdir()):
        if path.suffix in (".safetensors", ".bin") or path.name == "config.json":
            with open(path, "rb") as file:
                size = path.stat().st_size
                digest.update(f"{path.name} {size}".encode() + file.read(1 << 16))
                file.seek(max(0, size - (1 << 16)))
                digest.update(file.read())
    return digest.hexdigest()[:16]


def check_same_run(checkpoint: str, settings: dict) -> None:
    """Compare the settings of this run with those of the one that made the checkpoint, and say what changed.

    Args:
        checkpoint: its folder.
        settings: see `run_settings`.

    Raises:
        InputError: by name, what would make it another run.
    """
    path = Path(checkpoint) / RUN_FILE
    if not path.is_file():
        say(f"note: {checkpoint} has no {RUN_FILE}: its settings are not compared with today's")
        return
    try:
        then = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); continue from an earlier checkpoint") from error
    changed = {name: (then[name], now) for name, now in settings.items() if name in then and then[name] != now}
    names = ("model_name_or_path", "model_revision")
    if "base_model" not in changed:  # the same weights may have moved
        changed = {name: pair for name, pair in changed.items() if name not in names}
    elif changed.keys() & {*names}:  # and their name says more than their hash
        changed.pop("base_model")
    refused = {name: pair for name, pair in changed.items() if not may_change(name)}
    if refused:
        listed = ", ".join(f"{name} {_short(before)} (now {_short(now)})" for name, (before, now) in refused.items())
        raise InputError(
            f"{checkpoint} was made with {listed}: continue as it was, or start a new run from its weights with "
            "--model_name_or_path"
        )
    if changed:
        told = (f"{name} {_short(before)} -> {_short(now)}" for name, (before, now) in changed.items())
        say("changed from here on: " + ", ".join(told))


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def may_change(name: str) -> bool:
    """Whether a continued run may differ in this setting."""
    return name in MAY_CHANGE or name.startswith(MAY_CHANGE_PREFIXES)
