"""The rewards that `--reward_funcs` names: ours, and functions of one's own out of a file or a module."""

import functools
import importlib
import importlib.util
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cli import InputError, say

ACCURACY, OVERLONG = OURS = ("accuracy", "overlong")
# What TRL hands to a reward beside the columns of the data set.
FROM_TRL = {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"}


def reward_names(args) -> list[str]:
    """What is trained on, in the order of `--reward_weights`; not given: correctness and, with a buffer, length."""
    return args.reward_funcs or [ACCURACY, *[OVERLONG] * bool(args.overlong_buffer)]


def arrange_rewards(args, config) -> None:
    """Check the rewards by name, load those of one's own, and put correctness first, where the trainer reads it.

    Dynamic sampling and the accuracy in the log go by correctness, so it is computed in any case: with weight 0 where
    `--reward_funcs` does not name it. Changes `args.reward_funcs` and `config.reward_weights`.

    Raises:
        InputError: a reward that is not there or cannot be called, or as many weights as there are not rewards.
    """
    names, weights = reward_names(args), config.reward_weights
    if weights is not None and len(weights) != len(names):
        raise InputError(f"--reward_weights: {len(weights)} weights for {len(names)} rewards: {', '.join(names)}")
    if args.reward_funcs is None:
        return
    if repeated := [name for name in names if names.count(name) > 1]:
        raise InputError(f"--reward_funcs: {repeated[0]} stands twice")
    if OVERLONG in names and not args.overlong_buffer:
        raise InputError("--reward_funcs overlong needs --overlong_buffer, the tokens over which the penalty falls")
    if args.overlong_buffer and OVERLONG not in names:
        say(f"overlong_buffer {args.overlong_buffer} is not used: --reward_funcs does not name overlong")
    labels = [name if name in OURS else load_reward(name).__name__ for name in names]
    if repeated := [label for label in labels if labels.count(label) > 1]:
        raise InputError(f"--reward_funcs: two rewards are called {repeated[0]}, as the log would; rename one")
    weight_of = dict(zip(names, weights or [1.0] * len(names), strict=True))
    if ACCURACY not in weight_of:
        say("accuracy is measured, with weight 0: --reward_funcs does not name it")
    weight_of = {ACCURACY: 0.0} | weight_of
    args.reward_funcs, config.reward_weights = list(weight_of), list(weight_of.values())


def has_own(args) -> bool:
    """Whether a reward of one's own is among them, which is to see every column of the data set."""
    return any(name not in OURS for name in args.reward_funcs or [])


@functools.cache
def load_reward(name: str) -> Callable:
    """The function that `rewards.py:brevity` (a file) or `package.rewards:brevity` (a module) names.

    Raises:
        InputError: no such file, module or function, one that does not load, or that TRL could not call.
    """
    place, colon, function_name = name.rpartition(":")
    if not colon:
        raise InputError(f"--reward_funcs {name}: name {', '.join(OURS)}, FILE.py:FUNCTION or MODULE:FUNCTION")
    module = _import(place, name)
    function = getattr(module, function_name, None)
    if not callable(function):
        own = [
            each
            for each, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__
        ]
        raise InputError(
            f"--reward_funcs {name}: no function {function_name} there; it has: {', '.join(own) or 'none'}"
        )
    parameters = inspect.signature(function).parameters
    if not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        raise InputError(
            f"--reward_funcs {name}: {function_name} must end its parameters in **kwargs: TRL hands over "
            f"{', '.join(sorted(FROM_TRL))} and every column of the data set by name"
        )
    return function


def _import(place: str, name: str):
    is_file = place.endswith(".py")
    if is_file and not Path(place).is_file():
        raise InputError(f"--reward_funcs {name}: no file {place}")
    for folder in [str(Path(place).resolve().parent)] if is_file else [os.getcwd()]:
        if folder not in sys.path:
            sys.path.append(folder)  # for what stands beside it
    try:
        if not is_file:
            return importlib.import_module(place)
        spec = importlib.util.spec_from_file_location(f"reward_file_{Path(place).stem}", place)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    except Exception as error:  # code of the user's may raise anything
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise InputError(f"--reward_funcs {name}: cannot be loaded: {type(error).__name__}: {error}{line}") from error


def check_columns(args, columns: Iterable[str]) -> None:
    """Refuse a reward that asks by name for what neither TRL nor the data set has.

    Raises:
        InputError: names the function and the parameter.
    """
    for name in args.reward_funcs or []:
        if name in OURS:
            continue
        for each in inspect.signature(load_reward(name)).parameters.values():
            by_name = each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) and each.default is each.empty
            if by_name and each.name not in {*columns} | FROM_TRL:
                has = ", ".join(sorted({*columns} - {"prompt"}))
                raise InputError(f"--reward_funcs {name}: the data has no column {each.name}; it has: {has}")


# ---------------------------------------------------------------------------------------------------------------------
# A reward that raises
# ---------------------------------------------------------------------------------------------------------------------


class RewardFailed(InputError):
    """A reward function raised, or returned what is no list of numbers.

    Args:
        step: optimizer steps taken before.
        output_dir: of the run; the checkpoint of that step is saved there.
        failure: see `guarded`.
        training: False while evaluating after that step.
    """

    def __init__(self, step: int, output_dir: str, failure: str, training: bool = True):
        where = f"step {step + 1}" if training else f"evaluation after step {step}"
        super().__init__(
            f"{where}: reward {failure}. All up to step {step} is in {output_dir}/checkpoint-{step}: mend the "
            "reward, and continue with --resume_from_checkpoint true"
        )


def guarded(function: Callable, failures: list[str]) -> Callable:
    """The function, with what it raises noted in `failures` and None for every completion.

    A process that raised alone would leave the others waiting for its rewards. A failure names the function, the place
    in its code, the error, and the question, which is found by asking for one completion at a time.
    """
    from trl.trainer.utils import is_async_callable

    async def ask(completions: list, **kwargs) -> list[float | None]:
        values = function(completions=completions, **kwargs)
        values = await values if inspect.isawaitable(values) else values
        values = [value if value is None else float(value) for value in values]
        if len(values) != len(completions):
            raise ValueError(f"returned {len(values)} values for {len(completions)} completions")
        return values

    async def call(completions: list, **kwargs) -> list[float | None]:
        try:
            return await ask(completions, **kwargs)
        except Exception as error:  # code of the user's may raise anything
            raised, question = error, "its questions together, on none alone"
        for question_alone, arguments in one_by_one(completions, kwargs):
            try:
                await ask(**arguments)
            except Exception as error:  # the same, alone
                raised, question = error, question_alone
                break
        frame = traceback.extract_tb(raised.__traceback__)[-1]
        place = f"{Path(frame.filename).name}, line {frame.lineno}: " * (frame.filename != __file__)
        failures.append(f"{function.__name__}: {place}{type(raised).__name__}: {raised}, on {question}")
        return [None] * len(completions)

    def call_now(**kwargs) -> list[float | None]:
        try:
            call(**kwargs).send(None)  # nothing in it waits, so it runs to its end at once
        except StopIteration as done:
            return done.value

    return functools.update_wrapper(call if is_async_callable(function) else call_now, function)


def one_by_one(completions: list, kwargs: dict) -> Iterator[tuple[str, dict]]:
    """The arguments of a reward for one completion after another, each with a description of its question."""
    silent = {"log_extra": lambda *_: None, "log_metric": lambda *_: None}
    for i, completion in enumerate(completions):
        one = {name: value[i : i + 1] if isinstance(value, list) else value for name, value in kwargs.items()}
        question = kwargs.get("question", kwargs["prompts"])[i]
        yield f"the question {str(question)[:200]!r}", {**one, **silent, "completions": [completion]}
