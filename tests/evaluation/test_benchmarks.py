"""Benchmarks by name, folder and file."""

import pytest

from cli import InputError
from evaluation.benchmarks import benchmark_names, load_benchmark


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
        ('{"problem": "p"}', "row 1: missing column answer or final_answer; it has: problem"),
        ('{"problem": "p", "answer": ""}', "row 1: column answer must be non-empty text"),
        ('{"problem": "p", "answer": "1", "id": 7}\n{"problem": "q", "answer": "1", "id": 7}', "id '7' stands twice"),
        ("[1]", "line 1: expected a JSON object, found list"),
        ("", "no problems in it"),
    ],
)
def test_bad_benchmarks(tmp_path, line, message):
    (tmp_path / "aime24.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match=message):
        load_benchmark("aime24", str(tmp_path))
    with pytest.raises(InputError, match="aime25.jsonl: no such file"):
        load_benchmark("aime25", str(tmp_path))
