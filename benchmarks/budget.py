"""Hours and money that a GRPO recipe takes on GPUs: a formula, held against published runs.

Sampling: a decoding step reads the weights and every running completion's KV cache once, at 60 % of the memory's speed,
plus 2 ms; a generation batch ends with one full-length completion decoded alone. Training: forward, recomputed forward,
backward (2) and log-probs of the old (and, with a KL term, the reference) policy are five (six) forward passes, at
30 % of the GPU's dense bfloat16 FLOPs, and wait for the slowest GPU. Lengths of completions have a coefficient of
variation of 0.75, prompts 150 tokens. One factor, the geometric mean of published over computed GPU hours of the runs
below, stands for all that the formula leaves out; what is left of each run after it is its residual.

    python benchmarks/budget.py
    python benchmarks/budget.py --config configs/grpo_one_node_8k.yaml --gpus 8 --gpu h100
    python benchmarks/budget.py --config configs/grpo_deepmath_1.5b.yaml --gpus 64 --mean_tokens 16000 --price 4

Without `--config` it prints the published runs and this repository's ways to the 1.5B model.
"""

import argparse
import math
import statistics
import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cli import InputError, read_config, run

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
GPUS = {  # dense bfloat16 FLOP/s, bytes/s, bytes of memory: NVIDIA's data sheets
    "a100": (312e12, 2.04e12, 85e9),  # 80 GB SXM; the A800 has the same three
    "h100": (989e12, 3.35e12, 85e9),  # SXM; the H800 has the same three
    "h200": (989e12, 4.8e12, 151e9),
}
MODELS = {  # weights that a token is multiplied with, all weights, layers, width, width of a key: config.json
    "1.5B": (1.54e9, 1.777e9, 28, 1536, 256),
    "7B": (7.07e9, 7.616e9, 28, 3584, 512),
}
VARIATION = 0.75  # of completions' lengths
DRAWN_PER_GROUP = (
    1.6  # by `--dynamic_sampling_prompts auto` with history: benchmarks/selection.py --simulate, 1.5 to 1.7
)
BATCHES_IF_SIZED = 1.2  # generation batches a rollout batch: assumed, the margin mostly makes one suffice
PRICE = 2.5  # dollars a GPU hour: assumed
MEAN_TOKENS = {"grpo_one_node_8k": 4500, "grpo_one_node_16k": 5000, "grpo_one_node_24k": 6000}  # as DeepScaleR's below


@dataclass
class Run:
    """What decides a run's cost.

    Attributes:
        rollouts: rollout batches.
        sampled, trained: completions of a rollout batch.
        batches: generation batches that a rollout batch takes.
        mean_tokens, most_tokens: of a completion.
        steps: optimizer steps a rollout batch.
        reference: whether there is a reference policy.
        memory: share of the GPU that vLLM has.
        at_once: completions that vLLM decodes together, of all GPUs.
        model: key of MODELS.
    """

    rollouts: float
    sampled: float
    trained: float
    mean_tokens: float
    most_tokens: float
    steps: int
    reference: bool = True
    batches: float = 1.0
    memory: float = 0.85
    at_once: float = math.inf
    model: str = "1.5B"


def slowest_of(count: int) -> float:
    """Expected largest of so many standard normals."""
    normal, width = statistics.NormalDist(), 0.01
    grid = [i * width - 8 for i in range(1600)]
    return sum(x * count * normal.pdf(x) * normal.cdf(x) ** (count - 1) * width for x in grid)


def gpu_hours(run: Run, gpus: int, gpu: str) -> dict[str, float]:
    """GPU hours of "sampling" and "training" by the formula, before the factor."""
    flops_per_second, bandwidth, memory = GPUS[gpu]
    multiplied, weights, layers, width, key_width = MODELS[run.model]
    context = 150 + run.mean_tokens * (1 + VARIATION**2) / 2  # tokens that an average token attends to
    kv_bytes = layers * 2 * key_width * 2 * context  # of one completion: key and value, bfloat16
    room = run.memory * memory - 2 * weights - 1.5e9
    at_once = min(run.at_once / gpus, run.sampled / run.batches / gpus, room / kv_bytes)
    step = 0.002 + (2 * weights + at_once * kv_bytes) / (0.6 * bandwidth)
    tail = run.most_tokens * (0.002 + 2 * weights / (0.6 * bandwidth))
    sampling = run.sampled / gpus * run.mean_tokens * step / at_once + run.batches * tail
    flops = 2 * multiplied + 4 * layers * width * context  # of a token's forward pass: weights, attention
    training = run.trained * run.mean_tokens * (6 if run.reference else 5) * flops / (gpus * 0.3 * flops_per_second)
    training *= 1 + slowest_of(gpus) * VARIATION / math.sqrt(run.trained / run.steps / gpus)
    return {"sampling": run.rollouts * sampling * gpus / 3600, "training": run.rollouts * training * gpus / 3600}


# ---------------------------------------------------------------------------------------------------------------------
# Published runs, all from R1-Distill-Qwen-1.5B
# ---------------------------------------------------------------------------------------------------------------------

# name: stages of (run, GPUs, kind of GPU), published GPU hours, source. A length that is not published is marked so.
PUBLISHED: dict[str, tuple[list[tuple[Run, int, str]], float | None, str]] = {
    "JustRL": (
        [(Run(4000, 256 * 8, 256 * 8, 5000, 15 * 1024, 32, reference=False), 32, "a100")],
        11_520,
        "github.com/thunlp/JustRL (over 4,000 steps), arXiv 2512.16649 (32 A800, 15 days); mean length assumed",
    ),
    "DeepScaleR": (
        [
            (Run(1040, 128 * 8, 128 * 8, 4500, 8192, 2), 8, "a100"),  # length reported: from 5,500 to 3,500
            (Run(480, 128 * 16, 128 * 16, 5000, 16384, 2), 32, "a100"),  # length assumed
            (Run(230, 128 * 16, 128 * 16, 6000, 24576, 2), 32, "a100"),  # length assumed
        ],
        3_800,
        "its blog and model card (steps 1040, 1520, 1750), scripts/deepscaler/train",
    ),
    "a GRESO reviewer's GRPO": (
        [(Run(1170, 1026, 1026, 4000, 8192, 4), 8, "h100")],
        408,
        "the review of arXiv 2506.02177: 1,170 steps, 1.2 million rollouts, 51 h on 8 H800; lengths assumed",
    ),
    "NeMo-RL's DeepScaleR": (
        [
            (Run(240, 128 * 8, 128 * 8, 4500, 8192, 16, reference=False, memory=0.6), 8, "h100"),
            (Run(290, 128 * 8, 128 * 8, 5000, 16384, 16, memory=0.6), 8, "h100"),
            (Run(50, 128 * 8, 128 * 8, 6000, 24576, 16, memory=0.8), 8, "h100"),
        ],
        None,
        "docs/guides/grpo-deepscaler.md: one node of 8 H100; its hours are not published",
    ),
}


def published_hours() -> dict[str, tuple[float, float | None]]:
    """Computed and published GPU hours of every run."""
    return {
        name: (sum(sum(gpu_hours(*stage).values()) for stage in stages), hours)
        for name, (stages, hours, _) in PUBLISHED.items()
    }


def factor() -> float:
    """Geometric mean of published over computed GPU hours."""
    return statistics.geometric_mean([hours / found for found, hours in published_hours().values() if hours])


def format_published() -> str:
    fitted = factor()
    lines = [
        f"Published runs; the factor is {fitted:.2f}:",
        "",
        "| run | computed GPU h | x factor | published | published / (computed x factor) | source |",
        "|---|---|---|---|---|---|",
    ]
    for name, (found, hours) in published_hours().items():
        known = f"{hours:,.0f} | {hours / found / fitted:.2f}" if hours else "– | –"
        lines.append(f"| {name} | {found:,.0f} | {found * fitted:,.0f} | {known} | {PUBLISHED[name][2]} |")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------------------------
# Recipes
# ---------------------------------------------------------------------------------------------------------------------


def read_run(path: str | Path, mean_tokens: float | None = None, batches: float | None = None) -> Run:
    """A recipe's Run. Recipes are written for 8 processes, or for one where their products say so.

    Args:
        mean_tokens: of a completion; None: MEAN_TOKENS, or a third of the longest.
        batches: generation batches a rollout batch; None: 1, or BATCHES_IF_SIZED.
    """
    values = {key: value for key, (value, _) in read_config(str(path)).items()}
    if not values.get("use_vllm") or "generation_batch_size" not in values:
        raise InputError(
            f"{path}: no recipe of train_grpo.py with use_vllm and generation_batch_size: no formula for it"
        )
    trained, size = values["generation_batch_size"], values["num_generations"]
    micro = values["per_device_train_batch_size"] * values["gradient_accumulation_steps"]
    steps = trained // (8 * micro) or trained // micro
    drawn = values.get("dynamic_sampling_prompts", 0) if values.get("dynamic_sampling") else 0
    sized = drawn == "auto"
    batches = batches or (BATCHES_IF_SIZED if sized else 1.0)
    prompts = DRAWN_PER_GROUP * trained / size if sized else (drawn or trained / size) * batches
    longest = values["max_completion_length"]
    return Run(
        rollouts=values["max_steps"] / steps,
        sampled=prompts * size,
        trained=trained,
        mean_tokens=mean_tokens or MEAN_TOKENS.get(Path(path).stem, round(longest / 3, -3)),
        most_tokens=longest,
        steps=steps,
        reference=values.get("beta", 0.0) > 0,
        batches=batches,
        memory=values.get("vllm_gpu_memory_utilization", 0.3),
        at_once=trained,  # TRL's max_num_seqs, over all GPUs
        model="7B" if "7B" in values["model_name_or_path"] else "1.5B",
    )


def format_run(name: str, runs: list[Run], gpus: int, gpu: str, price: float) -> str:
    hours = [gpu_hours(run, gpus, gpu) for run in runs]
    sampling, training = (sum(each[kind] for each in hours) for kind in ("sampling", "training"))
    total = (sampling + training) * factor()
    completions = sum(run.rollouts * run.sampled for run in runs)
    return (
        f"| {name} | {completions / 1e6:.1f} M | {sampling:,.0f} + {training:,.0f} | {total:,.0f} "
        f"| {total / gpus / 24:.1f} | {total * price:,.0f} |"
    )


HEAD = (
    "| {} | completions | computed GPU h: sampling + training | x factor | days | dollars |\n|---|---|---|---|---|---|"
)


def format_ways(gpus: int, gpu: str, price: float) -> str:
    """The original's 1.5B run and the staged one, with fixed and with sized draws."""
    original = read_run(CONFIGS / "grpo_deepmath_1.5b.yaml")
    stages = [read_run(CONFIGS / f"grpo_one_node_{stage}.yaml") for stage in ("8k", "16k", "24k")]

    def drawing(run: Run, per_group: float, batches: float) -> Run:
        return replace(run, sampled=per_group * run.trained, batches=batches)

    ways = {
        "original, 384 prompts for 128 groups": [original],
        "original, sized draws and history": [drawing(original, DRAWN_PER_GROUP, BATCHES_IF_SIZED)],
        "staged, 384 prompts for 128 mixed groups": [drawing(run, 3, 1) for run in stages],
        "staged, sized draws and history (the recipe)": stages,
        "staged as published: every group trains": [drawing(run, 1, 1) for run in stages],
    }
    head = HEAD.format(f"on {gpus} x {gpu}, {price:g} dollars a GPU hour")
    return "\n".join([head, *(format_run(name, runs, gpus, gpu, price) for name, runs in ways.items())]) + "\n"


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", nargs="+", help="recipes of train_grpo.py, the stages of one run")
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--gpu", choices=GPUS, default="h100")
    parser.add_argument("--mean_tokens", type=float, help="of a completion; default: a third of the longest")
    parser.add_argument("--batches", type=float, help="generation batches a rollout batch; default: 1, sized draws 1.2")
    parser.add_argument("--price", type=float, default=PRICE, help="dollars a GPU hour")
    args = parser.parse_args(argv)
    if not args.config:
        print(format_published())
        print(format_ways(args.gpus, args.gpu, args.price))
        return
    print(HEAD.format(f"on {args.gpus} x {args.gpu}, {args.price:g} dollars a GPU hour"))
    for path in args.config:
        found = read_run(path, args.mean_tokens, args.batches)
        print(format_run(Path(path).stem, [found], args.gpus, args.gpu, args.price))


if __name__ == "__main__":
    run(main)
