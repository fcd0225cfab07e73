"""README and docs name what is there: files, anchors and links; and the README stays short."""

import re
from pathlib import Path

import pytest

TEXTS = [Path("README.md"), *sorted(Path("docs").glob("*.md"))]
FOREIGN = {
    "uni_eval.py",
    "reward_func.py",
    "zero_setting_base.py",
    "config.py",
    "gen_vllm.py",
}  # of others
FOREIGN |= {"my_rewards.py", "FILE.py"}  # the reader's own
FILE = re.compile(r"(?<![\w/.<*-])[\w./-]*\w\.(?:py|ipynb|sh|yaml|txt|toml|lock)\b")
PLACES = (
    "configs",
    "runs",
    "docs",
    "notebooks",
    "results",
    "benchmarks",
    "tests",
    "grader",
    "sources",
    "training",
    "evaluation",
)


def anchors_of(text: str) -> set[str]:
    """The anchors that GitHub makes of a text's headings."""
    headings = re.findall(r"^#+ (.*)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_is_read_to_its_end():
    assert len(TEXTS[0].read_text().splitlines()) < 220


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_paths_in_backticks_exist(path):
    spans = [span for span in re.findall(r"`([^`\n]+)`", path.read_text()) if re.fullmatch(r"[\w./*-]+", span)]
    named = [s for s in spans if s.startswith(tuple(f"{p}/" for p in PLACES)) or FILE.fullmatch(s)]
    made_by_runs = [s for s in named if s.startswith("runs/") and not s.endswith(".sh")]
    missing = [s for s in {*named} - {*made_by_runs} if not [*Path(".").glob(s), *Path("notebooks").glob(s)]]
    assert not missing


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        linked = path.parent / file if file else path
        assert linked.exists(), target
        assert not anchor or anchor in anchors_of(linked.read_text()), target


def test_files_of_the_layout_exist():
    [tree] = re.findall(r"## Layout\n\n```\n(.*?)```", TEXTS[0].read_text(), flags=re.S)
    folder, named = Path("."), set()
    for line in tree.splitlines():
        if match := re.match(r"(\w+)/ ", line):
            folder = Path(match[1])
            assert folder.is_dir(), line
        for name in FILE.findall(line):
            named.add(path := folder / name if line.startswith("  ") else Path(name))
            assert path.exists(), path
    assert {p for p in Path(".").glob("*.py")} <= named


@pytest.mark.parametrize("pattern", ["*.py", "[gtes]*/*.py", "configs/*.yaml", "notebooks/*.ipynb", "benchmarks/*.py"])
def test_files_named_in_code_exist(pattern):
    """A renamed module does not live on in docstrings and comments; names are those of files, in any folder."""
    names = {path.name for folder in (".", *PLACES) for path in Path(folder).glob("**/*") if ".venv" not in path.parts}
    for path in sorted(Path(".").glob(pattern)):
        for name in FILE.findall(path.read_text(encoding="utf-8")):
            if name.endswith((".py", ".ipynb")) and Path(name).name not in FOREIGN:
                assert Path(name).name in names, f"{path}: {name}"
