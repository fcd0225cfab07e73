"""Stored samples survive kills, full disks, readers and second writers."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_runs import flags, samples

import evaluate
from cli import InputError
from evaluation.samples import SampleFile, stored_samples, text_hash
from sources.files import write_whole

HERE = Path(evaluate.__file__).parent


def run_script(*arguments, **kwargs):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "evaluate.py", *arguments], cwd=HERE, env=environment, text=True, **pipes, **kwargs
    )


def test_killed_run_continues_to_the_same_result(model_dir, benchmark, tmp_path):
    command = flags(model_dir, benchmark, tmp_path / "killed", "--batch_size", "1", "--use_cpu", "true", "--n", "4")
    command[command.index("--max_new_tokens") + 1] = "40"
    process = run_script(*command)
    stored = tmp_path / "killed" / "sums.generations-0.jsonl"
    deadline = time.monotonic() + 60
    while not (stored.exists() and stored.read_bytes().count(b"\n") >= 3) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = stored.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    assert 3 <= whole.count(b"\n") < 16, "killed in the middle"
    assert not (tmp_path / "killed" / "sums.json").exists()
    evaluate.main(command)
    assert stored.read_bytes().startswith(whole), "what was there is kept"
    uninterrupted = [str(tmp_path / "whole") if word == str(tmp_path / "killed") else word for word in command]
    evaluate.main(uninterrupted)
    assert samples(tmp_path / "killed") == samples(tmp_path / "whole")
    killed, whole = (json.loads((tmp_path / name / "sums.json").read_text()) for name in ("killed", "whole"))
    assert killed["summary"] == whole["summary"] and killed["problems"] == whole["problems"]
    first, second = killed["generation"]
    assert first["samples"] == before.count(b"\n") and first["samples"] + second["samples"] == 16
    assert first["tokens_per_second"] > 0, "known of the killed run as well"


def test_full_disk_keeps_the_finished_samples(model_dir, benchmark, tmp_path):
    import resource

    command = flags(model_dir, benchmark, tmp_path, "--use_cpu", "true", "--batch_size", "2")
    limit = 1000  # bytes a file may have: the disk is full after a few samples
    process = run_script(*command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and "Traceback" not in errors
    assert "sums.generations-0.jsonl: cannot be written" in errors.splitlines()[-1]
    stored = tmp_path / "sums.generations-0.jsonl"
    kept = stored.read_bytes()[: stored.read_bytes().rfind(b"\n") + 1]
    assert kept.count(b"\n") >= 1
    evaluate.main(command)
    assert stored.read_bytes().startswith(kept) and len(samples(tmp_path)) == 8


def row(sample, text):
    return {"id": "0", "sample": sample, "problem_hash": text_hash("p"), "completion": text, "tokens": 1}


def test_readers_take_nothing_from_a_writer(tmp_path):
    """Readers beside a writer: every file is whole in the end, and what they see is a beginning of it."""
    problems, count = [{"id": "0", "problem": "p"}], 300
    path = tmp_path / "sums.generations-0.jsonl"
    path.write_text(json.dumps(row(0, "x")) + "\n" + json.dumps(row(1, "y" * 3_000_000))[:-9])  # of a killed run
    assert len(list(stored_samples(tmp_path, "sums", problems, count))) == 1
    assert path.stat().st_size > 3_000_000, "reading changes nothing"

    def write():
        with SampleFile(tmp_path, "sums", 0) as file:
            for sample in range(1, count):
                file.append(row(sample, "z" * 100_000))
                if sample == count // 2:
                    read_in_between.wait(timeout=60)

    writer, seen, read_in_between = threading.Thread(target=write), [1], threading.Event()
    writer.start()
    while writer.is_alive():
        seen.append(sum(1 for _ in stored_samples(tmp_path, "sums", problems, count)))
        if seen[-1] > 1:
            read_in_between.set()
    writer.join()
    assert seen == sorted(seen) and any(1 < number < count for number in seen)
    assert [r["sample"] for r in stored_samples(tmp_path, "sums", problems, count)] == list(range(count))


def test_two_writers_and_odd_names(tmp_path):
    with SampleFile(tmp_path, "my[1].jsonl", 0) as file:
        file.append(row(0, "x"))
        with (
            pytest.raises(InputError, match=r"my\[1\].generations-0.jsonl: another run is writing it"),
            SampleFile(tmp_path, "my[1].jsonl", 0),
        ):
            pass
    assert len(list(stored_samples(tmp_path, "my[1].jsonl", [{"id": "0", "problem": "p"}], 1))) == 1
    with pytest.raises(InputError, match="absent.*cannot be opened"), SampleFile(tmp_path / "absent", "sums", 0):
        pass
    write_whole(tmp_path / "half.json", json.dumps("\ud83d", ensure_ascii=False))
    assert json.loads((tmp_path / "half.json").read_text()) == "\ud83d", "half a surrogate pair, as a server sends it"
