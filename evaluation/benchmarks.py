"""The paper's benchmarks and files like them: where they are, and their problems in one form."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cli import InputError, is_local
from sources.files import from_hub, read_json_lines


@dataclass(frozen=True)
class Benchmark:
    """Where a benchmark lives on the hub (paper, evaluation script), and how many problems it has."""

    hub_id: str
    split: str
    size: int
    problem: str = "problem"
    answer: str = "answer"


BENCHMARKS = {
    "math500": Benchmark("zwhe99/MATH", "math500", 500, answer="expected_answer"),
    "amc23": Benchmark("zwhe99/amc23", "test", 40, problem="question"),
    "olympiadbench": Benchmark("zwhe99/simplerl-OlympiadBench", "test", 675, problem="question", answer="final_answer"),
    "minerva": Benchmark("zwhe99/simplerl-minerva-math", "test", 272),
    "aime24": Benchmark("zwhe99/aime90", "2024", 30, answer="expected_answer"),
    "aime25": Benchmark("math-ai/aime25", "test", 30),
}
CATEGORY_COLUMNS = ("level", "subject", "type", "difficulty", "topic")


def benchmark_names(names: list[str]) -> list[str]:
    """Expand "all" and check the names; a path to a .jsonl file is a benchmark of the user's own.

    Raises:
        InputError: a name that is neither a benchmark nor a file; the message lists those that exist.
    """
    expanded = [each for name in names for each in (BENCHMARKS if name == "all" else [name])]
    for name in expanded:
        if name not in BENCHMARKS and not (name.endswith(".jsonl") and is_local(name)):
            raise InputError(
                f"--benchmarks {name}: no such benchmark; there are: {', '.join(BENCHMARKS)}, all, or a .jsonl file"
            )
    return list(dict.fromkeys(expanded))


def load_benchmark(name: str, benchmark_dir: str | None = None) -> list[dict]:
    """Problems of a benchmark, from the hub, from `benchmark_dir/<name>.jsonl`, or from a .jsonl file of the user's.

    Returns:
        One dict a problem: id (str), problem, answer (gold), and the category columns that the source has.

    Raises:
        InputError: a missing file or column, or a problem without text or gold, named by row.
    """
    benchmark = BENCHMARKS.get(name)
    if benchmark is None or benchmark_dir:
        path = Path(name) if benchmark is None else Path(benchmark_dir) / f"{name}.jsonl"
        if not path.is_file():
            hint = "" if benchmark is None else "; --benchmark_dir must hold one <name>.jsonl per benchmark"
            raise InputError(f"{path}: no such file{hint}")
        source, rows = str(path), list(read_json_lines(path))
        problem_columns, answer_columns = ("problem", "question"), ("answer", "final_answer")
    else:
        source, rows = benchmark.hub_id, from_hub(benchmark.hub_id, benchmark.split)
        problem_columns, answer_columns = (benchmark.problem,), (benchmark.answer,)
    problems = [_problem(source, number, row, problem_columns, answer_columns) for number, row in enumerate(rows, 1)]
    repeated = [each for each, count in Counter(p["id"] for p in problems).items() if count > 1]
    if repeated or not problems:
        raise InputError(f"{source}: " + (f"id {repeated[0]!r} stands twice" if repeated else "no problems in it"))
    return problems


def _problem(source: str, number: int, row: dict, problem_columns, answer_columns) -> dict:
    problem = next((name for name in problem_columns if name in row), None)
    answer = next((name for name in answer_columns if name in row), None)
    if problem is None or answer is None:
        missing = " or ".join(problem_columns if problem is None else answer_columns)
        raise InputError(f"{source}, row {number}: missing column {missing}; it has: {', '.join(row)}")
    gold = row[answer]
    if isinstance(gold, list) and len(gold) == 1:  # OlympiadBench on the hub
        gold = gold[0]
    if isinstance(gold, int | float) and not isinstance(gold, bool):
        gold = str(gold)
    for name, value in ((problem, row[problem]), (answer, gold)):
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{source}, row {number}: column {name} must be non-empty text, found {value!r}")
    categories = {name: row[name] for name in CATEGORY_COLUMNS if row.get(name) not in (None, "")}
    return {"id": str(row.get("id", number - 1)), "problem": row[problem], "answer": gold.strip(), **categories}
