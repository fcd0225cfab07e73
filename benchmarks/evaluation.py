"""What evaluation costs beside generation, what grading again costs, and how soon a mistake is reported.

    python benchmarks/evaluation.py                                         # regrading and start-up
    python benchmarks/evaluation.py --model MODEL --backend vllm            # and overhead over raw generation

Overhead: the same prompts go through the library's own call (`LLM.generate`, or transformers' `generate` with its own
sampling) and through evaluate.py with storing and grading, alternately in one run; CPU seconds per generated token are
compared, since wall time on a shared machine is noise. Regrading: made-up R1-like completions of 4,000 characters
on average, 16 for each problem, with the answers of benchmarks/grader.py.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import evaluate
from benchmarks import grader as grader_benchmark
from evaluation.samples import text_hash

HERE = Path(evaluate.__file__).parent

SUMS = [
    {"id": str(i), "problem": f"What is {i} + {7 * i}? Think step by step.", "answer": str(8 * i)} for i in range(64)
]

# ---------------------------------------------------------------------------------------------------------------------
# Start-up and regrading
# ---------------------------------------------------------------------------------------------------------------------


def start_up() -> None:
    """Seconds until --help and an argument error are on the screen; best of three."""
    for name, flags in (
        ("--help", ["--help"]),
        ("wrong argument", ["--model_name_or_path", "m/m", "--benchmarks", "x"]),
    ):
        seconds = []
        for _ in range(3):
            started = time.perf_counter()
            subprocess.run([sys.executable, HERE / "evaluate.py", *flags], capture_output=True)
            seconds.append(time.perf_counter() - started)
        print(f"{name}: {min(seconds):.2f} s")


def regrade(count: int, hostile: float) -> None:
    """Store `count` made-up completions and time `evaluate.py --regrade` on them."""
    completions, golds = grader_benchmark.training_batch(count // 16, 16, 0, hostile)
    with tempfile.TemporaryDirectory() as folder:
        problems = [{"id": str(p), "problem": f"problem {p}", "answer": golds[16 * p]} for p in range(count // 16)]
        benchmark, output_dir = Path(folder) / "made_up.jsonl", Path(folder) / "out"
        benchmark.write_text("".join(json.dumps(p) + "\n" for p in problems))
        output_dir.mkdir()
        settings = {"model_name_or_path": "m", "model_revision": "main", "prompt_preset": "DeepMath-1.5B",
                    "backend": "transformers", "dtype": "float32", "temperature": 0.6, "top_p": 0.95,
                    "max_new_tokens": 32768, "seed": 42}  # fmt: skip
        (output_dir / "settings.json").write_text(json.dumps(settings))
        with open(output_dir / "made_up.generations-0.jsonl", "w") as file:
            for at, text in enumerate(completions):
                row = {"id": str(at // 16), "sample": at % 16, "seed": 42 + at % 16, "completion": text}
                row |= {"problem_hash": text_hash(f"problem {at // 16}"), "tokens": len(text) // 4}
                file.write(json.dumps(row | {"finish_reason": "stop"}) + "\n")
        size = (output_dir / "made_up.generations-0.jsonl").stat().st_size / 1e6
        flags = ["--regrade", "true", "--output_dir", str(output_dir), "--benchmarks", str(benchmark)]
        started = time.perf_counter()
        subprocess.run([sys.executable, HERE / "evaluate.py", *flags], check=True, capture_output=True)
        seconds = time.perf_counter() - started
        used = os.times()
        summary = json.loads((output_dir / "made_up.json").read_text())["summary"]
    print(
        f"regrading {16 * len(problems)} completions ({size:.0f} MB), {hostile:.0%} hostile: {seconds:.1f} s wall, "
        f"{used.children_user + used.children_system:.1f} s CPU of all children so far, "
        f"undecided {summary['undecided']:.2%}"
    )


# ---------------------------------------------------------------------------------------------------------------------
# Overhead
# ---------------------------------------------------------------------------------------------------------------------


def cpu_seconds(work) -> float:
    """CPU seconds of a call, worker processes included."""
    before = grader_benchmark.cpu_seconds()
    work()
    return grader_benchmark.cpu_seconds() - before


def overhead(args) -> None:
    """CPU per token of evaluate.py's way over the library's own, in alternating rounds."""
    from evaluation.backend import Processes
    from evaluation.generate import Pace, generate_missing, open_backend
    from evaluation.score import score

    flags = [
        "--model_name_or_path",
        args.model,
        "--max_new_tokens",
        str(args.tokens),
        "--n",
        "4",
        "--gpu_memory",
        "0.2",
    ]
    flags += ["--backend", args.backend, "--prompt_preset", "DeepMath-Zero-7B", "--benchmarks", "math500"]
    (settings,) = evaluate.parse_arguments([evaluate.EvaluationArguments], flags)
    evaluate.check_arguments(settings)
    problems = SUMS[: args.problems]
    backend = open_backend(settings, {"sums": problems}, Processes())
    keys = [(p["id"], i) for p in problems for i in range(4)]
    requests = backend.requests("sums", keys)
    raw, ours, parts = [], [], [0.0, 0.0]
    for round_number in range(args.rounds):
        made = []
        seconds = cpu_seconds(lambda made=made: made.append(raw_generation(backend, requests, settings)))
        raw.append(seconds / made[0])
        with tempfile.TemporaryDirectory() as folder:
            rows = []

            def whole(folder=Path(folder), rows=rows):
                generate_missing(backend, "sums", problems, keys, folder, Pace(backend, len(keys), 0, Processes()))
                rows += evaluate.stored_samples(folder, "sums", problems, 4)

            generating = cpu_seconds(whole)
            grading = cpu_seconds(lambda rows=rows: score(problems, rows, 4, False, "ours"))
        tokens = sum(row["tokens"] for row in rows)
        ours.append((generating + grading) / tokens)
        parts = [parts[0] + generating, parts[1] + grading]
        print(
            f"round {round_number}: CPU ms per token: raw {1000 * raw[-1]:.2f}, ours {1000 * ours[-1]:.2f}", flush=True
        )
    print(f"ours over raw: {sum(ours) / sum(raw):.3f}; grading is {parts[1] / sum(parts):.1%} of ours")


def raw_generation(backend, requests, settings) -> int:
    """The same requests by the library's own means; returns how many tokens it made."""
    if settings.backend == "vllm":
        from vllm import SamplingParams

        sampling = [
            SamplingParams(
                temperature=settings.temperature, top_p=settings.top_p, max_tokens=r.max_tokens, seed=r.seed + 1000
            )
            for r in requests
        ]
        backend.llm.reset_prefix_cache()
        outputs = backend.llm.generate([{"prompt_token_ids": r.prompt} for r in requests], sampling, use_tqdm=False)
        backend.llm.reset_prefix_cache()
        return sum(len(output.outputs[0].token_ids) for output in outputs)
    import torch
    from transformers import GenerationConfig

    total, pad = 0, backend.tokenizer.pad_token_id
    backend.model.generation_config = GenerationConfig(
        do_sample=True, temperature=settings.temperature, top_p=settings.top_p, top_k=0, pad_token_id=pad,
        eos_token_id=backend.eos_ids, max_new_tokens=requests[0].max_tokens,
    )  # fmt: skip
    for start in range(0, len(requests), settings.batch_size):
        prompts = [r.prompt for r in requests[start : start + settings.batch_size]]
        batch = backend.tokenizer.pad({"input_ids": prompts}, return_tensors="pt").to(backend.where)
        with torch.inference_mode():
            made = backend.model.generate(**batch)[:, batch["input_ids"].shape[1] :]
        total += sum(next((at + 1 for at, token in enumerate(row) if token in backend.eos_ids), len(row))
                     for row in made.tolist())  # fmt: skip
        backend.tokenizer.batch_decode(made, skip_special_tokens=True)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a chat model, for the overhead")
    parser.add_argument("--backend", choices=["vllm", "transformers"], default="transformers")
    parser.add_argument("--problems", type=int, default=16, help="4 samples each")
    parser.add_argument("--tokens", type=int, default=64, help="longest completion")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--completions", type=int, default=20_000, help="to grade again")
    args = parser.parse_args()
    random.seed(0)
    start_up()
    if args.completions:
        for hostile in (0.0, 0.01):
            regrade(args.completions, hostile)
    if args.model:
        overhead(args)


if __name__ == "__main__":
    main()
