"""Which stored samples `evaluate.py --regrade true` grades again; it needs neither the model nor what ran it."""

import math
from collections import defaultdict
from pathlib import Path

from cli import InputError, say
from data import benchmark_names
from samples import SETTINGS, read_settings, sample_files, stored_samples


def with_stored_settings(args):
    """`evaluate.EvaluationArguments` with what decided the samples in the folder, in place of what the command says.

    Raises:
        InputError: no folder of samples is named, or it holds none of the benchmarks.
    """
    output_dir = Path(args.output_dir or "")
    if args.output_dir is None or not (output_dir / "settings.json").is_file():
        path = output_dir / "settings.json"
        raise InputError(f"--regrade: --output_dir must name a folder of stored samples; there is no {path}")
    stored = read_settings(output_dir)
    for name in SETTINGS:
        setattr(args, name, stored[name])
    names = benchmark_names(args.benchmarks)
    args.benchmarks = [name for name in names if sample_files(output_dir, name)]
    if not args.benchmarks:
        held = sorted({path.name.partition(".generations-")[0] for path in output_dir.glob("*.generations-*.jsonl")})
        raise InputError(
            f"--regrade: {output_dir} holds no samples of {', '.join(names)}, but of: {', '.join(held) or 'nothing'}; "
            "a benchmark of your own is named by its .jsonl file"
        )
    return args


def gradable(output_dir: Path, name: str, problems: list[dict], n: int | None) -> tuple[int, list[dict]]:
    """How many samples per problem can be graded, and of which problems: all of them, if every one has a sample.

    Only samples 0 to m - 1 of a problem that has all of these count, so that no choice of finished ones biases a score.

    Args:
        name: of the benchmark.
        n: samples per problem at most; None: no bound.

    Raises:
        InputError: there is no sample 0 of any of these problems.
    """
    stored = defaultdict(set)
    for row in stored_samples(output_dir, name, problems, math.inf if n is None else n):
        stored[row["id"]].add(row["sample"])
    reached = {p["id"]: next(i for i in range(len(stored[p["id"]]) + 1) if i not in stored[p["id"]]) for p in problems}
    least, most = min(reached.values()), max(reached.values())
    if most == 0:
        raise InputError(f"--regrade: {output_dir} holds no samples of the problems of {name}")
    count = least or most
    chosen = [p for p in problems if reached[p["id"]] >= count]
    stem, left_out = Path(name).stem, len(problems) - len(chosen)
    if left_out:
        say(f"WARNING: {stem}: {left_out} of {len(problems)} problems have not all {count} samples and are LEFT OUT")
    elif most > least:
        say(f"{stem}: some problems have up to {most} samples; the first {count}, which all have, are graded")
    say(f"{stem}: {len(chosen)} problems with {count} samples each are graded")
    return count, chosen
