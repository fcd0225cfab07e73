"""How many planted paraphrases the contamination check finds, and how often it raises a false alarm.

    python benchmarks/contamination.py --dataset rows.jsonl --benchmark_dir BENCHMARKS --embedding_model MODEL

Benchmark problems, rewritten in five ways, are planted among the data set's own questions. Recall is the share
of planted copies that are suspected of their own original. False alarms are suspects among the data set's own
questions; every real overlap that it has counts as one too: read them. "other numbers" are new problems made from old
ones, not copies: suspicion there is a false alarm of a kind.
"""

import argparse
import json
import random
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from evaluation import contamination
from evaluation.benchmarks import BENCHMARKS, load_benchmark

WORDING = [
    ("How many", "What is the number of"), ("Find the", "Determine the"), ("Find", "Determine"),
    ("Compute", "Evaluate"),
    ("What is", "Calculate"), ("Let ", "Suppose that "), ("such that", "so that"), ("Determine all", "Find every"),
    ("Suppose", "Assume"), ("If ", "Given that "), ("Express your answer", "Give the result"), ("positive integers",
    "integers greater than zero"), ("is equal to", "equals"), ("denote", "be"), ("Given", "Assuming"), ("there are",
    "we have"), ("Prove", "Show"), ("can be written", "is expressible"), ("the value of", "what equals"), ("Estimate",
    "Approximate"), ("Each", "Every"), ("each", "every"), ("real numbers", "reals"), ("smallest", "least"),
]  # fmt: skip
NAMES = ["Wanda", "Igor", "Priya", "Tomas", "Lena", "Omar", "Greta", "Hugo"]
COMMON = {"The", "Find", "How", "What", "Let", "If", "Compute", "Suppose", "Each", "There", "For", "When", "Determine"}


def verbatim(text: str, rng: random.Random) -> str:
    return text


def layout(text: str, rng: random.Random) -> str:
    """The same words, set differently."""
    text = re.sub(r"\$([^$]+)\$", r"\\( \1 \\)", text).replace("\\frac", "\\dfrac").replace("\\cdot", "\\times")
    return re.sub(r"([=+])", r" \1 ", text).replace(". ", ".\n").lower()


def renamed(text: str, rng: random.Random) -> str:
    """Other letters and other people."""
    letters = {"x": "t", "y": "s", "z": "r", "n": "m", "m": "k", "a": "u", "b": "v", "c": "w", "k": "j", "f": "g"}
    text = re.sub(r"(?<![A-Za-z\\])([xyznmabckf])(?![A-Za-z])(?=[^$]*\$)", lambda m: letters[m[1]], text)
    people = {w for w in re.findall(r"(?<=[a-z] )[A-Z][a-z]{2,}\b", text) if w not in COMMON}
    for person, new in zip(sorted(people), rng.sample(NAMES, len(NAMES)), strict=False):
        text = re.sub(rf"\b{person}\b", new, text)
    return text


def reworded(text: str, rng: random.Random) -> str:
    """Other phrases, other letters, other layout, and the last sentence put first."""
    text = renamed(text, rng)
    for old, new in WORDING:
        text = text.replace(old, new)
    sentences = re.split(r"(?<=[.?!]) +(?=[A-Z])", text)
    return layout(" ".join([sentences[-1], *sentences[:-1]]), rng)


def other_numbers(text: str, rng: random.Random) -> str:
    """A problem of the same family: every number changed."""
    return re.sub(r"\d+", lambda m: str(int(m[0]) + rng.randint(1, 9)), text)


KINDS = [verbatim, layout, renamed, reworded, other_numbers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", required=True, help="JSON lines with a question column")
    parser.add_argument("--benchmark_dir", required=True)
    parser.add_argument("--embedding_model")
    parser.add_argument("--each", type=int, default=60, help="problems planted in each way")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--planted", default="planted.jsonl", help="where the data set with the planted copies goes")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    own = [json.loads(line)["question"] for line in Path(args.dataset).read_text(encoding="utf-8").splitlines()]
    problems = [p["problem"] for name in BENCHMARKS for p in load_benchmark(name, args.benchmark_dir)]
    chosen = {kind: rng.sample(range(len(problems)), args.each) for kind in KINDS}
    chosen[other_numbers] = rng.sample([p for p in range(len(problems)) if re.search(r"\d", problems[p])], args.each)
    planted = [(kind, p, kind(problems[p], rng)) for kind in KINDS for p in chosen[kind]]
    questions = own + [text for _, _, text in planted]
    rows = [json.dumps({"question": question, "final_answer": "0"}) + "\n" for question in questions]
    Path(args.planted).write_text("".join(rows), encoding="utf-8")

    overlap = {n: contamination.overlaps(problems, questions, n, 0.3) for n in (3, 5, 8, 13)}
    near = contamination.neighbours(problems, questions, args.embedding_model, 5) if args.embedding_model else {}
    numbers = [[contamination.numbers(text) for text in texts] for texts in (problems, questions)]

    def agree(pair: tuple[int, int], least: float) -> bool:
        return contamination.common_numbers(numbers[0][pair[0]], numbers[1][pair[1]]) >= least

    print(f"| rule | {' | '.join(kind.__name__.replace('_', ' ') for kind in KINDS)} | false alarms of {len(own)} |")
    print("|---|" + "---|" * (len(KINDS) + 1))
    scans = [(f"{n}-grams, overlap {o}", {pair for pair, share in overlap[n].items() if share >= o})
             for n in overlap for o in (0.3, 0.5, 0.8)]  # fmt: skip
    for c in (0.7, 0.8, 0.9) if near else ():
        close = {pair for pair, cosine in near.items() if cosine >= c}
        scans += [(f"cosine {c}", close), (f"3-grams, overlap 0.5, or cosine {c}", scans[1][1] | close)]
    for name, pairs in scans:
        for least in (0.0, 0.6):
            kept = {pair for pair in pairs if agree(pair, least)}
            cells = []
            for kind in KINDS:
                hits = [(p, len(own) + at) in kept for at, (k, p, _) in enumerate(planted) if k is kind]
                cells.append(f"{sum(hits) / len(hits):.0%}")
            alarms = len({q for _, q in kept if q < len(own)})
            print(f"| {name}{', numbers 0.6' if least else ''} | {' | '.join(cells)} | {alarms} |")


if __name__ == "__main__":
    main()
