"""Set-up that cannot stick, locks that agree with the pins, and scripts in runs/ that can be started."""

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


def make(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["make", "setup", *words], capture_output=True, text=True)


def test_a_wrong_python_is_one_line_and_leaves_nothing(tmp_path):
    too_old = tmp_path / "python3.10"
    too_old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 10); $2"\n')
    too_old.chmod(0o755)
    for python in (too_old, tmp_path / "absent"):
        done = make(f"VENV={tmp_path / 'venv'}", f"PYTHON={python}")
        lines = [line for line in done.stderr.splitlines() if "3.11 to 3.13" in line]
        assert done.returncode and len(lines) == 1 and str(python) in lines[0]
        assert not (tmp_path / "venv").exists()


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    done = make(f"VENV={tmp_path}", f"PYTHON={sys.executable}")
    assert done.returncode and "is a folder of something else" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("path", sorted(Path("runs").glob("*.sh")), ids=str)
def test_run_script(path):
    text = path.read_text()
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert len(text.splitlines()) < 60 and path.stat().st_mode & 0o111
    assert "# Expect (" in text and "# Costs" in text
    assert set(re.findall(r"configs/[\w./]+\.yaml", text)) <= {str(p) for p in Path("configs").rglob("*.yaml")}
