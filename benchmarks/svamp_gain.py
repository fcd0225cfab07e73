"""What GRPO adds to a 135M model on real word problems, on a CPU: warm-up, GRPO, evaluation of both.

    OMP_NUM_THREADS=1 python benchmarks/svamp_gain.py --model MODEL --train TRAIN.jsonl --test TEST.jsonl --seeds 1 2

MODEL is a local SmolLM2-135M-Instruct; TRAIN.jsonl and TEST.jsonl are SVAMP's, one object a line with question and
final_answer. The stages are the scripts with configs/{sft,eval,grpo}_svamp_cpu.yaml; flags that are not known here go
to train_grpo.py. A stage whose output is there is not run again, so the same command continues, and seeds may run side
by side in the same folder: the last to end writes the table of all. One seed takes about 100 minutes of one core.

Writes gain.json (scores, gains, how they were made), gain.md and gain.png in `--output_dir`. A gain is taken problem by
problem, so that the problems' own spread cancels out; its 95 % interval is 1.96 standard errors over the problems. That
of all seeds together averages a problem's gain over the seeds first; how far seeds differ, the table shows. GRPO trains
on questions whose numbers are at most 30: for held-out ones of that kind the table has a row of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.svamp_rows import largest_of
from training import progress

HERE = Path(__file__).resolve().parents[1]
LARGEST = 30  # of the numbers in a question that GRPO trains on
EVALUATIONS = {  # sampling as in the paper's evaluation, and as in training
    "temperature 0.6": ("", []),
    "temperature 1": ("_t1", ["--temperature", 1, "--top_p", 1, "--n", 4]),
}
SAMPLING = ("prompt_preset", "n", "temperature", "top_p", "max_new_tokens", "seed", "require_think_end", "dtype")

# ---------------------------------------------------------------------------------------------------------------------
# Stages
# ---------------------------------------------------------------------------------------------------------------------


def stage(folder: Path, name: str, made: str, script: str, *flags: object) -> None:
    """Run a script as a user would, unless `made` is there; what it prints goes to `<name>.log`."""
    if (folder / made).exists():
        return
    log = folder / f"{name}.log"
    print(f"{folder.name}: {name} ... (log: {log})", flush=True)
    with open(log, "w", encoding="utf-8") as output:
        command = [sys.executable, str(HERE / script), *map(str, flags)]
        code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, cwd=HERE, check=False).returncode
    if code:
        sys.exit(f"{script} failed; the end of {log}:\n" + "".join(log.read_text().splitlines(keepends=True)[-20:]))


def run_seed(folder: Path, seed: int, args, grpo_flags: list[str]) -> None:
    """All stages of one seed, which decides batches and samples."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "svamp.jsonl").write_bytes(args.test.read_bytes())
    rows = ["--rows", args.train.resolve(), "--output"]
    stage(folder, "rows", "SVAMP.jsonl", "benchmarks/svamp_rows.py", *rows, folder / "SVAMP.jsonl")
    small = [*rows, folder / "SVAMP_small.jsonl", "--largest", LARGEST]
    stage(folder, "small_rows", "SVAMP_small.jsonl", "benchmarks/svamp_rows.py", *small)

    def training(name: str, model: Path, data: str, *flags: object) -> None:
        source = ["--model_name_or_path", model, "--dataset", folder / data, "--output_dir", folder / name]
        script = {"sft": "sft_warmup.py", "grpo": "train_grpo.py"}[name]
        config = ["--config", f"configs/{name}_svamp_cpu.yaml", "--seed", seed]
        stage(folder, name, f"{name}/model.safetensors", script, *config, *source, *flags)

    def evaluation(name: str, model: str, *sampling: object) -> None:
        flags = ["--model_name_or_path", folder / model, "--benchmarks", folder / "svamp.jsonl", "--seed", 1000 + seed]
        config = ["--config", "configs/eval_svamp_cpu.yaml", "--output_dir", folder / name]
        stage(folder, name, f"{name}/svamp.json", "evaluate.py", *config, *flags, *sampling)

    training("sft", args.model.resolve(), "SVAMP.jsonl")
    training("grpo", folder / "sft", "SVAMP_small.jsonl", *grpo_flags)
    for suffix, sampling in EVALUATIONS.values():
        evaluation(f"before{suffix}", "sft", *sampling)
        evaluation(f"after{suffix}", "grpo", *sampling)


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def gain_of(before: list[float], after: list[float]) -> dict:
    """Mean accuracy of problems before and after, the mean gain, and half of its 95 % interval; all in percent."""
    gains = [second - first for first, second in zip(before, after, strict=True)]
    means = {"before": statistics.fmean(before), "after": statistics.fmean(after), "gain": statistics.fmean(gains)}
    return {**means, "interval_95": 1.96 * statistics.stdev(gains) / len(gains) ** 0.5, "problems": len(gains)}


def read_seed(folder: Path, suffix: str) -> tuple[dict, list[list[float]]]:
    """What gain.json keeps of a seed's evaluation, and its problems' accuracies in percent, before and after."""
    seed, accuracies = {}, []
    for name in ("before", "after"):
        result = json.loads((folder / f"{name}{suffix}" / "svamp.json").read_text(encoding="utf-8"))
        accuracies.append([100 * problem["accuracy"] for problem in result["problems"]])
        sampling = {key: result["settings"][key] for key in SAMPLING}
        seed[f"score_{name}"] = {**result["summary"], "sampling": sampling, "grading": result["grading"]}
    return {**gain_of(*accuracies), **seed}, accuracies


def summarize(folders: list[Path], suffix: str) -> dict:
    """Scores before and after, and the gains, of every seed's folder and of all of them together.

    Args:
        suffix: of the evaluation, see EVALUATIONS.
    """
    seeds, accuracies = zip(*(read_seed(folder, suffix) for folder in folders), strict=True)
    # of every problem the mean over the seeds, before and after
    means = [[statistics.fmean(each) for each in zip(*both, strict=True)] for both in zip(*accuracies, strict=True)]
    rows = [json.loads(line) for line in (folders[0] / "svamp.jsonl").read_text(encoding="utf-8").splitlines()]
    small = [i for i, row in enumerate(rows) if largest_of(row) <= LARGEST]
    groups = {
        "all problems": gain_of(*means),
        f"numbers up to {LARGEST}": gain_of(*([mean[i] for i in small] for mean in means)),
    }
    return {"seeds": {folder.name: seed for folder, seed in zip(folders, seeds, strict=True)}, "groups": groups}


def format_table(result: dict) -> str:
    """Markdown table: one row a seed, then the seeds' mean for all problems and for the kind that GRPO trains on."""
    lines = ["| seed | problems | before | after | gain, 95 % interval | tokens |", "|---|---|---|---|---|---|"]
    for name, seed in result["seeds"].items():
        before, after = seed["score_before"], seed["score_after"]
        scores = " | ".join(f"{each['pass@1']:.1f} ± {each['standard_error']:.1f}" for each in (before, after))
        lines.append(
            f"| {name.removeprefix('seed')} | {seed['problems']} | {scores} | {seed['gain']:+.1f} ± "
            f"{seed['interval_95']:.1f} | {before['mean_tokens']:.0f} → {after['mean_tokens']:.0f} |"
        )
    for name, group in result["groups"].items():
        lines.append(
            f"| mean, {name} | {group['problems']} | {group['before']:.1f} | {group['after']:.1f} "
            f"| {group['gain']:+.1f} ± {group['interval_95']:.1f} | |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="local folder of SmolLM2-135M-Instruct")
    parser.add_argument("--train", type=Path, required=True, help="rows to train on")
    parser.add_argument("--test", type=Path, required=True, help="held-out rows")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--output_dir", type=Path, default=HERE / "runs/svamp_gain")
    args, grpo_flags = parser.parse_known_args()
    for seed in args.seeds:
        run_seed(args.output_dir.resolve() / f"seed{seed}", seed, args, grpo_flags)
    folders = sorted(path.parents[1] for path in args.output_dir.glob("seed*/after_t1/svamp.json"))
    results = {name: summarize(folders, suffix) for name, (suffix, _) in EVALUATIONS.items()}
    states = {f.name: json.loads((f / "grpo/trainer_state.json").read_text(encoding="utf-8")) for f in folders}
    curves = {name: [entry for entry in s["log_history"] if "reward" in entry] for name, s in states.items()}
    progress.plot_curves(curves, args.output_dir / "gain.png")
    report = {"evaluations": results, "training": curves}
    (args.output_dir / "gain.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    table = "\n".join(f"{name}:\n\n{format_table(result)}" for name, result in results.items())
    (args.output_dir / "gain.md").write_text(table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
