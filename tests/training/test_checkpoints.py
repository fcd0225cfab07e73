"""Which checkpoint a run continues from, with which settings it may, and what is left when one cannot be written."""

import json
import os
import resource
import shutil
import signal
import time
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file
from small_trainers import make_trainer
from whole_runs import CPU, finish, flags_of, logs_of, start, stop_when

import sft_warmup
import train_grpo
from cli import InputError
from training import checkpoints
from training.checkpoints import is_whole_checkpoint, resume_point
from training.grpo_trainer import DeepMathGRPOTrainer
from training.signals import StopAtSignal


def make_checkpoints(folder, steps: dict[str, int | None]) -> None:
    """Checkpoints by name, written in this order; None: cut off while being written."""
    for name, step in steps.items():
        (folder / name).mkdir(parents=True)
        if step is not None:
            (folder / name / "trainer_state.json").write_text(json.dumps({"global_step": step}))
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("steps", "wanted", "chosen", "said"),
    [
        ({"checkpoint-9": 9, "checkpoint-10": 10}, "true", "checkpoint-10", []),
        ({"checkpoint-20": 20, "checkpoint-10": 10}, "true", "checkpoint-20", ["checkpoint-10 was written after it"]),
        (
            {"checkpoint-5": 7, "checkpoint-6": 6},
            "true",
            "checkpoint-5",
            ["checkpoint-5 holds step 7", "checkpoint-6 was"],
        ),
        ({"checkpoint-8": 8, "checkpoint-9": None}, "true", "checkpoint-8", ["checkpoint-9 is later, and was cut off"]),
        ({"replaced-checkpoint-8": 8, "checkpoint-8": None}, "true", "replaced-checkpoint-8", []),
        ({"replaced-checkpoint-8": 8, "checkpoint-8": 8}, "true", "checkpoint-8", []),
        ({"checkpoint-8": 8, "checkpoint-9": 9}, "checkpoint-9", "checkpoint-9", []),
        ({"checkpoint-8": 8, "checkpoint-9": 9}, "checkpoint-8", "later ones stand beside it .*checkpoint-9", []),
        ({"checkpoint-9": None}, "true", "holds no checkpoint .1 cut off while being written", []),
    ],
)
def test_the_newest_checkpoint_is_that_of_the_highest_step(tmp_path, capsys, steps, wanted, chosen, said):
    make_checkpoints(tmp_path, steps)
    named = wanted if wanted == "true" else str(tmp_path / wanted)
    config = SimpleNamespace(output_dir=str(tmp_path), resume_from_checkpoint=named)
    if chosen not in steps:
        with pytest.raises(InputError, match=chosen):
            resume_point(config)
        return
    assert resume_point(config) == str(tmp_path / chosen)
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: ")]
    assert len(notes) == len(said) and all(text in note for text, note in zip(sorted(said), sorted(notes), strict=True))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (["--seed", "7"], r"made with seed 42 \(now 7\)"),
        (["--beta", "0.1"], r"made with beta 0 \(now 0.1\)"),
        (["--temperature", "0.5"], r"made with temperature 1 \(now 0.5\)"),
        (
            ["--use_peft", "true", "--lora_alpha", "8"],
            r"made with use_peft False \(now True\), lora_alpha 32 \(now 8\)",
        ),
        (["--overlong_buffer", "4"], r"overlong_buffer 0 \(now 4\), rewards \['accuracy_reward'\] \(now .*overlong"),
        (["--reward_weights", "2"], r"made with reward_weights None \(now \[2.0\]\)"),
        (
            ["--weight_decay", "0.1", "--max_grad_norm", "3"],
            r"weight_decay 0 \(now 0.1\), max_grad_norm 1 \(now 3\)",
        ),
        (["--grader", "paper"], r"made with grader ours \(now paper\)"),
        (["--model_name_or_path", "OTHER"], r"made with model_name_or_path .*model \(now .*other\)"),
        (["--max_rows", "50"], r"made with other prompts \(400 then, 50 now\)"),
        (["--dataset", "OTHER"], "made with other golds for the same prompts"),
        (["--gradient_accumulation_steps", "4"], r"made with gradient_accumulation_steps 2 \(now 4\)"),
        (["--num_generations", "8"], r"made with num_generations 4 \(now 8\)"),
    ],
)
def test_another_run_is_refused_by_name(guesser, half_done, tmp_path, changed, message):
    if changed == ["--dataset", "OTHER"]:
        rows = (guesser / "rows.jsonl").read_text().replace('"final_answer": "1"', '"final_answer": "2"')
        (tmp_path / "other").write_text(rows)
        changed = ["--dataset", str((tmp_path / "other").rename(tmp_path / "other.jsonl"))]
    if "OTHER" in changed:  # the same architecture with other weights
        shutil.copytree(guesser / "model", tmp_path / "other")
        with open(tmp_path / "other" / "model.safetensors", "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(b"\x07")
        changed = [str(tmp_path / "other") if each == "OTHER" else each for each in changed]
    with pytest.raises(InputError, match=message):
        train_grpo.main([*half_done, *changed])


@pytest.fixture(scope="module")
def half_done(guesser, tmp_path_factory):
    """Flags of a run that is to be continued within a rollout batch."""
    output_dir = tmp_path_factory.mktemp("half_done") / "run"
    flags = flags_of(guesser, output_dir, "--max_steps", "1", "--save_steps", "1", "--generation_batch_size", "32")
    train_grpo.main(flags)
    return [*flags, "--resume_from_checkpoint", "true", "--max_steps", "3"]


def test_what_may_change_is_applied_and_said(guesser, half_done, tmp_path, capsys):
    shutil.copytree(guesser / "model", tmp_path / "moved")  # the base model's folder moved
    shutil.copytree(half_done[half_done.index("--output_dir") + 1], tmp_path / "run")
    changed = ["--learning_rate", "0.5", "--lr_scheduler_type", "constant", "--save_steps", "2", "--logging_steps", "2"]
    where = ["--output_dir", str(tmp_path / "run"), "--model_name_or_path", str(tmp_path / "moved")]
    train_grpo.main([*half_done, *changed, *where])
    [line] = [each for each in capsys.readouterr().out.splitlines() if each.startswith("changed from here on: ")]
    told = set(line.removeprefix("changed from here on: ").split(", "))
    assert told == {
        *("max_steps 1 -> 3", "learning_rate 0.001 -> 0.5", "lr_scheduler_type linear -> constant"),
        *("save_steps 1 -> 2", "logging_steps 1 -> 2"),
    }
    logs = [entry for entry in logs_of(tmp_path / "run") if "learning_rate" in entry]
    assert [(entry["step"], entry["learning_rate"]) for entry in logs] == [(1, 0.001), (2, 0.5)]
    assert is_whole_checkpoint(tmp_path / "run" / "checkpoint-2")


def test_every_setting_is_refused_unless_it_is_known_to_be_harmless():
    for name in (
        "beta",
        "lora_r",
        "temperature",
        "reward_weights",
        "loss_type",
        "dtype",
        "vllm_importance_sampling_mode",
    ):
        assert not checkpoints.may_change(name)
    for name in ("learning_rate", "save_steps", "vllm_gpu_memory_utilization", "per_device_train_batch_size"):
        assert checkpoints.may_change(name)


# ---------------------------------------------------------------------------------------------------------------------
# Signals
# ---------------------------------------------------------------------------------------------------------------------


def sft_flags(guesser, output_dir) -> list[str]:
    where = ["--model_name_or_path", str(guesser / "model"), "--dataset", str(guesser / "rows.jsonl")]
    flags = ["--max_steps", "8", "--per_device_train_batch_size", "4", "--learning_rate", "1e-3", "--save_steps", "2"]
    return [*where, "--output_dir", str(output_dir), *flags, "--logging_steps", "3", *CPU]


def test_a_warm_up_stopped_by_a_signal_ends_as_the_uninterrupted_one(guesser, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    uninterrupted = start(sft_warmup.main, sft_flags(guesser, whole))
    flags = sft_flags(guesser, cut)
    stop_when([start(sft_warmup.main, flags)], lambda: (cut / "checkpoint-2").exists(), signal.SIGTERM, 143)
    assert not (cut / "model.safetensors").exists(), "what was stopped is no finished model"
    finish([start(sft_warmup.main, [*flags, "--resume_from_checkpoint", "true"]), uninterrupted])
    timed = ("runtime", "per_second", "total_flos")
    histories = [
        [{k: v for k, v in entry.items() if not any(word in k for word in timed)} for entry in logs_of(folder)]
        for folder in (whole, cut)
    ]
    assert histories[0] == histories[1] and len(histories[0]) == 3
    weights = [load_file(folder / "model.safetensors") for folder in (whole, cut)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def signalled(model_dir, tmp_path, numbers: list[int]) -> None:
    with StopAtSignal(make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path)):
        for number in numbers:
            os.kill(os.getpid(), number)
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("numbers", "exitcode"),
    [
        ([signal.SIGINT, signal.SIGINT], -signal.SIGINT),
        ([signal.SIGINT, signal.SIGTERM], -signal.SIGTERM),  # a launcher's second Ctrl-C
        ([signal.SIGTERM, signal.SIGTERM, signal.SIGUSR1], 0),
        ([signal.SIGUSR1, signal.SIGINT], -signal.SIGINT),
    ],
)
def test_a_second_ctrl_c_ends_at_once(model_dir, tmp_path, numbers, exitcode):
    process = start(signalled, model_dir, tmp_path, numbers)
    process.join()
    assert process.exitcode == exitcode


# ---------------------------------------------------------------------------------------------------------------------
# A full disk
# ---------------------------------------------------------------------------------------------------------------------


def with_little_room(flags: list[str], bytes_a_file: int, message_file) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))  # a write beyond fails, as on a full disk
    try:
        train_grpo.main(flags)
    except InputError as error:
        message_file.write_text(str(error))


def test_a_checkpoint_that_cannot_be_written_is_one_error_and_leaves_the_last_one(half_done, tmp_path):
    shutil.copytree(half_done[half_done.index("--output_dir") + 1], tmp_path / "run")
    flags = [*half_done, "--output_dir", str(tmp_path / "run"), "--max_steps", "2"]
    finish([start(with_little_room, flags, 200_000, tmp_path / "message")])
    message = (tmp_path / "message").read_text()
    assert (
        "run/checkpoint-2 could not be written: " in message
        and "File too large" in message
        and "GB free there" in message
    )
    assert [path.name for path in (tmp_path / "run").glob("*checkpoint-*")] == ["checkpoint-1"]
    train_grpo.main(flags)
    assert [entry["step"] for entry in logs_of(tmp_path / "run") if "loss" in entry] == [1, 2]
