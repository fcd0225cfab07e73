"""Generation through transformers: the backend that needs nothing more installed, and repeats its samples.

vLLM hands sample i of every problem the same random numbers, which correlates their errors a little. Here every sample
has a stream of its own, keyed by (seed + i, benchmark, problem id), and draws its t-th token with the stream's t-th
number. Neither the batch nor the process nor a restart changes it, but for rounding: other shapes add up in another
order, which may turn a near-tie. So it is with `--continuous_batching true`, which fills the place of a finished sample
at once instead of waiting for the longest of its batch.
"""

import hashlib
import math
from itertools import groupby

from cli import InputError
from evaluation.backend import Emit, LocalBackend, Processes, Request

NUCLEUS = 256  # tokens looked at first for top-p; a flatter distribution is sorted as a whole
KV_BLOCK = 32  # tokens in a block of the continuous batch's cache

# ---------------------------------------------------------------------------------------------------------------------
# Model
# ---------------------------------------------------------------------------------------------------------------------


class TransformersBackend(LocalBackend):
    """transformers' `generate` on batches of prompts of similar length, or its continuous batching.

    Args:
        args, problem_sets: see `LocalBackend`.
        processes: the accelerator is the one of this process's local index.

    Raises:
        InputError: as LocalBackend; weights that are missing, cut off, of another shape, or larger than the memory.
    """

    def __init__(self, args, problem_sets: dict[str, list[dict]], processes: Processes):
        super().__init__(args, problem_sets)
        import torch
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM

        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        accelerator = None if args.use_cpu else torch.accelerator.current_accelerator()
        self.where = torch.device("cpu" if accelerator is None else f"{accelerator.type}:{processes.local_index}")
        try:
            self.model = AutoModelForCausalLM.from_pretrained(
                args.model_name_or_path,
                revision=args.model_revision,
                dtype=args.dtype,
                trust_remote_code=args.trust_remote_code,
            )
            self.model.to(self.where).eval()
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise InputError(f"{args.model_name_or_path}: cannot load a model: {error}") from error
        declared = self.model.generation_config.eos_token_id
        declared = declared if isinstance(declared, list) else [declared]
        ends = (*declared, self.tokenizer.eos_token_id, *self.stop_ids)
        self.eos_ids = sorted({i for i in ends if i is not None})
        if args.continuous_batching and self.stop_texts:
            raise InputError(
                f"--continuous_batching: transformers' ends no completion at a text such as {self.stop_texts[0]!r}; "
                "leave it out, or --stop none"
            )

    def gpus(self) -> int:
        """How many this process uses."""
        return int(self.where.type == "cuda")

    def device(self) -> str:
        """Where the model runs."""
        return self.where.type

    def text_of(self, ids: list[int]) -> str:
        """A completion's text, up to the first stop text."""
        text = self.tokenizer.decode(ids, skip_special_tokens=True)
        return text[: min((text.find(stop) for stop in self.stop_texts if stop in text), default=len(text))]

    def complete(self, requests: list[Request], emit: Emit) -> None:
        """Complete all requests, batch by batch; a sample is emitted when it ends, not when its batch does.

        Raises:
            InputError: a batch does not fit into the accelerator's memory.
        """
        import torch

        if self.args.continuous_batching:
            return self.complete_continuously(requests, emit) if requests else None
        requests = sorted(requests, key=lambda request: len(request.prompt))  # one length pads the others least
        groups = [list(alike) for _, alike in groupby(requests, key=lambda request: request.max_tokens)]
        size = self.args.batch_size
        for batch in (alike[start : start + size] for alike in groups for start in range(0, len(alike), size)):
            try:
                self.complete_batch(batch, emit)
            except torch.OutOfMemoryError as error:
                raise InputError(
                    f"no memory left for {size} completions at once; the finished samples are kept: start the same "
                    "command again with a lower --batch_size"
                ) from error

    def complete_batch(self, requests: list[Request], emit: Emit) -> None:
        """Complete one batch of requests that share `max_tokens`."""
        import torch
        from transformers import (
            GenerationConfig,
            LogitsProcessorList,
            StoppingCriteria,
            StoppingCriteriaList,
            StopStringCriteria,
        )

        batch = self.tokenizer.pad({"input_ids": [r.prompt for r in requests]}, return_tensors="pt").to(self.where)
        prompt_length = batch["input_ids"].shape[1]  # of (B, P)
        running = dict(enumerate(requests))

        def finish(row: int, ids: list[int], reason: str) -> None:
            emit(running.pop(row), self.text_of(ids), len(ids), reason)

        class EmitEnded(StoppingCriteria):
            def __call__(self, input_ids, scores):  # (B, P + t)
                ended = torch.isin(input_ids[:, -1], eos)  # (B,)
                if at_text:
                    ended |= at_text(input_ids[:, prompt_length:], scores)
                for row in ended.nonzero().flatten().tolist():
                    if row in running:
                        finish(row, input_ids[row, prompt_length:].tolist(), "stop")
                return ended

        eos = torch.tensor(self.eos_ids, device=self.where)
        at_text = StopStringCriteria(self.tokenizer, self.stop_texts) if self.stop_texts else None
        samplers = LogitsProcessorList()
        if self.args.temperature > 0:
            streams = torch.stack([sample_stream(request) for request in requests]).to(self.where)  # (B, T)
            samplers.append(make_sampler(streams, prompt_length, self.args))
        self.model.generation_config = GenerationConfig(
            do_sample=False,  # the sampler leaves one finite logit per row
            max_new_tokens=requests[0].max_tokens,
            eos_token_id=self.eos_ids,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        with torch.inference_mode():
            criteria = StoppingCriteriaList([EmitEnded()])
            output = self.model.generate(**batch, logits_processor=samplers, stopping_criteria=criteria)
        for row in list(running):
            finish(row, output[row, prompt_length:].tolist(), "length")

    def complete_continuously(self, requests: list[Request], emit: Emit) -> None:
        """Complete all requests through transformers' continuous batching, `batch_size` of them at a time.

        Raises:
            InputError: it ends early, such as for want of memory.
        """
        failed = "transformers' continuous batching {}; the finished samples are kept: start the same command again, "
        failed += "with a lower --batch_size or without --continuous_batching"
        waiting = {str(i): request for i, request in enumerate(requests)}
        manager = self.continuous_manager(waiting)
        manager.start()
        try:
            for name, request in waiting.items():
                manager.add_request(request.prompt, name, request.max_tokens, eos_token_id=self.eos_ids)
            for _ in range(len(requests)):
                while (result := manager.get_result(timeout=1)) is None:
                    if not manager.is_running():
                        raise InputError(failed.format("ended early"))
                if result.error:
                    raise InputError(failed.format(f"failed ({result.error})"))
                ids = result.generated_tokens
                reason = "stop" if ids[-1] in self.eos_ids else "length"
                emit(waiting[result.request_id], self.text_of(ids), len(ids), reason)
        finally:
            manager.stop(block=True, hard_stop=True)
            manager.destroy()

    def continuous_manager(self, waiting: dict[str, Request]):
        """transformers' continuous batch: room for `batch_size` of the longest requests, drawing from our streams."""
        from transformers import ContinuousBatchingConfig, GenerationConfig
        from transformers.generation.continuous_batching.cb_logits_processors import (
            ContinuousBatchingLogitsProcessorList,
        )

        longest = max(len(request.prompt) + request.max_tokens for request in waiting.values())
        manager = self.model.init_continuous_batching(
            generation_config=GenerationConfig(do_sample=False, eos_token_id=self.eos_ids),
            continuous_batching_config=ContinuousBatchingConfig(
                block_size=KV_BLOCK,
                num_blocks=self.args.batch_size * -(-longest // KV_BLOCK) + 1,
                max_batch_tokens=max(2 * self.args.batch_size, longest),
                max_requests_per_batch=self.args.batch_size,
                use_cuda_graph=False,  # drawing from a nucleus branches on what it finds
                use_async_batching=False,
            ),
        )
        if self.args.temperature > 0:
            manager.logit_processor = ContinuousBatchingLogitsProcessorList([make_stream_drawer(waiting, self.args)])
            manager.logit_processor.tensors_required = 1
        return manager


# ---------------------------------------------------------------------------------------------------------------------
# Sampling
# ---------------------------------------------------------------------------------------------------------------------


def sample_stream(request: Request):
    """Uniform numbers in [0, 1), one per token, that depend on nothing but the sample's own identity: (T,)."""
    import torch

    key = f"{request.seed}|{request.benchmark}|{request.problem}".encode()
    generator = torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1)
    numbers = torch.rand(request.max_tokens, generator=generator, dtype=torch.float64)
    return numbers.float().double()  # continuous batching passes them on as float32


def make_sampler(streams, prompt_length: int, args):
    """A logits processor that samples each row from its own stream, whatever else is in the batch.

    Args:
        streams: uniform numbers, one row per row of the batch, (B, T).
        prompt_length: padded length of the prompts, in tokens.
        args: temperature, top_p, top_k and min_p.
    """
    import torch
    from transformers import LogitsProcessor

    class StreamSampler(LogitsProcessor):
        def __call__(self, input_ids, scores):  # (B, prompt_length + t), (B, V)
            uniforms = streams[:, input_ids.shape[1] - prompt_length]  # (B,)
            token = draw(among(scores / args.temperature, args), uniforms, args.top_p)
            return torch.full_like(scores, -torch.inf).scatter_(1, token[:, None], 0.0)

    return StreamSampler()


def make_stream_drawer(requests: dict[str, Request], args):
    """What `make_sampler` makes, for continuous batching: the batch is another one at every token.

    Args:
        requests: by the name under which each was added.
        args: temperature, top_p, top_k and min_p.
    """
    import torch
    from transformers.generation.continuous_batching.cb_logits_processors import ContinuousBatchingLogitsProcessor

    streams = {}

    class StreamDrawer(ContinuousBatchingLogitsProcessor):
        supported_kwargs, ignored_kwargs = {}, ()

        def fill_defaults(self, int32_tensor):
            int32_tensor.zero_()

        def prepare_tensor_args(self, requests_with_new_token):
            numbers = []
            for future in requests_with_new_token:
                name = future.state.request_id
                if name not in streams:
                    streams[name] = iter(sample_stream(requests[name]).tolist())
                numbers.append(next(streams[name]))
            return torch.tensor(numbers, dtype=torch.float32).view(torch.int32)

        def __call__(self, scores, tensor_arg):  # (B, V), (at least B,)
            uniforms = tensor_arg[: scores.shape[0]].view(torch.float32).double()
            token = draw(among(scores / args.temperature, args), uniforms, args.top_p)
            return torch.full_like(scores, -torch.inf).scatter_(1, token[:, None], 0.0)

    return StreamDrawer()


def among(scores, args):
    """Logits (B, V) with -inf for the tokens that `min_p`, then `top_k` leave out: vLLM's order, before top-p."""
    if args.min_p > 0:
        scores = scores.masked_fill(scores < scores.amax(-1, keepdim=True) + math.log(args.min_p), -math.inf)
    if 0 < args.top_k < scores.shape[1]:
        scores = scores.masked_fill(scores < scores.topk(args.top_k).values[:, -1:], -math.inf)
    return scores


def draw(scores, uniforms, top_p: float, candidates: int = NUCLEUS):
    """The token that each uniform number picks from the nucleus: by inverse CDF, in the vocabulary's order.

    Args:
        scores: logits divided by the temperature, (B, V).
        uniforms: one number in [0, 1) per row, (B,).
        top_p: the nucleus is the smallest set of most likely tokens that holds this mass, ties included.
        candidates: how many of the most likely tokens to look at first; rows that need more are sorted as a whole.

    Returns:
        Token ids, (B,).
    """
    size = scores.shape[1]
    if top_p == 1:
        return inverse_cdf(scores.double().softmax(-1), uniforms)
    candidates = min(candidates, size)
    top, index = scores.topk(candidates)  # (B, K), most likely first
    mass = (top.double() - scores.double().logsumexp(-1, keepdim=True)).exp()
    kept = (mass.cumsum(-1) - mass < top_p).sum(-1, keepdim=True)  # (B, 1)
    least = top.gather(1, kept - 1)
    inside = top >= least  # (B, K)
    index, order = index.masked_fill(~inside, size).sort()  # by token id, so that near-ties cannot swap places
    token = index.gather(1, inverse_cdf((mass * inside).gather(1, order), uniforms)[:, None])[:, 0]
    beyond = top[:, -1] >= least[:, 0]  # the nucleus may reach past the candidates
    if candidates < size and beyond.any():
        token[beyond] = draw(scores[beyond], uniforms[beyond], top_p, size)
    return token


def inverse_cdf(mass, uniforms):
    """Index at which the cumulative share of `mass` (B, K) passes each of `uniforms` (B,): (B,)."""
    import torch

    cumulative = mass.cumsum(-1)
    target = uniforms[:, None].clamp(max=1 - 2**-50) * cumulative[:, -1:]  # below the total, whatever the rounding
    return torch.searchsorted(cumulative, target, right=True)[:, 0]
