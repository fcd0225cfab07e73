"""The launcher around accelerate's: messages once, signals handed on, exit codes kept."""

import os
import signal
import time
from pathlib import Path

import pytest
from whole_runs import start

from training import launch

# Stands for a training script: light, and as quick to start as Python.
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
import cli
process, how = os.environ["RANK"], sys.argv[1]
cli.OTHERS_WAIT_S = 1 if how == "one" else 60

def main():
    if how == "mistake" or (how == "one" and process == "1"):
        raise cli.InputError("--flag: wrong")
    if how == "killed" and process == "1":
        os.kill(os.getpid(), signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    Path(sys.argv[2]).with_suffix("." + process).touch()
    time.sleep(60)

cli.run(main)
"""


def launched(arguments: list[str], output: Path) -> None:
    for stream in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    launch.main(arguments)


@pytest.mark.parametrize(
    ("how", "number", "exitcode", "said"),
    [
        ("mistake", None, 2, ["script.py: error: --flag: wrong"]),
        ("one", None, 2, ["script.py: error: --flag: wrong (process 1)"]),
        ("killed", None, 137, ["launch: process 1 was ended by SIGKILL"]),
        ("wait", signal.SIGTERM, 143, []),
        ("wait", signal.SIGUSR1, 138, []),
        ("wait", signal.SIGINT, 130, ["", "script.py: stopped"]),
    ],
)
def test_the_launcher_ends_as_its_script_does(tmp_path, how, number, exitcode, said):
    script, output, ready = tmp_path / "script.py", tmp_path / "output", tmp_path / "ready"
    script.write_text(SCRIPT.format(root=str(Path(launch.__file__).parents[1])))
    flags = ["--multi_gpu", "--num_machines", "1", "--num_processes", "2", "--main_process_port", "0"]
    flags += ["--mixed_precision", "no", "--dynamo_backend", "no"]
    launcher = start(launched, [*flags, str(script), how, str(ready)], output)
    if number:
        while not all(ready.with_suffix(f".{process}").exists() for process in (0, 1)):
            assert launcher.is_alive(), output.read_text()
            time.sleep(0.01)
        os.kill(launcher.pid, number)
    launcher.join()
    assert (launcher.exitcode, output.read_text().splitlines()) == (exitcode, said)
