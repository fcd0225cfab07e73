"""What a run costs: seconds by phase and tokens per second, in the log, the progress line and the model card.

Every second of training belongs to exactly one phase, so that the shares of a log add up to one. TRL's own profiling
contexts reach W&B, MLflow and Trackio only, and overlap: its `_prepare_inputs` holds generation, rewards and log-probs.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

import torch
from transformers.trainer_callback import TrainerCallback

PHASES = {  # name: (in the log as profiling/<name>_seconds and _share, what belongs to it)
    "generation": "sampling completions, tokenization included",
    "grading": "reward functions",
    "logprobs": "log-probs under the old and the reference policy",
    "update": "loss, gradient, optimizer",
    "weight_transfer": "the policy's weights into vLLM",
    "saving": "checkpoints and rollouts",
    "evaluation": "--eval_benchmark, its sampling and grading included",
    "other": "drawing prompts, choosing and dealing out groups, padding, logging",
}
SHOWN_SHARE = 0.005  # phases of less are not in the progress line


class Costs:
    """A clock that charges the time since the last log to one phase after another.

    The times are those of this process; where it waits for others, the wait belongs to the phase that it waits in.

    Args:
        device: where the model is; a GPU finishes its queue before the clock is read.

    Attributes:
        seconds: by phase, since the last log.
        sampled, trained: completion tokens of all processes since the last log. A dropped group counts as sampled, and
            a completion that is trained on twice (num_iterations) as trained twice.
    """

    def __init__(self, device: torch.device):
        self.device = device
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self.sampled = self.trained = 0
        self._phases = ["other"]
        self._read_at: float | None = None  # None: training has not begun

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Charge what happens within to `name`; a phase within takes its own part, except from an evaluation."""
        self._begin(name)
        try:
            yield
        finally:
            self._end()

    def _begin(self, name: str) -> None:
        self._charge()
        self._phases.append("evaluation" if "evaluation" in self._phases else name)

    def _end(self) -> None:
        self._charge()
        self._phases.pop()

    def _charge(self) -> None:
        if self._read_at is None:
            return
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
        now = time.perf_counter()
        self.seconds[self._phases[-1]] += now - self._read_at
        self._read_at = now

    def report(self) -> dict[str, float]:
        """Entries of the log since the last one, and begin anew.

        Tokens per second are sampled ones by the seconds of generation, trained ones by those of the update.
        """
        self._charge()
        total = sum(self.seconds.values())
        logs = {"tokens/sampled": self.sampled, "tokens/trained": self.trained, "profiling/seconds": total}
        for name, spent in self.seconds.items():
            logs[f"profiling/{name}_seconds"] = spent
            logs[f"profiling/{name}_share"] = spent / total if total else 0.0
        for kind, name in (("sampled", "generation"), ("trained", "update")):
            if logs[f"tokens/{kind}"] and self.seconds[name]:
                logs[f"profiling/{kind}_tokens_per_second"] = logs[f"tokens/{kind}"] / self.seconds[name]
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self.sampled = self.trained = 0
        return logs

    def state(self) -> dict:
        """What a checkpoint keeps: the log that it cuts holds what was spent before and after."""
        self._charge()
        return {"seconds": self.seconds, "sampled": self.sampled, "trained": self.trained}

    def restore(self, state: dict) -> None:
        """Take over what `state` gave."""
        self.seconds |= state["seconds"]
        self.sampled, self.trained = state["sampled"], state["trained"]


class CostClock(TrainerCallback):
    """Starts a trainer's clock, and charges what an optimizer step spends outside of other phases to the update."""

    def __init__(self, costs: Costs):
        self.costs = costs

    def on_train_begin(self, args, state, control, **kwargs):
        self.costs._read_at = time.perf_counter()

    def on_step_begin(self, args, state, control, **kwargs):
        self.costs._begin("update")

    def on_step_end(self, args, state, control, **kwargs):
        self.costs._end()


def costs_as(name: str) -> Callable:
    """Decorator of a trainer's method: its time is charged to the phase `name` of the trainer's `costs`."""

    def decorate(method: Callable) -> Callable:
        @wraps(method)
        def timed(self, *args, **kwargs):
            with self.costs.phase(name):
                return method(self, *args, **kwargs)

        return timed

    return decorate


# ---------------------------------------------------------------------------------------------------------------------
# Show
# ---------------------------------------------------------------------------------------------------------------------


def describe(logs: dict) -> str:
    """Costs in a few words, such as `12.1 s: generation 61%, update 30%; tokens/s sampled 1,234, trained 5,678`."""
    total = logs.get("profiling/seconds")
    if not total:
        return ""
    shares = {name: logs[f"profiling/{name}_share"] for name in PHASES}
    largest = sorted((name for name in PHASES if shares[name] >= SHOWN_SHARE), key=shares.get, reverse=True)
    text = f"{total:,.1f} s: " + ", ".join(f"{name.replace('_', ' ')} {shares[name]:.0%}" for name in largest)
    speeds = {kind: logs.get(f"profiling/{kind}_tokens_per_second") for kind in ("sampled", "trained")}
    known = [f"{kind} {speed:,.0f}" for kind, speed in speeds.items() if speed]
    return text + ("; tokens/s " + ", ".join(known)) * bool(known)


def costs_of(history: list[dict]) -> dict[str, str]:
    """Rows of the model card: what the whole run cost, continuations included, from its log history."""
    logged = [entry for entry in history if "profiling/seconds" in entry]
    costs = Costs(torch.device("cpu"))
    for entry in logged:
        costs.sampled += entry["tokens/sampled"]
        costs.trained += entry["tokens/trained"]
        for name in PHASES:
            costs.seconds[name] += entry[f"profiling/{name}_seconds"]
    spent = costs.report()
    if not spent["profiling/seconds"]:
        return {}
    tokens = {f"tokens {kind}": f"{spent[f'tokens/{kind}']:,}" for kind in ("sampled", "trained")}
    return {"training time": describe(spent), **tokens}
