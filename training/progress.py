"""What a GRPO run shows while it runs and leaves behind: progress bar, curves, model card."""

import json
import math
from collections import Counter
from dataclasses import MISSING, asdict
from enum import Enum
from pathlib import Path

from transformers.trainer_callback import ProgressCallback

from cli import adapter_base, merge_command
from evaluation.card import FACTS_FILE, licence_of, write_card
from evaluation.provenance import git_commit, hardware, versions
from reward import text_of
from sources.files import write_whole
from training.costs import costs_of, describe

SAMPLE_CHARS = 600  # of a completion's end, in the printed samples
SHOWN = {  # metric: how the progress bar and its lines show it
    "reward": "reward {:+.3f}",
    "accuracy": "accuracy {:.1%}",
    "completions/mean_length": "length {:.0f}",
    "completions/clipped_ratio": "clipped {:.1%}",
    "kept_fraction": "kept {:.0%}",
    "generation_batches": "generation batches {:.0f}",
    "loss": "loss {:.4f}",
    "grad_norm": "grad norm {:.3g}",
    "skipped_updates": "skipped {:.0f}",
    "unreadable_golds": "golds unreadable {:.0f}",
    "eval_accuracy": "evaluation accuracy {:.1%}",
}
UNREADABLE_SHARE = 0.05  # of a rollout batch's golds, over which a warning is due
STREAK = 10  # rollout batches in a row of which every completion is the same in kind, after which a warning is due
PACKAGES = ("torch", "transformers", "trl", "accelerate", "peft", "datasets")


class RolloutProgress(ProgressCallback):
    """Trainer's progress bar (with the time left), showing what matters in GRPO and one short line per log."""

    def on_train_begin(self, args, state, control, **kwargs):
        super().on_train_begin(args, state, control, **kwargs)
        if self.training_bar is not None:  # a continued run: the time left is that of the steps still to come
            self.training_bar.initial = self.training_bar.n = self.current_step = state.global_step
            self.training_bar.refresh()

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not state.is_world_process_zero or self.training_bar is None:
            return
        parts = [form.format(logs[name]) for name, form in SHOWN.items() if logs.get(name) is not None]
        if parts:
            line = f"step {state.global_step}/{state.max_steps}: " + ", ".join(parts)
            self.training_bar.write(f"{line} ({cost})" if (cost := describe(logs)) else line)
        if "reward" in logs:
            self.training_bar.set_postfix_str(", ".join(parts[:5]))


class Watch:
    """Counts golds that nobody can read, and says once what a run that learns nothing should look at.

    Args:
        folder: of the rollouts, which the warnings name.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.golds = self.unreadable = 0
        self.streaks = dict.fromkeys(("empty", "clipped", "wrong", "right"), 0)  # the most telling first
        self.said: list[str] = []

    def look(self, counts: Counter) -> list[str]:
        """Take in a rollout batch.

        Args:
            counts: of all processes, see `groups.group_counts`.

        Returns:
            Warnings, each once in a run.
        """
        self.golds += counts["golds"]
        self.unreadable += counts["unreadable"]
        counts["wrong"] = counts["graded"] - counts["right"]
        for kind in self.streaks:
            whole = counts["graded"] if kind in ("wrong", "right") else counts["completions"]
            self.streaks[kind] = self.streaks[kind] + 1 if 0 < whole == counts[kind] else 0
        due = [kind for kind, batches in self.streaks.items() if batches >= STREAK][:1]
        if counts["unreadable"] > UNREADABLE_SHARE * counts["golds"]:
            due.append("unreadable")
        due = [kind for kind in due if kind not in self.said]
        self.said += due
        return [self.describe(kind, counts) for kind in due]

    def describe(self, kind: str, counts: Counter) -> str:
        """What a warning says, with the commonest gold or reason of the batch."""
        every = f"in {STREAK} rollout batches in a row every completion"
        of_kind = {"unreadable": "gold", "wrong": "reason"}.get(kind)
        common = max((each for each in counts if each[0] == of_kind), key=counts.get, default=("", ""))[1]
        return {
            "empty": f"{every} was empty. Look at the chat template and --prompt_preset: the prompt may end the turn",
            "clipped": f"{every} was cut off by --max_completion_length. Raise it, or look in {self.folder} whether "
            "the model ever ends its answers",
            "wrong": f"{every} was wrong, most of this one's for: {common}. Look in {self.folder}; --prompt_preset, "
            "--require_think_end (false for a model without </think>) or easier questions may help",
            "right": f"{every} was right, which teaches nothing. Take harder questions (--min_difficulty)",
            "unreadable": f"{counts['unreadable']} of {counts['golds']} golds cannot be read by the grader, such as "
            f"`{common[:80]}`; their groups do not train. Look at the rows (data.py --preview) and --answer_column",
        }[kind]

    def summary(self) -> str:
        """For the end of a run; empty where every gold could be read."""
        if not self.unreadable:
            return ""
        return f"\n{self.unreadable} of {self.golds} golds could not be read, and did not train"

    def state(self) -> dict:
        return {name: getattr(self, name) for name in ("golds", "unreadable", "streaks", "said")}

    def restore(self, state: dict) -> None:
        for name, value in state.items():
            setattr(self, name, value)


def format_samples(logs: dict) -> str:
    """A few completions with gold, extracted answer, verdict and reward, long texts cut to their ends.

    Args:
        logs: TRL's record of the last completions: "prompt", "completion", and columns by name under "rewards" and
            "extra".
    """
    lines = []
    for i, completion in enumerate(logs["completion"]):
        prompt, text = logs["prompt"][i], text_of(completion)
        verdict = "; ".join(f"{name}: {values[i]}" for name, values in logs["extra"].items())
        reward = sum(values[i] for values in logs["rewards"].values() if not math.isnan(values[i]))
        lines += [f"--- sample: {text_of(prompt)[-SAMPLE_CHARS:]}", "[...] " * (len(text) > SAMPLE_CHARS)]
        lines[-1] += text[-SAMPLE_CHARS:]
        lines += [f"--- {verdict}; reward: {reward:+.2f}"]
    return "\n".join(lines)


def centred_means(values: list[float], reach: int = 2) -> list[float]:
    """The mean of each value and its neighbours, as many on both sides: a mean of the last ones alone would lag."""
    means = []
    for i in range(len(values)):
        around = min(reach, i, len(values) - 1 - i)
        means.append(sum(values[i - around : i + around + 1]) / (2 * around + 1))
    return means


def plot_curves(runs: dict[str, list[dict]], path: Path) -> None:
    """Write a PNG of the accuracy of all rollouts and the mean completion length over the steps.

    Args:
        runs: log histories (`log_history` of trainer_state.json) by label.
        path: of the PNG.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for label, history in runs.items():
        # missing where a step trains on carried groups alone, or on golds that nobody can read
        logged = [entry for entry in history if entry.get("accuracy") is not None]
        steps = [entry["step"] for entry in logged]
        for axis, name, scale in zip(axes, ("accuracy", "completions/mean_length"), (100, 1), strict=True):
            values = [scale * entry[name] for entry in logged]
            [line] = axis.plot(steps, centred_means(values), label=label)
            axis.plot(steps, values, color=line.get_color(), alpha=0.25)
    axes[0].set(xlabel="GRPO step", ylabel="right (percent of all rollouts)", title="Accuracy", ylim=(0, 100))
    axes[1].set(xlabel="GRPO step", ylabel="tokens", title="Completion length")
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.legend(title="mean of 5 logs around each")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def run_facts(stage: str, args, config, model_args) -> dict:
    """What the model card says of a run, as far as it is known before it starts.

    Args:
        stage: "grpo" or "sft".
        args: of the script, a `data.DataArguments`.
        config: TRL's, before the script changes it.
        model_args: TRL's.
    """
    return {
        "stage": stage,
        "base_model": model_args.model_name_or_path,
        "base_revision": model_args.model_revision,
        "datasets": args.datasets,
        "dataset_revision": args.dataset_revision,
        "prompt_preset": args.prompt_preset,
        "prompt": asdict(args.prompt),
        "processes": config.world_size,
        "settings": changed_settings(args, config, model_args),
    }


def write_model_card(output_dir: Path, facts: dict, state, whole: bool = True) -> None:
    """Write training.json, and next to a trained model README.md (a Hugging Face model card) and curves.png.

    Args:
        output_dir: where the model is saved.
        facts: `run_facts`, and for GRPO golds and unreadable (how many of them).
        state: `TrainerState` of the run.
        whole: False at a checkpoint: training.json alone, from which `evaluate.py card` makes the rest.
    """
    last = [entry for entry in state.log_history if "reward" in entry][-10:]
    facts = facts | {"rows": card_rows(facts, state, last)}
    if adapter_base(str(output_dir)):
        facts["merge"] = merge_command(output_dir, f"{output_dir}-merged")
    if whole:
        facts["license"] = licence_of(facts["base_model"], facts["base_revision"])
        if last:
            plot_curves({output_dir.name: state.log_history}, output_dir / "curves.png")
    write_whole(output_dir / FACTS_FILE, json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    if whole:
        write_card(output_dir / "README.md", output_dir, facts)


def card_rows(facts: dict, state, last: list[dict]) -> dict[str, str]:
    """What a run came to, for the card's table.

    Args:
        last: the logs that its last values are means of.
    """
    rows, processes = {}, facts["processes"]
    if "golds" in facts:
        rows["golds that the grader cannot read"] = f"{facts['unreadable']} of {facts['golds']} drawn"
    clocked = [entry["profiling/seconds"] for entry in state.log_history if "profiling/seconds" in entry]
    hours = sum(clocked or [entry.get("train_runtime", 0.0) for entry in state.log_history]) / 3600
    rows |= {
        "optimizer steps": f"{state.global_step} of {state.max_steps}",
        "tokens seen": f"{state.num_input_tokens_seen:,}" if state.num_input_tokens_seen else "not counted",
        "hours": f"{hours:.2f}" + (f", {hours * processes:.1f} over all processes" if processes > 1 else ""),
        **costs_of(state.log_history),
        "hardware": f"{processes} process{'es' * (processes > 1)} on {hardware()} a machine",
        "versions": ", ".join(f"{name} {version}" for name, version in versions(*PACKAGES).items()),
        "commit": git_commit() or "unknown (no git checkout)",
    }
    for name in ("reward", "accuracy", "completions/mean_length", "completions/clipped_ratio"):
        values = [entry[name] for entry in last if entry.get(name) is not None]
        if values:
            rows[f"{name}, mean of the last {len(values)} logs"] = f"{sum(values) / len(values):.4g}"
    return rows


def changed_settings(*arguments) -> dict:
    """The fields of argument dataclasses that differ from their defaults, as plain values; access tokens stay out."""
    changed = {}
    for each in arguments:
        for name, field in each.__dataclass_fields__.items():
            value = getattr(each, name)
            value = value.value if isinstance(value, Enum) else value
            default = field.default if field.default_factory is MISSING else field.default_factory()
            if name.endswith("_token") or name == "steps_per_generation":  # secret, or derived from others
                continue
            if field.init and value != default and isinstance(value, str | int | float | list):
                changed[name] = value
    return changed
