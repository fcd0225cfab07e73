"""Command lines of the stage scripts: flags over YAML over defaults, and one clear message for every user mistake.

`TrlParser` does the parsing. This file adds what its users would otherwise meet as a traceback: an unknown key, a
missing file or a wrong value ends the script with one line on stderr and exit code 2, before any model is loaded.
"""

import ast
import difflib
import glob
import importlib.util
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml
from trl import TrlParser  # light: TRL loads torch and transformers only when a trainer or config is imported

OTHERS_WAIT_S = 15  # before another process than the main one tells of a mistake
PINS = {"dataset": "dataset_revision", "model_name_or_path": "model_revision"}
# Where the fields of TRL's configurations stand in the source: their modules take seconds to import.
TRAINING = [("trl", "trainer/base_config", "_BaseConfig"), ("transformers", "training_args", "TrainingArguments")]
TRAINING += [("trl", "trainer/model_config", "ModelConfig")]
DECLARED = {
    "GRPOConfig": [("trl", "trainer/grpo_config", "GRPOConfig"), *TRAINING],
    "SFTConfig": [("trl", "trainer/sft_config", "SFTConfig"), *TRAINING],
}


class InputError(ValueError):
    """A mistake of the user's: the message names the file, row, key or flag, and what to do about it."""


class _Parser(TrlParser):
    def error(self, message: str):
        """Raise instead of printing the usage of two hundred flags and exiting."""
        raise InputError(message)


def parse_arguments(dataclass_types, argv: list[str] | None = None) -> tuple:
    """Parse `--config file.yaml` and flags into one instance per dataclass (flag beats YAML beats default).

    A file that begins with `defaults: other.yaml` needs to hold only what differs from that one (see `read_config`).

    Args:
        dataclass_types: dataclasses whose fields are the accepted keys and flags.
        argv: arguments without the program's name (default: the process's own).

    Raises:
        InputError: an unknown key or flag, an unreadable YAML file, or a value that a config class refuses.
    """
    argv = [part for arg in (sys.argv[1:] if argv is None else argv) for part in _split_config(arg)]
    parser, config_flag = _Parser(dataclass_types, allow_abbrev=False), []
    if "--config" in argv:
        position = argv.index("--config")
        config_flag = argv[position : position + 2]
        if position + 1 == len(argv):
            raise InputError("--config needs the path of a YAML file")
        config = read_config(argv[position + 1])
        del argv[position : position + 2]
        _check_keys(config, {action.dest for action in parser._actions})
        _check_config(parser, config)
        values = {key: value for key, (value, _) in config.items()}
        given = {name: value for _, name, value in _flags_in(argv)}
        _drop_pins(values, {name: given.get(name) for name in PINS})
        os.environ.update({name: str(value) for name, value in values.pop("env", {}).items()})
        parser.set_defaults_with_config(**values)
    try:
        *parsed, unknown = parser.parse_args_into_dataclasses(argv, return_remaining_strings=True)
    except InputError:
        raise
    except (ValueError, TypeError, OSError, ImportError, ZeroDivisionError) as error:
        if "bf16/gpu" in str(error) and "--use_cpu" not in argv:  # look for other mistakes first
            parsed = parse_arguments(dataclass_types, [*argv, *config_flag, "--use_cpu", "true"])
            next(each for each in parsed if hasattr(each, "use_cpu")).lacks_gpu = True  # see checks.check_device
            return parsed
        raise InputError(f"{error} [while reading the arguments]") from error
    if unknown:
        flags = [word for word in unknown if word.startswith("--")] or unknown
        raise InputError(_unknown("flag", flags, {option for a in parser._actions for option in a.option_strings}))
    return tuple(parsed)


def parse_own(dataclass_type, argv: list[str] | None, trl_config: str) -> tuple[object, dict[str, object]]:
    """A script's own arguments, and what is given for TRL's, before TRL's configurations are imported.

    Args:
        dataclass_type: of the script's own arguments.
        argv: see `parse_arguments`.
        trl_config: name of TRL's configuration, in DECLARED.

    Returns:
        The script's arguments, and every value that flags and files give, as it stands there, by name.

    Raises:
        InputError: an unknown flag or key, an unreadable YAML file, or a value that one of its own arguments refuses.
    """
    argv = [part for arg in (sys.argv[1:] if argv is None else argv) for part in _split_config(arg)]
    parser = _Parser([dataclass_type], allow_abbrev=False, add_help=False)
    own = {action.dest for action in parser._actions}
    declared = _declared_fields(trl_config)
    given: dict[str, object] = {}
    if "--config" in argv[:-1]:
        config = read_config(argv[argv.index("--config") + 1])
        if declared:
            _check_keys(config, own | declared)
        given = {key: value for key, (value, _) in config.items()}
        parser.set_defaults_with_config(**{key: value for key, value in given.items() if key in own})
    known, unknown = own | declared | {"config", "help"}, []
    for flag, name, value in _flags_in(argv):
        unknown += [flag] if name.removeprefix("no_") not in known else []
        given[name] = value
    if declared and unknown:
        raise InputError(_unknown("flag", unknown, {f"--{name}" for name in known}))
    try:
        return parser.parse_args_into_dataclasses(argv, return_remaining_strings=True)[0], given
    except (ValueError, TypeError) as error:
        raise error if isinstance(error, InputError) else InputError(str(error)) from error


def _flags_in(argv: list[str]) -> Iterator[tuple[str, str, str]]:
    """Every flag as it is written, its field's name, and its value: what follows it, or "true" at the end."""
    for at, arg in enumerate(argv):
        if re.fullmatch(r"--[\w-]+(=.*)?", arg, re.DOTALL):
            flag, equals, value = arg.partition("=")
            yield flag, flag[2:].replace("-", "_"), value if equals else next(iter(argv[at + 1 :]), "true")


def _declared_fields(trl_config: str) -> set[str]:
    """Names of the fields of TRL's configuration and ModelConfig, read from their source; empty if it is elsewhere."""
    names = set()
    for package, module, class_name in DECLARED[trl_config]:
        path = Path(importlib.util.find_spec(package).submodule_search_locations[0], f"{module}.py")
        found = [each for each in ast.parse(path.read_bytes()).body if getattr(each, "name", "") == class_name]
        if not found:
            return set()
        names |= {each.target.id for each in found[0].body if isinstance(each, ast.AnnAssign)}
    return names


def _split_config(arg: str) -> list[str]:
    return ["--config", arg.removeprefix("--config=")] if arg.startswith("--config=") else [arg]


def read_config(path: str | Path) -> dict[str, tuple[object, Path]]:
    """Values of a YAML file, on top of those of the file that its `defaults` names (relative to it), and so on.

    Returns:
        Key: (value, the file that holds it).

    Raises:
        InputError: a file that is not there, or is no YAML of `key: value` lines, or a circle of files.
    """
    config: dict[str, tuple[object, Path]] = {}
    read: list[Path] = []
    path = Path(path)
    while True:
        if path.resolve() in [each.resolve() for each in read]:
            raise InputError(f"{read[-1]}: defaults lead in a circle: {' -> '.join(map(str, [*read, path]))}")
        if not path.is_file():
            raise InputError(f"{read[-1]}: defaults: no file {path}" if read else f"--config: no file {path}")
        read.append(path)
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
        if not isinstance(values, dict):
            raise InputError(f"{path} must hold `key: value` lines")
        parent = values.pop("defaults", None)
        _drop_pins(values, {name: value for name, (value, _) in config.items()})
        config = {key: (value, path) for key, value in values.items()} | config
        if parent is None:
            return config
        if not isinstance(parent, str):
            raise InputError(f"{path}: defaults must name one YAML file, not {parent}")
        path = path.parent / parent


def _drop_pins(values: dict, stronger: dict) -> None:
    """Leave out the revision of a name that gives way to another: it is the revision of the name that it stands by."""
    for name, pin in PINS.items():
        if stronger.get(name) not in (None, values.get(name)):
            values.pop(pin, None)


def _check_keys(config: dict[str, tuple[object, Path]], known: set[str]) -> None:
    """Refuse an unknown key, by the name of the file that holds it."""
    for file in {file: None for _, file in config.values()}:
        unknown = [key for key, (_, holder) in config.items() if holder == file and key not in known | {"env"}]
        if unknown:
            raise InputError(f"{file}: " + _unknown("key", unknown, known | {"defaults", "env"}))


def _check_config(parser: TrlParser, config: dict[str, tuple[object, Path]]) -> None:
    """Refuse a value of the wrong kind, by the name of the file that holds it."""
    for action in parser._actions:  # argparse checks the strings of a command line, not the values of a file
        value, file = config.get(action.dest, (None, None))
        if action.nargs in ("+", "*") and isinstance(value, str) and not isinstance(action.default, str):
            raise InputError(f"{file}: {action.dest} must be a list, such as [{value}]")
        if action.type is int and isinstance(value, float):
            raise InputError(f"{file}: {action.dest} must be a whole number, not {value}")
        if action.type in (int, float) and isinstance(value, str):
            try:
                action.type(value)  # YAML reads 1e-6, without a dot, as a string
            except ValueError:
                raise InputError(f"{file}: {action.dest} must be a number, not {value}") from None
    env, file = config.get("env", ({}, None))
    if not isinstance(env, dict):
        raise InputError(f"{file}: env must hold `NAME: value` lines")


def _unknown(kind: str, names: list[str], known: set[str]) -> str:
    near = {name: difflib.get_close_matches(str(name), known, n=1) for name in names}
    return f"unknown {kind}: " + ", ".join(f"{n}" + (f" (did you mean {m[0]}?)" if m else "") for n, m in near.items())


def is_local(path: str) -> bool:
    """Whether a model or data set name is a path on this machine rather than a hub id.

    Raises:
        InputError: it looks like a path (`./x`, `a/b/c`, `x.jsonl`, or below an existing folder), but nothing is there.
    """
    if Path(path).exists():
        return True
    parts = Path(path).parts
    below_here = len(parts) == 2 and Path(parts[0]).is_dir()
    if any(mark in path for mark in "*?["):  # a glob
        if glob.glob(path, recursive=True):
            return True
        raise InputError(f"{path}: no file matches")
    looks_local = (
        path.startswith((".", "/", "~"))
        or path.removesuffix(".gz").endswith((".jsonl", ".json", ".csv", ".parquet"))
        or len(parts) > 2
        or below_here
    )
    if looks_local:
        hub = f" in ./{parts[0]}; if you mean the hub's {path}, start where no folder is called {parts[0]}"
        raise InputError(f"{path}: no such file or folder" + hub * below_here)
    return False


def adapter_base(path: str) -> str | None:
    """The base model that a local LoRA adapter was trained on, or None when `path` is no adapter folder."""
    config = Path(path) / "adapter_config.json"
    if not config.is_file() or (Path(path) / "config.json").is_file():
        return None
    return json.loads(config.read_text(encoding="utf-8"))["base_model_name_or_path"]


def merge_command(adapter: str | Path, merged: str | Path) -> str:
    """Shell command that merges a LoRA adapter into its base model, tokenizer included."""
    return (
        'python -c "import sys; from peft import AutoPeftModelForCausalLM as M; from transformers import AutoTokenizer '
        "as T; a, out = sys.argv[1:]; M.from_pretrained(a).merge_and_unload().save_pretrained(out); "
        f'T.from_pretrained(a).save_pretrained(out)" {shlex.quote(str(adapter))} {shlex.quote(str(merged))}'
    )


def check_whole(model: str) -> None:
    """Refuse a folder that holds a LoRA adapter where a model is asked for.

    Raises:
        InputError: with the command that merges it; or see `is_local`.
    """
    if is_local(model) and (base := adapter_base(model)):
        folder = model.rstrip("/")
        raise InputError(
            f"{model} holds a LoRA adapter of {base}, not a model; merge it first, and take {folder}-merged: "
            + merge_command(folder, f"{folder}-merged")
        )


def check_trainable(model: str | None) -> None:
    """Refuse a model that no training stage can start from, before anything is loaded.

    Raises:
        InputError: no model named, a path that is not there, or a LoRA adapter that is not merged.
    """
    if model is None:
        raise InputError("--model_name_or_path is missing (a hub id or a local folder)")
    check_whole(model)


def stay_offline_if_local(*names: str | None) -> None:
    """When every model and data set of this run is on this machine, keep the Hugging Face libraries from calling home.

    Without a network they would otherwise retry for minutes before a local run starts. An `HF_HUB_OFFLINE` that the
    user set is left alone.
    """
    if not all(is_local(name) for name in names if name) or "HF_HUB_OFFLINE" in os.environ:
        return
    import datasets
    import huggingface_hub.constants

    os.environ["HF_HUB_OFFLINE"] = "1"  # for child processes; this one has read its environment already
    huggingface_hub.constants.HF_HUB_OFFLINE = True
    datasets.config.HF_HUB_OFFLINE = True


def is_main_process() -> bool:
    """Whether this is the first of the processes that `accelerate launch` or `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


def say(message: str) -> None:
    """Print once, not once per process."""
    if is_main_process():
        print(message, flush=True)


def run(main: Callable[[], None], when_stopped: str = "stopped") -> None:
    """Run a script's `main`; an `InputError` becomes one line on stderr and exit code 2, Ctrl-C one and 130."""
    try:
        main()
    except InputError as error:
        _tell(error)
        sys.exit(2)
    except KeyboardInterrupt:
        if is_main_process():
            print(f"\n{Path(sys.argv[0]).name}: {when_stopped}", file=sys.stderr)
        sys.exit(130)


def _tell(error: InputError) -> None:
    """Print a mistake once. Other processes than the main one leave it to that, if it fails as well: then the launcher
    ends them while they wait. A plain `accelerate launch` finds the mistake in its file, and prints it last."""
    process = int(os.environ.get("RANK", "0"))
    if process:
        time.sleep(OTHERS_WAIT_S)
    print(f"{Path(sys.argv[0]).name}: error: {error}" + f" (process {process})" * (process > 0), file=sys.stderr)
    if path := os.environ.get("TORCHELASTIC_ERROR_FILE"):
        detail = {"py_callstack": str(error), "timestamp": str(int(time.time()))}
        Path(path).write_text(json.dumps({"message": {"message": str(error), "extraInfo": detail}}), encoding="utf-8")
