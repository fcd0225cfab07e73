"""Evaluation on a real tiny model: resumable, independent of batching and processes, honest arithmetic."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import demo
import evaluate
from cli import InputError
from evaluation.backend import Processes
from evaluation.generate import Pace, open_backend
from sources.files import read_json_lines

FLAGS = ["--n", "3", "--temperature", "1", "--top_p", "0.9", "--max_new_tokens", "12", "--dtype", "float32"]


@pytest.fixture(scope="module")
def benchmark(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmark") / "sums.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[:5]), encoding="utf-8")
    return path


def flags(model_dir, benchmark, output_dir, *more):
    where = ["--model_name_or_path", str(model_dir), "--benchmarks", str(benchmark), "--output_dir", str(output_dir)]
    return [*where, *FLAGS, "--use_cpu", "true", *more]


def scores(output_dir):
    result = json.loads((output_dir / "sums.json").read_text())
    return result["summary"], result["problems"]


@pytest.fixture(scope="module")
def finished(model_dir, benchmark, tmp_path_factory):
    """The folder of one uninterrupted evaluation."""
    output_dir = tmp_path_factory.mktemp("finished") / "run"
    evaluate.main(flags(model_dir, benchmark, output_dir))
    return output_dir


def test_result_file_says_how_it_was_made(finished, model_dir):
    result = json.loads((finished / "sums.json").read_text())
    assert result["summary"]["problems"] == 5 and result["summary"]["n"] == 3
    assert result["settings"]["seed"] == 42 and result["settings"]["model_name_or_path"] == str(model_dir)
    (facts,) = result["generation"]
    assert {"started", "commit", "model_commit", "device", "hardware"} <= set(facts) and facts["processes"] == 1
    assert {"torch", "transformers"} <= set(facts["versions"])
    assert facts["samples"] == 15 and facts["tokens"] / facts["seconds"] == facts["tokens_per_second"]
    assert facts["context"] == 1024 and facts["max_tokens"] == [12, 12]
    assert len(result["weights_sha256"]) == 64
    assert result["grading"]["grader"] == "ours" and "mpmath" in result["grading"]["versions"]
    assert result["prompt"] == {"user": "{question}", "system": None, "chat": True, "stop": []}
    lines = list(read_json_lines(finished / "sums.generations-0.jsonl"))
    assert len(lines) == 15 and {line["seed"] for line in lines} == {42, 43, 44}
    assert all(line["finish_reason"] in ("stop", "length") and 0 < line["tokens"] <= 12 for line in lines)
    assert len({line["completion"] for line in lines}) > 10, "samples differ"
    table = (finished / "table.md").read_text()
    assert "| sums |" in table and "±" in table
    summary = result["summary"]
    assert summary["token_quantiles"]["1"] == max(line["tokens"] for line in lines)
    assert summary["truncated"] == sum(line["finish_reason"] == "length" for line in lines) / 15
    assert list(summary["by_category"]) == [
        "difficulty=4.0",
        "topic=Mathematics -> Arithmetic -> Addition and subtraction",
    ]
    assert {"maj@3", "sampling_error", "undecided"} <= set(summary) and "pass@2" not in summary, "2k <= n"


def test_stopped_evaluation_continues_to_the_same_result(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    path = tmp_path / "run" / "sums.generations-0.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:7]) + lines[7][:20])  # killed while writing the eighth
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run"))
    assert scores(tmp_path / "run") == scores(finished)
    assert path.read_text().splitlines(keepends=True)[:7] == lines[:7], "what was there is kept"
    assert len(path.read_text().splitlines()) == 15


def test_every_start_says_what_it_made(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    path = tmp_path / "run" / "sums.generations-0.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:7]))
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run", "--batch_size", "3"))
    first, second = json.loads((tmp_path / "run" / "sums.json").read_text())["generation"]
    assert (first["samples"], second["samples"]) == (7, 8)
    assert first["tokens"] == sum(json.loads(line)["tokens"] for line in lines[:7]) and first["tokens_per_second"] > 0
    (tmp_path / "run" / "sums.json").unlink()  # a run that never came to grading
    evaluate.main(["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark)])
    assert json.loads((tmp_path / "run" / "sums.json").read_text())["generation"] == [first, second]
    starts = list(read_json_lines(tmp_path / "run" / "sums.generation.jsonl"))
    starts[0]["model_commit"] = "abc"  # as if a branch of the hub had moved on
    (tmp_path / "run" / "sums.generation.jsonl").write_text("".join(json.dumps(start) + "\n" for start in starts))
    with pytest.raises(InputError, match="samples of sums made with model_commit abc, now it is None; take another"):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "run", "--n", "4"))


def test_finished_evaluation_generates_nothing(finished, benchmark, model_dir, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run"))
    before, after = (json.loads((folder / "sums.json").read_text()) for folder in (finished, tmp_path / "run"))
    assert after["generation"] == before["generation"], "what was measured while generating is kept"
    assert scores(tmp_path / "run") == scores(finished)


def test_samples_do_not_depend_on_the_batch(finished, model_dir, benchmark, tmp_path):
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run", "--batch_size", "2"))
    assert scores(tmp_path / "run") == scores(finished)


def test_samples_do_not_depend_on_continuous_batching(finished, model_dir, benchmark, tmp_path):
    more = ["--continuous_batching", "true", "--batch_size", "3"]
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run", *more))
    assert scores(tmp_path / "run") == scores(finished)


def test_process_without_samples(model_dir, benchmark, tmp_path):
    """As where three processes share two samples."""
    argv = flags(model_dir, benchmark, tmp_path, "--continuous_batching", "true")
    (args,) = evaluate.parse_arguments([evaluate.EvaluationArguments], argv)
    evaluate.check_arguments(args)
    backend = open_backend(args, {"sums": [{"id": "0", "problem": "1+1"}]}, Processes())
    made = []
    for samples in ([], [("0", 0)]):
        backend.complete(backend.requests("sums", samples), lambda *sample: made.append(sample))
        assert len(made) == len(samples)


def test_two_processes_share_the_work_and_agree(finished, model_dir, benchmark, tmp_path):
    launch = ["accelerate.commands.launch", "--config_file", "configs/accelerate/cpu_2proc.yaml", "evaluate.py"]
    command = [sys.executable, "-m", *launch, *flags(model_dir, benchmark, tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr[-2000:]
    files = sorted((tmp_path / "run").glob("sums.generations-*.jsonl"))
    assert [len(path.read_text().splitlines()) for path in files] == [8, 7], "each process did half"
    assert scores(tmp_path / "run") == scores(finished)


def test_regrading_and_more_samples_reuse_what_is_there(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    more = ["--n", "4", "--grader", "paper", "--require_think_end", "true"]
    evaluate.main(flags(model_dir, benchmark, tmp_path / "run", *more))
    result = json.loads((tmp_path / "run" / "sums.json").read_text())
    assert result["summary"]["n"] == 4 and result["settings"]["grader"] == "paper"
    lines = (tmp_path / "run" / "sums.generations-0.jsonl").read_text().splitlines()
    assert len(lines) == 20 and lines[:15] == (finished / "sums.generations-0.jsonl").read_text().splitlines()


def test_grading_again_by_another_rule_is_said(finished, benchmark, tmp_path, capsys):
    shutil.copytree(finished, tmp_path / "run")
    again = ["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark)]
    evaluate.main(again)
    assert "WARNING" not in capsys.readouterr().out
    evaluate.main([*again, "--require_think_end", "true"])
    assert "sums: graded with require_think_end False before, now with True" in capsys.readouterr().out


def test_stored_samples_are_graded_again_without_a_model(finished, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / "sums.json").unlink()
    path = tmp_path / "run" / "sums.generations-0.jsonl"
    rows = list(read_json_lines(path))
    solved = [{**row, "completion": f"\\boxed{{{[1, 1, 2][row['sample']]}}}"} for row in rows if row["id"] != "4"]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*solved, rows[-1]]))
    golds = [json.loads(line)["final_answer"] for line in benchmark.read_text().splitlines()]
    evaluate.main(["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark)])
    result = json.loads((tmp_path / "run" / "sums.json").read_text())
    graded = [problem["id"] for problem in result["problems"]]
    assert graded == ["0", "1", "2", "3"], "only problems with all their samples"
    assert result["summary"]["n"] == 3 and result["settings"]["temperature"] == 1.0
    right = [sum(gold == answer for answer in ("1", "1", "2")) / 3 for gold in golds[:4]]
    assert [problem["accuracy"] for problem in result["problems"]] == right
    with pytest.raises(InputError, match="--output_dir must name a folder of stored samples"):
        evaluate.main(["--regrade", "true"])
    with pytest.raises(InputError, match="holds no samples of math500, but of: sums; a benchmark of your own"):
        evaluate.main(["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", "math500"])


@pytest.mark.parametrize(
    ("stored", "more", "n", "graded", "said"),
    [
        ({0: 4, 1: 4, 2: 4, 3: 4, 4: 4}, [], 4, 5, "5 problems with 4 samples each"),
        ({0: 20, 1: 20, 2: 20, 3: 20, 4: 20}, [], 20, 5, "5 problems with 20 samples each"),
        ({0: 8, 1: 8, 2: 4, 3: 4, 4: 4}, [], 4, 5, "some problems have up to 8 samples; the first 4"),
        ({0: 8, 1: 8, 2: 4}, [], 8, 2, "3 of 5 problems have not all 8 samples and are LEFT OUT"),
        ({0: 8, 1: 8, 2: 4}, ["--n", "4"], 4, 3, "2 of 5 problems have not all 4 samples and are LEFT OUT"),
    ],
)
def test_what_is_graded_of_an_unfinished_run(finished, benchmark, tmp_path, capsys, stored, more, n, graded, said):
    shutil.copytree(finished, tmp_path / "run")
    path = tmp_path / "run" / "sums.generations-0.jsonl"
    rows = {row["id"]: row for row in read_json_lines(path)}
    lines = [json.dumps(rows[str(p)] | {"sample": i}) + "\n" for p, count in stored.items() for i in range(count)]
    path.write_text("".join([*lines, lines[0], json.dumps(rows["0"] | {"sample": 99}) + "\n", lines[1][:30]]))
    evaluate.main(["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark), *more])
    summary = json.loads((tmp_path / "run" / "sums.json").read_text())["summary"]
    assert (summary["n"], summary["problems"]) == (n, graded) and said in capsys.readouterr().out
    assert path.read_text().endswith(lines[1][:30]), "readers change nothing"


def test_changed_settings_in_the_same_folder_are_refused(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    with pytest.raises(InputError, match=r"temperature = 1.0, seed = 42, this run has 0.5, 7; take another"):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "run", "--temperature", "0.5", "--seed", "7"))


def test_other_weights_or_problems_under_the_same_name_are_refused(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    demo.make_model(tmp_path / "model", seed=1)
    settings = json.loads((tmp_path / "run/settings.json").read_text())
    settings["model_name_or_path"] = str(tmp_path / "model")
    (tmp_path / "run/settings.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match="holds generations with weights_sha256"):
        evaluate.main(flags(tmp_path / "model", benchmark, tmp_path / "run"))
    shutil.copytree(model_dir, tmp_path / "model", dirs_exist_ok=True)
    (tmp_path / "model/chat_template.jinja").write_text(demo.CHAT_TEMPLATE.replace("<think>", ""))
    with pytest.raises(InputError, match="holds generations with chat_template.jinja = "):
        evaluate.main(flags(tmp_path / "model", benchmark, tmp_path / "run"))
    del settings["model_files"]
    (tmp_path / "run/settings.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match="of an older evaluate.py.*--regrade still grades them"):
        evaluate.main(flags(tmp_path / "model", benchmark, tmp_path / "run"))
    (tmp_path / "run/settings.json").write_text('{"temp')
    with pytest.raises(InputError, match="settings.json: not the settings of an evaluation"):
        evaluate.main(["--regrade", "true", "--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark)])
    shutil.copy(finished / "settings.json", tmp_path / "run/settings.json")
    other = tmp_path / "sums.jsonl"
    other.write_text(benchmark.read_text().replace('"question": "', '"question": "0+'))
    with pytest.raises(InputError, match="line 1: made for another text of problem"):
        evaluate.main(flags(model_dir, other, tmp_path / "run"))
    with pytest.raises(InputError, match="two are called sums"):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "run", "--benchmarks", str(benchmark), str(other)))


def test_a_model_that_moved_and_a_torn_line_continue(finished, model_dir, benchmark, tmp_path, capsys):
    shutil.copytree(finished, tmp_path / "run")
    shutil.copytree(model_dir, tmp_path / "moved")
    with open(tmp_path / "run" / "sums.generation.jsonl", "a") as file:
        file.write('{"started": "2026-')
    lines = (tmp_path / "run" / "sums.generations-0.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "run" / "sums.generations-0.jsonl").write_text("".join(lines[:9]))
    evaluate.main(flags(tmp_path / "moved", benchmark, tmp_path / "run"))
    assert scores(tmp_path / "run") == scores(finished)
    assert "sums.generation.jsonl, line 2 is damaged" in capsys.readouterr().out
    assert [start["samples"] for start in json.loads((tmp_path / "run/sums.json").read_text())["generation"]] == [9, 6]


def test_stop_texts_and_fewer_tokens(finished, model_dir, benchmark, tmp_path):
    """The demo's untrained model writes digits and signs at random: each completion ends before its first 7."""
    evaluate.main(flags(model_dir, benchmark, tmp_path / "stop", "--stop", "7", "<|end|>"))
    stopped, free = (list(read_json_lines(path / "sums.generations-0.jsonl")) for path in (tmp_path / "stop", finished))
    free = {(row["id"], row["sample"]): row for row in free}
    assert any("7" in row["completion"] for row in free.values())
    for row in stopped:
        whole = free[row["id"], row["sample"]]["completion"]
        assert "7" not in row["completion"] and row["completion"] == whole.partition("7")[0]
        assert row["finish_reason"] == "stop" or "7" not in whole
    with pytest.raises(InputError, match=r"stop = \['7', '<\|end\|>'\], this run has \[\]"):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "stop"))
    with pytest.raises(
        InputError, match="--continuous_batching: transformers' ends no completion at a text such as '7'"
    ):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "b", "--stop", "7", "--continuous_batching", "true"))
    evaluate.main(flags(model_dir, benchmark, tmp_path / "k", "--top_k", "1"))
    rows = list(read_json_lines(tmp_path / "k" / "sums.generations-0.jsonl"))
    assert len({(row["id"], row["completion"]) for row in rows}) == 5, "the most likely token is the only one"


def test_golds_that_cannot_be_read_are_said(model_dir, tmp_path, capsys):
    (tmp_path / "odd.jsonl").write_text(
        '{"problem": "1+1", "answer": "\\\\frac{{"}\n{"problem": "1+2", "answer": "3"}\n'
    )
    evaluate.main(flags(model_dir, tmp_path / "odd.jsonl", tmp_path / "run"))
    assert "WARNING: odd: the golds of 1 of 2 problems cannot be read" in capsys.readouterr().out
    assert json.loads((tmp_path / "run" / "odd.json").read_text())["summary"]["unreadable_golds"] == 1
    assert "odd: the golds of 1 problems cannot be read" in (tmp_path / "run" / "table.md").read_text()


def test_table_keeps_earlier_benchmarks(finished, model_dir, rows, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "more.jsonl").write_text(json.dumps(rows[7]) + "\n")
    evaluate.main(flags(model_dir, tmp_path / "more.jsonl", tmp_path / "run"))
    table = (tmp_path / "run" / "table.md").read_text()
    assert "| sums |" in table and "| more |" in table


def test_broken_generations_are_named(finished, model_dir, benchmark, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    path = tmp_path / "run" / "sums.generations-0.jsonl"
    path.write_text("{}\n" + path.read_text())
    with pytest.raises(InputError, match="generations-0.jsonl, line 1: not a stored sample"):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "run"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--benchmarks", "math501"], "math501: no such benchmark; there are: math500"),
        (["--prompt_preset", "GPT"], "GPT: no such preset; there are: DeepMath-1.5B"),
        (["--temperature", "0"], "--temperature 0 is greedy"),
        (["--top_p", "0"], "--top_p 0.0"),
        (["--n", "0"], "--n 0"),
        (["--max_problems", "0"], "--max_problems 0: must be at least 1"),
        (["--temperature", "nan"], "--temperature nan"),
        (["--dtype", "foo"], "dtype: invalid choice"),
        (["--model_name_or_path", "./absent"], "./absent: no such file or folder"),
        (["--backend", "server"], "--backend server and --server URL need each other"),
        (["--server", "localhost:8000"], "must be a URL such as http"),
        (["--gpu_memory", "0"], "--gpu_memory 0.0: must lie in"),
        (["--tensor_parallel", "0"], "--tensor_parallel 0: must be at least 1"),
        (["--seed", "-1"], "--seed -1: must be at least 0"),
        (["--min_p", "2"], "--min_p 2.0: must lie in"),
        (["--top_k", "-1"], "--top_k -1: must be at least 0"),
        (["--vllm_args", "{"], "--vllm_args: not valid JSON"),
        (["--vllm_args", "{}x"], "--vllm_args: not valid JSON"),
        (["--vllm_args", '{"a": 1}'], "--vllm_args: the backend is transformers"),
        (["--paper_row", "GPT"], "--paper_row GPT: the paper has no such model"),
        (["--report_to", "trackio"], "--report_to trackio: it is not installed; `pip install trackio`"),
        (["--user_prompt", "Solve it."], "--user_prompt: must hold {question}"),
        (["--max_newtokens", "3"], "did you mean --max_new_tokens"),
    ],
)
def test_bad_arguments(model_dir, benchmark, tmp_path, more, message):
    with pytest.raises(InputError, match=message):
        evaluate.main(flags(model_dir, benchmark, tmp_path / "run", *more))


def test_folder_without_a_model(benchmark, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: cannot load"):
        evaluate.main(flags(tmp_path / "empty", benchmark, tmp_path / "run"))


def test_presets_and_chat_templates(model_dir, benchmark, tmp_path, capsys):
    shutil.copytree(model_dir, tmp_path / "DeepMath-Zero-7B")
    template = tmp_path / "DeepMath-Zero-7B" / "chat_template.jinja"
    template.unlink()
    with pytest.raises(InputError, match="no chat template.* Open-Reasoner-Zero-7B or Qwen2.5-7B-Base, which need"):
        evaluate.main(flags(template.parent, benchmark, tmp_path / "run"))
    assert "prompt preset: DeepMath-Zero-7B\n" in capsys.readouterr().out, "the model's own"
    template.write_text("{% if messages[0].role == 'system' %}{{ raise_exception('no system turn') }}{% endif %}")
    with pytest.raises(InputError, match=r"refuses the prompt of DeepMath-Zero-7B, .*\(no system turn\)"):
        evaluate.main(flags(template.parent, benchmark, tmp_path / "run"))


def test_own_prompts_are_stored_as_texts(model_dir, benchmark, tmp_path):
    (tmp_path / "ask.txt").write_text("{question}=")
    run = flags(model_dir, benchmark, tmp_path / "run", "--max_problems", "1", "--system_prompt", "")
    evaluate.main([*run, "--user_prompt", str(tmp_path / "ask.txt")])
    result = json.loads((tmp_path / "run" / "sums.json").read_text())
    assert (result["prompt"]["user"], result["prompt"]["system"]) == ("{question}=", None)
    evaluate.main([*run, "--user_prompt", "{question}="])
    with pytest.raises(InputError, match="holds generations with user_prompt = '{question}='"):
        evaluate.main([*run, "--user_prompt", "{question}"])


def test_how_long_it_will_take():
    """One line after the first samples of this process, for all of them and the benchmarks that follow."""

    class Backend:
        def gpus(self):
            return 2

    pace = Pace(Backend(), 160, 320, Processes())
    pace.began -= 36
    lines = [pace.line(1000) for _ in range(160)]
    (line,) = filter(None, lines)
    assert lines[7] == line and re.fullmatch(
        r"22\d tokens/s, about 11 min left, 35 min with the other benchmarks, 1.2 GPU hours", line
    )
    silent = Pace(Backend(), 8, 0, Processes())
    assert not any(silent.line(None) for _ in range(8)), "nothing is left"


def test_scores_go_to_weights_and_biases(finished, benchmark, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    shutil.copytree(finished, tmp_path / "run")
    where = ["--output_dir", str(tmp_path / "run"), "--benchmarks", str(benchmark)]
    evaluate.main(["--regrade", "true", *where, "--report_to", "wandb"])
    assert "scores reported to wandb: project evaluation, run run" in capsys.readouterr().out
    (stored,) = tmp_path.glob("wandb/offline-run-*/*.wandb")
    late = time.monotonic() + 60  # wandb's own process writes it
    while b"sums/pass@1" not in stored.read_bytes():
        assert time.monotonic() < late
        time.sleep(0.2)
    monkeypatch.delenv("WANDB_MODE")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    with pytest.raises(InputError, match="--report_to wandb: no key; `wandb login`, or WANDB_MODE=offline"):
        evaluate.main(["--regrade", "true", *where, "--report_to", "wandb"])


def test_broken_weights(model_dir, benchmark, tmp_path):
    shutil.copytree(model_dir, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(InputError, match="model: cannot load a model: "):
        evaluate.main(flags(tmp_path / "model", benchmark, tmp_path / "run"))


def test_folder_without_weights(model_dir, benchmark, tmp_path):
    shutil.copytree(model_dir, tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    with pytest.raises(InputError, match="model: cannot load a model: .*no file named model.safetensors"):
        evaluate.main(flags(tmp_path / "model", benchmark, tmp_path / "run"))


def test_prompt_longer_than_the_context(model_dir, tmp_path):
    (tmp_path / "long.jsonl").write_text(json.dumps({"problem": "1" * 1100, "answer": "1"}) + "\n")
    with pytest.raises(InputError, match="long.*: the prompt has 1103 tokens, the model's context only 1024"):
        evaluate.main(flags(model_dir, tmp_path / "long.jsonl", tmp_path / "run"))


def test_context_that_ends_a_completion(model_dir, benchmark, tmp_path, capsys):
    (tmp_path / "long.jsonl").write_text(
        "".join(json.dumps({"problem": "1" * length, "answer": "1"}) + "\n" for length in (1018, 1016, 30, 1018))
    )
    evaluate.main(flags(model_dir, tmp_path / "long.jsonl", tmp_path / "run"))
    assert "ends where the model's context of 1024 tokens is full, after 3 tokens" in capsys.readouterr().out
    rows = list(read_json_lines(tmp_path / "run" / "long.generations-0.jsonl"))
    assert {row["id"]: row["max_tokens"] for row in rows} == {"0": 3, "1": 5, "2": 12, "3": 3}
    assert all(row["tokens"] <= row["max_tokens"] for row in rows) and len(rows) == 12
    assert json.loads((tmp_path / "run" / "long.json").read_text())["generation"][0]["max_tokens"] == [3, 12]


def test_help_and_argument_errors_do_not_import_torch():
    code = """
import sys, evaluate
from cli import InputError
for argv in (["--help"], ["--model_name_or_path", "m/m", "--benchmarks", "math501"]):
    try:
        evaluate.main(argv)
    except (SystemExit, InputError):
        continue
    raise AssertionError(argv)
assert not {"torch", "transformers", "datasets"} & set(sys.modules)
"""
    subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=Path(evaluate.__file__).parent, stdout=subprocess.DEVNULL
    )
