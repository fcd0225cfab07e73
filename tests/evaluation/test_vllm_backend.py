"""vLLM, where it is installed."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from small_runs import flags, free_port, samples, start_server

import evaluate
from cli import InputError

HERE = Path(evaluate.__file__).parent

HAS_VLLM = importlib.util.find_spec("vllm") is not None


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
        long.write_text(json.dumps({"problem": "1" * 1100, "answer": "1"}) + "\n")
        with pytest.raises(InputError, match="missing: 2 of long .long, problem 0: status 400"):
            evaluate.main(flags("tiny", long, tmp_path / "long", *url))
    finally:
        server.terminate()
        server.wait()
    assert len(samples(tmp_path / "run")) == 8
    assert samples(tmp_path / "run") == samples(tmp_path / "again")


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


@pytest.mark.skipif(not HAS_VLLM, reason="vLLM is not installed")
def test_vllm_stops_at_texts_and_takes_its_own_arguments(plain_model, benchmark, tmp_path):
    run = flags(plain_model, benchmark, tmp_path / "run", "--backend", "vllm", "--gpu_memory", "0.3")
    letters = [*"[bKGBmTeRsx", "<|end|>"]  # this model draws bytes at random
    sampling = ["--stop", *letters, "--top_k", "200", "--min_p", "0.01"]
    evaluate.main([*run, "--n", "8", *sampling, "--vllm_args", '{"max_num_seqs": 4}'])
    made = samples(tmp_path / "run").values()
    assert len(made) == 32 and not any({*letters} & {*row["completion"]} for row in made)
    assert any(row["finish_reason"] == "stop" and row["tokens"] < 12 for row in made)
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["vllm_args"] == {"max_num_seqs": 4} and settings["stop"] == letters
    other = flags(plain_model, benchmark, tmp_path / "other", "--backend", "vllm", "--vllm_args", '{"max_seqs": 4}')
    with pytest.raises(InputError, match="vLLM cannot load it: .*max_seqs.*--vllm_args"):
        evaluate.main(other)
