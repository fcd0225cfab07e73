"""The paper's benchmarks, others that models are compared on now, and your own: where they are, in one form."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cli import InputError, is_local
from sources.files import TEXT, from_hub, is_saved, open_source
from sources.gold import final_answer_of


@dataclass(frozen=True)
class Benchmark:
    """Where a benchmark lives on the hub, and how many problems it has."""

    hub_id: str
    split: str
    size: int
    problem: str = "problem"
    answer: str = "answer"
    config: str | None = None


PAPER = {  # section 4 and the evaluation script
    "math500": Benchmark("zwhe99/MATH", "math500", 500, answer="expected_answer"),
    "amc23": Benchmark("zwhe99/amc23", "test", 40, problem="question"),
    "olympiadbench": Benchmark("zwhe99/simplerl-OlympiadBench", "test", 675, problem="question", answer="final_answer"),
    "minerva": Benchmark("zwhe99/simplerl-minerva-math", "test", 272),
    "aime24": Benchmark("zwhe99/aime90", "2024", 30, answer="expected_answer"),
    "aime25": Benchmark("math-ai/aime25", "test", 30),
}
# MathArena's sets have one split and the columns problem_idx, problem, answer, and a list problem_type; see
# configs/competitions in github.com/eth-sri/matharena.
BENCHMARKS = PAPER | {
    "aime26": Benchmark("MathArena/aime_2026", "train", 30),
    "hmmt_feb25": Benchmark("MathArena/hmmt_feb_2025", "train", 30),
    "brumo25": Benchmark("MathArena/brumo_2025", "train", 30),
    "cmimc25": Benchmark("MathArena/cmimc_2025", "train", 40),
    "gsm8k": Benchmark("openai/gsm8k", "test", 1319, problem="question", config="main"),
}
CATEGORY_COLUMNS = ("level", "subject", "type", "difficulty", "topic", "problem_type", "subfield")
ID_COLUMNS = ("id", "problem_idx", "unique_id")
PROBLEM_COLUMNS, ANSWER_COLUMNS = ("problem", "question"), ("answer", "final_answer", "expected_answer", "solution")
FILES = (*TEXT, ".parquet")
HUB_ID = re.compile(r"([\w.-]+/[\w.-]+?)((?::[\w.-]+){0,2})(@[\w./-]+)?")  # OWNER/NAME:CONFIG:SPLIT@REVISION


def stem_of(name: str) -> str:
    """What the files of a benchmark are called by: its name, that of its file or folder, or the last part of its hub id
    with the configuration and split that are named.
    """
    hub = HUB_ID.fullmatch(name)
    if hub and not Path(name).exists() and not name.endswith(FILES):
        return Path(hub[1]).name + hub[2].replace(":", "-")
    path = Path(name)
    return next((path.name.removesuffix(end) for end in FILES if path.name.endswith(end)), path.name)


def benchmark_names(names: list[str]) -> list[str]:
    """Expand "all" and check the names; a path to a file or folder, or a hub id, is a benchmark of the user's own.

    Raises:
        InputError: a name that is neither; the message lists those that exist.
    """
    expanded = [each for name in names for each in (PAPER if name == "all" else [name])]
    for name in expanded:
        looks_local = name.endswith(FILES) or name.startswith((".", "/", "~")) or Path(name).exists()
        own = (looks_local and is_local(name)) or HUB_ID.fullmatch(name)
        if name not in BENCHMARKS and not own:
            raise InputError(
                f"--benchmarks {name}: no such benchmark; there are: {', '.join(BENCHMARKS)}, all (the first "
                f"{len(PAPER)}), a hub id (OWNER/NAME, OWNER/NAME:SPLIT, OWNER/NAME:CONFIG:SPLIT), or a file"
            )
    return list(dict.fromkeys(expanded))


def load_benchmark(
    name: str, benchmark_dir: str | None = None, question_column: str | None = None, answer_column: str | None = None
) -> list[dict]:
    """Problems of a benchmark, from the hub, from `benchmark_dir/<name>.jsonl`, or from a file of the user's.

    Args:
        name: as `benchmark_names` returns it.
        benchmark_dir: folder of files for the named benchmarks.
        question_column, answer_column: where problem and gold stand in a benchmark of the user's; None: looked for.

    Returns:
        One dict a problem: id (str), problem, answer (gold), and the category columns that the source has.

    Raises:
        InputError: a missing file, column or split, or a problem without text or gold, named by row.
    """
    known = BENCHMARKS.get(name)
    problem_columns = (question_column,) if question_column and not known else PROBLEM_COLUMNS
    answer_columns = (answer_column,) if answer_column and not known else ANSWER_COLUMNS
    if known and not benchmark_dir:
        source, rows = known.hub_id, from_hub(known.hub_id, known.split, config=known.config)
        problem_columns, answer_columns = (known.problem,), (known.answer,)
    elif known or Path(name).exists() or name.endswith(FILES):
        path = Path(benchmark_dir) / f"{name}.jsonl" if known else Path(name)
        if not path.exists():
            hint = "; --benchmark_dir must hold one <name>.jsonl per benchmark" if known else ""
            raise InputError(f"{path}: no such file{hint}")
        opened = open_source(str(path), split="test" if is_saved(path) or path.is_dir() else "train")
        source, rows = str(path), opened.rows(opened.columns)
    else:
        source, rows = name, _hub_rows(name)
    problems = [_problem(source, number, row, problem_columns, answer_columns) for number, row in enumerate(rows, 1)]
    repeated = [each for each, count in Counter(p["id"] for p in problems).items() if count > 1]
    if repeated:
        raise InputError(f"{source}: id {repeated[0]!r} stands twice")
    return problems


def _hub_rows(name: str):
    """Rows of a hub data set: the split that is named, else "test", else the only one."""
    hub_id, parts, revision = HUB_ID.fullmatch(name).groups(default="")
    config, split = parts[1:].split(":") if parts.count(":") == 2 else [None, parts[1:]]
    revision = revision[1:] or None
    if split:
        return from_hub(hub_id, split, revision=revision, config=config)
    splits = from_hub(hub_id, None, revision=revision)
    if "test" not in splits and len(splits) > 1:
        raise InputError(f"--benchmarks {name}: which split? {', '.join(f'{hub_id}:{each}' for each in splits)}")
    return splits["test"] if "test" in splits else next(iter(splits.values()))


def _problem(source: str, number: int, row: dict, problem_columns, answer_columns) -> dict:
    problem = next((name for name in problem_columns if row.get(name) is not None), None)
    answer = next((name for name in answer_columns if row.get(name) is not None), None)
    if problem is None or answer is None:
        missing = " or ".join(problem_columns if problem is None else answer_columns)
        raise InputError(
            f"{source}, row {number}: missing column {missing}; it has: {', '.join(row)} [--question_column, "
            "--answer_column]"
        )
    gold = row[answer]
    if isinstance(gold, list) and gold and all(isinstance(each, str | int | float) for each in gold):  # OlympiadBench
        gold = ", ".join(map(str, gold))
    if isinstance(gold, int | float) and not isinstance(gold, bool):
        gold = str(gold)
    for name, value in ((problem, row[problem]), (answer, gold)):
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{source}, row {number}: column {name} must be non-empty text, found {value!r}")
    if answer == "solution" or "####" in gold or "\\boxed" in gold:  # Minerva's own, GSM8K's: a worked solution
        gold = final_answer_of(gold)
        if gold is None:
            raise InputError(f"{source}, row {number}: column {answer} marks no final answer")
    if row.get("is_multiple_answer"):
        gold = in_order_asked(row[problem], gold)
    categories = {name: row[name] for name in CATEGORY_COLUMNS if row.get(name) not in (None, "", [])}
    for name, value in categories.items():
        if not all(isinstance(each, str | int | float) for each in category_values(value)):
            raise InputError(f"{source}, row {number}: column {name} must be text, a number or a list, found {value!r}")
    number_or_id = next((row[name] for name in ID_COLUMNS if row.get(name) is not None), number - 1)
    return {"id": str(number_or_id), "problem": row[problem], "answer": gold.strip(), **categories}


def category_values(value) -> list:
    """The groups that a category column puts a problem in: a list may name several."""
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------------------------------------------------------------
# OlympiadBench: its golds join several answers by commas, be they all solutions or the values asked for in turn
# ---------------------------------------------------------------------------------------------------------------------

_ASKED = re.compile(r"\b(?:determine|compute|find|what (?:is|are))\b", re.IGNORECASE)
_NAMES = re.compile(r"\$[^$]+\$(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)\$[^$]+\$)*")


def in_order_asked(problem: str, gold: str) -> str:
    """A gold of several answers as a tuple, where the last question names as many quantities: "Determine $T(10), T(11)$
    and $T(12)$" with 2,4,3 becomes (2,4,3), which an answer of 2,3,4 does not equal. Else the gold as it is.
    """
    values = _parts(gold.replace("$", ""))
    questions = list(_ASKED.finditer(problem))
    if len(values) < 2 or not questions or any("=" in value or value[0] == "(" for value in values):
        return gold
    asked = re.split(r"\.\s|\?|;", problem[questions[-1].end() :])[0]
    names = _NAMES.search(asked)
    if names is None or len(_parts(names[0].replace(" and ", ",").replace("$", ""))) != len(values):
        return gold
    return f"({', '.join(values)})"


def _parts(text: str) -> list[str]:
    """What commas outside of brackets separate."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()]
