"""What both training stages refuse before a model is loaded, each with one clear error."""

import importlib.util
import os
from typing import TYPE_CHECKING

from cli import InputError, check_trainable, is_local
from data import DataArguments, encode_prompt, get_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, TrainingArguments
    from trl import ModelConfig


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
    is_local(args.dataset)  # a path that is not there is an error now, not after the model is fetched
    get_prompt(args.prompt_preset)
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


def check_tokenizer(tokenizer: "PreTrainedTokenizerBase", preset: str) -> None:
    """Refuse a tokenizer that cannot pad, end a completion, or open the assistant's turn.

    Raises:
        InputError: says what the tokenizer lacks.
    """
    prompt, name = get_prompt(preset), tokenizer.name_or_path
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
