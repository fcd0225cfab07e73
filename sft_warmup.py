r"""Supervised warm-up on worked solutions, before GRPO.

DeepMath-103K (arXiv 2504.11456) ships three R1 solutions for every question. The paper's RL runs start from models
that reason already and skip this stage; take it when yours does not (a base or a small model). What is learned is
`{thinking}</think>{answer}` after exactly the prompt that train_grpo.py will generate from, and only the solution
carries loss.

On one GPU, on 8 GPUs, and on 2 nodes of 8 (run there with --machine_rank 0 and 1):

    python sft_warmup.py --config configs/sft_qwen2.5_1.5b.yaml
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml sft_warmup.py \
        --config configs/sft_qwen2.5_1.5b.yaml
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 2 --num_processes 16 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 sft_warmup.py \
        --config configs/sft_qwen2.5_1.5b.yaml --gradient_accumulation_steps 8

Any key of the YAML file, of TRL's `SFTConfig` and of `ModelConfig` is also a flag, and the flag wins.
"""

from collections import Counter
from dataclasses import dataclass, field

from cli import InputError, check_trainable, is_local, parse_arguments, resume_point, run, say, stay_offline_if_local
from data import SOLUTION_COLUMNS, DataArguments, encode_prompt, get_prompt, load_tokenizer, load_training_rows

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class SFTScriptArguments(DataArguments):
    """What TRL's configs lack for this stage."""

    solutions_per_question: int = field(default=1, metadata={"help": "how many of the three R1 solutions to use"})
    check_solutions: bool = field(
        default=True, metadata={"help": "drop solutions whose final answer our grader does not find equal to the gold"}
    )


# ---------------------------------------------------------------------------------------------------------------------
# Data
# ---------------------------------------------------------------------------------------------------------------------


def checked_solutions(rows, columns: list[str], check: bool) -> list[tuple[str, str]]:
    """(question, solution) pairs of the rows' non-empty solutions, in row order.

    Args:
        rows: data set with question, final_answer and the solution columns.
        columns: solution columns to use.
        check: keep only solutions that our grader finds correct; prints how many were not.
    """
    triples = [(row["question"], row[c], row["final_answer"]) for row in rows for c in columns if row[c].strip()]
    if not check:
        return [(question, solution) for question, solution, _ in triples]
    from reward import grade_batch

    grades = grade_batch([solution for _, solution, _ in triples], [gold for *_, gold in triples])
    reasons = Counter(grade.reason for grade in grades if not grade.correct)
    dropped = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()) or "none"
    say(f"solutions: {len(triples)} read, {len(triples) - reasons.total()} graded correct, dropped: {dropped}")
    return [(q, solution) for (q, solution, _), grade in zip(triples, grades, strict=True) if grade.correct]


def tokenize_solution(tokenizer, prompt, question: str, solution: str) -> dict[str, list[int]]:
    """Token ids of prompt + solution + end of sequence, and labels that are -100 on the prompt.

    The data has only `</think>`. Templates that prefill `<think>` (R1, Open-Reasoner-Zero) need nothing more; after
    any other prompt the opening tag is part of what the model must learn to write.
    """
    prompt_ids = encode_prompt(tokenizer, prompt, question)
    if "</think>" in solution and "<think>" not in solution:
        prefilled = tokenizer.decode(prompt_ids[-8:]).rstrip().endswith("<think>")
        solution = solution if prefilled else f"<think>\n{solution}"
    solution_ids = tokenizer(solution, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
    return {"input_ids": prompt_ids + solution_ids, "labels": [-100] * len(prompt_ids) + solution_ids}


def build_dataset(args: SFTScriptArguments, tokenizer, max_length: int | None):
    """Tokenized training set; solutions over `max_length` tokens are dropped, never cut before their answer."""
    import datasets

    columns = list(SOLUTION_COLUMNS[: args.solutions_per_question])
    pairs = checked_solutions(load_training_rows(args, tokenizer, columns), columns, args.check_solutions)
    prompt = get_prompt(args.prompt_preset)
    tokens = datasets.Features({name: datasets.List(datasets.Value("int32")) for name in ("input_ids", "labels")})
    examples = datasets.Dataset.from_dict({"question": [q for q, _ in pairs], "solution": [s for _, s in pairs]}).map(
        lambda row: tokenize_solution(tokenizer, prompt, row["question"], row["solution"]),
        remove_columns=["question", "solution"],
        features=tokens,
        desc="Tokenizing",
    )
    short = examples.filter(lambda row: max_length is None or len(row["input_ids"]) <= max_length, desc="Lengths")
    say(f"solutions: {len(short)} of {len(examples)} fit into {max_length} tokens with their prompt")
    if len(short) == 0:
        raise InputError(f"{args.dataset}: no solution is left to train on (max_length {max_length})")
    return short


# ---------------------------------------------------------------------------------------------------------------------
# Model, trainer, save
# ---------------------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> None:
    from trl import ModelConfig, SFTConfig

    args, config, model_args = parse_arguments([SFTScriptArguments, SFTConfig, ModelConfig], argv)
    if not 1 <= args.solutions_per_question <= len(SOLUTION_COLUMNS):
        raise InputError(f"--solutions_per_question {args.solutions_per_question}: the data has 1 to 3")
    if config.eos_token or config.chat_template_path:
        raise InputError("--eos_token and --chat_template_path: set them in the model's own tokenizer files instead")
    check_trainable(model_args.model_name_or_path)
    is_local(args.dataset)  # a path that is not there is an error now, not after the model is fetched
    if not config.push_to_hub:
        stay_offline_if_local(model_args.model_name_or_path, args.dataset)
    get_prompt(args.prompt_preset)
    checkpoint = resume_point(config)

    # Model
    from trl import SFTTrainer, get_peft_config, get_quantization_config

    tokenizer = load_tokenizer(model_args.model_name_or_path, model_args.model_revision, config.trust_remote_code)
    config.model_init_kwargs = {
        "revision": model_args.model_revision,
        "dtype": model_args.dtype,  # float32 master weights by default: bf16 ones lose updates at small learning rates
        "attn_implementation": model_args.attn_implementation,
        **(config.model_init_kwargs or {}),
    }

    # Data
    train_dataset = build_dataset(args, tokenizer, config.max_length)

    # Trainer
    trainer = SFTTrainer(
        model=model_args.model_name_or_path,
        args=config,
        train_dataset=train_dataset,
        processing_class=tokenizer,
        quantization_config=get_quantization_config(model_args),
        peft_config=get_peft_config(model_args),
    )
    trainer.train(resume_from_checkpoint=checkpoint)

    # Save
    trainer.save_model(config.output_dir)
    trainer.save_state()
    if config.push_to_hub:
        trainer.push_to_hub(dataset_name=args.dataset)
    trainer.accelerator.print(f"model and tokenizer: {config.output_dir}")


if __name__ == "__main__":
    run(main)
