"""What goes wrong in the middle of a GRPO run: golds that nobody can read, rewards that raise, nothing to learn."""

import asyncio
import json
import re
from collections import Counter
from pathlib import Path

import pandas
import pytest
import torch
from safetensors.torch import load_file
from whole_runs import flags_of, logs_of, rollouts_of

import train_grpo
from cli import InputError
from training.progress import STREAK, Watch
from training.rewards import guarded


def weights_of(folder) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def test_golds_that_nobody_can_read_are_missing_values_and_do_not_train(guesser, tmp_path, capfd):
    rows = [json.loads(line) for line in (guesser / "rows.jsonl").read_text().splitlines()]
    data = tmp_path / "unreadable.jsonl"
    data.write_text("".join(json.dumps(row | {"final_answer": r"\frac{"}) + "\n" for row in rows))
    flags = flags_of(guesser, tmp_path / "run", "--dataset", str(data), "--overlong_buffer", "11", "--save_steps", "1")
    train_grpo.main([*flags, "--max_steps", "1"])
    train_grpo.main([*flags, "--max_steps", "2", "--resume_from_checkpoint", "true"])
    logs = [entry for entry in logs_of(tmp_path / "run") if "loss" in entry]
    assert [entry["unreadable_golds"] for entry in logs] == [4, 8]
    assert all(entry.get("accuracy") is None and entry["reward"] is None for entry in logs)
    before, after = weights_of(guesser / "model"), weights_of(tmp_path / "run")
    assert all(torch.equal(before[name], after[name]) for name in before), "length alone must not train"
    assert rollouts_of(tmp_path / "run")["reward"].isna().all()
    assert "| golds that the grader cannot read | 8 of 8 drawn |" in (tmp_path / "run" / "README.md").read_text()
    out, err = capfd.readouterr()
    assert "8 of 8 golds could not be read, and did not train" in out
    assert (out + err).count("4 of 4 golds cannot be read by the grader, such as `\\frac{`") == 1
    assert "golds unreadable 8" in out + err


REWARD = """
from pathlib import Path

def brevity(completions, question, **kwargs):
    broken = Path(__file__).with_name("broken").read_text()
    for each in question:
        if each == broken:
            raise KeyError("no such unit")
    return [-len(str(each)) / 100 for each in completions]
"""


def test_a_reward_that_raises_leaves_a_checkpoint_and_goes_on_when_mended(guesser, tmp_path):
    (tmp_path / "raising_reward.py").write_text(REWARD)
    rewards = ["--reward_funcs", "accuracy", f"{tmp_path / 'raising_reward.py'}:brevity", "--max_steps", "3"]
    (tmp_path / "broken").write_text("nothing")
    train_grpo.main(flags_of(guesser, tmp_path / "whole", *rewards))
    rollouts = rollouts_of(tmp_path / "whole")
    question = rollouts[rollouts["step"] == 2]["question"].iloc[-1]
    (tmp_path / "broken").write_text(question)
    flags = flags_of(guesser, tmp_path / "cut", *rewards, "--save_steps", "1000")
    message = (
        r"step 2: reward brevity: raising_reward.py, line 8: KeyError: 'no such unit', on the question .*checkpoint-1"
    )
    with pytest.raises(InputError, match=message) as error:
        train_grpo.main(flags)
    assert question in str(error.value)
    (tmp_path / "broken").write_text("nothing")
    train_grpo.main([*flags, "--resume_from_checkpoint", "true"])
    before, after = weights_of(tmp_path / "whole"), weights_of(tmp_path / "cut")
    assert all(torch.equal(before[name], after[name]) for name in before)
    pandas.testing.assert_frame_equal(rollouts, rollouts_of(tmp_path / "cut"))


def test_a_reward_that_raises_while_evaluating_leaves_a_checkpoint_too(guesser, tmp_path):
    (tmp_path / "raising_reward.py").write_text(REWARD)
    (tmp_path / "broken").write_text("nothing")
    benchmark = tmp_path / "benchmark.jsonl"
    benchmark.write_text(json.dumps({"problem": "1+1", "answer": "2"}) + "\n")
    evaluation = ["--eval_benchmark", str(benchmark), "--eval_strategy", "steps", "--eval_steps", "2"]
    evaluation += ["--eval_problems", "1", "--num_generations_eval", "2", "--per_device_eval_batch_size", "2"]
    evaluation += ["--save_steps", "1000"]
    rewards = ["--reward_funcs", "accuracy", f"{tmp_path / 'raising_reward.py'}:brevity", "--max_steps", "3"]
    train_grpo.main(flags_of(guesser, tmp_path / "whole", *rewards, *evaluation))
    (tmp_path / "broken").write_text("1+1")
    flags = flags_of(guesser, tmp_path / "cut", *rewards, *evaluation)
    with pytest.raises(InputError, match=r"^evaluation after step 2: reward brevity: .*cut/checkpoint-2: mend"):
        train_grpo.main(flags)
    (tmp_path / "broken").write_text("nothing")
    train_grpo.main([*flags, "--resume_from_checkpoint", "true"])
    before, after = weights_of(tmp_path / "whole"), weights_of(tmp_path / "cut")
    assert all(torch.equal(before[name], after[name]) for name in before)


def raises_at_three(completions, question, **kwargs):
    return [1 / (int(each) - 3) for each in question]


async def waits_and_raises_at_three(completions, question, **kwargs):
    await asyncio.sleep(0)
    return [1 / (int(each) - 3) for each in question]


@pytest.mark.parametrize(
    ("function", "question", "values", "failure"),
    [
        (raises_at_three, ["1", "2"], [-0.5, -1.0], None),
        (raises_at_three, ["2", "3", "4"], [None] * 3, "raises_at_three: .*ZeroDivisionError: .*, on the question '3'"),
        (waits_and_raises_at_three, ["2", "3"], [None] * 2, "raises_at_three: .*ZeroDivisionError: .*question '3'"),
        (
            lambda completions, **kwargs: [1.0],
            ["1", "2"],
            [None] * 2,
            "ValueError: returned 1 values for 2 completions",
        ),
        (lambda completions, **kwargs: ["good"], ["1"], [None], "could not convert string to float: 'good', on .* '1'"),
        (lambda completions, **kwargs: None, ["1"], [None], "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_what_a_reward_raises_names_function_and_question(function, question, values, failure):
    failures = []
    rewards = guarded(function, failures)(prompts=question, completions=["x"] * len(question), question=question)
    assert (asyncio.run(rewards) if asyncio.iscoroutine(rewards) else rewards) == values
    assert len(failures) == bool(failure)
    if failure:
        assert re.search(failure, failures[0]), failures


@pytest.mark.parametrize(
    ("counts", "batches", "warning"),
    [
        ({"right": 8, "graded": 8}, STREAK, "every completion was right"),
        ({"right": 1, "graded": 8}, STREAK, None),
        (
            {"graded": 8, ("reason", "no box"): 5, ("reason", "x"): 3},
            STREAK,
            "was wrong, most of this one's for: no box",
        ),
        ({"graded": 8, ("reason", "no box"): 8}, STREAK - 1, None),
        ({"graded": 8, "clipped": 8}, STREAK, "every completion was cut off by --max_completion_length"),
        ({"graded": 8, "clipped": 7, "right": 1}, STREAK, None),
        ({"graded": 8, "empty": 8}, STREAK, "every completion was empty"),
        ({"graded": 8, "right": 1, "unreadable": 1, "golds": 20}, 1, None),
        (
            {"graded": 8, "right": 1, "unreadable": 2, "golds": 20, ("gold", "?"): 2},
            1,
            "2 of 20 golds cannot be read by the grader, such as `.`",
        ),
    ],
)
def test_a_run_that_learns_nothing_is_warned_of_once(counts, batches, warning):
    watch, continued, said = Watch(Path("rollouts")), Watch(Path("rollouts")), []
    for batch in range(STREAK + 20):
        if batch == STREAK // 2:
            continued.restore(watch.state())  # a checkpoint
            watch = continued
        if batch < batches:
            said += watch.look(Counter({"golds": 2, "completions": 8} | counts))
        elif batch > STREAK:
            said += watch.look(Counter({"golds": 2, "completions": 8, "graded": 8, "right": 4}))
    assert len(said) == bool(warning)
    if warning:
        assert re.search(warning, said[0]), said
