r"""The whole pipeline in minutes on a CPU: SFT warm-up, GRPO, evaluation before and after, on an embedded tiny model.

A check of the mechanism, not a math model: a Qwen2 network of less than a million parameters with a character-level
tokenizer learns chains of one-digit additions and subtractions. The stages are the scripts that train the 1.5B model,
started as a user would start them, with configs/demo_*.yaml; only the model and the questions are made here.

What RL has to find: the warm-up shows two kinds of solutions, most of them guesses after an empty think block, the
rest worked step by step. Both answer in the right form, but only working through the steps is reliable. GRPO, which
sees nothing but right or wrong, moves the model from guessing to reasoning: accuracy and length rise together.

    python demo.py
    python demo.py --seeds 0 1 2 3 4 --output_dir runs/demo5
"""

import argparse
import contextlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
OPERATIONS = 4  # additions and subtractions in a chain: 9 * 9**4 = 59,049 chains exist
GUESS_FRACTION = 0.6  # of the warm-up solutions
QUESTIONS = {"train_sft": 20_000, "train_grpo": 6_000, "held_out": 250}
PAD, END, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|user|>", "<|assistant|>"
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message.role == 'user' %}<|user|>{{ message.content }}{% else %}<|assistant|>{{ message.content }}<|end|>"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|><think>{% endif %}"
)

# ---------------------------------------------------------------------------------------------------------------------
# Model
# ---------------------------------------------------------------------------------------------------------------------


def make_model(path: Path, seed: int) -> None:
    """Write a randomly initialised tiny Qwen2 model and its character-level tokenizer to `path`.

    `<think>` and `</think>` are single tokens that decoding keeps, and the template opens the thinking, as R1's does.
    """
    import torch
    from tokenizers import AddedToken, pre_tokenizers
    from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

    # Qwen2's own class, with every byte in the vocabulary and no merges: AutoTokenizer picks that class for any Qwen2
    # model, whatever was saved, so only this one survives saving and loading unchanged.
    vocabulary = {token: i for i, token in enumerate([PAD, END, *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=[], eos_token=END, pad_token=PAD, unk_token=None)
    tokenizer.add_special_tokens({"additional_special_tokens": [USER, ASSISTANT]})
    tokenizer.add_tokens([AddedToken("<think>", special=False), AddedToken("</think>", special=False)])
    tokenizer.chat_template = CHAT_TEMPLATE
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=384,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        initializer_range=0.06,  # Qwen2's 0.02 suits widths of thousands; here it makes the warm-up fail
    )
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM(config)
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)


# ---------------------------------------------------------------------------------------------------------------------
# Data
# ---------------------------------------------------------------------------------------------------------------------


def make_question(rng: random.Random) -> tuple[str, list[str], int]:
    """A chain such as `7-5+4-1+3`, its steps (`7-5=2`, ...) and its value; every partial result is one digit."""
    total = rng.randint(1, 9)
    chain, steps = str(total), []
    for _ in range(OPERATIONS):
        value = rng.choice([digit for digit in range(10) if digit != total])
        operation = f"{'+' if value > total else '-'}{abs(value - total)}"
        chain += operation
        steps.append(f"{total}{operation}={value}")
        total = value
    return chain, steps, total


def make_row(rng: random.Random, chain: str, steps: list[str], value: int) -> dict:
    """A question in DeepMath-103K's schema; its one solution is a guess or worked step by step."""
    thinking = "" if rng.random() < GUESS_FRACTION else ",".join(steps)
    return {
        "question": chain,
        "final_answer": str(value),
        "difficulty": float(len(steps)),
        "topic": "Mathematics -> Arithmetic -> Addition and subtraction",
        "r1_solution_1": f"{thinking}</think>\\boxed{{{value}}}",
        "r1_solution_2": "",
        "r1_solution_3": "",
    }


def make_data(folder: Path, seed: int) -> None:
    """Write the warm-up, GRPO and held-out questions; no question stands in two files, or twice in one."""
    rng = random.Random(seed)
    seen = set()
    for name, count in QUESTIONS.items():
        with open(folder / f"{name}.jsonl", "w", encoding="utf-8") as file:
            for _ in range(count):
                chain, steps, value = make_question(rng)
                while chain in seen:
                    chain, steps, value = make_question(rng)
                seen.add(chain)
                file.write(json.dumps(make_row(rng, chain, steps, value)) + "\n")


# ---------------------------------------------------------------------------------------------------------------------
# Stages
# ---------------------------------------------------------------------------------------------------------------------

TOLD = {
    "warmup": "SFT warm-up on guesses and worked solutions",
    "eval_before": "evaluation of the warm-up, beside what follows",
    "grpo": "GRPO, which sees nothing but right or wrong",
    "eval_after": "evaluation after GRPO",
}


def start(log: Path, script: str, *flags: str) -> subprocess.Popen:
    """Start a stage script as a user would; what it prints goes to `log`."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # a model this small gains nothing from a second thread
    with open(log, "w", encoding="utf-8") as output:
        command = [sys.executable, str(HERE / script), *flags]
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=HERE)


def finish(process: subprocess.Popen, log: Path, steps: int) -> None:
    """Show a stage's progress, as its log tells it, until it ends; when it failed, show the log's end and stop."""
    from tqdm import tqdm

    calm = 0.2 if sys.stderr.isatty() else 15  # a line at a time, where the output is a file
    form = "  {percentage:3.0f}%|{bar:30}| {n}/{total} [{elapsed}<{remaining}]{postfix}"
    with tqdm(total=steps, bar_format=form, mininterval=calm) as bar:
        ended = False
        while not ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended = process.wait(0.5) is not None
            text = log.read_text(encoding="utf-8", errors="replace")
            done = [int(n) for n in re.findall(rf"(\d+)/{steps} \[", text)]
            told = re.findall(r"^step .*(accuracy [\d.]+%, length \d+)", text, flags=re.MULTILINE)
            bar.set_postfix_str(told[-1] if told else "", refresh=False)
            bar.update(max([bar.n, *done]) - bar.n)
    if process.returncode != 0:
        tail = "".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[-20:])
        sys.exit(f"demo.py: {' '.join(process.args[1:])} failed; the end of {log}:\n{tail}")


def steps_of(kind: str) -> int:
    """Steps of a training stage, or samples of an evaluation, by its recipe."""
    recipe = yaml.safe_load((HERE / f"configs/demo_{kind}.yaml").read_text(encoding="utf-8"))
    return recipe["n"] * QUESTIONS["held_out"] if kind == "eval" else recipe["max_steps"]


def run_seed(folder: Path, seed: int) -> dict:
    """Warm-up, GRPO and both evaluations for one seed, which decides weights, questions, batches and samples.

    Returns:
        The evaluations' summaries under "before" and "after", and "seconds" for the whole.
    """
    started = time.perf_counter()
    folder.mkdir(parents=True)
    print(f"seed {seed}: a model with random weights, and its questions", flush=True)
    make_model(folder / "model", seed)
    make_data(folder, seed)

    def stage(kind: str, name: str, script: str, *flags: object) -> tuple[subprocess.Popen, Path, int]:
        print(f"seed {seed}: {TOLD[name]} (log: {folder / name}.log)", flush=True)
        process = start(folder / f"{name}.log", script, *map(str, flags), "--seed", str(seed))
        return process, folder / f"{name}.log", steps_of(kind)

    def evaluation(name: str, model: str) -> tuple[subprocess.Popen, Path, int]:
        held_out = ["--benchmarks", folder / "held_out.jsonl", "--output_dir", folder / f"eval_{name}"]
        flags = ["--config", "configs/demo_eval.yaml", "--model_name_or_path", folder / model, *held_out]
        return stage("eval", f"eval_{name}", "evaluate.py", *flags)

    def training(name: str, script: str, model: str, kind: str) -> tuple[subprocess.Popen, Path, int]:
        source = ["--model_name_or_path", folder / model, "--dataset", folder / f"train_{kind}.jsonl"]
        return stage(
            kind, name, script, "--config", f"configs/demo_{kind}.yaml", *source, "--output_dir", folder / name
        )

    finish(*training("warmup", "sft_warmup.py", "model", "sft"))
    before = evaluation("before", "warmup")  # beside GRPO, on the other core
    try:
        finish(*training("grpo", "train_grpo.py", "warmup", "grpo"))
        finish(*before)
    finally:
        before[0].kill()  # does nothing to one that has ended
    finish(*evaluation("after", "grpo"))
    result = {}
    for name in ("before", "after"):
        text = (folder / f"eval_{name}" / "held_out.json").read_text(encoding="utf-8")
        result[name] = json.loads(text)["summary"]
    return {**result, "seconds": time.perf_counter() - started}


# ---------------------------------------------------------------------------------------------------------------------
# Report
# ---------------------------------------------------------------------------------------------------------------------


def format_report(results: dict[int, dict]) -> str:
    """Markdown table of pass@1 and completion length before and after GRPO, one row a seed."""
    lines = [
        f"pass@1 (percent, ± standard error) on {QUESTIONS['held_out']} held-out questions at temperature 1:",
        "",
        "| seed | after warm-up | after GRPO | gain | tokens per completion | seconds |",
        "|---|---|---|---|---|---|",
    ]
    for seed, result in results.items():
        before, after = result["before"], result["after"]
        lines.append(
            f"| {seed} | {before['pass@1']:.1f} ± {before['standard_error']:.1f} "
            f"| {after['pass@1']:.1f} ± {after['standard_error']:.1f} | {after['pass@1'] - before['pass@1']:+.1f} "
            f"| {before['mean_tokens']:.0f} → {after['mean_tokens']:.0f} | {result['seconds']:.0f} |"
        )
    return "\n".join(lines) + "\n"


def format_story(folder: Path) -> str:
    """One held-out question with a sample before and after GRPO: the one whose accuracy rose most, the first of equals.

    Args:
        folder: of a finished seed.
    """
    scored, texts = {}, {}
    for name in ("before", "after"):
        results = folder / f"eval_{name}"
        problems = json.loads((results / "held_out.json").read_text(encoding="utf-8"))["problems"]
        scored[name] = {problem["id"]: problem for problem in problems}
        lines = (results / "held_out.generations-0.jsonl").read_text(encoding="utf-8").splitlines()
        texts[name] = {(row["id"], row["sample"]): row["completion"] for row in map(json.loads, lines)}
    before, after = scored["before"], scored["after"]
    chosen = max(before, key=lambda each: after[each]["accuracy"] - before[each]["accuracy"])
    lines = [f"One of the held-out questions: {before[chosen]['problem']} = {before[chosen]['answer']}"]
    for name, told in (("before", "after the warm-up"), ("after", "after GRPO")):
        right = [sample["correct"] for sample in scored[name][chosen]["samples"]]
        shown = right.index(name == "after") if (name == "after") in right else 0
        text = texts[name][chosen, shown]
        how = "a guess, nothing thought" if text.startswith("</think>") else "worked step by step"
        lines.append(f"  {told}, {sum(right)} of {len(right)} right:  <think>{text}   ({how})")
    return "\n".join(lines) + "\n"


NEXT = """next, your own questions (.jsonl, .csv, Parquet or a hub id), looked at and trained on:
    python data.py --dataset FILE
    python train_grpo.py --config configs/grpo_small_cpu.yaml --model_name_or_path MODEL --dataset FILE"""


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="one whole run for each")
    default = Path("runs") / time.strftime("demo-%Y%m%d-%H%M%S")
    parser.add_argument("--output_dir", type=Path, default=default, help="default: runs/demo-<date>-<time>")
    args = parser.parse_args(argv)
    output_dir = args.output_dir.resolve()
    folders = {seed: output_dir / f"seed{seed}" for seed in args.seeds}
    if existing := [folder for folder in folders.values() if folder.exists()]:
        parser.error(f"{existing[0]} exists already; remove it, or choose another --output_dir")
    results = {seed: run_seed(folder, seed) for seed, folder in folders.items()}
    from training.progress import plot_curves  # imports transformers: not needed for a wrong flag

    report = format_report(results)
    (output_dir / "report.md").write_text(report, encoding="utf-8")
    states = {seed: json.loads((folder / "grpo/trainer_state.json").read_text()) for seed, folder in folders.items()}
    plot_curves({f"seed {seed}": state["log_history"] for seed, state in states.items()}, output_dir / "curves.png")
    print(f"\n{report}\n{format_story(folders[args.seeds[0]])}")
    print(f"table: {output_dir / 'report.md'}\ncurves: {output_dir / 'curves.png'}")
    for seed, folder in folders.items():
        print(f"seed {seed}: models, data, generations, scores and logs: {folder}")
    print(NEXT)


if __name__ == "__main__":
    main()
