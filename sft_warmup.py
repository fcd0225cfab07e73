r"""Supervised warm-up on worked solutions, before GRPO.

DeepMath-103K (arXiv 2504.11456) ships three R1 solutions for every question. The paper's RL runs start from models
that reason already and skip this stage; take it when yours does not (a base or a small model). What is learned is
`{thinking}</think>{answer}` after exactly the prompt that train_grpo.py will generate from, and only the solution
carries loss. Every solution is graded first, by the grader that will reward GRPO.

On one GPU, on 8 GPUs, and on 2 nodes of 8 (run there with --machine_rank 0 and 1):

    python sft_warmup.py --config configs/sft_qwen2.5_1.5b.yaml
    python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml sft_warmup.py \
        --config configs/sft_qwen2.5_1.5b.yaml
    python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml --num_machines 2 --num_processes 16 \
        --machine_rank 0 --main_process_ip NODE0 --main_process_port 29500 sft_warmup.py \
        --config configs/sft_qwen2.5_1.5b.yaml --gradient_accumulation_steps 2

Writes, in `--output_dir`: the model and its tokenizer (with LoRA the adapter, and the whole model in merged/), and
solutions.md and solutions.json, the table of what was trained on and what was dropped, by difficulty.

Any key of the YAML file, of TRL's `SFTConfig` and of `ModelConfig` is also a flag, and the flag wins.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cli import InputError, parse_arguments, parse_own, run, say, stay_offline_if_local
from data import DataArguments, load_training_rows
from prompts import encode_prompt, load_tokenizer
from training.checkpoints import check_same_run, resume_point, run_settings
from training.checks import building, check_device, check_early, check_run, check_tokenizer
from training.solutions import (
    Solution,
    check_same_as_before,
    choose,
    drop_by_length,
    format_table,
    grade_solutions,
    opens_thinking,
    read_solutions,
    tokenize_solutions,
    write_report,
)

if TYPE_CHECKING:
    import datasets
    from transformers import PreTrainedTokenizerBase
    from trl import ModelConfig, SFTConfig

# ---------------------------------------------------------------------------------------------------------------------
# Arguments
# ---------------------------------------------------------------------------------------------------------------------


@dataclass
class SFTScriptArguments(DataArguments):
    """What TRL's configs lack for this stage."""

    solutions_per_question: int = field(
        default=1, metadata={"help": "how many worked solutions of a question to read and check; DeepMath-103K has 3"}
    )
    solution_policy: Literal["all", "shortest", "random"] = field(
        default="all",
        metadata={
            "help": "of a question's usable solutions train on all, on the shortest, or on a random one (--seed)"
        },
    )
    check_solutions: bool = field(
        default=True,
        metadata={
            "help": "drop solutions whose final answer our grader does not find equal to the gold, and rows without a "
            "gold; false: train on all, graded by nobody"
        },
    )
    min_solution_tokens: int = field(default=1, metadata={"help": "drop shorter solutions (without the prompt)"})
    max_solution_tokens: int | None = field(
        default=None, metadata={"help": "drop longer ones (without the prompt); max_length bounds both together"}
    )


def check_arguments(args: SFTScriptArguments, config: "SFTConfig", model_args: "ModelConfig") -> None:
    """Refuse what cannot run, or would train on something else than asked, before a model is loaded.

    Raises:
        InputError: names the flag.
    """
    from transformers.integrations import is_deepspeed_zero3_enabled

    check_run(args, config, model_args)
    if args.solutions_per_question < 1:
        raise InputError(f"--solutions_per_question {args.solutions_per_question}: must be at least 1")
    if args.sort_by and config.packing:
        raise InputError("--sort_by with --packing true: packing puts solutions together by length, in no other order")
    for name, bound in (("max_length", config.max_length), ("max_solution_tokens", args.max_solution_tokens)):
        if bound is not None and bound < 1:
            raise InputError(f"--{name} {bound}: must be at least 1")
    longest = args.max_solution_tokens or config.max_length
    if longest and args.min_solution_tokens > longest:
        raise InputError(f"--min_solution_tokens {args.min_solution_tokens} is over the upper bound of {longest}")
    if config.eos_token or config.pad_token or config.chat_template_path:
        raise InputError(
            "--eos_token, --pad_token and --chat_template_path: set them in the model's own tokenizer files instead"
        )
    if config.completion_only_loss is False or config.assistant_only_loss:
        raise InputError("--completion_only_loss and --assistant_only_loss: the loss is always on the solution alone")
    if config.eval_strategy != "no" or config.eval_on_start:
        raise InputError(
            "--eval_strategy, --eval_on_start: this stage has no evaluation set; measure the model with evaluate.py"
        )
    if model_args.use_peft and is_deepspeed_zero3_enabled():
        raise InputError(
            "--use_peft with DeepSpeed ZeRO-3: merging the adapter would load the base model on one process, "
            "where ZeRO-3 waits for all; launch with configs/accelerate/ddp_8gpu.yaml or zero2_8gpu.yaml"
        )
    check_packing(config, model_args)
    check_device(config, model_args)


def check_packing(config: "SFTConfig", model_args: "ModelConfig") -> None:
    """Allow packing only where a solution cannot attend to the ones packed before it.

    TRL's "bfd" packs whole solutions and restarts the positions of each, from which transformers masks the others,
    whichever of sdpa, eager and flash attention computes it. "wrapped" cuts solutions and lets them attend to each
    other; code that comes with a model may not read the positions at all.

    Raises:
        InputError: another packing strategy, attention or model, or no max_length to pack to.
    """
    if not config.packing:
        if config.padding_free:
            raise InputError("--padding_free: use --packing true, which includes it")
        return
    if config.packing_strategy != "bfd":
        raise InputError(
            f"--packing_strategy {config.packing_strategy} cuts solutions in two; only bfd keeps them whole"
        )
    if config.max_length is None:
        raise InputError("--packing true needs --max_length, the tokens to pack together")
    attention = model_args.attn_implementation or "sdpa"
    if config.trust_remote_code or not (attention in ("sdpa", "eager") or "flash" in attention):
        raise InputError(
            f"--packing true with attention {attention!r}, trust_remote_code {config.trust_remote_code}: packed "
            "solutions might attend to each other; use sdpa, eager or flash attention and a model of transformers' own"
        )
    if "flash" not in attention:
        tokens = config.max_length * config.per_device_train_batch_size
        say(f"packing: {attention} attention keeps solutions apart with a mask of {tokens} x {tokens}; flash has none")


# ---------------------------------------------------------------------------------------------------------------------
# Data
# ---------------------------------------------------------------------------------------------------------------------


def build_dataset(
    args: SFTScriptArguments, tokenizer: "PreTrainedTokenizerBase", config: "SFTConfig"
) -> tuple["datasets.Dataset", list[Solution]]:
    """Grade, measure and choose solutions, and print what became of them.

    Args:
        tokenizer: of the model to be trained.
        config: TRL's `SFTConfig`; max_length, seed and dataset_num_proc are used.

    Returns:
        The tokenized training set (input_ids, labels), and all solutions with their fates.

    Raises:
        InputError: no solution at all, or none left to train on.
    """
    rows = load_training_rows(args, tokenizer, args.solutions_per_question, need_answer=args.check_solutions)
    found = read_solutions(rows)
    if not found:
        raise InputError(
            f"{args.dataset}: the columns of worked solutions are empty; name another with --solution_column"
        )
    if args.check_solutions:
        grade_solutions(found)
    examples = tokenize_solutions(found, tokenizer, args.prompt, config.dataset_num_proc)
    drop_by_length(found, args.min_solution_tokens, args.max_solution_tokens, config.max_length)
    kept = choose(found, args.solution_policy, config.seed)
    say(format_table(found))
    if not kept:
        raise InputError(
            f"{args.dataset}: no solution is left to train on (the table above says why; max_length "
            f"{config.max_length}, {args.min_solution_tokens} to {args.max_solution_tokens} tokens a solution)"
        )
    unclosed = sum("</think>" not in solution.text for solution in found if solution.fate == "used")
    if unclosed and opens_thinking(tokenizer, encode_prompt(tokenizer, args.prompt, "1+1")):
        say(f"{unclosed} of these solutions have no thinking: the prompt's <think> is closed at once before them")
    elif unclosed:
        say(
            f"warning: {unclosed} of these solutions have no </think>; a model that learns from them needs "
            "`--require_think_end false` in train_grpo.py, or all its completions are wrong"
        )
    return examples.select(kept), found


# ---------------------------------------------------------------------------------------------------------------------
# Model, trainer, save
# ---------------------------------------------------------------------------------------------------------------------


def save_merged(model_args: "ModelConfig", config: "SFTConfig", tokenizer: "PreTrainedTokenizerBase") -> Path:
    """Write base model + adapter as one model, which train_grpo.py and evaluate.py can load.

    The base is read anew, so this works for a quantized or sharded model too; it takes the base's size in memory.
    """
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    path = Path(config.output_dir) / "merged"
    base = AutoModelForCausalLM.from_pretrained(
        model_args.model_name_or_path,
        revision=model_args.model_revision,
        dtype=model_args.dtype,
        trust_remote_code=config.trust_remote_code,
    )
    PeftModel.from_pretrained(base, config.output_dir).merge_and_unload().save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def main(argv: list[str] | None = None) -> None:
    check_early(*parse_own(SFTScriptArguments, argv, "SFTConfig"))  # before TRL is imported, which takes seconds
    from trl import ModelConfig, SFTConfig

    args, config, model_args = parse_arguments([SFTScriptArguments, SFTConfig, ModelConfig], argv)
    check_arguments(args, config, model_args)
    if not config.push_to_hub:
        stay_offline_if_local(model_args.model_name_or_path, *args.datasets)
    all_settings = run_settings(args, config, model_args)
    if checkpoint := resume_point(config):
        check_same_run(checkpoint, all_settings)

    # Model
    from trl import SFTTrainer, get_peft_config, get_quantization_config

    from training.continuation import ContinuableTrainer
    from training.progress import run_facts, write_model_card
    from training.signals import train

    facts = run_facts("sft", args, config, model_args)

    class WarmupTrainer(ContinuableTrainer, SFTTrainer):
        """TRL's, continued exactly, with our card."""

        def create_model_card(self, *args, **kwargs) -> None:
            if self.is_world_process_zero():
                write_model_card(Path(self.args.output_dir), facts, self.state, not self.is_in_train)

    tokenizer = load_tokenizer(model_args.model_name_or_path, model_args.model_revision, config.trust_remote_code)
    check_tokenizer(tokenizer, args.prompt)
    config.model_init_kwargs = {
        "revision": model_args.model_revision,
        "dtype": model_args.dtype,  # float32 master weights by default: bf16 ones lose updates at small learning rates
        "attn_implementation": model_args.attn_implementation,
        **(config.model_init_kwargs or {}),
    }

    # Data
    if args.sort_by:
        config.train_sampling_strategy = "sequential"
    train_dataset, found = build_dataset(args, tokenizer, config)
    output_dir, packed_to = Path(config.output_dir), config.max_length if config.packing else None
    sequences = {"prompt_preset": args.prompt_preset, "packed_to": packed_to, **args.own_prompt}
    if checkpoint:
        check_same_as_before(output_dir, found, sequences)

    # Trainer
    with building(model_args.model_name_or_path):
        trainer = WarmupTrainer(
            model=model_args.model_name_or_path,
            args=config,
            train_dataset=train_dataset,
            processing_class=tokenizer,
            quantization_config=get_quantization_config(model_args),
            peft_config=get_peft_config(model_args),
        )
    trainer.run_settings = all_settings
    if trainer.is_world_process_zero():
        settings = {**asdict(args), "max_length": config.max_length, "packing": config.packing, "seed": config.seed}
        write_report(output_dir, found, settings, sequences)
    train(trainer, checkpoint)

    # Save
    trainer.save_model(config.output_dir)
    trainer.save_state()
    trainer.create_model_card()
    if config.push_to_hub:
        with building(f"{config.output_dir} holds the model, which could not be pushed"):
            trainer.push_to_hub(dataset_name=args.datasets)
    path = output_dir
    if model_args.use_peft and trainer.is_world_process_zero():
        path = save_merged(model_args, config, tokenizer)
    trainer.accelerator.print(f"model and tokenizer: {path}")


if __name__ == "__main__":
    run(main)
