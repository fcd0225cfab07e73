r"""GRPO with a verifiable reward: how DeepMath-1.5B and DeepMath-Zero-7B were trained, on TRL's `GRPOTrainer`.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4). The reward is +1 for a completion whose final answer our grader
(reward.py, the one that evaluation uses) finds equal to the gold and -1 for any other, plus DAPO's soft overlong
penalty; a completion that never closes its thinking is wrong.

What differs from the paper: TRL in place of verl, its token-level loss averages over the batch and not per micro-batch,
and answers are graded by our grader. Dynamic sampling, skipped updates and exact continuation are in
training/grpo_trainer.py.

On one GPU, on 8 GPUs, and on 8 nodes of 8 (run on each with its own --machine_rank):

    python train_grpo.py --config configs/grpo_deepmath_1.5b_lora_1gpu.yaml
    python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml train_grpo.py \
        --config configs/grpo_deepmath_1.5b.yaml
    python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 8 --num_processes 64 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 train_grpo.py \
        --config configs/grpo_deepmath_1.5b.yaml --gradient_accumulation_steps 16

Any key of the YAML file, of TRL's `GRPOConfig` and of `ModelConfig` is also a flag, and the flag wins.
"""

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cli import InputError, merge_command, parse_arguments, parse_own, run, say, stay_offline_if_local
from data import DataArguments, load_training_rows
from evaluation.benchmarks import benchmark_names, load_benchmark
from prompts import load_tokenizer
from reward import accuracy_reward, soft_overlong_penalty
from training.checkpoints import check_same_run, resume_point, run_settings
from training.checks import building, check_arguments, check_context, check_early, check_tokenizer
from training.rewards import check_columns, has_own, load_reward, reward_names

if TYPE_CHECKING:
    import datasets
    import pandas
    from transformers import PreTrainedTokenizerBase

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class GRPOScriptArguments(DataArguments):
    """What TRL's configs lack for this stage."""

    reward_funcs: list[str] | None = field(
        default=None,
        metadata={
            "help": "accuracy, overlong, and your own: FILE.py:FUNCTION or MODULE:FUNCTION; not given: accuracy, and "
            "overlong with a buffer"
        },
    )
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
    count_thinking_boxes: bool = field(
        default=False, metadata={"help": "for exactly_one_box: count what stands before </think>, too (the original)"}
    )
    dynamic_sampling: bool = field(
        default=False,
        metadata={"help": "train only on groups of mixed correctness, and draw more prompts until the batch is full"},
    )
    dynamic_sampling_prompts: str = field(
        default="0",
        metadata={"help": "prompts per generation batch; 0: a rollout batch's; auto: what the kept fraction asks for"},
    )
    skip_by_history: bool = field(
        default=False,
        metadata={"help": "mostly skip prompts whose last groups were all right or all wrong (GRESO)"},
    )
    pass_rates: str | None = field(
        default=None,
        metadata={
            "help": "prompt_history.parquet of a run, or an evaluation's result on the training set, to begin with"
        },
    )
    min_pass_rate: float = field(
        default=0.0, metadata={"help": "keep rows whose rate in --pass_rates is at least this"}
    )
    max_pass_rate: float = field(default=1.0, metadata={"help": "keep rows whose rate in --pass_rates is at most this"})
    max_generation_batches: int = field(
        default=10, metadata={"help": "stop when so many generation batches do not fill a rollout batch"}
    )
    carry_surplus: bool = field(
        default=False,
        metadata={"help": "use surplus groups in the next rollout batch, sampled by an older policy; false: drop them"},
    )
    skip_update_norm: float = field(
        default=0.0,
        metadata={"help": "skip an optimizer step of a larger gradient norm; 0: of none that is finite"},
    )
    schedule_per_rollout: bool = field(
        default=False,
        metadata={"help": "change the learning rate once a rollout batch, not at each of its steps (the original)"},
    )
    decay_all_parameters: bool = field(
        default=False, metadata={"help": "weight decay on biases and norms as well (the original)"}
    )
    max_skipped_updates: int = field(
        default=10, metadata={"help": "stop, with a checkpoint, when so many updates in a row were skipped"}
    )
    save_rollouts_every: int = field(
        default=1, metadata={"help": "write every so many rollout batches whole to rollouts/*.parquet; 0: none"}
    )
    eval_benchmark: str | None = field(
        default=None,
        metadata={"help": "benchmark, or .jsonl with problem and answer, to sample every --eval_steps"},
    )
    eval_problems: int = field(default=32, metadata={"help": "problems of the benchmark's beginning to evaluate on"})
    benchmark_dir: str | None = field(
        default=None, metadata={"help": "folder of <benchmark>.jsonl files; default: the hub"}
    )

    def __post_init__(self):
        prompts = str(self.dynamic_sampling_prompts)  # a YAML file gives a number, the command line a text
        if prompts != "auto" and not prompts.isdecimal():
            raise InputError(f"--dynamic_sampling_prompts {prompts}: must be auto, 0 or a number of prompts")
        self.dynamic_sampling_prompts = prompts if prompts == "auto" else int(prompts)


# ---------------------------------------------------------------------------------------------------------------------
# Data and rewards
# ---------------------------------------------------------------------------------------------------------------------


def build_dataset(
    args: GRPOScriptArguments,
    tokenizer: "PreTrainedTokenizerBase",
    prompts_per_rollout: int,
    known: "pandas.DataFrame | None" = None,
) -> "datasets.Dataset":
    """Training rows with a "prompt" column in TRL's form (chat messages or text); the gold stays in final_answer.

    Raises:
        InputError: fewer rows than one rollout batch takes; TRL would train for no step at all.
    """
    prompt = args.prompt
    rows = load_training_rows(args, tokenizer, every_column=has_own(args))
    check_columns(args, rows.column_names)
    if known is not None:
        from training.selection import within_pass_rates

        chosen = within_pass_rates(rows["question"], known, args.min_pass_rate, args.max_pass_rate)
        say(f"pass rates: {len(rows) - len(chosen)} of {len(rows)} rows lie outside the bounds, {len(chosen)} are kept")
        rows = rows.select(chosen)
    if len(rows) < prompts_per_rollout:
        raise InputError(
            f"{args.dataset}: {len(rows)} rows are left, but a rollout batch takes {prompts_per_rollout} prompts "
            "(generation_batch_size / num_generations); loosen the filters or lower generation_batch_size"
        )

    def with_prompts(batch: dict) -> dict:
        return {"prompt": [prompt.format(question) for question in batch["question"]]}

    return rows.map(with_prompts, batched=True, desc="Prompts")


def build_eval_dataset(args: GRPOScriptArguments, columns: list[str]) -> "datasets.Dataset | None":
    """The first `eval_problems` of a benchmark in the form of the training rows, or None.

    The training rows' other columns, which a reward may read, are None there.

    Raises:
        InputError: the benchmark has fewer problems.
    """
    if not args.eval_benchmark:
        return None
    from datasets import Dataset

    prompt = args.prompt
    [name] = benchmark_names([args.eval_benchmark])
    problems = load_benchmark(name, args.benchmark_dir)
    if len(problems) < args.eval_problems:
        raise InputError(f"--eval_problems {args.eval_problems}: {name} has {len(problems)}")
    absent = dict.fromkeys(columns) if has_own(args) else {}
    return Dataset.from_list(
        [
            absent
            | {"question": each["problem"], "final_answer": each["answer"], "prompt": prompt.format(each["problem"])}
            for each in problems[: args.eval_problems]
        ]
    )


def build_rewards(args: GRPOScriptArguments, max_completion_length: int) -> list:
    """Correctness (+1 / -1), DAPO's length penalty (0 to -1) and rewards of one's own, as named; TRL sums them."""
    rules = {
        name: getattr(args, name) for name in ("require_think_end", "exactly_one_box", "count_thinking_boxes", "grader")
    }
    rewards = {"accuracy": functools.update_wrapper(functools.partial(accuracy_reward, **rules), accuracy_reward)}
    if args.overlong_buffer:
        rewards["overlong"] = soft_overlong_penalty(max_completion_length, args.overlong_buffer)
    return [rewards[name] if name in rewards else load_reward(name) for name in reward_names(args)]


# ---------------------------------------------------------------------------------------------------------------------
# Model, trainer, save
# ---------------------------------------------------------------------------------------------------------------------


def main(argv: list[str] | None = None) -> None:
    check_early(*parse_own(GRPOScriptArguments, argv, "GRPOConfig"))  # before TRL is imported, which takes seconds
    from transformers.trainer_callback import ProgressCallback
    from trl import GRPOConfig, ModelConfig

    args, config, model_args = parse_arguments([GRPOScriptArguments, GRPOConfig, ModelConfig], argv)
    check_arguments(args, config, model_args)
    if not config.push_to_hub:
        stay_offline_if_local(model_args.model_name_or_path, *args.datasets)
    rewards = build_rewards(args, config.max_completion_length)
    all_settings = run_settings(args, config, model_args, rewards=[each.__name__ for each in rewards])
    if checkpoint := resume_point(config):
        check_same_run(checkpoint, all_settings)

    # Model
    from trl import get_peft_config, get_quantization_config

    from training.grpo_trainer import DeepMathGRPOTrainer
    from training.progress import RolloutProgress, run_facts
    from training.selection import read_pass_rates
    from training.signals import train

    tokenizer = load_tokenizer(model_args.model_name_or_path, model_args.model_revision, config.trust_remote_code)
    check_tokenizer(tokenizer, args.prompt)
    facts = run_facts("grpo", args, config, model_args)
    config.model_init_kwargs = {
        "revision": model_args.model_revision,
        "dtype": model_args.dtype,  # float32 master weights by default: bf16 ones lose the updates at lr 1e-6
        "attn_implementation": model_args.attn_implementation,
        **(config.model_init_kwargs or {}),
    }

    # Data
    if args.sort_by:
        config.shuffle_dataset = False
    known = read_pass_rates(args.pass_rates) if args.pass_rates else None
    train_dataset = build_dataset(args, tokenizer, config.generation_batch_size // config.num_generations, known)
    eval_dataset = build_eval_dataset(args, train_dataset.column_names)
    check_context(model_args, config, tokenizer, args.prompt, train_dataset["question"])

    # Trainer
    with building(model_args.model_name_or_path):
        trainer = DeepMathGRPOTrainer(
            recipe=args,
            known=known,
            card=facts,
            model=model_args.model_name_or_path,
            reward_funcs=rewards,
            args=config,
            train_dataset=train_dataset,
            eval_dataset=eval_dataset,
            processing_class=tokenizer,
            quantization_config=get_quantization_config(model_args),
            peft_config=get_peft_config(model_args),
        )
    trainer.run_settings = all_settings
    if not config.disable_tqdm:
        trainer.remove_callback(ProgressCallback)
        trainer.add_callback(RolloutProgress)
    train(trainer, checkpoint)
    if trainer.stop_reason:
        raise InputError(trainer.stop_reason)

    # Save
    trainer.save_model(config.output_dir)
    trainer.save_state()
    trainer.create_model_card()
    if config.push_to_hub:
        with building(f"{config.output_dir} holds the model, which could not be pushed"):
            trainer.push_to_hub(dataset_name=args.datasets)
    trainer.accelerator.print(f"model and tokenizer: {config.output_dir}" + trainer.watch.summary())
    if model_args.use_peft:
        trainer.accelerator.print(f"merge: {merge_command(config.output_dir, config.output_dir + '-merged')}")


if __name__ == "__main__":
    run(main)
