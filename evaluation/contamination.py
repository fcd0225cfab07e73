r"""Contamination check: which training questions are, or paraphrase, a benchmark's problems.

Paper: DeepMath-103K, arXiv 2504.11456, section 3: nearest neighbours (top 5) by paraphrase-multilingual-MiniLM-L12-v2,
each judged by a 70B model. What differs: no judge reads the pairs here. They are ranked and written to a file for you
to read, and shared word n-grams, which need no model, are looked at as well. Textbook problems come in families that
differ in their numbers alone ("Compute arcsin(-1)"), so a pair must also agree in most of its numbers. The thresholds
are those of benchmarks/contamination.py, which plants paraphrases and counts what is found.

    python evaluate.py contamination --dataset zwhe99/DeepMath-103K --benchmarks all
    python evaluate.py contamination --dataset rows.jsonl --benchmarks all --benchmark_dir BENCHMARKS \
        --embedding_model path/to/paraphrase-multilingual-MiniLM-L12-v2

Writes, in `--output_dir`: contamination.md (a table) and suspects.jsonl (the pairs, worst first).
"""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from cli import InputError, is_local, parse_arguments, say, stay_offline_if_local
from data import DataArguments, load_questions
from evaluation.benchmarks import benchmark_names, load_benchmark, stem_of
from evaluation.samples import make_folder
from sources.files import write_whole

EMBEDDING_TOKENS = 256  # of a text; sentence-embedding models are trained on less
EMBEDDING_BATCH = 64


@dataclass
class ContaminationArguments:
    """Which data set to check against which benchmarks."""

    dataset: str = field(metadata={"help": "hub id, or file, folder or glob, as train_grpo.py takes them"})
    dataset_revision: str | None = field(default=None, metadata={"help": "commit of a hub data set"})
    dataset_split: str = field(default="train", metadata={"help": "split of a hub or saved data set"})
    dataset_config: str | None = field(default=None, metadata={"help": "configuration of a hub data set"})
    question_column: str | None = field(default=None, metadata={"help": "column of the question; not given: as known"})
    benchmarks: list[str] = field(
        default_factory=lambda: ["all"], metadata={"help": "names, all, or .jsonl files with problem and answer"}
    )
    benchmark_dir: str | None = field(default=None, metadata={"help": "folder of <name>.jsonl instead of the hub"})
    output_dir: str = field(default="results/contamination", metadata={"help": "where table and suspects go"})
    ngram: int = field(default=3, metadata={"help": "words, numbers and symbols in a row that count as one n-gram"})
    min_overlap: float = field(
        default=0.5, metadata={"help": "share of a problem's n-grams found in one question that makes it a suspect"}
    )
    embedding_model: str | None = field(
        default=None, metadata={"help": "folder of a sentence-embedding model; the paper's looks beyond equal words"}
    )
    top_k: int = field(default=5, metadata={"help": "nearest benchmark problems of each question (paper: 5)"})
    min_similarity: float = field(default=0.8, metadata={"help": "cosine from which such a neighbour is a suspect"})
    min_numbers: float = field(
        default=0.6, metadata={"help": "share of all their numbers that a suspect pair has in common; 0: not looked at"}
    )


# ---------------------------------------------------------------------------------------------------------------------
# N-grams
# ---------------------------------------------------------------------------------------------------------------------

_LAYOUT = re.compile(
    r"\\(?:left|right|big+[lr]?|displaystyle|textstyle|quad|qquad|hspace\{[^}]*\}|text(?:bf|it|rm)?|mathrm|operatorname|"
    r"begin\{[^}]*\}|end\{[^}]*\}|[,;:!\[\]() ])",
    re.IGNORECASE,
)
_SAME = [(re.compile(r"\\[dt]frac"), r"\\frac"), (re.compile(r"\\(?:le|ge|ne)q"), lambda m: m[0][:-1]),
         (re.compile(r"\\cdot|\\times"), "*"), (re.compile(r"\\[lc]?dots"), "...")]  # fmt: skip
_WORD = re.compile(r"\\[a-z]+|[^\W\d_]+|\d+(?:\.\d+)?|[-+*/^=<>|!]")


_SPELLED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_DIGITS = {word: str(value) for value, word in enumerate(_SPELLED)}


def words(text: str) -> list[str]:
    """Words, numbers, LaTeX commands and operators; layout, case and punctuation are dropped, and "two" is 2."""
    text = text.lower().replace("\\\\", " ")
    for pattern, same in _SAME:
        text = pattern.sub(same, text)
    return [_DIGITS.get(word, word) for word in _WORD.findall(_LAYOUT.sub(" ", text))]


def numbers(text: str) -> Counter:
    """How often each number stands in a text."""
    return Counter(word for word in words(text) if word[0].isdigit())


def common_numbers(one: Counter, other: Counter) -> float:
    """Share of the numbers of two texts that both have; 1 where neither has any."""
    return (one & other).total() / ((one | other).total() or 1) if one or other else 1.0


def ngrams(text: str, n: int) -> set[tuple[str, ...]]:
    """The distinct n-grams of a text; a text shorter than n is one gram."""
    tokens = words(text)
    return {tuple(tokens[at : at + n]) for at in range(max(1, len(tokens) - n + 1))}


def overlaps(problems: list[str], questions: list[str], n: int, least: float) -> dict[tuple[int, int], float]:
    """{(problem, question): share of the problem's n-grams that the question holds}, for shares of at least `least`."""
    grams = [ngrams(problem, n) for problem in problems]
    holders = defaultdict(list)
    for p, of_problem in enumerate(grams):
        for gram in of_problem:
            holders[gram].append(p)
    found = {}
    for q, question in enumerate(questions):
        shared = Counter(p for gram in ngrams(question, n) for p in holders.get(gram, ()))
        for p, count in shared.items():
            if count >= least * len(grams[p]):
                found[p, q] = count / len(grams[p])
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Embeddings
# ---------------------------------------------------------------------------------------------------------------------


def embed(texts: list[str], model_path: str):
    """Unit vectors of texts by mean pooling over tokens, as sentence-transformers' MiniLM models are used: (N, D).

    Raises:
        InputError: no model can be loaded from there.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(model_path)
        model = AutoModel.from_pretrained(model_path).eval()
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(f"--embedding_model {model_path}: cannot load a model: {error}") from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")  # a CUDA build may find no driver
    model.to(device)
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # texts of one length pad each other least
    vectors = [None] * len(texts)
    with torch.inference_mode():
        for start in range(0, len(order), EMBEDDING_BATCH):
            chosen = order[start : start + EMBEDDING_BATCH]
            batch = tokenizer(
                [texts[at] for at in chosen],
                padding=True,
                truncation=True,
                max_length=EMBEDDING_TOKENS,
                return_tensors="pt",
            ).to(device)
            hidden = model(**batch).last_hidden_state.float()  # (B, T, D)
            mask = batch["attention_mask"][..., None]  # (B, T, 1)
            pooled = (hidden * mask).sum(1) / mask.sum(1)
            for at, vector in zip(chosen, torch.nn.functional.normalize(pooled).cpu(), strict=True):
                vectors[at] = vector
    return torch.stack(vectors)


def neighbours(problems: list[str], questions: list[str], model_path: str, k: int) -> dict[tuple[int, int], float]:
    """{(problem, question): cosine} for the k problems nearest to each question."""
    vectors = embed([*problems, *questions], model_path)
    problem_vectors, question_vectors = vectors[: len(problems)], vectors[len(problems) :]
    found = {}
    for start in range(0, len(questions), 4096):
        cosine = question_vectors[start : start + 4096] @ problem_vectors.T  # (Q, P)
        near = cosine.topk(min(k, len(problems)), dim=1)
        for q, (values, indices) in enumerate(zip(near.values.tolist(), near.indices.tolist(), strict=True), start):
            found.update({(p, q): value for p, value in zip(indices, values, strict=True)})
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def find_suspects(problems: list[str], questions: list[str], args: ContaminationArguments) -> dict:
    """{(problem, question): {"overlap": share, "similarity": cosine, "numbers": share}} for the suspicious pairs.

    "overlap" is there where the n-grams raise suspicion; "similarity" where the question is near the problem at all.
    """
    suspects = defaultdict(dict)
    for pair, share in overlaps(problems, questions, args.ngram, args.min_overlap).items():
        suspects[pair]["overlap"] = round(share, 3)
    if args.embedding_model:
        near = neighbours(problems, questions, args.embedding_model, args.top_k)
        for pair, cosine in near.items():
            if cosine >= args.min_similarity or pair in suspects:
                suspects[pair]["similarity"] = round(cosine, 3)
    of_problems, of_questions = {}, {}
    for p, q in list(suspects):
        one = of_problems.setdefault(p, numbers(problems[p]))
        other = of_questions.setdefault(q, numbers(questions[q]))
        suspects[p, q]["numbers"] = round(common_numbers(one, other), 3)
        if suspects[p, q]["numbers"] < args.min_numbers:
            del suspects[p, q]
    return suspects


def format_table(names: list[str], sizes: Counter, suspects: list[dict], args: ContaminationArguments) -> str:
    """Markdown table of the suspects of each benchmark."""
    lines = [
        f"Suspect pairs of `{args.dataset}`: at least {args.min_overlap:.0%} of a problem's {args.ngram}-grams in one "
        f"question; embeddings: {args.embedding_model or 'not used'}"
        + (f", top {args.top_k}, cosine at least {args.min_similarity:g}" if args.embedding_model else "")
        + f"; {args.min_numbers:.0%} of the numbers in common.",
        "",
        "| benchmark | problems | suspect by n-grams | by embeddings | by either | share | questions concerned |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        rows = [row for row in suspects if row["benchmark"] == name]
        by_words = {row["id"] for row in rows if "overlap" in row}
        by_meaning = {row["id"] for row in rows if row.get("similarity", 0) >= args.min_similarity}
        either, concerned = by_words | by_meaning, {row["row"] for row in rows}
        lines.append(
            f"| {name} | {sizes[name]} | {len(by_words)} | {len(by_meaning) if args.embedding_model else '–'} "
            f"| {len(either)} | {len(either) / sizes[name]:.1%} | {len(concerned)} |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str] | None = None) -> None:
    (args,) = parse_arguments([ContaminationArguments], argv)
    names = benchmark_names(args.benchmarks)
    stems = [stem_of(name) for name in names]
    if repeated := [stem for stem in stems if stems.count(stem) > 1]:
        raise InputError(f"--benchmarks: two are called {repeated[0]}; rename a file")
    for name, value in (("ngram", args.ngram), ("top_k", args.top_k)):
        if value < 1:
            raise InputError(f"--{name} {value}: must be at least 1")
    for name in ("min_overlap", "min_similarity", "min_numbers"):
        if not 0 <= getattr(args, name) <= 1:
            raise InputError(f"--{name} {getattr(args, name)}: must lie in [0, 1]")
    if args.embedding_model:
        is_local(args.embedding_model)
    output_dir = Path(args.output_dir)
    make_folder(output_dir)
    own = ("dataset", "dataset_revision", "dataset_split", "dataset_config", "question_column")
    source = DataArguments(**{name: getattr(args, name) for name in own})
    stay_offline_if_local(args.dataset, args.embedding_model)
    problem_sets = {name: load_benchmark(name, args.benchmark_dir) for name in names}
    rows = [(stem_of(name), problem) for name, problems in problem_sets.items() for problem in problems]
    questions = load_questions(source)
    suspects = []
    pairs = find_suspects([problem["problem"] for _, problem in rows], list(questions.values()), args)
    row_numbers = list(questions)  # of the rows that hold a question
    for (p, q), measures in pairs.items():
        benchmark, problem = rows[p]
        pair = {"benchmark": benchmark, "id": problem["id"], "row": row_numbers[q], **measures}
        suspects.append(pair | {"problem": problem["problem"], "question": questions[row_numbers[q]]})
    suspects.sort(key=lambda pair: -max(pair.get("overlap", 0), pair.get("similarity", 0)))
    write_whole(
        output_dir / "suspects.jsonl", "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in suspects)
    )
    table = format_table(stems, Counter(name for name, _ in rows), suspects, args)
    write_whole(output_dir / "contamination.md", table)
    print(table)
    say(f"{len(questions)} questions read; pairs to look at: {output_dir / 'suspects.jsonl'}")
