"""The staged recipe: its values are the published ones, and its script runs three stages, also when it is killed."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas
import pytest
from trl import GRPOConfig, ModelConfig
from whole_runs import logs_of, rollouts_of, start, stop_when

import evaluate
import train_grpo
from cli import parse_arguments
from training.checkpoints import is_whole_checkpoint

STAGES = ("8k", "16k", "24k")
# From NeMo-RL's three recipes on its grpo_math_1B.yaml and the guide to them, under our names.
PUBLISHED = {
    "8k": {"learning_rate": 2e-6, "beta": 0.0, "epsilon_high": 0.2, "max_steps": 240 * 16},
    "16k": {"learning_rate": 2e-6, "beta": 0.001, "epsilon_high": 0.28, "max_steps": 290 * 16},
    "24k": {"learning_rate": 5e-7, "beta": 0.0001, "epsilon_high": 0.28, "max_steps": 50 * 16},
}
EVERY_STAGE = {
    "num_generations": 8, "generation_batch_size": 128 * 8, "temperature": 1.0, "top_p": 1.0, "epsilon": 0.2,
    "max_grad_norm": 1.0, "weight_decay": 0.01, "loss_type": "dapo", "overlong_buffer": 0, "require_think_end": True,
    "mask_truncated_completions": False, "dynamic_sampling": True, "dynamic_sampling_prompts": "auto",
    "skip_by_history": True, "save_steps": 10 * 16, "warmup_steps": 50 * 16,
}  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_stages_have_the_published_values(stage):
    flags = ["--config", f"configs/grpo_one_node_{stage}.yaml", "--use_cpu", "true"]
    args, config, model = parse_arguments([train_grpo.GRPOScriptArguments, GRPOConfig, ModelConfig], flags)
    values = {**vars(model), **vars(config), **vars(args)}
    expected = EVERY_STAGE | PUBLISHED[stage] | {"max_completion_length": 1024 * int(stage[:-1])}
    assert {key: values[key] for key in expected} == expected
    assert 8 * config.per_device_train_batch_size * config.gradient_accumulation_steps == 64
    assert config.vllm_max_model_length == args.max_prompt_length + config.max_completion_length
    before = {"8k": "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "16k": "runs/grpo_one_node_8k"}
    assert model.model_name_or_path == before.get(stage, "runs/grpo_one_node_16k")


SMALL = """defaults: {recipe}
dataset: {folder}/rows.jsonl
max_rows: 40
dataset_revision: null
dtype: float32
use_vllm: false
vllm_enable_sleep_mode: false
use_cpu: true
bf16: false
gradient_checkpointing: false
report_to: none
log_completions: false
num_generations: 4
per_device_train_batch_size: 4
gradient_accumulation_steps: 2
generation_batch_size: 16
max_completion_length: {length}
max_steps: 4
warmup_steps: 0
learning_rate: 1.0e-3
save_steps: 2
save_rollouts_every: 1
"""
ASK = """#!/bin/sh
printf '%s\\n' "$@" > {0}/question.part
mv {0}/question.part {0}/question
until [ -e {0}/answer ]; do sleep 0.02; done
code=$(cat {0}/answer)
rm {0}/answer
exit $code
"""


def make_checkout(folder: Path, guesser: Path) -> None:
    """The script with the three recipes as they are but for size: completions of up to 10, 12 and 14 tokens."""
    (folder / "configs").mkdir()
    (folder / "runs").mkdir()
    shutil.copy("runs/deepmath_1.5b_one_node.sh", folder / "runs")
    (folder / "evaluate.py").symlink_to(Path("evaluate.py").resolve())
    for stage, length in zip(STAGES, (10, 12, 14), strict=True):
        recipe = Path(f"configs/grpo_one_node_{stage}.yaml").resolve()
        text = SMALL.format(recipe=recipe, folder=guesser, length=length)
        model = f"model_name_or_path: {guesser}/model\n" if stage == "8k" else ""
        (folder / f"configs/grpo_one_node_{stage}.yaml").write_text(text + model)
    (folder / "small.jsonl").write_text(json.dumps({"problem": "1+1", "answer": "2"}) + "\n")
    sampling = "n: 2\nmax_new_tokens: 14\nbackend: transformers\nuse_cpu: true\ndtype: float32\n"
    (folder / "configs/eval_deepmath_1.5b.yaml").write_text(
        f"prompt_preset: DeepMath-1.5B\nbenchmarks: [{folder}/small.jsonl]\n{sampling}"
    )


def run_script(folder: Path, launch) -> int:
    """The script from its beginning to its end or stop; `launch` runs what it launches, and returns an exit code."""
    client = folder / "launch"
    client.write_text(ASK.format(shlex.quote(str(folder))))
    client.chmod(0o755)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "OUT": str(folder / "run"), "LAUNCH": str(client), "PATH": path}
    with open(folder / "log", "a") as log:
        command = [str(folder / "runs/deepmath_1.5b_one_node.sh")]
        script = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        while script.poll() is None:
            if (folder / "question").exists():
                words = (folder / "question").read_text().splitlines()
                (folder / "question").unlink()
                code = launch(words)
                (folder / "answer.part").write_text(str(code))
                (folder / "answer.part").rename(folder / "answer")
            time.sleep(0.02)
    return script.returncode


def test_three_stages_killed_between_and_within_end_in_scores(guesser, tmp_path, monkeypatch):
    make_checkout(tmp_path, guesser)
    monkeypatch.chdir(tmp_path)  # as the script does
    run, started = tmp_path / "run", []

    def launch(words: list[str]) -> int:
        stage = words[words.index("--output_dir") + 1].rpartition("/")[2]
        resumed = "--resume_from_checkpoint" in words and words[words.index("--resume_from_checkpoint") + 1]
        started.append((stage, resumed))
        if started == [("8k", "false"), ("16k", "false")]:
            return 137  # killed before it began
        if len(started) == 3:  # the second stage once more: killed in the middle
            process, within = start(train_grpo.main, words[1:]), run / "16k" / "checkpoint-2"
            stop_when([process], lambda: is_whole_checkpoint(within), signal.SIGKILL, -signal.SIGKILL)
            return 137
        {"train_grpo.py": train_grpo.main, "evaluate.py": evaluate.main}[words[0]](words[1:])
        return 0

    codes = [run_script(tmp_path, launch) for _ in range(3)]
    assert codes == [137, 137, 0], (tmp_path / "log").read_text()
    again = [("16k", "false"), ("16k", "false"), ("16k", "true")]
    assert started == [("8k", "false"), *again, ("24k", "false"), ("run", False)]
    draws = []
    for stage, longest in zip(STAGES, (10, 12, 14), strict=True):
        assert len([entry for entry in logs_of(run / stage) if "loss" in entry]) == 4
        assert rollouts_of(run / stage)["length"].max() <= longest
        draws.append(pandas.read_parquet(run / stage / "prompt_history.parquet")["draws"].sum())
    sampled = [len(rollouts_of(run / stage)) for stage in STAGES]
    assert draws == [sum(sampled[: i + 1]) for i in range(3)], "every stage goes on with the last one's history"
    assert "pass@1" in (run / "24k/README.md").read_text(), "the card, with scores"
    summary = json.loads((tmp_path / "results/run/small.json").read_text())["summary"]
    assert 0 <= summary["pass@1"] <= 100
