"""Completions sampled for the same training: fixed draws, sized draws, sized draws with history, in one run.

The demo's model trains on chains of 2 to 12 operations. The warm-up shows chains of up to 8; of those, 2 or 3
operations are soon trivial. Longer chains have partial results up to 99, which the warm-up never shows, and do not fit
into the completion's length: hopeless. Every mode trains on as many groups of mixed correctness; what differs is how
many completions are sampled to find them. The stages are the scripts, started as a user would.

    OMP_NUM_THREADS=1 python benchmarks/selection.py --output_dir runs/selection
    python benchmarks/selection.py --simulate

A stage whose output is there is not run again, so the same command continues, and seeds may run side by side in the
same folder: each prints the table of all that is there. `--simulate` asks the same of DeepMath's size instead, with the
rules of training/selection.py and made-up outcomes: 103,022 questions whose solve rates are logit-normal and rise
during 1,800 rollout batches of 128 groups of 16. Nothing is trained there: it says what is drawn, not what is learned.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import demo
from benchmarks.gain import continued, stage
from training.selection import DrawSize, History

MODES = {
    "fixed draws": ["--dynamic_sampling_prompts", 96],  # three times a rollout batch, as in the original
    "sized draws": ["--dynamic_sampling_prompts", "auto"],
    "sized draws, history": ["--dynamic_sampling_prompts", "auto", "--skip_by_history", "true"],
}
OPERATIONS = range(2, 13)
SHOWN = 8  # operations of the longest chain in the warm-up
QUESTIONS = {"train_grpo": 1_100, "curve": 66, "held_out": 330}  # GRPO passes over its questions several times
WARMUP_ROWS = 20_000
GROUPS, SIZE = 32, 8  # of a rollout batch; completions of a group
SETTINGS = ["--max_completion_length", 64, "--dynamic_sampling", "true", "--save_rollouts_every", 0]
CURVE = ["--eval_strategy", "steps", "--eval_steps", 5, "--eval_problems", QUESTIONS["curve"]]
CURVE += ["--per_device_eval_batch_size", SIZE * QUESTIONS["curve"]]

# ---------------------------------------------------------------------------------------------------------------------
# Questions and stages
# ---------------------------------------------------------------------------------------------------------------------


def make_question(rng: random.Random, operations: int) -> tuple[str, list[str], int]:
    """As the demo's, of a given length; beyond SHOWN operations with partial results of up to two digits."""
    largest = 9 if operations <= SHOWN else 99
    total = rng.randint(1, largest)
    chain, steps = str(total), []
    for _ in range(operations):
        value = rng.choice([n for n in range(max(0, total - 9), min(largest, total + 9) + 1) if n != total])
        operation = f"{'+' if value > total else '-'}{abs(value - total)}"
        chain += operation
        steps.append(f"{total}{operation}={value}")
        total = value
    return chain, steps, total


def make_data(folder: Path, seed: int) -> None:
    """Write questions of every length alike; no question of one file stands in another."""
    rng, seen = random.Random(seed), set()
    lengths = {name: [OPERATIONS[i % len(OPERATIONS)] for i in range(count)] for name, count in QUESTIONS.items()}
    lengths["train_sft"] = [rng.randint(OPERATIONS[0], SHOWN) for _ in range(WARMUP_ROWS)]
    for name, operations in lengths.items():
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as file:
            for count in operations:
                question = make_question(rng, count)
                while question[0] in seen:
                    question = make_question(rng, count)
                if name != "train_sft":  # there are only 729 chains of two operations: the warm-up repeats some
                    seen.add(question[0])
                file.write(json.dumps(demo.make_row(rng, *question)) + "\n")


def run_seed(folder: Path, seed: int, grpo_flags: list[str]) -> None:
    """Warm-up, then GRPO and an evaluation for each mode, all from the same weights and questions."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "model/config.json").exists():
        make_data(folder, seed)
        demo.make_model(folder / "model", seed)

    def training(name: str, script: str, kind: str, model: str, *flags: object) -> None:
        source = ["--model_name_or_path", folder / model, "--dataset", folder / f"train_{kind}.jsonl", "--seed", seed]
        config = ["--config", f"configs/demo_{kind}.yaml", "--output_dir", folder / name]
        again = [] if (folder / name / "model.safetensors").exists() else continued(folder / name)
        stage(folder, name, f"{name}/model.safetensors", script, *config, *source, *flags, *again)

    def evaluation(name: str, model: str) -> None:
        flags = ["--model_name_or_path", folder / model, "--benchmarks", folder / "held_out.jsonl", "--n", 8]
        config = ["--config", "configs/demo_eval.yaml", "--max_new_tokens", 64, "--output_dir", folder / name]
        stage(folder, name, f"{name}/held_out.json", "evaluate.py", *config, *flags, "--seed", 1000 + seed)

    training("warmup", "sft_warmup.py", "sft", "model")
    evaluation("eval_warmup", "warmup")
    for mode, flags in MODES.items():
        name = mode.replace(", ", "_").replace(" ", "_")
        saving = ["--save_strategy", "steps", "--save_steps", 10, "--save_total_limit", 1]
        curve = [*CURVE, "--eval_benchmark", folder / "curve.jsonl"]
        training(name, "train_grpo.py", "grpo", "warmup", *SETTINGS, *curve, *saving, *flags, *grpo_flags)
        evaluation(f"eval_{name}", name)


# ---------------------------------------------------------------------------------------------------------------------
# Table
# ---------------------------------------------------------------------------------------------------------------------


def read_run(folder: Path, mode: str) -> dict:
    """What a run sampled, its curve as (completions so far, accuracy), and accuracies of the held-out problems."""
    name = mode.replace(", ", "_").replace(" ", "_")
    log = json.loads((folder / name / "trainer_state.json").read_text(encoding="utf-8"))["log_history"]
    sampled, curve = 0, []
    for entry in log:
        sampled += entry.get("prompts_per_trained_group", 0) * GROUPS * SIZE
        if "eval_accuracy" in entry:
            curve.append((sampled, 100 * entry["eval_accuracy"]))
    result = json.loads((folder / f"eval_{name}" / "held_out.json").read_text(encoding="utf-8"))
    steps = sum("prompts_per_trained_group" in entry for entry in log)
    smooth = [(curve[i][0], statistics.fmean(point[1] for point in curve[i - 2 : i + 1])) for i in range(2, len(curve))]
    return {
        "sampled": sampled,
        "groups": steps * GROUPS,
        "curve": smooth,  # means of three evaluations in a row
        "accuracies": [100 * problem["accuracy"] for problem in result["problems"]],
        "operations": [sum(problem["problem"].count(sign) for sign in "+-") for problem in result["problems"]],
    }


def reached(run: dict, accuracy: float) -> float | None:
    """Completions sampled when a run's curve first stood at an accuracy or above; None: never."""
    return next((sampled for sampled, found in run["curve"] if found >= accuracy), None)


def interval(values: list[float]) -> float:
    return 1.96 * statistics.stdev(values) / len(values) ** 0.5


def format_table(folders: list[Path]) -> str:
    """Markdown: one row a mode and seed, then the means over seeds, each beside the fixed draws."""
    runs = {mode: [read_run(folder, mode) for folder in folders] for mode in MODES}
    lines = [
        "| mode | seed | trained groups | completions sampled | of fixed | held-out accuracy | minus fixed "
        "| completions to fixed's curve end |",
        "|---|---|---|---|---|---|---|---|",
    ]

    def row(mode: str, seed: str, own: list[dict], fixed: list[dict]) -> str:
        sampled, base = (sum(run["sampled"] for run in each) for each in (own, fixed))
        means, bases = (
            [statistics.fmean(values) for values in zip(*(run["accuracies"] for run in each), strict=True)]
            for each in (own, fixed)
        )
        gaps = [a - b for a, b in zip(means, bases, strict=True)]
        needs = [reached(run, other["curve"][-1][1]) for run, other in zip(own, fixed, strict=True)]
        first = [reached(other, other["curve"][-1][1]) for other in fixed]
        known = None not in needs
        needed = f"{sum(needs) / len(own):,.0f} ({sum(needs) / sum(first):.2f})" if known else "not reached"
        gap = "" if own is fixed else f"{statistics.fmean(gaps):+.1f} ± {interval(gaps):.1f}"
        return (
            f"| {mode} | {seed} | {own[0]['groups']:,} | {sampled / len(own):,.0f} | {sampled / base:.2f} "
            f"| {statistics.fmean(means):.1f} ± {interval(means):.1f} | {gap} | {needed} |"
        )

    for mode, own in runs.items():
        fixed = runs["fixed draws"]
        for i, folder in enumerate(folders):
            one = fixed[i : i + 1]
            lines.append(row(mode, folder.name.removeprefix("seed"), one if own is fixed else own[i : i + 1], one))
        if len(folders) > 1:
            lines.append(row(f"**{mode}**", "mean", own, fixed))
    return "\n".join(lines) + "\n" + by_length(runs)


def by_length(runs: dict[str, list[dict]]) -> str:
    """Markdown: held-out accuracy by operations, means over seeds."""
    lines = ["", f"| operations | {' | '.join(map(str, OPERATIONS))} |", "|---" * (len(OPERATIONS) + 1) + "|"]
    for mode, own in runs.items():
        found = [
            statistics.fmean(
                accuracy
                for run in own
                for accuracy, count in zip(run["accuracies"], run["operations"], strict=True)
                if count == operations
            )
            for operations in OPERATIONS
        ]
        lines.append(f"| {mode} | {' | '.join(f'{each:.0f}' for each in found)} |")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------------------------
# Simulation at DeepMath's size
# ---------------------------------------------------------------------------------------------------------------------

ROWS, ROLLOUTS, WANTED, G = 103_022, 1_800, 128, 16
CASES = {  # mean solve rate at the start and at the end, spread of the solve rates' logits
    "40 → 55 %, alike": (0.40, 0.55, 1.0),
    "40 → 55 %, spread": (0.40, 0.55, 2.5),
    "40 → 55 %, far apart": (0.40, 0.55, 4.0),
}


def shift_for(mean: float, deviations: numpy.ndarray) -> float:
    """What to add to logits so that the mean solve rate is `mean`, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + numpy.exp(-deviations - middle))).mean() < mean else (low, middle)
    return low


def simulate(case: tuple[float, float, float], prompts: int | str, skip: bool, seed: int = 0) -> Iterator[int]:
    """Prompts of every rollout batch, drawn as the trainer draws them, with outcomes by chance."""
    start, end, spread = case
    rng = numpy.random.default_rng(seed)
    logits = rng.normal(0, spread, ROWS)
    first, last = shift_for(start, logits), shift_for(end, logits)
    history, size = History(range(ROWS), seed, skip), DrawSize(WANTED, 8, prompts)
    position, order = 0, rng.permutation(ROWS)
    for rollout in range(ROLLOUTS):
        rates = 1 / (1 + numpy.exp(-logits - first - (last - first) * rollout / ROLLOUTS))
        kept, drawn, outcomes = 0, 0, []
        while kept < WANTED:
            rows, count = [], size.next(WANTED - kept)
            while len(rows) < count:
                row = int(order[position % ROWS])
                if not history.skips(position, row):
                    rows.append(row)
                position += 1
                if position % ROWS == 0:
                    order = rng.permutation(ROWS)
            right = rng.binomial(G, rates[rows])
            kept += int(((right > 0) & (right < G)).sum())
            drawn += len(rows)
            outcomes += [(row, int(solved), G) for row, solved in zip(rows, right, strict=True)]
        history.record(outcomes, rollout + 1)
        size.record(drawn, sum(0 < solved < G for _, solved, _ in outcomes))
        yield drawn


def format_simulation() -> str:
    modes = {"fixed 384": (384, False), "sized": ("auto", False), "sized, history": ("auto", True)}
    lines = [
        f"Prompts a rollout batch for {WANTED} trained groups, mean of {ROLLOUTS:,} (last 300):",
        "",
        f"| solve rate, spread | {' | '.join(modes)} | fixed / sized, history |",
        "|---" * (len(modes) + 2) + "|",
    ]
    for name, case in CASES.items():
        drawn = [list(simulate(case, *mode)) for mode in modes.values()]
        cells = [f"{statistics.fmean(each):.0f} ({statistics.fmean(each[-300:]):.0f})" for each in drawn]
        lines.append(f"| {name} | {' | '.join(cells)} | {sum(drawn[0]) / sum(drawn[2]):.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output_dir", type=Path, default=Path("runs/selection"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2], help="one warm-up and three runs for each")
    parser.add_argument("--simulate", action="store_true", help="only the simulation at DeepMath's size")
    args, grpo_flags = parser.parse_known_args()
    if args.simulate:
        print(format_simulation())
        return
    output_dir = args.output_dir.resolve()
    for seed in args.seeds:
        run_seed(output_dir / f"seed{seed}", seed, grpo_flags)
    done = [each for each in sorted(output_dir.glob("seed*")) if len([*each.glob("eval_*/held_out.json")]) > len(MODES)]
    table = format_table(done)
    (output_dir / "selection.md").write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
