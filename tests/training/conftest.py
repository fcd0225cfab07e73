"""A model that is right by luck, so that groups of mixed correctness come at once."""

import json
import random

import pytest
from whole_runs import CPU

import demo
import sft_warmup


@pytest.fixture(scope="session")
def guesser(model_dir, tmp_path_factory):
    """A model that answers 1, 2 or 3 without a thought, and questions with such answers: a third is right by luck."""
    folder = tmp_path_factory.mktemp("guesser")
    rng = random.Random(0)
    with open(folder / "rows.jsonl", "w", encoding="utf-8") as file:
        for _ in range(400):
            answer = rng.choice("123")
            solution = f"</think>\\boxed{{{answer}}}"
            row = {"question": demo.make_question(rng)[0], "final_answer": answer, "r1_solution_1": solution}
            file.write(json.dumps(row) + "\n")
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(folder / "rows.jsonl")]
    flags = ["--max_steps", "50", "--per_device_train_batch_size", "16", "--learning_rate", "2e-3"]
    sft_warmup.main([*where, "--output_dir", str(folder / "model"), *flags, "--save_strategy", "no", *CPU])
    return folder
