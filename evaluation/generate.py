"""Opening the backend that the arguments name, and storing what it makes, sample by sample."""

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
    backend, name: str, problems: list[dict], samples: list, output_dir: Path, process: int, start: int = 0
) -> list:
    """Make samples of a benchmark, storing each as soon as it is finished.

    Args:
        backend: an opened one.
        name, problems: of the benchmark.
        samples: the (problem id, sample) pairs to make.
        process: index of this process, which has a file of its own.
        start: which start this is, see provenance.py.

    Returns:
        (request, why) of those that a server did not answer.
    """
    from tqdm import tqdm

    hashes = {p["id"]: text_hash(p["problem"]) for p in problems}
    began = time.perf_counter()
    progress = tqdm(total=len(samples), desc=stem_of(name), unit="sample", disable=process > 0)
    with SampleFile(output_dir, name, process) as file, progress:

        def emit(request, completion: str, tokens: int | None, finish_reason: str) -> None:
            key = {"id": request.problem, "sample": request.sample, "seed": request.seed}
            key |= {"problem_hash": hashes[request.problem], "max_tokens": request.max_tokens}
            made = {"completion": completion, "tokens": tokens, "finish_reason": finish_reason, "start": start}
            file.append({**key, **made, "seconds": round(time.perf_counter() - began, 2)})
            progress.update()

        return backend.complete(backend.requests(name, samples), emit) or []
