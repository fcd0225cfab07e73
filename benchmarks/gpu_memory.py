"""Peak memory of two GRPO optimizer steps on one device, beside the rows of docs/scale.md scaled to the model.

A random Qwen2 network of Qwen2.5-0.5B's shape by default, one completion of full length a micro-batch, a reference
model, float32 weights, bf16 autocast and gradient checkpointing on a GPU; completions are made up, nothing is sampled.
On a GPU the peak is the allocator's; on a CPU the growth of the process, without autocast, which says little.

    python benchmarks/gpu_memory.py
    python benchmarks/gpu_memory.py --device cpu --layers 4 --hidden_size 128 --vocab_size 4096 --max_length 512
"""

import argparse
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import datasets
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM
from trl import GRPOConfig

import demo
from benchmarks.train_step import with_completions
from prompts import load_tokenizer
from reward import accuracy_reward
from train_grpo import GRPOScriptArguments
from training.grpo_trainer import DeepMathGRPOTrainer

GROUP = 8  # completions of the prompt, one micro-batch each


def estimate(parameters: int, args: argparse.Namespace) -> dict[str, float]:
    """Bytes by what holds them while training, by the rules of the table in docs/scale.md (without DDP and vLLM)."""
    tokens = args.max_length
    rows = {
        "weights, float32": 4 * parameters,
        "reference model, float32": 4 * parameters,
        "Adam, two float32 states": 8 * parameters,
        "gradients, float32": 4 * parameters,
        "bfloat16 copies under autocast": 2 * parameters * (args.device == "cuda"),
        "checkpointed activations": args.layers * tokens * args.hidden_size * 4,
        "one layer recomputed (assumed)": 5e9 * (tokens / 26_624) * (args.hidden_size / 1536),
        "LM head (bound)": min(tokens, 4096) * args.vocab_size * 4,
    }
    return {name: float(size) for name, size in rows.items()}


def used(device: str) -> int:
    """Peak bytes so far."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cuda")
    parser.add_argument("--layers", type=int, default=24)
    parser.add_argument("--hidden_size", type=int, default=896, help="a multiple of 64; feed-forward is 5.4 times that")
    parser.add_argument("--vocab_size", type=int, default=151_936)
    parser.add_argument("--max_length", type=int, default=8192, help="tokens of a completion")
    args = parser.parse_args()
    if args.device == "cuda" and not torch.cuda.is_available():
        parser.error("no GPU: --device cpu")
    with tempfile.TemporaryDirectory() as folder:
        demo.make_model(Path(folder), seed=0)
        heads = args.hidden_size // 64
        ends = Qwen2Config.from_pretrained(folder)
        config = Qwen2Config(
            hidden_size=args.hidden_size, intermediate_size=int(5.4 * args.hidden_size), vocab_size=args.vocab_size,
            num_hidden_layers=args.layers, num_attention_heads=heads, num_key_value_heads=2 if heads % 2 == 0 else 1,
            max_position_embeddings=2 * args.max_length, tie_word_embeddings=True, pad_token_id=ends.pad_token_id,
            eos_token_id=ends.eos_token_id, bos_token_id=ends.bos_token_id,
        )  # fmt: skip
        model = Qwen2ForCausalLM(config)
        model.save_pretrained(folder)
        parameters = sum(p.numel() for p in model.parameters())
        del model
        before = used(args.device)
        grpo = GRPOConfig(
            tempfile.mkdtemp(), use_cpu=args.device == "cpu", bf16=args.device == "cuda", report_to="none", max_steps=2,
            gradient_checkpointing=True, disable_tqdm=True, save_strategy="no", beta=0.001, num_generations=GROUP,
            per_device_train_batch_size=1, gradient_accumulation_steps=GROUP, max_completion_length=args.max_length,
            logging_steps=10,
        )  # fmt: skip
        row = {"question": "1+1", "final_answer": "2", "prompt": [{"role": "user", "content": "1+1"}]}
        completions = [[10 + i % 150 for i in range(args.max_length)]]
        trainer = with_completions(DeepMathGRPOTrainer, completions, args.device)(
            folder, accuracy_reward, grpo, datasets.Dataset.from_list([row] * 10),
            processing_class=load_tokenizer(folder), recipe=GRPOScriptArguments(),
        )  # fmt: skip
        trainer.train()
    rows = estimate(parameters, args)
    print(f"{parameters / 1e6:.0f} M parameters, {args.max_length} tokens, {args.device}")
    for name, size in rows.items():
        print(f"  {name:32} {size / 1e9:8.2f} GB")
    peak, total = used(args.device) - before * (args.device == "cpu"), sum(rows.values())
    print(f"peak {peak / 1e9:.2f} GB, estimate {total / 1e9:.2f} GB: ratio {peak / total:.2f}")


if __name__ == "__main__":
    main()
