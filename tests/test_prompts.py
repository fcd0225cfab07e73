"""Prompt presets, and the tokens they become."""

import json
from pathlib import Path

import pytest

from cli import InputError
from evaluation.benchmarks import PAPER
from prompts import PROMPTS, encode_prompt, get_prompt, load_tokenizer, own_name

QUESTION = "What is {1} \\frac{1}{2}?"

BOXED = "Please reason step by step, and put your final answer within \\boxed{}."


def user(text, system=None):
    return [*([{"role": "system", "content": system}] if system else []), {"role": "user", "content": text}]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("DeepMath-1.5B", user(QUESTION)),
        ("DeepMath-Omn-1.5B", user(QUESTION)),
        ("R1-Distill-Qwen-1.5B", user(QUESTION)),
        ("Still-3-1.5B-Preview", user(QUESTION)),
        (
            "DeepScaleR-1.5B-Preview",
            user(QUESTION + " Let's think step by step and output the final answer within \\boxed{}."),
        ),
        ("DeepMath-Zero-7B", user(QUESTION, BOXED)),
        ("DeepMath-Zero-Math-7B", user(QUESTION, BOXED)),
        ("Qwen-2.5-7B-SimpleRL-Zoo", user(QUESTION, BOXED)),
    ],
)
def test_chat_prompts(model, expected):
    assert PROMPTS[model].format(QUESTION) == expected


@pytest.mark.parametrize("model", ["Open-Reasoner-Zero-7B", "Qwen2.5-7B-Base"])
def test_open_reasoner_zero_prompt(model):
    text = PROMPTS[model].format(QUESTION)
    assert text.startswith("A conversation between User and Assistant. ")
    assert f"the \\boxed{{}} tag.\nThis is the problem:\n{QUESTION}\nAssistant: <think>" in text
    assert text.endswith("\nAssistant: <think>")


def test_every_model_of_the_paper_has_a_prompt():
    table = json.loads(Path("results/paper.json").read_text())["pass@1"]
    assert len(table) == 8 and all(len(row) == 6 for row in table.values())
    assert set(table) <= set(PROMPTS)
    assert all(set(row) == set(PAPER) for row in table.values())


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", "R1-Distill-Qwen-1.5B"),
        ("runs/DeepMath-1.5B/", "DeepMath-1.5B"),
        ("RUC-AIBOX/STILL-3-1.5B-preview", "Still-3-1.5B-Preview"),
        ("Qwen/Qwen2.5-7B", "Qwen2.5-7B-Base"),
        ("Qwen/Qwen3-1.7B", "Qwen3"),
        ("Qwen/Qwen3-4B-Thinking-2507", "Qwen3"),
        ("Qwen/Qwen3-4B-Base", None),
        ("runs/grpo_mine", None),
    ],
)
def test_models_go_by_their_names(model, name):
    assert own_name(model) == name


def test_encoded_prompt_is_what_the_trainer_tokenizes(model_dir):
    tokenizer = load_tokenizer(str(model_dir))
    ids = encode_prompt(tokenizer, PROMPTS["DeepMath-1.5B"], "1+2")
    assert tokenizer.decode(ids) == "<|user|>1+2<|assistant|><think>"
    tokenizer.chat_template = None
    with pytest.raises(InputError, match="no chat template.*Open-Reasoner-Zero-7B"):
        encode_prompt(tokenizer, PROMPTS["DeepMath-1.5B"], "1+2")


def test_texts_and_files_of_ones_own_replace_the_turns_of_a_preset(tmp_path):
    assert get_prompt("DeepMath-1.5B", "Be {brief}.", "{question}\nNow.").format("1+1") == user(
        "1+1\nNow.", "Be {brief}."
    )
    assert get_prompt("DeepMath-Zero-7B", system="").format("1+1") == user("1+1")
    (tmp_path / "ask.txt").write_text("Q: {question}\nA:\n")
    assert get_prompt("Open-Reasoner-Zero-7B", user=str(tmp_path / "ask.txt")).format("1+1") == "Q: 1+1\nA:"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"user": "Solve it."}, "--user_prompt: must hold {question}"),
        ({"user": "absent.txt"}, "--user_prompt absent.txt: the file cannot be read .No such file"),
        ({"system": "./prompts/absent"}, "--system_prompt ./prompts/absent: the file cannot be read"),
        (
            {"name": "Open-Reasoner-Zero-7B", "system": "Think."},
            "plain text without turns; put it into --user_prompt",
        ),
    ],
)
def test_wrong_texts_are_one_error(given, message):
    with pytest.raises(InputError, match=message):
        get_prompt(**{"name": "DeepMath-1.5B"} | given)
