"""The result of a benchmark: <benchmark>.json from its stored samples, and the table of all results in a folder."""

import importlib
import json
import os
import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from cli import InputError, say
from evaluation.benchmarks import stem_of
from evaluation.provenance import generation_facts, grading_facts
from evaluation.samples import read_settings, stored_samples
from sources.files import write_whole


def grade_and_write(
    name: str, problems: list[dict], output_dir: Path, args, left_out: int = 0
) -> list[tuple[str, int]]:
    """Grade the stored samples of a benchmark; write <benchmark>.json and, if asked for, the second opinion.

    Args:
        name: of the benchmark.
        problems: those to grade.
        args: `evaluate.EvaluationArguments`.
        left_out: how many problems of the benchmark do not have all their samples yet, and are not among them.

    Returns:
        The (problem id, sample) pairs up to sample `args.n` - 1 that are not stored; with any, nothing is written.

    Raises:
        InputError: a file cannot be read or written.
    """
    from evaluation.score import score

    rows = {(row["id"], row["sample"]): row for row in stored_samples(output_dir, name, problems, args.n)}
    keys = [(p["id"], i) for p in problems for i in range(args.n)]
    if absent := [key for key in keys if key not in rows]:
        return absent
    rows = [rows[key] for key in keys]
    if empty := sum(not row["completion"].strip() for row in rows):
        say(f"WARNING: {stem_of(name)}: {'all' if empty == len(rows) else empty} of {len(rows)} completions are empty")
    scored = score(problems, rows, args.n, args.require_think_end, args.grader)
    if unreadable := scored["summary"]["unreadable_golds"]:
        say(
            f"WARNING: {stem_of(name)}: the golds of {unreadable} of {len(problems)} problems cannot be read; there "
            "only an answer of the same text counts as right"
        )
    result = {
        "summary": scored["summary"] | {"left_out": left_out},
        "settings": asdict(args),
        "weights_sha256": read_settings(output_dir).get("weights_sha256"),
        "prompt": asdict(args.prompt),
        "generation": generation_facts(output_dir, name),
        "grading": grading_facts(args.grader),
        "problems": scored["problems"],
    }
    write_whole(output_dir / f"{stem_of(name)}.json", json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if args.second_opinion:
        from evaluation.second_opinion import write_disagreements

        write_disagreements(output_dir / f"{stem_of(name)}.second_opinion.md", scored["problems"], rows)
    return []


def what_is_missing(absent: dict[str, list], lost: list) -> str:
    """One line on the samples that could not be made.

    Args:
        absent: (problem id, sample) pairs by benchmark.
        lost: (request, why) of those that this process failed to make.
    """
    counts = ", ".join(f"{len(keys)} of {stem_of(name)}" for name, keys in absent.items())
    reasons = Counter((request.benchmark, request.problem, why) for request, why in lost)
    shown = [f"{name}, problem {problem}: {why}" for name, problem, why in list(reasons)[:3]]
    more = [f"and {len(reasons) - 3} problems more"] if len(reasons) > 3 else []
    hint = "on several nodes --output_dir must be a folder that all of them share"
    return (
        f"samples are missing: {counts} ({'; '.join([*shown, *more]) or hint}). The others are stored: the same "
        "command tries only what is missing, and --regrade true grades the problems that have all their samples"
    )


def print_table(output_dir: Path, args) -> None:
    """Print and write the table of all results in the folder; report the scores of this run's benchmarks if asked to.

    Raises:
        InputError: a broken result, or the table cannot be written.
    """
    from evaluation.report import format_table, read_results

    results = read_results(output_dir)
    if not results:
        return
    table = format_table(results)
    write_whole(output_dir / "table.md", table)
    print(f"{table}\nresults: {output_dir}")
    if args.report_to != "none":
        stems = map(stem_of, args.benchmarks)
        report_scores({stem: results[stem]["summary"] for stem in stems if stem in results}, output_dir, args)


def report_scores(summaries: dict[str, dict], output_dir: Path, args) -> None:
    """Write scores to Weights & Biases or trackio, as one run that is called like the folder.

    A checkpoint of training (checkpoint-200) is reported at its step, so that those of a run stand side by side.

    Args:
        summaries: of each benchmark, as `score.summarise` returns them.
        output_dir: of the results.
        args: `evaluate.EvaluationArguments`; report_to names the module: both have the same three calls.
    """
    tracker = importlib.import_module(args.report_to)
    project = os.environ.get("WANDB_PROJECT") or os.environ.get("TRACKIO_PROJECT") or "evaluation"
    name = output_dir.resolve().name
    scores = {
        f"{benchmark}/{key}": value
        for benchmark, summary in summaries.items()
        for key, value in summary.items()
        if isinstance(value, int | float)
    }
    if summaries:
        scores["mean pass@1"] = sum(summary["pass@1"] for summary in summaries.values()) / len(summaries)
    step = re.search(r"checkpoint-(\d+)/?$", args.model_name_or_path)
    try:
        tracker.init(project=project, name=name, config=asdict(args))
        tracker.log(scores, step=int(step[1]) if step else None)
        tracker.finish()
    except (OSError, ValueError, RuntimeError, getattr(tracker, "Error", OSError)) as error:
        raise InputError(
            f"--report_to {args.report_to}: {error}; the scores are in {output_dir}, and the same command with "
            "--regrade true reports them"
        ) from error
    say(f"scores reported to {args.report_to}: project {project}, run {name}")
