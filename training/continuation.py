"""What both trainers add to transformers' checkpoints: they are written whole or not at all, and continue exactly.

A mixin before TRL's trainer class. transformers forgets the running sums of the next log at a checkpoint, writes over
an earlier one of the same step, goes on with the learning rate and the intervals of the checkpoint whatever today's
are, and deletes old ones by their time of writing.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate.utils import gather_object
from safetensors import SafetensorError
from torch.optim.lr_scheduler import LambdaLR
from transformers.trainer_callback import TrainerCallback
from transformers.trainer_utils import rotate_checkpoints

from cli import InputError
from training.checkpoints import RUN_FILE, is_whole_checkpoint

# torch.load does not know "cpu:0", as accelerate calls the CPU of a run of several processes.
torch.serialization.register_package(
    50, lambda storage: None, lambda storage, location: storage if location.startswith("cpu:") else None
)


class ContinuableTrainer:
    """Mixin: checkpoints that are whole, of which the continued run ends as the uninterrupted one would have.

    Attributes:
        run_settings: of this run (see `checkpoints.run_settings`), stored with every checkpoint.
        STATE_FILE: beginning of the name of the file that each process keeps its own state in.
    """

    STATE_FILE = "log_state"
    run_settings: dict | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._unlogged: dict | None = None  # of the checkpoint that this run continues from
        self.add_callback(_LogsGoOn(self))

    # -----------------------------------------------------------------------------------------------------------------
    # Save
    # -----------------------------------------------------------------------------------------------------------------

    def _save_checkpoint(self, model, trial) -> None:
        """As transformers', and an earlier checkpoint of the same step stays until the new one is whole.

        Raises:
            InputError: on every process, when one could not write.
        """
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        replaced = folder.with_name(f"replaced-{folder.name}")
        if self.accelerator.is_main_process and folder.exists():
            if is_whole_checkpoint(folder):  # resume_point finds it under this name
                shutil.rmtree(replaced, ignore_errors=True)
                folder.rename(replaced)
            else:
                shutil.rmtree(folder)
        self.accelerator.wait_for_everyone()
        limit, self.args.save_total_limit = self.args.save_total_limit, None  # transformers deletes by time of writing
        failure = None
        try:
            with writing(folder):
                super()._save_checkpoint(model, trial)
        except CannotWrite as error:
            shutil.rmtree(folder, ignore_errors=True)
            failure = error
        finally:
            self.args.save_total_limit = limit
        self._agree_on(failure)
        if self.accelerator.is_main_process:
            shutil.rmtree(replaced, ignore_errors=True)
            best = self.state.best_model_checkpoint
            rotate_checkpoints(self.args.output_dir, save_total_limit=limit, best_model_checkpoint=best)

    def _save_rng_state(self, output_dir: str) -> None:
        """Called for every process before the main one writes trainer_state.json, which makes a checkpoint whole."""
        super()._save_rng_state(output_dir)
        if self.accelerator.is_main_process and self.run_settings is not None:
            (Path(output_dir) / RUN_FILE).write_text(json.dumps(self.run_settings, indent=1), encoding="utf-8")
        torch.save(self._own_state(), Path(output_dir) / f"{self.STATE_FILE}_{self.args.process_index}.pt")
        self._agree_on(None)

    def _agree_on(self, failure: Exception | None) -> None:
        """Raise on every process what one could not write; a process alone would leave the others waiting."""
        reasons = [reason for reason in gather_object([str(failure or "")]) if reason]
        if reasons:
            raise InputError(reasons[0])

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        with writing(Path(output_dir or self.args.output_dir)):
            super().save_model(output_dir, _internal_call)

    def _own_state(self) -> dict:
        """What this process has to keep beside transformers' checkpoint; see `_restore`."""
        return {
            "metrics": dict(self._metrics["train"]),
            "total_train_tokens": self._total_train_tokens,
            "unlogged_loss": (self._tr_loss.item(), self._total_loss_scalar, self._globalstep_last_logged),
        }

    # -----------------------------------------------------------------------------------------------------------------
    # Continue
    # -----------------------------------------------------------------------------------------------------------------

    def _init_training_state(self, max_steps, *args):
        result = super()._init_training_state(max_steps, *args)
        self.state.compute_steps(self.args, max_steps)  # today's intervals, not those of the checkpoint
        return result

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        """Also restore what `_save_rng_state` wrote, and keep today's learning rate and schedule.

        Raises:
            InputError: the checkpoint is of another script, or was saved without what a continuation needs.
        """
        scheduler = getattr(self.lr_scheduler, "scheduler", self.lr_scheduler)
        rates = list(scheduler.base_lrs) if isinstance(scheduler, LambdaLR) else None
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint is None:
            return
        if rates:
            scheduler.base_lrs = rates
            for group, base, factor in zip(self.optimizer.param_groups, rates, scheduler.lr_lambdas, strict=True):
                group["initial_lr"], group["lr"] = base, base * factor(scheduler.last_epoch)
            scheduler._last_lr = [group["lr"] for group in self.optimizer.param_groups]
        paths = [Path(checkpoint) / f"{self.STATE_FILE}_{rank}.pt" for rank in (self.args.process_index, 0)]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            raise InputError(
                f"{checkpoint} holds no {paths[1].name}: made by another script, or saved with --save_only_model true"
            )
        self._restore(checkpoint, torch.load(path, map_location="cpu", weights_only=True))

    def _restore(self, checkpoint: str, state: dict) -> None:
        """Take over what `_own_state` kept; the running loss waits until `Trainer` has reset it."""
        self._metrics["train"].update(state["metrics"])
        self._total_train_tokens = state.get("total_train_tokens", self._total_train_tokens)
        self._unlogged = state["unlogged_loss"]


class _LogsGoOn(TrainerCallback):
    """Continue the running sums of the log that the checkpoint cut, once `Trainer` has set them to zero."""

    def __init__(self, trainer):
        self.trainer = trainer

    def on_train_begin(self, args, state, control, **kwargs):
        trainer = self.trainer
        if trainer._unlogged is not None:
            trainer._tr_loss += trainer._unlogged[0]
            trainer._total_loss_scalar, trainer._globalstep_last_logged = trainer._unlogged[1:]
            trainer._unlogged = None
            trainer.model.train()  # where no step is left, TRL would take the last log for one of an evaluation


# ---------------------------------------------------------------------------------------------------------------------
# Write
# ---------------------------------------------------------------------------------------------------------------------


class CannotWrite(InputError):
    """A full disk, a lost mount, a folder without permission."""


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """One line instead of the traceback of a full disk.

    Raises:
        CannotWrite: names the folder, the reason, the room left there and what to do.
    """
    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno is None:  # an HTTP error of the hub
            raise
        if isinstance(error, RuntimeError) and "PytorchStreamWriter" not in str(error):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error).splitlines()[0]
        there = next(path for path in (folder, *folder.absolute().parents) if os.path.isdir(path))
        raise CannotWrite(
            f"{folder} could not be written: {reason} ({shutil.disk_usage(there).free / 1e9:.1f} GB free there); make "
            "room, and continue from the last whole checkpoint with --resume_from_checkpoint true"
        ) from error
