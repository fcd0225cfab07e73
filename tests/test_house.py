"""The rules of the house: imports run downwards, nothing imports a stage, no circle, small rooms."""

import ast
import graphlib
import re
from pathlib import Path

import pytest

STAGES = ("sft_warmup", "train_grpo", "evaluate", "demo")
LEVELS = [
    {"grader", "sources", "cli"},
    {"reward", "data", "prompts"},
    {"training", "evaluation"},
    {*STAGES},
]  # from the ground up
FILES = sorted(p for p in (*Path(".").glob("*.py"), *Path(".").glob("[gtes]*/*.py")) if p.parts[0] != "tests")
MODULES = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}


def imports_of(path: Path) -> set[str]:
    """The modules of this repository that a file imports, wherever in it, type checking included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return {name for name in found if name in MODULES and not MODULES[name].name.startswith("__init__")}


GRAPH = {name: imports_of(path) for name, path in MODULES.items()}


def level(module: str) -> int:
    [found] = [i for i, names in enumerate(LEVELS) if module.partition(".")[0] in names]
    return found


def test_every_door_and_room_is_seen():
    assert {*STAGES, "reward", "data", "prompts", "cli"} == {name for name in MODULES if len(MODULES[name].parts) == 1}
    assert "evaluation.samples" in GRAPH["evaluate"] and "grader.grade" in GRAPH["reward"]


def test_imports_run_downwards_and_never_to_a_stage():
    wrong = [f"{a} imports {b}" for a, uses in GRAPH.items() for b in uses if b in STAGES or level(b) > level(a)]
    assert not wrong


def test_no_circle():
    list(graphlib.TopologicalSorter(GRAPH).static_order())


@pytest.mark.parametrize(
    ("path", "most"), [(path, 300 if path.stem in STAGES else 200 if path.stem == "reward" else 700) for path in FILES]
)
def test_files_are_small(path, most):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= most, f"{path} has {lines} lines: cut it by kind, or delete an option"


@pytest.mark.parametrize("wing", ["grader", "sources", "training", "evaluation"])
def test_a_wing_promises_nothing_of_its_own(wing):
    assert Path(wing, "__init__.py").read_text() == ""


def test_the_readmes_layout_names_every_file():
    layout = Path("README.md").read_text(encoding="utf-8").partition("## Layout")[2].partition("\n## ")[0]
    missing = [str(path) for path in FILES if path.stem != "__init__" and not re.search(rf"\b{path.name}\b", layout)]
    assert not missing, f"README, Layout: say in a few words what {', '.join(missing)} is for"
