"""Training rows: known data sets, the gold, filters, odd rows, mixtures, the look before training."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

import data
from cli import InputError, parse_arguments
from data import DataArguments
from prompts import load_tokenizer

GOOD = {"question": "1+1", "final_answer": "2", "difficulty": 5.0, "topic": "Mathematics -> Algebra"}


@pytest.fixture(scope="module")
def tokenizer(model_dir):
    return load_tokenizer(str(model_dir))


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def load(tmp_path, tokenizer, rows, solutions=0, **arguments):
    path = write(tmp_path / "rows.jsonl", rows)
    return data.load_training_rows(DataArguments(dataset=str(path), **arguments), tokenizer, solutions)


# ---------------------------------------------------------------------------------------------------------------------
# Known data sets: two rows in the schema of each, the second one without a gold where the set has such rows
# ---------------------------------------------------------------------------------------------------------------------

ASK, MORE = "How many legs have 3 cows?", "Show that a cow has legs."
ESSAY = "Look at one cow. It stands, so something holds it up, and we call that legs. This completes the proof."
WORKED = "Each has 4, so $3 \\cdot 4 = 12$. The answer is $\\boxed{12}$."
THOUGHT = "<think>\n4+4+4\n</think>\nIt is $\\boxed{12}$."


def turns(user, assistant=None):
    said = [{"role": "user", "content": user}]
    return said + ([{"role": "assistant", "content": assistant}] if assistant else [])


def verl(question, gold):
    return {"data_source": "d", "prompt": turns(question), "ability": "MATH", "extra_info": {"index": "i"},
            "reward_model": {"ground_truth": gold, "style": "rule"}}  # fmt: skip


DAPO = (
    "Solve the following math problem step by step. The last line of your response should be of the form Answer: "
    "$Answer (without quotes) where $Answer is the answer to the problem.\n\n{}\n\n"
    'Remember to put your answer on its own line after "Answer:".'
)
SHAPES = {  # name: (rows, whether the second row is dropped, solutions of the first row, what the printed line names)
    "DeepMath-103K": (
        [GOOD | {"question": q, "final_answer": "12", "r1_solution_1": "4+4+4</think>\\boxed{12}", "r1_solution_2": s}
         for q, s in ((ASK, None), (MORE, "x"))],
        False, ["4+4+4</think>\\boxed{12}", "", ""], "topic = topic"),
    "NuminaMath-CoT": (
        [{"source": "olympiads", "problem": q, "solution": s, "messages": turns(q, s)}
         for q, s in ((ASK, WORKED), (MORE, ESSAY))],
        True, [WORKED], "final_answer = what is marked in solution"),
    "NuminaMath-1.5": (
        [{"problem": q, "solution": s, "answer": a, "problem_type": "Number Theory", "question_type": "proof",
          "source": "olympiads", "synthetic": False}
         for q, s, a in ((ASK, WORKED, "12"), (MORE, ESSAY, "proof"))],
        True, [WORKED], "topic = problem_type"),
    "MMIQC": (
        [{"instruction": q, "output": s, "source": "MetaMathQA"}
         for q, s in ((ASK, "4 each.\nThe answer is: 12"), (MORE, ESSAY))],
        True, ["4 each.\nThe answer is: 12"], "question = instruction"),
    "WebInstructSub": (
        [{"orig_question": "o", "orig_answer": "o", "question": q, "answer": s, "source": "socratic", "index": 0}
         for q, s in ((ASK, WORKED), (MORE, ESSAY))],
        True, [WORKED], "final_answer = the answer in answer"),
    "GSM8K": (
        [{"question": ASK, "answer": "3 * 4 = <<3*4=12>>12\n#### 12"}],
        False, ["3 * 4 = <<3*4=12>>12\n#### 12"], "no difficulty; no topic"),
    "Orca-Math": (
        [{"question": q, "answer": s} for q, s in ((ASK, "Each has 4.\nAnswer: 12"), (MORE, ESSAY))],
        True, ["Each has 4.\nAnswer: 12"], "solutions = answer"),
    "OpenR1-Math-220k": (
        [{"problem": ASK, "solution": "3 * 4", "answer": "12", "problem_type": "Algebra", "question_type": "mcq",
          "source": "olympiads", "uuid": "u", "is_reasoning_complete": [True] * 3,
          "generations": ["<think>\nhm\n</think>\n$\\boxed{7}$", THOUGHT, "12"],
          "correctness_math_verify": [False, True, True], "correctness_count": 2, "messages": turns(ASK, THOUGHT)}],
        False, [THOUGHT, ""], "solutions = generations where correctness_math_verify"),
    "DAPO-Math-17k": ([verl(DAPO.format(ASK), "12")], False, [], "question = prompt, its last user turn"),
    "Skywork-OR1": (
        [verl(ASK, '["12"]'), verl(MORE, '["1", "2"]')], True, [], "final_answer = the answer in reward_model"),
    "Big-Math": (
        [{"problem": ASK, "answer": "12", "source": "s", "domain": ["Mathematics -> Algebra -> Other", "Cows"],
          "llama8b_solve_rate": 0.25}],
        False, [], "difficulty = 1 - llama8b_solve_rate"),
    "DeepScaleR": (
        [{"problem": q, "answer": a, "solution": s} for q, a, s in ((ASK, "12", WORKED), (MORE, "", ""))],
        True, [WORKED], "solutions = solution"),
    "OpenMathInstruct-2": (
        [{"problem": ASK, "generated_solution": WORKED, "expected_answer": "12", "problem_source": "math"}],
        False, [WORKED], "final_answer = the answer in expected_answer"),
    "MATH": (
        [{"problem": q, "level": "Level 5", "type": "Algebra", "solution": s}
         for q, s in ((ASK, WORKED), (MORE, ESSAY))],
        True, [WORKED],
        "difficulty = level; topic = type"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_known_data_sets_need_no_flags(tmp_path, tokenizer, capsys, name):
    rows, second_is_dropped, solutions, said = SHAPES[name]
    kept = load(tmp_path, tokenizer, rows, data.ALL)
    assert kept[0]["question"] == ASK and kept[0]["final_answer"] == "12" and kept[0]["solutions"] == solutions
    assert len(kept) == len(rows) - second_is_dropped
    mapping, counts = capsys.readouterr().out.splitlines()[:2]
    assert said in mapping and (name in mapping or name == "Orca-Math")
    assert not second_is_dropped or "dropped: 1 " in counts and "(row 2)" in counts


TABLE = re.findall(
    r"^\| ([\w-]+(?:\.5)?) \| `python data.py (.*?)` \| (.*) \|$", Path("docs/data.md").read_text(), flags=re.M
)


@pytest.mark.parametrize(("name", "command", "dropped"), TABLE, ids=[name for name, *_ in TABLE])
def test_every_line_of_the_docs_table(tmp_path, tokenizer, capsys, name, command, dropped):
    """The line's flags, on rows in that set's columns, drop what the line says."""
    flags = command.split()
    assert flags[0] == "--dataset" and "/" in flags[1]
    rows, second_is_dropped, *_ = SHAPES[name]
    path = write(tmp_path / "rows.jsonl", rows)
    [args] = parse_arguments([DataArguments], ["--dataset", str(path), *flags[2:]])
    data.load_training_rows(args, tokenizer)
    said = re.search(r"^`(.*?)`", dropped)
    assert bool(said) == second_is_dropped
    assert ("dropped: 1 " + said[1] if said else "dropped: none") in capsys.readouterr().out


def test_a_column_of_solutions_beside_the_answers_is_read(tmp_path, tokenizer):
    [row] = load(tmp_path, tokenizer, [{"question": ASK, "answer": "12", "solution": WORKED}], data.ALL)
    assert row["final_answer"] == "12" and row["solutions"] == [WORKED]


def test_the_docs_table_is_whole():
    assert [name for name, *_ in TABLE] == list(SHAPES)


def test_difficulty_and_topic_of_known_sets(tmp_path, tokenizer):
    [row] = load(tmp_path, tokenizer, SHAPES["Big-Math"][0])
    assert row["difficulty"] == 0.75 and row["topic"] == "Mathematics -> Algebra -> Other; Cows"
    assert len(load(tmp_path, tokenizer, SHAPES["Big-Math"][0], topic_prefix=["Cow"])) == 1
    [row] = load(tmp_path, tokenizer, SHAPES["MATH"][0])
    assert row["difficulty"] == 5 and row["topic"] == "Algebra"


def test_flags_beat_what_is_known(tmp_path, tokenizer):
    rows = [{"a": {"question": "2+2", "hard": "7"}, "b": ["x", "so \\boxed{4}"], "ok": [0, 1], "answer": {"gold": 4}}]
    named = {"question_column": "a.question", "answer_column": "answer.gold", "difficulty_column": "a.hard"}
    [row] = load(tmp_path, tokenizer, rows, 2, **named, solution_column="b", correctness_column="ok")
    assert row == {"question": "2+2", "final_answer": "4", "difficulty": 7.0, "topic": "",
                   "solutions": ["so \\boxed{4}"]}  # fmt: skip
    [row] = load(tmp_path, tokenizer, SHAPES["NuminaMath-CoT"][0], 1, solution_column="messages", topic_column="source")
    assert row["solutions"] == [WORKED] and row["topic"] == "olympiads"


@pytest.mark.parametrize(
    ("rows", "arguments", "message"),
    [
        (
            [{"a": 1, "b": 2}],
            {},
            "not the columns of a known data set; it has: a, b. .*--question_column.*--answer_col",
        ),
        ([GOOD], {"answer_column": "answer"}, "missing column answer; it has: .*--answer_column"),
        ([GOOD], {"answer_column": "topic.gold"}, "missing column topic.gold"),
        ([{"question": "1", "answer": "1"}], {"min_difficulty": 3}, "missing column difficulty.*--difficulty_column"),
        ([{"question": "1", "answer": "1"}], {"sort_by": "difficulty"}, "missing column difficulty"),
        ([{"question": "1", "answer": "1"}], {"topic_prefix": ["A"]}, "missing column topic; .*--topic_column"),
        ([GOOD], {"topic_prefix": ["Math", "Cooking"]}, "'Cooking': no topic starts so; there are: .*-> Algebra .1."),
        ([GOOD], {"max_rows": 0}, "--max_rows 0: must be at least 1"),
        ([GOOD], {"dataset_weights": [1.0, 2.0]}, "--dataset_weights: 1 data sets take as many weights"),
        ([], {}, "no row in it"),
    ],
)
def test_wrong_names_are_one_error(tmp_path, tokenizer, rows, arguments, message):
    with pytest.raises(InputError, match=message):
        load(tmp_path, tokenizer, rows, **arguments)


def test_no_column_of_solutions(tmp_path, tokenizer):
    with pytest.raises(InputError, match="no column of worked solutions; it has: .*--solution_column"):
        load(tmp_path, tokenizer, [{"problem": "1", "answer": "1"}], 1)


def test_broken_row_is_named(tmp_path, tokenizer):
    path = tmp_path / "broken.jsonl"
    path.write_text(json.dumps(GOOD) + "\n{not json\n")
    with pytest.raises(InputError, match=r"broken.jsonl, line 2: not valid JSON"):
        data.load_training_rows(DataArguments(dataset=str(path)), tokenizer)
    with pytest.raises(InputError, match="no such file"):
        data.load_training_rows(DataArguments(dataset=str(tmp_path / "absent.jsonl")), tokenizer)


# ---------------------------------------------------------------------------------------------------------------------
# Odd rows, filters, order
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"question": ""}, "1 empty question"),
        ({"question": None}, "1 empty question"),
        ({"final_answer": "  "}, "1 empty final_answer"),
        ({"final_answer": ["2", "3"]}, "1 final_answer of type list"),
        ({"final_answer": True}, "1 final_answer of type bool"),
        ({"question": 7}, "1 question of type int"),
    ],
)
def test_odd_rows_are_counted_in_one_line(tmp_path, tokenizer, capsys, change, why):
    kept = load(tmp_path, tokenizer, [GOOD, {**GOOD, **change}, {**GOOD, "final_answer": 3}])
    assert kept["final_answer"] == ["2", "3"]
    mapping, counts = capsys.readouterr().out.splitlines()
    assert "3 rows read, 2 kept" in counts and f"{why} (row 2)" in counts


def test_difficulties_that_are_no_numbers(tmp_path, tokenizer):
    rows = [GOOD | {"difficulty": value} for value in ("hard", None, "3.5", "Level 2", [1])]
    kept = load(tmp_path, tokenizer, rows)["difficulty"]
    assert kept[2:4] == [3.5, 2.0] and all(math.isnan(kept[i]) for i in (0, 1, 4))
    assert load(tmp_path, tokenizer, rows, min_difficulty=3)["difficulty"] == [3.5]


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        ({}, [0, 1, 2, 3]),
        ({"min_difficulty": 5}, [1, 2]),
        ({"max_difficulty": 5}, [0, 1]),
        ({"min_difficulty": 4.5, "max_difficulty": 5.5}, [1]),
        ({"topic_prefix": ["Mathematics -> Calculus"]}, [1, 3]),
        ({"topic_prefix": ["Mathematics -> Calculus -> Limits", "Mathematics -> Algebra"]}, [0, 1, 2]),
        ({"max_prompt_length": 20}, [0, 1, 2]),  # 3 tokens of the template and one a character
        ({"max_rows": 2}, [0, 1]),
        ({"sort_by": "difficulty"}, [1, 0, 2, 3]),
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
        for i, (d, t) in enumerate(zip([5.0 if "sort_by" in arguments else 3.0, 5.0, 9.0, None], topics, strict=True))
    ]
    if "sort_by" in arguments:
        rows[1]["difficulty"] = 1.5
    result = load(tmp_path, tokenizer, rows, **arguments)
    assert result["final_answer"] == [str(i) for i in kept]


def test_max_rows_stops_reading_and_counts_what_was_read(tmp_path, tokenizer, capsys):
    path = tmp_path / "rows.jsonl"
    lines = [json.dumps(row) for row in (GOOD, {**GOOD, "difficulty": 1.0}, GOOD)] + ["{not json"]
    path.write_text("\n".join(lines))
    arguments = DataArguments(dataset=str(path), max_rows=2, min_difficulty=2)
    assert len(data.load_training_rows(arguments, tokenizer)) == 2
    assert "3 rows read, 2 kept, dropped: 1 below difficulty 2 (row 2)" in capsys.readouterr().out
    arguments.max_rows = 3
    with pytest.raises(InputError, match="line 4: not valid JSON"):
        data.load_training_rows(arguments, tokenizer)


def test_prompt_length_counts_tokens_exactly(tmp_path, tokenizer):
    row = {**GOOD, "question": "é" * 10}  # 20 bytes, so 20 tokens, and 3 of the template
    assert len(load(tmp_path, tokenizer, [row], max_prompt_length=23)) == 1
    with pytest.raises(InputError, match="1 prompt over 22 tokens"):
        load(tmp_path, tokenizer, [row], max_prompt_length=22)


def test_absent_columns_get_explicit_values(tmp_path, tokenizer):
    [row] = load(tmp_path, tokenizer, [{"question": "1", "final_answer": "1", "solution": None}], 1)
    assert math.isnan(row["difficulty"]) and row["topic"] == "" and row["solutions"] == [""]


def test_several_data_sets_end_to_end_or_in_shares(tmp_path, tokenizer, capsys):
    big = write(tmp_path / "big.jsonl", [GOOD | {"final_answer": f"1{i:03d}"} for i in range(300)])
    small = write(tmp_path / "small.jsonl", [{"problem": "2+2", "solution": "\\boxed{4}"}] * 5)
    both = DataArguments(dataset=f"{big},{small}")
    assert data.load_training_rows(both, tokenizer)["final_answer"][298:] == ["1298", "1299"] + ["4"] * 5
    both.dataset_weights = [3, 1]
    rows = data.load_training_rows(both, tokenizer)["final_answer"]
    assert rows == data.load_training_rows(both, tokenizer)["final_answer"], "drawn alike on every process"
    assert set(rows) >= {f"1{i:03d}" for i in range(300)} and 0.17 < rows.count("4") / len(rows) < 0.33
    assert "in shares of 0.75, 0.25" in capsys.readouterr().out
    both.max_rows = 7
    assert len(data.load_training_rows(both, tokenizer)) == 7


# ---------------------------------------------------------------------------------------------------------------------
# The look before training
# ---------------------------------------------------------------------------------------------------------------------


def test_preview_shows_and_writes_what_is_trained(tmp_path, model_dir, tokenizer, capsys):
    source = SHAPES["NuminaMath-CoT"][0] * 2 + [{"problem": "Is it?", "solution": "\\boxed{\\text{yes}}"}]
    path = write(tmp_path / "numina.jsonl", source)
    flags = ["--dataset", str(path), "--preview", "1", "--write", str(tmp_path / "out.jsonl")]
    data.main([*flags, "--prompt_preset", "DeepMath-Zero-7B", "--user_prompt", "Q: {question}"])
    out = capsys.readouterr().out
    assert "columns of NuminaMath-CoT" in out and "5 rows read, 3 kept, dropped: 2 no final answer (row 2)" in out
    assert (
        f"--- 1: [system] Please reason step by step, and put your final answer within \\boxed{{}}.\n[user] Q: {ASK}"
        in out
    )
    assert "--- gold: 12 | olympiads | 1 solutions of" in out and "--- 2:" not in out
    assert "integer                   2   12" in out and "yes / no                  1" in out
    assert "golds that the grader cannot read: 0\n" in out and "questions that stand more than once: 1\n" in out
    assert "question, characters: median 26, 95 % up to 26, longest 26" in out
    before = data.load_training_rows(DataArguments(dataset=str(path)), tokenizer, data.ALL)
    after = data.load_training_rows(DataArguments(dataset=str(tmp_path / "out.jsonl")), tokenizer, data.ALL)
    assert str(after.to_list()) == str(before.to_list()) and after["solutions"][0] == [WORKED]
    with pytest.raises(InputError, match="--write .*out.jsonl: is there already"):
        data.main(flags)
    data.main([*flags[:4], "--model_name_or_path", str(model_dir)])
    out = capsys.readouterr().out
    assert f"--- 1: <|user|>{ASK}<|assistant|><think>" in out and "prompt, tokens: median 29" in out


def test_preview_names_golds_that_nobody_can_read(tmp_path, capsys):
    rows = [GOOD, GOOD | {"final_answer": "\\frac{1"}]  # DeepMath-103K's golds are taken as they stand
    data.main(["--dataset", str(write(tmp_path / "rows.jsonl", rows))])
    assert "golds that the grader cannot read: 1, such as '\\\\frac{1'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset", "absent.csv"], "absent.csv: no such file"),
        (["--dataset", "absent-*.parquet"], "absent-*.parquet: no file matches"),
        (["--dataset", "tests", "--max_prompt_length", "7"], "counts tokens: name the model with --model_name_or_path"),
        (["--dataset", "tests"], "tests: expected .jsonl"),
        (["--dataset", "README.md"], "README.md: expected .jsonl"),
        (["--prompt_preset", "GPT"], "GPT: no such preset"),
        (["--topic", "Algebra"], "unknown flag: --topic (did you mean"),
        (["--write", "rows.csv"], "--write rows.csv: must end in .jsonl"),
    ],
)
def test_wrong_flags_of_the_preview_are_one_line(flags, message):
    done = subprocess.run([sys.executable, "data.py", *flags], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
