"""The cost log: every second in one phase, every token counted once, also where a checkpoint cuts a log."""

import shutil

import pytest
import torch
from whole_runs import flags_of, logs_of, rollouts_of

import train_grpo
from training.costs import PHASES, Costs, costs_of, describe


def burn(costs: Costs, name: str) -> None:
    with costs.phase(name):
        sum(range(10_000))


def test_each_second_belongs_to_one_phase():
    costs = Costs(torch.device("cpu"))
    burn(costs, "generation")
    assert sum(costs.seconds.values()) == 0, "nothing counts before training begins"
    costs._read_at = 0.0  # the epoch of the clock: all that was before is "other"
    with costs.phase("update"):
        burn(costs, "logprobs")
        with costs.phase("evaluation"):
            burn(costs, "generation")
    assert all(costs.seconds[name] > 0 for name in ("update", "logprobs", "evaluation", "other"))
    assert costs.seconds["generation"] == 0, "an evaluation's generation is evaluation"
    assert sum(costs.seconds.values()) == pytest.approx(costs._read_at)
    logs = costs.report()
    assert sum(logs[f"profiling/{name}_share"] for name in PHASES) == pytest.approx(1)
    assert costs.report()["profiling/seconds"] < logs["profiling/seconds"], "a report begins anew"


def test_in_words():
    costs = Costs(torch.device("cpu"))
    assert describe({}) == describe(costs.report()) == "" and costs_of([{"loss": 1.0}]) == {}
    costs.seconds |= {"generation": 6.0, "update": 3.0, "weight_transfer": 0.97, "saving": 0.03}
    costs.sampled, costs.trained = 12_000, 3_000
    entry = costs.report()
    assert describe(entry) == (
        "10.0 s: generation 60%, update 30%, weight transfer 10%; tokens/s sampled 2,000, trained 1,000"
    )
    rows = costs_of([{"loss": 1.0}, entry, {"eval_reward": 1.0}, entry])
    assert rows["training time"].startswith("20.0 s: generation 60%") and rows["tokens sampled"] == "24,000"


def test_a_runs_costs_over_rollout_batches_of_several_steps(guesser, tmp_path, capsys):
    """Two optimizer steps on each rollout batch, each batch used twice, several generation batches to fill one."""
    settings = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "6", "--num_iterations", "2"]
    settings += ["--generation_batch_size", "32", "--beta", "0.01", "--save_steps", "3", "--disable_tqdm", "false"]
    flags = flags_of(guesser, tmp_path, *settings, "--max_steps", "6")
    train_grpo.main(flags)
    logs, rollouts = logs_of(tmp_path), rollouts_of(tmp_path)
    steps = {entry["step"]: entry for entry in logs if "reward" in entry or "loss" in entry}
    assert sorted(steps) == [1, 2, 3, 4, 5, 6]
    for step, entry in steps.items():
        seconds = {name: entry[f"profiling/{name}_seconds"] for name in PHASES}
        assert sum(seconds.values()) == pytest.approx(entry["profiling/seconds"])
        fresh = step in (1, 5)  # the others train on what was sampled before
        for name in ("generation", "grading", "logprobs"):
            assert (seconds[name] > 0) == fresh, (step, name)
        assert seconds["update"] > 0 and seconds["weight_transfer"] == seconds["evaluation"] == 0
        assert entry["tokens/sampled"] == rollouts[rollouts["step"] == step]["length"].sum()
        assert ("profiling/sampled_tokens_per_second" in entry) == fresh
    kept = rollouts[rollouts["kept"]].groupby("step")["length"].sum()
    assert steps[1]["generation_batches"] > 1 and not rollouts["kept"].all()
    first, second = (sum(steps[step]["tokens/trained"] for step in pair) for pair in ((1, 2), (3, 4)))
    assert first == second == kept[1], "each iteration trains on every token once"
    assert logs[-1]["profiling/saving_seconds"] > 0, "the last checkpoint is written after the last step's log"
    spent = sum(entry["profiling/seconds"] for entry in logs)
    assert 0 < spent <= logs[-1]["train_runtime"] + 0.1
    card = (tmp_path / "README.md").read_text()
    assert f"| tokens sampled | {rollouts['length'].sum():,} |" in card and "| training time | " in card
    printed = capsys.readouterr()
    assert "tokens/s sampled" in printed.out + printed.err

    shutil.rmtree(tmp_path / "checkpoint-6")  # continue from 3, in the middle of a rollout batch
    train_grpo.main([*flags, "--resume_from_checkpoint", "true"])
    names = ("step", "tokens/sampled", "tokens/trained")
    before, after = (
        [[entry[name] for name in names] for entry in each if "loss" in entry] for each in (logs, logs_of(tmp_path))
    )
    assert before == after
