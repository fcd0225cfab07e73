r"""GRPO with a verifiable reward: how DeepMath-1.5B and DeepMath-Zero-7B were trained, on TRL's `GRPOTrainer`.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4). The reward is +1 for a completion whose final answer our grader
(reward.py, the one that evaluation uses) finds equal to the gold and -1 for any other, plus DAPO's soft overlong
penalty; a completion that never closes its thinking is wrong.

What differs from the paper: its dynamic sampling (only groups of mixed correctness train) and its skipping of updates
with a large gradient norm are not in TRL and not in this script.

On one GPU, on 8 GPUs, and on 8 nodes of 8 (run on each with its own --machine_rank):

    python train_grpo.py --config configs/grpo_deepmath_1.5b_lora_1gpu.yaml
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml train_grpo.py \
        --config configs/grpo_deepmath_1.5b.yaml
    accelerate launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 8 --num_processes 64 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 train_grpo.py \
        --config configs/grpo_deepmath_1.5b.yaml --gradient_accumulation_steps 16

Any key of the YAML file, of TRL's `GRPOConfig` and of `ModelConfig` is also a flag, and the flag wins.
"""

import functools
import importlib.util
from dataclasses import dataclass, field
from typing import Literal

from cli import (
    GPU_HINT,
    InputError,
    check_trainable,
    is_local,
    parse_arguments,
    resume_point,
    run,
    stay_offline_if_local,
)
from data import DataArguments, get_prompt, load_tokenizer, load_training_rows
from reward import accuracy_reward, soft_overlong_penalty

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class GRPOScriptArguments(DataArguments):
    """What TRL's configs lack for this stage."""

    overlong_buffer: int = field(
        default=0,
        metadata={"help": "tokens before max_completion_length over which the penalty falls from 0 to -1; 0: none"},
    )
    require_think_end: bool = field(
        default=True, metadata={"help": "grade a completion without </think> as wrong (the paper's format rule)"}
    )
    grader: Literal["ours", "paper"] = field(
        default="ours", metadata={"help": "ours, or the paper's rule (an OR of two graders, more lenient)"}
    )
    exactly_one_box: bool = field(
        default=False, metadata={"help": "grade a completion without exactly one \\boxed as wrong (Zero-Math-7B)"}
    )


def check_arguments(args: GRPOScriptArguments, config, model_args) -> None:
    """Refuse what cannot run before a model is loaded.

    Raises:
        InputError: a model that cannot be trained, an overlong buffer that does not fit, vLLM without a GPU.
    """
    import torch

    check_trainable(model_args.model_name_or_path)
    is_local(args.dataset)  # a path that is not there is an error now, not after the model is fetched
    get_prompt(args.prompt_preset)
    if args.overlong_buffer and not 0 < args.overlong_buffer < config.max_completion_length:
        raise InputError(
            f"--overlong_buffer {args.overlong_buffer} must lie between 0 and "
            f"--max_completion_length {config.max_completion_length}"
        )
    if config.use_vllm and not torch.cuda.is_available():
        raise InputError(f"use_vllm: {GPU_HINT}, and `--use_vllm false`")
    if config.use_vllm and importlib.util.find_spec("vllm") is None:
        raise InputError("use_vllm: vLLM is not installed; `pip install -r requirements-gpu.txt`, or --use_vllm false")


# ---------------------------------------------------------------------------------------------------------------------
# Data and rewards
# ---------------------------------------------------------------------------------------------------------------------


def build_dataset(args: GRPOScriptArguments, tokenizer, prompts_per_rollout: int):
    """Training rows with a "prompt" column in TRL's form (chat messages or text); the gold stays in final_answer.

    Raises:
        InputError: fewer rows than one rollout batch takes; TRL would train for no step at all.
    """
    prompt = get_prompt(args.prompt_preset)
    rows = load_training_rows(args, tokenizer)
    if len(rows) < prompts_per_rollout:
        raise InputError(
            f"{args.dataset}: {len(rows)} rows are left, but a rollout batch takes {prompts_per_rollout} prompts "
            "(generation_batch_size / num_generations); loosen the filters or lower generation_batch_size"
        )
    return rows.map(lambda row: {"prompt": prompt.format(row["question"])}, desc="Prompts")


def build_rewards(args: GRPOScriptArguments, max_completion_length: int) -> list:
    """Correctness (+1 / -1) and, with an overlong buffer, DAPO's length penalty (0 to -1); TRL sums them."""
    rules = {name: getattr(args, name) for name in ("require_think_end", "exactly_one_box", "grader")}
    accuracy = functools.update_wrapper(functools.partial(accuracy_reward, **rules), accuracy_reward)
    if not args.overlong_buffer:
        return [accuracy]
    return [accuracy, soft_overlong_penalty(max_completion_length, args.overlong_buffer)]


# ---------------------------------------------------------------------------------------------------------------------
# Model, trainer, save
# ---------------------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> None:
    from trl import GRPOConfig, ModelConfig

    args, config, model_args = parse_arguments([GRPOScriptArguments, GRPOConfig, ModelConfig], argv)
    check_arguments(args, config, model_args)
    if not config.push_to_hub:
        stay_offline_if_local(model_args.model_name_or_path, args.dataset)
    checkpoint = resume_point(config)

    # Model
    from trl import GRPOTrainer, get_peft_config, get_quantization_config

    tokenizer = load_tokenizer(model_args.model_name_or_path, model_args.model_revision, config.trust_remote_code)
    config.model_init_kwargs = {
        "revision": model_args.model_revision,
        "dtype": model_args.dtype,  # float32 master weights by default: bf16 ones lose the updates at lr 1e-6
        "attn_implementation": model_args.attn_implementation,
        **(config.model_init_kwargs or {}),
    }

    # Data
    train_dataset = build_dataset(args, tokenizer, config.generation_batch_size // config.num_generations)

    # Trainer
    trainer = GRPOTrainer(
        model=model_args.model_name_or_path,
        reward_funcs=build_rewards(args, config.max_completion_length),
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
