r"""Evaluation by the paper's protocol: pass@1 averaged over 16 samples at temperature 0.6, top-p 0.95.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4 and its `uni_eval.py`). Same prompts, sampling and benchmarks. What
differs: grading is our grader's (reward.py), the one that training uses, and sample i of a problem draws from a random
stream of its own, keyed by (seed + i, benchmark, problem id). The original seeds sample i of every problem with 42 + i,
which hands all problems the same random numbers and so correlates their errors.

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
import statistics
import subprocess
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from cli import InputError, is_local, parse_arguments, run, stay_offline_if_local
from data import PROMPTS, benchmark_names, encode_prompt, get_prompt, load_benchmark, load_tokenizer

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
    batch_size: int = field(default=32, metadata={"help": "completions generated at once, per process"})
    dtype: str = field(default="bfloat16", metadata={"help": "the model's weights while generating"})
    use_cpu: bool = field(default=False, metadata={"help": "generate on the CPU although there is a GPU"})


# What may change between a run and its continuation, because no stored generation depends on it.
NOT_IN_SETTINGS = {"output_dir", "benchmarks", "benchmark_dir", "n", "batch_size", "use_cpu"} | {
    "require_think_end",
    "grader",
}


def check_arguments(args: EvaluationArguments) -> None:
    """Refuse wrong values before anything is loaded.

    Raises:
        InputError: names the flag.
    """
    get_prompt(args.prompt_preset)
    args.benchmarks = benchmark_names(args.benchmarks)
    for name, least in (("n", 1), ("max_new_tokens", 1), ("batch_size", 1), ("temperature", 0)):
        if getattr(args, name) < least:
            raise InputError(f"--{name} {getattr(args, name)}: must be at least {least}")
    if not 0 < args.top_p <= 1:
        raise InputError(f"--top_p {args.top_p}: must lie in (0, 1]")
    if args.temperature == 0 and args.n > 1:
        raise InputError(f"--temperature 0 is greedy: all {args.n} samples would be the same; use --n 1")
    is_local(args.model_name_or_path)


# ---------------------------------------------------------------------------------------------------------------------
# Generation
# ---------------------------------------------------------------------------------------------------------------------


def sample_stream(args: EvaluationArguments, benchmark: str, problem_id: str, sample: int):
    """Uniform numbers in [0, 1), one per token, that depend on nothing but the sample's own identity: (T,)."""
    import torch

    key = f"{args.seed + sample}|{Path(benchmark).stem}|{problem_id}".encode()
    generator = torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1)
    return torch.rand(args.max_new_tokens, generator=generator, dtype=torch.float64)


def make_sampler(uniforms, prompt_length: int, args: EvaluationArguments):
    """A logits processor that samples each row from its own stream, whatever else is in the batch.

    Args:
        uniforms: one stream per row, (B, T).
        prompt_length: padded length of the prompts, in tokens.
        args: temperature and top_p.
    """
    import torch
    from transformers import LogitsProcessor, TemperatureLogitsWarper, TopPLogitsWarper

    class StreamSampler(LogitsProcessor):
        def __call__(self, input_ids, scores):  # (B, prompt_length + t), (B, V)
            scores = scores.double()
            scores = TemperatureLogitsWarper(args.temperature)(input_ids, scores)
            if args.top_p < 1:
                scores = TopPLogitsWarper(args.top_p)(input_ids, scores)
            cumulative = scores.softmax(-1).cumsum(-1)  # (B, V)
            u = uniforms[:, input_ids.shape[1] - prompt_length, None] * cumulative[:, -1:]  # (B, 1)
            token = torch.searchsorted(cumulative, u, right=True).clamp(max=scores.shape[1] - 1)  # inverse CDF
            return torch.full_like(scores, -torch.inf).scatter_(1, token, 0.0)

    return StreamSampler()


class Generator:
    """A model with its tokenizer that completes batches of prompts through transformers."""

    def __init__(self, args: EvaluationArguments, device):
        from transformers import AutoModelForCausalLM

        self.args, self.device = args, device
        self.tokenizer = load_tokenizer(args.model_name_or_path, args.model_revision)
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        try:
            model = AutoModelForCausalLM.from_pretrained(
                args.model_name_or_path, revision=args.model_revision, dtype=args.dtype
            )
        except (OSError, ValueError) as error:
            raise InputError(f"{args.model_name_or_path}: cannot load a model: {error}") from error
        self.model = model.to(device).eval()
        declared = self.model.generation_config.eos_token_id
        declared = declared if isinstance(declared, list) else [declared]
        self.eos_ids = sorted({i for i in (*declared, self.tokenizer.eos_token_id) if i is not None})
        self.context = getattr(self.model.config, "max_position_embeddings", None) or math.inf

    def complete(self, prompts_ids: list[list[int]], streams, max_new_tokens: int) -> list[dict]:
        """Complete prompts.

        Args:
            prompts_ids: token ids of each prompt.
            streams: the random numbers of each sample, (B, T).
            max_new_tokens: where a completion is cut.

        Returns:
            For each prompt: completion (text), tokens (count, with the end token), finish_reason ("stop" or "length").
        """
        import torch
        from transformers import GenerationConfig, LogitsProcessorList

        batch = self.tokenizer.pad({"input_ids": prompts_ids}, return_tensors="pt").to(self.device)  # (B, P)
        prompt_length = batch["input_ids"].shape[1]
        greedy = self.args.temperature == 0
        sampler = [] if greedy else [make_sampler(streams.to(self.device), prompt_length, self.args)]
        config = GenerationConfig(
            do_sample=False,  # the sampler leaves one finite logit per row
            max_new_tokens=max_new_tokens,
            eos_token_id=self.eos_ids,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        self.model.generation_config = config
        with torch.inference_mode():
            output = self.model.generate(**batch, logits_processor=LogitsProcessorList(sampler))
        results = []
        for row in output[:, prompt_length:].tolist():
            end = next((at for at, token in enumerate(row) if token in self.eos_ids), None)
            ids = row if end is None else row[: end + 1]
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            reason = "length" if end is None else "stop"
            results.append({"completion": text, "tokens": len(ids), "finish_reason": reason})
        return results


def generate_missing(generator: Generator, benchmark: str, problems: list[dict], path: Path, done: set, shard) -> None:
    """Generate every (problem, sample) that no file holds yet and append each finished batch to `path`.

    Args:
        generator: the model.
        benchmark: name, part of each sample's random stream.
        problems: all problems of the benchmark.
        path: this process's JSON-lines file.
        done: (problem id, sample) pairs that are there already.
        shard: (index, count) of this process.

    Raises:
        InputError: a prompt that does not fit into the model's context.
    """
    import torch
    from tqdm import tqdm

    args, prompt = generator.args, get_prompt(generator.args.prompt_preset)
    ids = {p["id"]: encode_prompt(generator.tokenizer, prompt, p["problem"]) for p in problems}
    longest = max(problems, key=lambda p: len(ids[p["id"]]))
    if len(ids[longest["id"]]) >= generator.context:
        raise InputError(
            f"{benchmark}, problem {longest['id']}: the prompt has {len(ids[longest['id']])} tokens, "
            f"the model's context only {generator.context}"
        )
    room = int(min(args.max_new_tokens, generator.context - len(ids[longest["id"]])))  # one bound for all samples
    index, count = shard
    todo = [(p["id"], i) for p in problems for i in range(args.n) if (p["id"], i) not in done][index::count]
    todo.sort(key=lambda pair: len(ids[pair[0]]))  # prompts of one length pad each other least
    progress = tqdm(total=len(todo), desc=Path(benchmark).stem, unit="sample", disable=index > 0)
    with open(path, "a", encoding="utf-8") as file:
        for start in range(0, len(todo), args.batch_size):
            pairs = todo[start : start + args.batch_size]
            streams = torch.stack([sample_stream(args, benchmark, problem, i) for problem, i in pairs])
            completed = generator.complete([ids[problem] for problem, _ in pairs], streams, room)
            for (problem, i), result in zip(pairs, completed, strict=True):
                file.write(json.dumps({"id": problem, "sample": i, "seed": args.seed + i, **result}) + "\n")
            file.flush()
            progress.update(len(pairs))
    progress.close()


def read_generations(output_dir: Path, benchmark: str, problems: list[dict], n: int) -> dict[tuple[str, int], dict]:
    """All stored samples of a benchmark by (problem id, sample); a half-written last line is cut off its file.

    Raises:
        InputError: a broken line elsewhere than at the end.
    """
    wanted = {(p["id"], i) for p in problems for i in range(n)}
    samples = {}
    for path in sorted(output_dir.glob(f"{Path(benchmark).stem}.generations-*.jsonl")):
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):  # the process was killed while writing
            with open(path, "r+b") as file:
                file.truncate(len(whole))
        for number, line in enumerate(whole.decode("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                key = (row["id"], row["sample"])
            except (json.JSONDecodeError, KeyError) as error:
                raise InputError(f"{path}, line {number}: not a stored sample; delete that line to redo it") from error
            if key in wanted:
                samples[key] = row
    return samples


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


def provenance(args: EvaluationArguments, device: str, seconds: float | None, tokens: int) -> dict:
    """What a reader needs to repeat a score: settings, versions, commit, device, time."""
    here = Path(__file__).parent
    git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True, check=False)
    packages = ("torch", "transformers", "accelerate", "mpmath", "sympy", "math-verify", "latex2sympy2_extended")
    return {
        "settings": asdict(args),
        "prompt": asdict(get_prompt(args.prompt_preset)),
        "versions": {name: version(name) for name in packages},
        "commit": git.stdout.strip() or None,
        "device": device,
        "generation_seconds": seconds,
        "tokens_per_second": tokens / seconds if seconds else None,
    }


# ---------------------------------------------------------------------------------------------------------------------
# Results
# ---------------------------------------------------------------------------------------------------------------------


def check_settings(output_dir: Path, args: EvaluationArguments) -> None:
    """Write the settings that decide scores, or compare them with those already in the folder.

    Raises:
        InputError: the folder holds generations made with other settings; names the first difference.
    """
    settings = {name: value for name, value in asdict(args).items() if name not in NOT_IN_SETTINGS}
    path = output_dir / "settings.json"
    if path.exists():
        stored = json.loads(path.read_text(encoding="utf-8"))
        changed = [name for name in settings if stored.get(name) != settings[name]]
        if changed:
            name = changed[0]
            raise InputError(
                f"{output_dir} holds results with {name} = {stored.get(name)!r}, this run has {settings[name]!r}; "
                "take another --output_dir"
            )
        return
    output_dir.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def format_table(results: dict[str, dict], paper_row: str, model: str) -> str:
    """Markdown table: our pass@1 and its standard error beside the paper's number for the same prompt preset."""
    paper = json.loads(PAPER_TABLE.read_text(encoding="utf-8"))["pass@1"].get(paper_row, {})
    lines = [
        f"pass@1 in percent of `{model}`, mean over samples and problems, standard error over problems.",
        "",
        f"| benchmark | ours | paper ({paper_row}) | problems | n | mean tokens | truncated |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, result in results.items():
        s = result["summary"]
        error = "" if s["standard_error"] is None else f" ± {s['standard_error']:.1f}"
        lines.append(
            f"| {Path(name).stem} | {s['pass@1']:.1f}{error} | {paper.get(name, '–')} | {s['problems']} | {s['n']} "
            f"| {s['mean_tokens']:.0f} | {100 * s['truncated']:.1f} % |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> None:
    (args,) = parse_arguments([EvaluationArguments], argv)
    check_arguments(args)
    output_dir = Path(args.output_dir or Path("results") / Path(args.model_name_or_path).name)
    problem_sets = {name: load_benchmark(name, args.benchmark_dir)[: args.max_problems] for name in args.benchmarks}
    stay_offline_if_local(args.model_name_or_path)

    # Model, only if some sample is missing
    from accelerate import PartialState

    state = PartialState(cpu=args.use_cpu or None)
    shard = (state.process_index, state.num_processes)
    if state.is_main_process:
        check_settings(output_dir, args)
    state.wait_for_everyone()
    stored = {name: read_generations(output_dir, name, problems, args.n) for name, problems in problem_sets.items()}
    missing = any(len(stored[name]) < len(problems) * args.n for name, problems in problem_sets.items())
    state.wait_for_everyone()  # every process has read the files before one of them appends
    generator = Generator(args, state.device) if missing else None

    # Generate, grade, write: benchmark by benchmark, so that a late failure costs no earlier result
    results = {}
    for name, problems in problem_sets.items():
        started = time.perf_counter()
        if len(stored[name]) < len(problems) * args.n:
            file = output_dir / f"{Path(name).stem}.generations-{shard[0]}.jsonl"
            generate_missing(generator, name, problems, file, set(stored[name]), shard)
            state.wait_for_everyone()
        seconds = time.perf_counter() - started if len(stored[name]) < len(problems) * args.n else None
        if state.is_main_process:
            samples = read_generations(output_dir, name, problems, args.n)
            new_tokens = sum(row["tokens"] for key, row in samples.items() if key not in stored[name])
            results[name] = score(problems, samples, args)
            results[name] |= provenance(args, str(state.device), seconds, new_tokens)
            text = json.dumps(results[name], indent=1, ensure_ascii=False)
            (output_dir / f"{Path(name).stem}.json").write_text(text + "\n", encoding="utf-8")
    if state.is_main_process:
        table = format_table(results, args.prompt_preset, args.model_name_or_path)
        (output_dir / "table.md").write_text(table, encoding="utf-8")
        print(f"{table}\nresults: {output_dir}")


if __name__ == "__main__":
    run(main)
