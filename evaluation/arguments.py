"""Checks of evaluate.py's arguments before anything is loaded; and backend, preset and stop texts settled."""

import importlib.util
import json
import os

from cli import InputError, check_whole, say
from evaluation.benchmarks import benchmark_names, stem_of
from evaluation.published import check_row
from prompts import get_prompt, own_name

SAMPLES = 16  # per problem: the paper's
# The least values of the numbers.
LEAST = dict.fromkeys(
    ("n", "max_new_tokens", "batch_size", "max_problems", "tensor_parallel", "server_concurrency"), 1
) | dict.fromkeys(("seed", "temperature", "server_patience", "top_k", "min_p"), 0)


def check_arguments(args) -> None:
    """Refuse wrong values, and settle backend, prompt preset, stop texts and number of samples.

    Args:
        args: `evaluate.EvaluationArguments`.

    Raises:
        InputError: names the flag.
    """
    check_values(args)
    if args.regrade:
        return  # whatever made the samples need not be here any more
    args.n = args.n or SAMPLES
    if args.temperature == 0 and args.n > 1:
        raise InputError(f"--temperature 0 is greedy: all {args.n} samples would be the same; use --n 1")
    if args.model_name_or_path is None:
        raise InputError("--model_name_or_path is missing (a hub id or a local folder)")
    settle_backend(args)
    if args.backend != "server":
        check_whole(args.model_name_or_path)
    args.prompt_preset = args.prompt_preset or own_preset(args.model_name_or_path)
    prompt = args.prompt
    if args.system_prompt is not None:  # the texts of files: what is stored with the samples
        args.system_prompt = prompt.system or ""
    if args.user_prompt is not None:
        args.user_prompt = prompt.user
    if args.stop is None:
        args.stop = list(prompt.stop)
    elif args.stop == ["none"]:
        args.stop = []


def check_values(args) -> None:
    """Everything that can be said about the values one by one.

    Raises:
        InputError: names the flag.
    """
    check_row(args.paper_row)
    if args.prompt_preset is not None:
        get_prompt(args.prompt_preset)
    args.benchmarks = benchmark_names(args.benchmarks)
    stems = [stem_of(name) for name in args.benchmarks]
    if repeated := [stem for stem in stems if stems.count(stem) > 1]:
        raise InputError(f"--benchmarks: two are called {repeated[0]}; rename a file, results are stored by that name")
    for name, least in LEAST.items():
        if getattr(args, name) is not None and not getattr(args, name) >= least:  # "not >=" refuses nan as well
            raise InputError(f"--{name} {getattr(args, name)}: must be at least {least}")
    for name in ("top_p", "gpu_memory"):
        if not 0 < getattr(args, name) <= 1:
            raise InputError(f"--{name} {getattr(args, name)}: must lie in (0, 1]")
    if args.report_to != "none" and importlib.util.find_spec(args.report_to) is None:
        raise InputError(f"--report_to {args.report_to}: it is not installed; `pip install {args.report_to}`")
    if args.report_to == "wandb" and os.environ.get("WANDB_MODE", "online") == "online":
        import wandb

        if not wandb.login(prompt=False, verify=False):  # asked now, not when all samples are made
            raise InputError("--report_to wandb: no key; `wandb login`, or WANDB_MODE=offline")
    if args.min_p > 1:
        raise InputError(f"--min_p {args.min_p}: must lie in [0, 1]")
    if isinstance(args.vllm_args, str):
        try:
            args.vllm_args = json.loads(args.vllm_args)
        except ValueError as error:
            raise InputError(f"--vllm_args: not valid JSON ({error})") from error
    if not isinstance(args.vllm_args or {}, dict):
        raise InputError('--vllm_args: must be an object, such as {"max_num_seqs": 64}')


def settle_backend(args) -> None:
    """Choose the backend where it is left open, and refuse what it cannot do.

    Raises:
        InputError: names the flag.
    """
    has_vllm = importlib.util.find_spec("vllm") is not None
    if args.backend == "auto":
        local = "vllm" if has_vllm and not args.use_cpu else "transformers"
        args.backend = "server" if args.server else local
    if (args.backend == "server") != (args.server is not None):
        raise InputError("--backend server and --server URL need each other")
    if args.server and not args.server.startswith(("http://", "https://")):
        raise InputError(f"--server {args.server}: must be a URL such as http://localhost:8000")
    if args.backend == "vllm" and not has_vllm:
        raise InputError("--backend vllm: vLLM is not installed; `pip install -r requirements-gpu.txt`")
    if args.vllm_args and args.backend != "vllm":
        raise InputError(f"--vllm_args: the backend is {args.backend}")


def own_preset(model: str) -> str:
    """The prompt preset that goes by the model's name, or the bare question; says which."""
    preset = own_name(model)
    say(f"prompt preset: {preset or 'DeepMath-1.5B (the bare question); --prompt_preset names another'}")
    return preset or "DeepMath-1.5B"
