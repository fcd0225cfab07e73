"""A real server, servers that die, odd replies."""

import importlib.util
import json
import sys
import time

import pytest
from small_runs import flags, free_port, samples, start_server, transformers_server

import evaluate
from cli import InputError

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
        with pytest.raises(InputError, match="refuses sums, problem 0: status 400.*pinned to"):
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


def test_server_that_dies_on_the_way(tmp_path):
    """Retries end in one clear error. The server is Python's own, which knows no completions: every POST gets a 501."""
    from evaluation.server_backend import ServerBackend

    port = free_port()
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "models").write_text(json.dumps({"data": [{"id": "m", "max_model_len": 64}]}))
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(tmp_path), str(port)]
    (tmp_path / "health").write_text("ok")
    server = start_server(command, port, tmp_path / "log")
    try:
        argv = flags("m", "math500", tmp_path / "run", "--server", f"http://127.0.0.1:{port}", "--server_patience", "1")
        (args,) = evaluate.parse_arguments([evaluate.EvaluationArguments], argv)
        evaluate.check_arguments(args)
        backend = ServerBackend(args, {"b": [{"id": "0", "problem": "1+1"}]})
        started = time.monotonic()
        with pytest.raises(InputError, match=r"fails for 1 s \(status 501.*start the same command again"):
            backend.complete(backend.requests("b", [("0", 0)]), lambda *_: None)
        assert time.monotonic() - started > 1, "it was tried again"
        args.max_new_tokens = 64
        (request,) = ServerBackend(args, {"b": [{"id": "0", "problem": "1+1"}]}).requests("b", [("0", 0)])
        assert request.max_tokens is None, "what the context leaves"
        args.prompt_preset = "Open-Reasoner-Zero-7B"
        with pytest.raises(InputError, match="--max_new_tokens 64: m has a context of 64 tokens.*prompt fits as well"):
            ServerBackend(args, {})
        args.model_name_or_path, args.prompt_preset = "other", "DeepMath-1.5B"
        with pytest.raises(InputError, match="does not serve other, but: m"):
            ServerBackend(args, {})
    finally:
        server.kill()
        server.wait()


def reply(message, **more):
    choice = {"message": message, "finish_reason": "length"}
    return {"choices": [choice], "usage": {"completion_tokens": 3}} | more


@pytest.mark.parametrize(
    ("content", "completion"),
    [
        (reply({"content": "a"}), "a"),
        (reply({"content": "a", "reasoning_content": "so"}), "so</think>a"),
        (reply({"content": None, "reasoning": "so"}), "so"),  # cut off while thinking
        ("<html>", "JSONDecodeError.*: <html>"),
        ([], "TypeError"),
        (reply({"content": "a"}, usage=None), "TypeError"),
        (reply({"content": "a"}, choices=[]), "IndexError"),
        (reply({"content": ["a"]}), "content is a list"),
    ],
)
def test_replies_of_servers(content, completion):
    import httpx

    from evaluation.backend import Request
    from evaluation.server_backend import ServerBackend
    from prompts import PROMPTS

    backend = object.__new__(ServerBackend)  # without asking a server what it serves
    backend.args, backend.prompt = evaluate.EvaluationArguments(server="http://here"), PROMPTS["DeepMath-1.5B"]
    answer = httpx.Response(200, text=content if isinstance(content, str) else json.dumps(content))
    request = Request("sums", "7", 0, 42, [], 12)
    if isinstance(content, dict) and content["usage"] and content["choices"] and " " not in completion:
        assert backend.read(answer, request) == (completion, 3, "length")
    else:
        with pytest.raises(InputError, match=f"http://here: not an OpenAI.*sums, problem 7 .*{completion}"):
            backend.read(answer, request)
