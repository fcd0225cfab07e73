"""Prompt presets, and the tokens they become."""

import json
from pathlib import Path

import pytest

from cli import InputError
from evaluation.benchmarks import BENCHMARKS
from prompts import PROMPTS, encode_prompt, load_tokenizer

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
    assert all(set(row) == set(BENCHMARKS) for row in table.values())


def test_encoded_prompt_is_what_the_trainer_tokenizes(model_dir):
    tokenizer = load_tokenizer(str(model_dir))
    ids = encode_prompt(tokenizer, PROMPTS["DeepMath-1.5B"], "1+2")
    assert tokenizer.decode(ids) == "<|user|>1+2<|assistant|><think>"
    tokenizer.chat_template = None
    with pytest.raises(InputError, match="no chat template.*Open-Reasoner-Zero-7B"):
        encode_prompt(tokenizer, PROMPTS["DeepMath-1.5B"], "1+2")


@pytest.fixture(scope="module")
def tokenizer(model_dir):
    return load_tokenizer(str(model_dir))
