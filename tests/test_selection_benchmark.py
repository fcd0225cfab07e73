"""The benchmark of prompt selection asks what it says it asks, and its simulation draws as the trainer does."""

import itertools
import random
import re
import statistics

from benchmarks import selection


def test_chains_have_their_length_and_longer_ones_leave_one_digit():
    rng = random.Random(1)
    for operations in selection.OPERATIONS:
        questions = [selection.make_question(rng, operations) for _ in range(50)]
        largest = []
        for chain, steps, value in questions:
            numbers = [int(number) for number in re.findall(r"[+-]?\d+", chain)]
            partial = list(itertools.accumulate(numbers))
            assert len(numbers) == operations + 1 and partial[-1] == value and all(abs(n) <= 9 for n in numbers[1:])
            assert [int(step.partition("=")[2]) for step in steps] == partial[1:] and min(partial) >= 0
            largest.append(max(partial))
        assert (max(largest) > 9) == (operations > selection.SHOWN)


def test_simulated_modes_draw_less_for_as_many_groups(monkeypatch):
    monkeypatch.setattr(selection, "ROWS", 2_000)
    monkeypatch.setattr(selection, "ROLLOUTS", 40)
    case = selection.CASES["40 → 55 %, far apart"]
    fixed, sized, both = (
        list(selection.simulate(case, *mode)) for mode in ((384, False), ("auto", False), ("auto", True))
    )
    assert fixed == [384] * 40 and all(drawn % 8 == 0 for drawn in sized + both)
    assert statistics.fmean(both[20:]) < statistics.fmean(sized[20:]) < 384
