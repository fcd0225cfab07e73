"""Whole runs of the training scripts on the demo's model, in this process or in processes of their own."""

import json
import multiprocessing
import os
import socket
import time

import pandas

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]
GRPO = ["--num_generations", "4", "--per_device_train_batch_size", "8", "--gradient_accumulation_steps", "2"]
SHORT = [*GRPO, "--max_completion_length", "12", "--learning_rate", "1e-3", "--logging_steps", "1"]


def flags_of(guesser, output_dir, *more: str) -> list[str]:
    where = ["--model_name_or_path", str(guesser / "model"), "--dataset", str(guesser / "rows.jsonl")]
    return [*where, "--output_dir", str(output_dir), *SHORT, *CPU, *more]


def logs_of(output_dir) -> list[dict]:
    return json.loads((output_dir / "trainer_state.json").read_text())["log_history"]


def rollouts_of(output_dir) -> pandas.DataFrame:
    return pandas.concat(pandas.read_parquet(path) for path in sorted((output_dir / "rollouts").glob("*.parquet")))


def start(target, *args) -> multiprocessing.Process:
    """Run a function in a process of its own, forked from one that has the libraries loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["train_grpo", "training.grpo_trainer"])
    process = context.Process(target=target, args=args)
    process.start()
    return process


def finish(processes: list[multiprocessing.Process]) -> None:
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * len(processes)


def stop_when(processes: list[multiprocessing.Process], condition, number: int, exitcode: int) -> None:
    """Send the last of a run's processes a signal as soon as the condition holds; all must end with the exit code."""
    while not condition():
        assert processes[-1].is_alive(), "the run ended before it could be stopped"
        time.sleep(0.001)
    os.kill(processes[-1].pid, number)
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [exitcode] * len(processes)


def start_ranks(flags: list[str], processes: int) -> list[multiprocessing.Process]:
    """The script of seeded_groups.py on so many gloo ranks."""
    import seeded_groups

    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = str(free.getsockname()[1])
    everyone = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "localhost", "MASTER_PORT": port}
    ranks = [{"RANK": str(rank), "LOCAL_RANK": str(rank), **everyone} for rank in range(processes)]
    return [start(seeded_groups.main, flags, rank if processes > 1 else {}) for rank in ranks]
