"""A real server, servers that die, odd replies, Ctrl-C."""

import importlib.util
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from odd_server import ONCE, odd_server
from small_runs import flags, free_port, samples, transformers_server

import evaluate
from cli import InputError
from evaluation.server_backend import ServerBackend

CAN_SERVE = all(importlib.util.find_spec(name) for name in ("openai", "fastapi", "uvicorn"))


@pytest.mark.skipif(not CAN_SERVE, reason="transformers serve needs openai, fastapi and uvicorn")
def test_transformers_server(plain_model, benchmark, tmp_path):
    port = free_port()
    url = ["--server", f"http://127.0.0.1:{port}", "--server_concurrency", "1", "--server_patience", "1"]
    command = flags(plain_model, benchmark, tmp_path / "run", *url)
    with pytest.raises(InputError, match="no OpenAI-compatible server answers"):
        evaluate.main(command)
    server = transformers_server(plain_model, port, tmp_path / "log")
    try:
        evaluate.main([*command, "--max_problems", "2"])
        assert len(samples(tmp_path / "run")) == 4
        with pytest.raises(InputError, match="missing: 8 of sums .sums, problem .: status 400.*pinned to"):
            evaluate.main(flags("other", benchmark, tmp_path / "other", *url))
        evaluate.main([*command, "--max_problems", "3", "--output_dir", str(tmp_path / "again")])
    finally:
        server.kill()
        server.wait()
    made, again = samples(tmp_path / "run"), samples(tmp_path / "again")
    assert all(made[key]["completion"] == again[key]["completion"] for key in made), "a seed gives the same sample"
    assert made["0", 0]["completion"] != made["0", 1]["completion"], "another seed, another sample"
    assert all(row["finish_reason"] in ("stop", "length") and 0 < row["tokens"] <= 12 for row in made.values())
    result = json.loads((tmp_path / "run" / "sums.json").read_text())
    assert (
        result["generation"][0]["device"] == "transformers serve server" and result["settings"]["backend"] == "server"
    )
    with pytest.raises(InputError, match="no OpenAI-compatible server"):
        evaluate.main(command)  # two problems are missing and the server is gone
    assert samples(tmp_path / "run") == made, "finished work stays"


@pytest.fixture
def server():
    with odd_server() as running:
        yield running


def backend_for(server, texts, *more, preset="DeepMath-1.5B", model="unbounded"):
    argv = ["--model_name_or_path", model, "--server", server.url, "--prompt_preset", preset, *more]
    (args,) = evaluate.parse_arguments([evaluate.EvaluationArguments], argv)
    evaluate.check_arguments(args)
    return ServerBackend(args, {"b": [{"id": text, "problem": text} for text in texts]})


def complete(backend, texts, n=1):
    made = []
    wanted = [(text, i) for text in texts for i in range(n)]
    lost = backend.complete(backend.requests("b", wanted), lambda *sample: made.append(sample))
    return made, [(request.problem, why) for request, why in lost]


def test_odd_answers_are_asked_again(server):
    texts = [*ONCE, "right", "refused", "filtered"]
    backend = backend_for(server, texts, "--server_patience", "1")
    made, lost = complete(backend, texts, n=2)
    assert sorted(request.problem for request, *_ in made) == sorted(2 * [*ONCE, "right"]), "every sample once"
    assert {sample[1:] for sample in made} == {("\\boxed{1}", 3, "stop")}, "no cut answer among them"
    refused, filtered = "status 400: too long", "the server cut the answer off: finish_reason content_filter"
    assert sorted(lost) == 2 * [("filtered", filtered)] + 2 * [("refused", refused)]
    assert server.tries["refused", 42] == 1 and server.tries["filtered", 42] > 1


@pytest.mark.parametrize(
    ("text", "completion", "tokens", "reason"),
    [
        ("thinking", "so</think>\\boxed{1}", 3, "stop"),
        ("thinking still", "so \\boxed{1} but", 3, "length"),
        ("uncounted", "\\boxed{1}", None, "stop"),
        ("empty", "", 3, "stop"),
    ],
)
def test_replies_of_servers(server, text, completion, tokens, reason):
    (made,), lost = complete(backend_for(server, [text]), [text])
    assert made[1:] == (completion, tokens, reason) and not lost


def test_tokens_are_counted_where_the_tokenizer_is_at_hand(server, plain_model):
    backend = backend_for(server, ["uncounted"])
    backend.args.model_name_or_path = str(plain_model)
    assert backend.count("7+8", "length") == 3 and backend.count("7+8", "stop") == 4


def test_a_bound_that_leaves_the_prompt_no_room(server):
    long = "1" * 40
    backend = backend_for(server, ["right", long], "--max_new_tokens", "30", model="m")
    made, lost = complete(backend, ["right", long])
    assert {request.problem: request.max_tokens for request, *_ in made} == {"right": 30, long: None} and not lost
    full = backend_for(server, ["right"], "--max_new_tokens", "64", model="m")
    assert full.requests("b", [("right", 0)])[0].max_tokens is None and full.context == 64
    plain = backend_for(server, ["x"], "--max_new_tokens", "64", preset="Open-Reasoner-Zero-7B", model="m")
    assert plain.requests("b", [("x", 0)])[0].max_tokens == 1, "its length is asked for; here the context is too small"
    with pytest.raises(InputError, match="does not serve other, but: m, unbounded"):
        backend_for(server, [], model="other")


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            [f"refused{i}" for i in range(9)],
            r"refuses b, problem refused\d: status 400: too long; it has answered no other",
        ),
        (
            ["wants key", *(f"right{i}" for i in range(9))],
            "OPENAI_API_KEY must hold its key, and is not set .status 401",
        ),
        ([f"broken{i}" for i in range(9)], r"fails for 0.5 s \(status 500.*start the same command again"),
    ],
)
def test_a_server_of_no_use_ends_the_run(server, monkeypatch, texts, message):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    backend = backend_for(server, texts, "--server_patience", "0.5", "--server_concurrency", "2")
    with pytest.raises(InputError, match=message):
        complete(backend, texts)


def test_one_broken_problem_holds_up_no_other(server):
    texts = ["broken", *(f"right{i}" for i in range(20))]
    made, lost = complete(backend_for(server, texts, "--server_patience", "0.5", "--server_concurrency", "2"), texts)
    assert len(made) == 20 and lost == [("broken", "status 500: CUDA error")]


def test_what_could_not_be_made_is_named_and_tried_again(server, tmp_path):
    for name, texts in {"one": ["right1", "refused"], "two": ["right2", "page"]}.items():
        rows = [{"id": text, "problem": text, "answer": "1"} for text in texts]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = tmp_path / "run"
    command = flags("unbounded", tmp_path / "one.jsonl", run, "--server", server.url)
    command[4:4] = [str(tmp_path / "two.jsonl")]
    with pytest.raises(InputError, match="missing: 2 of one .one, problem refused: status 400: too long.. The others"):
        evaluate.main(command)
    assert len(samples(run)) == 6 and json.loads((run / "two.json").read_text())["summary"]["pass@1"] == 100.0
    assert not (run / "one.json").exists(), "what was not made is not graded as wrong"
    server.asked.clear()
    with pytest.raises(InputError, match="missing: 2 of one"):
        evaluate.main(command)
    assert server.asked == 2 * [("refused", 12)], "only what is missing"
    evaluate.main(["--regrade", "true", "--output_dir", str(run), "--benchmarks", str(tmp_path / "one.jsonl")])
    assert json.loads((run / "one.json").read_text())["summary"]["problems"] == 1


def test_lengths_that_nobody_knows(server, tmp_path, capsys):
    rows = [{"problem": text, "answer": "1"} for text in ("uncounted", "empty")]
    (tmp_path / "one.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    evaluate.main(
        flags("unbounded", tmp_path / "one.jsonl", tmp_path / "run", "--server", server.url, "--max_problems", "1")
    )
    summary = json.loads((tmp_path / "run" / "one.json").read_text())["summary"]
    assert summary["mean_tokens"] is None and summary["token_quantiles"] == {}
    assert "lengths are unknown" in capsys.readouterr().out
    evaluate.main(["report", "--results_dir", str(tmp_path / "run")])
    evaluate.main(flags("unbounded", tmp_path / "one.jsonl", tmp_path / "run", "--server", server.url))
    assert "WARNING: one: 2 of 4 completions are empty" in capsys.readouterr().out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_at_once(server, tmp_path, how):
    rows = [{"problem": text, "answer": "1"} for text in ("stalls", "right", "broken")]
    (tmp_path / "one.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = flags("unbounded", tmp_path / "one.jsonl", tmp_path / "run", "--server", server.url)
    script = str(Path(evaluate.__file__))
    process = subprocess.Popen(
        [sys.executable, script, *command],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # tests may run in the background
    )
    deadline = time.monotonic() + 30
    while len(samples(tmp_path / "run")) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    stopped = time.monotonic()
    process.send_signal(how)
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - stopped < 3 and process.returncode == 130 and "Traceback" not in errors
    assert errors.splitlines()[-1].endswith("stopped; the finished samples are stored, the same command continues")
    assert len(samples(tmp_path / "run")) == 2
