"""Rewards of one's own: named by file or module, called with every column, and what wrong ones get."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pandas
import pytest

import train_grpo
from cli import InputError
from training import rewards

CPU = ["--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"]
SHORT = ["--max_steps", "2", "--save_strategy", "no", "--logging_steps", "1", *CPU]
GRPO = ["--num_generations", "4", "--per_device_train_batch_size", "8", "--max_completion_length", "16"]


def arranged(names, weights=None, overlong_buffer=0):
    args = SimpleNamespace(reward_funcs=names, overlong_buffer=overlong_buffer)
    config = SimpleNamespace(reward_weights=weights)
    rewards.arrange_rewards(args, config)
    return rewards.reward_names(args), config.reward_weights


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("def short(completions, **kwargs):\n    return [0.0] * len(completions)\n")
    Path("own_too.py").write_text("from own import short\n\ndef strict(completions, level, **kwargs):\n    return []\n")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "names", "weights"),
    [
        ((None,), ["accuracy"], None),
        ((None, None, 8), ["accuracy", "overlong"], None),
        ((None, [1.0, 0.5], 8), ["accuracy", "overlong"], [1.0, 0.5]),
        ((["accuracy", "own.py:short"],), ["accuracy", "own.py:short"], [1.0, 1.0]),
        ((["own:short", "accuracy"], [0.5, 2.0]), ["accuracy", "own:short"], [2.0, 0.5]),
        ((["own.py:short"],), ["accuracy", "own.py:short"], [0.0, 1.0]),
        ((["accuracy", "overlong", "own.py:short"], None, 8), ["accuracy", "overlong", "own.py:short"], [1.0] * 3),
        ((["accuracy", "own.py:short"], None, 8), ["accuracy", "own.py:short"], [1.0, 1.0]),
    ],
)
def test_correctness_comes_first(mine, given, names, weights):
    assert arranged(*given) == (names, weights)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((["accurate"],), "name accuracy, overlong, FILE.py:FUNCTION or MODULE:FUNCTION"),
        ((["absent.py:short"],), "absent.py:short: no file absent.py"),
        ((["absent_module:short"],), "cannot be loaded: ModuleNotFoundError"),
        ((["own.py:long"],), "no function long there; it has: short"),
        ((["odd.py:short"],), "odd.py:short: cannot be loaded: SyntaxError: .*line 1"),
        ((["raises.py:short"],), "cannot be loaded: ZeroDivisionError"),
        ((["plain.py:short"],), "short must end its parameters in .*kwargs"),
        ((["accuracy", "overlong"],), "overlong needs --overlong_buffer"),
        ((["accuracy", "accuracy"],), "accuracy stands twice"),
        ((["own.py:short", "own:short"],), "two rewards are called short"),
        ((["accuracy", "own.py:short"], [1.0]), "1 weights for 2 rewards: accuracy, own.py:short"),
        ((None, [1.0]), None),
        ((None, [1.0], 8), "1 weights for 2 rewards: accuracy, overlong"),
    ],
)
def test_wrong_rewards_are_one_line(mine, given, message):
    Path("odd.py").write_text("def short(:\n")
    Path("raises.py").write_text("1 / 0\n")
    Path("plain.py").write_text("def short(completions):\n    return [0.0]\n")
    if message is None:
        arranged(*given)
        return
    with pytest.raises(InputError, match=message) as error:
        arranged(*given)
    assert "\n" not in str(error.value)


def test_a_column_that_is_not_there_is_named(mine):
    args = SimpleNamespace(reward_funcs=["accuracy", "own_too.py:strict"])
    rewards.check_columns(args, ["question", "level", "prompt"])
    with pytest.raises(InputError, match="own_too.py:strict: the data has no column level; it has: question"):
        rewards.check_columns(args, ["question", "prompt"])


def test_the_readmes_reward_is_trained_on(model_dir, tmp_path):
    """The example of the README, on a data set whose own columns it reads."""
    [example] = re.findall(r"```python\n(# my_rewards.py.*?)```", Path("README.md").read_text(), flags=re.S)
    assert len(example.strip().splitlines()) <= 10
    path = tmp_path / "my_rewards.py"
    path.write_text(example)
    rows = [{"problem": f"{i}+1", "answer": str(i + 1), "source": s, "odd": o}
            for i, (s, o) in enumerate([("exam", 1), ("blog", "x")] * 4)]  # fmt: skip
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(tmp_path / "rows.jsonl"), "--output_dir"]
    named = re.findall(r"my_rewards.py:(\w+)", Path("README.md").read_text())
    own = ["--reward_funcs", "accuracy", "overlong", f"{path}:{named[0]}", "--reward_weights", "1", "1", "0.5"]
    train_grpo.main([*where, str(tmp_path / "run"), *GRPO, *SHORT, "--overlong_buffer", "8", *own])
    log = json.loads((tmp_path / "run/trainer_state.json").read_text())["log_history"]
    steps = [entry for entry in log if "reward" in entry]
    assert len(steps) == 2 and all(f"rewards/{named[0]}/mean" in entry for entry in steps)
    rollouts = pandas.concat(map(pandas.read_parquet, sorted((tmp_path / "run/rollouts").glob("*.parquet"))))
    assert (rollouts.reward != rollouts.reward.round()).any(), "the third reward counts"


def test_every_column_reaches_a_reward(model_dir, tmp_path, monkeypatch):
    path = tmp_path / "seen.py"
    path.write_text(
        "SEEN = []\n\ndef look(completions, **kwargs):\n    SEEN.append(kwargs)\n    return [0.0] * len(completions)\n"
    )
    row = {"data_source": "d", "prompt": [{"role": "user", "content": "1+1"}], "ability": "MATH",
           "reward_model": {"ground_truth": "2", "style": "rule"}, "extra_info": {"index": 3},
           "image": "no"}  # fmt: skip
    (tmp_path / "rows.jsonl").write_text((json.dumps(row) + "\n") * 2)
    where = ["--model_name_or_path", str(model_dir), "--dataset", str(tmp_path / "rows.jsonl"), "--output_dir"]
    train_grpo.main(
        [*where, str(tmp_path / "run"), *GRPO, *SHORT, "--max_steps", "1", "--reward_funcs", f"{path}:look"]
    )
    [seen] = rewards.load_reward(f"{path}:look").__globals__["SEEN"]
    assert seen["reward_model"] == [row["reward_model"]] * 8 and seen["extra_info"] == [{"index": 3}] * 8
    assert seen["data_source"] == ["d"] * 8 and seen["final_answer"] == ["2"] * 8 and "image" not in seen
    assert seen["prompts"][0] == row["prompt"]


def test_columns_of_arrow_files_reach_a_reward(tmp_path):
    from datasets import Dataset

    import data

    rows = Dataset.from_list([{"problem": str(i), "answer": "" if i == 1 else "2", "n": [i]} for i in range(4)])
    rows.to_parquet(tmp_path / "rows.parquet")
    kept = data.load_training_rows(data.DataArguments(dataset=str(tmp_path / "rows.parquet")), None, every_column=True)
    assert kept["question"] == kept["problem"] == ["0", "2", "3"] and kept["n"] == [[0], [2], [3]]
