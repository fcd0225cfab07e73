"""Stored samples of an evaluation: appended one by one, never lost, never mixed up with those of another run.

Hours of generation live in these JSON-lines files, so their rules stand apart from the backends that fill them
(generate.py) and from what reads them (score.py, report.py). One line a sample: id, sample, seed,
problem_hash, max_tokens (null: left to the server's context), completion, tokens, finish_reason, start (which entry of
<benchmark>.generation.jsonl made it, see provenance.py) and seconds (after that start, it was finished). Every process
appends to a file of its own, which it alone repairs; readers change nothing and may come at any time.
"""

import fcntl
import glob
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from cli import InputError
from evaluation.benchmarks import stem_of
from sources.files import write_whole


def text_hash(text: str) -> str:
    """Short fingerprint by which a stored sample is recognised as one of this very problem."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_folder(path: Path) -> None:
    """Make an --output_dir.

    Raises:
        InputError: it is a file, or cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InputError(f"--output_dir {path} is a file") from error
    except OSError as error:
        raise InputError(f"--output_dir {path}: cannot be made ({error.strerror})") from error


# ---------------------------------------------------------------------------------------------------------------------
# Settings
# ---------------------------------------------------------------------------------------------------------------------

# What decides a stored sample; a run with other values of these must take another folder. Problem texts are compared
# one by one, a local model by its files, a hub model by its commit.
SETTINGS = ("model_name_or_path", "model_revision", "prompt_preset", "backend", "dtype", "temperature", "top_p",
            "max_new_tokens", "seed", "top_k", "min_p", "stop", "enable_thinking", "vllm_args",
            "system_prompt", "user_prompt")  # fmt: skip
ADDED = {
    "top_k": 0,
    "min_p": 0.0,
    "stop": [],
    "enable_thinking": None,
    "vllm_args": None,
    "system_prompt": None,
    "user_prompt": None,
}  # as it was before there were
# Of a local model, beside its weights: context, end of text, tokens and chat template.
MODEL_FILES = ("*config.json", "*.jinja", "tokenizer*", "*tokens*.json", "vocab*", "merges.txt", "*.model")


def model_fingerprints(model: Path) -> dict:
    """What tells a local model from one that was trained anew, or set up in another way, in the same folder.

    Returns:
        "weights_sha256", None where there are no weights (a hub model, a served one), and "model_files": the short
        hash of every file that matters beside them.
    """
    digest = hashlib.sha256()
    weights = sorted(file for pattern in ("*.safetensors", "pytorch_model*.bin") for file in model.glob(pattern))
    for file in weights:
        with open(file, "rb") as data:
            digest.update(hashlib.file_digest(data, "sha256").digest())
    files = sorted({file for pattern in MODEL_FILES for file in model.glob(pattern) if file.is_file()})
    return {
        "weights_sha256": digest.hexdigest() if weights else None,
        "model_files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in files},
    }


def read_settings(output_dir: Path) -> dict:
    """The settings of the samples in a folder.

    Raises:
        InputError: the file is broken.
    """
    path = output_dir / "settings.json"
    try:
        settings = ADDED | json.loads(path.read_text(encoding="utf-8"))
        return settings | {name: settings[name] for name in SETTINGS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not the settings of an evaluation ({type(error).__name__}: {error})") from error


def check_settings(output_dir: Path, settings: dict) -> None:
    """Write the settings that decide generations, or compare them with those of the generations already there.

    A local model may stand in another folder than before: it is known by its files.

    Args:
        settings: the values of SETTINGS, and `model_fingerprints`.

    Raises:
        InputError: the folder holds generations made with other settings or another model; names every difference.
    """
    make_folder(output_dir)
    if not any(path.stat().st_size for path in output_dir.glob("*.generations-*.jsonl")):
        return write_whole(output_dir / "settings.json", json.dumps(settings, indent=2) + "\n")
    stored = read_settings(output_dir)
    if "model_files" not in stored:
        raise InputError(
            f"{output_dir} holds generations of an older evaluate.py, which did not record the model's files: take "
            "another --output_dir (--regrade still grades them)"
        )
    was, now = ({**each, **each["model_files"]} for each in (stored, settings))
    same_files = was.get("weights_sha256") is not None and was["weights_sha256"] == now.get("weights_sha256")
    names = [name for name in now | was if name != "model_files"]
    if same_files:
        names = [name for name in names if name not in ("model_name_or_path", "model_revision")]
    if changed := [name for name in names if was.get(name) != now.get(name)]:
        then = ", ".join(f"{name} = {was.get(name)!r}" for name in changed)
        raise InputError(
            f"{output_dir} holds generations with {then}, this run has {', '.join(repr(now.get(n)) for n in changed)}; "
            "take another --output_dir"
        )


# ---------------------------------------------------------------------------------------------------------------------
# Samples
# ---------------------------------------------------------------------------------------------------------------------


class SampleFile:
    """This process's file of one benchmark's samples, open for appending; each sample is on its way to disk at once.

    On opening, the half line that a killed run may have left is cut off.

    Raises:
        InputError: the file cannot be opened, or another run has it open.
    """

    def __init__(self, output_dir: Path, benchmark: str, process: int):
        self.path = output_dir / f"{stem_of(benchmark)}.generations-{process}.jsonl"

    def __enter__(self):
        try:
            self.fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be opened for writing ({error.strerror})") from error
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until it is closed, also by a kill
        except BlockingIOError as error:
            os.close(self.fd)
            raise InputError(f"{self.path}: another run is writing it; let it end, or end it first") from error
        except OSError:
            pass  # a network folder without locks
        os.ftruncate(self.fd, end_of_last_line(self.fd))
        return self

    def __exit__(self, *_):
        os.close(self.fd)

    def append(self, row: dict) -> None:
        """Write one sample, past all of Python's buffers: from here on only the machine itself can lose it.

        Raises:
            InputError: the disk is full. The half line it may have left is cut off when the run continues.
        """
        data = (json.dumps(row) + "\n").encode()
        try:
            while data:
                data = data[os.write(self.fd, data) :]
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be written ({error.strerror}); the finished samples are kept: make room and "
                "start the same command again"
            ) from error


def end_of_last_line(fd: int, block: int = 1 << 20) -> int:
    """Offset in an open file, in bytes, just after its last newline; 0 where it has none."""
    end = os.fstat(fd).st_size
    while end > 0:
        start = max(0, end - block)
        if (at := os.pread(fd, end - start, start).rfind(b"\n")) >= 0:
            return start + at + 1
        end = start
    return 0


def sample_files(output_dir: Path, benchmark: str) -> list[Path]:
    """The files that hold a benchmark's samples, one a process."""
    return sorted(output_dir.glob(f"{glob.escape(stem_of(benchmark))}.generations-*.jsonl"))


def stored_rows(path: Path) -> Iterator[tuple[int, dict]]:
    """Yield every sample of a file with its line number. A last line without its end is passed over: a run was killed
    while writing it, or is just writing it.

    Raises:
        InputError: a broken line elsewhere.
    """
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                row = json.loads(line)
                row["id"], row["problem_hash"], row["completion"], row["tokens"], row["sample"] + 0
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}, line {number}: not a stored sample; delete that line to redo it") from error
            yield number, row


def stored_samples(output_dir: Path, benchmark: str, problems: list[dict], n: float) -> Iterator[dict]:
    """Yield the stored samples 0 to n - 1 of these problems; a sample may come twice.

    Args:
        problems: as `benchmarks.load_benchmark` returns them.
        n: samples per problem; math.inf: all.

    Raises:
        InputError: a broken line elsewhere than at the end, or samples of a problem whose text is another now.
    """
    hashes = {p["id"]: text_hash(p["problem"]) for p in problems}
    for path in sample_files(output_dir, benchmark):
        for number, row in stored_rows(path):
            problem = row["id"]
            if problem not in hashes or row["sample"] >= n:
                continue
            if row["problem_hash"] != hashes[problem]:
                raise InputError(
                    f"{path}, line {number}: made for another text of problem {problem}; take another --output_dir"
                )
            yield row
