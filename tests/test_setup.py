"""Set-up that cannot stick, locks that agree with the pins, and scripts in runs/ that can be started."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", flags=re.M)


def pins(*names: str) -> dict[str, str]:
    text = "\n".join(Path(name).read_text() for name in names)
    return {name.lower().replace("_", "-"): version for name, version in PIN.findall(text)}


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", ["requirements.txt"]),
        ("requirements-gpu.lock", ["requirements.txt", "requirements-gpu.txt"]),
    ],
)
def test_lock_holds_the_pins(lock, requirements):
    locked, wanted = pins(lock), pins(*requirements)
    assert {name: locked.get(name) for name in wanted} == wanted
    assert len(locked) > 2 * len(wanted), "all that they need is locked as well"
    assert not re.search(r"https?:|file:|@ ", Path(lock).read_text())


def test_the_lock_for_a_cpu_takes_no_cuda():
    assert not [name for name in pins("requirements.lock") if name.startswith(("nvidia", "cuda", "triton"))]


def make(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """`make setup` in a folder whose requirements.txt asks for nothing, so that nothing is downloaded."""
    if not (folder / "requirements.txt").exists():
        (folder / "requirements.txt").touch()
    command = ["make", "-f", str(Path("Makefile").resolve()), "setup", f"PYTHON={sys.executable}", *words]
    environment = {key: value for key, value in os.environ.items() if key not in ("VENV", "MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def test_a_wrong_python_is_one_line_and_leaves_nothing(tmp_path):
    too_old = tmp_path / "python3.10"
    too_old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 10); $2"\n')
    too_old.chmod(0o755)
    for python in (too_old, tmp_path / "absent"):
        done = make(tmp_path, f"PYTHON={python}")
        line, of_make = done.stderr.splitlines()
        assert done.returncode and str(python) in line and "3.11 to 3.13" in line and of_make.startswith("make: ***")
        assert not (tmp_path / ".venv").exists()


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    done = make(tmp_path, f"VENV={tmp_path}")
    assert done.returncode and "is a folder of something else" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_broken_environment_is_made_anew_and_a_good_one_kept(tmp_path):
    venv, mark = tmp_path / ".venv", tmp_path / ".venv/.requirements-installed"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("home = /nowhere\n")
    (venv / "bin/python").symlink_to("/nowhere/python3")  # its Python has been uninstalled
    (tmp_path / "requirements.txt").touch()
    mark.touch()  # once installed
    assert make(tmp_path).returncode == 0
    assert "Nothing to be done" in make(tmp_path).stdout
    (venv / "mine").touch()
    mark.unlink()  # made by hand, or the installation was interrupted
    assert make(tmp_path).returncode == 0 and mark.exists() and (venv / "mine").exists()


@pytest.mark.parametrize("path", sorted(Path("runs").glob("*.sh")), ids=str)
def test_run_script(path):
    text = path.read_text()
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert len(text.splitlines()) < 60 and path.stat().st_mode & 0o111
    assert "# Expect (" in text and "# Costs" in text
    assert set(re.findall(r"configs/[\w./]+\.yaml", text)) <= {str(p) for p in Path("configs").rglob("*.yaml")}
