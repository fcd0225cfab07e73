"""The result of a benchmark: <benchmark>.json from its stored samples, and the table of all results in a folder."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from cli import say
from evaluation.benchmarks import stem_of
from evaluation.provenance import generation_facts, grading_facts
from evaluation.samples import read_settings, stored_samples
from prompts import get_prompt
from sources.files import write_whole


def grade_and_write(name: str, problems: list[dict], output_dir: Path, args) -> list[tuple[str, int]]:
    """Grade the stored samples of a benchmark; write <benchmark>.json and, if asked for, the second opinion.

    Args:
        name: of the benchmark.
        problems: those to grade.
        args: `evaluate.EvaluationArguments`.

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
        "summary": scored["summary"],
        "settings": asdict(args),
        "weights_sha256": read_settings(output_dir).get("weights_sha256"),
        "prompt": asdict(get_prompt(args.prompt_preset)),
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


def print_table(output_dir: Path) -> None:
    """Print and write the table of all results in the folder.

    Raises:
        InputError: a broken result, or the table cannot be written.
    """
    from evaluation.report import format_table, read_results

    table = format_table(read_results(output_dir))
    write_whole(output_dir / "table.md", table)
    print(f"{table}\nresults: {output_dir}")
