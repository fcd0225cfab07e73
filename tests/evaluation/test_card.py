"""The model card: its header read back by huggingface_hub, its tables, and what it refuses."""

import json
import re
import shutil

import pytest
import yaml
from huggingface_hub import ModelCard
from test_compare import result as scored

import evaluate
from cli import InputError
from evaluation import card
from evaluation.samples import model_fingerprints

FACTS = {
    "stage": "grpo",
    "base_model": "owner/base",
    "base_revision": "abc",
    "datasets": ["zwhe99/DeepMath-103K@v1", "/home/me/own.jsonl"],
    "dataset_revision": "5cf0",
    "prompt_preset": "DeepMath-1.5B",
    "prompt": {"user": "{question}", "system": None, "chat": True},
    "processes": 8,
    "license": "mit",
    "settings": {"learning_rate": 1e-6, "output_dir": "/home/me/runs/x", "dataset": "/home/me/own.jsonl"},
    "rows": {"optimizer steps": "3600 of 3600", "hours": "12.50, on 8 processes 100.00"},
}
SUMMARY = {
    "pass@1": 41.666666666666664,
    "standard_error": 9.5,
    "maj@4": 43.1,
    "maj@4_standard_error": None,
    "pass@2": 50.25,
    "pass@2_standard_error": 8.125,
    "mean_tokens": 12345.6,
    "truncated": 0.05,
    "undecided": 0.0,
    "unreadable_golds": 0,
}


@pytest.fixture
def run(tmp_path):
    """A run's folder with weights of its own."""
    folder = tmp_path / "runs" / "mine-1.5B"
    folder.mkdir(parents=True)
    (folder / "training.json").write_text(json.dumps(FACTS))
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "curves.png").write_bytes(b"picture")
    return folder


def write_result(folder, run, accuracies=(0.0, 0.25, 1.0), size=None, name="aime24", **settings):
    """A result file as evaluate.py writes it, without the samples."""
    folder.mkdir(exist_ok=True)
    data = scored([*accuracies] * ((size or len(accuracies)) // len(accuracies)), **settings)
    data["summary"] |= SUMMARY
    data["settings"] |= {"top_p": 0.95, "max_new_tokens": 32768, "seed": 42, "benchmarks": ["all"], "backend": "vllm"}
    data["settings"] |= {"dtype": "bfloat16", "require_think_end": False} | settings
    data |= {
        "weights_sha256": model_fingerprints(run)["weights_sha256"],
        "prompt": {"user": "{question}", "system": "Box it.", "chat": True, "stop": []},
        "generation": [{"hardware": "8 x H100", "versions": {"vllm": "0.26"}, "commit": "c0ffee"}],
        "grading": {"grader": "ours", "versions": {"sympy": "1.14.0"}, "commit": "c0ffee"},
    }
    (folder / f"{name}.json").write_text(json.dumps(data))
    return data


def test_header_read_back_equals_the_scores(run, tmp_path):
    results = {name: write_result(tmp_path / "res", run, size=size, name=name) for name, size in
               (("aime24", 30), ("gsm8k", 3), ("own", 3))}  # fmt: skip
    output = tmp_path / "out" / "README.md"
    output.parent.mkdir()
    evaluate.main(["card", str(tmp_path / "res"), "--run", str(run), "--output", str(output)])
    read = ModelCard.load(output)
    assert yaml.safe_load(re.match(r"---\n(.*?)\n---", output.read_text(), re.DOTALL)[1]) == read.data.to_dict()
    data = read.data
    assert (data.license, data.language, data.base_model, data.metrics) == ("mit", "en", "owner/base", ["accuracy"])
    assert (data.library_name, data.pipeline_tag, data.datasets) == (
        "transformers",
        "text-generation",
        ["zwhe99/DeepMath-103K"],
    )
    assert data.model_name == "mine-1.5B" and {"math", "grpo", "trl"} <= {*data.tags}
    shown = {(each.dataset_name, each.metric_type): each for each in data.eval_results}
    for name, title in (("aime24", "AIME24"), ("gsm8k", "GSM8K (3 of 1319 problems, unfinished)"), ("own", "own")):
        for metric in ("pass@1", "pass@2", "maj@4"):
            assert shown[title, metric].metric_value == results[name]["summary"][metric]
            assert shown[title, metric].metric_args["n"] == 4
    assert len(shown) == 9 and shown["AIME24", "pass@1"].dataset_type == "zwhe99/aime90"
    assert shown["AIME24", "pass@1"].dataset_split == "2024"
    assert (output.parent / "curves.png").read_bytes() == b"picture"


def test_text(run, tmp_path):
    write_result(tmp_path / "res", run, size=30)
    write_result(tmp_path / "res", run, name="math500", temperature=1.0, max_new_tokens=4096)
    (tmp_path / "res" / "aime25.generations-0.jsonl").write_text(
        json.dumps({"id": "1", "problem_hash": "", "completion": "", "tokens": 1, "sample": 0}) + "\n{"
    )
    evaluate.main(["card", str(tmp_path / "res"), "--run", str(run)])
    text = (run / "README.md").read_text()
    assert "| **mine-1.5B** | **41.7 ± 9.5** |\n| Qwen2.5-7B-Base | 7.7 |" in text, "AIME24 alone is compared"
    assert "| AIME24 | 41.7 ± 9.5 | 27.1 to 57.8 | 50.2 ± 8.1 (pass@2) | 43.1 | 30 | 4 | 12,346 | 5.0 % | – |" in text
    assert "| temperature 1, max_new_tokens 4096, only a part of it |" in text
    assert "- MATH500 (3 of 500 problems, unfinished): the evaluation is NOT finished: 3 of 500 problems" in text
    assert "- AIME25: 1 samples are stored, and not scored yet" in text
    assert "[zwhe99/DeepMath-103K@v1](https://huggingface.co/datasets/zwhe99/DeepMath-103K), `own.jsonl` @ 5cf0" in text
    assert (
        "| hours | 12.50, on 8 processes 100.00 |" in text and "![Accuracy" in text and "learning_rate: 1.0e-06" in text
    )
    assert "/home/me" not in text and "dataset: own.jsonl" in text
    assert 'system turn `"Box it."`, by the model\'s own chat template; in training it was another: the bare' in text
    assert text.count("sampling: 4 samples a problem") == 2 and "8 x H100; versions: sympy 1.14.0, vllm 0.26" in text
    assert "5.0 % of AIME24" in text and "{he2025deepmath," in text and "{vonwerra2020trl," in text


def test_a_run_that_was_never_evaluated_and_its_warm_up(run, tmp_path):
    warm = tmp_path / "runs" / "warm"
    (warm / "merged").mkdir(parents=True)
    (warm / "training.json").write_text(json.dumps(FACTS | {"stage": "sft", "datasets": ["owner/solutions"]}))
    facts = FACTS | {"base_model": str(warm / "merged"), "license": None}
    (run / "training.json").write_text(json.dumps(facts))
    evaluate.main(["card", "--run", str(run), "--model_name", "me/other"])
    text = (run / "README.md").read_text()
    assert "This model has not been evaluated" in text and "## Evaluation" not in text and "model-index" not in text
    data = ModelCard.load(run / "README.md").data
    assert (data.base_model, data.license) == ("owner/base", "mit") and data.datasets[-1] == "owner/solutions"
    assert {"grpo", "sft"} <= {*data.tags} and "### Warm-up on worked solutions" in text and "# other\n" in text
    assert 'model="me/other"' in text


def test_a_checkpoint(run, tmp_path):
    checkpoint = run / "checkpoint-20"
    checkpoint.mkdir()
    (run / "model.safetensors").rename(checkpoint / "model.safetensors")
    (checkpoint / "trainer_state.json").write_text(json.dumps({"global_step": 20, "max_steps": 3600}))
    write_result(tmp_path / "res", checkpoint, size=30)
    with pytest.raises(InputError, match="its weights are not those in"):
        evaluate.main(["card", str(tmp_path / "res"), "--run", str(run)])
    evaluate.main(["card", str(tmp_path / "res"), "--run", str(checkpoint)])
    text = (checkpoint / "README.md").read_text()
    assert "| optimizer steps | 20 of 3600: a checkpoint" in text and "| **mine-1.5B** | **41.7" in text
    assert "3600 of 3600" not in text and (checkpoint / "curves.png").is_file()


@pytest.mark.parametrize(
    ("change", "argv", "message"),
    [
        ({}, ["RES"], "card needs --run"),
        ({}, ["RES", "--run", "RES"], "no training.json there"),
        (
            {"weights_sha256": "0" * 64},
            ["RES", "--run", "RUN"],
            "aime24: of another model (m): its weights are not those in",
        ),
        ({"weights_sha256": None}, ["RES", "--run", "RUN"], "aime24: of the model m, not of"),
        ({}, ["RES", "RES/aime24.json", "--run", "RUN"], "aime24 is in"),
        ({}, ["nowhere", "--run", "RUN"], "nowhere: no results of evaluate.py there"),
        ({}, ["RES/other.json", "--run", "RUN"], "other.json: no result of evaluate.py"),
        ({}, ["RES", "--run", "BARE"], "--license is missing"),
    ],
)
def test_what_is_refused(run, tmp_path, change, argv, message):
    data = write_result(tmp_path / "res", run)
    (tmp_path / "res" / "aime24.json").write_text(json.dumps(data | change))
    bare = shutil.copytree(run, tmp_path / "bare")
    (bare / "training.json").write_text(json.dumps(FACTS | {"license": None}))
    places = {"RES": tmp_path / "res", "RUN": run, "BARE": bare}
    argv = [re.sub("^(RES|RUN|BARE)", lambda match: str(places[match[0]]), word) for word in argv]
    with pytest.raises(InputError, match=re.escape(message)):
        evaluate.main(["card", *argv])
    assert not (run / "README.md").exists() and not (bare / "README.md").exists()


def test_results_through_a_server_go_by_name(run, tmp_path):
    data = write_result(tmp_path / "res", run, model_name_or_path="served-name")
    (tmp_path / "res" / "aime24.json").write_text(json.dumps(data | {"weights_sha256": None}))
    evaluate.main(["card", str(tmp_path / "res"), "--run", str(run), "--model_name", "me/served-name"])
    assert "known by the model's name alone: AIME24" in (run / "README.md").read_text()


def test_graded_again_in_the_middle(folder, tmp_path):
    """A result of a part of the problems says so, whichever way it was made."""
    part = shutil.copytree(folder, tmp_path / "part")
    rows = (part / "math500.generations-0.jsonl").read_text().splitlines(keepends=True)
    (part / "math500.generations-0.jsonl").write_text("".join(rows[:8]))
    evaluate.main(["--regrade", "true", "--output_dir", str(part), "--benchmark_dir", str(folder.parent), "--n", "4"])
    [result], _ = card.read_all([part])
    assert result.unfinished == "1 of 3 problems have not all their samples"
    (part / "math500.generations-0.jsonl").write_text("".join(rows))
    [result], _ = card.read_all([part])
    assert result.summary["left_out"] == 1 and result.unfinished
    evaluate.main(["--regrade", "true", "--output_dir", str(part), "--benchmark_dir", str(folder.parent), "--n", "3"])
    [result], _ = card.read_all([part / "math500.json"])
    assert result.unfinished == "3 more samples are stored than it counts"


def test_licences(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n# base\n")
    assert card.licence_of(str(tmp_path), None) == "apache-2.0"
    assert card.licence_of(str(tmp_path / "nothing"), None) is None, "offline, and on no hub"
    for text in ("no header", "---\nlicense: [a\n---\n", "---\n- a\n---\n", "---\nlicense: 5\n---\n"):
        (tmp_path / "README.md").write_text(text)
        assert card.licence_of(str(tmp_path), None) is None
    assert card.hub_id(str(tmp_path)) is None
    assert card.hub_id("/gone/base") is None and card.hub_id("owner/base@main") == "owner/base"
