"""Backends and stored samples: exact sampling, real servers on loopback, kills, full disks, vLLM where it imports."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch

import demo
import evaluate
from benchmarks import sampling
from cli import InputError
from data import read_json_lines, write_whole
from evaluation.samples import SampleFile, stored_samples, text_hash
from evaluation.transformers_backend import draw

HERE = Path(evaluate.__file__).parent
HAS_VLLM = importlib.util.find_spec("vllm") is not None
CAN_SERVE = all(importlib.util.find_spec(name) for name in ("openai", "fastapi", "uvicorn"))


@pytest.fixture(scope="module")
def benchmark(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("benchmark") / "sums.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[:4]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plain_model(tmp_path_factory):
    """A tiny model whose heads are wide enough for vLLM's CPU kernels and whose template opens no thinking."""
    from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

    path = tmp_path_factory.mktemp("plain")
    demo.make_model(path, seed=0)
    tokenizer = AutoTokenizer.from_pretrained(path)
    tokenizer.chat_template = demo.CHAT_TEMPLATE.replace("<think>", "")
    tokenizer.save_pretrained(path)
    config = AutoConfig.from_pretrained(path)
    config.num_attention_heads = config.num_key_value_heads = 3
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(path)
    return path


def flags(model, benchmark, output_dir, *more):
    where = ["--model_name_or_path", str(model), "--benchmarks", str(benchmark), "--output_dir", str(output_dir)]
    sampling = ["--n", "2", "--temperature", "1", "--top_p", "0.9", "--max_new_tokens", "12", "--dtype", "float32"]
    return [*where, *sampling, *more]


def samples(output_dir):
    """The stored samples, without when and by which start they were made."""
    return {
        (row["id"], row["sample"]): {key: row[key] for key in row if key not in ("start", "seconds")}
        for path in output_dir.glob("*.generations-*.jsonl")
        for row in read_json_lines(path)
    }


# ---------------------------------------------------------------------------------------------------------------------
# Sampling
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("candidates", [4, 64, 1000])
def test_nucleus_is_that_of_transformers(candidates):
    from transformers import TopPLogitsWarper

    torch.manual_seed(0)
    scores = torch.randn(40, 1000) * torch.linspace(0.5, 6, 40)[:, None]  # flat and peaked rows
    kept = TopPLogitsWarper(0.9)(None, scores.double()).softmax(-1)
    edges = torch.cat([torch.zeros(40, 1, dtype=torch.float64), kept.cumsum(-1)], 1)  # (B, V + 1)
    for uniform in (0.0, 0.3, 0.77, 1 - 2**-53):
        token = draw(scores, torch.full((40,), uniform, dtype=torch.float64), 0.9, candidates)
        assert (kept.gather(1, token[:, None]) > 0).all(), "inside the nucleus"
        below, above = edges.gather(1, token[:, None])[:, 0], edges.gather(1, token[:, None] + 1)[:, 0]
        assert (below <= uniform + 1e-12).all() and (uniform <= above + 1e-12).all(), "where the CDF passes the number"


def test_equally_likely_tokens_at_the_edge_are_kept_together():
    scores = torch.zeros(1, 10)
    drawn = {draw(scores, torch.tensor([u / 20], dtype=torch.float64), 0.5, 3).item() for u in range(20)}
    assert drawn == set(range(10))


@pytest.mark.parametrize(("temperature", "least", "most"), [(0.6, 0, 3), (0.7, 5, 1000), (0.5, 5, 1000)])
def test_drawn_tokens_fit_the_distribution_they_are_held_against(temperature, least, most):
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(20_000, 50, generator=generator)  # (T, V)
    uniforms = torch.rand(20_000, generator=generator, dtype=torch.float64)
    total, variance, outside = sampling.surprise(
        sampling.nucleus(logits, 0.6, 0.95), draw(logits / temperature, uniforms, 0.95)
    )
    assert least < abs(total) / variance**0.5 < most
    assert outside == 0 or temperature > 0.6


# ---------------------------------------------------------------------------------------------------------------------
# Nothing is lost
# ---------------------------------------------------------------------------------------------------------------------


def run_script(*arguments, **kwargs):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, "evaluate.py", *arguments], cwd=HERE, env=environment, text=True, **pipes, **kwargs
    )


def test_killed_run_continues_to_the_same_result(model_dir, benchmark, tmp_path):
    command = flags(model_dir, benchmark, tmp_path / "killed", "--batch_size", "1", "--use_cpu", "true", "--n", "4")
    command[command.index("--max_new_tokens") + 1] = "40"
    process = run_script(*command)
    stored = tmp_path / "killed" / "sums.generations-0.jsonl"
    deadline = time.monotonic() + 60
    while not (stored.exists() and stored.read_bytes().count(b"\n") >= 3) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = stored.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    assert 3 <= whole.count(b"\n") < 16, "killed in the middle"
    assert not (tmp_path / "killed" / "sums.json").exists()
    evaluate.main(command)
    assert stored.read_bytes().startswith(whole), "what was there is kept"
    uninterrupted = [str(tmp_path / "whole") if word == str(tmp_path / "killed") else word for word in command]
    evaluate.main(uninterrupted)
    assert samples(tmp_path / "killed") == samples(tmp_path / "whole")
    killed, whole = (json.loads((tmp_path / name / "sums.json").read_text()) for name in ("killed", "whole"))
    assert killed["summary"] == whole["summary"] and killed["problems"] == whole["problems"]
    first, second = killed["generation"]
    assert first["samples"] == before.count(b"\n") and first["samples"] + second["samples"] == 16
    assert first["tokens_per_second"] > 0, "known of the killed run as well"


def test_full_disk_keeps_the_finished_samples(model_dir, benchmark, tmp_path):
    import resource

    command = flags(model_dir, benchmark, tmp_path, "--use_cpu", "true", "--batch_size", "2")
    limit = 1000  # bytes a file may have: the disk is full after a few samples
    process = run_script(*command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2 and "Traceback" not in errors
    assert "sums.generations-0.jsonl: cannot be written" in errors.splitlines()[-1]
    stored = tmp_path / "sums.generations-0.jsonl"
    kept = stored.read_bytes()[: stored.read_bytes().rfind(b"\n") + 1]
    assert kept.count(b"\n") >= 1
    evaluate.main(command)
    assert stored.read_bytes().startswith(kept) and len(samples(tmp_path)) == 8


def row(sample, text):
    return {"id": "0", "sample": sample, "problem_hash": text_hash("p"), "completion": text, "tokens": 1}


def test_readers_take_nothing_from_a_writer(tmp_path):
    """Readers beside a writer: every file is whole in the end, and what they see is a beginning of it."""
    problems, count = [{"id": "0", "problem": "p"}], 300
    path = tmp_path / "sums.generations-0.jsonl"
    path.write_text(json.dumps(row(0, "x")) + "\n" + json.dumps(row(1, "y" * 3_000_000))[:-9])  # of a killed run
    assert len(list(stored_samples(tmp_path, "sums", problems, count))) == 1
    assert path.stat().st_size > 3_000_000, "reading changes nothing"

    def write():
        with SampleFile(tmp_path, "sums", 0) as file:
            for sample in range(1, count):
                file.append(row(sample, "z" * 100_000))
                if sample == count // 2:
                    read_in_between.wait(timeout=60)

    writer, seen, read_in_between = threading.Thread(target=write), [1], threading.Event()
    writer.start()
    while writer.is_alive():
        seen.append(sum(1 for _ in stored_samples(tmp_path, "sums", problems, count)))
        if seen[-1] > 1:
            read_in_between.set()
    writer.join()
    assert seen == sorted(seen) and any(1 < number < count for number in seen)
    assert [r["sample"] for r in stored_samples(tmp_path, "sums", problems, count)] == list(range(count))


def test_two_writers_and_odd_names(tmp_path):
    with SampleFile(tmp_path, "my[1].jsonl", 0) as file:
        file.append(row(0, "x"))
        with (
            pytest.raises(InputError, match=r"my\[1\].generations-0.jsonl: another run is writing it"),
            SampleFile(tmp_path, "my[1].jsonl", 0),
        ):
            pass
    assert len(list(stored_samples(tmp_path, "my[1].jsonl", [{"id": "0", "problem": "p"}], 1))) == 1
    with pytest.raises(InputError, match="absent.*cannot be opened"), SampleFile(tmp_path / "absent", "sums", 0):
        pass
    write_whole(tmp_path / "half.json", json.dumps("\ud83d", ensure_ascii=False))
    assert json.loads((tmp_path / "half.json").read_text()) == "\ud83d", "half a surrogate pair, as a server sends it"


# ---------------------------------------------------------------------------------------------------------------------
# Servers
# ---------------------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(command: list[str], port: int, log: Path) -> subprocess.Popen:
    """Start a server and wait until it is healthy."""
    import httpx

    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=5).is_success:
                return process
        except httpx.HTTPError:
            time.sleep(0.3)
    process.kill()
    process.wait()
    raise AssertionError(log.read_text()[-3000:])


def transformers_server(model: Path, port: int, log: Path) -> subprocess.Popen:
    serve = [str(Path(sys.executable).parent / "transformers"), "serve", str(model), "--device", "cpu"]
    return start_server([*serve, "--dtype", "float32", "--host", "127.0.0.1", "--port", str(port)], port, log)


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


@pytest.mark.skipif(not HAS_VLLM, reason="vLLM is not installed")
def test_vllm_server(plain_model, benchmark, tmp_path):
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "vllm.entrypoints.openai.api_server",
        "--model",
        str(plain_model),
        "--port",
        str(port),
    ]
    cpu = ["--dtype", "float32", "--enforce-eager", "--no-enable-chunked-prefill", "--gpu-memory-utilization", "0.1"]
    server = start_server([*command, *cpu, "--served-model-name", "tiny"], port, tmp_path / "log")
    url = ["--server", f"http://127.0.0.1:{port}"]
    try:
        evaluate.main(flags("tiny", benchmark, tmp_path / "run", *url))
        evaluate.main(flags("tiny", benchmark, tmp_path / "again", *url))
        with pytest.raises(InputError, match="does not serve other, but: tiny"):
            evaluate.main(flags("other", benchmark, tmp_path / "other", *url))
        long = tmp_path / "long.jsonl"
        long.write_text(json.dumps({"problem": "1" * 200, "answer": "1"}) + "\n")
        with pytest.raises(InputError, match="refuses long, problem 0: status 400"):
            evaluate.main(flags("tiny", long, tmp_path / "long", *url))
    finally:
        server.terminate()
        server.wait()
    assert len(samples(tmp_path / "run")) == 8
    assert samples(tmp_path / "run") == samples(tmp_path / "again")


# ---------------------------------------------------------------------------------------------------------------------
# vLLM
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not HAS_VLLM, reason="vLLM is not installed")
def test_vllm_continues_and_splits_over_processes(plain_model, benchmark, tmp_path):
    memory = ["--gpu_memory", "0.1"]
    evaluate.main(flags(plain_model, benchmark, tmp_path / "one", "--backend", "auto", *memory))
    result = json.loads((tmp_path / "one" / "sums.json").read_text())
    assert result["settings"]["backend"] == "vllm"
    made = samples(tmp_path / "one")
    assert {row["seed"] for row in made.values()} == {42, 43}
    assert made["0", 0]["completion"] != made["0", 1]["completion"]
    launch = ["accelerate.commands.launch", "--config_file", "configs/accelerate/cpu_2proc.yaml", "evaluate.py"]
    command = [sys.executable, "-m", *launch, *flags(plain_model, benchmark, tmp_path / "two", *memory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, cwd=HERE)
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(list((tmp_path / "two").glob("sums.generations-*.jsonl"))) == 2
    assert samples(tmp_path / "two") == made
