"""Training rows: filters, odd rows, formats."""

import json
import math

import pytest
from datasets import Dataset

import data
from cli import InputError
from data import DataArguments, final_answer_of
from prompts import load_tokenizer

GOOD = {"question": "1+1", "final_answer": "2", "difficulty": 5.0, "topic": "Mathematics -> Algebra"}


@pytest.fixture(scope="module")
def tokenizer(model_dir):
    return load_tokenizer(str(model_dir))


def load(tmp_path, tokenizer, rows, solutions=(), **arguments):
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return data.load_training_rows(DataArguments(dataset=str(path), **arguments), tokenizer, solutions)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"question": ""}, "1 empty question"),
        ({"question": None}, "1 empty question"),
        ({"final_answer": "  "}, "1 empty final_answer"),
        ({"final_answer": ["2"]}, "1 final_answer of type list"),
        ({"final_answer": True}, "1 final_answer of type bool"),
        ({"question": 7}, "1 question of type int"),
        ({"difficulty": "hard"}, "1 difficulty of type str"),
    ],
)
def test_odd_rows_are_counted_in_one_line(tmp_path, tokenizer, capsys, change, why):
    kept = load(tmp_path, tokenizer, [GOOD, {**GOOD, **change}, {**GOOD, "final_answer": 3}])
    assert kept["final_answer"] == ["2", "3"]
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and "3 rows read, 2 kept" in out and why in out


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({}, [0, 1, 2, 3]),
        ({"min_difficulty": 5}, [1, 2]),
        ({"max_difficulty": 5}, [0, 1]),
        ({"min_difficulty": 4.5, "max_difficulty": 5.5}, [1]),
        ({"topic_prefix": "Mathematics -> Calculus"}, [1, 3]),
        ({"max_prompt_length": 20}, [0, 1, 2]),  # 3 tokens of the template and one a character
        ({"max_rows": 2}, [0, 1]),
    ],
)
def test_filters(tmp_path, tokenizer, arguments, kept):
    topics = ["Algebra", "Calculus -> Limits", "Algebra", "Calculus"]
    rows = [
        {
            "question": f"q{i}" + "x" * 15 * (i > 2) * 2,
            "final_answer": str(i),
            "difficulty": d,
            "topic": f"Mathematics -> {t}",
        }
        for i, (d, t) in enumerate(zip([3.0, 5.0, 9.0, None], topics, strict=True))
    ]
    result = load(tmp_path, tokenizer, rows, **arguments)
    assert result["final_answer"] == [str(i) for i in kept]


def test_max_rows_stops_reading_and_counts_what_was_read(tmp_path, tokenizer, capsys):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps(row) for row in (GOOD, {**GOOD, "difficulty": 1.0}, GOOD)] + ["{not json"]
    path.write_text("\n".join(lines))
    arguments = DataArguments(dataset=str(path), max_rows=2, min_difficulty=2)
    assert len(data.load_training_rows(arguments, tokenizer)) == 2
    assert "3 rows read, 2 kept, dropped: 1 below difficulty 2" in capsys.readouterr().out
    arguments.max_rows = 3
    with pytest.raises(InputError, match="line 4: not valid JSON"):
        data.load_training_rows(arguments, tokenizer)


def test_prompt_length_counts_tokens_exactly(tmp_path, tokenizer):
    row = {**GOOD, "question": "é" * 10}  # 20 bytes, so 20 tokens, and 3 of the template
    assert len(load(tmp_path, tokenizer, [row], max_prompt_length=23)) == 1
    with pytest.raises(InputError, match="1 prompt over 22 tokens"):
        load(tmp_path, tokenizer, [row], max_prompt_length=22)


def test_missing_column_and_broken_row_are_named(tmp_path, tokenizer):
    with pytest.raises(InputError, match=r"rows.jsonl: missing column final_answer; it has: answer, question"):
        load(tmp_path, tokenizer, [{"question": "1", "answer": "1"}])
    with pytest.raises(InputError, match="missing column difficulty"):
        load(tmp_path, tokenizer, [{"question": "1", "final_answer": "1"}], min_difficulty=3)
    with pytest.raises(InputError, match="missing column r1_solution_2; .* must stand in r1_solution_1 to"):
        load(tmp_path, tokenizer, [{**GOOD, "r1_solution_1": "x"}], ["r1_solution_1", "r1_solution_2"])
    path = tmp_path / "broken.jsonl"
    path.write_text(json.dumps(GOOD) + "\n{not json\n")
    with pytest.raises(InputError, match=r"broken.jsonl, line 2: not valid JSON"):
        data.load_training_rows(DataArguments(dataset=str(path)), tokenizer)
    with pytest.raises(InputError, match="no such file"):
        data.load_training_rows(DataArguments(dataset=str(tmp_path / "absent.jsonl")), tokenizer)


def test_absent_columns_get_explicit_values(tmp_path, tokenizer):
    row = load(tmp_path, tokenizer, [{"question": "1", "final_answer": "1", "r1_solution_1": None}], ["r1_solution_1"])[
        0
    ]
    assert math.isnan(row["difficulty"]) and row["topic"] == "" and row["r1_solution_1"] == ""


def test_parquet_and_saved_data_sets_give_the_same_rows(tmp_path, tokenizer, rows):
    expected = load(tmp_path, tokenizer, rows, ["r1_solution_1"])
    Dataset.from_list(rows).to_parquet(tmp_path / "rows.parquet")
    Dataset.from_list(rows).save_to_disk(tmp_path / "saved")
    for source in ("rows.parquet", "saved"):
        arguments = DataArguments(dataset=str(tmp_path / source))
        assert data.load_training_rows(arguments, tokenizer, ["r1_solution_1"]).to_list() == expected.to_list(), source


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("She sells 9 * 2 = 18.\n#### 18", "18"),
        ("#### 1,080", "1080"),
        ("so $x = \\boxed{\\frac12}$, as wanted.", "\\frac12"),
        ("Adding up. The answer is: 5", "5"),
        ("x^2 + 1", "x^2 + 1"),
        (" 18 \n", "18"),
    ],
)
def test_final_answer_of_worked_solutions(text, answer):
    assert final_answer_of(text) == answer


def test_column_map(tmp_path, tokenizer):
    rows = [{"problem": "2+2", "solution": "Two and two: \\boxed{4}."}]
    result = load(tmp_path, tokenizer, rows, question_column="problem", answer_column="solution")
    assert (result["question"], result["final_answer"]) == (["2+2"], ["4"])
