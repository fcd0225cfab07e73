"""One HTML page of samples to read: question, completion with the answer marked, gold, verdict and the grader's reason.

    python evaluate.py view results/DeepMath-1.5B
    python evaluate.py view results/DeepMath-1.5B/aime24.json results/mine --output both.html
    python evaluate.py view runs/grpo_deepmath_1.5b --every 50

Takes results, evaluations that are not finished (what is there is graded for the page) and the rollouts of GRPO runs,
by step. The page needs no network and no server. Completions stand in it in compressed parts that the browser unpacks
when one of them is looked at, so that it opens at once however long they are. What a model wrote is only ever text.
"""

import base64
import gzip
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cli import InputError, parse_arguments, say
from evaluation.benchmarks import BENCHMARKS, CATEGORY_COLUMNS, category_values, load_benchmark, stem_of
from evaluation.report import read_results
from evaluation.samples import read_settings, sample_files, stored_rows, text_hash
from evaluation.score import verdicts
from grader.extract import BOX, box_content
from reward import grade_batch
from sources.files import write_whole

TEMPLATE = Path(__file__).with_name("view.html")
PART_CHARS = 500_000  # of completions that are unpacked together: some 10 ms
BITS = {"right": 1, "cut off": 2, "no answer": 4, "unreadable": 8, "undecided": 16, "gold unreadable": 32}
UNDECIDED = ("deadline", "worker died")  # see grader/workers.py


@dataclass
class ViewArguments:
    """What goes on the page. Folders of results, result files and folders of runs come first."""

    output: str | None = field(default=None, metadata={"help": "default: view.html in the first folder"})
    samples: int | None = field(default=None, metadata={"help": "at most so many of a problem or group; default: all"})
    every: int = field(default=1, metadata={"help": "of a run, only every so manieth step that has rollouts"})
    benchmarks: list[str] = field(
        default_factory=list,
        metadata={"help": "files and hub ids of benchmarks of your own whose evaluation is not finished"},
    )
    benchmark_dir: str | None = field(
        default=None,
        metadata={"help": "folder of <name>.jsonl for what is not finished; default: the hub"},
    )


@dataclass
class Sample:
    """One completion with its verdict.

    Attributes:
        source, set: the folder it is from, and in it the benchmark or step.
        problem: its id (may be ""), question, gold and list of categories.
        number: which of the samples of its problem, from 0.
        completion: None where it is not stored.
        tokens: None where they were not counted.
        cut: it ended at the bound.
        note: what else is known of it.
    """

    source: str
    set: str
    problem: tuple[str, str, str, tuple[str, ...]]
    number: int
    completion: str | None
    answer: str | None
    correct: bool
    why: str
    tokens: int | None
    cut: bool
    note: str = ""

    @property
    def flags(self) -> int:
        """The sum of its BITS."""
        true = {
            "right": self.correct,
            "cut off": self.cut,
            "no answer": self.answer is None,
            "unreadable": self.why.startswith("different notation"),
            "undecided": self.why in UNDECIDED,
            "gold unreadable": self.why == "unparseable gold",
        }
        return sum(bit for name, bit in BITS.items() if true[name])


# ---------------------------------------------------------------------------------------------------------------------
# Where samples come from
# ---------------------------------------------------------------------------------------------------------------------


def samples_of_results(folder: Path, source: str, only: str | None, args: ViewArguments) -> Iterator[Sample]:
    """The samples in a folder of evaluate.py, problem by problem, finished or not.

    Args:
        only: the one benchmark to show; None: all.
    """
    results = read_results(folder)
    begun = {path.name.partition(".generations-")[0] for path in folder.glob("*.generations-*.jsonl")}
    names = [*results, *sorted(begun - results.keys())]
    for name in names if only is None else [only]:
        stored = {}
        for path in sample_files(folder, f"{name}.jsonl"):
            stored |= {(row["id"], row["sample"]): row for _, row in stored_rows(path)}
        yield from samples_of_benchmark(folder, source, name, results.get(name), stored, args)


def samples_of_benchmark(
    folder: Path, source: str, name: str, result: dict | None, stored: dict, args: ViewArguments
) -> Iterator[Sample]:
    """The samples of one benchmark: those of its result, and those that are stored beyond it, graded here.

    Args:
        result: as `report.read_results` returns it; None: not finished.
        stored: rows by (problem id, sample).
    """
    problems = {problem["id"]: problem for problem in (result or {"problems": []})["problems"]}
    known = {(p["id"], i): verdict for p in problems.values() for i, verdict in enumerate(p["samples"])}
    more = [key for key in stored if key not in known and (args.samples is None or key[1] < args.samples)]
    if any(key[0] not in problems for key in more):
        problems = problems_of(folder, name, stored, args) | problems
    more = [key for key in more if key[0] in problems]
    if more:
        rows = [stored[key] for key in more]
        golds = [problems[key[0]]["answer"] for key in more]
        readable = [at for at, gold in enumerate(golds) if gold]
        say(f"{source}, {name}: {len(more)} samples are not in a result; graded for the page")
        grades = grade_batch([rows[at]["completion"] for at in readable], [golds[at] for at in readable])
        ungraded = {"answer": None, "correct": False, "why": "not graded: its problem was not found"}
        known |= {key: ungraded | {"tokens": row["tokens"]} for key, row in zip(more, rows, strict=True)}
        found = verdicts(grades, [rows[at] for at in readable])
        known |= {more[at]: verdict for at, verdict in zip(readable, found, strict=True)}
    place = {each: at for at, each in enumerate(problems)}
    for key in sorted(known, key=lambda key: (place[key[0]], key[1])):
        if args.samples is not None and key[1] >= args.samples:
            continue
        problem, verdict, row = problems[key[0]], known[key], stored.get(key, {})
        labels = (f"{c}: {value}" for c in CATEGORY_COLUMNS for value in category_values(problem.get(c, [])))
        shown = (problem["id"], problem["problem"], problem["answer"], tuple(labels))
        facts = (verdict["answer"], verdict["correct"], verdict["why"], verdict["tokens"])
        yield Sample(source, name, shown, key[1], row.get("completion"), *facts, row.get("finish_reason") == "length")


def problems_of(folder: Path, name: str, stored: dict, args: ViewArguments) -> dict[str, dict]:
    """The problems of a benchmark whose evaluation is not finished, by id; without question and gold where the
    benchmark is not found or has other problems now, which is said.
    """
    read_settings(folder)  # a folder of something else is an error
    named = {stem_of(each): each for each in args.benchmarks}
    empty = {key[0]: {"id": key[0], "problem": "(not found)", "answer": ""} for key in stored}
    try:
        if name not in named and name not in BENCHMARKS:
            raise InputError(f"{name} is a benchmark of your own: name its file with --benchmarks")
        problems = load_benchmark(named.get(name, name), args.benchmark_dir)
    except InputError as error:
        say(f"WARNING: {folder}, {name}: shown without questions and verdicts ({error})")
        return empty
    hashes = {key[0]: row["problem_hash"] for key, row in stored.items()}
    same = {p["id"]: p for p in problems if hashes.get(p["id"]) == text_hash(p["problem"])}
    if other := len(hashes) - len(same):
        say(f"WARNING: {folder}, {name}: {other} problems have another text now: shown without question and verdict")
    return empty | same


def samples_of_run(folder: Path, source: str, args: ViewArguments) -> Iterator[Sample]:
    """The rollouts of a GRPO run, step by step, those that dynamic sampling dropped included."""
    import pandas

    files: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("rollouts/step-*.parquet")):
        files.setdefault(path.name.partition(".")[0], []).append(path)
    for step in list(files)[:: args.every]:
        seen: Counter = Counter()
        for row in pandas.concat(map(pandas.read_parquet, files[step])).to_dict("records"):
            group = (row["generation_batch"], row["position"])
            seen[group] += 1
            if args.samples is not None and seen[group] > args.samples:
                continue
            answer = None if row["answer"] == "[none]" else row["answer"]
            note = f"reward {row['reward']:+g} · group {row['position']}, generation batch {row['generation_batch']} · "
            note += "trained on" if row["kept"] else "not trained on"
            facts = (answer, bool(row["correct"]), row["verdict"], int(row["length"]), bool(row["clipped"]), note)
            problem = ("", row["question"], row["gold"], ())
            yield Sample(source, f"step {row['step']}", problem, seen[group] - 1, row["completion"], *facts)


def answer_places(completion: str, answer: str | None) -> list[tuple[int, int]]:
    """Where the graded answer stands in a completion, as the browser counts: in units of UTF-16.

    That is after the last `</think>`: in the last box, in the boxes that the answer is joined from, or where the same
    text stands last. Nothing where it is not there word for word.
    """
    if not answer:
        return []
    start = completion.rfind("</think>") + len("</think>") if "</think>" in completion else 0
    text, rest, places = completion[start:], answer, []
    for box in reversed([*BOX.finditer(text)][-10:]):
        content, end = box_content(text, box.end())
        inner = (content or "").strip()
        if not inner or not rest.endswith(inner):
            break
        begin = text.rfind(content, 0, end) + len(content) - len(content.lstrip())
        places.insert(0, (begin, begin + len(inner)))
        rest = rest.removesuffix(inner).removesuffix(", ")
        if not rest:
            break
    if not places and (at := text.rfind(answer)) >= 0:
        places = [(at, at + len(answer))]
    places = [(start + a, start + b) for a, b in places]
    if completion.isascii():
        return places
    return [tuple(len(completion[:at].encode("utf-16-le", "surrogatepass")) // 2 for at in place) for place in places]


# ---------------------------------------------------------------------------------------------------------------------
# The page
# ---------------------------------------------------------------------------------------------------------------------


def as_json(value) -> str:
    """JSON that may stand in an HTML page: in ASCII, half surrogate pairs included, and nothing in it is a tag."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def packed(value) -> str:
    """JSON, compressed, in letters that mean nothing in HTML."""
    return base64.b64encode(gzip.compress(as_json(value).encode(), compresslevel=6, mtime=0)).decode()


class Page:
    """Samples as the page holds them: an index of columns, its texts numbered, and completions in parts.

    Attributes:
        firsts: the number of the first sample of every part.
    """

    def __init__(self):
        self.columns = {name: [] for name in ("set", "problem", "sample", "answer", "flags", "why", "tokens", "note",
                                              "marks")}  # fmt: skip
        self.numbers: dict[str, dict] = {name: {} for name in ("set", "problem", "answer", "why", "note")}
        self.parts: list[str] = []
        self.firsts: list[int] = []
        self.waiting: list[str | None] = []
        self.chars = 0

    def __len__(self) -> int:
        return len(self.columns["set"])

    def add(self, sample: Sample) -> None:
        """Put a sample behind the others."""
        if not self.waiting:
            self.firsts.append(len(self))
        texts = {"set": (sample.source, sample.set), "problem": sample.problem, "why": sample.why, "note": sample.note}
        row = {name: self.number(name, text) for name, text in texts.items()}
        row["answer"] = -1 if sample.answer is None else self.number("answer", sample.answer)
        row |= {"sample": sample.number, "flags": sample.flags, "tokens": sample.tokens}
        row["marks"] = answer_places(sample.completion or "", sample.answer) or None
        for name, value in row.items():
            self.columns[name].append(value)
        self.waiting.append(sample.completion)
        self.chars += len(sample.completion or "")
        if self.chars > PART_CHARS:
            self.close()

    def number(self, kind: str, text) -> int:
        return self.numbers[kind].setdefault(text, len(self.numbers[kind]))

    def close(self) -> None:
        """End the part that is being filled."""
        if self.waiting:
            self.parts.append(packed(self.waiting))
            self.waiting, self.chars = [], 0

    def index(self, title: str) -> dict:
        """All but the completions."""
        sets = list(self.numbers["set"])
        steps = {name.startswith("step ") for _, name in sets}
        kinds = [{"name": name, "mask": bit, "value": bit, "kind": "odd"} for name, bit in BITS.items()]
        wrong = {"name": "wrong", "mask": 1, "value": 0, "kind": "wrong"}
        return self.columns | {
            "title": title,
            "kind": {(True,): "step", (False,): "benchmark"}.get(tuple(steps), "benchmark or step"),
            "sources": list(dict.fromkeys(source for source, _ in sets)),
            "sets": [{"source": source, "name": name} for source, name in sets],
            "problems": [
                dict(zip(("id", "question", "gold", "categories"), p, strict=True)) for p in self.numbers["problem"]
            ],
            "answers": list(self.numbers["answer"]),
            "reasons": list(self.numbers["why"]),
            "notes": list(self.numbers["note"]),
            "verdicts": [kinds[0] | {"kind": "right"}, wrong, *kinds[1:]],
            "cut": BITS["cut off"],
            "firsts": self.firsts,
        }

    def html(self, title: str) -> Iterator[str]:
        """The text of the page, piece by piece."""
        self.close()
        template = TEMPLATE.read_text(encoding="utf-8")
        words = {"title": html.escape(title), "index": as_json(self.index(title))}
        for name, tag in (("script", "script"), ("style", "style")):  # the browser runs, and applies, these two alone
            text = re.search(rf"<{tag}>(.*?)</{tag}>", template, re.DOTALL)[1]
            words[f"{name}_hash"] = "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        head, tail = template.split("{{parts}}\n")
        yield re.sub(r"\{\{(\w+)\}\}", lambda match: words[match[1]], head)
        for number, part in enumerate(self.parts):
            yield f'<script id="part-{number}" type="text/plain">{part}</script>\n'
        yield tail


def collect(paths: list[Path], args: ViewArguments) -> Page:
    """Everything that the page is to show.

    Raises:
        InputError: a path with nothing to show.
    """
    page = Page()
    folders = [path.parent if path.suffix == ".json" else path for path in paths]
    names = [folder.resolve().name for folder in dict.fromkeys(folders)]
    for path, folder in zip(paths, folders, strict=True):
        name, before = folder.resolve().name, len(page)
        source = name if names.count(name) == 1 else str(folder)
        if any(folder.glob("rollouts/step-*.parquet")):
            found = samples_of_run(folder, source, args)
        else:
            found = samples_of_results(folder, source, None if folder == path else path.stem, args)
        for sample in found:
            page.add(sample)
        if len(page) == before:
            raise InputError(f"{path}: neither samples of evaluate.py nor the rollouts of a GRPO run are there")
    return page


def main(argv: list[str]) -> None:
    count = next((at for at, word in enumerate(argv) if word.startswith("-")), len(argv))
    paths = [Path(word) for word in argv[:count]]
    if not paths:
        raise InputError("view needs folders: python evaluate.py view RESULT..., of evaluations or GRPO runs")
    (args,) = parse_arguments([ViewArguments], argv[count:])
    for name in ("samples", "every"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise InputError(f"--{name} {getattr(args, name)}: must be at least 1")
    page = collect(paths, args)
    folder = paths[0].parent if paths[0].suffix == ".json" else paths[0]
    output = Path(args.output or folder / "view.html")
    title = ", ".join(dict.fromkeys(source for source, _ in page.numbers["set"]))
    write_whole(output, page.html(title))
    say(f"{len(page)} samples: {output} ({output.stat().st_size / 1e6:.1f} MB); open it in a browser")
