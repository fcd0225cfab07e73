r"""Evaluation by the paper's protocol: pass@1 averaged over 16 samples at temperature 0.6, top-p 0.95.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4 and its `uni_eval.py`). Same prompts, temperature, top-p, number of
samples and benchmarks. What differs: generation runs through transformers where the paper has vLLM; 32,768 tokens bound
the completion alone, there prompt and completion together; grading is our grader's (reward.py), the one that training
uses; and sample i of a problem draws from a random stream of its own, keyed by (seed + i, benchmark, problem id). The
original seeds sample i of every problem with 42 + i, which hands all problems the same random numbers and so correlates
their errors.

Generations are written before they are graded, and the same command continues a run that was stopped. On one process,
on 8 GPUs, and on 2 nodes of 8 (run there with --machine_rank 0 and 1; a shared output folder):

    python evaluate.py --model_name_or_path zwhe99/DeepMath-1.5B --prompt_preset DeepMath-1.5B --benchmarks all
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml evaluate.py \
        --model_name_or_path zwhe99/DeepMath-1.5B --prompt_preset DeepMath-1.5B --benchmarks all
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 2 --num_processes 16 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 evaluate.py \
        --model_name_or_path zwhe99/DeepMath-1.5B --prompt_preset DeepMath-1.5B --benchmarks all

Writes, in `--output_dir`: <benchmark>.generations-<rank>.jsonl, <benchmark>.json (scores and everything needed to
repeat them) and table.md (ours beside the paper's).
"""

import hashlib
import json
import math
import os
import statistics
import subprocess
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from cli import InputError, adapter_base, is_local, parse_arguments, run, say, stay_offline_if_local
from data import BENCHMARKS, PROMPTS, benchmark_names, get_prompt, load_benchmark
from generate import Generator, generate_missing, read_generations

PAPER_TABLE = Path(__file__).parent / "results" / "paper.json"

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class EvaluationArguments:
    """Everything that decides a score, and where it goes. The defaults are the paper's."""

    model_name_or_path: str = field(metadata={"help": "hub id or local folder"})
    prompt_preset: str = field(
        default="DeepMath-1.5B",
        metadata={"help": f"how the problem is put, and the row of the paper to compare with: {', '.join(PROMPTS)}"},
    )
    benchmarks: list[str] = field(
        default_factory=lambda: ["all"], metadata={"help": "names, all, or .jsonl files with problem and answer"}
    )
    benchmark_dir: str | None = field(default=None, metadata={"help": "folder of <name>.jsonl instead of the hub"})
    output_dir: str | None = field(default=None, metadata={"help": "default: results/<model's name>"})
    model_revision: str = field(default="main", metadata={"help": "branch, tag or commit of a hub model"})
    n: int = field(default=16, metadata={"help": "samples per problem"})
    temperature: float = field(default=0.6, metadata={"help": "0: greedy"})
    top_p: float = field(default=0.95, metadata={"help": "nucleus sampling mass"})
    max_new_tokens: int = field(default=32768, metadata={"help": "longest completion, in tokens"})
    seed: int = field(default=42, metadata={"help": "sample i draws from seed + i"})
    max_problems: int | None = field(default=None, metadata={"help": "only the first problems of each benchmark"})
    require_think_end: bool = field(default=False, metadata={"help": "grade a completion without </think> as wrong"})
    grader: Literal["ours", "paper"] = field(
        default="ours", metadata={"help": "ours, or the paper's rule (an OR of two graders, more lenient)"}
    )
    batch_size: int = field(
        default=32,
        metadata={"help": "completions generated at once, per process; when memory runs out, start again with fewer"},
    )
    dtype: Literal["bfloat16", "float16", "float32"] = field(
        default="bfloat16", metadata={"help": "the model's weights while generating"}
    )
    use_cpu: bool = field(default=False, metadata={"help": "generate on the CPU although there is a GPU"})


# What may change between a run and its continuation, because no stored generation depends on it.
WHERE = {"output_dir", "benchmarks", "benchmark_dir"}  # problem texts are compared one by one
NOT_IN_SETTINGS = WHERE | {"n", "batch_size", "use_cpu", "require_think_end", "grader"}


def check_arguments(args: EvaluationArguments) -> None:
    """Refuse wrong values before anything is loaded.

    Raises:
        InputError: names the flag.
    """
    get_prompt(args.prompt_preset)
    args.benchmarks = benchmark_names(args.benchmarks)
    stems = [Path(name).stem for name in args.benchmarks]
    if repeated := [stem for stem in stems if stems.count(stem) > 1]:
        raise InputError(f"--benchmarks: two are called {repeated[0]}; rename a file, results are stored by that name")
    least_values = {"n": 1, "max_new_tokens": 1, "batch_size": 1, "max_problems": 1, "temperature": 0}
    for name, least in least_values.items():
        if getattr(args, name) is not None and not getattr(args, name) >= least:  # "not >=" refuses nan as well
            raise InputError(f"--{name} {getattr(args, name)}: must be at least {least}")
    if not 0 < args.top_p <= 1:
        raise InputError(f"--top_p {args.top_p}: must lie in (0, 1]")
    if args.temperature == 0 and args.n > 1:
        raise InputError(f"--temperature 0 is greedy: all {args.n} samples would be the same; use --n 1")
    is_local(args.model_name_or_path)


# ---------------------------------------------------------------------------------------------------------------------
# Scores
# ---------------------------------------------------------------------------------------------------------------------


def pass_at_k(n: int, correct: int, k: int) -> float:
    """Unbiased estimate of the chance that one of k samples is correct, from `correct` of n (arXiv 2107.03374)."""
    return 1.0 - math.comb(n - correct, k) / math.comb(n, k)


def mean_and_se(values: list[float]) -> tuple[float, float | None]:
    """Mean and its standard error over problems; None where one problem leaves the error unknown."""
    se = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    return statistics.fmean(values), se


def score(problems: list[dict], samples: dict[tuple[str, int], dict], args: EvaluationArguments) -> dict:
    """Grade the stored samples and summarise them.

    Returns:
        "summary": pass@1 (percent) with its standard error over problems, pass@k for 2k <= n, mean completion length
        (tokens), truncated and undecided fractions, pass@1 by category; "problems": the detail of each.
    """
    from reward import grade_batch

    keys = [(p["id"], i) for p in problems for i in range(args.n)]
    if absent := [key for key in keys if key not in samples]:
        raise InputError(
            f"{len(absent)} of {len(keys)} samples are missing, problem {absent[0][0]}'s sample {absent[0][1]} first: "
            "on several nodes --output_dir must be a folder that all of them share"
        )
    gold = {p["id"]: p["answer"] for p in problems}
    grades = grade_batch(
        [samples[key]["completion"] for key in keys],
        [gold[problem] for problem, _ in keys],
        require_think_end=args.require_think_end,
        grader=args.grader,
    )
    grade_of = dict(zip(keys, grades, strict=True))
    detail, by_category = [], defaultdict(list)
    for p in problems:
        graded = [grade_of[p["id"], i] for i in range(args.n)]
        accuracy = sum(g.correct for g in graded) / args.n
        detail.append(
            {
                **p,
                "accuracy": accuracy,
                "samples": [{"answer": g.answer, "correct": g.correct, "why": g.reason} for g in graded],
            }
        )
        for name in ("level", "subject", "type", "difficulty"):
            if name in p:
                by_category[f"{name}={p[name]}"].append(accuracy)
    accuracies = [d["accuracy"] for d in detail]
    mean, se = mean_and_se(accuracies)
    rows = [samples[key] for key in keys]
    return {
        "summary": {
            "pass@1": 100 * mean,
            "standard_error": None if se is None else 100 * se,
            "problems": len(problems),
            "n": args.n,
            **{
                f"pass@{k}": 100 * statistics.fmean(pass_at_k(args.n, round(a * args.n), k) for a in accuracies)
                for k in (2**e for e in range(1, args.n.bit_length()))
                if 2 * k <= args.n
            },
            "mean_tokens": statistics.fmean(row["tokens"] for row in rows),
            "truncated": statistics.fmean(row["finish_reason"] == "length" for row in rows),
            "undecided": statistics.fmean(g.undecided for g in grades),
            "by_category": {name: 100 * statistics.fmean(values) for name, values in sorted(by_category.items())},
        },
        "problems": detail,
    }


def generation_facts(device: str, seconds: float, tokens: int) -> dict:
    """How the samples were made, as far as the settings do not say it."""
    return {
        "versions": {name: version(name) for name in ("torch", "transformers", "accelerate")},
        "commit": git_commit(),
        "device": device,
        "processes": int(os.environ.get("WORLD_SIZE", "1")),
        "seconds": seconds,
        "tokens_per_second": tokens / seconds,
    }


def grading_facts(args: EvaluationArguments) -> dict:
    """How the samples were graded."""
    names = ("mpmath", "sympy", "math-verify", "latex2sympy2_extended")
    return {"grader": args.grader, "versions": {name: version(name) for name in names}, "commit": git_commit()}


def git_commit() -> str | None:
    """Commit of this repository; None where it is no git checkout, or git is not installed."""
    try:
        here = Path(__file__).parent
        git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return git.stdout.strip() or None


# ---------------------------------------------------------------------------------------------------------------------
# Results
# ---------------------------------------------------------------------------------------------------------------------


def check_settings(output_dir: Path, args: EvaluationArguments) -> None:
    """Write the settings that decide generations, or compare them with those of the generations already there.

    Raises:
        InputError: the folder holds generations made with other settings or weights; names the first difference.
    """
    settings = {name: value for name, value in asdict(args).items() if name not in NOT_IN_SETTINGS}
    settings["weights_sha256"] = weights_hash(Path(args.model_name_or_path))
    path = output_dir / "settings.json"
    if path.exists() and any(output_dir.glob("*.generations-*.jsonl")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        changed = [name for name in settings if stored.get(name) != settings[name]]
        if changed:
            name = changed[0]
            raise InputError(
                f"{output_dir} holds generations with {name} = {stored.get(name)!r}, this run has {settings[name]!r}; "
                "take another --output_dir"
            )
        return
    if output_dir.exists() and not output_dir.is_dir():
        raise InputError(f"--output_dir {output_dir} is a file")
    output_dir.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(settings, indent=2) + "\n")


def weights_hash(model: Path) -> str | None:
    """Fingerprint of a local model's weight files, so that a model trained anew in its old folder is noticed."""
    digest = hashlib.sha256()
    files = sorted(file for pattern in ("*.safetensors", "*.bin") for file in model.glob(pattern))
    for file in files:
        with open(file, "rb") as data:
            digest.update(hashlib.file_digest(data, "sha256").digest())
    return digest.hexdigest() if files else None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def write_result(output_dir: Path, name: str, scored: dict, args: EvaluationArguments, generation: dict | None) -> None:
    """Write <benchmark>.json. Where nothing was generated anew, what is known of the generation is kept."""
    path = output_dir / f"{Path(name).stem}.json"
    if generation is None and path.exists():
        generation = json.loads(path.read_text(encoding="utf-8")).get("generation")
    made = {"settings": asdict(args), "prompt": asdict(get_prompt(args.prompt_preset)), "generation": generation}
    result = {"summary": scored["summary"], **made, "grading": grading_facts(args), "problems": scored["problems"]}
    write_whole(path, json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def format_table(output_dir: Path, paper_row: str, model: str) -> str:
    """Markdown table of all results in the folder beside the paper's numbers for the same prompt preset."""
    files = [path for path in sorted(output_dir.glob("*.json")) if path.name != "settings.json"]
    order = list(BENCHMARKS)
    files.sort(key=lambda path: order.index(path.stem) if path.stem in order else len(order))
    paper = json.loads(PAPER_TABLE.read_text(encoding="utf-8"))["pass@1"].get(paper_row, {})
    lines = [
        f"pass@1 in percent of `{model}`, mean over samples and problems, standard error over problems.",
        "",
        f"| benchmark | ours | paper ({paper_row}) | problems | n | mean tokens | truncated |",
        "|---|---|---|---|---|---|---|",
    ]
    for path in files:
        s = json.loads(path.read_text(encoding="utf-8"))["summary"]
        error = "" if s["standard_error"] is None else f" ± {s['standard_error']:.1f}"
        lines.append(
            f"| {path.stem} | {s['pass@1']:.1f}{error} | {paper.get(path.stem, '–')} | {s['problems']} | {s['n']} "
            f"| {s['mean_tokens']:.0f} | {100 * s['truncated']:.1f} % |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> None:
    (args,) = parse_arguments([EvaluationArguments], argv)
    check_arguments(args)
    output_dir = Path(args.output_dir or Path("results") / Path(args.model_name_or_path).name)
    problem_sets = {name: load_benchmark(name, args.benchmark_dir)[: args.max_problems] for name in args.benchmarks}
    stay_offline_if_local(args.model_name_or_path, adapter_base(args.model_name_or_path))

    # Model, only if some sample is missing
    from accelerate import PartialState

    # A process that is done waits for the slowest; the backend's own limit of minutes would end the run instead.
    state = PartialState(cpu=args.use_cpu or None, timeout=timedelta(days=7))
    shard = (state.process_index, state.num_processes)
    if state.is_main_process:
        check_settings(output_dir, args)
    state.wait_for_everyone()
    stored = {name: read_generations(output_dir, name, problems, args.n) for name, problems in problem_sets.items()}
    missing = {name: len(problems) * args.n - len(stored[name]) for name, problems in problem_sets.items()}
    state.wait_for_everyone()  # every process has read the files before one of them appends
    generator = Generator(args, state.device) if any(missing.values()) else None

    # Generate, grade, write: benchmark by benchmark, so that a late failure costs no earlier result
    for name, problems in problem_sets.items():
        say(f"{Path(name).stem}: {len(stored[name])} samples are there already, {missing[name]} to generate")
        started = time.perf_counter()
        if missing[name]:
            file = output_dir / f"{Path(name).stem}.generations-{shard[0]}.jsonl"
            generate_missing(generator, name, problems, file, set(stored[name]), shard)
            state.wait_for_everyone()
        seconds = time.perf_counter() - started
        if state.is_main_process:
            samples = read_generations(output_dir, name, problems, args.n)
            tokens = sum(row["tokens"] for key, row in samples.items() if key not in stored[name])
            facts = generation_facts(str(state.device), seconds, tokens) if missing[name] else None
            write_result(output_dir, name, score(problems, samples, args), args, facts)
    if state.is_main_process:
        table = format_table(output_dir, args.prompt_preset, args.model_name_or_path)
        write_whole(output_dir / "table.md", table)
        print(f"{table}\nresults: {output_dir}")
    state.wait_for_everyone()


if __name__ == "__main__":
    run(main)
