"""Tables of strings: blocks of a gold, answers that mean it (=) and answers that do not (!), separated by " ; "."""

import reward


def read(table: str) -> list[tuple[str, list[str], list[str]]]:
    """(gold, right answers, wrong answers) of each block; lines that start with # are comments."""
    rows = []
    for line in table.strip().splitlines():
        if line.startswith(" "):
            rows[-1][1 if line.strip()[0] == "=" else 2].extend(a.strip() for a in line.strip()[1:].split(" ; "))
        elif not line.startswith("#"):
            rows.append((line, [], []))
    return rows


def check(gold: str, right: list[str], wrong: list[str]) -> None:
    """Every right answer and the gold itself are accepted, no wrong one is."""
    assert [a for a in [gold, *right] if not reward.is_equivalent(answer=a, gold=gold)] == []
    assert [a for a in wrong if reward.is_equivalent(answer=a, gold=gold)] == []
