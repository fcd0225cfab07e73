"""Stored samples of an evaluation: appended one by one, never lost, never mixed up with those of another run.

Hours of generation live in these JSON-lines files, so their rules stand apart from the backends that fill them
(generate.py) and from what reads them (score.py, report.py). One line a sample: id, sample, seed,
problem_hash, completion, tokens, finish_reason. Every process appends to a file of its own.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cli import InputError, say


def text_hash(text: str) -> str:
    """Short fingerprint by which a stored sample is recognised as one of this very problem."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it.

    Raises:
        InputError: the disk is full, or the file may not be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror}); what was finished before is kept") from error


# ---------------------------------------------------------------------------------------------------------------------
# Settings
# ---------------------------------------------------------------------------------------------------------------------


def weights_hash(model: Path) -> str | None:
    """Fingerprint of a local model's weight files, so that a model trained anew in its old folder is noticed."""
    digest = hashlib.sha256()
    files = sorted(file for pattern in ("*.safetensors", "*.bin") for file in model.glob(pattern))
    for file in files:
        with open(file, "rb") as data:
            digest.update(hashlib.file_digest(data, "sha256").digest())
    return digest.hexdigest() if files else None


def check_settings(output_dir: Path, settings: dict) -> None:
    """Write the settings that decide generations, or compare them with those of the generations already there.

    Raises:
        InputError: the folder holds generations made with other settings or weights; names every difference.
    """
    path = output_dir / "settings.json"
    if path.exists() and any(output_dir.glob("*.generations-*.jsonl")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        changed = [name for name in settings if stored.get(name) != settings[name]]
        if changed:
            then = ", ".join(f"{name} = {stored.get(name)!r}" for name in changed)
            now = ", ".join(repr(settings[name]) for name in changed)
            raise InputError(
                f"{output_dir} holds generations with {then}, this run has {now}; take another --output_dir"
            )
        return
    if output_dir.exists() and not output_dir.is_dir():
        raise InputError(f"--output_dir {output_dir} is a file")
    try:
        output_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--output_dir {output_dir}: cannot be made ({error.strerror})") from error
    write_whole(path, json.dumps(settings, indent=2) + "\n")


# ---------------------------------------------------------------------------------------------------------------------
# Samples
# ---------------------------------------------------------------------------------------------------------------------


class SampleFile:
    """This process's file of one benchmark's samples, open for appending; each sample is on its way to disk at once."""

    def __init__(self, output_dir: Path, benchmark: str, process: int):
        self.path = output_dir / f"{Path(benchmark).stem}.generations-{process}.jsonl"

    def __enter__(self):
        self.fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
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


def stored_samples(output_dir: Path, benchmark: str, problems: list[dict], n: int) -> Iterator[dict]:
    """Yield the stored samples 0 to n - 1 of these problems; a half-written last line is cut off its file.

    Raises:
        InputError: a broken line elsewhere than at the end, or samples of a problem whose text is another now.
    """
    hashes = {p["id"]: text_hash(p["problem"]) for p in problems}
    for path in sorted(output_dir.glob(f"{Path(benchmark).stem}.generations-*.jsonl")):
        with open(path, "rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):  # the process was killed while writing
                    os.truncate(path, path.stat().st_size - len(line))
                    break
                try:
                    row = json.loads(line)
                    problem, sample, hash_then, _ = row["id"], row["sample"], row["problem_hash"], row["completion"]
                except (ValueError, KeyError, TypeError) as error:
                    raise InputError(
                        f"{path}, line {number}: not a stored sample; delete that line to redo it"
                    ) from error
                if problem not in hashes or sample >= n:
                    continue
                if hash_then != hashes[problem]:
                    raise InputError(
                        f"{path}, line {number}: made for another text of problem {problem}; take another --output_dir"
                    )
                yield row


def complete_problems(output_dir: Path, name: str, problems: list[dict], n: int) -> tuple[int, list[dict]]:
    """For --regrade: the most samples that a problem has, `n` at most, and the problems that have as many.

    Raises:
        InputError: there is no sample of any of these problems.
    """
    counts = Counter(row["id"] for row in stored_samples(output_dir, name, problems, n))
    most = max(counts.values(), default=0)
    if most == 0:
        raise InputError(f"--regrade: {output_dir} holds no samples of the problems of {name}")
    complete = [p for p in problems if counts[p["id"]] == most]
    say(f"{Path(name).stem}: {len(complete)} of {len(problems)} problems have {most} samples each, these are graded")
    return most, complete
