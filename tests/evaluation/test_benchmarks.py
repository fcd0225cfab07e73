"""Benchmarks by name, folder and file."""

import json

import datasets
import pytest

from cli import InputError
from evaluation.benchmarks import benchmark_names, load_benchmark, stem_of


def test_benchmark_names(tmp_path):
    assert benchmark_names(["all"]) == ["math500", "amc23", "olympiadbench", "minerva", "aime24", "aime25"]
    assert benchmark_names(["aime24", "aime24"]) == ["aime24"]
    with pytest.raises(InputError, match="MATH-500: no such benchmark; there are: math500, amc23"):
        benchmark_names(["MATH-500"])
    with pytest.raises(InputError, match="no such file"):
        benchmark_names([str(tmp_path / "absent.jsonl")])


def test_local_benchmark(tmp_path):
    path = tmp_path / "amc23.jsonl"
    path.write_text('{"id": 3, "problem": "p", "answer": 27.0, "level": 2}\n{"problem": "q", "answer": ["5"]}\n')
    assert load_benchmark("amc23", str(tmp_path)) == [
        {"id": "3", "problem": "p", "answer": "27.0", "level": 2},
        {"id": "1", "problem": "q", "answer": "5"},
    ]
    assert load_benchmark(str(path)) == load_benchmark("amc23", str(tmp_path))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            '{"problem": "p"}',
            "row 1: missing column answer or final_answer or expected_answer or solution; it has: problem",
        ),
        ('{"problem": "p", "answer": ""}', "row 1: column answer must be non-empty text"),
        ('{"problem": "p", "answer": "1", "id": 7}\n{"problem": "q", "answer": "1", "id": 7}', "id '7' stands twice"),
        ("[1]", "line 1: expected a JSON object, found list"),
        ("", "no row in it"),
    ],
)
def test_bad_benchmarks(tmp_path, line, message):
    (tmp_path / "aime24.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match=message):
        load_benchmark("aime24", str(tmp_path))
    with pytest.raises(InputError, match="aime25.jsonl: no such file"):
        load_benchmark("aime25", str(tmp_path))


def test_names_of_other_benchmarks():
    own = ["aime26", "MathArena/hmmt_nov_2025:train", "a/b.v2@main", "openai/gsm8k:main:test@e53f048"]
    assert benchmark_names(["all", *own])[6:] == own
    assert [stem_of(name) for name in own] == ["aime26", "hmmt_nov_2025-train", "b.v2", "gsm8k-main-test"]
    assert stem_of("here/my.set.jsonl") == "my.set" and stem_of("x/rows.parquet") == "rows"
    assert stem_of("rows.csv.gz") == "rows" and stem_of("./my/set") == "set"


def load(tmp_path, rows, suffix=".jsonl", name="set", **columns):
    path = tmp_path / f"{name}{suffix}"
    if suffix == ".parquet":
        datasets.Dataset.from_list(rows).to_parquet(path)
    elif suffix == "":
        datasets.DatasetDict({"test": datasets.Dataset.from_list(rows)}).save_to_disk(path)
    elif suffix == ".json":
        path.write_text(json.dumps(rows))
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load_benchmark(str(path), **columns)


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet", ""])
def test_matharena_schema(tmp_path, suffix):
    rows = [
        {"problem_idx": 3, "problem": "Compute $1+1$.", "answer": "2", "problem_type": ["Algebra", "Number Theory"]},
        {"problem_idx": 4, "problem": "Compute $2^8$.", "answer": "\\frac{1}{256}", "problem_type": ["Algebra"]},
    ]
    first, second = load(tmp_path, rows, suffix)
    assert first == {"id": "3", "problem": "Compute $1+1$.", "answer": "2", "problem_type": rows[0]["problem_type"]}
    assert second["answer"] == "\\frac{1}{256}"


@pytest.mark.parametrize(
    ("row", "columns", "gold"),
    [
        ({"question": "q", "answer": "48/2 = <<48/2=24>>24\n#### 1,024"}, {}, "1,024"),  # GSM8K
        ({"problem": "q", "solution": "So the energy is $\\boxed{4.5e33}$ erg.", "type": "x"}, {}, "4.5e33"),  # Minerva
        ({"question": "q", "final_answer": ["$\\frac{1}{2}$"], "subfield": "Algebra"}, {}, "$\\frac{1}{2}$"),
        ({"question": "q", "final_answer": [7], "answer": None}, {}, "7"),
        ({"question": "q", "solution": ["So 3."], "final_answer": ["1", "$2$"], "unit": None}, {}, "1, $2$"),
        ({"Q": "q", "A": 7, "answer": "no"}, {"question_column": "Q", "answer_column": "A"}, "7"),
    ],
)
def test_golds_of_other_schemas(tmp_path, row, columns, gold):
    [problem] = load(tmp_path, [row], **columns)
    assert (problem["problem"], problem["answer"]) == ("q", gold)


@pytest.mark.parametrize(
    ("question", "gold", "read"),
    [
        ("Determine the values of $T(10), T(11)$ and $T(12)$.", "2,4,3", "(2, 4, 3)"),
        ("What are the values of $a, h$ and $k$ ?", "$2,-1,-18$", "(2, -1, -18)"),
        ("If $f(17)=1$, determine $e(18)$ and $e(19)$.", "$6764$,$10945$", "(6764, 10945)"),
        ("Determine all values of $k$ for which $x, y$ are real.", "1,3", "1,3"),
        ("Determine all pairs $(m, n)$ with $m, n$ even.", "$(6,3),(9,3)$", "$(6,3),(9,3)$"),
        ("Find the smallest and largest possible value of $N$.", "2500,7500", "2500,7500"),
        ("Determine the angles $A$ and $B$.", "$A=90$,$B=60$", "$A=90$,$B=60$"),
        ("Determine all functions $f$ such that $x, y$ vary.", "$f(x)=x,f(x)=-x$", "$f(x)=x,f(x)=-x$"),
    ],
)
def test_olympiadbench_golds_asked_for_in_turn(tmp_path, question, gold, read):
    row = {"question": question, "final_answer": [gold], "is_multiple_answer": True}
    assert load(tmp_path, [row])[0]["answer"] == read
    assert load(tmp_path, [row | {"is_multiple_answer": False}])[0]["answer"] == gold


def test_categories_are_checked_before_anything_is_made(tmp_path):
    rows = [{"problem": "p", "answer": "1", "level": 5}, {"problem": "q", "answer": "1", "level": {"of": 5}}]
    with pytest.raises(InputError, match="row 2: column level must be text, a number or a list, found {'of': 5}"):
        load(tmp_path, rows)
