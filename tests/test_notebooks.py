"""Every notebook runs from top to bottom and is stored without outputs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("path", sorted(Path("notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook(path):
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells and not any(cell["outputs"] or cell["execution_count"] for cell in cells)
    code = "\n".join("".join(cell["source"]) for cell in cells)
    done = subprocess.run([sys.executable, "-c", code], cwd="notebooks", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Grade(correct=True" in done.stdout
