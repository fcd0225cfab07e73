"""Tables and plots of stored results: ours beside the paper's numbers. Needs no model.

    python evaluate.py report --results_dir results

For every folder of results (results/<model>) it writes table.md, scores.png (against the paper), pass_at_k.png,
lengths.png (by verdict) and categories.png (accuracy by level or difficulty), and for all together report.md.
"""

import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from cli import InputError, parse_arguments
from evaluation.benchmarks import BENCHMARKS, CATEGORY_COLUMNS
from evaluation.published import other_protocol, others_table, paper_rows, row_of
from evaluation.score import interval
from sources.files import write_whole

PERCENT = (0, 105)  # room for a mark at 100
CORRECT, WRONG, OURS, PAPER = "tab:green", "tab:red", "tab:blue", "tab:gray"


@dataclass
class ReportArguments:
    """Which results to report."""

    results_dir: str = field(default="results", metadata={"help": "a folder of results, or a folder of such folders"})
    plots: bool = field(default=True, metadata={"help": "draw the plots as well"})


# ---------------------------------------------------------------------------------------------------------------------
# Table
# ---------------------------------------------------------------------------------------------------------------------


def read_results(folder: Path) -> dict[str, dict]:
    """The result files of one folder by benchmark, in the paper's order; other JSON files are passed over.

    Raises:
        InputError: a broken result.
    """
    order = {name: at for at, name in enumerate(BENCHMARKS)}
    files = [path for path in folder.glob("*.json") if path.name != "settings.json"]
    results = {}
    for path in sorted(files, key=lambda path: (order.get(path.stem, len(order)), path.stem)):
        try:
            result = json.loads(path.read_text(encoding="utf-8"))
            if "summary" not in result:
                continue
            results[path.stem] = {key: result[key] for key in ("summary", "settings", "problems")}
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: not a result of evaluate.py; move it elsewhere, or grade again") from error
    return results


def paper_score(benchmark: str, result: dict) -> float | None:
    """The paper's pass@1 for the model of a result; None where it has none, for a part, and by another protocol."""
    if part_of(benchmark, result) or other_protocol(result["settings"]):
        return None
    return paper_rows().get(row_of(result["settings"]), {}).get(benchmark)


def bounds_of(result: dict) -> tuple[float, float]:
    """95 % interval of a result's pass@1, in percent."""
    low, high = interval([problem["accuracy"] for problem in result["problems"]])
    return 100 * low, 100 * high


def part_of(benchmark: str, result: dict) -> str:
    """ "100 of 500" where a result covers another number of problems than the benchmark has; else ""."""
    problems = result["summary"]["problems"]
    whole = BENCHMARKS[benchmark].size if benchmark in BENCHMARKS else problems
    return "" if problems == whole else f"{problems} of {whole}"


def plus_minus(value: float, error: float | None) -> str:
    """A number and its standard error, if it is known, for a table."""
    return f"{value:.1f}" if error is None else f"{value:.1f} ± {error:.1f}"


def compare(ours: float, error: float | None, bounds: tuple[float, float], paper: float | None) -> tuple[str, str, str]:
    """The paper's number, our difference from it (bold: outside our 95 % interval) and its z-score, for a table.

    Args:
        ours, paper: pass@1 in percent; None: the paper has none.
        error: standard error of ours; None: unknown.
        bounds: 95 % interval of ours.
    """
    if paper is None:
        return "–", "–", "–"
    difference = ours - paper
    outside = not bounds[0] <= paper <= bounds[1]
    z = f"{difference / error:+.1f}" if error else "–"
    return f"{paper:.1f}", f"**{difference:+.1f}**" if outside else f"{difference:+.1f}", z


HEADINGS = ("benchmark", "ours", "95 % interval", "paper ({})", "difference", "z", "majority vote", "problems", "n",
            "mean tokens", "truncated", "undecided")  # fmt: skip


def format_table(results: dict[str, dict]) -> str:
    """Markdown tables of one folder's results beside the paper's numbers, one for each model and prompt preset."""
    groups = defaultdict(dict)
    for benchmark, result in results.items():
        settings = result["settings"]
        groups[settings["model_name_or_path"], row_of(settings), other_protocol(settings)][benchmark] = result
    lines = []
    for (model, row, protocol), of_model in groups.items():
        lines += [
            f"pass@1 in percent of `{model}`, mean over samples and problems, ± standard error over problems; bold: "
            "the paper's number lies outside our 95 % interval."
            + (f" Not compared with the paper, whose protocol is another: here {protocol}." if row and protocol else "")
            + ("" if row else " The paper has no row of this model (--paper_row names one)."),
            "",
            f"| {' | '.join(HEADINGS).format(row or '–')} |",
            "|---" * len(HEADINGS) + "|",
            *(f"| {' | '.join(table_row(benchmark, result))} |" for benchmark, result in of_model.items()),
            "",
            *(f"{name}: {note}\n" for name, result in of_model.items() if (note := unreadable(result))),
        ]
    return "\n".join(lines)


def unreadable(result: dict) -> str:
    """What a table says of golds that the grader cannot read."""
    count = result["summary"].get("unreadable_golds")
    return f"the golds of {count} problems cannot be read, where only the same text counts as right" if count else ""


def table_row(benchmark: str, result: dict) -> tuple[str, ...]:
    """The cells under HEADINGS."""
    s = result["summary"]
    part, vote = part_of(benchmark, result), f"maj@{s['n']}"
    return (
        benchmark,
        plus_minus(s["pass@1"], s["standard_error"]) + (f" ({part})" if part else ""),
        "{:.1f} to {:.1f}".format(*bounds_of(result)),
        *compare(s["pass@1"], s["standard_error"], bounds_of(result), paper_score(benchmark, result)),
        plus_minus(s[vote], s[f"{vote}_standard_error"]) if vote in s else "–",
        str(s["problems"]),
        str(s["n"]),
        "–" if s["mean_tokens"] is None else f"{s['mean_tokens']:.0f}",
        f"{100 * s['truncated']:.1f} %",
        f"{100 * s['undecided']:.1f} %",
    )


# ---------------------------------------------------------------------------------------------------------------------
# Plots
# ---------------------------------------------------------------------------------------------------------------------


def panels(count: int, title: str, width: float = 4.2, height: float = 3.2):
    """A figure with `count` axes, at most three in a row."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    columns = 2 if count == 4 else min(count, 3)
    rows = math.ceil(count / columns)
    size = (max(columns * width, 6.0), rows * height + 0.4)
    figure, axes = pyplot.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    figure.suptitle(title)
    for axis in axes.flat[count:]:
        axis.set_visible(False)
    for axis in axes.flat:
        axis.grid(axis="y", alpha=0.3)
        axis.set_axisbelow(True)
    return figure, list(axes.flat[:count])


def save(figure, path: Path) -> None:
    """Write a PNG.

    Raises:
        InputError: it cannot be written.
    """
    from matplotlib import pyplot

    try:
        figure.savefig(path, dpi=120)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    pyplot.close(figure)


def reach(values: list[float], errors: list[float | None]) -> list[list[float]]:
    """How far 95 % intervals reach below and above percentages, within 0 and 100; an unknown error reaches nowhere."""
    widths = [1.96 * (error or 0) for error in errors]
    pairs = list(zip(values, widths, strict=True))
    return [[min(value, each) for value, each in pairs], [min(100 - value, each) for value, each in pairs]]


def plot_scores(results: dict[str, dict], title: str, path: Path) -> None:
    """Bars of pass@1 with 95 % intervals, the paper's numbers beside them."""
    figure, (axis,) = panels(1, title, width=max(6.0, 1.6 * len(results)), height=3.8)
    ours = [result["summary"]["pass@1"] for result in results.values()]
    bounds = [bounds_of(result) for result in results.values()]
    papers = [paper_score(name, result) for name, result in results.items()]
    beside = any(paper is not None for paper in papers)
    shift = 0.2 if beside else 0.0
    here = [at - shift for at in range(len(ours))]
    errors = zip(*([value - low, high - value] for value, (low, high) in zip(ours, bounds, strict=True)), strict=True)
    bars = axis.bar(here, ours, 0.38, yerr=list(errors), capsize=3, color=OURS, label="ours, 95 % interval")
    axis.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    if beside:
        there = [(at + shift, paper) for at, paper in enumerate(papers) if paper is not None]
        bars = axis.bar([at for at, _ in there], [paper for _, paper in there], 0.38, color=PAPER, label="paper")
        axis.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    parts = [part_of(name, result) for name, result in results.items()]
    axis.set_xticks(range(len(ours)), [f"{name}\n{part}".strip() for name, part in zip(results, parts, strict=True)])
    axis.set(ylabel="pass@1 (percent)", ylim=PERCENT)
    figure.legend(loc="outside right center")
    save(figure, path)


def plot_pass_at_k(results: dict[str, dict], title: str, path: Path) -> None:
    """pass@k over k with 95 % intervals, one line a benchmark; crosses mark the majority vote of all samples."""
    figure, (axis,) = panels(1, title, width=6.0, height=3.8)
    for at, (name, result) in enumerate(results.items()):
        s = result["summary"]
        ks = [1, *(k for k in (2**e for e in range(1, 20)) if f"pass@{k}" in s)]
        errors = [s["standard_error"], *(s[f"pass@{k}_standard_error"] for k in ks[1:])]
        color = f"C{at}"
        values = [s[f"pass@{k}"] for k in ks]
        axis.errorbar(ks, values, reach(values, errors), marker="o", capsize=3, color=color, label=name)
        if (vote := f"maj@{s['n']}") in s:
            axis.plot(s["n"], s[vote], marker="x", markersize=8, linestyle="none", color=color)
    most = max(result["summary"]["n"] for result in results.values())
    ticks = [k for k in (2**e for e in range(20)) if k <= most]
    axis.set_xscale("log", base=2)
    axis.set_xticks(ticks, [str(k) for k in ticks])
    axis.minorticks_off()
    axis.set(xlabel="k (×: majority vote of n samples)", ylabel="pass@k (percent, 95 % intervals)", ylim=PERCENT)
    figure.legend(loc="outside right center")
    save(figure, path)


def plot_lengths(results: dict[str, dict], title: str, path: Path) -> None:
    """Histogram of completion lengths, correct and wrong ones apart; without those that a server did not count."""
    results = {name: result for name, result in results.items() if result["summary"]["mean_tokens"] is not None}
    if not results:
        return
    figure, axes = panels(len(results), title)
    lengths = {}
    for name, result in results.items():
        lengths[name] = {True: [], False: []}
        for problem in result["problems"]:
            for sample in (each for each in problem["samples"] if each["tokens"] is not None):
                lengths[name][sample["correct"]].append(sample["tokens"])
    longest = max(max(of) for verdicts in lengths.values() for of in verdicts.values() if of)
    bins = [longest * at / 30 for at in range(31)]  # alike in all panels
    for axis, (name, verdicts) in zip(axes, lengths.items(), strict=True):
        both = [verdicts[True], verdicts[False]]
        _, _, bars = axis.hist(both, bins, stacked=True, color=[CORRECT, WRONG])
        axis.locator_params(axis="x", nbins=5)
        axis.set(title=f"{name}: {len(both[0])} right, {len(both[1])} wrong", xlabel="tokens", ylabel="samples")
    figure.legend(bars, ["right", "wrong"], loc="outside right center")
    save(figure, path)


def plot_categories(results: dict[str, dict], title: str, path: Path) -> bool:
    """pass@1 by level, difficulty or whatever else each benchmark names first; False where none names any."""
    wanted = ("level", "difficulty", *(column for column in CATEGORY_COLUMNS if column not in ("level", "difficulty")))
    chosen = {}
    for name, result in results.items():
        groups = defaultdict(dict)
        for label, numbers in result["summary"]["by_category"].items():
            column, _, value = label.partition("=")
            groups[column][value] = numbers
        if column := next((column for column in wanted if column in groups), None):
            chosen[name] = (column, groups[column])
    if not chosen:
        return False
    figure, axes = panels(len(chosen), title, width=5.0)
    for axis, (name, (column, groups)) in zip(axes, chosen.items(), strict=True):
        values = sorted(groups, key=as_number, reverse=True)  # the first one ends up at the top
        means = [groups[value]["pass@1"] for value in values]
        errors = reach(means, [groups[value]["standard_error"] for value in values])
        axis.barh(range(len(values)), means, xerr=errors, capsize=3, color=OURS)
        labels = [value if len(value) < 32 else value[:30] + "…" for value in values]
        axis.set_yticks(
            range(len(values)), [f"{label} ({groups[v]['problems']})" for label, v in zip(labels, values, strict=True)]
        )
        axis.tick_params(axis="y", labelsize=8)
        axis.grid(axis="x", alpha=0.3)
        axis.set(title=name, ylabel=f"{column} (problems)", xlabel="pass@1 (percent, 95 % intervals)", xlim=PERCENT)
    save(figure, path)
    return True


def as_number(text: str) -> tuple[float, str]:
    """Sort key that puts 10 after 9, and words after numbers."""
    try:
        return float(text), ""
    except ValueError:
        return math.inf, text


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def report_folder(folder: Path, plots: bool) -> str | None:
    """Write the table and the plots of one folder; returns the table, None where the folder holds no result."""
    results = read_results(folder)
    if not results:
        return None
    table = format_table(results)
    write_whole(folder / "table.md", table)
    if plots:
        title = folder.resolve().name
        plot_scores(results, title, folder / "scores.png")
        plot_pass_at_k(results, title, folder / "pass_at_k.png")
        plot_lengths(results, title, folder / "lengths.png")
        plot_categories(results, title, folder / "categories.png")
    return table


def main(argv: list[str] | None = None) -> None:
    (args,) = parse_arguments([ReportArguments], argv)
    root = Path(args.results_dir)
    if not root.is_dir():
        raise InputError(f"--results_dir {root}: no such folder")
    folders = [path.parent for path in sorted([*root.glob("settings.json"), *root.glob("*/settings.json")])]
    tables = {folder: report_folder(folder, args.plots) for folder in folders}
    tables = {folder: table for folder, table in tables.items() if table}
    if not tables:
        raise InputError(f"--results_dir {root}: holds no results of evaluate.py, nor does any folder in it")
    report = "\n".join(f"## {folder.resolve().name}\n\n{table}" for folder, table in tables.items())
    report += f"\n## Published by others, by other protocols (not to be compared to a point)\n\n{others_table()}"
    write_whole(root / "report.md", report)
    print(f"{report}\nreport: {root / 'report.md'}; plots: in each folder" if args.plots else report)
