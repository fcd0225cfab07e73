"""How many prompts are drawn, and which are skipped for their past."""

import json

import pandas
import pytest

from cli import InputError
from training.selection import DrawSize, History, read_pass_rates, within_pass_rates


@pytest.mark.parametrize(
    ("drawn", "kept", "missing", "processes", "prompts"),
    [
        (0, 0, 128, 8, 384),  # nothing seen yet: as the original, three for one
        (400, 200, 128, 8, 296),  # 128 / 0.5 x 1.15 = 294.4
        (400, 200, 10, 8, 24),
        (400, 400, 1, 1, 2),
        (400, 4, 128, 64, 384),  # never more than three rollout batches at once
    ],
)
def test_sized_draws(drawn, kept, missing, processes, prompts):
    size = DrawSize(128, processes, "auto")
    if drawn:
        size.record(drawn, kept)
    assert size.next(missing) == prompts
    assert DrawSize(128, processes, 0).next(missing) == 128
    assert DrawSize(128, processes, 384).next(missing) == 384


def test_the_kept_fraction_follows_the_last_rollout_batches():
    size = DrawSize(100, 1, "auto")
    for kept in [80] * 50 + [20] * 50:
        size.record(100, kept)
    assert size.kept / size.drawn == pytest.approx(0.2, abs=0.01)


def test_a_streak_decides_how_often_a_question_is_skipped():
    history = History(["always", "never", "mixed", "new"], seed=1, skip=True)
    for step in range(3):
        history.record([(0, 4, 4), (1, 0, 4), (2, 1, 4)], step)
    assert history.table[:, 0].tolist() == [12, 12, 3, 2] and history.table[:, 1].tolist() == [12, 0, -3, 2]
    history.probability = {"right": 0.5, "wrong": 0.8}
    share = [sum(not history.skips(position, row) for position in range(4000)) / 4000 for row in range(4)]
    assert share == pytest.approx([0.5**3, 0.8**3, 1, 1], abs=0.02)
    history.record([(0, 3, 4)], step=3)
    assert not any(history.skips(position, 0) for position in range(50)), "a streak ends with the first mixed group"
    assert not any(History(["a"], 1, skip=False).skips(position, 0) for position in range(50))


def test_the_probabilities_move_towards_the_target_shares():
    history = History([str(i) for i in range(12)], seed=0, skip=True)
    history.record([(i, 4 if i < 4 else 2, 4) for i in range(12)], 1)  # a third right, none wrong
    assert history.probability == {"right": 0.49, "wrong": 0.51}
    for step in range(200):
        history.record([(0, 4, 4)], step)
    assert history.probability == {"right": 0.0, "wrong": 1.0}
    assert sum(not history.skips(position, 0) for position in range(20_000)) / 20_000 == pytest.approx(0.01, abs=0.003)


def test_a_later_run_begins_with_what_an_earlier_one_knew(tmp_path):
    first = History(["a", "b", "c"], seed=0, skip=True)
    first.record([(0, 4, 4), (2, 1, 4)], step=7)
    first.write(tmp_path / "prompt_history.parquet")
    known = read_pass_rates(str(tmp_path / "prompt_history.parquet"))
    later = History(["c", "d", "a"], seed=0, skip=True)
    assert later.begin_with(known) == 2
    assert later.table.T.tolist() == [[4, 1, 0, 0], [0, 0, 0, 0], [4, 4, 1, 0]]
    assert within_pass_rates(["c", "d", "a"], known, 0.1, 0.9) == [0, 1], "a question that nobody tried stays"


def test_an_evaluation_of_the_training_set_is_a_history(tmp_path):
    samples = {"easy": [True, True], "hard": [False, False], "fit": [True, False]}
    problems = [{"problem": name, "samples": [{"correct": c} for c in each]} for name, each in samples.items()]
    (tmp_path / "train.json").write_text(json.dumps({"problems": problems}))
    known = read_pass_rates(str(tmp_path / "train.json"))
    expected = {"question": [*samples], "draws": [2, 2, 2], "right": [2, 0, 1], "streak": [1, -1, 0]}
    assert known.to_dict("list") == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), ("{}", "KeyError: 'problems'"), ("[1]", "neither"), ('{"problems": [{}]}', "'problem'")],
)
def test_pass_rates_that_are_none(tmp_path, content, message):
    path = tmp_path / "rates.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_pass_rates(str(path))
    pandas.DataFrame({"question": ["a"]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="neither a prompt_history.parquet nor"):
        read_pass_rates(str(tmp_path / "other.parquet"))
