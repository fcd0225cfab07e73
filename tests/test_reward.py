"""The rewards in TRL's signature."""

import reward

SLOW = r"\sum_{i=1}^{2999}\sum_{j=1}^{2999} \sin(ij)\cos(i+j)"


def test_accuracy_reward_in_trl_signature():
    extra, metrics = {}, {}
    completions = [
        [{"role": "assistant", "content": r"thinking</think>\boxed{\frac12}"}],
        [{"role": "assistant", "content": r"\boxed{\frac12}"}],
        r"thinking</think>\boxed{Yes}",
        r"thinking</think>\boxed{1}",
        r"thinking</think>I found \boxed{3}",
    ]
    scores = reward.accuracy_reward(
        prompts=["q"] * 5, completions=completions, completion_ids=[[1]] * 5, trainer_state=None,
        final_answer=["0.5", "0.5", "Yes", "", "4"], log_extra=extra.__setitem__, log_metric=metrics.__setitem__,
    )  # fmt: skip
    assert scores == [1.0, -1.0, 1.0, None, -1.0]
    assert metrics == {"reward/undecided": 0.0, "reward/unparseable_gold": 0.2}
    assert extra["gold"] == ["0.5", "0.5", "Yes", "", "4"]
    assert extra["answer"] == [r"\frac12", "[none]", "Yes", "1", "3"]
    assert extra["verdict"][1:4] == ["no </think>", "equal strings", "unparseable gold"]


def test_undecided_answers_are_logged_and_wrong():
    metrics = {}
    texts = [rf"</think>\boxed{{{SLOW}+1}}", r"</think>\boxed{1}"]
    scores = reward.accuracy_reward(texts, [r"\pi", "1"], timeout=0.5, log_metric=metrics.__setitem__)
    assert scores == [-1.0, 1.0] and metrics["reward/undecided"] == 0.5


def test_soft_overlong_penalty():
    penalty = reward.soft_overlong_penalty(100, 20)
    assert penalty(completion_ids=[[0] * n for n in (10, 80, 90, 100, 120)]) == [0.0, 0.0, -0.5, -1.0, -1.0]
    assert penalty.__name__


def test_boxes_in_the_thinking_count_as_the_original_counts_them():
    texts = [r"\boxed{2}</think>\boxed{1}", r"2</think>\boxed{1}", "2</think>1"]
    for whole, scores in ((False, [1, 1, -1]), (True, [-1, 1, -1])):
        assert reward.accuracy_reward(texts, ["1"] * 3, exactly_one_box=True, count_thinking_boxes=whole) == scores
