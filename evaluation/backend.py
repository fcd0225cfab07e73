"""What the three backends of evaluate.py share: vllm_backend.py, transformers_backend.py and server_backend.py.

Their interface: `requests(benchmark, samples)` turns (problem id, sample) pairs into requests, and
`complete(requests, emit)` calls `emit(request, completion, tokens, finish_reason)` for each as soon as it is finished,
in any order (a server's returns those it did not answer, and why); `device()` says where the model runs, `gpus()` on
how many GPUs (None: unknown), `commit` which commit of the hub it is and `context` how many tokens it takes, None where
unknown. `args` is
`evaluate.EvaluationArguments`. Sample i is seeded with `seed + i`, as in the paper, and ends after `max_new_tokens` or
where prompt and completion fill the context, whichever comes first: a bound that depends on nothing but the sample.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from cli import InputError, say
from evaluation.benchmarks import stem_of
from prompts import encode_prompt, load_tokenizer

Emit = Callable[["Request", str, int | None, str], None]


@dataclass(frozen=True)
class Request:
    """One sample to make.

    Args:
        benchmark: its stem, without a folder.
        problem: the problem's id.
        sample: which of the problem's samples, from 0.
        seed: `args.seed + sample`.
        prompt: token ids; chat messages or text for a server.
        max_tokens: longest completion, in tokens; None: what a server's context leaves.
    """

    benchmark: str
    problem: str
    sample: int
    seed: int
    prompt: list | str
    max_tokens: int | None


# ---------------------------------------------------------------------------------------------------------------------
# Processes
# ---------------------------------------------------------------------------------------------------------------------


class Processes:
    """The processes that `accelerate launch` started: `index` of `count`, and `local_index` on this machine.

    They only ever wait for each other, so a key-value store does: a process group would take GPU memory, and vLLM would
    mistake it for its own.
    """

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


def chat_template_options(args) -> dict:
    """The chat template's variables that the arguments set."""
    return {} if args.enable_thinking is None else {"enable_thinking": args.enable_thinking}


class LocalBackend:
    """What both local backends share: every prompt is encoded, and measured, before a model is loaded.

    Args:
        args: `evaluate.EvaluationArguments`.
        problem_sets: the problems of each benchmark, as `benchmarks.load_benchmark` returns them.

    Raises:
        InputError: no tokenizer or model configuration, no chat template, one that refuses the preset, or a prompt
            longer than the model's context.
    """

    def __init__(self, args, problem_sets: dict[str, list[dict]]):
        from transformers import AutoConfig

        self.args = args
        self.tokenizer = load_tokenizer(args.model_name_or_path, args.model_revision, args.trust_remote_code)
        try:
            config = AutoConfig.from_pretrained(
                args.model_name_or_path, revision=args.model_revision, trust_remote_code=args.trust_remote_code
            )
        except (OSError, ValueError) as error:
            raise InputError(f"{args.model_name_or_path}: cannot load a model: {error}") from error
        self.commit = getattr(config, "_commit_hash", None)
        self.context = getattr(config.get_text_config(), "max_position_embeddings", None)
        special = self.tokenizer.get_added_vocab()  # these are not in a completion's text, but end it all the same
        self.stop_ids = sorted(special[text] for text in args.stop if text in special)
        self.stop_texts = [text for text in args.stop if text not in special]
        prompt, options = args.prompt, chat_template_options(args)
        self.prompts = {
            name: {p["id"]: encode_prompt(self.tokenizer, prompt, p["problem"], **options) for p in problems}
            for name, problems in problem_sets.items()
        }
        self.longest = 0  # tokens of prompt and completion together
        for name, ids in self.prompts.items():
            self.measure(name, ids)

    def measure(self, name: str, ids: dict[str, list[int]]) -> None:
        """Check that every prompt of a benchmark leaves room for a completion, and say where the context cuts it.

        Raises:
            InputError: a prompt longer than the model's context.
        """
        longest = max(ids, key=lambda problem: len(ids[problem]))
        length, wanted = len(ids[longest]), self.args.max_new_tokens
        if (least := self.room(ids[longest])) < 1:
            raise InputError(
                f"{name}, problem {longest}: the prompt has {length} tokens, the model's context only {self.context}"
            )
        if least < wanted:
            say(
                f"{stem_of(name)}: a completion ends where the model's context of {self.context} tokens is full, "
                f"after {least} tokens for the longest prompt, before --max_new_tokens {wanted}"
            )
        self.longest = max(self.longest, *(len(each) + self.room(each) for each in ids.values()))

    def room(self, prompt: list[int]) -> int:
        """Longest completion of a prompt, in tokens."""
        wanted = self.args.max_new_tokens
        return wanted if self.context is None else min(wanted, self.context - len(prompt))

    def requests(self, benchmark: str, samples: list[tuple[str, int]]) -> list[Request]:
        """Requests for (problem id, sample) pairs."""
        ids, stem, seed = self.prompts[benchmark], stem_of(benchmark), self.args.seed
        return [Request(stem, p, i, seed + i, ids[p], self.room(ids[p])) for p, i in samples]
