"""Rows of a data set wherever it stands: text files, Parquet, globs and folders of them, `save_to_disk`, the hub.

Text files are read here, row by row, so that a broken row is named by its number, values keep the type they have in
each row, and no more is read than asked for. Everything else is read by `datasets`, mapped from disk.
"""

import contextlib
import csv
import glob
import gzip
import itertools
import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli import InputError, is_local

if TYPE_CHECKING:
    import datasets

TEXT = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".csv", ".csv.gz")
FORMATS = f"{', '.join(TEXT)} or .parquet files (one, a folder of them, or a glob), a folder of `save_to_disk`"
READ_AHEAD = 1000  # rows of a text file that say which columns it has
SPLITS = ("train", "test", "validation", "valid", "dev")
BATCH = 1000  # rows that leave Arrow at once


@dataclass
class Source:
    """An opened data set.

    Attributes:
        name: for messages.
        columns: of the whole set, or of the first `READ_AHEAD` rows of text files.
        first: the first rows, to look at.
        dataset: where `datasets` reads it; None for text files.
        rest: of text files, the rows after the first.
    """

    name: str
    columns: list[str]
    first: list[dict]
    dataset: "datasets.Dataset | None" = None
    rest: Iterator[dict] = iter(())

    def rows(self, columns: Iterable[str]) -> Iterator[dict]:
        """All rows with at least these columns; once only."""
        if self.dataset is None:
            yield from itertools.chain(self.first, self.rest)
            return
        names = [name for name in self.columns if name in set(columns)]
        for batch in self.dataset.select_columns(names).iter(batch_size=BATCH):
            yield from (dict(zip(names, values, strict=True)) for values in zip(*batch.values(), strict=True))


def open_source(name: str, revision: str | None = None, split: str = "train", config: str | None = None) -> Source:
    """Open a data set.

    Args:
        name: a file, folder or glob of this machine, or a hub id, which may end in `@REVISION`.
        revision, config: of a hub id.
        split: of a hub id, a `save_to_disk` folder, or a folder whose file names tell splits.

    Raises:
        InputError: nothing is there, or it cannot be read.
    """
    if not is_local(name):
        hub_id, _, own_revision = name.partition("@")
        revision = own_revision or revision
        shown = f"{hub_id}, {config}" if config else hub_id
        return _arrow_source(
            shown + f"@{revision}" * bool(revision), from_hub(hub_id, split, revision=revision, config=config)
        )
    path = Path(name)
    if is_saved(path):
        return _arrow_source(name, _saved(path, split))
    files = files_of(name, split)
    parquet = [file for file in files if file.suffix == ".parquet"]
    if parquet and len(parquet) < len(files):
        raise InputError(f"{name}: {parquet[0].name} and {next(f.name for f in files if f not in parquet)}: one format")
    if parquet:
        return _arrow_source(name, _loaded(name, "parquet", data_files=[str(file) for file in parquet], split="train"))
    rows = itertools.chain.from_iterable(map(read_text, files))
    first, rest = _read_ahead(rows)
    if not first:
        next(rest, None)  # raises what is wrong with the first row
        raise InputError(f"{name}: no row in it")
    return Source(name, list(dict.fromkeys(key for row in first for key in row)), first, rest=rest)


def _read_ahead(rows: Iterator[dict]) -> tuple[list[dict], Iterator[dict]]:
    """The first rows and all others; a broken row among the first is an error only when its turn comes."""
    first: list[dict] = []
    try:
        first.extend(itertools.islice(rows, READ_AHEAD))
    except InputError as error:
        return first, _raising(error)
    return first, rows


def _raising(error: InputError) -> Iterator[dict]:
    raise error
    yield


# ---------------------------------------------------------------------------------------------------------------------
# What `datasets` reads
# ---------------------------------------------------------------------------------------------------------------------


def _arrow_source(name: str, dataset: "datasets.Dataset") -> Source:
    if not len(dataset):
        raise InputError(f"{name}: no row in it")
    return Source(name, dataset.column_names, dataset.select(range(min(len(dataset), 10))).to_list(), dataset)


def _saved(path: Path, split: str) -> "datasets.Dataset":
    import datasets

    try:
        dataset = datasets.load_from_disk(str(path))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: cannot be read as a folder of `save_to_disk`: {_first_line(error)}") from error
    if isinstance(dataset, datasets.DatasetDict):
        if split not in dataset:
            raise InputError(f"{path}: no split {split!r}; it has: {', '.join(dataset)} (--dataset_split)")
        dataset = dataset[split]
    return dataset


def from_hub(
    hub_id: str, split: str | None, revision: str | None = None, config: str | None = None
) -> "datasets.Dataset | datasets.DatasetDict":
    """Load a split of a hub data set, or with None all of them by name; `config` is the hub's name for a part of it.

    Raises:
        InputError: the hub cannot be reached, or has no such data set, revision, configuration or split.
    """
    return _loaded(hub_id, hub_id, config, revision=revision, split=split)


def _loaded(shown: str, *args, **kwargs) -> "datasets.Dataset":
    """`datasets.load_dataset`, its errors in one line."""
    import datasets
    import pyarrow

    logging.getLogger("datasets.packaged_modules.parquet.parquet").setLevel("CRITICAL")  # the error says it once
    try:
        return datasets.load_dataset(*args, **kwargs)
    except (OSError, ValueError, pyarrow.ArrowException, datasets.exceptions.DatasetsError) as error:
        why = _first_line(error.__cause__ or error)
        if args[0] == "parquet":
            raise InputError(f"{shown}: cannot be read as Parquet: {why}") from error
        hint = "local files do as well (--dataset FILE, --benchmark_dir FOLDER)"
        if "Config name is missing" in str(error):
            hint = "name one with --dataset_config (evaluate.py: OWNER/NAME:CONFIG:SPLIT)"
            names = re.findall(r"'([^']+)'", str(error).partition("available configs:")[2].partition("]")[0])
            why = f"it has several configurations: {', '.join(names)}"
        elif "Unknown split" in str(error):
            hint = "name one with --dataset_split"
        which = f"split {kwargs['split']}" if kwargs["split"] else "it"
        which += f", revision {kwargs['revision']}," if kwargs["revision"] else ""
        raise InputError(f"{shown}: cannot load {which} from the hub: {why}; {hint}") from error


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


# ---------------------------------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------------------------------


def is_saved(path: Path) -> bool:
    """Whether a folder was written by `save_to_disk`."""
    return any((path / file).is_file() for file in ("state.json", "dataset_dict.json"))


def files_of(name: str, split: str) -> list[Path]:
    """The files of a name: itself, those of the folder, or those that the glob matches, in order of their names.

    Raises:
        InputError: there are none, or one of them has an unknown format.
    """
    path = Path(name)
    if path.is_file():
        files = [path]
    elif path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.name.endswith((*TEXT, ".parquet")))
        files = _of_split(path, found, split)
    else:
        files = sorted(Path(file) for file in glob.glob(name, recursive=True) if Path(file).is_file())
    odd = [file for file in files if not file.name.endswith((*TEXT, ".parquet"))]
    if odd or not files:
        raise InputError(f"{odd[0] if odd else path}: expected {FORMATS}, or a hub id")
    return files


def _of_split(folder: Path, files: list[Path], split: str) -> list[Path]:
    """Where the names of files tell splits (`train-00000-of-00005.parquet`), those of this one; otherwise all."""
    told = {
        file: next((w for w in re.split(r"[^a-z]+", file.relative_to(folder).as_posix().lower()) if w in SPLITS), None)
        for file in files
    }
    if not any(told.values()):
        return files
    chosen = [file for file in files if told[file] == split]
    if not chosen:
        has = ", ".join(sorted({word for word in told.values() if word}))
        raise InputError(f"{folder}: no file of split {split!r}; there are files of: {has} (--dataset_split)")
    return chosen


def read_text(path: Path) -> Iterator[dict]:
    """Rows of a .jsonl, .json or .csv file, gzipped or not.

    Raises:
        InputError: a row that cannot be read, by its number.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    try:
        if kind == "csv":
            yield from _read_csv(path)
        elif kind == "json" and _is_array(path):
            yield from _read_array(path)
        else:
            yield from read_json_lines(path)
    except (EOFError, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: not a whole gzip file ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _open(path: Path, mode: str = "rb", **how):
    return gzip.open(path, mode, **how) if path.suffix == ".gz" else open(path, mode, **how)


def read_json_lines(path: Path) -> Iterator[dict]:
    """Yield the objects of a JSON-lines file; a byte order mark, `\\r\\n` and empty lines are passed over.

    Raises:
        InputError: a line that is not a JSON object, named by its number.
    """
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
            except (json.JSONDecodeError, UnicodeDecodeError) as error:
                raise InputError(f"{path}, line {number}: not valid JSON ({error})") from error
            if not isinstance(row, dict):
                raise InputError(f"{path}, line {number}: expected a JSON object, found {type(row).__name__}")
            yield row


def _is_array(path: Path) -> bool:
    with _open(path) as file:
        return file.read(4096).decode("utf-8-sig", errors="replace").lstrip().startswith("[")


def _read_array(path: Path) -> Iterator[dict]:
    """The objects of a JSON array, decoded one at a time: as Python objects all together would take gigabytes."""
    decode = json.JSONDecoder().raw_decode
    between = re.compile(r"[\s,]*")
    try:
        with _open(path, "rt", encoding="utf-8-sig") as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 ({error})") from error
    at = between.match(text, text.index("[") + 1).end()
    for number in itertools.count(1):
        if text[at : at + 1] == "]":
            return
        try:
            row, at = decode(text, at)
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, row {number}: not valid JSON ({error})") from error
        if not isinstance(row, dict):
            raise InputError(f"{path}, row {number}: expected a JSON object, found {type(row).__name__}")
        yield row
        at = between.match(text, at).end()


def _read_csv(path: Path) -> Iterator[dict]:
    """Rows of a .csv file with a header; every value is text, so "025" and "1,000" stay what they are."""
    csv.field_size_limit(2**31 - 1)  # a worked solution is longer than the 131,072 characters that are usual
    with _open(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            for number, row in enumerate(reader, 1):
                if None in row or None in row.values():
                    fields = f"{len(reader.fieldnames)} names in the header"
                    raise InputError(f"{path}, row {number}: another number of fields than the {fields}")
                yield row
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}, line {reader.line_num}: not valid CSV ({error})") from error


def write_whole(path: Path, text: str | Iterable[str]) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it.

    Half a surrogate pair, which a server may send, is written as the escape that JSON has for it.

    Args:
        text: whole or in pieces.

    Raises:
        InputError: the disk is full, or the file may not be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines([text] if isinstance(text, str) else text)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # it may be the folder that cannot be written
            part.unlink()
        raise InputError(f"{path}: cannot be written ({error.strerror}); what was finished before is kept") from error
