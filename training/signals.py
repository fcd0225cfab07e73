"""What ends a run early, and still leaves a checkpoint that continues it exactly: SIGTERM, SIGUSR1, Ctrl-C.

A scheduler sends SIGTERM before it takes the machine away, or SIGUSR1 some minutes before the time limit (Slurm's
`--signal`); a user presses Ctrl-C. The optimizer step is finished first: nothing saved within a step could go on as if
it had not been cut. transformers' own `enable_jit_checkpoint` saves within the step.
"""

import contextlib
import ctypes
import os
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

from accelerate.utils import gather_object
from transformers import Trainer
from transformers.trainer_callback import TrainerCallback

from cli import say

PR_SET_PDEATHSIG = 1  # of prctl(2): the signal that the kernel sends when the parent is gone
SIGNALS = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)


class StopAtSignal(TrainerCallback):
    """Ends training after the optimizer step in which one of SIGNALS came, with a checkpoint.

    The processes agree at the end of every step, so it does not matter which of them the signal reached. A second
    Ctrl-C ends the process at once; a second SIGTERM changes nothing: launcher and scheduler may both send one.
    """

    def __init__(self, trainer: Trainer):
        self.trainer = trainer
        self.received = 0  # by this process
        self.agreed = 0  # by all
        self.before: dict = {}

    def __enter__(self) -> "StopAtSignal":
        self.trainer.add_callback(self)
        if "TORCHELASTIC_RUN_ID" in os.environ and sys.platform == "linux":
            # A launcher that is killed, or ended by SIGUSR1, leaves its processes training: as if it had sent SIGTERM.
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
        self.before = {each: signal.signal(each, self._note) for each in SIGNALS}
        return self

    def __exit__(self, *_) -> None:
        for each, handler in self.before.items():  # once asked to end, what is left to do takes no time
            signal.signal(each, signal.SIG_IGN if self.agreed else handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.received and signal.SIGINT in (number, self.received):
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        elif not self.received:
            self.received = number
            if self.trainer.is_world_process_zero():  # not print(): the signal may have come within one
                name = signal.Signals(number).name
                os.write(2, f"\n{name}: ends with a checkpoint after this step; Ctrl-C ends it at once\n".encode())

    def on_step_end(self, args, state, control, **kwargs):
        self.agreed = max(gather_object([self.received]))
        if self.agreed:
            args.save_only_model = False  # from the weights alone nothing could continue
            control.should_save = control.should_training_stop = True

    def leave_if_asked(self) -> None:
        """After training: end the process with 128 + the signal's number, if it was the signal that ended training."""
        if not self.agreed:
            return
        step, folder = self.trainer.state.global_step, self.trainer.args.output_dir
        self.trainer.accelerator.wait_for_everyone()  # until the main process has written the last file
        say(
            f"{signal.Signals(self.agreed).name}: stopped after step {step}, all of it is in {folder}/checkpoint-{step}"
        )
        say(f"continue: {continue_command()}")
        sys.exit(128 + self.agreed)


def train(trainer: Trainer, checkpoint: str | None) -> None:
    """Train to the end; where a signal ended it before, print how to continue and exit with 128 + its number."""
    with StopAtSignal(trainer) as stop:
        trainer.train(resume_from_checkpoint=checkpoint)
    stop.leave_if_asked()


def continue_command() -> str:
    """The command line of this run, its launcher included, with `--resume_from_checkpoint true`."""
    words, skip = [], False
    for word in sys.argv[1:]:
        skip, dropped = word == "--resume_from_checkpoint", skip or word.startswith("--resume_from_checkpoint")
        if not dropped:
            words.append(word)
    launcher = ["python"]
    if "TORCHELASTIC_RUN_ID" in os.environ:
        launcher = ["accelerate", "launch"]
        with contextlib.suppress(OSError, ValueError):  # no /proc, or a parent that is no launcher of this script
            parent = Path(f"/proc/{os.getppid()}/cmdline").read_bytes().decode().split("\0")
            launcher = parent[: parent.index(sys.argv[0])]
            launcher[:1] = ["python"] if launcher[1:2] == ["-m"] else []
            launcher[:1] = [Path(launcher[0]).name]
    return shlex.join([*launcher, sys.argv[0], *words, "--resume_from_checkpoint", "true"])
