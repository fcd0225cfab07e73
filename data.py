r"""The rows that both training stages read, from any math data set, in DeepMath-103K's schema; and a look at them.

    python data.py --dataset AI-MO/NuminaMath-CoT --max_rows 10000
    python data.py --dataset rows.csv --preview 3 --model_name_or_path MODEL --write rows_as_trained.jsonl

prints which column became what, how many rows are kept and why others are dropped, some rows with prompt and gold as
they will be trained, kinds of answers and lengths. Every flag is one of train_grpo.py and sft_warmup.py as well.

Source of the facts: DeepMath-103K (arXiv 2504.11456) and its data card `zwhe99/DeepMath-103K`; the schemas of other
sets from their data cards. Nothing here imports torch, and `datasets` is imported where it is used.
"""

import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cli import InputError, is_local, parse_arguments, run, say, stay_offline_if_local
from prompts import PROMPTS, Prompt, encode_prompt, get_prompt, load_tokenizer
from sources.files import FORMATS, Source, files_of, is_saved, open_source
from sources.gold import answer_kind, at, difficulty_of, gold_of, text_of_turn

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class DataArguments:
    """Which rows to train on, and how a question becomes a prompt (shared by SFT and GRPO)."""

    dataset: str = field(
        default="zwhe99/DeepMath-103K",
        metadata={"help": f"hub id (ID@REVISION pins it), or {FORMATS}; several with commas between them"},
    )
    dataset_revision: str | None = field(default=None, metadata={"help": "commit of a hub data set; pin it"})
    dataset_config: str | None = field(default=None, metadata={"help": "configuration of a hub data set: GSM8K's main"})
    dataset_split: str = field(default="train", metadata={"help": "split of a hub or saved data set"})
    dataset_weights: list[float] | None = field(
        default=None,
        metadata={
            "help": "shares of several data sets, one for each; smaller sets are repeated; not given: end to end"
        },
    )
    question_column: str | None = field(
        default=None,
        metadata={"help": "column of the question, also nested (extra_info.question); not given: as known"},
    )
    answer_column: str | None = field(
        default=None,
        metadata={
            "help": "column of the gold, also nested; of a worked solution its final answer; not given: as known"
        },
    )
    solution_column: str | None = field(
        default=None, metadata={"help": "column of worked solutions: a text, a list of texts, or messages"}
    )
    correctness_column: str | None = field(
        default=None,
        metadata={"help": "beside a list of solutions: whether each is right; those that are not are left"},
    )
    difficulty_column: str | None = field(
        default=None, metadata={"help": 'column of the difficulty; "1 - COLUMN" where it is a rate of success'}
    )
    topic_column: str | None = field(default=None, metadata={"help": "column of the topic"})
    min_difficulty: float | None = field(default=None, metadata={"help": "keep rows of at least this difficulty"})
    max_difficulty: float | None = field(default=None, metadata={"help": "keep rows of at most this difficulty"})
    topic_prefix: list[str] | None = field(
        default=None, metadata={"help": "keep rows whose topic starts with one of these: 'Mathematics -> Calculus'"}
    )
    sort_by: Literal["difficulty"] | None = field(
        default=None, metadata={"help": "difficulty: a curriculum, easy rows first and in that order"}
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
    system_prompt: str | None = field(
        default=None, metadata={"help": "a text or a file in place of the preset's system turn; '': none"}
    )
    user_prompt: str | None = field(
        default=None, metadata={"help": "a text or a file, with {question} in it, in place of the preset's user turn"}
    )

    @property
    def prompt(self) -> Prompt:
        """How the question is put."""
        return get_prompt(self.prompt_preset, self.system_prompt, self.user_prompt)

    @property
    def own_prompt(self) -> dict[str, str]:
        """The texts of one's own that stand in the preset's place."""
        own = {"system_prompt": self.system_prompt, "user_prompt": self.user_prompt}
        return {
            name: getattr(self.prompt, name.partition("_")[0]) or "" for name, text in own.items() if text is not None
        }

    @property
    def datasets(self) -> list[str]:
        """The names in `dataset`; a path that has a comma itself is one."""
        if Path(self.dataset).exists():
            return [self.dataset]
        return [name.strip() for name in self.dataset.split(",") if name.strip()]


# ---------------------------------------------------------------------------------------------------------------------
# Which column holds what
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Columns:
    """Which column of a data set holds what; dots lead into nested ones.

    Attributes:
        name: of the data set whose columns these are.
        question: a text, or chat messages, of which the last user's is taken.
        gold: the final answer, or a text that it is taken from, as `gold_of` does.
        marks: further columns that tell this data set from others.
        how: how the gold stands there: "stated" (taken as it is), "worked" (a solution that marks its answer) or
            "either" (an answer, or such a solution).
        solution: worked solutions for SFT: one column, of a text or a list of texts, or several columns.
        correctness: beside a list of solutions, whether each is right.
        difficulty: a number; "1 - COLUMN" turns a rate of success around.
        topic: a text or a list of texts.
    """

    name: str
    question: str
    gold: str
    marks: tuple[str, ...] = ()
    how: str = "either"
    solution: str | tuple[str, ...] | None = None
    correctness: str | None = None
    difficulty: str = "difficulty"
    topic: str = "topic"

    def fit(self, present: list[str]) -> bool:
        """Whether a data set has the columns that tell this one."""
        return {self.question, self.gold.partition(".")[0], *self.marks} <= {*present}


QUESTIONS = ("question", "problem", "prompt", "instruction", "query")
GOLDS = ("final_answer", "answer", "expected_answer", "ground_truth", "solution", "output", "response")
R1 = ("r1_solution_1", "r1_solution_2", "r1_solution_3")
# By the columns present; the first that fits. Columns called difficulty and topic are read wherever they stand.
KNOWN = (
    Columns("rows of data.py --write", "question", "final_answer", ("solutions",), "stated", "solutions"),
    Columns("DeepMath-103K", "question", "final_answer", ("difficulty", "topic"), "stated", R1),
    Columns("DeepMath-103K", "question", "final_answer", ("r1_solution_1",), "stated", R1),
    Columns("OpenR1-Math-220k", "problem", "answer", ("generations", "correctness_math_verify"),
            solution="generations", correctness="correctness_math_verify", topic="problem_type"),
    Columns("NuminaMath-1.5", "problem", "answer", ("solution", "problem_type"), solution="solution",
            topic="problem_type"),
    Columns("OpenMathInstruct-2", "problem", "expected_answer", ("generated_solution",), solution="generated_solution",
            topic="problem_source"),
    Columns("Big-Math", "problem", "answer", ("llama8b_solve_rate",), difficulty="1 - llama8b_solve_rate",
            topic="domain"),
    Columns("verl's schema (DAPO-Math-17k, Skywork-OR1)", "prompt", "reward_model.ground_truth", topic="ability"),
    Columns("WebInstructSub", "question", "answer", ("orig_question", "orig_answer"), solution="answer",
            topic="source"),
    Columns("MMIQC", "instruction", "output", ("source",), "worked", "output", topic="source"),
    Columns("DeepScaleR", "problem", "answer", ("solution",), solution="solution"),
    Columns("MATH", "problem", "solution", ("level", "type"), "worked", "solution", None, "level", "type"),
    Columns("NuminaMath-CoT", "problem", "solution", (), "worked", "solution", topic="source"),
    Columns("plain columns", "question", "answer", ("solution",), solution="solution"),
    Columns("GSM8K, Orca-Math", "question", "answer", solution="answer"),
    *(Columns("plain columns", question, gold, solution="solution") for question in QUESTIONS for gold in GOLDS),
)  # fmt: skip


def columns_of(source: Source, args: DataArguments) -> Columns:
    """Which column of a source holds what: by the flags, and where they say nothing by `KNOWN`.

    Raises:
        InputError: a column that a flag names or a filter needs is not there, or the columns are of no known set.
    """
    has = f"it has: {', '.join(sorted(source.columns))}"
    known = next((each for each in KNOWN if each.fit(source.columns)), None)
    if known is None and not (args.question_column and args.answer_column):
        raise InputError(
            f"{source.name}: not the columns of a known data set; {has}. Name the question with --question_column, and "
            "the answer, or the worked solution that ends in it, with --answer_column"
        )
    known = known or Columns("named columns", "", "", solution="solution")
    answer = args.answer_column or known.gold
    columns = replace(
        known,
        question=args.question_column or known.question,
        gold=answer,
        how=known.how if answer == known.gold else "either",
        solution=args.solution_column or known.solution,
        correctness=args.correctness_column or known.correctness,
        difficulty=args.difficulty_column or known.difficulty,
        topic=args.topic_column or known.topic,
    )
    needed = {"question_column": args.question_column, "answer_column": args.answer_column}
    needed |= {"solution_column": args.solution_column, "correctness_column": args.correctness_column}
    graded = args.min_difficulty is not None or args.max_difficulty is not None or args.sort_by
    needed["difficulty_column"] = columns.difficulty if graded else args.difficulty_column
    needed["topic_column"] = columns.topic if args.topic_prefix else args.topic_column
    for flag, path in needed.items():
        if path and not _present(path, source):
            raise InputError(f"{source.name}: missing column {path.removeprefix('1 - ')}; {has}. Name it with --{flag}")
    return columns


def _present(path: str, source: Source) -> bool:
    path = path.removeprefix("1 - ")
    if path in source.columns or "." not in path:
        return path in source.columns
    return any(at(row, path) is not None for row in source.first)


def describe(columns: Columns, source: Source) -> str:
    """What became of which column, in one line."""
    how = {"stated": "", "worked": "what is marked in ", "either": "the answer in "}[columns.how]
    asked = at(source.first[0], columns.question)
    turn = ", its last user turn" if isinstance(asked, list) else ""
    parts = [f"question = {columns.question}{turn}", f"final_answer = {how}{columns.gold}"]
    for name in ("difficulty", "topic"):
        path = getattr(columns, name)
        parts.append(f"{name} = {path}" if _present(path, source) else f"no {name}")
    solutions = [path for path in _paths(columns.solution) if _present(path, source)]
    right = f" where {columns.correctness}" if columns.correctness else ""
    parts.append(f"solutions = {', '.join(solutions)}{right}" if solutions else "no worked solutions")
    return f"data: {source.name}: columns of {columns.name}: " + "; ".join(parts)


def _paths(solution: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (solution,) if isinstance(solution, str) else solution or ()


# ---------------------------------------------------------------------------------------------------------------------
# Rows
# ---------------------------------------------------------------------------------------------------------------------

ALL = 1_000_000  # solutions of a question: however many there are, also none
CHUNK = 10_000  # rows that are Python objects at a time


def load_training_rows(
    args: DataArguments,
    tokenizer: "PreTrainedTokenizerBase | None",
    solutions: int = 0,
    every_column: bool = False,
    need_answer: bool = True,
) -> "datasets.Dataset":
    """Load, check and filter training rows; reading stops as soon as `max_rows` are kept.

    Args:
        args: the data sets, their column names and the filters.
        tokenizer: of the model to be trained; measures prompts (None: without `max_prompt_length`).
        solutions: how many worked solutions a row to keep, those marked wrong left out (SFT).
        every_column: keep the data set's other columns too, under their own names (for rewards of one's own).
        need_answer: drop rows without a final answer; False: it is "" there.

    Returns:
        `datasets.Dataset` with question, final_answer, difficulty (NaN where absent), topic ("" where absent), and
        with `solutions` a list of so many texts. Prints two lines a data set: which column is what, and how many rows
        were read, kept, and dropped for which reason, with the number of one such row.

    Raises:
        InputError: a missing file or column, an unparseable row (named by number), or filters that leave nothing.
    """
    check_data(args)
    parts = [_load_one(name, args, tokenizer, solutions, every_column, need_answer) for name in args.datasets]
    rows = _together(parts, args) if len(parts) > 1 else parts[0]
    if args.max_rows is not None and len(parts) > 1:
        rows = rows.select(range(min(args.max_rows, len(rows))))
    return _by_difficulty(rows) if args.sort_by else rows


def check_data(args: DataArguments) -> None:
    """Refuse what is wrong with the flags or not there, before anything is loaded.

    Raises:
        InputError: names the flag or the file.
    """
    if args.max_rows is not None and args.max_rows < 1:
        raise InputError(f"--max_rows {args.max_rows}: must be at least 1")
    weights, names = args.dataset_weights, args.datasets
    if weights and (len(weights) != len(names) or min(weights) <= 0):
        raise InputError(f"--dataset_weights: {len(names)} data sets take as many weights above 0")
    for name in names:
        if is_local(name) and not is_saved(Path(name)):
            files_of(name, args.dataset_split)
    _ = args.prompt


def _together(parts: list["datasets.Dataset"], args: DataArguments) -> "datasets.Dataset":
    """Several data sets end to end, or drawn in shares until each was seen whole."""
    import datasets

    try:
        if not args.dataset_weights:
            return datasets.concatenate_datasets(parts)
        shares = [weight / sum(args.dataset_weights) for weight in args.dataset_weights]
        rows = datasets.interleave_datasets(parts, shares, seed=0, stopping_strategy="all_exhausted")
    except ValueError as error:  # a column of the sets' own, which rewards of one's own see
        raise InputError(f"{args.dataset}: a column is of one type here and of another there: {error}") from error
    say(f"data: {len(rows)} rows of {len(parts)} data sets in shares of {', '.join(f'{s:.3g}' for s in shares)}")
    return rows


def _by_difficulty(rows: "datasets.Dataset") -> "datasets.Dataset":
    """Easy rows first, rows without a difficulty last; equals stay in their order."""
    keys = [math.inf if math.isnan(value) else value for value in rows["difficulty"]]
    return rows.select(sorted(range(len(rows)), key=keys.__getitem__))


def _load_one(name: str, args: DataArguments, tokenizer, solutions, every_column, need_answer) -> "datasets.Dataset":
    """The rows of one data set; see `load_training_rows`."""
    source = open_source(name, args.dataset_revision, args.dataset_split, args.dataset_config)
    columns = columns_of(source, args)
    say(describe(columns, source))
    if 0 < solutions < ALL and not any(_present(path, source) for path in _paths(columns.solution)):
        raise InputError(
            f"{source.name}: no column of worked solutions; it has: {', '.join(sorted(source.columns))}. Name it with "
            "--solution_column: a text, or a list of texts, that ends in the answer"
        )
    reader = _Reader(args, columns, source, tokenizer, solutions, need_answer)
    rows = reader.keep(every_column)
    if args.topic_prefix:
        reader.check_topics()
    dropped = ", ".join(f"{n} {why} (row {reader.example[why]})" for why, n in reader.dropped.most_common()) or "none"
    read = len(rows) + reader.dropped.total()
    say(f"data: {source.name}: {read} rows read, {len(rows)} kept, dropped: {dropped}")
    if reader.marked_wrong:
        say(f"data: {source.name}: {reader.marked_wrong} solutions marked wrong in {columns.correctness} are left out")
    if not len(rows):
        raise InputError(f"{source.name}: no row is left after the filters ({read} read; dropped: {dropped})")
    return rows


class _Reader:
    """Turns the rows of a source into training rows, and counts what it drops and why."""

    def __init__(self, args: DataArguments, columns: Columns, source: Source, tokenizer, solutions, need_answer):
        self.args, self.columns, self.source, self.tokenizer = args, columns, source, tokenizer
        self.solutions, self.need_answer = solutions, need_answer
        self.prompt = args.prompt
        self.overhead = len(encode_prompt(tokenizer, self.prompt, "")) if args.max_prompt_length else 0
        self.dropped, self.example = Counter(), {}  # reason: rows, and the number of the first
        self.topics, self.prefixes_met = Counter(), set()
        self.marked_wrong = 0
        self.has_difficulty = _present(columns.difficulty, source)
        self.has_topic = _present(columns.topic, source)

    def keep(self, every_column: bool) -> "datasets.Dataset":
        """The training rows."""
        import datasets
        import pyarrow

        kinds = {"question": "string", "final_answer": "string", "difficulty": "float64", "topic": "string"}
        features = {name: datasets.Value(kind) for name, kind in kinds.items()}
        if self.solutions:
            features["solutions"] = datasets.List(datasets.Value("string"))
        schema = datasets.Features(features).arrow_schema
        numbers, others, parts = [], [], []
        kept = self._kept(numbers, others if every_column and self.source.dataset is None else None)
        while chunk := list(itertools.islice(kept, CHUNK)):
            parts.append(datasets.Dataset(pyarrow.Table.from_pylist(chunk, schema=schema)))
        if not parts:
            return datasets.Dataset.from_dict({name: [] for name in features}, features=datasets.Features(features))
        rows = datasets.concatenate_datasets(parts)
        if every_column:
            rows = _beside(rows, _own_columns(self.source, numbers, others, {*features, *RESERVED}))
        return rows

    def _kept(self, numbers: list[int], others: list[dict] | None) -> Iterator[dict]:
        """Training rows one by one; their places in the source, and the whole rows of text files, are noted."""
        needed = {self.columns.question, self.columns.gold, *_paths(self.columns.solution), self.columns.topic}
        needed |= {self.columns.difficulty.removeprefix("1 - "), self.columns.correctness}
        needed |= {path.partition(".")[0] for path in needed if path}
        kept = 0
        for number, row in enumerate(self.source.rows(needed), 1):
            made, why = self._training_row(row)
            if why:
                self.dropped[why] += 1
                self.example.setdefault(why, number)
                continue
            numbers.append(number - 1)
            if others is not None:
                others.append(row)
            yield made
            kept += 1
            if kept == self.args.max_rows:
                return

    def _training_row(self, row: dict) -> tuple[dict | None, str | None]:
        """The row in the schema of training, or why it is dropped."""
        columns = self.columns
        question = text_of_turn(at(row, columns.question), "user")
        if question is None or (isinstance(question, str) and not question.strip()):
            return None, "empty question"
        if not isinstance(question, str):
            return None, f"question of type {type(question).__name__}"
        stated = at(row, columns.gold)
        gold, why = gold_of(stated, columns.how)
        if why and self.need_answer:
            return None, why
        difficulty = difficulty_of(row, columns.difficulty) if self.has_difficulty else math.nan
        topic = at(row, columns.topic) if self.has_topic else None
        topic = "; ".join(map(str, topic)) if isinstance(topic, list) else str(topic or "")
        if why := self._filtered(question, difficulty, topic):
            return None, why
        made = {"question": question, "final_answer": gold or "", "difficulty": difficulty, "topic": topic}
        if self.solutions:
            made["solutions"] = self._solutions(row, gold)
        return made, None

    def _filtered(self, question: str, difficulty: float, topic: str) -> str | None:
        """Which filter drops the row, or None."""
        args = self.args
        if args.min_difficulty is not None and not difficulty >= args.min_difficulty:  # NaN is dropped
            return f"below difficulty {args.min_difficulty:g}"
        if args.max_difficulty is not None and not difficulty <= args.max_difficulty:
            return f"above difficulty {args.max_difficulty:g}"
        if args.topic_prefix:
            self.topics[topic] += 1
            met = {p for p in args.topic_prefix for each in topic.split("; ") if each.startswith(p)}
            self.prefixes_met |= met
            if not met:
                return "outside the topics"
        # No tokenizer makes more tokens than bytes, so most questions pass without being tokenized.
        longest = args.max_prompt_length
        may_be_long = longest and self.overhead + len(question.encode()) > longest
        if may_be_long and len(encode_prompt(self.tokenizer, self.prompt, question)) > longest:
            return f"prompt over {longest} tokens"
        return None

    def _solutions(self, row: dict, gold: str | None) -> list[str]:
        """The worked solutions of a row, "" for one that is not there; a bare answer is none."""
        paths = _paths(self.columns.solution)
        if not paths:
            return []
        if len(paths) > 1:
            found = [at(row, path) for path in paths[: self.solutions]]
        else:
            value = at(row, paths[0])
            found = value if isinstance(value, list) else [value]
            if found and isinstance(found[0], dict):
                found = [text_of_turn(value, "assistant")]
            right = at(row, self.columns.correctness) if self.columns.correctness else None
            if isinstance(right, list) and len(right) == len(found):
                self.marked_wrong += sum(not each for each in right)
                found = [text for text, is_right in zip(found, right, strict=True) if is_right]
            found = found[: self.solutions]
        return [text if isinstance(text, str) and text.strip() != gold else "" for text in found]

    def check_topics(self) -> None:
        """Raise where a prefix met no row, with the topics that there are."""
        if missed := [prefix for prefix in self.args.topic_prefix if prefix not in self.prefixes_met]:
            common = [f"{topic or 'none'} ({n})" for topic, n in self.topics.most_common(30)]
            more = f" and {len(self.topics) - 30} more" if len(self.topics) > 30 else ""
            raise InputError(
                f"{self.source.name}: --topic_prefix {missed[0]!r}: no topic starts so; there are: "
                f"{', '.join(common)}{more}"
            )


# TRL hands these to a reward itself, or reads them from the rows: a data set's own columns of such names stay away.
RESERVED = ("prompt", "prompts", "completion", "completions", "completion_ids", "trainer_state", "log_extra",
            "log_metric", "environments", "environment", "image", "images", "tools",
            "chat_template_kwargs")  # fmt: skip


def _own_columns(source: Source, numbers: list[int], rows: list[dict], taken: set[str]) -> "datasets.Dataset":
    """The data set's other columns at some places; in text files, a column of mixed types becomes JSON text."""
    import datasets
    import pyarrow

    if source.dataset is not None:
        plain = [name for name, kind in source.dataset.features.items() if name not in taken and _is_plain(kind)]
        return source.dataset.select_columns(plain).select(numbers).flatten_indices()
    columns = {}
    for name in dict.fromkeys(key for row in rows for key in row if key not in taken):
        values = [row.get(name) for row in rows]
        try:
            pyarrow.array(values)
        except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError):
            values = [each if each is None or isinstance(each, str) else json.dumps(each) for each in values]
        columns[name] = values
    return datasets.Dataset.from_dict(columns)


def _is_plain(kind) -> bool:
    """Whether values of a feature are numbers, texts, or lists and fields of them, as a checkpoint can hold."""
    if isinstance(kind, dict):
        return all(map(_is_plain, kind.values()))
    if hasattr(kind, "feature"):
        return _is_plain(kind.feature)
    return bool(re.match(r"(u?int|float|bool|(large_)?string|null)", getattr(kind, "dtype", None) or ""))


def _beside(rows: "datasets.Dataset", others: "datasets.Dataset") -> "datasets.Dataset":
    import datasets

    return datasets.concatenate_datasets([rows, others], axis=1) if others.column_names else rows


def load_questions(args: DataArguments) -> dict[int, str]:
    """The questions of a data set by row number (from 1), for the contamination check; rows without one are left out.

    Raises:
        InputError: a missing file or column, or no question at all.
    """
    source = open_source(args.dataset, args.dataset_revision, args.dataset_split, args.dataset_config)
    known = [each.question for each in KNOWN if each.fit(source.columns)]
    paths = [args.question_column] if args.question_column else [*known, *QUESTIONS]
    path = next((path for path in paths if _present(path, source)), None)
    if path is None:
        has = ", ".join(sorted(source.columns))
        raise InputError(f"{source.name}: missing column {paths[0]}; it has: {has}. Name it with --question_column")
    numbered = enumerate(source.rows({path, path.partition(".")[0]}), 1)
    texts = ((number, text_of_turn(at(row, path), "user")) for number, row in numbered)
    questions = {number: text for number, text in texts if isinstance(text, str) and text.strip()}
    if not questions:
        raise InputError(f"{source.name}: column {path} holds no text")
    return questions


# ---------------------------------------------------------------------------------------------------------------------
# A look at the rows before training
# ---------------------------------------------------------------------------------------------------------------------

LOOKED_AT = 20_000  # rows, evenly spaced, whose golds are parsed
SHOWN = 300  # characters of a question


@dataclass
class PreviewArguments(DataArguments):
    """What to show and to write."""

    preview: int = field(default=5, metadata={"help": "rows to show"})
    model_name_or_path: str | None = field(
        default=None, metadata={"help": "a model whose chat template and tokenizer prompts are shown and measured with"}
    )
    write: str | None = field(default=None, metadata={"help": "write the rows to this .jsonl file"})


def show_rows(rows: "datasets.Dataset", prompt: Prompt, tokenizer, count: int) -> None:
    """Print the first rows with prompt and gold as they will be trained."""
    for number, row in enumerate(rows.select(range(min(count, len(rows)))), 1):
        text = prompt.format(row["question"])
        if tokenizer is not None:
            text = tokenizer.decode(encode_prompt(tokenizer, prompt, row["question"]))
        elif not isinstance(text, str):
            text = "\n".join(f"[{turn['role']}] {turn['content']}" for turn in text)
        about = [f"difficulty {row['difficulty']:g}"] if not math.isnan(row["difficulty"]) else []
        about += [row["topic"]] * bool(row["topic"])
        solutions = [len(text) for text in row["solutions"] if text]
        about += [f"{len(solutions)} solutions of {', '.join(map(str, solutions))} characters"] if solutions else []
        print(f"\n--- {number}: {text[:SHOWN]}{' [...]' * (len(text) > SHOWN)}")
        print(f"--- gold: {row['final_answer']}" + "".join(f" | {each}" for each in about))


def show_counts(rows: "datasets.Dataset", prompt: Prompt, tokenizer) -> None:
    """Print kinds of answers, golds that the grader cannot read, questions that stand twice, and lengths."""
    looked_at = rows.select(range(0, len(rows), math.ceil(len(rows) / LOOKED_AT)))
    kinds: dict[str, list[tuple[int, str]]] = {}
    for number, gold in enumerate(looked_at["final_answer"], 1):
        kinds.setdefault(answer_kind(gold), []).append((number, gold))
    unreadable = kinds.pop("not understood", [])
    print(f"\nanswers, of {len(looked_at)} rows:")
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        examples = "   ".join(gold[:30] for gold in dict.fromkeys(gold for _, gold in found[:100]))
        print(f"  {kind:20s} {len(found):6d}   {examples[:80]}")
    examples = ", ".join(repr(gold[:60]) for _, gold in unreadable[:3])
    print(f"golds that the grader cannot read: {len(unreadable)}" + f", such as {examples}" * bool(unreadable))
    seen = Counter()
    for batch in rows.select_columns("question").iter(batch_size=CHUNK):
        seen.update(hash(" ".join(question.split())) for question in batch["question"])
    print(f"questions that stand more than once: {sum(count > 1 for count in seen.values())}")
    sizes = {"question, characters": _lengths(rows, "question")}
    sizes["solution, characters"] = _lengths(rows, "solutions")
    if tokenizer is not None:
        questions = looked_at["question"]
        sizes["prompt, tokens"] = sorted(len(encode_prompt(tokenizer, prompt, question)) for question in questions)
    for name, lengths in sizes.items():
        if lengths:
            middle, high = (lengths[int(share * (len(lengths) - 1))] for share in (0.5, 0.95))
            print(f"{name}: median {middle}, 95 % up to {high}, longest {lengths[-1]}")


def _lengths(rows: "datasets.Dataset", column: str) -> list[int]:
    """Lengths of the texts, or lists of texts, of a column, in characters, sorted; empty ones left out."""
    from pyarrow import compute

    found = []
    for batch in rows.select_columns(column).with_format("arrow").iter(batch_size=CHUNK):
        texts = compute.list_flatten(batch[column]) if column == "solutions" else batch[column]
        found += compute.utf8_length(texts).to_pylist()
    return sorted(length for length in found if length)


def write_rows(rows: "datasets.Dataset", path: Path) -> None:
    """Write rows as JSON lines that `--dataset` reads back as they are."""
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w", encoding="utf-8") as file:
            for row in rows:
                row["difficulty"] = None if math.isnan(row["difficulty"]) else row["difficulty"]
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"--write {path}: cannot be written ({error.strerror})") from error
    print(f"\n{len(rows)} rows written: {path}")


def main(argv: list[str] | None = None) -> None:
    (args,) = parse_arguments([PreviewArguments], argv)
    if args.write and Path(args.write).exists():
        raise InputError(f"--write {args.write}: is there already")
    if args.write and not args.write.endswith(".jsonl"):
        raise InputError(f"--write {args.write}: must end in .jsonl")
    if args.max_prompt_length and not args.model_name_or_path:
        raise InputError("--max_prompt_length counts tokens: name the model with --model_name_or_path")
    check_data(args)
    prompt = args.prompt
    stay_offline_if_local(args.model_name_or_path, *args.datasets)
    tokenizer = load_tokenizer(args.model_name_or_path) if args.model_name_or_path else None
    rows = load_training_rows(args, tokenizer, solutions=ALL)
    show_rows(rows, prompt, tokenizer, args.preview)
    show_counts(rows, prompt, tokenizer)
    if args.write:
        write_rows(rows, Path(args.write))


if __name__ == "__main__":
    run(main)
