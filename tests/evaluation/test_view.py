"""The page of samples: what is embedded equals what is stored, and nothing a model writes becomes markup."""

import base64
import gzip
import json
import re
import shutil
import subprocess

import pandas
import pytest
import torch

import evaluate
from cli import InputError
from evaluation import view
from evaluation.samples import stored_rows
from training.groups import Group

HOSTILE = (
    "</script><script>document.title='hacked'</script><img src=x onerror=\"document.title='hacked'\"><!-- \ud800 \u202e"
)


def decoded(path):
    """The index of a page, and its completions in order."""
    text = path.read_text(encoding="utf-8")
    index = json.loads(re.search(r'<script id="index" type="application/json">(.*?)</script>', text)[1])
    parts = re.findall(r'<script id="(part-\d+)" type="text/plain">([\w+/=]*)</script>', text)
    found = {name: json.loads(gzip.decompress(base64.b64decode(part))) for name, part in parts}
    assert list(found) == [f"part-{i}" for i in range(len(index["firsts"]))]
    return index, [completion for part in found.values() for completion in part]


def samples_of(index):
    """One dict a sample, its numbers replaced by what they stand for."""
    texts = {"set": "sets", "problem": "problems", "answer": "answers", "why": "reasons", "note": "notes"}
    return [
        {name: index[texts[name]][value] if name in texts and value != -1 else value for name, value in each.items()}
        for each in (
            {name: index[name][i] for name in (*texts, "sample", "flags", "tokens", "marks")}
            for i in range(len(index["set"]))
        )
    ]


def names_of(flags):
    return {name for name, bit in view.BITS.items() if flags & bit}


def test_page_holds_what_is_stored(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(view, "PART_CHARS", 60)
    evaluate.main(["view", str(folder), "--output", str(tmp_path / "page.html")])
    assert "12 samples: " in capsys.readouterr().out
    index, completions = decoded(tmp_path / "page.html")
    rows = [row for _, row in stored_rows(folder / "math500.generations-0.jsonl")]
    assert completions == [row["completion"] for row in rows] and len(index["firsts"]) > 2
    problems = json.loads((folder / "math500.json").read_text())["problems"]
    stored = [(p, i, verdict) for p in problems for i, verdict in enumerate(p["samples"])]
    for shown, (problem, i, verdict), row in zip(samples_of(index), stored, rows, strict=True):
        assert shown["set"] == {"source": "model", "name": "math500"}
        assert (shown["problem"]["id"], shown["sample"]) == (problem["id"], i) == (row["id"], row["sample"])
        assert shown["problem"]["question"] == problem["problem"] and shown["problem"]["gold"] == problem["answer"]
        assert shown["problem"]["categories"] == [f"level: {problem['level']}", "subject: Algebra"]
        assert (None if shown["answer"] == -1 else shown["answer"], shown["why"]) == (verdict["answer"], verdict["why"])
        assert (shown["tokens"], shown["flags"] & 1) == (verdict["tokens"], verdict["correct"])
        assert [row["completion"][a:b] for a, b in shown["marks"] or []] == [verdict["answer"]] * bool(
            verdict["answer"]
        )


def test_an_evaluation_that_is_not_finished(folder, tmp_path, capsys):
    part = shutil.copytree(folder, tmp_path / "part")
    (part / "math500.json").unlink()
    lines = (part / "math500.generations-0.jsonl").read_text().splitlines(keepends=True)
    (part / "math500.generations-0.jsonl").write_text("".join(lines[:6]) + lines[6][:20])
    evaluate.main(["view", str(part), "--benchmark_dir", str(folder.parent), "--samples", "3"])
    assert "5 samples are not in a result; graded for the page" in capsys.readouterr().out
    shown = samples_of(decoded(part / "view.html")[0])
    assert [(s["problem"]["id"], s["sample"], s["flags"] & 1) for s in shown] == [
        ("a", 0, 1), ("a", 1, 1), ("a", 2, 0), ("b", 0, 0), ("b", 1, 0)
    ]  # fmt: skip
    own = part / "own.generations-0.jsonl"
    (part / "math500.generations-0.jsonl").rename(own)
    evaluate.main(["view", str(part)])
    assert "own is a benchmark of your own: name its file with --benchmarks" in capsys.readouterr().out
    assert {s["why"] for s in samples_of(decoded(part / "view.html")[0])} == {"not graded: its problem was not found"}
    (folder.parent / "math500.jsonl").rename(folder.parent / "own.jsonl")
    evaluate.main(["view", str(part), "--benchmarks", str(folder.parent / "own.jsonl")])
    (folder.parent / "own.jsonl").rename(folder.parent / "math500.jsonl")
    index, completions = decoded(part / "view.html")
    assert len(completions) == 6 and index["problems"][0]["gold"] == "\\frac{1}{2}"


@pytest.fixture
def run_folder(tmp_path):
    """Two steps of rollouts as the trainer writes them, on two processes in the first."""
    folder = tmp_path / "run"
    (folder / "rollouts").mkdir(parents=True)
    for step, rank, position in ((1, 0, 0), (1, 1, 1), (12, 0, 2)):
        group = Group(position, {"question": "1+1"}, [5], [[1, 2], [3, 9]], [HOSTILE, "x</think>\\boxed{2}"], None,
                      torch.tensor([[-1.0], [1.0]]), {"gold": ["2"] * 2, "answer": ["[none]", "2"],
                                                      "verdict": ["no </think>", "equal strings"]})  # fmt: skip
        rows = [{"step": step, "generation_batch": 1, **row, "kept": True} for row in group.records({9}, torch.ones(1))]
        rows[0]["completion"] = HOSTILE.replace("\ud800", "")  # Parquet has no half surrogate pairs
        name = f"step-{step:06d}.from-{position:08d}.rank{rank}.parquet"
        pandas.DataFrame(rows).to_parquet(folder / "rollouts" / name)
    return folder


def test_rollouts_by_step(run_folder, folder, tmp_path):
    page = tmp_path / "page.html"
    evaluate.main(["view", str(run_folder), str(folder / "math500.json"), "--output", str(page)])
    index, completions = decoded(page)
    assert index["kind"] == "benchmark or step" and index["sources"] == ["run", "model"] and len(completions) == 18
    assert [each["name"] for each in index["sets"]] == ["step 1", "step 12", "math500"]
    first, second = samples_of(index)[:2]
    assert names_of(first["flags"]) == {"cut off", "no answer"} and names_of(second["flags"]) == {"right"}
    assert second["note"] == "reward +1 · group 0, generation batch 1 · trained on" and first["problem"]["gold"] == "2"
    evaluate.main(["view", str(run_folder), "--every", "2", "--samples", "1"])
    assert [each["name"] for each in decoded(run_folder / "view.html")[0]["sets"]] == ["step 1"]


@pytest.mark.parametrize(
    ("completion", "answer", "marked"),
    [
        ("so \\boxed{1}, no: \\boxed{ 5 }. I checked 5 times", "5", ["5"]),
        ("\\boxed{2}</think>It is \\boxed{-1} and \\boxed{2}.", "-1, 2", ["-1", "2"]),
        ("\\boxed 7 apples", "7", ["7"]),
        ("5</think>The answer is 5", "5", ["5"]),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", ["\\frac{1}{2}"]),
        ("😀</think>😀 \\boxed{3}", "3", ["3"]),
        ("no such text", "4", []),
        ("a \\boxed{", None, []),
    ],
)
def test_where_the_answer_stands(completion, answer, marked):
    units = completion.encode("utf-16-le")  # as the browser counts
    places = view.answer_places(completion, answer)
    assert [units[2 * a : 2 * b].decode("utf-16-le") for a, b in places] == marked
    assert all(2 * a >= len(completion.partition("</think>")[0].encode("utf-16-le")) or "</think>" not in completion
               for a, _ in places)  # fmt: skip


def hostile_page(path, text):
    page = view.Page()
    for at in range(3):
        page.add(view.Sample(text, text, ("1", text, text, (text,)), at, text, text, False, text, 5, True, text))
    path.write_text("".join(page.html(text.replace("\ud800", ""))), encoding="utf-8")
    return path


def test_hostile_text_stays_text(tmp_path):
    path = hostile_page(tmp_path / "page.html", HOSTILE)
    index, completions = decoded(path)
    assert completions == [HOSTILE] * 3 and index["problems"][0]["question"] == HOSTILE
    text = path.read_text()
    assert re.findall("<(?!/?(?:script|style|title)\\b)[^>]*hacked", text) == []
    assert text.count("<script") == text.count("</script>") == 3 and "<img" not in text


@pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium")
def test_hostile_text_in_a_browser(tmp_path):
    path = hostile_page(tmp_path / "page.html", HOSTILE.replace("\ud800", ""))  # --dump-dom itself dies of that one
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=4000",
    ]
    browser = subprocess.run(["chromium", *options, "--dump-dom", f"file://{path}"], capture_output=True, text=True)
    assert "<mark>&lt;/script&gt;&lt;script&gt;" in browser.stdout, browser.stderr
    assert "<img" not in browser.stdout and "<title>hacked" not in browser.stdout
    assert "cut off here" in browser.stdout and browser.stdout.count("<script") == 3


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "view needs folders"),
        (["nowhere"], "nowhere: neither samples of evaluate.py nor the rollouts of a GRPO run are there"),
        (["nowhere", "--samples", "0"], "--samples 0: must be at least 1"),
    ],
)
def test_what_cannot_be_shown_is_said(argv, message):
    with pytest.raises(InputError, match=re.escape(message)):
        evaluate.main(["view", *argv])
