"""The rows that both training stages read, from the hub or from a file, in DeepMath-103K's schema.

Source of the facts: DeepMath-103K (arXiv 2504.11456) and its data card `zwhe99/DeepMath-103K`.
Nothing here imports torch, and `datasets` is imported where it is used: evaluate.py answers `--help` at once.
"""

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cli import InputError, is_local, say
from grader.extract import extract_answer
from prompts import PROMPTS, Prompt, encode_prompt, get_prompt

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

SOLUTION_COLUMNS = ("r1_solution_1", "r1_solution_2", "r1_solution_3")


@dataclass
class DataArguments:
    """Which rows to train on, and how a question becomes a prompt (shared by SFT and GRPO)."""

    dataset: str = field(
        default="zwhe99/DeepMath-103K",
        metadata={"help": "hub id, or a local .jsonl / .parquet file or `save_to_disk` folder"},
    )
    dataset_revision: str | None = field(default=None, metadata={"help": "commit of a hub data set; pin it"})
    dataset_split: str = field(default="train", metadata={"help": "split of a hub or saved data set"})
    question_column: str = field(default="question", metadata={"help": "column that holds the question"})
    answer_column: str = field(
        default="final_answer",
        metadata={"help": "column that holds the gold answer; a worked solution is cut down to its final answer"},
    )
    min_difficulty: float | None = field(default=None, metadata={"help": "keep rows of at least this difficulty"})
    max_difficulty: float | None = field(default=None, metadata={"help": "keep rows of at most this difficulty"})
    topic_prefix: str | None = field(
        default=None, metadata={"help": "keep rows whose topic starts so, e.g. 'Mathematics -> Calculus'"}
    )
    max_prompt_length: int | None = field(
        default=None, metadata={"help": "drop rows whose prompt is longer, in tokens of the model's own tokenizer"}
    )
    max_rows: int | None = field(
        default=None, metadata={"help": "keep only the first rows, after the filters; reading stops there"}
    )
    prompt_preset: str = field(
        default="DeepMath-1.5B", metadata={"help": f"how the question is put: {', '.join(PROMPTS)}"}
    )


def load_training_rows(
    args: DataArguments, tokenizer: "PreTrainedTokenizerBase | None", solution_columns: Iterable[str] = ()
) -> "datasets.Dataset":
    """Load, check and filter training rows; reading stops as soon as `max_rows` are kept.

    Args:
        args: the data set, its column names and the filters.
        tokenizer: of the model to be trained; measures prompts (None: without `max_prompt_length`).
        solution_columns: worked solutions to keep (SFT). Empty and null ones are left as "".

    Returns:
        `datasets.Dataset` with question, final_answer, difficulty (NaN where absent), topic ("" where absent) and the
        solution columns. Prints one line that counts what was read, dropped and kept.

    Raises:
        InputError: a missing file or column, an unparseable row (named by number), or filters that leave nothing.
    """
    import datasets

    if args.max_rows is not None and args.max_rows < 1:
        raise InputError(f"--max_rows {args.max_rows}: must be at least 1")
    source, rows = _read_rows(args, _required_columns(args) | {*solution_columns}, ("difficulty", "topic"))
    kept, counts = _kept_rows(rows, args, tokenizer, solution_columns)
    dropped = ", ".join(f"{n} {why}" for why, n in counts.most_common()) or "none"
    say(f"data: {source}: {len(kept) + counts.total()} rows read, {len(kept)} kept, dropped: {dropped}")
    if not kept:
        raise InputError(f"{source}: no row is left after the filters ({counts.total()} read; dropped: {dropped})")
    features = {"question": "string", "final_answer": "string", "difficulty": "float64", "topic": "string"}
    features |= dict.fromkeys(solution_columns, "string")
    features = datasets.Features({name: datasets.Value(kind) for name, kind in features.items()})
    return datasets.Dataset.from_list(kept, features=features)


def _required_columns(args: DataArguments) -> set[str]:
    """The columns that the arguments name or filter by."""
    required = {args.question_column, args.answer_column}
    if args.min_difficulty is not None or args.max_difficulty is not None:
        required.add("difficulty")
    if args.topic_prefix is not None:
        required.add("topic")
    return required


def _kept_rows(rows: Iterable[dict], args: DataArguments, tokenizer, solution_columns) -> tuple[list[dict], Counter]:
    """The rows to train on, in DeepMath-103K's schema, and how many of those read were dropped for which reason."""
    names = {args.question_column: "question", args.answer_column: "final_answer"}
    prompt = get_prompt(args.prompt_preset)
    prompt_overhead = len(encode_prompt(tokenizer, prompt, "")) if args.max_prompt_length else 0
    kept, dropped = [], Counter()
    for row in rows:
        row = {names.get(name, name): value for name, value in row.items()}
        problem = _odd_row(row) or _filtered(row, args, tokenizer, prompt, prompt_overhead)
        if problem:
            dropped[problem] += 1
            continue
        answer = row["final_answer"]
        row["final_answer"] = answer.strip() if args.answer_column == "final_answer" else final_answer_of(answer)
        kept.append(_in_schema(row, solution_columns))
        if len(kept) == args.max_rows:
            break
    return kept, dropped


def _read_rows(args: DataArguments, required: set[str], optional: Iterable[str]) -> tuple[str, Iterator[dict]]:
    """Name of the source and its rows, cut down to the columns asked for."""
    wanted = [*sorted(required), *(name for name in optional if name not in required)]
    if is_local(args.dataset) and args.dataset.endswith((".jsonl", ".json")):
        return args.dataset, _read_json_lines(Path(args.dataset), required, wanted)
    dataset = _load_with_datasets(args)
    _check_columns(args.dataset, required, dataset.column_names)
    source = args.dataset + (f"@{args.dataset_revision}" if args.dataset_revision else "")
    return source, iter(dataset.select_columns([name for name in wanted if name in dataset.column_names]))


def _load_with_datasets(args: DataArguments) -> "datasets.Dataset":
    import datasets

    if not is_local(args.dataset):
        return from_hub(args.dataset, args.dataset_split, args.dataset_revision)
    path = Path(args.dataset)
    if path.is_file() and path.suffix == ".parquet":
        return datasets.Dataset.from_parquet(str(path))
    if not path.is_dir() or not ({"state.json", "dataset_dict.json"} & {file.name for file in path.iterdir()}):
        raise InputError(f"{path}: expected a .jsonl or .parquet file, or a folder written by `Dataset.save_to_disk`")
    dataset = datasets.load_from_disk(str(path))
    if isinstance(dataset, datasets.DatasetDict):
        if args.dataset_split not in dataset:
            raise InputError(f"{path}: no split {args.dataset_split!r}; it has: {', '.join(dataset)}")
        dataset = dataset[args.dataset_split]
    return dataset


def from_hub(hub_id: str, split: str, revision: str | None = None) -> "datasets.Dataset":
    """Load a split of a hub data set.

    Raises:
        InputError: the hub cannot be reached, or has no such data set, revision or split.
    """
    import datasets

    try:
        return datasets.load_dataset(hub_id, revision=revision, split=split)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        why = (str(error) or type(error).__name__).splitlines()[0]
        which = f"{split}, revision {revision}" if revision else split
        raise InputError(
            f"{hub_id}: cannot load split {which} from the hub: {why}; local files do as well (--dataset FILE, "
            "--benchmark_dir FOLDER)"
        ) from error


def _read_json_lines(path: Path, required: set[str], wanted: list[str]) -> Iterator[dict]:
    """Rows of a file without a header: which columns it lacks is known when all of it was read."""
    seen_columns = set()
    for row in read_json_lines(path):
        seen_columns |= row.keys()
        yield {name: row.get(name) for name in wanted}
    _check_columns(str(path), required, seen_columns)


def read_json_lines(path: Path) -> Iterator[dict]:
    """Yield the objects of a JSON-lines file.

    Raises:
        InputError: a line that is not a JSON object, named by its number.
    """
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8"))
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise InputError(f"{path}, line {number}: not valid JSON ({error})") from error
            if not isinstance(row, dict):
                raise InputError(f"{path}, line {number}: expected a JSON object, found {type(row).__name__}")
            yield row


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it.

    Half a surrogate pair, which a server may send, is written as the escape that JSON has for it.

    Raises:
        InputError: the disk is full, or the file may not be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # it may be the folder that cannot be written
            part.unlink()
        raise InputError(f"{path}: cannot be written ({error.strerror}); what was finished before is kept") from error


def _check_columns(source: str, required: set[str], present: Iterable[str]) -> None:
    missing = sorted(required - set(present))
    if missing:
        hint = "Name yours with --question_column and --answer_column"
        if {*missing} & {*SOLUTION_COLUMNS}:
            hint = "Worked solutions, `thinking</think>answer`, must stand in r1_solution_1 to r1_solution_3"
        raise InputError(f"{source}: missing column {', '.join(missing)}; it has: {', '.join(sorted(present))}. {hint}")


def _odd_row(row: dict) -> str | None:
    """Why a row cannot be used, or None. Numbers are accepted as answers and turned into text."""
    if isinstance(row["final_answer"], int | float) and not isinstance(row["final_answer"], bool):
        row["final_answer"] = str(row["final_answer"])
    for name in ("question", "final_answer"):
        if row[name] is None or (isinstance(row[name], str) and not row[name].strip()):
            return f"empty {name}"
        if not isinstance(row[name], str):
            return f"{name} of type {type(row[name]).__name__}"
    for name, kind in (("difficulty", int | float), ("topic", str)):
        if row.get(name) is not None and not isinstance(row[name], kind):
            return f"{name} of type {type(row[name]).__name__}"
    return None


def _filtered(row: dict, args: DataArguments, tokenizer, prompt: Prompt, prompt_overhead: int) -> str | None:
    """Which filter drops the row, or None."""
    difficulty = row.get("difficulty")
    if args.min_difficulty is not None and (difficulty is None or difficulty < args.min_difficulty):
        return f"below difficulty {args.min_difficulty:g}"
    if args.max_difficulty is not None and (difficulty is None or difficulty > args.max_difficulty):
        return f"above difficulty {args.max_difficulty:g}"
    if args.topic_prefix is not None and not (row.get("topic") or "").startswith(args.topic_prefix):
        return "outside the topic"
    # No tokenizer makes more tokens than bytes, so most questions pass without being tokenized.
    may_be_long = args.max_prompt_length and prompt_overhead + len(row["question"].encode()) > args.max_prompt_length
    if may_be_long and len(encode_prompt(tokenizer, prompt, row["question"])) > args.max_prompt_length:
        return f"prompt over {args.max_prompt_length} tokens"
    return None


def _in_schema(row: dict, solution_columns: Iterable[str]) -> dict:
    """The row in DeepMath-103K's schema, with explicit values where a column is absent or null."""
    difficulty = row.get("difficulty")
    solutions = {name: row[name] if isinstance(row[name], str) else "" for name in solution_columns}
    return {
        "question": row["question"],
        "final_answer": row["final_answer"],
        "difficulty": float("nan") if difficulty is None else float(difficulty),
        "topic": row.get("topic") or "",
        **solutions,
    }


def final_answer_of(text: str) -> str:
    r"""The final answer of a gold column that may hold a worked solution.

    GSM8K ends in `#### 18`, NuminaMath-CoT in `\boxed{}`, MMIQC in "The answer is: ..."; anything else is the answer.
    """
    if match := re.search(r"####\s*(.+?)\s*$", text):
        return match[1].replace(",", "")  # GSM8K writes 1,000
    return extract_answer(text, final_line_fallback=False) or text.strip()


def load_questions(args: DataArguments) -> dict[int, str]:
    """The questions of a data set by row number (from 1), for the contamination check; rows without one are left out.

    Raises:
        InputError: a missing file or column, or no question at all.
    """
    source, rows = _read_rows(args, {args.question_column}, ())
    texts = {number: row[args.question_column] for number, row in enumerate(rows, 1)}
    questions = {number: text for number, text in texts.items() if isinstance(text, str) and text.strip()}
    if not questions:
        raise InputError(f"{source}: column {args.question_column} holds no text")
    return questions
