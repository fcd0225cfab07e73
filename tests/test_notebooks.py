"""Every notebook is short, stored without outputs, and runs from top to bottom on small data made here."""

import json
import os
import random
from pathlib import Path

import pytest
from matplotlib import pyplot
from test_data import SHAPES

import demo
import train_grpo

NOTEBOOKS = Path("notebooks").resolve()
R1 = "{}</think>So the answer is \\boxed{{{}}}."
ROWS = [  # question, answer, difficulty, topic, thinking, what the first solution answers
    ("What is $1+1$?", "2", 1.0, "Mathematics -> Arithmetic", "One and one.", "2"),
    ("What is $1+1$?", "2", 1.5, "Mathematics -> Arithmetic", "I add.", "2"),
    ("Is $\\mathbb{Q}$ dense in $\\mathbb{R}$?", "Yes", 6.0, "Mathematics -> Analysis -> Topology", "Sure.", "True"),
    ("Solve $x^2=2$ for $x>0$.", "\\sqrt{2}", 4.0, "Mathematics -> Algebra -> Roots -> Square", "Root.", "\\sqrt{2}"),
    ("Which holds? (A) $1<2$ (B) $2<1$", "A", 3.0, "Mathematics -> Algebra", "A.", "B"),
    ("Where is $x^2<1$? It is $(-1,1)$.", "(-1,1)", 5.0, "Mathematics -> Analysis", "Inside.", "-1<x<1"),
    ("Find the vector shown below.", "\\frac{1", -1.0, "Mathematics", "What?", "1"),
]


@pytest.fixture
def execute(monkeypatch, capsys):
    """Run a notebook as Jupyter would, with parameters set after its cell of parameters; returns what it printed."""

    def run(name: str, **parameters) -> str:
        monkeypatch.chdir(NOTEBOOKS)
        monkeypatch.syspath_prepend(str(NOTEBOOKS.parent))
        pyplot.switch_backend("Agg")
        names = {"__name__": "__main__"}
        for cell in json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{name}, {cell['id']}", "exec"), names)
            if "parameters" in cell["metadata"].get("tags", []):
                assert set(parameters) <= set(names)
                names.update(parameters)
        for number in pyplot.get_fignums():
            pyplot.figure(number).canvas.draw()  # a figure that cannot be drawn fails here
        return capsys.readouterr().out

    yield run
    pyplot.close("all")


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebook_is_short_and_stored_without_outputs(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code and len(notebook["cells"]) <= 15
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1


def test_explore_data(execute, tmp_path):
    columns = ("question", "final_answer", "difficulty", "topic")
    path = tmp_path / "rows.jsonl"
    with open(path, "w", encoding="utf-8") as file:
        for *given, thinking, answer in ROWS:
            row = dict(zip(columns, given, strict=True)) | {"r1_solution_1": R1.format(thinking, answer)}
            file.write(json.dumps(row) + "\n")
    out = execute("explore_data", dataset=str(path))
    assert pyplot.get_fignums() == [1, 2, 3, 4]
    assert "7 rows, 6 different questions" in out and "7 solutions, 100.0% with </think>" in out
    found = dict(reversed(line.split(maxsplit=1)) for line in out.splitlines() if line[:7].strip().isdigit())
    assert found == {
        "gold not understood": "1",
        "question stands twice": "2",
        "gold of 6 characters or more inside the question": "1",
        "question under 20 characters": "2",
        "question points to a picture": "1",
        "gold is a single letter": "1",
        "difficulty missing, below 0 or over 10": "1",
        "solution's answer is not the gold": "2",
    }
    kinds = {line[:20].strip(): int(line[20:28]) for line in out.splitlines() if line[20:27].strip().isdigit()}
    assert kinds["yes / no"] == kinds["choice letter"] == kinds["tuple or interval"] == 1 and kinds["integer"] == 2


def test_explore_data_without_solutions(execute, tmp_path):
    rng = random.Random(0)
    rows = [demo.make_row(rng, *demo.make_question(rng)) | {"r1_solution_1": None, "topic": None} for _ in range(5)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = execute("explore_data", dataset=str(tmp_path / "rows.jsonl"))
    assert "0 solutions" in out and pyplot.get_fignums() == [1], "no panel for what the rows do not have"


def test_explore_data_without_a_network(execute):
    out = execute("explore_data")
    assert "500 rows, " in out and "500 solutions, 100.0% with </think>" in out


@pytest.mark.parametrize("name", ["NuminaMath-CoT", "OpenR1-Math-220k", "DAPO-Math-17k", "Big-Math"])
def test_explore_data_on_other_schemas(execute, tmp_path, name):
    rows = SHAPES[name][0] * 3
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = execute("explore_data", dataset=str(tmp_path / "rows.jsonl"), options={"sort_by": None})
    assert "3 rows, 1 different questions" in out and "integer                   3" in out


def test_train_small_to_its_curves(execute, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "QUESTIONS", {"train_sft": 200, "train_grpo": 100, "held_out": 4})
    out = execute("train_small", folder=tmp_path / "run", sft_steps=3, grpo_steps=2, asked=3)
    assert out.count("    after GRPO:         <think>") == 2 and "s in all" in out
    assert "right of 3 held-out questions at temperature 0:" in out and pyplot.get_fignums() == [1]


def test_reward_playground(execute):
    out = execute("reward_playground", completion="so </think>it is \\boxed{\\frac{1}{2}}", gold="0.5")
    assert "extracted:   \\frac{1}{2}" in out and "Grade(correct=True" in out
    first = out.partition("why (ours)\n")[2].split()[:3]
    assert first == ["\\frac{1}{2}", "0.5", "True"], "the pair typed in stands first beside other graders"
    assert "rules without an example here: none" in out and "not as the table says" not in out


def test_inspect_run_without_a_run_says_how_to_make_one(execute, tmp_path):
    assert "`make demo` makes one" in execute("inspect_run", runs=str(tmp_path)) and not pyplot.get_fignums()


def test_inspect_run_on_a_real_run(execute, model_dir, tmp_path):
    rng = random.Random(0)
    rows = [demo.make_row(rng, *demo.make_question(rng)) for _ in range(2)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    flags = f"--model_name_or_path {model_dir} --dataset {tmp_path}/rows.jsonl --output_dir {tmp_path}/run "
    flags += "--max_steps 3 --num_generations 4 --per_device_train_batch_size 8 --max_completion_length 12 "
    flags += "--save_strategy no --logging_steps 1 --report_to none "
    flags += "--use_cpu true --bf16 false --gradient_checkpointing false"
    train_grpo.main(flags.split())
    with pytest.raises(AssertionError, match="no trainer_state.json in .*: set `run`"):
        execute("inspect_run", run=str(tmp_path))
    (tmp_path / "old/rollouts").mkdir(parents=True)
    (tmp_path / "old/rollouts/step-000001.parquet").touch()
    os.utime(tmp_path / "old/rollouts", (0, 0))
    assert "3 logged steps" in execute("inspect_run", runs=str(tmp_path)), "the newest run"
    out = execute("inspect_run", run=str(tmp_path / "run"), files_read=2)
    assert "2 of 3 rollout files are read\n16 rollouts of 2 questions" in out
    assert out.count("of 4 right; answers: ") == 2
    out = execute("inspect_run", run=str(tmp_path / "run"), files_read=1, question=rows[0]["question"])
    assert "1 of 3 rollout files are read\n8 rollouts of 2 questions" in out
    assert out.count("of 4 right; answers: ") == 3, "a question that was asked for is read from all files"
    pyplot.close("all")
    out = execute("inspect_run", run=str(tmp_path / "run"))
    assert "3 logged steps" in out and "24 rollouts of 2 questions" in out
    assert out.count("of 4 right; answers: ") == 3, "both questions were asked in each of the three steps"
    assert pyplot.get_fignums() == [1, 2]


def test_results(execute, tmp_path):
    for run, right in (("before", [0.25, 0.5, 0.0]), ("after", [0.5, 1.0, 0.5])):
        (tmp_path / run).mkdir()
        problems = [{"id": str(i), "problem": "q", "level": 1 + (i > 0), "accuracy": a} for i, a in enumerate(right)]
        summary = {"pass@1": 100 * sum(right) / 3, "standard_error": 14.4, "problems": 3, "n": 4, "mean_tokens": 20.0}
        summary |= {"truncated": 0.0, "undecided": 0.0, "pass@2": 60.0, "maj@4": 66.7}
        settings = {"prompt_preset": "DeepMath-1.5B", "temperature": 1.0}
        result = {"summary": summary, "settings": settings, "grading": {"grader": "ours"}, "problems": problems}
        (tmp_path / run / "math500.json").write_text(json.dumps(result))
        (tmp_path / run / "settings.json").write_text("{}")
    out = execute("results", folders=[str(tmp_path)])
    assert "math500: before -> after: +41.7 ± 16.3 on 3 problems" in out, "1.96 standard errors of 25, 50 and 50"
    assert "'pass@2': 60.0, 'maj@4': 66.7" in out
    assert "2      75.0  25.0         2" in out, "level 2 of the run after"
    assert "DeepMath-1.5B" in out and pyplot.get_fignums() == [1]
