"""The contamination check finds copies and paraphrases, and tells a problem from its family."""

import json

import pytest

import evaluate
from cli import InputError
from evaluation import contamination
from sources.files import read_json_lines

PROBLEMS = [
    {"problem": r"If $x$ and $y$ are positive with $xy = 24$ and $x + y = 11$, find $\frac{x}{y}$.", "answer": "3/8"},
    {
        "problem": "A train leaves Dover at nine and reaches London, 120 miles away, at 11. Find its speed.",
        "answer": "60",
    },
    {"problem": r"Compute $\arcsin \left( -\frac{1}{2} \right).$ Express your answer in radians.", "answer": "-pi/6"},
    {"problem": "How many ways are there to put 5 balls in 2 boxes if no two of them are alike?", "answer": "32"},
]
QUESTIONS = [
    r"if \(x\) and \(y\) are positive with \(xy=24\) and \(x+y=11\), find \(\dfrac{x}{y}\).",  # 1: the same, set anew
    "Find the speed of a train that leaves Dover at 9 and reaches London, 120 miles away, at 11.",  # 2: a paraphrase
    r"Compute $\arcsin \left( -\frac{3}{7} \right).$ Express your answer in radians.",  # 3: of the family of the third
    "How many primes are there between 5 and 2000?",
    None,
    "What is the smallest prime?",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contamination")
    (folder / "sums.jsonl").write_text("".join(json.dumps(p) + "\n" for p in PROBLEMS))
    rows = [{"question": question, "final_answer": "1"} for question in QUESTIONS]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def check(files, output_dir, *more):
    where = ["--dataset", str(files / "rows.jsonl"), "--benchmarks", str(files / "sums.jsonl")]
    evaluate.main(["contamination", *where, "--output_dir", str(output_dir), *more])
    return {(pair["id"], pair["row"]) for pair in read_json_lines(output_dir / "suspects.jsonl")}


def test_copies_and_paraphrases_are_suspected(files, tmp_path, capsys):
    assert check(files, tmp_path) == {("0", 1), ("1", 2)}
    table = (tmp_path / "contamination.md").read_text()
    assert "| sums | 4 | 2 | – | 2 | 50.0% | 2 |" in table and table in capsys.readouterr().out
    assert check(files, tmp_path / "family", "--min_numbers", "0") == {("0", 1), ("1", 2), ("2", 3)}
    assert check(files, tmp_path / "words", "--ngram", "8", "--min_overlap", "0.9") == {("0", 1)}


def test_embeddings_find_the_nearest_problem(files, model_dir, tmp_path):
    embedding = ["--embedding_model", str(model_dir), "--min_overlap", "1", "--min_similarity", "0.999", "--top_k", "1"]
    copies = [{"question": problem["problem"]} for problem in reversed(PROBLEMS)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in copies))
    (tmp_path / "sums.jsonl").write_text((files / "sums.jsonl").read_text())
    assert check(tmp_path, tmp_path / "out", *embedding) == {("0", 4), ("1", 3), ("2", 2), ("3", 1)}
    assert "| sums | 4 | 4 | 4 | 4 | 100.0% | 4 |" in (tmp_path / "out" / "contamination.md").read_text()


def test_embedding_does_not_depend_on_the_batch(model_dir, monkeypatch):
    texts = [problem["problem"] for problem in PROBLEMS]
    together = contamination.embed(texts, str(model_dir))
    monkeypatch.setattr(contamination, "EMBEDDING_BATCH", 1)
    assert (contamination.embed(texts, str(model_dir)) - together).abs().max() < 1e-5


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [("5 balls, two boxes", "2 boxes and five balls", 1), ("1, 2, 2", "1, 2", 2 / 3), ("7", "8", 0), ("x", "y", 1)],
)
def test_numbers_in_common(one, other, share):
    assert contamination.common_numbers(*map(contamination.numbers, (one, other))) == pytest.approx(share)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--ngram", "0"], "--ngram 0: must be at least 1"),
        (["--min_overlap", "2"], r"--min_overlap 2.0: must lie in \[0, 1\]"),
        (["--question_column", "problem"], "missing column problem; it has: final_answer, question"),
        (["--embedding_model", "./absent"], "./absent: no such file or folder"),
        (["--output_dir", __file__], "test_contamination.py is a file"),
        (["--dataset", "./absent.jsonl"], "./absent.jsonl: no such file or folder"),
    ],
)
def test_bad_arguments(files, tmp_path, more, message):
    with pytest.raises(InputError, match=message):
        check(files, tmp_path, *more)


def test_two_benchmarks_of_one_name(files, tmp_path):
    (tmp_path / "sums.jsonl").write_text((files / "sums.jsonl").read_text())
    with pytest.raises(InputError, match="two are called sums"):
        check(files, tmp_path, "--benchmarks", str(files / "sums.jsonl"), str(tmp_path / "sums.jsonl"))
