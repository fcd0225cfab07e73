"""A server that answers a problem the way its text says: what real ones do on bad days."""

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(content="\\boxed{1}", finish="stop", tokens=3, **message):
    choice = {"message": {"content": content, **message}, "text": content, "finish_reason": finish}
    return 200, {}, json.dumps({"choices": [choice], "usage": tokens and {"completion_tokens": tokens}})


ONCE = {  # the first answer; the second one is right
    "too many": (429, {"Retry-After": "0"}, ""),
    "until a date": (429, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, ""),
    "odd pause": (429, {"Retry-After": "\u00b2"}, ""),
    "no number": (503, {"Retry-After": "nan"}, ""),
    "forbidden": (403, {}, "quota"),
    "page": (200, {}, "<html>login</html>"),
    "nothing": (200, {}, ""),
    "list": (200, {}, "[]"),
    "half": (200, {}, '{"choices": [{"mess'),
    "error in 200": (200, {}, '{"error": {"code": 502}}'),
    "no choices": (200, {}, '{"choices": []}'),
    "list content": answer(["a"]),
    "aborted": answer("cut", "abort"),
    "null reason": answer("cut", None),
}
ALWAYS = {
    "right": answer(),
    "refused": (400, {}, "too long"),
    "filtered": answer("cut", "content_filter"),
    "wants key": (401, {}, "no key"),
    "broken": (500, {}, "CUDA error"),
    "uncounted": answer(tokens=None),
    "empty": answer(""),
    "thinking": answer("\\boxed{1}", reasoning_content="so"),
    "thinking still": answer("\n", "length", reasoning="so \\boxed{1} but"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, headers, text):
        data = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        models = {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 64}, {"id": "unbounded"}]}
        ok = self.path.endswith("/models")
        self.reply(200 if ok else 404, {}, json.dumps(models) if ok else "")

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/tokenize":
            return self.reply(200, {}, json.dumps({"count": len(request["prompt"])}))
        text = request["messages"][-1]["content"] if "messages" in request else request["prompt"]
        self.server.asked.append((text, request.get("max_tokens")))
        self.server.tries[text, request["seed"]] += 1
        if text == "stalls":
            time.sleep(60)
        if request["model"] == "m" and len(text) + request.get("max_tokens", 0) > 64:
            return self.reply(400, {}, "context")
        first = self.server.tries[text, request["seed"]] == 1
        kind = text.rstrip("0123456789")
        self.reply(*(ONCE[kind] if first and kind in ONCE else ALWAYS.get(kind, ALWAYS["right"])))


class Server(ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 64


@contextmanager
def odd_server():
    """A running server; `asked` lists the text and max_tokens of every request."""
    with Server(("127.0.0.1", 0), Handler) as server:
        server.tries, server.asked, server.url = Counter(), [], f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
