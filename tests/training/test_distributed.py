"""Several processes: FSDP2 beside DDP and one process, LoRA, two hosts; DeepSpeed and vLLM where they are installed."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import Qwen2Config, Qwen2ForCausalLM
from whole_runs import finish, flags_of, free_port, logs_of, rollouts_of, start_ranks, teach_to_guess

import demo

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = [sys.executable, "-m", "accelerate.commands.launch", "--config_file"]
SETTINGS = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "6", "--max_steps", "3", "--save_steps", "2"]
SETTINGS += ["--overlong_buffer", "8", "--beta", "0.01", "--skip_update_norm", "0.285"]
# What every layout must log alike. Sums run in another order (two halves, then their sum): float32 keeps 1e-7 of each
# term, and a gradient is a sum of about 1e3 of them; after a first step the weights differ by as much, too.
SAME = ("reward", "accuracy", "kept_fraction", "generation_batches", "loss", "grad_norm", "skipped_updates")
SAME += ("completions/mean_length", "completions/clipped_ratio", "tokens/sampled", "tokens/trained")


def steps_of(output_dir: Path) -> list[dict]:
    return [entry for entry in logs_of(output_dir) if "reward" in entry]


def hashes(output_dir: Path) -> list[dict]:
    return [json.loads((output_dir / f"weights-{rank}.json").read_text()) for rank in (0, 1)]


def distance(before: Path, one: Path, other: Path, file: str = "model.safetensors") -> float:
    """How far two runs ended from one another, as a share of the way that one of them went."""
    start = load_file(before / file) if before else {}
    a, b = load_file(one / file), load_file(other / file)
    assert {*b} - {*a} <= {"lm_head.weight"}, "FSDP2 writes the matrix that the embedding shares with it, too"
    apart = sum((a[name] - b[name]).square().sum() for name in a)
    way = sum((a[name] - start.get(name, torch.zeros(()))).square().sum() for name in a)
    assert way > 0
    return float(apart / way) ** 0.5


@pytest.fixture(scope="module")
def runs(guesser, tmp_path_factory) -> Path:
    """The same run in three layouts: folders one, ddp and fsdp2."""
    folder = tmp_path_factory.mktemp("layouts")
    two = ["--gradient_accumulation_steps", "2"]
    finish(
        start_ranks(flags_of(guesser, folder / "one", *SETTINGS, "--gradient_accumulation_steps", "4"), 1)
        + start_ranks(flags_of(guesser, folder / "ddp", *SETTINGS, *two), 2)
        + start_ranks(flags_of(guesser, folder / "fsdp2", *SETTINGS, *two), 2, sharded=True)
    )
    return folder


def test_fsdp2_trains_as_one_process_and_as_ddp(guesser, runs):
    assert [each["held"] for each in hashes(runs / "ddp")] == [1, 1]
    assert all(0.4 < each["held"] < 0.6 for each in hashes(runs / "fsdp2")), "each process holds half of the weights"
    for layout in ("ddp", "fsdp2"):
        for here, there in zip(steps_of(runs / layout), steps_of(runs / "one"), strict=True):
            for name in SAME:
                assert here[name] == pytest.approx(there[name], rel=1e-4, abs=1e-6), (layout, here["step"], name)
        columns = ["step", "position", "completion", "correct", "kept"]
        tables = [rollouts_of(runs / each)[columns].sort_values(columns) for each in (layout, "one")]
        rows = [table.reset_index(drop=True) for table in tables]
        assert rows[0].equals(rows[1]), "the same prompts, completions, verdicts and choice"
    skipped = [entry["skipped_update"] for entry in steps_of(runs / "fsdp2")]
    assert {*skipped} == {0, 1}, f"some updates are skipped, and some are not: {skipped}"
    # Adam divides a gradient by its own size, so that a weight whose gradient is all rounding moves anyway.
    assert distance(guesser / "model", runs / "one", runs / "ddp") < 0.01
    assert distance(guesser / "model", runs / "one", runs / "fsdp2") < 0.01


def test_fsdp2_continues_to_the_bit(guesser, runs):
    before, logged = hashes(runs / "fsdp2"), steps_of(runs / "fsdp2")
    shutil.rmtree(runs / "fsdp2" / "checkpoint-3")
    flags = flags_of(guesser, runs / "fsdp2", *SETTINGS, "--resume_from_checkpoint", "true")
    finish(start_ranks(flags, 2, sharded=True))
    assert hashes(runs / "fsdp2") == before
    assert [[entry[name] for name in SAME] for entry in steps_of(runs / "fsdp2")] == [
        [entry[name] for name in SAME] for entry in logged
    ]


@pytest.mark.scale
def test_lora_under_fsdp2_trains_as_under_ddp(guesser, tmp_path):
    lora = ["--use_peft", "true", "--lora_target_modules", "q_proj", "v_proj", "--max_steps", "2"]
    lora += ["--lora_dropout", "0"]  # ranks draw other masks where they generate for longer, in step with each other
    ranks = []
    for layout in ("ddp", "fsdp2"):
        flags = flags_of(guesser, tmp_path / layout, *SETTINGS, *lora, "--skip_update_norm", "0")
        ranks += start_ranks(flags, 2, sharded=layout == "fsdp2")
    finish(ranks)
    for here, there in zip(steps_of(tmp_path / "fsdp2"), steps_of(tmp_path / "ddp"), strict=True):
        for name in SAME:
            assert here[name] == pytest.approx(there[name], rel=1e-4, abs=1e-6), (here["step"], name)
    assert distance(None, tmp_path / "ddp", tmp_path / "fsdp2", "adapter_model.safetensors") < 1e-3


# ---------------------------------------------------------------------------------------------------------------------
# Launchers
# ---------------------------------------------------------------------------------------------------------------------


def launched(command: list[str], **environment: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]


def wide_model(path: Path) -> Path:
    """The demo's model with heads of 32 instead of 24: vLLM's CPU kernels know no 24."""
    demo.make_model(path, seed=0)
    config = Qwen2Config.from_pretrained(path, num_attention_heads=3, num_key_value_heads=3)
    torch.manual_seed(0)
    Qwen2ForCausalLM(config).save_pretrained(path)
    return path


def in_namespaces(output: Path, command: str) -> list[str]:
    return ["unshare", "--map-root-user", "--net", "--mount", "sh", "tests/training/two_hosts.sh", str(output), command]


def test_two_hosts_train_as_two_processes_of_one(guesser, runs, tmp_path):
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("needs unshare (util-linux) and ip (iproute2)")
    probe = subprocess.run(in_namespaces(tmp_path / "probe", "true"), cwd=ROOT, capture_output=True, text=True)
    if probe.returncode:
        pytest.skip(f"network namespaces cannot be made here: {probe.stderr.strip()}")
    flags = flags_of(guesser, tmp_path / "run", *SETTINGS)
    hosts = ["--num_machines", "2", "--num_processes", "2", "--machine_rank", "$HOST", "--main_process_ip", "$ADDRESS"]
    command = [*LAUNCH, "configs/accelerate/cpu_2proc.yaml", *hosts, "--main_process_port", "29500"]
    command += ["tests/training/seeded_groups.py", *flags]
    try:
        launched(in_namespaces(tmp_path / "log", " ".join(command)))
    except AssertionError:
        pytest.fail("\n".join((tmp_path / f"log.{host}").read_text()[-3000:] for host in (0, 1)))
    assert hashes(tmp_path / "run") == hashes(runs / "ddp"), "weights are equal to the bit"


@pytest.mark.scale
@pytest.mark.skipif(importlib.util.find_spec("deepspeed") is None, reason="DeepSpeed is not installed")
def test_zero2_trains_as_ddp(guesser, tmp_path):
    settings = [*SETTINGS, "--skip_update_norm", "0", "--max_steps", "2"]
    finish(start_ranks(flags_of(guesser, tmp_path / "ddp", *settings), 2))
    zero2 = ["configs/accelerate/zero2_8gpu.yaml", "--num_processes", "2", "--mixed_precision", "no"]
    zero2 += ["--main_process_port", free_port()]
    flags = flags_of(guesser, tmp_path / "zero2", *settings)
    launched([*LAUNCH, *zero2, "tests/training/seeded_groups.py", *flags])
    for here, there in zip(steps_of(tmp_path / "zero2"), steps_of(tmp_path / "ddp"), strict=True):
        for name in SAME:
            assert here[name] == pytest.approx(there[name], rel=1e-4, abs=1e-6), (here["step"], name)
    assert distance(guesser / "model", tmp_path / "ddp", tmp_path / "zero2") < 0.01


@pytest.mark.scale
@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="vLLM is not installed")
def test_vllm_samples_from_the_weights_that_are_trained(guesser, tmp_path):
    """Colocated. At this learning rate the log-probs of yesterday's weights are off by far more than rounding."""
    vllm = ["--use_vllm", "true", "--vllm_mode", "colocate", "--vllm_gpu_memory_utilization", "0.1"]
    vllm += ["--vllm_max_model_length", "128", "--vllm_importance_sampling_correction", "true"]
    teach_to_guess(wide_model(tmp_path / "wide"), tmp_path / "guesser")
    flags = flags_of(tmp_path / "guesser", tmp_path / "run", *SETTINGS, "--skip_update_norm", "0", *vllm)
    environment = {"MASTER_PORT": free_port(), "VLLM_CPU_DTYPE": "float32"}
    launched([sys.executable, "benchmarks/vllm_cpu.py", "train_grpo.py", *flags], **environment)
    steps = steps_of(tmp_path / "run")
    assert [entry["step"] for entry in steps] == [1, 2, 3]
    for entry in steps:
        assert entry["sampling/sampling_logp_difference/max"] < 1e-3, entry["step"]
        assert entry["profiling/generation_seconds"] > 0 and entry["profiling/weight_transfer_seconds"] > 0
