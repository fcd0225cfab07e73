"""On a GPU, in bf16, sampled by transformers: steps move the weights, and a killed run continues to the bit.

`DEVICE=cpu python -m pytest tests/training/test_device.py` tries it without one.
"""

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from whole_runs import flags_of, logs_of, rollouts_of, stop_when

ROOT = Path(__file__).resolve().parents[2]
DEVICE = os.environ.get("DEVICE", "cuda")
pytestmark = pytest.mark.skipif(
    "DEVICE" not in os.environ and not torch.cuda.is_available(), reason="needs a GPU, or DEVICE=cpu"
)
PRECISION = ["--use_cpu", "false", "--bf16", "true"] if DEVICE == "cuda" else ["--use_cpu", "true", "--bf16", "false"]
SAMPLING = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "8", "--beta", "0.01"]


class Run:
    """A process of its own, with what `stop_when` asks of one: CUDA does not survive a fork."""

    def __init__(self, flags: list[str]):
        self._process = subprocess.Popen([sys.executable, "train_grpo.py", *flags], cwd=ROOT)
        self.pid = self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def join(self) -> None:
        self.exitcode = self._process.wait()


def finish(run: Run) -> None:
    run.join()
    assert run.exitcode == 0


def test_steps_on_the_device_move_float32_weights(guesser, tmp_path):
    finish(Run(flags_of(guesser, tmp_path, *SAMPLING, *PRECISION, "--max_steps", "3", "--save_strategy", "no")))
    steps = [entry for entry in logs_of(tmp_path) if "reward" in entry]
    assert len(steps) == 3
    assert all(math.isfinite(entry["loss"]) and 0 < entry["grad_norm"] < 10 for entry in steps)
    assert all(entry["profiling/generation_seconds"] > 0 < entry["profiling/update_seconds"] for entry in steps)
    before, after = (load_file(folder / "model.safetensors") for folder in (guesser / "model", tmp_path))
    assert all(weight.dtype == torch.float32 for weight in after.values())
    assert max(float((before[name] - after[name]).abs().max()) for name in before) > 1e-4


def test_a_run_killed_on_the_device_ends_as_the_uninterrupted_one(guesser, tmp_path):
    settings = [*SAMPLING, *PRECISION, "--max_steps", "6", "--save_steps", "1", "--full_determinism", "true"]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    finish(Run(flags_of(guesser, whole, *settings)))
    flags = flags_of(guesser, cut, *settings)
    stop_when([Run(flags)], lambda: (cut / "checkpoint-3/trainer_state.json").exists(), signal.SIGKILL, -signal.SIGKILL)
    finish(Run([*flags, "--resume_from_checkpoint", "true"]))
    weights = [load_file(folder / "model.safetensors") for folder in (whole, cut)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    names = ("loss", "grad_norm", "reward", "tokens/sampled", "tokens/trained")
    logs = [[[entry[name] for name in names] for entry in logs_of(each) if "loss" in entry] for each in (whole, cut)]
    assert logs[0] == logs[1] and len(logs[0]) == 6
    assert rollouts_of(whole).equals(rollouts_of(cut))
