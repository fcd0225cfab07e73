"""`GRPOTrainer` with what DeepMath's training had and TRL 1.16 lacks, and with less padding.

Paper: DeepMath-103K, arXiv 2504.11456 (section 4); its run scripts and its verl fork for dynamic sampling (DAPO, arXiv
2503.14476, section 3.2) and for the skipping of updates. What this class changes in TRL's trainer:

* Prompts come from one numbered stream (`position`), a new shuffle for each pass over the data, that does not depend on
  the number of processes. Dynamic sampling can draw as many as it needs, and a checkpoint holds the stream's position.
* Dynamic sampling: only groups of mixed correctness train, and more prompts are drawn until the batch is full. How
  many, and which prompts are skipped for their own past, is in selection.py.
* An optimizer step with too large or no finite gradient norm is skipped.
* Padding is trimmed per micro-batch, and the micro-batches of an optimizer step are cut anew in order of length, so
  that there is least of it. The loss stays the same: its sum over an optimizer step does not depend on the cut.
* A checkpoint holds everything that decides the rest of the run, and counts only once it is complete.

One group is one prompt with its `num_generations` (G) completions. A group is always generated on one process; it may
be trained on two, when the processes do not divide the groups of a rollout batch.
"""

import logging
import math
import random
import zlib
from collections import Counter, defaultdict, deque
from dataclasses import asdict
from pathlib import Path

import numpy
import pandas
import torch
from accelerate.utils import gather, gather_object
from torch.nn.functional import pad
from torch.utils.data import DataLoader
from tqdm.auto import tqdm
from trl import GRPOTrainer

from cli import InputError
from training.continuation import ContinuableTrainer, writing
from training.costs import CostClock, Costs, costs_as
from training.groups import Group, group_counts
from training.progress import Watch, format_samples, write_model_card
from training.rewards import RewardFailed, guarded
from training.selection import DrawSize, History

# TRL prints every row whose gold nobody can read, whole and in each batch; `Watch` counts them.
logging.getLogger(GRPOTrainer.__module__).addFilter(
    lambda record: "All reward functions returned None" not in record.getMessage()
)


class DeepMathGRPOTrainer(ContinuableTrainer, GRPOTrainer):
    """TRL's trainer with dynamic sampling, skipped updates, trimmed padding and exact continuation.

    Args:
        recipe: `GRPOScriptArguments` of train_grpo.py; here count dynamic_sampling, dynamic_sampling_prompts,
            skip_by_history, max_generation_batches, carry_surplus, skip_update_norm, max_skipped_updates,
            schedule_per_rollout, decay_all_parameters and save_rollouts_every.
        card: facts for the model card (see `run_facts`); None: no card is written.
        known: of the questions before training, see `selection.read_pass_rates`.
        **kwargs: TRL's own. The first reward function is correctness: positive when correct.
    """

    STATE_FILE = "rollout_state"

    def __init__(self, *args, recipe, card: dict | None = None, known: pandas.DataFrame | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.recipe, self.card = recipe, card
        self._reward_failures: list[str] = []
        self.reward_funcs = [guarded(function, self._reward_failures) for function in self.reward_funcs]
        self.watch = Watch(Path(self.args.output_dir) / "rollouts")
        self.stop_reason: str | None = None  # why training ended early, for the script to report
        self.costs = Costs(self.accelerator.device)
        self.add_callback(CostClock(self.costs))
        if self.use_vllm:
            vllm = self.vllm_generation  # which sends the weights by itself, too, when it wakes up
            vllm.sync_weights = self.costs.phase("weight_transfer")(vllm.sync_weights)
        self._groups_wanted = self.args.generation_batch_size // self.num_generations  # of all processes together
        self._prompts_drawn = self._prompts_skipped = 0
        self._history = History(self.train_dataset["question"], self.args.seed, recipe.skip_by_history)
        if known is not None:
            self._history.begin_with(known)
        processes = self.accelerator.num_processes
        self._draw_size = DrawSize(self._groups_wanted, processes, recipe.dynamic_sampling_prompts)
        self._permutation: tuple[int, list[int]] = (-1, [])  # (pass over the data, order of its rows)
        self._carried: list[Group] = []
        self._stash: list[Group] | None = None
        self._window_loss = torch.zeros((), device=self.accelerator.device)
        self._window_tokens = torch.zeros((), dtype=torch.long, device=self.accelerator.device)
        self._skipped_in_a_row = self._skipped = 0
        prompts = "\n".join(map(str, self.train_dataset["prompt"]))
        self._golds = zlib.crc32("\n".join(map(str, self.train_dataset["final_answer"])).encode())
        self._stream = {
            "prompts": zlib.crc32(prompts.encode()),
            "seed": self.args.seed,
            "shuffle": self.shuffle_dataset,
        }
        if self.args.max_steps <= 0:
            rollouts = math.ceil(self.args.num_train_epochs * len(self.train_dataset) / self._groups_wanted)
            steps = rollouts * self.args.steps_per_generation * self.num_iterations
            self.args.max_steps = math.ceil(steps / self.args.gradient_accumulation_steps)
        # TRL prints, stores and uploads a whole rollout batch per log; here a few samples, all rollouts go to Parquet.
        self._samples = self.num_completions_to_print or 1
        self.num_completions_to_print = 0
        for name in ("prompt", "completion", "advantages"):
            self._logs[name] = deque(maxlen=self._samples)
        for name in ("rewards", "extra"):
            self._logs[name] = defaultdict(lambda: deque(maxlen=self._samples))

    # -----------------------------------------------------------------------------------------------------------------
    # Prompts
    # -----------------------------------------------------------------------------------------------------------------

    def get_train_dataloader(self):
        """A clock of micro-steps, alike on every process: the prompts themselves come from `_draw`."""
        ticks = range(self.args.max_steps * self.args.gradient_accumulation_steps)
        return DataLoader(ticks, collate_fn=list, generator=torch.Generator())  # leave the global generator alone

    def _draw(self, prompts: int) -> list[tuple[int, dict]]:
        """This process's share of the stream's next `prompts` prompts that history does not skip, as (position, row).

        When a whole pass over the data would be skipped, the prompts after it are taken as they come.
        """
        chosen, start = [], self._prompts_drawn
        while len(chosen) < prompts:
            position, row = self._prompts_drawn, self._row_at(self._prompts_drawn)
            self._prompts_drawn += 1
            if position - start < len(self.train_dataset) and self._history.skips(position, row):
                self._prompts_skipped += 1
            else:
                chosen.append((position, row))
        share = prompts // self.accelerator.num_processes
        own = slice(share * self.accelerator.process_index, share * (self.accelerator.process_index + 1))
        return [(position, self.train_dataset[row]) for position, row in chosen[own]]

    def _row_at(self, position: int) -> int:
        size = len(self.train_dataset)
        data_pass, place = divmod(position, size)
        if not self.shuffle_dataset:
            return place
        if self._permutation[0] != data_pass:
            generator = torch.Generator().manual_seed(self.args.seed + data_pass)
            self._permutation = (data_pass, torch.randperm(size, generator=generator).tolist())
        return self._permutation[1][place]

    # -----------------------------------------------------------------------------------------------------------------
    # Rollouts and dynamic sampling
    # -----------------------------------------------------------------------------------------------------------------

    def _generate_and_score_completions(self, inputs: list) -> dict:
        """In training: roll out, select groups, and let TRL compute advantages and log-probs of the selected ones."""
        if not self.model.training:
            return super()._generate_and_score_completions(inputs)
        before = self._snapshot()
        try:
            self._stash = self._collect_groups()
        except RewardFailed:
            self._go_back(before)
            self._save_checkpoint(self.model, trial=None)
            raise
        rows = [group.row for group in self._stash for _ in group.completions]
        output = super()._generate_and_score_completions(rows)
        self._stash = None
        return output

    def _generate(self, prompts: list) -> tuple:
        if self._stash is None:
            return super()._generate(prompts)
        groups = self._stash
        prompt_ids = [group.prompt_ids for group in groups for _ in group.completions]
        completion_ids = [ids for group in groups for ids in group.completion_ids]
        completions = [completion for group in groups for completion in group.completions]
        has_logprobs = groups[0].logprobs is not None
        logprobs = [each for group in groups for each in group.logprobs] if has_logprobs else None
        return prompt_ids, completion_ids, None, completions, logprobs, {}, None, []

    def _calculate_rewards(self, inputs, prompts, completions, completion_ids_list) -> torch.Tensor:
        if self._stash is None:
            rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
            if failures := [failure for failure in gather_object(self._reward_failures) if failure]:
                raise RewardFailed(self.state.global_step, self.args.output_dir, failures[0], self.model.training)
            if not self.model.training:
                self._metrics["eval"]["accuracy"].append(_accuracy(rewards[:, 0]))
            return rewards
        for group in self._stash:
            for column, values in group.extras.items():
                self._pending_extra_logs[column].extend(values)
        return gather(torch.cat([group.rewards for group in self._stash]).to(self.accelerator.device))

    def _snapshot(self) -> dict:
        """What a rollout batch moves before its groups are chosen, and an evaluation too; see `_go_back`."""
        return {
            "stream": (self._prompts_drawn, self._prompts_skipped, self._carried),
            "metrics": {name: list(values) for name, values in self._metrics["train"].items()},
            "tokens": (self.state.num_input_tokens_seen, self._total_train_tokens),
            "random": (random.getstate(), numpy.random.get_state(), torch.get_rng_state()),
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }

    def _go_back(self, before: dict) -> None:
        """Undo a rollout batch or an evaluation that came to nothing: a continued run draws the same prompts again."""
        self._prompts_drawn, self._prompts_skipped, self._carried = before["stream"]
        self._pending_extra_logs.clear()
        self._metrics["train"].clear()
        self._metrics["train"].update(before["metrics"])
        self.state.num_input_tokens_seen, self._total_train_tokens = before["tokens"]
        _set_random(before)

    def _collect_groups(self) -> list[Group]:
        """Roll out until the batch is full, and return this process's groups of it.

        Raises:
            InputError: `max_generation_batches` generation batches did not fill it; a checkpoint is saved before.
            RewardFailed: a reward function raised, on any process.
        """
        recipe, wanted = self.recipe, self._groups_wanted
        rollouts: list[tuple[int, Group]] = []  # (generation batch, group)
        kept, self._carried = self._carried, []
        batches = drawn_prompts = 0
        while (missing := wanted - self._total(len(kept))) > 0 and batches < recipe.max_generation_batches:
            batches += 1
            prompts = self._draw_size.next(missing) if recipe.dynamic_sampling else wanted
            drawn_prompts += prompts
            drawn = self._roll_out(prompts)
            rollouts += [(batches, group) for group in drawn]
            kept = kept + [group for group in drawn if group.mixed or not recipe.dynamic_sampling]
        mixed = self._remember([group for _, group in rollouts])
        if self._total(len(kept)) < wanted:
            self._save_rollouts(rollouts, kept={group.position for group in kept}, always=True)
            self._carried = kept  # a continued run starts from what was found
            self._give_up(batches, drawn_prompts, mixed)
        positions = sorted(gather_object([group.position for group in kept]))
        taken = set(positions[:wanted])
        if recipe.carry_surplus:
            self._carried = [group for group in kept if group.position not in taken]
        self._save_rollouts(rollouts, taken if not recipe.carry_surplus else set(positions))
        self._log_rollouts([group for _, group in rollouts], batches, mixed, drawn_prompts)
        return self._share_out([group for group in kept if group.position in taken])

    def _roll_out(self, prompts: int) -> list[Group]:
        """Generate and grade completions for this process's share of the next `prompts` prompts."""
        size = self.num_generations
        drawn = self._draw(prompts)
        inputs = [row for _, row in drawn for _ in range(size)]
        texts = [row["prompt"] for row in inputs]
        with self.costs.phase("generation"):
            prompt_ids, completion_ids, _, completions, logprobs, *_ = self._generate(texts)
        self.costs.sampled += self._total(sum(map(len, completion_ids)))
        if not self.vllm_importance_sampling_correction and self.off_policy_mask_threshold is None:
            logprobs = None  # the loss does not read them, and they would travel between processes
        with self.costs.phase("grading"):
            rewards = self._calculate_rewards(inputs, texts, completions, completion_ids)  # (processes * rows, F)
        rewards = rewards[self.accelerator.process_index * len(inputs) :][: len(inputs)].cpu()
        if self.reward_weights[0]:  # where the gold is unreadable, length or another reward alone must not train
            unreadable = rewards[:, 0].view(-1, size).isnan().any(1).repeat_interleave(size)
            rewards[unreadable] = math.nan  # TRL: no advantage
        extras = {column: list(values) for column, values in self._pending_extra_logs.items()}
        self._pending_extra_logs.clear()
        groups = []
        for i, (position, row) in enumerate(drawn):
            own = slice(i * size, (i + 1) * size)
            groups.append(
                Group(
                    position=position,
                    row=row,
                    prompt_ids=prompt_ids[i * size],
                    completion_ids=completion_ids[own],
                    completions=completions[own],
                    logprobs=logprobs[own] if logprobs is not None else None,
                    rewards=rewards[own].clone(),
                    extras={column: values[own] for column, values in extras.items()},
                )
            )
        return groups

    def _share_out(self, groups: list[Group]) -> list[Group]:
        """Deal the chosen groups out so that every process trains on as many completions."""
        share = self.args.generation_batch_size // self.accelerator.num_processes
        if all(count * self.num_generations == share for count in gather_object([len(groups)])):
            return groups
        first, own, place = share * self.accelerator.process_index, [], 0
        for group in sorted(gather_object(groups), key=lambda group: group.position):
            own.append(group.part(first - place, first - place + share))
            place += len(group.completions)
        return [group for group in own if group.completions]

    def _remember(self, groups: list[Group]) -> int:
        """Enter the outcomes of all processes' groups into the history; returns how many are of mixed correctness."""
        own = [(group.position, group.solved, len(group.rewards)) for group in groups if group.readable]
        outcomes = [(self._row_at(position), *counts) for position, *counts in sorted(gather_object(own))]
        mixed = sum(0 < right < size for _, right, size in outcomes)
        if groups:
            self._history.record(outcomes, self.state.global_step + 1)
            self._draw_size.record(self._total(len(groups)), mixed)
        return mixed

    @property
    def _steps_per_rollout(self) -> int:
        """Optimizer steps of a rollout batch, at least one."""
        micro_steps = self.args.steps_per_generation * self.num_iterations
        return max(1, micro_steps // self.args.gradient_accumulation_steps)

    def _total(self, count: int) -> int:
        return sum(gather_object([count]))

    def _give_up(self, batches: int, prompts: int, mixed: int) -> None:
        self._save_checkpoint(self.model, trial=None)
        raise InputError(
            f"step {self.state.global_step + 1}: {batches} generation batches of {prompts} prompts in all held {mixed} "
            f"groups of mixed correctness, and a rollout batch takes {self._groups_wanted}. The questions are too easy "
            f"or too hard for the model; what it wrote is in {self.args.output_dir}/rollouts. Continue with "
            "--resume_from_checkpoint true and a larger --dynamic_sampling_prompts or --max_generation_batches, or "
            "--dynamic_sampling false; or start anew with other questions (--min_difficulty, --max_difficulty) or a "
            "larger --num_generations"
        )

    # -----------------------------------------------------------------------------------------------------------------
    # Records of the rollouts
    # -----------------------------------------------------------------------------------------------------------------

    def _log_rollouts(self, groups: list[Group], batches: int, mixed: int, prompts: int) -> None:
        """Metrics over all rollouts; TRL's own reward metrics cover the groups that train."""
        metrics = self._metrics["train"]
        if batches:
            ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
            counts = sum(gather_object([group_counts(groups, ends)]), Counter())
            if counts["graded"]:  # a batch of golds that nobody can read has no accuracy
                metrics["accuracy"].append(counts["right"] / counts["graded"])
            warnings = self.watch.look(counts)
            if self.watch.unreadable:
                metrics["unreadable_golds"] = [float(self.watch.unreadable)]
            if self.accelerator.is_main_process:
                for warning in warnings:
                    tqdm.write(f"warning: step {self.state.global_step + 1}: {warning}")
        if self.recipe.dynamic_sampling:
            metrics["generation_batches"].append(float(batches))
            metrics["carried_groups"].append(float(self._total(len(self._carried))))
            if batches:
                metrics["kept_fraction"].append(mixed / prompts)
                metrics["prompts_per_trained_group"].append(prompts / self._groups_wanted)
                metrics["prompts_skipped"] = [float(self._prompts_skipped)]

    @costs_as("saving")
    def _save_rollouts(self, rollouts: list[tuple[int, Group]], kept: set[int], always: bool = False) -> None:
        """Write this process's rollouts, dropped ones included, to rollouts/step-<step>.from-<position>.rank<rank>."""
        every, step = self.recipe.save_rollouts_every, self.state.global_step + 1
        if not rollouts or not (always or (every and (step - 1) // self._steps_per_rollout % every == 0)):
            return
        ends = {*self.eos_token_ids, self._tokenizer.pad_token_id}
        rows = [
            {"step": step, "generation_batch": batch, **row, "kept": group.position in kept}
            for batch, group in rollouts
            for row in group.records(ends, self.reward_weights.cpu())
        ]
        first, rank = rollouts[0][1].position, self.accelerator.process_index
        path = Path(self.args.output_dir) / "rollouts" / f"step-{step:06d}.from-{first:08d}.rank{rank}.parquet"
        part = path.with_suffix(".part")
        with writing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            pandas.DataFrame(rows).to_parquet(part, compression="zstd")
            part.replace(path)

    def _forget_rollouts(self) -> None:
        """Remove the files of rollouts that a continued run draws again, perhaps on another number of processes."""
        for path in (Path(self.args.output_dir) / "rollouts").glob("step-*.parquet"):
            if int(path.name.split(".")[1].removeprefix("from-")) >= self._prompts_drawn:
                path.unlink()

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As TRL's; the epoch is the number of passes over the data, and samples are printed in short."""
        self.state.epoch = self._prompts_drawn / len(self.train_dataset)
        if self.accelerator.is_main_process and self.log_completions and "loss" in logs:
            tqdm.write(format_samples(self._logs))
        if not any(name.startswith("eval_") for name in logs):
            logs |= self.costs.report()
        super().log(logs, start_time)

    def create_model_card(self, *args, **kwargs) -> None:
        """At the end; TRL calls it at every checkpoint as well, where drawing the curves would take a second."""
        if self.card and self.accelerator.is_main_process:
            golds = {"golds": self.watch.golds, "unreadable": self.watch.unreadable}
            write_model_card(Path(self.args.output_dir), self.card | golds, self.state, not self.is_in_train)

    # -----------------------------------------------------------------------------------------------------------------
    # Padding
    # -----------------------------------------------------------------------------------------------------------------

    @costs_as("other")
    def _prepare_inputs(self, generation_batch) -> dict[str, torch.Tensor]:
        inputs = self._next_micro_batch(generation_batch)
        if self.model.training:
            self._window_tokens += inputs["completion_mask"].sum()
        return inputs

    def _next_micro_batch(self, generation_batch) -> dict[str, torch.Tensor]:
        """As TRL's `_prepare_inputs`, with the micro-batches of each optimizer step cut anew in order of length."""
        before = self._buffered_inputs
        inputs = super()._prepare_inputs(generation_batch)
        if not self.model.training or self._buffered_inputs is before:
            return inputs
        steps, window = self.args.steps_per_generation, self.args.gradient_accumulation_steps
        # What averages or ranks within a micro-batch would change with the cut; sums over an optimizer step do not.
        cut_matters = self.loss_type == "bnpo" or self.top_entropy_quantile < 1 or self._entropy_bonus_enabled
        if not (cut_matters or self.aux_loss_enabled) and steps % window == 0:
            windows = [self._buffered_inputs[start : start + window] for start in range(0, steps, window)]
            even = self.loss_type not in ("dapo", "cispo", "vespo")  # the others divide by a micro-batch's rows
            self._buffered_inputs = [each for inputs in windows for each in sort_by_length(inputs, even)]
        return self._buffered_inputs[self._step % steps]

    def _get_per_token_logps_and_entropies(self, *args, **kwargs):
        if torch.is_grad_enabled():
            return self._trimmed_logps_and_entropies(*args, **kwargs)
        with self.costs.phase("logprobs"):
            return self._trimmed_logps_and_entropies(*args, **kwargs)

    def _trimmed_logps_and_entropies(self, model, input_ids, attention_mask, logits_to_keep, batch_size=None, **kwargs):
        """As TRL's `_get_per_token_logps_and_entropies`, without the columns that are padding in every row of a chunk.

        Args:
            input_ids, attention_mask: (B, P + C); prompts padded on the left, completions on the right.
            logits_to_keep: C.

        Returns:
            Log-probs (B, C), entropies (B, C) or None, auxiliary loss or None; zero where a column was trimmed.
        """
        prompt_width = input_ids.size(1) - logits_to_keep
        prompt_lengths = attention_mask[:, :prompt_width].sum(1)  # (B,)
        lengths = attention_mask[:, prompt_width:].sum(1)  # (B,)
        # One chunk is one micro-batch that carries a gradient; several are the old or the reference policy's log-probs.
        order, sizes = torch.arange(len(input_ids), device=input_ids.device), [len(input_ids)]
        if batch_size is not None and batch_size < len(input_ids):
            order = torch.argsort(lengths, stable=True)
            sizes = sizes_of_least_padding(lengths[order] + prompt_lengths.max(), math.ceil(len(order) / batch_size))
        results = []
        for rows in order.split(sizes):
            width = max(1, int(lengths[rows].max()))
            columns = slice(prompt_width - int(prompt_lengths[rows].max()), prompt_width + width)
            result = super()._get_per_token_logps_and_entropies(
                model, input_ids[rows, columns], attention_mask[rows, columns], width, **kwargs
            )
            results.append([pad(x, (0, logits_to_keep - width)) if x is not None else None for x in result[:2]])
            results[-1].append(result[2])
        back = torch.argsort(order)
        logps, entropies, aux_losses = zip(*results, strict=True)
        entropy = torch.cat(entropies)[back] if entropies[0] is not None else None
        aux_loss = torch.stack(aux_losses).mean() if aux_losses[0] is not None else None
        return torch.cat(logps)[back], entropy, aux_loss

    # -----------------------------------------------------------------------------------------------------------------
    # Optimizer, schedule, skipped updates
    # -----------------------------------------------------------------------------------------------------------------

    def get_decay_parameter_names(self, model) -> list[str]:
        if self.recipe.decay_all_parameters:
            return [name for name, _ in model.named_parameters()]
        return super().get_decay_parameter_names(model)

    def create_scheduler(self, num_training_steps: int, optimizer=None):
        scheduler = super().create_scheduler(num_training_steps, optimizer)
        if self.recipe.schedule_per_rollout:
            steps = self._steps_per_rollout
            scheduler.lr_lambdas = [lambda step, rate=rate: rate(step - step % steps) for rate in scheduler.lr_lambdas]
        return scheduler

    @costs_as("evaluation")
    def evaluate(self, *args, **kwargs) -> dict[str, float]:
        before = self._snapshot()
        try:
            metrics = super().evaluate(*args, **kwargs)
        except RewardFailed:  # the step it follows is saved after it
            self._go_back(before)
            self._save_checkpoint(self.model, trial=None)
            raise
        _set_random(before)  # training is the same with and without it
        return metrics

    def training_step(self, model, inputs, num_items_in_batch) -> torch.Tensor:
        loss = super().training_step(model, inputs, num_items_in_batch)
        self._window_loss += loss.detach()
        return loss

    def _get_grad_norm(self, model, grad_norm=None):
        """Drop the gradients of a step that must not be taken: the optimizer then leaves weights and state alone.

        verl's fork does the same with `max_grad_norm=5.0` (its `grad_clip` of 1.0 is the clipping).
        """
        grad_norm = super()._get_grad_norm(model, grad_norm)
        norm = grad_norm.full_tensor() if hasattr(grad_norm, "full_tensor") else grad_norm  # FSDP2
        loss = self.accelerator.reduce(self._window_loss, reduction="sum")
        self._window_loss = torch.zeros_like(self._window_loss)
        self.costs.trained += int(self.accelerator.reduce(self._window_tokens, reduction="sum"))
        self._window_tokens = torch.zeros_like(self._window_tokens)
        limit = self.recipe.skip_update_norm or math.inf
        skip = not (math.isfinite(norm) and math.isfinite(loss) and norm <= limit)
        if skip and self.is_deepspeed_enabled:
            raise InputError(
                f"step {self.state.global_step + 1}: gradient norm {float(norm):.3g}, loss {float(loss):.3g}, and "
                f"DeepSpeed has taken the step already; continue from a checkpoint in {self.args.output_dir}"
            )
        if skip:
            model.zero_grad(set_to_none=True)
            self._skipped += 1
        self._skipped_in_a_row = self._skipped_in_a_row + 1 if skip else 0
        self._metrics["train"]["skipped_update"].append(float(skip))
        self._metrics["train"]["skipped_updates"] = [float(self._skipped)]
        if self._skipped_in_a_row >= self.recipe.max_skipped_updates:
            self.stop_reason = (
                f"step {self.state.global_step + 1}: {self._skipped_in_a_row} updates in a row were skipped (the last: "
                f"gradient norm {float(norm):.3g}, loss {float(loss):.3g}, --skip_update_norm {limit:g}); a checkpoint "
                f"is saved in {self.args.output_dir}. If the norms are finite, continue with --resume_from_checkpoint "
                "true and a larger --skip_update_norm; for another --learning_rate start a new run from its weights "
                "with --model_name_or_path"
            )
            self.control.should_save = self.control.should_training_stop = True
        return grad_norm

    # -----------------------------------------------------------------------------------------------------------------
    # Checkpoints
    # -----------------------------------------------------------------------------------------------------------------

    @costs_as("saving")
    def _save_checkpoint(self, model, trial) -> None:
        super()._save_checkpoint(model, trial)
        if self.accelerator.is_main_process:
            self._history.write(Path(self.args.output_dir) / "prompt_history.parquet")

    def _own_state(self) -> dict:
        phase = self._step % (self.args.steps_per_generation * self.num_iterations)
        return super()._own_state() | {
            "stream": self._stream,
            "golds": self._golds,
            "rows": len(self.train_dataset),
            "batch": self._batch_layout(),
            "phase": phase,  # micro-steps into the rollout batch
            "prompts_drawn": self._prompts_drawn,
            "prompts_skipped": self._prompts_skipped,
            "history": self._history.state(),
            "draw_size": (self._draw_size.drawn, self._draw_size.kept),
            "carried": [asdict(group) for group in self._carried],
            "carried_by_all": self._total(len(self._carried)),
            "buffered_inputs": self._buffered_inputs if phase else None,
            "skipped": (self._skipped, self._skipped_in_a_row),
            "watch": self.watch.state(),
            "costs": self.costs.state(),
        }

    def _batch_layout(self) -> dict[str, int]:
        names = ("num_generations", "per_device_train_batch_size", "gradient_accumulation_steps")
        names += ("steps_per_generation", "num_iterations")
        return {"processes": self.accelerator.num_processes, **{name: getattr(self.args, name) for name in names}}

    def _restore(self, checkpoint: str, state: dict) -> None:
        """Raises:
        InputError: the checkpoint is of another data set or seed, or stands within a rollout batch whose layout
            differs from this run's.
        """
        if state["stream"]["prompts"] != self._stream["prompts"]:
            raise InputError(
                f"{checkpoint} was made with other prompts ({state['rows']} then, {len(self.train_dataset)} now): the "
                "data set, its filters or --prompt_preset changed; continue as it was, or start anew from its weights"
            )
        if state.get("golds", self._golds) != self._golds:
            raise InputError(
                f"{checkpoint} was made with other golds for the same prompts: the data set or --answer_column changed"
            )
        self._refuse_changes(checkpoint, state["stream"], self._stream)
        if state["phase"] or state["carried_by_all"]:
            self._refuse_changes(checkpoint, state["batch"], self._batch_layout())
        self._step, self._prompts_drawn = state["phase"], state["prompts_drawn"]
        if "history" in state:  # absent from checkpoints of before it was kept
            self._history.restore(state["history"])
            self._draw_size.drawn, self._draw_size.kept = state["draw_size"]
            self._prompts_skipped = state["prompts_skipped"]
        if "costs" in state:
            self.costs.restore(state["costs"])
        self._carried = [Group(**group) for group in state["carried"]]
        device = self.accelerator.device
        self._buffered_inputs = state["buffered_inputs"] and [
            {name: x.to(device) if x is not None else None for name, x in micro_batch.items()}
            for micro_batch in state["buffered_inputs"]
        ]
        self._skipped, in_a_row = state["skipped"]
        self._skipped_in_a_row = in_a_row if in_a_row < self.recipe.max_skipped_updates else 0
        self.watch.restore(state.get("watch", {}))
        if self.accelerator.is_main_process:
            self._forget_rollouts()
        super()._restore(checkpoint, state)

    def _finalize_training(self, *args):
        if self.accelerator.is_main_process:
            self._history.write(Path(self.args.output_dir) / "prompt_history.parquet")
        return super()._finalize_training(*args)

    def _refuse_changes(self, checkpoint: str, then: dict, now: dict) -> None:
        changed = [f"{name} {then[name]} (now {now[name]})" for name in now if then.get(name) != now[name]]
        if changed:
            raise InputError(
                f"{checkpoint} was made with {', '.join(changed)}: continue as it was, or start a new run from its "
                "weights with --model_name_or_path"
            )


def sort_by_length(micro_batches: list[dict], even: bool) -> list[dict]:
    """Cut micro-batches of equal size anew, in order of completion length.

    Args:
        micro_batches: dicts of tensors (b, ...), or scalars that all of them share.
        even: keep b rows in each; otherwise as many as give the least padding.

    Returns:
        As many micro-batches.
    """
    completions, prompts = (
        torch.cat([each[name] for each in micro_batches]).sum(1) for name in ("completion_mask", "prompt_mask")
    )
    order = torch.argsort(completions, stable=True)
    sizes = [len(order) // len(micro_batches)] * len(micro_batches)
    if not even:
        sizes = sizes_of_least_padding(completions[order] + prompts.max(), len(micro_batches))

    def regroup(values: list) -> list:
        if values[0] is None or values[0].ndim == 0:
            return values
        return list(torch.cat(values)[order].split(sizes))

    columns = {name: regroup([each[name] for each in micro_batches]) for name in micro_batches[0]}
    return [{name: values[i] for name, values in columns.items()} for i in range(len(micro_batches))]


def sizes_of_least_padding(lengths: torch.Tensor, count: int) -> list[int]:
    """How many rows each of `count` batches takes, so that together they have the fewest tokens, padding included.

    No batch has more than one of equal size and of the longest row would, so the memory's peak stays where it was.

    Args:
        lengths: (B,), ascending; a batch is as wide as its last row.
    """
    rows = len(lengths)
    if count >= rows:
        return [1] * rows
    widths, most = lengths.cpu().float(), math.ceil(rows / count) * int(lengths[-1])
    ends = torch.arange(1, rows + 1)
    tokens = (ends[:, None] - torch.arange(rows)) * widths[:, None]  # (last row, first row) of a batch
    tokens[(tokens <= 0) | (tokens > most)] = math.inf
    best, firsts = tokens[:, 0], []
    for _ in range(count - 1):  # best[j]: the fewest tokens of the rows up to j in so many batches
        best, first = (tokens[:, 1:] + best[:-1]).min(1)
        firsts.append(first + 1)
    sizes, end = [], rows
    for first in reversed(firsts):
        sizes.append(end - int(first[end - 1]))
        end -= sizes[-1]
    return [end, *reversed(sizes)]


def _set_random(before: dict) -> None:
    """Set all random generators back; see `DeepMathGRPOTrainer._snapshot`."""
    of_python, of_numpy, of_torch = before["random"]
    random.setstate(of_python)
    numpy.random.set_state(of_numpy)
    torch.set_rng_state(of_torch)
    if before["cuda"]:
        torch.cuda.set_rng_state_all(before["cuda"])


def _accuracy(correctness: torch.Tensor) -> float:
    """Fraction of positive scores; NaN scores (a gold that nobody can understand) do not count."""
    graded = correctness[~correctness.isnan()]
    return (graded > 0).float().mean().item() if len(graded) else math.nan
