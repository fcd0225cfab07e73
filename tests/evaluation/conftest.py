"""Shared by the evaluation tests: a benchmark, a served model, and stored samples."""

import json

import pytest
import torch

import demo
import evaluate
from evaluation import samples
from evaluation.samples import text_hash

GOLDS = {"a": "\\frac{1}{2}", "b": "7", "c": "(0,1)"}
ANSWERS = {
    "a": ["0.5", "\\frac12", "2", "\\frac{4}{2}"],
    "b": ["8", "8.0", "7", None],
    "c": ["[0,1]", "x>0", "(0,\\infty)", "\\{1\\}"],
}


@pytest.fixture(scope="module")
def benchmark(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmark") / "sums.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[:4]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory):
    """A tiny model whose heads are wide enough for vLLM's CPU kernels and whose template opens no thinking."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    path = tmp_path_factory.mktemp("plain")
    demo.make_model(path, seed=0)
    tokenizer = AutoTokenizer.from_pretrained(path)
    tokenizer.chat_template = demo.CHAT_TEMPLATE.replace("<think>", "")
    tokenizer.save_pretrained(path)
    config = AutoConfig.from_pretrained(path)
    config.num_attention_heads = config.num_key_value_heads = 3
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Stored samples as a run of math500 leaves them, for three problems of our own."""
    path = tmp_path_factory.mktemp("results") / "model"
    path.mkdir()
    problems = [{"id": name, "problem": f"problem {name}", "answer": gold, "level": at % 2, "subject": "Algebra"}
                for at, (name, gold) in enumerate(GOLDS.items())]  # fmt: skip
    (path.parent / "math500.jsonl").write_text("".join(json.dumps(p) + "\n" for p in problems))
    settings = dict.fromkeys(evaluate.SETTINGS) | {"model_name_or_path": "m", "prompt_preset": "DeepMath-1.5B"}
    settings |= samples.ADDED | {
        "backend": "server",
        "temperature": 0.6,
        "top_p": 0.95,
        "max_new_tokens": 99,
        "seed": 42,
    }
    (path / "settings.json").write_text(json.dumps(settings))
    with open(path / "math500.generations-0.jsonl", "w") as file:
        for p in problems:
            for i, answer in enumerate(ANSWERS[p["id"]]):
                text = (
                    "It could be any of those that were asked about before, but nobody told me which one it would be"
                    if answer is None
                    else f"\\boxed{{{answer}}}"
                )
                row = {"id": p["id"], "sample": i, "seed": 42 + i, "problem_hash": text_hash(p["problem"])}
                row |= {"completion": f"thinking</think>{text}", "tokens": 10 * (i + 1), "finish_reason": "stop"}
                file.write(json.dumps(row) + "\n")
    evaluate.main(["--regrade", "true", "--output_dir", str(path), "--benchmark_dir", str(path.parent)])
    return path
