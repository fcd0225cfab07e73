"""How long evaluate.py takes for many requests at a server, over the server's own time for them.

    python benchmarks/server.py --requests 2000 --concurrency 256

Starts a server on this machine that answers every request after a second, as many at a time as are asked for. Its own
time is that of a client of bare sockets; ours that of the whole command, with start, storage and grading.
"""

import argparse
import asyncio
import json
import math
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWER_S = 1.0
TEXT = "so it is, as far as I can see, and I look at it once more. " * 150 + "</think>\\boxed{7}"  # 9 KB


async def answer_slowly(scope, receive, send) -> None:
    """An ASGI application: one served model, one answer."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    if scope["path"].endswith("/chat/completions"):
        await asyncio.sleep(ANSWER_S)
        choice = {"message": {"role": "assistant", "content": TEXT}, "finish_reason": "stop"}
        reply = {"choices": [choice], "usage": {"completion_tokens": 2000}}
    else:
        reply = {"data": [{"id": "m"}]}
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(reply).encode()})


def serve(port: int) -> None:
    import uvicorn

    uvicorn.run(answer_slowly, host="127.0.0.1", port=port, log_level="warning", backlog=4096, lifespan="off")


async def bare_client(port: int, requests: int, concurrency: int) -> None:
    """The same requests over plain sockets, whose answers are only counted."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "What is 1?"}], "seed": 42}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    waiting = iter(range(requests))

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in waiting:
            writer.write(head + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            if "transfer-encoding: chunked" in answer:
                while size := int(await reader.readline(), 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            else:
                await reader.readexactly(int(answer.partition("content-length: ")[2].split()[0]))
        writer.close()

    await asyncio.gather(*(work() for _ in range(concurrency)))


def evaluate(port: int, requests: int, concurrency: int) -> None:
    """The same number of requests by the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        rows = ({"problem": f"What is {at}?", "answer": "7"} for at in range(requests // 16))
        (Path(folder) / "sevens.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        flags = ["--benchmarks", f"{folder}/sevens.jsonl", "--output_dir", f"{folder}/run", "--n", "16"]
        flags += ["--server", f"http://127.0.0.1:{port}", "--server_concurrency", str(concurrency)]
        flags += ["--prompt_preset", "DeepMath-1.5B", "--model_name_or_path", "m"]
        command = [sys.executable, str(ROOT / "evaluate.py"), *flags]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000, help="how many; a multiple of 16")
    parser.add_argument("--concurrency", type=int, default=256, help="how many at a time")
    parser.add_argument("--serve", type=int, default=None, help="only serve, at this port")
    args = parser.parse_args()
    if args.serve:
        return serve(args.serve)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, __file__, "--serve", str(port)])
    try:
        time.sleep(3)
        began = time.perf_counter()
        asyncio.run(bare_client(port, args.requests, args.concurrency))
        bare = time.perf_counter() - began
        evaluate(port, args.requests, args.concurrency)
        ours = time.perf_counter() - began - bare
    finally:
        server.kill()
        server.wait()
    print(
        f"{args.requests} requests, {args.concurrency} at a time: bare sockets {bare:.1f} s, evaluate.py {ours:.1f} s, "
        f"ratio {ours / bare:.2f}; answers alone take {ANSWER_S * math.ceil(args.requests / args.concurrency):.0f} s"
    )


if __name__ == "__main__":
    main()
