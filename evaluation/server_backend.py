"""Generation for evaluate.py by any server that speaks OpenAI's HTTP interface: `evaluate.py --server http://host:8000`.

    vllm serve zwhe99/DeepMath-1.5B --seed 0        # or: transformers serve zwhe99/DeepMath-1.5B

Nothing here needs a model or a GPU: the server applies its own chat template and counts the tokens. Two servers are
recognised, because the OpenAI fields alone do not make them sample as asked: vLLM fills in the top-k, min-p and
repetition penalty of the model's generation_config.json, and `transformers serve` decodes greedily, whatever the
temperature, unless that file says `do_sample`. Its seed is one for all requests at a time: use --server_concurrency 1.
What is tried again, and for how long, is in server_client.py.

The API key, where one is needed, is read from OPENAI_API_KEY.
"""

import asyncio
import json
import os
from dataclasses import replace

import httpx

from cli import InputError, say
from evaluation.backend import Emit, Request, chat_template_options
from evaluation.benchmarks import stem_of
from evaluation.server_client import Asking, Refused, TryAgain, Unusable, seconds_to_wait

READ_TIMEOUT_S = 3600.0  # one completion may take that long
REFUSALS = (400, 413, 422)  # statuses of one request that no second try changes
ENDED = ("stop", "length")  # with any other finish reason the answer was cut off on the server's side


class ServerBackend:
    """Samples from a server: `--server_concurrency` requests at a time, each tried again until its time is over.

    Args:
        args, problem_sets: see `generate.LocalBackend`.

    Raises:
        InputError: the server cannot be reached, wants another key, serves another model, or leaves a plain-text
            prompt no room.
    """

    commit = None  # of the model: a server does not tell

    def __init__(self, args, problem_sets: dict[str, list[dict]]):
        self.args, self.prompt = args, args.prompt
        self.base = args.server.rstrip("/").removesuffix("/v1")
        key = os.environ.get("OPENAI_API_KEY")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client_options = {"base_url": f"{self.base}/v1/", "headers": headers, "follow_redirects": True}
        self.tokenizer = None  # loaded when the server does not count; False: there is none
        served, name = self.ask_what_is_served(), args.model_name_or_path
        if name not in served and not self.is_transformers:
            raise InputError(f"--server {args.server} does not serve {name}, but: {', '.join(served) or 'nothing'}")
        self.is_vllm = served.get(name, {}).get("owned_by") == "vllm"
        self.holds = served.get(name, {}).get("max_model_len")  # tokens of prompt and completion together, if known
        self.context = self.holds if self.holds is not None and args.max_new_tokens >= self.holds else None
        if self.context and self.prompt.chat:
            say(f"a completion ends where the server's context of {self.context} tokens is full")
        self.prompts, self.rooms = {}, {}
        for benchmark, problems in problem_sets.items():
            self.prompts[benchmark] = {p["id"]: self.prompt.format(p["problem"]) for p in problems}
            self.rooms[benchmark] = {p: self.room(prompt) for p, prompt in self.prompts[benchmark].items()}

    def ask_what_is_served(self) -> dict[str, dict]:
        """What the server tells of its models, by name; nothing for `transformers serve`, which lists its cache."""
        where = f"--server {self.args.server}"
        try:
            with httpx.Client(**self.client_options, timeout=30.0) as client:
                routes = client.get(f"{self.base}/openapi.json")
                self.is_transformers = routes.is_success and '"/load_model"' in routes.text
                if self.is_transformers:
                    return {}
                reply = client.get("models")
                if reply.status_code != 401:
                    reply.raise_for_status()
                    return {model["id"]: model for model in reply.json()["data"]}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{where}: no OpenAI-compatible server answers there ({error})") from error
        raise InputError(f"{where}: {self.wanted_key(reply)}")

    def wanted_key(self, reply: httpx.Response) -> str:
        """What to do about status 401."""
        found = "is not the key it wants" if "OPENAI_API_KEY" in os.environ else "must hold its key, and is not set"
        return f"the environment variable OPENAI_API_KEY {found} ({in_short(reply)})"

    def room(self, prompt: list | str) -> int | None:
        """Longest completion of a prompt, in tokens; None: what the context leaves beside it, the server finds out.

        A chat prompt's length is not known here, nor needed: one that does not fit beside `--max_new_tokens` is refused
        and asked again without them, see `ask`. Plain text needs a number, or vLLM's /v1/completions makes 16 tokens.

        Raises:
            InputError: a plain-text prompt whose length cannot be found out.
        """
        wanted = self.args.max_new_tokens
        if self.prompt.chat:
            return None if self.context else wanted
        if self.holds is None or wanted + len(prompt.encode()) < self.holds:  # no token is shorter than a byte
            return wanted
        try:
            tokenize = httpx.Client(**self.client_options, timeout=30.0).post
            reply = tokenize(f"{self.base}/tokenize", json={"model": self.args.model_name_or_path, "prompt": prompt})
            return max(1, min(wanted, self.holds - reply.raise_for_status().json()["count"]))
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            raise InputError(
                f"--max_new_tokens {wanted}: {self.args.model_name_or_path} has a context of {self.holds} tokens on "
                f"{self.args.server}, which does not tell how many a prompt takes; lower --max_new_tokens so that the "
                "prompt fits as well"
            ) from error

    def device(self) -> str:
        """What is known of where the model runs."""
        kind = "vLLM" if self.is_vllm else "transformers serve" if self.is_transformers else "OpenAI-compatible"
        return f"{kind} server"

    def gpus(self) -> int | None:
        """The server does not tell."""
        return None

    def requests(self, benchmark: str, samples: list[tuple[str, int]]) -> list[Request]:
        """Requests for (problem id, sample) pairs."""
        prompts, rooms, stem, seed = (
            self.prompts[benchmark],
            self.rooms[benchmark],
            stem_of(benchmark),
            self.args.seed,
        )
        return [Request(stem, p, i, seed + i, prompts[p], rooms[p]) for p, i in samples]

    def complete(self, requests: list[Request], emit: Emit) -> list[tuple[Request, str]]:
        """Complete all requests that the server answers.

        Returns:
            Those that it did not answer, and why.

        Raises:
            InputError: the server is of no use or gone, see `server_client.Asking`.
        """
        return asyncio.run(self.complete_all(requests, emit))

    async def complete_all(self, requests: list[Request], emit: Emit) -> list[tuple[Request, str]]:
        options = self.client_options | {"verify": httpx.create_ssl_context()}
        options["timeout"] = httpx.Timeout(10.0, read=READ_TIMEOUT_S)
        asking = Asking(lambda: httpx.AsyncClient(**options), self.ask, emit, self.args)
        return await asking.run(requests)

    # -----------------------------------------------------------------------------------------------------------------
    # One try of one request
    # -----------------------------------------------------------------------------------------------------------------

    def body(self, request: Request) -> dict:
        """What is sent for a request."""
        sampling = {"temperature": self.args.temperature, "top_p": self.args.top_p, "seed": request.seed}
        body = {"model": self.args.model_name_or_path, **sampling}
        if request.max_tokens is not None:  # else: as much as fits beside the prompt
            body["max_tokens"] = request.max_tokens
        if self.args.stop:
            body["stop"] = self.args.stop
        if options := chat_template_options(self.args):
            body["chat_template_kwargs"] = options
        if self.is_vllm:
            body |= {"top_k": self.args.top_k or -1, "min_p": self.args.min_p, "repetition_penalty": 1.0}
        elif not self.is_transformers:  # fields that not every server knows
            body |= {name: getattr(self.args, name) for name in ("top_k", "min_p") if getattr(self.args, name)}
        if self.is_transformers:
            greedy = self.args.temperature == 0
            body["generation_config"] = json.dumps(
                {
                    "do_sample": not greedy,
                    "top_k": self.args.top_k,
                    "min_p": self.args.min_p or None,
                    "repetition_penalty": 1.0,
                }
            )
        return body | {"messages" if self.prompt.chat else "prompt": request.prompt}

    async def ask(self, client: httpx.AsyncClient, request: Request) -> tuple[Request, str, int | None, str]:
        """The request, its completion, tokens (None: unknown) and finish reason, from the server.

        Raises:
            TryAgain, Refused, Unusable: what became of it.
        """
        try:
            reply = await client.post(
                "chat/completions" if self.prompt.chat else "completions", json=self.body(request)
            )
        except httpx.HTTPError as error:
            raise TryAgain(f"{type(error).__name__}: {error}") from error
        if reply.is_success:
            return request, *self.read(reply)
        if reply.status_code == 401:
            raise Unusable(f"--server {self.args.server}: {self.wanted_key(reply)}")
        if reply.status_code not in REFUSALS:
            raise TryAgain(in_short(reply), seconds_to_wait(reply.headers.get("Retry-After")))
        if self.holds and request.max_tokens is not None and self.prompt.chat:  # prompt and bound may be too long
            return await self.ask(client, replace(request, max_tokens=None))
        raise Refused(in_short(reply))

    def read(self, reply: httpx.Response) -> tuple[str, int | None, str]:
        """Completion, tokens and finish reason of a reply. Thinking that the server split off is joined again.

        Raises:
            TryAgain: another format than OpenAI's, or an answer that was cut off on the server's side.
        """
        try:
            data = reply.json()
            choice, usage = data["choices"][0], data.get("usage") or {}
            message = choice["message"] if self.prompt.chat else {"content": choice["text"]}
            text, tokens, reason = message.get("content") or "", usage.get("completion_tokens"), choice["finish_reason"]
            thinking = message.get("reasoning_content") or message.get("reasoning") or ""
            if not isinstance(text, str) or not isinstance(thinking, str):
                raise TypeError(f"content is a {type(text).__name__}")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise TryAgain(
                f"not an OpenAI-compatible reply ({type(error).__name__}: {error}): {in_short(reply)}"
            ) from error
        if reason not in ENDED:
            raise TryAgain(f"the server cut the answer off: finish_reason {reason}")
        if thinking:  # without an answer it never ended
            text = f"{thinking}</think>{text}" if text.strip() else thinking
        return text, tokens if type(tokens) is int else self.count(text, reason), reason

    def count(self, text: str, reason: str) -> int | None:
        """Tokens of a completion by the model's own tokenizer, with the one that ends it; None without a tokenizer."""
        if self.tokenizer is None:
            from transformers import AutoTokenizer

            name = self.args.model_name_or_path
            try:
                self.tokenizer = AutoTokenizer.from_pretrained(
                    name, revision=self.args.model_revision, local_files_only=True
                )
                say(f"the server does not count tokens: they are counted with the tokenizer of {name}")
            except (OSError, ValueError):
                self.tokenizer = False
                say(f"WARNING: the server counts no tokens, and no tokenizer of {name} is here: lengths are unknown")
        if not self.tokenizer:
            return None
        return len(self.tokenizer(text, add_special_tokens=False)["input_ids"]) + (reason == "stop")


def in_short(reply: httpx.Response) -> str:
    """Status and beginning of a reply, for a message."""
    return f"status {reply.status_code}: {' '.join(reply.text.split())[:300]}"
