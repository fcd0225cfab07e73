"""The trainer beyond TRL: dynamic sampling, skipped updates, padding, continuation after a kill, two processes."""

import json
import math
import shlex
import signal
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file
from small_trainers import make_trainer
from trl import GRPOTrainer
from whole_runs import finish, flags_of, logs_of, rollouts_of, start, start_ranks, stop_when

import train_grpo
from cli import InputError
from training.checkpoints import is_whole_checkpoint
from training.grpo_trainer import DeepMathGRPOTrainer, sizes_of_least_padding, sort_by_length


@pytest.mark.parametrize("carry", ["false", "true"])
def test_dynamic_sampling_trains_on_full_batches_of_mixed_groups(guesser, tmp_path, carry):
    flags = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "6", "--carry_surplus", carry]
    flags += ["--reward_weights", "0.5", "--max_steps", "4", "--save_strategy", "no"]
    train_grpo.main(flags_of(guesser, tmp_path, *flags))
    rollouts, logs = rollouts_of(tmp_path), [entry for entry in logs_of(tmp_path) if "reward" in entry]
    assert len(logs) == 4 and all(entry["frac_reward_zero_std"] == 0 for entry in logs)  # no group without a signal
    solved = rollouts.groupby("position")["correct"].agg(["sum", "size"])
    kept = rollouts.groupby("position")["kept"].first()
    mixed = (solved["sum"] > 0) & (solved["sum"] < 4)
    assert (solved["size"] == 4).all() and mixed[kept].all() and not mixed.all(), "dropped groups are on record too"
    assert sorted(solved.index) == list(range(len(solved))), "every prompt of the stream is drawn once"
    for entry in logs:
        batch = rollouts[rollouts["step"] == entry["step"]]
        if entry["generation_batches"]:
            assert entry["accuracy"] == pytest.approx(batch["correct"].mean())
            assert entry["kept_fraction"] == pytest.approx(mixed[batch["position"].unique()].mean())
            assert len(batch) == entry["generation_batches"] * 6 * 4
            if carry == "false":
                assert batch[batch["kept"]]["position"].nunique() == 4  # 16 completions a step
                assert entry["reward"] == pytest.approx(batch[batch["kept"]]["reward"].mean())
    carried = [0.0, *(entry["carried_groups"] for entry in logs)]
    if carry == "true":  # nothing of mixed correctness is lost
        assert max(carried) > 0 and mixed.sum() == kept.sum() == 4 * 4 + carried[-1]
    else:
        assert max(carried) == 0 and kept.sum() == 4 * 4
    assert {*rollouts["reward"]} == {-0.5, 0.5}, "weighted, as TRL sums them"
    assert {"question", "completion", "gold", "answer", "verdict", "reward", "length", "clipped"} <= {*rollouts.columns}


def test_dynamic_sampling_with_lora_two_iterations_and_evaluation(guesser, tmp_path):
    benchmark = guesser / "benchmark.jsonl"
    rows = [{"problem": f"{i}+1", "answer": "2"} for i in range(5)]
    benchmark.write_text("".join(json.dumps(row) + "\n" for row in rows))
    sampling = ["--dynamic_sampling", "true", "--num_iterations", "2", "--max_steps", "4"]
    lora = ["--use_peft", "true", "--lora_target_modules", "q_proj", "v_proj"]
    evaluation = ["--eval_benchmark", str(benchmark), "--eval_problems", "4", "--eval_strategy", "steps"]
    evaluation += ["--eval_steps", "2", "--num_generations_eval", "2", "--per_device_eval_batch_size", "4"]
    train_grpo.main(flags_of(guesser, tmp_path / "my run", *sampling, *lora, *evaluation, "--save_strategy", "no"))
    logs = logs_of(tmp_path / "my run")
    evaluated = [entry for entry in logs if "eval_accuracy" in entry]
    assert [entry["step"] for entry in evaluated] == [2, 4]
    for entry in evaluated:  # all problems count, mixed or not: accuracy is the mean of the +1 / -1 reward
        assert entry["eval_accuracy"] == pytest.approx((1 + entry["eval_rewards/accuracy_reward/mean"]) / 2)
    assert sorted(set(rollouts_of(tmp_path / "my run")["step"])) == [1, 3], "every rollout batch trains twice"
    card = (tmp_path / "my run" / "README.md").read_text()
    assert "dynamic_sampling: true" in card and "trl 1.16.0" in card and (tmp_path / "my run" / "curves.png").is_file()
    command = next(line for line in card.splitlines() if "merge_and_unload" in line)
    done = subprocess.run(shlex.split(command.replace("python -c", f"{sys.executable} -c")), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    merged, base = (
        load_file(folder / "model.safetensors") for folder in (tmp_path / "my run-merged", guesser / "model")
    )
    assert merged.keys() == base.keys() and any((merged[name] != base[name]).any() for name in base)


def test_the_eleventh_generation_batch_is_an_error(guesser, tmp_path):
    rows = [json.loads(line) for line in (guesser / "rows.jsonl").read_text().splitlines()]
    path = tmp_path / "impossible.jsonl"
    path.write_text("".join(json.dumps(row | {"final_answer": "77"}) + "\n" for row in rows))
    flags = flags_of(guesser, tmp_path / "run", "--dynamic_sampling", "true", "--dataset", str(path))
    message = (
        "10 generation batches of 40 prompts in all held 0 groups of mixed correctness, and a rollout batch takes 4"
    )
    with pytest.raises(InputError, match=message):
        train_grpo.main(flags)
    assert len(rollouts_of(tmp_path / "run")) == 10 * 4 * 4, "what was generated is on record"
    with pytest.raises(InputError, match="3 generation batches of 24 prompts in all"):
        changed = ["--dynamic_sampling_prompts", "8", "--max_generation_batches", "3"]
        train_grpo.main([*flags, *changed, "--resume_from_checkpoint", "true"])
    drawn = rollouts_of(tmp_path / "run")["position"]
    assert set(drawn) == set(range(40 + 3 * 8)), "a continued run goes on with new prompts, and keeps the record"


def test_large_updates_are_skipped_and_end_the_run_with_a_checkpoint(guesser, tmp_path):
    flags = ["--skip_update_norm", "1e-9", "--max_skipped_updates", "3", "--max_steps", "9", "--weight_decay", "0.1"]
    with pytest.raises(InputError, match=r"step 3: 3 updates in a row were skipped .*gradient norm .*learning_rate"):
        train_grpo.main(flags_of(guesser, tmp_path / "run", *flags, "--save_steps", "100"))
    before, after = (
        load_file(guesser / "model/model.safetensors"),
        load_file(tmp_path / "run/checkpoint-3/model.safetensors"),
    )
    assert all((before[name] == after[name]).all() for name in before), "not even weight decay moves the weights"
    with pytest.raises(InputError, match="step 6: 3 updates"):  # a continued run is given as many again
        train_grpo.main(flags_of(guesser, tmp_path / "run", *flags, "--resume_from_checkpoint", "true"))


# ---------------------------------------------------------------------------------------------------------------------
# A trainer in hand
# ---------------------------------------------------------------------------------------------------------------------


def make_batch(lengths: list[int], prompt_lengths: list[int], seed: int = 0) -> dict[str, torch.Tensor]:
    """A rollout batch as TRL makes it: prompts padded on the left, completions on the right."""
    generator = torch.Generator().manual_seed(seed)
    rows, width, prompt_width = len(lengths), max(lengths) + 3, max(prompt_lengths) + 2
    completion_mask = (torch.arange(width) < torch.tensor(lengths)[:, None]).long()
    prompt_mask = (torch.arange(prompt_width).flip(0) < torch.tensor(prompt_lengths)[:, None]).long()
    return {
        "prompt_ids": torch.randint(5, 200, (rows, prompt_width), generator=generator) * prompt_mask,
        "prompt_mask": prompt_mask,
        "completion_ids": torch.randint(5, 200, (rows, width), generator=generator) * completion_mask,
        "completion_mask": completion_mask,
        "advantages": torch.randn(rows, generator=generator),
        "num_items_in_batch": torch.tensor(sum(lengths)),
        "old_per_token_logps": -5 - torch.rand(rows, width, generator=generator),
        "ref_per_token_logps": -5 - torch.rand(rows, width, generator=generator),
    }


def losses_and_gradients(trainer, micro_batches: list[dict]) -> tuple[list[float], torch.Tensor]:
    trainer.model.train()
    trainer.current_gradient_accumulation_steps = len(micro_batches)
    losses = []
    for each in micro_batches:
        loss = trainer._compute_loss(trainer.model, each)
        loss.backward()
        losses.append(loss.item())
    gradient = torch.cat([p.grad.flatten() for p in trainer.model.parameters()])
    trainer.model.zero_grad()
    return losses, gradient


def test_loss_without_padding_and_in_order_of_length_is_trls(model_dir, tmp_path):
    stock = make_trainer(GRPOTrainer, model_dir, tmp_path)
    ours = make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path)
    batch = make_batch([3, 40, 7, 1, 22, 9, 40, 5], [6, 9, 4, 9, 3, 5, 8, 2])
    cut = [{k: v[i : i + 2] if v.ndim else v for k, v in batch.items()} for i in range(0, 8, 2)]
    expected, gradient = losses_and_gradients(stock, cut)
    trimmed, same_gradient = losses_and_gradients(ours, cut)
    assert trimmed == pytest.approx(expected, abs=1e-6) and len({round(x, 4) for x in expected}) == 4
    assert torch.allclose(gradient, same_gradient, atol=1e-6) and gradient.abs().max() > 1e-3
    for even in (True, False):
        ordered, sorted_gradient = losses_and_gradients(ours, sort_by_length(cut, even))
        assert sum(ordered) == pytest.approx(sum(expected), abs=1e-6)
        assert torch.allclose(gradient, sorted_gradient, atol=1e-6)
    widths = []
    note = lambda _, args, kwargs: widths.append(kwargs["input_ids"].shape[1])  # noqa: E731
    ours.model.register_forward_pre_hook(note, with_kwargs=True)
    losses_and_gradients(ours, sort_by_length(cut, even=True))
    assert widths == [3 + 9, 7 + 4, 22 + 5, 40 + 9]
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    with torch.no_grad():  # the old or reference policy's pass, in chunks
        results = [t._get_per_token_logps_and_entropies(t.model, ids, mask, 43, batch_size=3)[0] for t in (stock, ours)]
    assert torch.allclose(*(each * batch["completion_mask"] for each in results), atol=1e-5)


@pytest.mark.parametrize(
    ("lengths", "count", "sizes"),
    [
        ([1, 3, 5, 7, 9, 22, 40, 40], 4, [2, 3, 1, 2]),  # 6 + 27 + 22 + 80 tokens
        ([5, 5, 5, 5], 2, [2, 2]),  # three would need more memory than two of the longest
        ([1, 1, 1, 1, 1, 100], 2, [5, 1]),
        ([1, 1, 1, 90, 95, 100], 2, [3, 3]),
        ([2, 4, 8], 3, [1, 1, 1]),
        ([2, 4, 8], 1, [3]),
        ([1, 2, 3, 4, 50], 2, [4, 1]),
    ],
)
def test_batches_of_least_padding(lengths, count, sizes):
    assert sizes_of_least_padding(torch.tensor(lengths), count) == sizes


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_gradients_that_are_not_finite_are_dropped(model_dir, tmp_path, value):
    trainer = make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path)
    first, *_ = trainer.model.parameters()
    first.grad = torch.full_like(first, value)
    trainer._get_grad_norm(trainer.model, trainer._clip_grad_norm(trainer.model))
    assert first.grad is None and trainer._metrics["train"]["skipped_update"] == [1.0]
    first.grad = torch.ones_like(first)
    trainer._window_loss += value  # a loss that is not finite, whatever its gradient
    trainer._get_grad_norm(trainer.model, trainer._clip_grad_norm(trainer.model))
    assert first.grad is None and trainer._skipped_in_a_row == 2
    first.grad = torch.ones_like(first)
    trainer._get_grad_norm(trainer.model, trainer._clip_grad_norm(trainer.model))
    assert first.grad is not None and trainer._skipped_in_a_row == 0


def test_the_originals_schedule_and_weight_decay(model_dir, tmp_path):
    """Its warm-up moves once a rollout batch (here 2 steps), from a rate of 0, and no parameter is spared the decay."""
    settings = {"lr_scheduler_type": "constant_with_warmup", "warmup_steps": 4, "learning_rate": 1.0}
    settings |= {"generation_batch_size": 16, "weight_decay": 0.1}
    plain = make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path, **settings)
    original = make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path, **settings)
    original.recipe.schedule_per_rollout = original.recipe.decay_all_parameters = True
    rates = []
    for trainer in (plain, original):
        trainer.create_optimizer_and_scheduler(8)
        rates.append([])
        for _ in range(6):
            rates[-1] += trainer.lr_scheduler.get_last_lr()[:1]
            trainer.optimizer.step()
            trainer.lr_scheduler.step()
    assert rates == [[0, 0.25, 0.5, 0.75, 1, 1], [0, 0, 0.5, 0.5, 1, 1]]
    spared = [sum(p.numel() for p in each.optimizer.param_groups[1]["params"]) for each in (plain, original)]
    assert spared[0] == sum(p.numel() for p in plain.model.parameters() if p.ndim == 1) > 0 == spared[1]


def test_every_pass_over_the_data_has_an_order_of_its_own(model_dir, tmp_path):
    trainer = make_trainer(DeepMathGRPOTrainer, model_dir, tmp_path)
    passes = [[trainer._row_at(position) for position in range(start, start + 8)] for start in (0, 8, 16)]
    assert all(sorted(order) == list(range(8)) for order in passes) and passes[0] != passes[1] != passes[2]
    assert [trainer._row_at(position) for position in range(8)] == passes[0]


# ---------------------------------------------------------------------------------------------------------------------
# Whole runs in processes of their own
# ---------------------------------------------------------------------------------------------------------------------


def test_a_run_stopped_five_times_ends_as_the_uninterrupted_one(guesser, tmp_path):
    # Two optimizer steps a rollout batch, each batch used twice, groups carried over, a checkpoint at every step (also
    # in the middle of a rollout batch), logs over three steps (cut by checkpoints), momentum and a reference model; few
    # questions, so that they come again and history skips some.
    settings = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "auto", "--carry_surplus", "true"]
    settings += ["--skip_by_history", "true", "--max_rows", "12"]
    settings += ["--num_iterations", "2", "--generation_batch_size", "32", "--beta", "0.01", "--max_steps", "16"]
    settings += ["--save_steps", "1", "--save_total_limit", "3", "--logging_steps", "3"]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    uninterrupted = start(train_grpo.main, flags_of(guesser, whole, *settings))
    flags, again = flags_of(guesser, cut, *settings), []

    def run_until(condition, number: int, exitcode: int) -> None:
        nonlocal again
        stop_when([start(train_grpo.main, [*flags, *again])], condition, number, exitcode)
        again = ["--resume_from_checkpoint", "true"]

    killed = signal.SIGKILL, -signal.SIGKILL
    run_until(lambda: (cut / "checkpoint-3" / "optimizer.pt").exists(), *killed)  # while a checkpoint is written
    run_until(lambda: is_whole_checkpoint(cut / "checkpoint-4"), signal.SIGTERM, 143)
    flags += ["--save_steps", "1000"]  # what a signal saves must do
    run_until(lambda: any((cut / "rollouts").glob("step-000009*")), signal.SIGUSR1, 138)
    assert is_whole_checkpoint(cut / "checkpoint-9") and not (cut / "model.safetensors").exists()
    run_until(lambda: any((cut / "rollouts").glob("step-000013*")), signal.SIGINT, 130)
    flags = flags[:-2]
    run_until(lambda: is_whole_checkpoint(cut / "checkpoint-16"), *killed)  # after the last step, before the end
    finish([start(train_grpo.main, [*flags, *again]), uninterrupted])
    timed = ("step_time", "runtime", "per_second", "total_flos", "profiling")
    histories = [
        [{k: v for k, v in entry.items() if not any(word in k for word in timed)} for entry in logs_of(folder)]
        for folder in (whole, cut)
    ]
    assert histories[0] == histories[1] and len(histories[0]) == 6 and "entropy" in histories[0][-1]
    assert histories[0][4]["prompts_skipped"] > 0
    assert (whole / "prompt_history.parquet").read_bytes() == (cut / "prompt_history.parquet").read_bytes()
    weights = [load_file(folder / "model.safetensors") for folder in (whole, cut)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert rollouts_of(whole).equals(rollouts_of(cut))


def test_a_checkpoint_cut_off_while_being_written_is_not_used(guesser, tmp_path, monkeypatch):
    flags = flags_of(guesser, tmp_path, "--max_steps", "2", "--save_steps", "1")
    train_grpo.main(flags)
    half = tmp_path / "checkpoint-2" / "trainer_state.json"
    half.write_text(half.read_text()[:-20])
    train_grpo.main([*flags, "--resume_from_checkpoint", "true", "--max_steps", "3"])
    assert [entry["step"] for entry in logs_of(tmp_path) if "reward" in entry] == [1, 2, 3]
    for state in tmp_path.glob("checkpoint-*/trainer_state.json"):
        state.unlink()
    with pytest.raises(InputError, match="holds no checkpoint .3 cut off while being written"):
        train_grpo.main([*flags, "--resume_from_checkpoint", "true"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is not empty"):
        train_grpo.main([*flags, "--output_dir", "."])
    with pytest.raises(InputError, match="no whole checkpoint"):
        train_grpo.main([*flags, "--resume_from_checkpoint", str(tmp_path / "checkpoint-1")])


def test_two_processes_hold_equal_weights_and_log_what_one_logs(guesser, tmp_path):
    settings = ["--dynamic_sampling", "true", "--dynamic_sampling_prompts", "6", "--save_steps", "2"]
    settings += ["--skip_by_history", "true", "--max_rows", "12"]
    # three groups a rollout batch: one of them is trained on by both processes
    settings += ["--max_steps", "3", "--overlong_buffer", "8", "--beta", "0.01", "--per_device_train_batch_size", "6"]
    two = flags_of(guesser, tmp_path / "two", *settings, "--gradient_accumulation_steps", "1")
    one = flags_of(guesser, tmp_path / "one", *settings, "--gradient_accumulation_steps", "2")
    finish(start_ranks(two, 2) + start_ranks(one, 1))
    sums = [json.loads((tmp_path / "two" / f"weights-{rank}.json").read_text()) for rank in (0, 1)]
    assert sums[0]["processes"] == 2 and sums[0] == sums[1], "each rank holds the same weights to the bit"
    one_logs, two_logs = ([e for e in logs_of(tmp_path / name) if "reward" in e] for name in ("one", "two"))
    assert len(one_logs) == len(two_logs) == 3
    names = ("reward", "accuracy", "kept_fraction", "generation_batches", "loss", "grad_norm")
    names += ("rewards/accuracy_reward/mean", "completions/mean_length", "completions/clipped_ratio")
    for first, second in zip(one_logs, two_logs, strict=True):
        for name in names:
            assert second[name] == pytest.approx(first[name], rel=1e-4, abs=1e-6), (first["step"], name)
    same = ["step", "position", "completion", "correct", "kept"]
    kept = rollouts_of(tmp_path / "two").query("kept").groupby("step")["position"].nunique()
    assert kept.tolist() == [3, 3, 3], "an odd number of groups for two processes"
    rows = [rollouts_of(tmp_path / name)[same].sort_values(same).reset_index(drop=True) for name in ("one", "two")]
    assert rows[0].equals(rows[1]), "both roll out the same prompts and keep the same groups"

    # And stopped by a signal to one of them, two processes continue as they would have gone on.
    cut = [*two, "--output_dir", str(tmp_path / "cut"), "--save_steps", "1000"]
    stop_when(start_ranks(cut, 2), lambda: any((tmp_path / "cut").glob("rollouts/step-000001*")), signal.SIGTERM, 143)
    finish(start_ranks([*cut, "--resume_from_checkpoint", "true"], 2))
    again = [json.loads((tmp_path / "cut" / f"weights-{rank}.json").read_text()) for rank in (0, 1)]
    assert again == sums and logs_of(tmp_path / "cut")[2]["loss"] == two_logs[2]["loss"]
