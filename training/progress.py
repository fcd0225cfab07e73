"""What a GRPO run shows while it runs and leaves behind: progress bar, curves, model card."""

import math
from dataclasses import MISSING
from enum import Enum
from pathlib import Path

import yaml
from transformers.trainer_callback import ProgressCallback

from cli import adapter_base, is_local
from evaluation.provenance import git_commit, hardware, versions
from reward import text_of

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
    "eval_accuracy": "evaluation accuracy {:.1%}",
}
MODEL_CARD = """---
{header}---

# {name}

Trained with GRPO and a verifiable reward on final answers, as DeepMath (arXiv 2504.11456) was.

| | |
|---|---|
{rows}
{curves}{merge}
## Settings that differ from their defaults

```yaml
{settings}```
"""
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
            self.training_bar.write(f"step {state.global_step}/{state.max_steps}: " + ", ".join(parts))
        if "reward" in logs:
            self.training_bar.set_postfix_str(", ".join(parts[:5]))


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
        # a step that trains on carried groups alone has no new completions
        logged = [entry for entry in history if "accuracy" in entry]
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


def merge_command(adapter: str | Path, merged: str | Path) -> str:
    """Shell command that merges a LoRA adapter into its base model, tokenizer included."""
    return (
        'python -c "import sys; from peft import AutoPeftModelForCausalLM as M; from transformers import AutoTokenizer '
        "as T; a, out = sys.argv[1:]; M.from_pretrained(a).merge_and_unload().save_pretrained(out); "
        f'T.from_pretrained(a).save_pretrained(out)" {adapter} {merged}'
    )


def write_model_card(output_dir: Path, facts: dict, state) -> None:
    """Write README.md (a Hugging Face model card) and curves.png next to a trained model.

    Args:
        output_dir: where the model is saved.
        facts: base_model, base_revision, datasets, dataset_revision, prompt_preset, processes, and settings (those that
            differ from their defaults).
        state: `TrainerState` of the run.
    """
    header = {"library_name": "transformers", "pipeline_tag": "text-generation", "tags": ["grpo", "math", "trl"]}
    if not is_local(facts["base_model"]):
        header["base_model"] = facts["base_model"]
    if hub_ids := [name.partition("@")[0] for name in facts["datasets"] if not is_local(name)]:
        header["datasets"] = hub_ids
    rows = {
        "base model": facts["base_model"] + f" @ {facts['base_revision']}" * (not is_local(facts["base_model"])),
        "data": ", ".join(facts["datasets"]) + (f" @ {facts['dataset_revision']}" if facts["dataset_revision"] else ""),
        "prompt": facts["prompt_preset"],
        "optimizer steps": f"{state.global_step} of {state.max_steps}",
        "tokens seen": f"{state.num_input_tokens_seen:,}",
        "hardware": f"{facts['processes']} processes on {hardware()} a machine",
        "versions": ", ".join(f"{name} {version}" for name, version in versions(*PACKAGES).items()),
        "commit": git_commit() or "unknown (no git checkout)",
    }
    last = [entry for entry in state.log_history if "reward" in entry][-10:]
    for name in ("reward", "accuracy", "completions/mean_length", "completions/clipped_ratio"):
        values = [entry[name] for entry in last if entry.get(name) is not None]
        if values:
            rows[f"{name}, mean of the last {len(values)} logs"] = f"{sum(values) / len(values):.4g}"
    curves = merge = ""
    if last:
        plot_curves({output_dir.name: state.log_history}, output_dir / "curves.png")
        curves = "\n![Accuracy of all rollouts and completion length](curves.png)\n"
    if adapter_base(str(output_dir)):
        merge = f"\nTo merge this LoRA adapter:\n\n```bash\n{merge_command(output_dir, f'{output_dir}-merged')}\n```\n"
    card = MODEL_CARD.format(
        header=yaml.safe_dump(header, sort_keys=False),
        name=output_dir.resolve().name,
        rows="\n".join(f"| {name} | {value} |" for name, value in rows.items()),
        curves=curves,
        merge=merge,
        settings=yaml.safe_dump(facts["settings"]),
    )
    (output_dir / "README.md").write_text(card, encoding="utf-8")


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
