"""Do the stored samples of an evaluation come from the model's own distribution? A test of any backend's sampling.

    python benchmarks/sampling.py --output_dir results/vllm --benchmark gsm8k.jsonl --every 6

Each stored completion is given back to the model, in transformers. Were its tokens drawn from the distribution that
temperature and top-p make of the logits, then the log-probability of a token minus its expectation (the negative
entropy) would be zero on average, whatever came before; their sum over all tokens is printed in standard deviations. A
value beyond 3 means another temperature, top-p, penalty or model. Tokens outside the nucleus are counted apart: in
bfloat16 rounding puts about one in a thousand there. Completions whose text does not give its tokens back are left out.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from evaluation.benchmarks import load_benchmark
from evaluation.samples import stored_samples
from prompts import encode_prompt, get_prompt, load_tokenizer


def nucleus(logits: torch.Tensor, temperature: float, top_p: float) -> torch.Tensor:
    """Sampling probabilities, (T, V), that temperature and top-p make of logits (T, V)."""
    probabilities = (logits.float() / temperature).softmax(-1)
    descending = probabilities.sort(descending=True, dim=-1).values
    size = (descending.cumsum(-1) - descending < top_p).sum(-1, keepdim=True)  # (T, 1)
    kept = torch.where(probabilities >= descending.gather(-1, size - 1), probabilities, 0)
    return kept / kept.sum(-1, keepdim=True)


def surprise(probabilities: torch.Tensor, tokens: torch.Tensor) -> tuple[float, float, int]:
    """Sum over tokens (T,) of log-probability plus entropy, its variance, and how many lie outside the nucleus."""
    logs = torch.where(probabilities > 0, probabilities.log(), 0)
    entropy = -(probabilities * logs).sum(-1)
    variance = (probabilities * logs**2).sum(-1) - entropy**2
    drawn = probabilities.gather(-1, tokens[:, None])[:, 0]
    inside = drawn > 0
    total = (drawn[inside].log() + entropy[inside]).sum()
    return total.item(), variance[inside].sum().item(), int((~inside).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output_dir", type=Path, required=True, help="folder of evaluate.py with stored samples")
    parser.add_argument("--benchmark", required=True, help="name, or .jsonl file, of the benchmark they are of")
    parser.add_argument("--benchmark_dir", default=None, help="folder of <name>.jsonl instead of the hub")
    parser.add_argument("--every", type=int, default=1, help="look at every so many-th sample")
    args = parser.parse_args()
    settings = json.loads((args.output_dir / "settings.json").read_text(encoding="utf-8"))
    problems = {p["id"]: p for p in load_benchmark(args.benchmark, args.benchmark_dir)}
    rows = stored_samples(args.output_dir, args.benchmark, list(problems.values()), float("inf"))
    rows = sorted(rows, key=lambda row: (row["id"], row["sample"]))[:: args.every]
    tokenizer = load_tokenizer(settings["model_name_or_path"])
    prompt = get_prompt(*(settings.get(name) for name in ("prompt_preset", "system_prompt", "user_prompt")))
    model = AutoModelForCausalLM.from_pretrained(settings["model_name_or_path"], dtype=settings["dtype"]).eval()
    total = variance = outside = tokens = used = 0
    for row in rows:
        before = encode_prompt(tokenizer, prompt, problems[row["id"]]["problem"])
        drawn = tokenizer(row["completion"], add_special_tokens=False).input_ids
        drawn += [tokenizer.eos_token_id] * (row["finish_reason"] == "stop")
        if len(drawn) != row["tokens"]:
            continue
        with torch.inference_mode():
            logits = model(torch.tensor([before + drawn])).logits[0, len(before) - 1 : -1]  # (T, V)
        probabilities = nucleus(logits, settings["temperature"], settings["top_p"])
        each = surprise(probabilities, torch.tensor(drawn))
        total, variance, outside = total + each[0], variance + each[1], outside + each[2]
        tokens, used = tokens + len(drawn), used + 1
    print(
        f"{used} of {len(rows)} completions, {tokens} tokens, {outside} outside the nucleus ({outside / tokens:.2%}); "
        f"log-probability minus its expectation: {total:+.1f}, {total / variance**0.5:+.2f} standard deviations"
    )


if __name__ == "__main__":
    main()
