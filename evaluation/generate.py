"""Opening the backend that the arguments name, and storing what it makes, sample by sample."""

import math
import time
from pathlib import Path

from cli import adapter_base, stay_offline_if_local
from evaluation.benchmarks import stem_of
from evaluation.samples import SampleFile, text_hash


def open_backend(args, problem_sets: dict[str, list[dict]], processes):
    """The backend that `args.backend` names, ready to generate; one for all benchmarks."""
    if args.backend == "server":
        from evaluation.server_backend import ServerBackend

        return ServerBackend(args, problem_sets)
    stay_offline_if_local(args.model_name_or_path, adapter_base(args.model_name_or_path))
    if args.backend == "vllm":
        from evaluation.vllm_backend import VLLMBackend

        return VLLMBackend(args, problem_sets, processes)
    from evaluation.transformers_backend import TransformersBackend

    return TransformersBackend(args, problem_sets, processes)


def generate_missing(
    backend, name: str, problems: list[dict], samples: list, output_dir: Path, pace: "Pace", start: int = 0
) -> list:
    """Make samples of a benchmark, storing each as soon as it is finished.

    Args:
        backend: an opened one.
        name, problems: of the benchmark.
        samples: the (problem id, sample) pairs to make.
        pace: says how long it will take; knows which process this is.
        start: which start this is, see provenance.py.

    Returns:
        (request, why) of those that a server did not answer.
    """
    from tqdm import tqdm

    hashes = {p["id"]: text_hash(p["problem"]) for p in problems}
    process = pace.processes.index
    progress = tqdm(total=len(samples), desc=stem_of(name), unit="sample", disable=process > 0)
    with SampleFile(output_dir, name, process) as file, progress:

        def emit(request, completion: str, tokens: int | None, finish_reason: str) -> None:
            key = {"id": request.problem, "sample": request.sample, "seed": request.seed}
            key |= {"problem_hash": hashes[request.problem], "max_tokens": request.max_tokens}
            made = {"completion": completion, "tokens": tokens, "finish_reason": finish_reason, "start": start}
            file.append({**key, **made, "seconds": round(time.perf_counter() - pace.began, 2)})
            progress.update()
            if line := pace.line(tokens):
                progress.write(f"{stem_of(name)}: {line}")

        return backend.complete(backend.requests(name, samples), emit) or []


FIRST_SHARE, FIRST_SAMPLES = 0.05, 8  # of the samples, after which there is something to go by


class Pace:
    """How fast samples are made, and how long the rest will take: one line a benchmark, after the first samples.

    The first ones to end are short ones, and those under way are not counted yet: tokens a second are rather more.

    Args:
        backend: an opened one.
        count: samples that this process has to make.
        later: samples of the benchmarks that follow, of all processes.
        processes: `backend.Processes`.
    """

    def __init__(self, backend, count: int, later: int, processes):
        self.count, self.later, self.processes, self.gpus = count, later, processes, backend.gpus()
        self.began, self.made, self.tokens = time.perf_counter(), 0, 0
        self.first = max(FIRST_SAMPLES, math.ceil(FIRST_SHARE * count))

    def line(self, tokens: int | None) -> str:
        """The line, once, when enough samples were made; else ""."""
        self.made += 1
        self.tokens = None if tokens is None or self.tokens is None else self.tokens + tokens
        if self.made != self.first or self.made >= self.count or self.processes.index:
            return ""
        seconds, everyone = time.perf_counter() - self.began, self.processes.count
        each = seconds / self.made
        rest, later = each * (self.count - self.made), each * self.later / everyone
        speed = "" if self.tokens is None else f"{self.tokens * everyone / seconds:,.0f} tokens/s, "
        line = f"{speed}about {duration(rest)} left"
        if self.later:
            line += f", {duration(rest + later)} with the other benchmarks"
        if self.gpus:
            line += f", {(rest + later) / 3600 * self.gpus * everyone:.2g} GPU hours"
        return line


def duration(seconds: float) -> str:
    """A length of time, as coarsely as an estimate deserves."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"
