"""Every shipped recipe and launch line parses, keeps the original's products, and a typo in one is an error."""

import ast
import itertools
import re
import shlex
from pathlib import Path

import pytest
import yaml
from torch.distributed.run import get_args_parser
from trl import GRPOConfig, ModelConfig, SFTConfig

import demo
from benchmarks import budget
from cli import InputError, parse_arguments, read_config
from evaluate import COMMANDS, EvaluationArguments
from evaluation.card import CardArguments
from evaluation.compare import CompareArguments
from evaluation.contamination import ContaminationArguments
from evaluation.report import ReportArguments
from evaluation.view import ViewArguments
from prompts import PROMPTS
from sft_warmup import SFTScriptArguments
from train_grpo import GRPOScriptArguments

CONFIGS = sorted(Path("configs").glob("*.yaml"))
GRPO = [GRPOScriptArguments, GRPOConfig, ModelConfig]
SFT = [SFTScriptArguments, SFTConfig, ModelConfig]
SUBCOMMANDS = {
    "report": ReportArguments,
    "compare": CompareArguments,
    "contamination": ContaminationArguments,
    "view": ViewArguments,
    "card": CardArguments,
}
DATA_REVISION = "5cf055d1fe3d7a2eb19719ac020211469736ae44"


def dataclasses_of(path: Path) -> list:
    if "eval" in path.name:
        return [EvaluationArguments]
    return SFT if "sft" in path.name else GRPO


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_config_parses(path):
    args, *_ = parse_arguments(dataclasses_of(path), ["--config", str(path), "--use_cpu", "true"])
    assert args.prompt_preset in PROMPTS
    if getattr(args, "dataset", None) == "zwhe99/DeepMath-103K":
        assert args.dataset_revision == DATA_REVISION


@pytest.mark.parametrize("flags", [["--dataset", "my/rows"], ["--dataset=my/rows"]])
@pytest.mark.parametrize("model", [["--model_name_or_path", "my/model"], ["--model-name-or-path", "my/model"]])
def test_another_name_is_not_held_to_the_recipes_revision(flags, model, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    pins = "dataset_revision: d1\nmodel_name_or_path: a/model\nmodel_revision: m1\n"
    recipe.write_text(f"dataset: a/rows\n{pins}prompt_preset: DeepMath-1.5B\noutput_dir: run\nuse_cpu: true\n")
    args, _, model_args = parse_arguments(GRPO, ["--config", str(recipe)])
    assert (args.dataset_revision, model_args.model_revision) == ("d1", "m1")
    args, _, model_args = parse_arguments(GRPO, ["--config", str(recipe), *flags, *model])
    assert args.dataset_revision is None and model_args.model_revision == "main"
    assert (args.dataset, model_args.model_name_or_path) == ("my/rows", "my/model")


def test_configs_of_all_stages_are_there():
    assert {"demo_sft", "demo_grpo", "demo_eval", *RECIPES, *ONE_GPU} <= {p.stem for p in CONFIGS}


# ---------------------------------------------------------------------------------------------------------------------
# The original's values
# ---------------------------------------------------------------------------------------------------------------------

# From the run scripts of zwhe99/DeepMath and its verl fork, under our names, so that none of them drifts.
ORIGINAL = {
    "dtype": "float32",
    "require_think_end": True,
    "dynamic_sampling": True,
    "carry_surplus": False,
    "max_generation_batches": 10,
    "top_p": 1.0,
    "use_vllm": True,
    "vllm_importance_sampling_correction": False,
    "num_iterations": 1,
    "learning_rate": 1e-6,
    "max_grad_norm": 1.0,
    "loss_type": "dapo",
    "scale_rewards": "group",
    "epsilon": 0.2,
    "decay_all_parameters": True,
}
ORIGINAL_15B = ORIGINAL | {
    "model_name_or_path": "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    "max_prompt_length": 2048,
    "prompt_preset": "DeepMath-1.5B",
    "overlong_buffer": 4096,
    "num_generations": 16,
    "generation_batch_size": 128 * 16,
    "dynamic_sampling_prompts": 384,
    "max_completion_length": 24576,
    "temperature": 0.6,
    "max_steps": 1800 * 2,
    "lr_scheduler_type": "constant",
    "warmup_steps": 0,
    "weight_decay": 0.01,
    "skip_update_norm": 5.0,
    "epsilon_high": 0.27,
    "beta": 0.001,
    "use_bias_correction_kl": False,
    "save_steps": 10 * 2,
}
ORIGINAL_ZERO_7B = ORIGINAL | {
    "model_name_or_path": "Qwen/Qwen2.5-7B",
    "max_prompt_length": 2048,
    "prompt_preset": "Qwen2.5-7B-Base",  # Open-Reasoner-Zero's template
    "overlong_buffer": 2048,
    "num_generations": 16,
    "generation_batch_size": 512 * 16,
    "dynamic_sampling_prompts": 1536,
    "max_completion_length": 10240,
    "temperature": 1.0,
    "max_steps": 500 * 16,
    "lr_scheduler_type": "constant_with_warmup",
    "warmup_steps": 10 * 16,
    "schedule_per_rollout": True,
    "weight_decay": 0.1,
    "epsilon_high": 0.28,
    "beta": 0.0,
    "save_steps": 10 * 16,
}
ORIGINAL_OMN_15B = ORIGINAL_15B | {
    "model_name_or_path": "nvidia/OpenMath-Nemotron-1.5B",
    "prompt_preset": "DeepMath-Omn-1.5B",  # the bare question
    "num_generations": 18,
    "generation_batch_size": 128 * 18,
    "dynamic_sampling_prompts": 480,
    "max_steps": 700 * 2,
}
ORIGINAL_ZERO_MATH_7B = ORIGINAL_ZERO_7B | {
    "model_name_or_path": "Qwen/Qwen2.5-Math-7B",
    "max_prompt_length": 1024,
    "prompt_preset": "DeepMath-Zero-Math-7B",  # a system prompt with \\boxed{}
    "require_think_end": False,
    "exactly_one_box": True,
    "count_thinking_boxes": True,
    "overlong_buffer": 512,
    "num_generations": 18,
    "generation_batch_size": 512 * 18,
    "dynamic_sampling_prompts": 3072,
    "max_completion_length": 3072,
    "skip_update_norm": 5.0,
}
del ORIGINAL_ZERO_MATH_7B["max_steps"]  # the one value that is not known to us; the recipe says so
# recipe: the original's values, prompts a rollout batch, optimizer steps of it, gradient accumulation by processes
RECIPES = {
    "grpo_deepmath_1.5b": (ORIGINAL_15B, 128, 2, {8: 128, 64: 16}),
    "grpo_deepmath_omn_1.5b": (ORIGINAL_OMN_15B, 128, 2, {8: 144, 64: 18, 96: 12}),
    "grpo_deepmath_zero_7b": (ORIGINAL_ZERO_7B, 512, 16, {8: 64, 64: 8}),
    "grpo_deepmath_zero_math_7b": (ORIGINAL_ZERO_MATH_7B, 512, 16, {8: 72, 64: 9, 96: 6}),
}
# What the recipes for one GPU change against the file they stand on, and nothing else.
LORA_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ONE_GPU = {
    "grpo_deepmath_1.5b_lora_1gpu": {
        "use_peft": True, "lora_r": 64, "lora_alpha": 128, "lora_dropout": 0.0, "lora_target_modules": LORA_TARGETS,
        "generation_batch_size": 128, "dynamic_sampling_prompts": 0, "carry_surplus": True,
        "max_completion_length": 8192, "overlong_buffer": 1365, "vllm_enable_sleep_mode": False,
        "vllm_gpu_memory_utilization": 0.4, "vllm_max_model_length": 10240, "per_device_train_batch_size": 2,
        "gradient_accumulation_steps": 64, "max_steps": 1000, "learning_rate": 2e-5, "skip_update_norm": 0.0,
        "save_rollouts_every": 1,
    },
    "grpo_deepmath_1.5b_lora_24gb": {
        "lora_r": 32, "lora_alpha": 64, "max_completion_length": 4096, "overlong_buffer": 683,
        "vllm_enable_sleep_mode": True, "vllm_gpu_memory_utilization": 0.45, "vllm_max_model_length": 6144,
        "per_device_train_batch_size": 1, "gradient_accumulation_steps": 128,
    },
    "grpo_deepmath_1.5b_qlora_24gb": {
        "dtype": "bfloat16", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "use_bnb_nested_quant": True,
        "max_prompt_length": 1024, "generation_batch_size": 64, "use_vllm": False, "vllm_enable_sleep_mode": False,
        "gradient_accumulation_steps": 64, "learning_rate": 1e-4,
    },
}  # fmt: skip


def load(name: str) -> tuple[dict, dict[str, str]]:
    """A recipe's values, those of the files below it included, and the comment behind each."""
    config, comments = read_config(f"configs/{name}.yaml"), {}
    for key, (_, file) in config.items():
        found = re.search(rf"^{key}: .*?  # (.*)$", file.read_text(), flags=re.M)
        comments[key] = found[1] if found else ""
    return {key: value for key, (value, _) in config.items()}, comments


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_has_the_originals_values(name):
    original = RECIPES[name][0]
    args, config, model = parse_arguments(GRPO, ["--config", f"configs/{name}.yaml", "--use_cpu", "true"])
    parsed = {**vars(model), **vars(config), **vars(args)}
    assert {key: parsed[key] for key in original} == original


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_names_the_source_of_every_value(name):
    """ "original" stands beside what the table of the original holds, and beside nothing else."""
    values, comments = load(name)
    original = RECIPES[name][0]
    for key in original.keys() & values.keys() - {"dtype"}:
        assert "original" in comments[key], key
    for key, comment in comments.items():
        if comment.startswith("original") and key != "dataset":
            assert key in original or re.match(r"original 0\.[78]", comment), key


@pytest.mark.parametrize("name", ONE_GPU)
def test_one_gpu_recipe_changes_what_it_says(name):
    """Against the file it stands on it changes the table's values and no other; the large changes are in its header."""
    path = Path(f"configs/{name}.yaml")
    below = Path(yaml.safe_load(path.read_text())["defaults"]).stem
    values, original = load(name)[0], load("grpo_deepmath_1.5b")[0]
    assert values == load(below)[0] | ONE_GPU[name] | {"output_dir": f"runs/{name}"}
    header = path.read_text().split("\n\n")[0]
    for key in ("max_completion_length", "max_prompt_length"):
        assert values[key] == original[key] or str(values[key]) in header
    assert f"{values['generation_batch_size'] // 16} prompts" in header
    assert values["generation_batch_size"] == (
        values["per_device_train_batch_size"] * values["gradient_accumulation_steps"]
    )
    # TRL 1.16 cannot send 4-bit weights to vLLM (huggingface/trl#4973).
    assert not (values.get("load_in_4bit") and values["use_vllm"])


# ---------------------------------------------------------------------------------------------------------------------
# Batch arithmetic
# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "processes"), [(name, p) for name, recipe in RECIPES.items() for p in recipe[3]])
def test_batch_arithmetic(name, processes):
    values, _ = load(name)
    _, prompts, steps_per_rollout, accumulations = RECIPES[name]
    assert values["gradient_accumulation_steps"] == accumulations[8]
    completions_per_step = processes * values["per_device_train_batch_size"] * accumulations[processes]
    assert values["generation_batch_size"] == prompts * values["num_generations"]
    assert values["generation_batch_size"] == steps_per_rollout * completions_per_step
    assert values["max_steps"] % steps_per_rollout == 0
    assert values["save_steps"] % steps_per_rollout == 0
    header = " ".join(re.findall(r"# *(.*)", Path(f"configs/{name}.yaml").read_text().split("\n\n")[0]))
    # A group is generated on one process.
    draw = values["dynamic_sampling_prompts"]
    assert draw % processes == 0 or re.search(rf"{processes} GPUs .* --dynamic_sampling_prompts {4 * prompts}", header)
    assert values["vllm_max_model_length"] == values["max_prompt_length"] + values["max_completion_length"]
    assert f"{prompts} prompts x {values['num_generations']} = {values['generation_batch_size']} completions" in header
    assert f"{processes} x 1 x {accumulations[processes]} = {completions_per_step}" in header
    assert f"{values['max_steps'] // steps_per_rollout} rollout batches are {values['max_steps']} steps" in header


# ---------------------------------------------------------------------------------------------------------------------
# Launching
# ---------------------------------------------------------------------------------------------------------------------


def launched(command: list[str]) -> tuple:
    """What `accelerate launch` makes of its arguments and its file: the arguments, and the file's own content."""
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    return _validate_launch_command(launch_command_parser().parse_args(command))[:2]


def environment_of_processes(args, config) -> dict[str, str]:
    """The environment that `accelerate launch` starts the processes with."""
    from accelerate.utils.launch import prepare_deepspeed_cmd_env, prepare_multi_gpu_env

    if not args.use_deepspeed:
        return prepare_multi_gpu_env(args)
    args.deepspeed_fields_from_accelerate_config = ",".join(config.deepspeed_config)
    return prepare_deepspeed_cmd_env(args)[1]


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("ddp_8gpu", {"ACCELERATE_MIXED_PRECISION": "bf16"}),
        (
            "fsdp2_8gpu",
            {"ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2", "FSDP_RESHARD_AFTER_FORWARD": "true"},
        ),
        ("zero2_8gpu", {"ACCELERATE_USE_DEEPSPEED": "true", "ACCELERATE_DEEPSPEED_ZERO_STAGE": "2"}),
        (
            "zero3_8gpu",
            {"ACCELERATE_DEEPSPEED_ZERO_STAGE": "3", "ACCELERATE_DEEPSPEED_ZERO3_SAVE_16BIT_MODEL": "true"},
        ),
    ],
)
def test_accelerate_config(name, environment):
    file = ["--config_file", f"configs/accelerate/{name}.yaml"]
    args, config = launched([*file, "train_grpo.py"])
    env = environment_of_processes(args, config)
    assert (args.num_processes, args.num_machines) == (8, 1)
    assert environment == {key: env.get(key) for key in environment}
    # Left to the recipe: a number here would silently win over the recipe's.
    assert not {"ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "ACCELERATE_GRADIENT_CLIPPING"} & env.keys()
    nodes = ["--num_machines", "8", "--num_processes", "64", "--machine_rank", "3", "--main_process_ip", "NODE0"]
    args, config = launched([*file, *nodes, "--main_process_port", "29500", "train_grpo.py"])
    environment_of_processes(args, config)
    assert (args.nnodes, args.nproc_per_node, args.node_rank) == ("8", "8", 3)
    assert (args.rdzv_backend, args.rdzv_endpoint) == ("static", "NODE0:29500")


def test_accelerate_config_of_two_cpu_processes():
    args, config = launched(["--config_file", "configs/accelerate/cpu_2proc.yaml", "train_grpo.py"])
    environment_of_processes(args, config)
    assert (args.nproc_per_node, args.use_cpu) == ("2", True)


# ---------------------------------------------------------------------------------------------------------------------
# Commands in README, docs, run scripts, headers of recipes and docstrings
# ---------------------------------------------------------------------------------------------------------------------

SCRIPTS = ("train_grpo.py", "sft_warmup.py", "evaluate.py", "demo.py", *map(str, Path("benchmarks").glob("*.py")))
START = re.compile(r"\s*(\w+=\S+ +)*(python|accelerate launch|torchrun|srun|\"?\$)")


def commands_in(text: str) -> list[list[str]]:
    """The words of every command in a text that starts one of our scripts; a shell's variables are 1."""
    commands = []
    for line in text.replace("\\\n", " ").splitlines():
        if not (START.match(line) and any(script in line for script in SCRIPTS)):
            continue
        words = shlex.split(re.sub(r"\$(\w+|\{\w+\})", "1", line), comments=True)
        words = shlex.split(words[-1]) if "bash" in words else words  # srun bash -c '...'
        if {*SCRIPTS} & {*words} and "--help" not in words:
            commands.append([word for word in words if word != "$@"])
    return commands


def commands_of(path: Path) -> list[list[str]]:
    """The commands that a file shows: in code blocks and between backticks, in a docstring, a header, or a script."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        blocks = re.findall(r"```bash\n(.*?)```", text, flags=re.S)
        inline = re.findall(r"`((?:\w+=\w+ )?python [^`]+)`", text)
        text = "\n".join([*blocks, *(" ".join(code.split()) for code in inline)])
    elif path.suffix == ".py":
        text = ast.get_docstring(ast.parse(text)) or ""
    elif path.suffix == ".yaml":
        text = re.sub(r"^# *", "", text.split("\n\n")[0], flags=re.M)
    return commands_in(text)


SHOWN = [
    pytest.param(words, id=f"{path}:{' '.join(words)[-50:]}")
    for pattern in ("README.md", "docs/*.md", "runs/*.sh", "configs/*.yaml", "*.py", "benchmarks/*.py")
    for path in sorted(Path(".").glob(pattern))
    for words in commands_of(path)
]


@pytest.mark.parametrize("words", SHOWN)
def test_command_parses(words, tmp_path, capsys):
    [script] = {*words} & {*SCRIPTS}
    launcher, flags = words[: words.index(script)], words[words.index(script) + 1 :]
    processes, deepspeed = processes_of(launcher, script)
    if script == "train_grpo.py":
        check_grpo_command(flags, processes, deepspeed)
    elif script == "sft_warmup.py":
        parse_arguments(SFT, [*flags, "--use_cpu", "true"])
    elif script == "evaluate.py":
        of = SUBCOMMANDS[flags[0]] if flags[0] in COMMANDS else EvaluationArguments
        parse_arguments([of], list(itertools.dropwhile(lambda word: not word.startswith("--"), flags)))
    elif script == "demo.py":
        for seed in [word for word in flags if word.isdigit()] or ["0"]:
            (tmp_path / f"seed{seed}").mkdir(exist_ok=True)
        with pytest.raises(SystemExit):  # behind the parser, and before anything runs
            demo.main([*flags, "--output_dir", str(tmp_path)])
        assert "exists already" in capsys.readouterr().err
    else:
        known = re.findall(r'add_argument\(\s*"(--\w+)"', Path(script).read_text())
        unknown = [at for at, word in enumerate(flags) if word.startswith("--") and word not in known]
        if script == "benchmarks/gain.py":  # it hands them on
            handed_on = [word for at in unknown for word in flags[at : at + 2]]
            parse_arguments(GRPO, ["--config", "configs/grpo_svamp_cpu.yaml", *handed_on])
        else:
            assert not unknown


def processes_of(launcher: list[str], script: str) -> tuple[int, bool]:
    """How many processes a launcher starts, after it has parsed its own flags, and whether with DeepSpeed."""
    if "accelerate" in launcher or "training.launch" in launcher:
        at = launcher.index("launch" if "accelerate" in launcher else "training.launch")
        args, _ = launched([*launcher[at + 1 :], script])
        return args.num_processes, args.use_deepspeed
    if "torchrun" in launcher:
        args = get_args_parser().parse_args([*launcher[launcher.index("torchrun") + 1 :], script])
        return int(args.nnodes) * int(args.nproc_per_node), False
    return 1, False


def check_grpo_command(flags: list[str], processes: int, deepspeed: bool) -> None:
    """It parses, and the recipes of the original keep their products on so many processes."""
    args, config, _ = parse_arguments(GRPO, [*flags, "--use_cpu", "true"])
    assert not (deepspeed and args.skip_update_norm)
    name = Path(flags[flags.index("--config") + 1]).stem
    if name in RECIPES:
        _, _, steps_per_rollout, _ = RECIPES[name]
        completions_per_step = processes * config.per_device_train_batch_size * config.gradient_accumulation_steps
        assert config.generation_batch_size == steps_per_rollout * completions_per_step
        assert args.dynamic_sampling_prompts % processes == 0


def test_commands_are_found():
    """A command that the search above overlooks would not be checked."""
    found = [words for param in SHOWN for words in param.values]
    assert {script for script in SCRIPTS if any(script in words for words in found)} == {*SCRIPTS}
    texts = [path.read_text() for path in (Path("README.md"), *Path("docs").glob("*.md"))]
    for launcher, text in (("accelerate", "accelerate launch --"), ("training.launch", "python -m training.launch --")):
        assert sum(launcher in words for words in found) >= sum(t.count(text) for t in texts)


@pytest.mark.parametrize("name", ["sft_qwen2.5_1.5b", "sft_qwen2.5_7b", "sft_r1_distill_1.5b"])
def test_grpo_command_in_a_warm_ups_header_goes_on_with_its_model_and_prompt(name):
    path = Path(f"configs/{name}.yaml")
    sft_args, sft_config, sft_model = parse_arguments(SFT, ["--config", str(path), "--use_cpu", "true"])
    [words] = commands_of(path)
    args, config, model = parse_arguments(GRPO, [*words[words.index("train_grpo.py") + 1 :], "--use_cpu", "true"])
    assert args.prompt_preset == sft_args.prompt_preset
    assert model.model_name_or_path == sft_config.output_dir + "/merged" * sft_model.use_peft != config.output_dir
    assert args.require_think_end, "the solutions that the model learned from close their thinking"


# ---------------------------------------------------------------------------------------------------------------------
# The budget of the 1.5B run
# ---------------------------------------------------------------------------------------------------------------------


def test_budget_is_that_of_docs_scale():
    """The hours that docs/scale.md shows for grpo_deepmath_1.5b, and the tables that the script prints."""
    cases = {(8000, 1): [(391, 95), (127, 16)], (8000, 2): [(781, 95), (253, 16)], (16000, 1): [(1408, 238), (275, 39)]}
    for (tokens, batches), hours in cases.items():
        run = budget.read_run("configs/grpo_deepmath_1.5b.yaml", tokens, batches)
        found = [{kind: h / gpus for kind, h in budget.gpu_hours(run, gpus, "h100").items()} for gpus in (8, 64)]
        assert [(round(each["sampling"]), round(each["training"])) for each in found] == hours
    text = Path("docs/scale.md").read_text()
    assert budget.format_published() in text and budget.format_ways(8, "h100", budget.PRICE) in text


@pytest.mark.parametrize(
    "path", [p for p in CONFIGS if "grpo" in p.stem and read_config(str(p)).get("use_vllm", [False])[0]]
)
def test_every_recipe_has_a_budget(path):
    run = budget.read_run(path)
    assert run.steps in (1, 2, 16) and run.sampled >= run.trained and run.rollouts >= 50
    assert run.model == ("7B" if "7b" in path.stem else "1.5B")
    assert all(hours > 0 for hours in budget.gpu_hours(run, 8, "h100").values())


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


def write_configs(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def test_a_recipe_stands_on_another(tmp_path):
    """Flag beats own file beats the file below, wherever the run starts; an environment is a value like any other."""
    child = "defaults: sub/parent.yaml\nlearning_rate: 3.0e-5\nbeta: 0.1\n"
    parent = "defaults: ../base.yaml\nlearning_rate: 1.0e-5\noverlong_buffer: 7\n"
    base = "temperature: 0.6\noverlong_buffer: 3\nlora_target_modules: [q_proj, v_proj]\n"
    write_configs(tmp_path, {"run.yaml": child, "sub/parent.yaml": parent, "base.yaml": base})
    args, config, model = parse_arguments(GRPO, ["--config", str(tmp_path / "run.yaml"), "--beta", "0.2", *CPU])
    assert (config.learning_rate, config.beta, config.temperature) == (3e-5, 0.2, 0.6)
    assert (args.overlong_buffer, model.lora_target_modules) == (7, ["q_proj", "v_proj"])


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"run.yaml": "defaults: b.yaml", "b.yaml": "learning_rat: 1"},
            r"/b.yaml: unknown key: learning_rat \(did you",
        ),
        ({"run.yaml": "defaults: b.yaml", "b.yaml": "max_steps: 2.5"}, "/b.yaml: max_steps must be a whole number"),
        ({"run.yaml": "defaults: b.yaml", "b.yaml": "max_steps: ten"}, "/b.yaml: max_steps must be a number, not ten"),
        ({"run.yaml": "defaults: b.yaml\nmax_steps: 2.5", "b.yaml": "max_steps: 2"}, "/run.yaml: max_steps must be"),
        ({"run.yaml": "defaults: b.yaml", "b.yaml": "beta: ["}, "/b.yaml is not valid YAML"),
        ({"run.yaml": "defaults: sub/b.yaml", "b.yaml": ""}, "/run.yaml: defaults: no file .*/sub/b.yaml"),
        ({"run.yaml": "defaults: [b.yaml]"}, "/run.yaml: defaults must name one YAML file"),
        ({"run.yaml": "default: b.yaml"}, r"/run.yaml: unknown key: default \(did you mean defaults\?\)"),
        ({"run.yaml": "defaults: run.yaml"}, "/run.yaml: defaults lead in a circle: .*run.yaml -> .*run.yaml"),
        ({"run.yaml": "defaults: b.yaml", "b.yaml": "defaults: ./run.yaml"}, "/b.yaml: defaults lead in a circle"),
        ({"run.yaml": "env: [A]"}, "/run.yaml: env must hold"),
    ],
)
def test_the_file_that_holds_a_mistake_is_named(tmp_path, files, message):
    write_configs(tmp_path, files)
    with pytest.raises(InputError, match=message):
        parse_arguments(GRPO, ["--config", str(tmp_path / "run.yaml"), *CPU])


def test_missing_config_file():
    with pytest.raises(InputError, match="no file absent.yaml"):
        parse_arguments(GRPO, ["--config", "absent.yaml"])
    with pytest.raises(InputError, match="--config needs the path"):
        parse_arguments(GRPO, ["--config"])
