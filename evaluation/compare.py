"""Two results of the same problems, paired: is this checkpoint better, and how alike are two seeds?

    python evaluate.py compare results/DeepMath-1.5B results/mine

For every benchmark that both folders hold: the difference of pass@1, B minus A, with its 95 % interval, the problems
that changed most, and how often the two agree. The problems are the same, so their difficulty cancels out: the interval
is that of the differences problem by problem, several times narrower than what two separate intervals suggest.
"""

import math
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from cli import InputError, parse_arguments
from evaluation.report import read_results
from evaluation.samples import text_hash
from evaluation.score import FEW, student_t
from sources.files import write_whole

DECIDES = ("temperature", "top_p", "top_k", "min_p", "max_new_tokens", "prompt_preset", "system_prompt", "user_prompt",
           "stop", "enable_thinking", "require_think_end", "grader")  # fmt: skip


@dataclass
class CompareArguments:
    """Which problems to list, and where the comparison goes. The two folders come first."""

    changed: int = field(default=10, metadata={"help": "how many of the problems that changed to list"})
    output: str | None = field(default=None, metadata={"help": "a Markdown file to write; not given: only printed"})


def paired(a: dict, b: dict) -> dict:
    """What is to be said of two results of one benchmark.

    Args:
        a, b: results, as `report.read_results` returns them.

    Returns:
        pass@1 of both and their difference (B minus A) in percent, its 95 % interval for problems like these, and the
        standard error that other samples of the same problems would have (None: one sample each); problems better,
        worse and the same; "agreement": the chance that a sample of A and one of B on the same problem have the same
        verdict, beside that of two samples of A; "problems": each with both accuracies, the most changed first.
    """
    rows = [
        {"id": p["id"], "problem": p["problem"], "answer": p["answer"], "a": p["accuracy"], "b": q["accuracy"]}
        for p, q in zip(a["problems"], b["problems"], strict=True)
    ]
    differences = [row["b"] - row["a"] for row in rows]
    low, high = difference_interval(differences)
    na, nb = a["summary"]["n"], b["summary"]["n"]
    sampling = None
    if na > 1 and nb > 1:
        variances = (x * (1 - x) / (n - 1) for row in rows for x, n in ((row["a"], na), (row["b"], nb)))
        sampling = math.sqrt(math.fsum(variances)) / len(rows)
    return {
        "a": 100 * statistics.fmean(row["a"] for row in rows),
        "b": 100 * statistics.fmean(row["b"] for row in rows),
        "difference": 100 * statistics.fmean(differences),
        "interval": (100 * low, 100 * high),
        "sampling_error": None if sampling is None else 100 * sampling,
        "better": sum(d > 0 for d in differences),
        "worse": sum(d < 0 for d in differences),
        "same": sum(d == 0 for d in differences),
        "agreement": 100 * statistics.fmean(r["a"] * r["b"] + (1 - r["a"]) * (1 - r["b"]) for r in rows),
        "agreement_within": within(rows, na),
        "problems": sorted((r for r in rows if r["a"] != r["b"]), key=lambda r: (-abs(r["b"] - r["a"]), r["id"])),
    }


def within(rows: list[dict], n: int) -> float | None:
    """Percent of the pairs of samples of A on the same problem that have the same verdict; None for one sample."""
    if n < 2:
        return None
    pairs = n * (n - 1)
    rights = [round(row["a"] * n) for row in rows]
    return 100 * statistics.fmean((k * (k - 1) + (n - k) * (n - k - 1)) / pairs for k in rights)


def difference_interval(differences: list[float]) -> tuple[float, float]:
    """95 % interval of the mean of paired differences in [-1, 1], for problems like these.

    Student's. Where fewer than FEW problems changed, their spread says little: then it is taken with up to one problem
    more that got better by a whole and one that got worse, so that two results without any difference still have one.
    """
    changed, count = sum(d != 0 for d in differences), len(differences)
    doubt = max(0.0, 1 - changed / FEW)
    total = count + 2 * doubt
    mean = math.fsum(differences) / total
    squares = math.fsum((d - mean) ** 2 for d in differences) + doubt * ((1 - mean) ** 2 + (1 + mean) ** 2)
    if total - 1 < 1:
        return -1.0, 1.0
    half = student_t(total - 1) * math.sqrt(squares / (total - 1) / total)
    return max(-1.0, mean - half), min(1.0, mean + half)


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def check_same_problems(name: str, a: dict, b: dict) -> None:
    """Refuse two results of different problems.

    Raises:
        InputError: names the first one that differs.
    """
    sets = [{(p["id"], text_hash(p["problem"])): p["answer"] for p in result["problems"]} for result in (a, b)]
    if sets[0].keys() != sets[1].keys():
        only = sorted(sets[0].keys() ^ sets[1].keys())
        side = "A" if only[0] in sets[0] else "B"
        raise InputError(
            f"{name}: not the same problems: {len(only)} are in one only, such as {only[0][0]} in {side}; evaluate "
            "both on the same file, or grade both with the same --max_problems"
        )
    if changed := [key for key in sets[0] if sets[0][key] != sets[1][key]]:
        raise InputError(f"{name}, problem {changed[0][0]}: not the same gold; grade both again with --regrade true")
    order = {key: at for at, key in enumerate(sets[0])}
    b["problems"].sort(key=lambda p: order[p["id"], text_hash(p["problem"])])


def format_comparison(a: dict[str, dict], b: dict[str, dict], names: tuple[str, str], changed: int) -> str:
    """Markdown: a table of all benchmarks that both hold, what differs in their settings, and the changed problems."""
    lines = [
        f"pass@1 in percent: A is `{names[0]}`, B is `{names[1]}`. The interval is for problems like these (bold: 0 "
        "lies outside), ± sampling what other samples of the same problems change. Agreement: of a sample of A and one "
        "of B (of two of A).",
        "",
        "| benchmark | A | B | B - A | 95 % interval | ± sampling | better, worse, same | agreement |",
        "|---" * 8 + "|",
    ]
    details = []
    for name in [name for name in a if name in b]:
        check_same_problems(name, a[name], b[name])
        found = paired(a[name], b[name])
        lines.append(table_row(name, found))
        details += [f"\n{note}" for note in differing_settings(name, a[name]["settings"], b[name]["settings"])]
        details += changed_problems(name, found["problems"][:changed])
    return "\n".join([*lines, *details, ""])


def table_row(name: str, found: dict) -> str:
    """A benchmark's row."""
    low, high = found["interval"]
    sampling, within = found["sampling_error"], found["agreement_within"]
    difference = f"{found['difference']:+.1f}"
    cells = (
        name,
        f"{found['a']:.1f}",
        f"{found['b']:.1f}",
        difference if low <= 0 <= high else f"**{difference}**",
        f"{low:+.1f} to {high:+.1f}",
        "–" if sampling is None else f"{sampling:.1f}",
        f"{found['better']}, {found['worse']}, {found['same']}",
        f"{found['agreement']:.1f} %" + ("" if within is None else f" ({within:.1f} %)"),
    )
    return f"| {' | '.join(cells)} |"


def differing_settings(name: str, a: dict, b: dict) -> list[str]:
    """What a reader must know: that the two were not made, or graded, in the same way."""
    changed = [key for key in DECIDES if a.get(key) != b.get(key)]
    if not changed:
        return []
    return [f"{name}: NOT the same protocol: {', '.join(f'{key} {a.get(key)} and {b.get(key)}' for key in changed)}."]


def changed_problems(name: str, rows: list[dict]) -> list[str]:
    """A table of the most changed problems."""
    if not rows:
        return [f"\n{name}: no problem changed."]
    cells = (
        (
            row["id"],
            f"{100 * row['a']:.0f} %",
            f"{100 * row['b']:.0f} %",
            one_line(row["answer"]),
            one_line(row["problem"]),
        )
        for row in rows
    )
    head = [f"\n{name}, the problems that changed most:\n", "| id | A | B | gold | problem |", "|---" * 5 + "|"]
    return [*head, *(f"| {' | '.join(row)} |" for row in cells)]


def one_line(text: str, most: int = 90) -> str:
    """The beginning of a text, fit for a table."""
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= most else text[:most] + "…"


def main(argv: list[str]) -> None:
    count = next((at for at, word in enumerate(argv) if word.startswith("-")), len(argv))
    folders = argv[:count]
    (args,) = parse_arguments([CompareArguments], argv[count:])
    if len(folders) != 2:
        raise InputError("compare needs two folders of results, before its flags: python evaluate.py compare A B")
    a, b = (results_of(Path(folder)) for folder in folders)
    if not a.keys() & b.keys():
        raise InputError(f"no benchmark in common: A has {', '.join(a)}; B has {', '.join(b)}")
    text = format_comparison(a, b, tuple(folders), args.changed)
    if args.output:
        write_whole(Path(args.output), text)
    print(text)


def results_of(folder: Path) -> dict[str, dict]:
    """The results in a folder, or of the one file that is named.

    Raises:
        InputError: there are none.
    """
    if folder.is_file():
        return {name: result for name, result in read_results(folder.parent).items() if name == folder.stem}
    results = read_results(folder) if folder.is_dir() else {}
    if not results:
        raise InputError(f"{folder}: no results of evaluate.py there")
    return results
