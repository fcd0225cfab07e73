"""Whole runs of the training scripts on the demo's model, in this process or in processes of their own."""

import json
import multiprocessing
import os
import random
import socket
import time
from pathlib import Path

import pandas

import demo
import sft_warmup

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]
GRPO = ["--num_generations", "4", "--per_device_train_batch_size", "8", "--gradient_accumulation_steps", "2"]
SHORT = [*GRPO, "--max_completion_length", "12", "--learning_rate", "1e-3", "--logging_steps", "1"]


def teach_to_guess(model: Path, folder: Path) -> Path:
    """Writes rows.jsonl, questions with the answers 1, 2 or 3, and model, which gives one of them without a thought."""
    folder.mkdir(exist_ok=True)
    rng = random.Random(0)
    with open(folder / "rows.jsonl", "w", encoding="utf-8") as file:
        for _ in range(400):
            answer = rng.choice("123")
            solution = f"</think>\\boxed{{{answer}}}"
            row = {"question": demo.make_question(rng)[0], "final_answer": answer, "r1_solution_1": solution}
            file.write(json.dumps(row) + "\n")
    where = ["--model_name_or_path", str(model), "--dataset", str(folder / "rows.jsonl")]
    flags = ["--max_steps", "50", "--per_device_train_batch_size", "16", "--learning_rate", "2e-3"]
    sft_warmup.main([*where, "--output_dir", str(folder / "model"), *flags, "--save_strategy", "no", *CPU])
    return folder


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


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return str(free.getsockname()[1])


def start_ranks(flags: list[str], processes: int, sharded: bool = False) -> list[multiprocessing.Process]:
    """The script of seeded_groups.py on so many gloo ranks, its model on each of them (DDP) or sharded (FSDP2)."""
    import seeded_groups

    everyone = {"WORLD_SIZE": str(processes), "MASTER_ADDR": "localhost", "MASTER_PORT": free_port()}
    ranks = [{"RANK": str(rank), "LOCAL_RANK": str(rank), **everyone} for rank in range(processes)]
    return [start(seeded_groups.main, flags, rank if processes > 1 else {}, sharded) for rank in ranks]
