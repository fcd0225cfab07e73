"""How a question is put to a model: the prompt presets, and the tokens that a preset becomes.

Training and evaluation read the same constants. Nothing here imports torch: evaluate.py answers `--help` at once.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cli import InputError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Prompt:
    """How a question is put to a model.

    Args:
        user: the user's turn, or the whole text when `chat` is False; `{question}` marks the question.
        system: the system turn, if any.
        chat: render with the chat template of the model's own tokenizer; False: plain text.
        stop: texts at which evaluation ends a completion, which then does not hold them. Training does without.
    """

    user: str = "{question}"
    system: str | None = None
    chat: bool = True
    stop: tuple[str, ...] = ()

    def format(self, question: str) -> list[dict[str, str]] | str:
        """Return chat messages, or one string for a plain-text prompt."""
        text = self.user.replace("{question}", question)  # not str.format: the texts and LaTeX are full of braces
        if not self.chat:
            return text
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": text}]


# DeepMath's card: the bare question; R1-Distill's card: "avoid adding a system prompt".
BARE = Prompt()
_BOXED = "Please reason step by step, and put your final answer within \\boxed{}."
# DeepMath's card, for the Zero models; also SimpleRL-Zoo's own evaluation prompt (hkust-nlp/simpleRL-reason). A base
# model's generation_config.json does not end a chat turn; the stop texts are those of Qwen2.5-Math's evaluation
# script, which SimpleRL's is made from.
BOXED_SYSTEM = Prompt(system=_BOXED, stop=("<|im_end|>", "<|endoftext|>"))
# JustRL's evaluation (evals/gen_vllm.py, thunlp/JustRL) and the model cards of Qwen3 ask so.
BOXED_SUFFIX = Prompt(user="{question} " + _BOXED)
# Suffix of agentica-project/rllm's DeepScaleR data (the paper's card does not state it).
STEP_BY_STEP_SUFFIX = Prompt(
    user="{question} Let's think step by step and output the final answer within \\boxed{}.",
)
# Open-Reasoner-Zero's template (playground/zero_setting_base.py), which DeepMath-Zero-7B starts from, and the stop
# texts of its training and evaluation (config.py): without them a base model goes on with a next User.
OPEN_REASONER_ZERO = Prompt(
    user=(
        "A conversation between User and Assistant. The User asks a question, and the Assistant solves it. "
        "The Assistant first thinks about the reasoning process in the mind and then provides the User with the "
        "answer. The reasoning process is enclosed within <think> </think> and answer is enclosed within <answer> "
        "</answer> tags, respectively, i.e., <think> reasoning process here </think> <answer> answer here </answer>. "
        "User: You must put your answer inside <answer> </answer> tags, i.e., <answer> answer here </answer>. "
        "And your final answer will be extracted automatically by the \\boxed{} tag.\n"
        "This is the problem:\n{question}\nAssistant: <think>"
    ),
    chat=False,
    stop=("User:", "Human:", "Assistant:", "</answer>"),
)

# The first ten are keyed by the names of the paper's result tables: `results/paper.json` has a row of the same name.
PROMPTS = {
    "DeepMath-1.5B": BARE,  # DeepMath's card
    "DeepMath-Omn-1.5B": BARE,  # DeepMath's card
    "R1-Distill-Qwen-1.5B": BARE,  # R1-Distill's card
    "Still-3-1.5B-Preview": BARE,  # inferred: trained from R1-Distill (RUCAIBox/Slow_Thinking_with_LLMs)
    "DeepScaleR-1.5B-Preview": STEP_BY_STEP_SUFFIX,  # inferred from agentica-project/rllm
    "DeepMath-Zero-7B": BOXED_SYSTEM,  # DeepMath's card
    "DeepMath-Zero-Math-7B": BOXED_SYSTEM,  # DeepMath's card
    "Qwen-2.5-7B-SimpleRL-Zoo": BOXED_SYSTEM,  # inferred from hkust-nlp/simpleRL-reason
    "Open-Reasoner-Zero-7B": OPEN_REASONER_ZERO,  # its own repository
    "Qwen2.5-7B-Base": OPEN_REASONER_ZERO,  # inferred: the template DeepMath-Zero-7B's training starts from
    "JustRL-DeepSeek-1.5B": BOXED_SUFFIX,  # its evals/gen_vllm.py
    "JustRL-Nemotron-1.5B": BOXED_SUFFIX,  # the same
    "FastCuRL-1.5B-V3": STEP_BY_STEP_SUFFIX,  # inferred: trained with DeepScaleR's code and data (nick7nlp/FastCuRL)
    "Nemotron-Research-Reasoning-Qwen-1.5B": STEP_BY_STEP_SUFFIX,  # ProRL; inferred from its DeepScaleR data
    "QuestA-Nemotron-1.5B": BOXED_SUFFIX,  # as JustRL's authors evaluate it; its card states no prompt
    "VibeThinker-1.5B": BOXED_SUFFIX,  # inferred; its card passes the prompt on as it is, without a system turn
    "VibeThinker-3B": BOXED_SUFFIX,  # the same
    "Qwen3": BOXED_SUFFIX,  # model cards, "Best Practices"
}
# What the hub calls them, in lower case, where that is another name.
_HUB_NAMES = {
    "deepseek-r1-distill-qwen-1.5b": "R1-Distill-Qwen-1.5B",
    "qwen2.5-7b": "Qwen2.5-7B-Base",
    "fastcurl-1.5b-preview": "FastCuRL-1.5B-V3",
    "fastcurl-1.5b-v2": "FastCuRL-1.5B-V3",
    "nemotron-research-reasoning-qwen-1.5b-v2": "Nemotron-Research-Reasoning-Qwen-1.5B",
    **{f"qwen3-{size}": "Qwen3" for size in ("0.6b", "1.7b", "4b", "8b", "14b", "32b", "30b-a3b", "235b-a22b")},
    **{
        f"qwen3-{size}-{kind}-2507": "Qwen3"
        for size in ("4b", "30b-a3b", "235b-a22b")
        for kind in ("instruct", "thinking")
    },
}
PLAIN_TEXT = [name for name, prompt in PROMPTS.items() if not prompt.chat]


def own_name(model: str) -> str | None:
    """The name in PROMPTS that a hub id or folder goes by, whatever its case; None where it goes by none."""
    name = Path(model).name.lower()
    return _HUB_NAMES.get(name) or next((each for each in PROMPTS if each.lower() == name), None)


def get_prompt(name: str, system: str | None = None, user: str | None = None) -> Prompt:
    """Look a prompt preset up by model name, and put one's own texts in the place of its turns.

    Args:
        name: of the preset.
        system: a text, or a file that holds it, for the system turn; "": none; None: the preset's.
        user: the same for the user's turn, with `{question}` in it.

    Raises:
        InputError: no preset of that name; the message lists those that exist. Or a file that is not there, a user's
            turn without `{question}`, a system turn for a prompt of plain text.
    """
    if name not in PROMPTS:
        raise InputError(f"--prompt_preset {name}: no such preset; there are: {', '.join(PROMPTS)}")
    prompt = PROMPTS[name]
    if user is not None:
        user = _text_or_file("user_prompt", user)
        if "{question}" not in user:
            raise InputError("--user_prompt: must hold {question}, where the question goes (or name a file that does)")
        prompt = replace(prompt, user=user)
    if system is not None:
        if not prompt.chat:
            raise InputError(f"--system_prompt: {name} is plain text without turns; put it into --user_prompt")
        prompt = replace(prompt, system=_text_or_file("system_prompt", system) or None)
    return prompt


def _text_or_file(flag: str, text: str) -> str:
    """A text, or what the file of that name holds, without the newline at its end."""
    looks_like_a_file = re.fullmatch(r"\S+\.(?:txt|md|jinja)|\.{0,2}/\S+", text)
    try:
        if looks_like_a_file or (len(text) < 256 and "\n" not in text and Path(text).is_file()):
            return Path(text).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise InputError(f"--{flag} {text}: the file cannot be read ({why})") from error
    return text


def load_tokenizer(
    name: str, revision: str | None = None, trust_remote_code: bool = False
) -> "PreTrainedTokenizerBase":
    """The model's own tokenizer, padding on the left as generation needs it.

    Raises:
        InputError: no tokenizer can be loaded from there.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(
            name, revision=revision, trust_remote_code=trust_remote_code, padding_side="left"
        )
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot load its tokenizer: {error}") from error


def encode_prompt(
    tokenizer: "PreTrainedTokenizerBase", prompt: Prompt, question: str, add_generation_prompt: bool = True, **options
) -> list[int]:
    """Token ids of the prompt up to where the completion starts, the same that `GRPOTrainer` generates from.

    `add_generation_prompt=False` leaves out what opens the assistant's turn; `options` are variables of the chat
    template, such as enable_thinking.

    Raises:
        InputError: the preset needs a chat template and the tokenizer has none, or one that refuses the preset's turns.
    """
    from jinja2 import TemplateError

    formatted = prompt.format(question)
    if not prompt.chat:
        return tokenizer(formatted)["input_ids"]
    if tokenizer.chat_template is None:
        raise InputError(
            f"{tokenizer.name_or_path}: the tokenizer has no chat template, which this prompt preset needs; add one to "
            f"the tokenizer, or take --prompt_preset {' or '.join(PLAIN_TEXT)}, which need none"
        )
    try:
        return tokenizer.apply_chat_template(
            formatted, add_generation_prompt=add_generation_prompt, tokenize=True, return_dict=True, **options
        )["input_ids"]
    except TemplateError as error:
        presets = ", ".join(name for name, each in PROMPTS.items() if each == prompt) or "your own"
        raise InputError(
            f"{tokenizer.name_or_path}: the chat template refuses the prompt of {presets} ({error}); change "
            f"it, or take a --prompt_preset with other turns or without any: {', '.join(PLAIN_TEXT)}"
        ) from error
