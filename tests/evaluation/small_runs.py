"""What the tests of samples and backends start and read."""

import socket
import subprocess
import sys
import time
from pathlib import Path

from sources.files import read_json_lines


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(command: list[str], port: int, log: Path) -> subprocess.Popen:
    """Start a server and wait until it is healthy."""
    import httpx

    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 300
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
