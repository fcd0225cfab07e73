"""The embedded model and its questions are what the demo says they are."""

import ast
import json
import random

import pytest
from transformers import AutoTokenizer

import demo
from reward import grade_batch
from sources.files import read_json_lines


def test_tokenizer_survives_saving_and_loading(model_dir):
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    for text in ("7-5=2,2+4=6</think>\\boxed{6}", "é 中\n\t <think>x</think>  y", "<|user|>1+1<|assistant|>", "  "):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    ids = tokenizer("12</think>\\boxed{3}")["input_ids"]
    assert len(ids) == 2 + 1 + len("\\boxed{3}"), "one token a character, one for the tag"
    end = [tokenizer.eos_token_id]
    assert tokenizer.decode(ids + end, skip_special_tokens=True) == "12</think>\\boxed{3}", "grading needs the tag"


def test_model_is_tiny_and_seeded(model_dir, tmp_path):
    from safetensors.torch import load_file

    demo.make_model(tmp_path / "same", seed=0)
    demo.make_model(tmp_path / "other", seed=1)
    weights, same, other = (
        load_file(p / "model.safetensors") for p in (model_dir, tmp_path / "same", tmp_path / "other")
    )
    assert 400_000 <= sum(w.numel() for w in weights.values()) <= 1_000_000
    assert all((weights[name] == same[name]).all() for name in weights)
    assert any((weights[name] != other[name]).any() for name in weights)


def value_of(expression: str) -> int:
    """Value of a sum of digits, read from Python's own syntax tree."""

    def walk(node):
        if isinstance(node, ast.Constant):
            return node.value
        left, right = walk(node.left), walk(node.right)
        return left + right if isinstance(node.op, ast.Add) else left - right

    return walk(ast.parse(expression, mode="eval").body)


def test_steps_are_true_and_answers_right():
    rng = random.Random(3)
    for _ in range(300):
        chain, steps, value = demo.make_question(rng)
        assert value_of(chain) == value and 0 <= value <= 9, chain
        for step in steps:
            left, right = step.split("=")
            assert value_of(left) == int(right), step
        assert int(steps[-1].split("=")[1]) == value


def test_questions_are_disjoint_and_graded_right(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "QUESTIONS", {"train_sft": 400, "train_grpo": 200, "held_out": 100})
    demo.make_data(tmp_path, seed=5)
    files = {name: list(read_json_lines(tmp_path / f"{name}.jsonl")) for name in demo.QUESTIONS}
    questions = [row["question"] for rows in files.values() for row in rows]
    assert len(questions) == len(set(questions)) == 700
    sft = files["train_sft"]
    guesses = sum(row["r1_solution_1"].startswith("</think>") for row in sft) / len(sft)
    assert abs(guesses - demo.GUESS_FRACTION) < 0.1
    grades = grade_batch([row["r1_solution_1"] for row in sft], [row["final_answer"] for row in sft])
    assert all(grade.correct for grade in grades)


def test_the_story_is_the_question_that_rose_most(tmp_path):
    """Written as evaluate.py writes its results."""
    verdicts = {"before": {"0": [True, False], "1": [False] * 2}, "after": {"0": [True] * 2, "1": [True] * 2}}
    for name, right in verdicts.items():
        folder = tmp_path / f"eval_{name}"
        folder.mkdir()
        problems = [
            {"id": i, "problem": f"{i}+1", "answer": "a", "accuracy": sum(each) / 2}
            | {"samples": [{"correct": c} for c in each]}
            for i, each in right.items()
        ]
        (folder / "held_out.json").write_text(json.dumps({"problems": problems}))
        thought = "1+1=2" * (name == "after")
        rows = [{"id": i, "sample": k, "completion": f"{thought}</think>{i}{k}"} for i in right for k in (1, 0)]
        (folder / "held_out.generations-0.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = demo.format_story(tmp_path).splitlines()
    assert lines[0] == "One of the held-out questions: 1+1 = a"
    assert lines[1] == "  after the warm-up, 0 of 2 right:  <think></think>10   (a guess, nothing thought)"
    assert lines[2] == "  after GRPO, 2 of 2 right:  <think>1+1=2</think>10   (worked step by step)"


def test_a_failing_stage_shows_the_end_of_its_log(tmp_path):
    log = tmp_path / "stage.log"
    stage = demo.start(log, "evaluate.py", "--n", "2")
    with pytest.raises(SystemExit, match=r"evaluate.py --n 2 failed; the end of .*\n.*--model_name_or_path is missing"):
        demo.finish(stage, log, 3)
