"""Every shipped recipe parses, keeps the original's products, and a typo in one is an error."""

from pathlib import Path

import pytest
import yaml
from trl import GRPOConfig, ModelConfig, SFTConfig

from cli import InputError, parse_arguments
from data import PROMPTS
from evaluate import EvaluationArguments
from sft_warmup import SFTScriptArguments
from train_grpo import GRPOScriptArguments

CONFIGS = sorted(Path("configs").glob("*.yaml"))
DATA_REVISION = "5cf055d1fe3d7a2eb19719ac020211469736ae44"


def dataclasses_of(path: Path) -> list:
    if "eval" in path.name:
        return [EvaluationArguments]
    return (
        [SFTScriptArguments, SFTConfig, ModelConfig]
        if "sft" in path.name
        else [GRPOScriptArguments, GRPOConfig, ModelConfig]
    )


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_config_parses(path):
    args, *_ = parse_arguments(dataclasses_of(path), ["--config", str(path), "--use_cpu", "true"])
    assert args.prompt_preset in PROMPTS
    raw = yaml.safe_load(path.read_text())
    if raw.get("dataset") == "zwhe99/DeepMath-103K":
        assert args.dataset_revision == DATA_REVISION


def test_configs_of_all_stages_are_there():
    assert {"demo_sft", "demo_grpo", "demo_eval", "grpo_deepmath_1.5b", "grpo_deepmath_zero_7b"} <= {
        p.stem for p in CONFIGS
    }


@pytest.mark.parametrize("path", sorted(Path("configs/accelerate").glob("*.yaml")), ids=lambda path: path.stem)
def test_accelerate_config_parses(path):
    from accelerate.commands.config.config_args import load_config_from_file

    config = load_config_from_file(str(path))
    assert config.num_processes == (2 if "2proc" in path.stem else 8)


@pytest.mark.parametrize(
    ("name", "accumulation", "processes", "prompts", "steps_per_rollout", "rollouts"),
    [
        ("grpo_deepmath_1.5b", None, 8, 128, 2, 1800),
        ("grpo_deepmath_1.5b", 16, 64, 128, 2, 1800),
        ("grpo_deepmath_zero_7b", None, 8, 512, 16, 500),
        ("grpo_deepmath_zero_7b", 8, 64, 512, 16, 500),
    ],
)
def test_batch_arithmetic_is_the_originals(name, accumulation, processes, prompts, steps_per_rollout, rollouts):
    raw = yaml.safe_load(Path(f"configs/{name}.yaml").read_text())
    accumulation = accumulation or raw["gradient_accumulation_steps"]
    completions_per_step = processes * raw["per_device_train_batch_size"] * accumulation
    assert raw["generation_batch_size"] == prompts * raw["num_generations"]
    assert raw["generation_batch_size"] == steps_per_rollout * completions_per_step
    assert raw["max_steps"] == rollouts * steps_per_rollout
    assert raw["save_steps"] % steps_per_rollout == 0
    assert raw["vllm_max_model_length"] == raw["max_prompt_length"] + raw["max_completion_length"]


# The original's values (run scripts of zwhe99/DeepMath), under TRL's names, so that none of them drifts.
ORIGINAL = {
    "num_generations": 16,
    "num_iterations": 1,
    "learning_rate": 1e-6,
    "max_grad_norm": 1.0,
    "max_prompt_length": 2048,
    "top_p": 1.0,
    "epsilon": 0.2,
    "loss_type": "dapo",
    "scale_rewards": "group",
    "require_think_end": True,
    "vllm_importance_sampling_correction": False,
    "dtype": "float32",
}
ORIGINAL_15B = ORIGINAL | {
    "model_name_or_path": "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    "max_completion_length": 24576,
    "overlong_buffer": 4096,
    "temperature": 0.6,
    "epsilon_high": 0.27,
    "beta": 0.001,
    "use_bias_correction_kl": False,
    "lr_scheduler_type": "constant",
    "warmup_steps": 0,
    "weight_decay": 0.01,
}
ORIGINAL_ZERO_7B = ORIGINAL | {
    "model_name_or_path": "Qwen/Qwen2.5-7B",
    "max_completion_length": 10240,
    "overlong_buffer": 2048,
    "temperature": 1.0,
    "epsilon_high": 0.28,
    "beta": 0.0,
    "lr_scheduler_type": "constant_with_warmup",
    "warmup_steps": 160,
    "weight_decay": 0.1,
}


@pytest.mark.parametrize(
    ("name", "original"), [("grpo_deepmath_1.5b", ORIGINAL_15B), ("grpo_deepmath_zero_7b", ORIGINAL_ZERO_7B)]
)
def test_recipe_has_the_originals_values(name, original):
    args, config, model = parse_arguments(GRPO, ["--config", f"configs/{name}.yaml", "--use_cpu", "true"])
    parsed = {**vars(model), **vars(config), **vars(args)}
    assert {key: parsed[key] for key in original} == original


GRPO = [GRPOScriptArguments, GRPOConfig, ModelConfig]
CPU = ["--use_cpu", "true", "--bf16", "false", "--report_to", "none"]


def test_flag_beats_yaml_beats_default(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("learning_rate: 3.0e-5\noverlong_buffer: 7\nnum_generations: 4\n")
    for config_flag in (["--config", str(path)], [f"--config={path}"]):
        args, config, _ = parse_arguments(GRPO, [*config_flag, "--num_generations", "2", *CPU])
        assert (config.learning_rate, args.overlong_buffer, config.num_generations) == (3e-5, 7, 2)
        assert config.temperature == 1.0


@pytest.mark.parametrize(
    ("text", "flags", "message"),
    [
        ("learning_rat: 1.0e-5", [], r"run.yaml: unknown key: learning_rat \(did you mean learning_rate\?\)"),
        ("learning_rate: [", [], "run.yaml is not valid YAML"),
        ("- a", [], "must hold `key: value` lines"),
        ("max_steps: ten", [], "max_steps.*ten"),
        ("max_steps: 2.5", [], "max_steps must be a whole number"),
        ("lora_target_modules: q_proj", [], r"lora_target_modules must be a list, such as \[q_proj\]"),
        ("beta: 0.1", ["--no_such_flag", "1"], "unknown flag: --no_such_flag"),
        ("beta: 0.1", ["--learning_rat", "1"], "did you mean --learning_rate"),
        (
            "num_generations: 3",
            ["--per_device_train_batch_size", "8"],
            r"\(8\) must be divisible by num_generations \(3\)",
        ),
        ("num_generations: 1", [], "at least 2 generations"),
    ],
)
def test_wrong_configs_are_one_clear_error(tmp_path, text, flags, message):
    path = tmp_path / "run.yaml"
    path.write_text(text + "\n")
    with pytest.raises(InputError, match=message):
        parse_arguments(GRPO, ["--config", str(path), *flags, *CPU])


def test_missing_config_file():
    with pytest.raises(InputError, match="no file absent.yaml"):
        parse_arguments(GRPO, ["--config", "absent.yaml"])
    with pytest.raises(InputError, match="--config needs the path"):
        parse_arguments(GRPO, ["--config"])
