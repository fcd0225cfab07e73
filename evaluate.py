r"""Evaluation by the paper's protocol: pass@1 averaged over 16 samples at temperature 0.6, top-p 0.95.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4 and its `uni_eval.py`). Same prompts, sampling, seeds, number of
samples and benchmarks, through vLLM where it is installed. What differs: 32,768 tokens bound the completion alone,
unless the model's context ends before, there prompt and completion together; grading is our grader's (reward.py), the
one that training uses; and the transformers backend draws from random streams of its own.

Samples are stored one by one as they are finished, and the same command continues a run that was stopped. One process,
8 GPUs, 2 nodes of 8 (there with --machine_rank 0 and 1 and a shared output folder), a model over 4 GPUs, and a server:

    python evaluate.py --model_name_or_path zwhe99/DeepMath-1.5B --prompt_preset DeepMath-1.5B --benchmarks all
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml \
        evaluate.py --config configs/eval_deepmath_1.5b.yaml
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 2 --num_processes 16 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 \
        evaluate.py --config configs/eval_deepmath_1.5b.yaml
    python evaluate.py --config configs/eval_deepmath_zero_7b.yaml --tensor_parallel 4
    python evaluate.py --config configs/eval_deepmath_1.5b.yaml --server http://localhost:8000

Then, without a model: grade again, compare graders, tables and plots beside the paper, two results paired, a page of
samples to read, the model card for the hub, and a contamination check:

    python evaluate.py --regrade true --output_dir results/DeepMath-1.5B
    python evaluate.py --regrade true --output_dir results/DeepMath-1.5B --second_opinion math_verify
    python evaluate.py report --results_dir results
    python evaluate.py compare results/DeepMath-1.5B results/mine
    python evaluate.py view results/DeepMath-1.5B
    python evaluate.py card results/grpo_deepmath_1.5b --run runs/grpo_deepmath_1.5b
    python evaluate.py contamination --dataset zwhe99/DeepMath-103K --benchmarks all

Writes, in `--output_dir`: settings.json (what decides the samples), <benchmark>.generations-<process>.jsonl (every
sample), <benchmark>.generation.jsonl (what made them, a line for every start), <benchmark>.json (scores and all that is
needed to repeat them) and table.md (ours beside the paper's).
"""

import importlib
import signal
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from cli import InputError, parse_arguments, run, say
from evaluation.arguments import SAMPLES, check_arguments
from evaluation.benchmarks import load_benchmark, stem_of
from evaluation.provenance import add_start, check_same_model, read_starts
from evaluation.results import grade_and_write, print_table, what_is_missing
from evaluation.samples import SETTINGS, check_settings, model_fingerprints, stored_samples
from prompts import PROMPTS, Prompt, get_prompt

# Modules of evaluation/ that need no model; each has a main(argv).
COMMANDS = ("report", "compare", "view", "card", "contamination")

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class EvaluationArguments:
    """Everything that decides a score, and where it goes. The defaults are the paper's."""

    model_name_or_path: str | None = field(
        default=None, metadata={"help": "hub id or local folder; with --server, the name it serves the model by"}
    )
    prompt_preset: str | None = field(
        default=None,
        metadata={
            "help": "how the problem is put; not given: the one that goes by the model's name, else the bare question "
            f"(DeepMath-1.5B); there are: {', '.join(PROMPTS)}"
        },
    )
    benchmarks: list[str] = field(
        default_factory=lambda: ["all"],
        metadata={"help": "names, all (the paper's six), hub ids (OWNER/NAME, OWNER/NAME:SPLIT), files"},
    )
    system_prompt: str | None = field(
        default=None, metadata={"help": "a text or a file in place of the preset's system turn; '': none"}
    )
    user_prompt: str | None = field(
        default=None, metadata={"help": "a text or a file, with {question} in it, in place of the preset's user turn"}
    )
    paper_row: str | None = field(
        default=None, metadata={"help": "model of results/paper.json to compare with; not given: by the model's name"}
    )
    benchmark_dir: str | None = field(default=None, metadata={"help": "folder of <name>.jsonl instead of the hub"})
    question_column: str | None = field(default=None, metadata={"help": "of a hub id or file; not given: looked for"})
    answer_column: str | None = field(default=None, metadata={"help": "the gold's, or a worked solution's"})
    output_dir: str | None = field(default=None, metadata={"help": "default: results/<model's name>"})
    report_to: Literal["none", "wandb", "trackio"] = field(
        default="none", metadata={"help": "where the scores go as well, at the step that a checkpoint's name tells"}
    )
    model_revision: str = field(default="main", metadata={"help": "branch, tag or commit of a hub model"})
    n: int | None = field(
        default=None,
        metadata={"help": f"samples per problem; not given: {SAMPLES}, with --regrade all that are stored"},
    )
    temperature: float = field(default=0.6, metadata={"help": "0: greedy"})
    top_p: float = field(default=0.95, metadata={"help": "nucleus sampling mass"})
    top_k: int = field(default=0, metadata={"help": "sample from the k most likely tokens; 0: from all"})
    min_p: float = field(default=0.0, metadata={"help": "drop tokens below this share of the most likely one's"})
    stop: list[str] | None = field(
        default=None, metadata={"help": "texts that end a completion; not given: the preset's own; none: no text does"}
    )
    enable_thinking: bool | None = field(
        default=None, metadata={"help": "variable of the chat template, such as Qwen3's; not given: its default"}
    )
    max_new_tokens: int = field(default=32768, metadata={"help": "longest completion, in tokens"})
    seed: int = field(default=42, metadata={"help": "sample i is seeded with seed + i"})
    max_problems: int | None = field(default=None, metadata={"help": "only the first problems of each benchmark"})
    require_think_end: bool = field(default=False, metadata={"help": "grade a completion without </think> as wrong"})
    grader: Literal["ours", "paper"] = field(
        default="ours", metadata={"help": "ours, or the paper's lenient OR of two (without its third on OlympiadBench)"}
    )
    regrade: bool = field(default=False, metadata={"help": "only grade what is stored in --output_dir; needs no model"})
    second_opinion: Literal["math_verify"] | None = field(
        default=None, metadata={"help": "write <benchmark>.second_opinion.md: every verdict that math-verify disputes"}
    )
    backend: Literal["auto", "vllm", "transformers", "server"] = field(
        default="auto", metadata={"help": "auto: server with --server, else vllm where it is installed"}
    )
    server: str | None = field(default=None, metadata={"help": "URL of an OpenAI-compatible server"})
    server_concurrency: int = field(default=64, metadata={"help": "requests under way at a time"})
    server_patience: float = field(default=300.0, metadata={"help": "seconds to try a failing request again"})
    tensor_parallel: int = field(default=1, metadata={"help": "vllm: GPUs that share one copy of the model"})
    gpu_memory: float = field(default=0.9, metadata={"help": "vllm: share of the memory (without a GPU: of the RAM)"})
    vllm_args: dict | str | None = field(
        default=None, metadata={"help": "more arguments of vllm.LLM, as JSON: '{\"max_num_seqs\": 64}'"}
    )
    trust_remote_code: bool = field(default=False, metadata={"help": "run the code that a hub model brings along"})
    batch_size: int = field(
        default=32,
        metadata={"help": "transformers: completions made at once; when memory runs out, start again with fewer"},
    )
    continuous_batching: bool = field(
        default=False, metadata={"help": "transformers: start the next completion as soon as one ends"}
    )
    dtype: Literal["bfloat16", "float16", "float32"] = field(
        default="bfloat16", metadata={"help": "the model's weights while generating"}
    )
    use_cpu: bool = field(
        default=False, metadata={"help": "generate on the CPU, through transformers unless told else"}
    )

    @property
    def prompt(self) -> Prompt:
        """How the problem is put."""
        return get_prompt(self.prompt_preset, self.system_prompt, self.user_prompt)


# ---------------------------------------------------------------------------------------------------------------------
# Main
# ---------------------------------------------------------------------------------------------------------------------


def load_problems(name: str, args: EvaluationArguments) -> list[dict]:
    """The problems of a benchmark that the arguments ask for."""
    return load_benchmark(name, args.benchmark_dir, args.question_column, args.answer_column)[: args.max_problems]


def main(argv: list[str] | None = None) -> None:
    argv = sys.argv[1:] if argv is None else argv
    if argv and not argv[0].startswith("-"):
        if argv[0] not in COMMANDS:
            raise InputError(f"{argv[0]}: no such command; there are: {', '.join(COMMANDS)}, or flags to evaluate")
        return importlib.import_module(f"evaluation.{argv[0]}").main(argv[1:])
    (args,) = parse_arguments([EvaluationArguments], argv)
    if args.regrade:
        from evaluation.score import gradable, with_stored_settings

        args = with_stored_settings(args)
    check_arguments(args)
    output_dir = Path(args.output_dir or Path("results") / Path(args.model_name_or_path).name)
    problem_sets = {name: load_problems(name, args) for name in args.benchmarks}
    if args.regrade:
        for name, problems in problem_sets.items():
            n, whole = gradable(output_dir, name, problems, args.n)
            grade_and_write(name, whole, output_dir, replace(args, n=n), left_out=len(problems) - len(whole))
        return print_table(output_dir, args)

    # What is missing; the model is loaded only if something is
    from evaluation.backend import Processes
    from evaluation.generate import Pace, generate_missing, open_backend

    processes = Processes()
    if processes.index == 0:
        settings = {name: getattr(args, name) for name in SETTINGS}
        check_settings(output_dir, settings | model_fingerprints(Path(args.model_name_or_path)))
    processes.wait("settings are checked")
    missing = {}
    for name, problems in problem_sets.items():
        stored = {(row["id"], row["sample"]) for row in stored_samples(output_dir, name, problems, args.n)}
        wanted = [(p["id"], i) for p in problems for i in range(args.n)]
        missing[name] = [key for key in wanted if key not in stored]
    starts = {name: len(read_starts(output_dir, name)) for name in problem_sets}
    processes.wait("every process has read the files, now they may grow")
    if any(missing.values()):
        backend = open_backend(args, problem_sets, processes)
        if processes.index == 0:
            check_same_model(backend, output_dir)
            for name in filter(missing.get, missing):
                add_start(output_dir, name, backend, processes.count)
        processes.wait("what makes the samples is stored")

    # Generate, grade, write: benchmark by benchmark, so that a late failure costs no earlier result
    lost, absent = [], {}
    for name, problems in problem_sets.items():
        count = len(problems) * args.n
        say(f"{stem_of(name)}: {count - len(missing[name])} samples are there already, {len(missing[name])} to make")
        if missing[name]:
            mine = missing.pop(name)[processes.index :: processes.count]
            pace = Pace(backend, len(mine), sum(map(len, missing.values())), processes)
            lost += generate_missing(backend, name, problems, mine, output_dir, pace, starts[name])
            processes.wait(f"{name} is generated")
        if processes.index == 0 and (keys := grade_and_write(name, problems, output_dir, args)):
            absent[name] = keys
    if processes.index == 0:
        print_table(output_dir, args)
    if absent:
        raise InputError(what_is_missing(absent, lost))


def stop(*_) -> None:
    """A job scheduler's way of Ctrl-C; also in the background, where a shell has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    run(main, "stopped; the finished samples are stored, the same command continues")
