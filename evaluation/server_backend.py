"""Generation for evaluate.py by any server that speaks OpenAI's HTTP interface: `evaluate.py --server http://host:8000`.

    vllm serve zwhe99/DeepMath-1.5B --seed 0        # or: transformers serve zwhe99/DeepMath-1.5B

Nothing here needs a model or a GPU: the server applies its own chat template and counts the tokens. Two servers are
recognised, because the OpenAI fields alone do not make them sample as asked: vLLM fills in the top-k, min-p and
repetition penalty of the model's generation_config.json, and `transformers serve` decodes greedily, whatever the
temperature, unless that file says `do_sample`. Its seed is one for all requests at a time: use --server_concurrency 1.

The API key, where one is needed, is read from OPENAI_API_KEY.
"""

import json
import os
import random
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import httpx

from cli import InputError, say
from evaluation.backend import Emit, Request
from prompts import get_prompt

READ_TIMEOUT_S = 3600.0  # one completion may take that long
LONGEST_PAUSE_S = 60.0  # between two tries


class ServerBackend:
    """Samples from a server: `--server_concurrency` requests at a time, each tried again until its time is over.

    Args:
        args, problem_sets: see `generate.LocalBackend`.

    Raises:
        InputError: the server cannot be reached, serves another model, or leaves a plain-text prompt no room.
    """

    commit = None  # of the model: a server does not tell

    def __init__(self, args, problem_sets: dict[str, list[dict]]):
        self.args, self.prompt = args, get_prompt(args.prompt_preset)
        self.texts = {name: {p["id"]: p["problem"] for p in problems} for name, problems in problem_sets.items()}
        base = args.server.rstrip("/").removesuffix("/v1")
        key = os.environ.get("OPENAI_API_KEY")
        models, name = {}, args.model_name_or_path
        try:
            self.client = httpx.Client(
                base_url=f"{base}/v1/",
                headers={"Authorization": f"Bearer {key}"} if key else {},
                timeout=httpx.Timeout(10.0, read=READ_TIMEOUT_S, pool=None),
                limits=httpx.Limits(max_connections=args.server_concurrency),
            )
            routes = self.client.get(f"{base}/openapi.json", timeout=30.0)
            self.is_transformers = routes.is_success and '"/load_model"' in routes.text
            if not self.is_transformers:  # that one lists a cache, not what it serves; it refuses other models itself
                served = self.client.get("models", timeout=30.0)
                served.raise_for_status()
                models = {model["id"]: model for model in served.json()["data"]}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise InputError(f"--server {args.server}: no OpenAI-compatible server answers there ({error})") from error
        if name not in models and not self.is_transformers:
            raise InputError(f"--server {args.server} does not serve {name}, but: {', '.join(models) or 'nothing'}")
        self.is_vllm = models.get(name, {}).get("owned_by") == "vllm"
        self.context = self.bounding_context(models.get(name, {}).get("max_model_len"))

    def bounding_context(self, context: int | None) -> int | None:
        """The server's context, in tokens, where it and not `--max_new_tokens` bounds a completion; else None.

        Raises:
            InputError: there is no room for a plain-text prompt, which needs a bound of its own: without one
                /v1/completions makes 16 tokens.
        """
        wanted = self.args.max_new_tokens
        if context is None or wanted < context:
            return None
        if not self.prompt.chat:
            raise InputError(
                f"--max_new_tokens {wanted}: {self.args.model_name_or_path} has a context of {context} tokens on "
                f"{self.args.server}; lower --max_new_tokens so that the prompt fits as well"
            )
        say(f"a completion ends where the server's context of {context} tokens is full, before {wanted} tokens")
        return context

    def device(self) -> str:
        """What is known of where the model runs."""
        kind = "vLLM" if self.is_vllm else "transformers serve" if self.is_transformers else "OpenAI-compatible"
        return f"{kind} server"

    def requests(self, benchmark: str, samples: list[tuple[str, int]]) -> list[Request]:
        """Requests for (problem id, sample) pairs."""
        texts, room = self.texts[benchmark], self.args.max_new_tokens if self.context is None else None
        stem, seed = Path(benchmark).stem, self.args.seed
        return [Request(stem, p, i, seed + i, self.prompt.format(texts[p]), room) for p, i in samples]

    def complete(self, requests: list[Request], emit: Emit) -> None:
        """Complete all requests. When one fails for good, those in flight are emitted before the error is raised.

        Raises:
            InputError: see `ask`.
        """
        waiting, running, failure = iter(requests), {}, None
        threads = ThreadPoolExecutor(self.args.server_concurrency)
        try:
            while True:
                while failure is None and len(running) < self.args.server_concurrency:
                    if (request := next(waiting, None)) is None:
                        break
                    running[threads.submit(self.ask, request)] = request
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    request = running.pop(future)
                    if error := future.exception():
                        failure = failure or error
                    else:
                        emit(request, *future.result())
        finally:  # a full disk or Ctrl-C is not kept waiting for what cannot be stored
            threads.shutdown(wait=False, cancel_futures=True)
        if failure:
            raise failure

    def body(self, request: Request) -> dict:
        """What is sent for a request."""
        sampling = {"temperature": self.args.temperature, "top_p": self.args.top_p, "seed": request.seed}
        body = {"model": self.args.model_name_or_path, **sampling}
        if request.max_tokens is not None:  # else: as much as fits beside the prompt
            body["max_tokens"] = request.max_tokens
        if self.is_vllm:
            body |= {"top_k": -1, "min_p": 0.0, "repetition_penalty": 1.0}
        if self.is_transformers:
            greedy = self.args.temperature == 0
            body["generation_config"] = json.dumps({"do_sample": not greedy, "top_k": 0, "repetition_penalty": 1.0})
        return body | {"messages" if self.prompt.chat else "prompt": request.prompt}

    def ask(self, request: Request) -> tuple[str, int, str]:
        """(completion, tokens, finish reason) from the server.

        Raises:
            InputError: the server refuses the request, answers in another format, or fails for `--server_patience`
                seconds, counted from its first failure.
        """
        where, body = "chat/completions" if self.prompt.chat else "completions", self.body(request)
        deadline, pause = None, 0.5
        while True:
            asked_to_wait = None
            try:
                reply = self.client.post(where, json=body)
                if reply.is_success:
                    return self.read(reply, request)
                problem = f"status {reply.status_code}: {' '.join(reply.text.split())[:300]}"
                if reply.status_code not in (408, 409, 429) and reply.status_code < 500:
                    raise InputError(
                        f"--server {self.args.server} refuses {request.benchmark}, problem {request.problem}: {problem}"
                    )
                asked_to_wait = reply.headers.get("Retry-After")
            except httpx.HTTPError as error:
                problem = f"{type(error).__name__}: {error}"
            deadline = deadline or time.monotonic() + self.args.server_patience
            if time.monotonic() > deadline:
                raise InputError(
                    f"--server {self.args.server} fails for {self.args.server_patience:g} s ({problem}); the finished "
                    "samples are kept: start the same command again when it is back"
                )
            seconds = float(asked_to_wait) if (asked_to_wait or "").isdigit() else pause * random.uniform(0.5, 1.5)
            time.sleep(min(seconds, LONGEST_PAUSE_S))
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def read(self, reply: httpx.Response, request: Request) -> tuple[str, int, str]:
        """A reply's completion. A server that splits the thinking off its answer gets them joined again.

        Raises:
            InputError: a reply in another format than OpenAI's.
        """
        try:
            data = reply.json()
            choice, tokens = data["choices"][0], int(data["usage"]["completion_tokens"])
            message = choice["message"] if self.prompt.chat else {"content": choice["text"]}
            text, reason = message.get("content") or "", str(choice["finish_reason"])
            if not isinstance(text, str):
                raise TypeError(f"content is a {type(text).__name__}")
            if thinking := message.get("reasoning_content") or message.get("reasoning"):
                text = f"{thinking}</think>{text}" if text else thinking  # without an answer it never ended
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise InputError(
                f"--server {self.args.server}: not an OpenAI-compatible reply to {request.benchmark}, problem "
                f"{request.problem} ({type(error).__name__}: {error}): {' '.join(reply.text.split())[:300]}"
            ) from error
        return text, tokens, reason
