"""Published results to stand beside ours: the paper's, and those of others, which keep to other protocols.

Both are in results/paper.json, each with its source. Ours are compared with the paper's rows alone: other samplings,
lengths and graders move a score by more than most papers gain.
"""

import json
from pathlib import Path

from cli import InputError
from evaluation.benchmarks import PAPER
from prompts import PROMPTS, own_name

PAPER_TABLE = Path(__file__).parents[1] / "results" / "paper.json"
PROTOCOL = {"temperature": 0.6, "top_p": 0.95, "top_k": 0, "min_p": 0.0, "max_new_tokens": 32768}  # the paper's


def paper_rows() -> dict[str, dict[str, float]]:
    """The paper's pass@1 in percent, by model and benchmark."""
    return json.loads(PAPER_TABLE.read_text(encoding="utf-8"))["pass@1"]


def check_row(name: str | None) -> None:
    """Refuse a row that the paper does not have.

    Raises:
        InputError: names those there are.
    """
    if name is not None and name not in paper_rows():
        raise InputError(f"--paper_row {name}: the paper has no such model; there are: {', '.join(paper_rows())}")


def row_of(settings: dict) -> str | None:
    """The paper's row for a result: the one that is asked for, else the one that goes by the model's name."""
    name = settings.get("paper_row") or own_name(settings.get("model_name_or_path") or "")
    return name if name in paper_rows() else None


def other_protocol(settings: dict) -> str:
    """What in a result's settings is otherwise than in the paper's protocol; "" where nothing is."""
    other = [f"{k} {settings[k]:g}" for k, v in PROTOCOL.items() if settings.get(k, v) != v]
    row, asked = row_of(settings), settings.get("prompt_preset")
    if row and asked and PROMPTS[asked] != PROMPTS[row]:
        other.append(f"the prompt of {asked}")
    other += [f"--{name}" for name in ("system_prompt", "user_prompt") if settings.get(name) is not None]
    if settings.get("enable_thinking") is not None:
        other.append(f"enable_thinking {settings['enable_thinking']}")
    if settings.get("require_think_end"):
        other.append("require_think_end")
    return ", ".join(other)


def others_table() -> str:
    """Markdown table of what others published on the paper's benchmarks, each group with its protocol."""
    lines = [f"| model | {' | '.join(PAPER)} |", "|---" * (len(PAPER) + 1) + "|"]
    notes = []
    for number, group in enumerate(json.loads(PAPER_TABLE.read_text(encoding="utf-8"))["others"], 1):
        for row in group["rows"]:
            cells = [f"{row['pass@1'][name]:.1f}" if name in row["pass@1"] else "–" for name in PAPER]
            lines.append(f"| {row['model']} ({number}) | {' | '.join(cells)} |")
        notes.append(f"({number}) {group['source']}: {group['protocol']}.")
    return "\n".join([*lines, "", *notes, ""])
