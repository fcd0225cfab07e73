"""Generation for evaluate.py: one stored sample per problem and seed, whatever the batch, the process or the day.

A file of its own because it is the half of an evaluation that needs a model and is worth hours: everything here works
on JSON-lines files that are appended to at once and continued after a kill. `args` is `evaluate.EvaluationArguments`.
"""

import hashlib
import json
import math
from pathlib import Path

from cli import InputError
from data import encode_prompt, get_prompt, load_tokenizer

# ---------------------------------------------------------------------------------------------------------------------
# Sampling
# ---------------------------------------------------------------------------------------------------------------------


def sample_stream(args, benchmark: str, problem_id: str, sample: int):
    """Uniform numbers in [0, 1), one per token, that depend on nothing but the sample's own identity: (T,)."""
    import torch

    key = f"{args.seed + sample}|{Path(benchmark).stem}|{problem_id}".encode()
    generator = torch.Generator().manual_seed(int.from_bytes(hashlib.sha256(key).digest()[:8], "big") >> 1)
    return torch.rand(args.max_new_tokens, generator=generator, dtype=torch.float64)


def make_sampler(uniforms, prompt_length: int, args):
    """A logits processor that samples each row from its own stream, whatever else is in the batch.

    Args:
        uniforms: one stream per row, (B, T).
        prompt_length: padded length of the prompts, in tokens.
        args: temperature and top_p.
    """
    import torch
    from transformers import LogitsProcessor, TemperatureLogitsWarper, TopPLogitsWarper

    class StreamSampler(LogitsProcessor):
        def __call__(self, input_ids, scores):  # (B, prompt_length + t), (B, V)
            scores = scores.double()
            scores = TemperatureLogitsWarper(args.temperature)(input_ids, scores)
            if args.top_p < 1:
                scores = TopPLogitsWarper(args.top_p)(input_ids, scores)
            cumulative = scores.softmax(-1).cumsum(-1)  # (B, V)
            u = uniforms[:, input_ids.shape[1] - prompt_length, None] * cumulative[:, -1:]  # (B, 1)
            token = torch.searchsorted(cumulative, u, right=True).clamp(max=scores.shape[1] - 1)  # inverse CDF
            return torch.full_like(scores, -torch.inf).scatter_(1, token, 0.0)

    return StreamSampler()


# ---------------------------------------------------------------------------------------------------------------------
# Model
# ---------------------------------------------------------------------------------------------------------------------


class Generator:
    """A model with its tokenizer that completes batches of prompts through transformers."""

    def __init__(self, args, device):
        from transformers import AutoModelForCausalLM

        self.args, self.device = args, device
        self.tokenizer = load_tokenizer(args.model_name_or_path, args.model_revision)
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token
        try:
            model = AutoModelForCausalLM.from_pretrained(
                args.model_name_or_path, revision=args.model_revision, dtype=args.dtype
            )
        except (OSError, ValueError) as error:
            raise InputError(f"{args.model_name_or_path}: cannot load a model: {error}") from error
        self.model = model.to(device).eval()
        declared = self.model.generation_config.eos_token_id
        declared = declared if isinstance(declared, list) else [declared]
        self.eos_ids = sorted({i for i in (*declared, self.tokenizer.eos_token_id) if i is not None})
        self.context = getattr(self.model.config, "max_position_embeddings", None) or math.inf

    def complete(self, prompts_ids: list[list[int]], streams, max_new_tokens: int) -> list[dict]:
        """Complete prompts.

        Args:
            prompts_ids: token ids of each prompt.
            streams: the random numbers of each sample, (B, T).
            max_new_tokens: where a completion is cut.

        Returns:
            For each prompt: completion (text), tokens (count, with the end token), finish_reason ("stop" or "length").
        """
        import torch
        from transformers import GenerationConfig, LogitsProcessorList

        batch = self.tokenizer.pad({"input_ids": prompts_ids}, return_tensors="pt").to(self.device)  # (B, P)
        prompt_length = batch["input_ids"].shape[1]
        greedy = self.args.temperature == 0
        sampler = [] if greedy else [make_sampler(streams.to(self.device), prompt_length, self.args)]
        config = GenerationConfig(
            do_sample=False,  # the sampler leaves one finite logit per row
            max_new_tokens=max_new_tokens,
            eos_token_id=self.eos_ids,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        self.model.generation_config = config
        with torch.inference_mode():
            output = self.model.generate(**batch, logits_processor=LogitsProcessorList(sampler))
        results = []
        for row in output[:, prompt_length:].tolist():
            end = next((at for at, token in enumerate(row) if token in self.eos_ids), None)
            ids = row if end is None else row[: end + 1]
            text = self.tokenizer.decode(ids, skip_special_tokens=True)
            reason = "length" if end is None else "stop"
            results.append({"completion": text, "tokens": len(ids), "finish_reason": reason})
        return results


# ---------------------------------------------------------------------------------------------------------------------
# Stored samples
# ---------------------------------------------------------------------------------------------------------------------


def text_hash(text: str) -> str:
    """Short fingerprint by which a stored sample is recognised as one of this very problem."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def generate_missing(generator: Generator, benchmark: str, problems: list[dict], path: Path, done: set, shard) -> None:
    """Generate every (problem, sample) that no file holds yet and append each finished batch to `path`.

    Args:
        generator: the model.
        benchmark: name, part of each sample's random stream.
        problems: all problems of the benchmark.
        path: this process's JSON-lines file.
        done: (problem id, sample) pairs that are there already.
        shard: (index, count) of this process.

    Raises:
        InputError: a prompt that does not fit into the model's context.
    """
    import torch
    from tqdm import tqdm

    args, prompt = generator.args, get_prompt(generator.args.prompt_preset)
    hashes = {p["id"]: text_hash(p["problem"]) for p in problems}
    ids = {p["id"]: encode_prompt(generator.tokenizer, prompt, p["problem"]) for p in problems}
    longest = max(problems, key=lambda p: len(ids[p["id"]]))
    if len(ids[longest["id"]]) >= generator.context:
        raise InputError(
            f"{benchmark}, problem {longest['id']}: the prompt has {len(ids[longest['id']])} tokens, "
            f"the model's context only {generator.context}"
        )
    room = int(min(args.max_new_tokens, generator.context - len(ids[longest["id"]])))  # one bound for all samples
    index, count = shard
    todo = [(p["id"], i) for p in problems for i in range(args.n) if (p["id"], i) not in done][index::count]
    todo.sort(key=lambda pair: len(ids[pair[0]]))  # prompts of one length pad each other least
    progress = tqdm(total=len(todo), desc=Path(benchmark).stem, unit="sample", disable=index > 0)
    with open(path, "a", encoding="utf-8") as file:
        for start in range(0, len(todo), args.batch_size):
            pairs = todo[start : start + args.batch_size]
            streams = torch.stack([sample_stream(args, benchmark, problem, i) for problem, i in pairs])
            completed = generator.complete([ids[problem] for problem, _ in pairs], streams, room)
            for (problem, i), result in zip(pairs, completed, strict=True):
                key = {"id": problem, "sample": i, "seed": args.seed + i, "problem_hash": hashes[problem]}
                file.write(json.dumps({**key, **result}) + "\n")
            file.flush()
            progress.update(len(pairs))
    progress.close()


def read_generations(output_dir: Path, benchmark: str, problems: list[dict], n: int) -> dict[tuple[str, int], dict]:
    """All stored samples of a benchmark by (problem id, sample); a half-written last line is cut off its file.

    Raises:
        InputError: a broken line elsewhere than at the end, or samples of a problem whose text is another now.
    """
    wanted = {(p["id"], i): text_hash(p["problem"]) for p in problems for i in range(n)}
    samples = {}
    for path in sorted(output_dir.glob(f"{Path(benchmark).stem}.generations-*.jsonl")):
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):  # the process was killed while writing
            with open(path, "r+b") as file:
                file.truncate(len(whole))
        for number, line in enumerate(whole.decode("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                key, hash_then = (row["id"], row["sample"]), row["problem_hash"]
            except (json.JSONDecodeError, KeyError) as error:
                raise InputError(f"{path}, line {number}: not a stored sample; delete that line to redo it") from error
            if key in wanted and hash_then != wanted[key]:
                raise InputError(
                    f"{path}, line {number}: made for another text of problem {row['id']}; take another --output_dir"
                )
            if key in wanted:
                samples[key] = row
    return samples
