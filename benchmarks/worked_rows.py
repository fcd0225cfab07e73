r"""Worked solutions for one- and two-step word problems that come with answers only, such as SVAMP and GSM8K.

A solution is the first calculation with the question's own numbers, each used once, that gives the gold:
`18 - 5 = 13, 13 - 11 = 2</think>\boxed{2}`. Fewer steps come first, and numbers in the order of the question. Questions
that need a number they do not name or more steps (26 of SVAMP's 869, 4,170 of GSM8K's 7,473) get none, and the warm-up
leaves them out. Some calculations are right by accident; the warm-up is to teach the form, and GRPO, which sees answers
alone, the rest.

    python benchmarks/worked_rows.py --rows ROWS.jsonl --output SVAMP.jsonl

ROWS.jsonl: one object a line with question and final_answer.
"""

import argparse
import itertools
import json
import operator
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
OPERATIONS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
MOST_NUMBERS = 6  # of a question; more make too many calculations


def read_rows(path: Path) -> list[dict]:
    with open(path, encoding="utf-8") as file:  # not splitlines: questions hold U+2028
        return [json.loads(line) for line in file]


def numbers_in(question: str) -> list[Fraction]:
    """The numbers of a question, in digits or in words, in their order."""
    found = re.findall(r"\d+(?:\.\d+)?|[a-z]+", re.sub(r"(?<=\d),(?=\d{3})", "", question.lower()))
    texts = [str(WORDS.index(text)) if text in WORDS else text for text in found]
    return [Fraction(text) for text in texts if text[0].isdigit()]


def steps(numbers: tuple[Fraction, ...]) -> Iterator[tuple[str, Fraction]]:
    """Every `a + b = c` of the first two numbers, and its value; values below zero are no counts of things."""
    first, second = numbers
    for sign, operation in OPERATIONS.items():
        if sign == "/" and second == 0:
            continue
        value = operation(first, second)
        if value >= 0:
            yield f"{first} {sign} {second} = {value}", value


def calculations(numbers: list[Fraction]) -> Iterator[tuple[str, Fraction]]:
    """Calculations of one step, then of two; the second step continues from the first, on either side."""
    for pair in itertools.permutations(numbers, 2):
        yield from steps(pair)
    for *pair, third in itertools.permutations(numbers, 3):
        for text, value in steps(tuple(pair)):
            if value.denominator == 1:
                for both in ((value, third), (third, value)):
                    yield from ((f"{text}, {more}", result) for more, result in steps(both))


def solution_of(question: str, gold: str) -> str:
    """The worked solution, or "" where no calculation gives the gold."""
    wanted = Fraction(gold.replace(",", ""))
    found = calculations(numbers_in(question)[:MOST_NUMBERS])
    text = next((text for text, value in found if value == wanted), None)
    return f"{text}</think>\\boxed{{{gold}}}" if text else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="one JSON object a line: question, final_answer")
    parser.add_argument("--output", type=Path, required=True, help="the same rows with r1_solution_1")
    args = parser.parse_args()
    rows = read_rows(args.rows)
    for row in rows:
        row["r1_solution_1"] = solution_of(row["question"], row["final_answer"])
    args.output.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    solved = sum(bool(row["r1_solution_1"]) for row in rows)
    print(f"{solved} of {len(rows)} questions have a worked solution: {args.output}")


if __name__ == "__main__":
    main()
