"""Seconds per optimizer step: TRL's stock `GRPOTrainer`, ours, and the least that the same tokens take, in one run.

The completions are made up with the lengths that R1-like models show: log-normal, the median at a quarter of the
longest, some cut off at the longest. Everything but sampling is timed: rewards, old and reference log-probs, loss,
gradient, optimizer. Both trainers have the same model, seed, rewards and settings; the ratio comes from padding. The
least is a bare loop without a trainer: the same forward passes and one backward pass over as many tokens, in
micro-batches of as many completions, none of which has a padded token, then the optimizer's step.
Last, the reward on the 2,048 completions of benchmarks/grader.py (2 workers on 2 cores), as a share of the time that
training on as many takes at this speed. Times of training are CPU seconds, so other work on the machine hardly counts.

    OMP_NUM_THREADS=1 python benchmarks/train_step.py
    OMP_NUM_THREADS=1 python benchmarks/train_step.py --per_device_train_batch_size 4 --beta 0
    python benchmarks/train_step.py --device cuda --hidden_size 1024 --max_length 2048    # bf16, and seconds of a clock
"""

import argparse
import itertools
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import datasets
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig, GRPOTrainer
from trl.trainer.utils import add_fused_lm_head

import demo
from benchmarks.grader import training_batch
from prompts import load_tokenizer
from reward import accuracy_reward
from train_grpo import GRPOScriptArguments
from training.grpo_trainer import DeepMathGRPOTrainer

GROUP = 8  # completions of a prompt
STEPS_PER_ROLLOUT = 2


def now(device: str) -> float:
    """CPU seconds; on a GPU those of the clock, once its queue is done."""
    if device == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def make_model(folder: Path, max_length: int, hidden_size: int) -> None:
    """A random Qwen2 network with the demo's tokenizer; 3 M parameters at a hidden size of 256."""
    demo.make_model(folder, seed=0)
    sizes = {"hidden_size": hidden_size, "intermediate_size": 4 * hidden_size, "num_attention_heads": 4}
    config = Qwen2Config.from_pretrained(folder, **sizes, num_key_value_heads=2, max_position_embeddings=2 * max_length)
    torch.manual_seed(0)
    Qwen2ForCausalLM(config).save_pretrained(folder)


def make_completions(tokenizer, count: int, max_length: int) -> list[list[int]]:
    """Token ids of made-up completions that end in an answer unless they are cut off."""
    rng = random.Random(0)
    completions = []
    for _ in range(count):
        length = int(max_length / 4 * rng.lognormvariate(0, 0.8))
        answer = tokenizer(f"</think>\\boxed{{{rng.randint(1, 3)}}}")["input_ids"] + [tokenizer.eos_token_id]
        thinking = [rng.randrange(10, 200) for _ in range(max(1, length - len(answer)))]
        completions.append((thinking + answer)[:max_length])
    return completions


def with_completions(kind: type, completions: list[list[int]], device: str) -> type:
    """The trainer class, handing out made-up completions in place of sampling, and noting when a step is done."""

    class Trainer(kind):
        taken = 0
        ends: list[float]

        def _generate_single_turn(self, prompt_ids, *args, **kwargs):
            picked = [completions[(self.taken + i) % len(completions)] for i in range(len(prompt_ids))]
            self.taken += len(prompt_ids)
            return picked, None

        def log(self, logs, start_time=None):
            self.ends = [*getattr(self, "ends", []), now(device)]
            super().log(logs, start_time)

    return Trainer


def seconds_per_step(kind: type, model: Path, completions, args) -> float:
    """Median seconds of an optimizer step after the first rollout batch."""
    config = GRPOConfig(
        tempfile.mkdtemp(), use_cpu=args.device == "cpu", bf16=args.device == "cuda", gradient_checkpointing=False,
        report_to="none", logging_steps=1, disable_tqdm=True, save_strategy="no", beta=args.beta,
        max_steps=STEPS_PER_ROLLOUT * (1 + args.rollouts), num_generations=GROUP,
        per_device_train_batch_size=args.per_device_train_batch_size,
        gradient_accumulation_steps=args.completions // args.per_device_train_batch_size // STEPS_PER_ROLLOUT,
        generation_batch_size=args.completions, max_completion_length=args.max_length, learning_rate=1e-5,
    )  # fmt: skip
    row = {"question": "1+1", "final_answer": "2", "prompt": [{"role": "user", "content": "1+1"}]}
    recipe = {"recipe": GRPOScriptArguments()} if kind is DeepMathGRPOTrainer else {}
    trainer = with_completions(kind, completions, args.device)(
        str(model), accuracy_reward, config, datasets.Dataset.from_list([row] * 1000),
        processing_class=load_tokenizer(str(model)), **recipe,
    )  # fmt: skip
    trainer.train()
    ends = trainer.ends[: config.max_steps][STEPS_PER_ROLLOUT - 1 :: STEPS_PER_ROLLOUT]  # of the rollout batches
    return statistics.median(b - a for a, b in itertools.pairwise(ends)) / STEPS_PER_ROLLOUT


def least_seconds(folder: Path, completions: list[list[int]], args) -> float:
    """Median seconds of an optimizer step's computation without any padding, without a trainer.

    The rows of a micro-batch are given the mean length of its completions, which are taken in order of length.
    """
    policy, reference = (Qwen2ForCausalLM.from_pretrained(folder).to(args.device) for _ in range(2))
    tokenizer = load_tokenizer(str(folder))
    for model in (policy, reference):
        add_fused_lm_head(model)
    optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-5)
    prompt = tokenizer.apply_chat_template([{"role": "user", "content": "1+1"}], add_generation_prompt=True)[
        "input_ids"
    ]
    size, batches = args.per_device_train_batch_size, []
    ordered = sorted(completions, key=len)
    for start in range(0, len(ordered), size):
        rows = ordered[start : start + size]
        tokens = [token for row in rows for token in row]
        mean = round(len(tokens) / size)
        tokens = (tokens + tokens)[: mean * size]
        ids = [prompt + tokens[i * mean : (i + 1) * mean] for i in range(size)]  # (b, P + C)
        batches.append(torch.tensor(ids, device=args.device))
    random.Random(0).shuffle(batches)

    def log_probs(model, ids: torch.Tensor) -> torch.Tensor:
        labels = ids.clone()
        labels[:, : len(prompt)] = -100
        with torch.autocast(args.device, torch.bfloat16, enabled=args.device == "cuda"):
            found = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels, fused_lm_head=True)
        return found.log_probs[:, len(prompt) :]

    def step(batches: list[torch.Tensor]) -> None:
        for ids in batches:
            with torch.no_grad():
                old = log_probs(policy, ids)
                base = log_probs(reference, ids) if args.beta else old
            logps = log_probs(policy, ids)
            loss = -(logps - old).exp().clamp(0.8, 1.2).mean() + args.beta * (base - logps).exp().mean()
            (loss / len(batches)).backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    seconds = []
    for _ in range(1 + args.rollouts):
        started = now(args.device)
        for half in range(STEPS_PER_ROLLOUT):
            step(batches[half::STEPS_PER_ROLLOUT])
        seconds.append((now(args.device) - started) / STEPS_PER_ROLLOUT)
    return statistics.median(seconds[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--completions", type=int, default=64, help="of a rollout batch: two optimizer steps")
    parser.add_argument("--max_length", type=int, default=512, help="tokens of the longest completion")
    parser.add_argument("--per_device_train_batch_size", type=int, default=1)
    parser.add_argument("--beta", type=float, default=0.001, help="above 0: with a reference model")
    parser.add_argument("--rollouts", type=int, default=2, help="rollout batches to time")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="cuda: with bf16 autocast")
    parser.add_argument("--hidden_size", type=int, default=256, help="of the network")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_model(Path(folder), args.max_length, args.hidden_size)
        completions = make_completions(load_tokenizer(folder), args.completions, args.max_length)
        lengths = [len(each) for each in completions]
        print(f"{len(lengths)} completions: mean {statistics.mean(lengths):.0f}, longest {max(lengths)} tokens")
        stock = seconds_per_step(GRPOTrainer, Path(folder), completions, args)
        ours = seconds_per_step(DeepMathGRPOTrainer, Path(folder), completions, args)
        least = least_seconds(Path(folder), completions, args)
    print(f"stock {stock:.2f} s, ours {ours:.2f} s per optimizer step: {stock / ours:.2f} times faster")
    print(f"the same tokens without padding or trainer {least:.2f} s: ours takes {ours / least:.2f} times as long")
    texts, golds = training_batch(questions=128, group=16, seed=0, hostile=0.05)
    started = time.perf_counter()
    accuracy_reward(texts, golds)
    reward = time.perf_counter() - started
    training = 2 * ours * len(texts) / args.completions
    share = reward / (reward + training)
    print(f"reward of {len(texts):,} completions: {reward:.2f} s, {share:.2%} of their training's {training:.0f} s")


if __name__ == "__main__":
    main()
