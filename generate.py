"""What the three backends of evaluate.py share: vllm_backend.py, transformers_backend.py and server_backend.py.

Their interface: `requests(benchmark, samples)` turns (problem id, sample) pairs into requests, and
`complete(requests, emit)` calls `emit(request, completion, tokens, finish_reason)` for each as soon as it is finished,
in any order; `device()` says where the model runs and `commit` which commit of the hub it is, if known. `args` is
`evaluate.EvaluationArguments`. Sample i is seeded with `seed + i`, as in the paper.
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli import InputError
from data import encode_prompt, get_prompt, load_tokenizer

Emit = Callable[["Request", str, int, str], None]


@dataclass(frozen=True)
class Request:
    """One sample to make: `prompt` holds token ids here, and chat messages or text for a server."""

    benchmark: str
    problem: str
    sample: int
    seed: int
    prompt: list
    max_tokens: int


# ---------------------------------------------------------------------------------------------------------------------
# Processes
# ---------------------------------------------------------------------------------------------------------------------


class Processes:
    """The processes that `accelerate launch` started. They only ever wait for each other, so a key-value store does:
    a process group would take GPU memory, and vLLM would mistake it for its own."""

    def __init__(self):
        self.index, self.count = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        self.local_index = int(os.environ.get("LOCAL_RANK", "0"))
        if self.count > 1:
            from torch.distributed import rendezvous

            self.store, _, _ = next(rendezvous("env://", self.index, self.count))

    def wait(self, label: str) -> None:
        """Return when every process has called this with the same label, however long that takes."""
        if self.count > 1:
            self.store.add(label, 1)
            while self.store.add(label, 0) < self.count:
                time.sleep(0.1)


# ---------------------------------------------------------------------------------------------------------------------
# Prompts
# ---------------------------------------------------------------------------------------------------------------------


class LocalBackend:
    """What both local backends share: every prompt is encoded, and measured, before a model is loaded.

    Raises:
        InputError: no tokenizer or model configuration, no chat template, or a prompt longer than the model's context.
    """

    def __init__(self, args, problem_sets: dict[str, list[dict]]):
        from transformers import AutoConfig

        self.args = args
        self.tokenizer = load_tokenizer(args.model_name_or_path, args.model_revision)
        try:
            config = AutoConfig.from_pretrained(args.model_name_or_path, revision=args.model_revision)
        except (OSError, ValueError) as error:
            raise InputError(f"{args.model_name_or_path}: cannot load a model: {error}") from error
        self.commit = getattr(config, "_commit_hash", None)
        context = getattr(config.get_text_config(), "max_position_embeddings", None) or math.inf
        self.prompts, self.room, self.longest = {}, {}, 0  # tokens of the longest prompt and completion together
        for name, problems in problem_sets.items():
            prompt = get_prompt(args.prompt_preset)
            ids = {p["id"]: encode_prompt(self.tokenizer, prompt, p["problem"]) for p in problems}
            longest = max(ids, key=lambda problem: len(ids[problem]))
            if len(ids[longest]) >= context:
                raise InputError(
                    f"{name}, problem {longest}: the prompt has {len(ids[longest])} tokens, "
                    f"the model's context only {context}"
                )
            self.prompts[name] = ids
            self.room[name] = int(min(args.max_new_tokens, context - len(ids[longest])))  # one bound for all samples
            self.longest = max(self.longest, len(ids[longest]) + self.room[name])

    def requests(self, benchmark: str, samples: list[tuple[str, int]]) -> list[Request]:
        """Requests for (problem id, sample) pairs."""
        ids, room = self.prompts[benchmark], self.room[benchmark]
        return [Request(Path(benchmark).stem, p, i, self.args.seed + i, ids[p], room) for p, i in samples]
