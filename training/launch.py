"""`accelerate launch`, with the script's own messages and exit codes.

    python -m training.launch --config_file configs/accelerate/ddp_8gpu.yaml train_grpo.py \
        --config configs/grpo_deepmath_1.5b.yaml

Takes the same flags and files, and starts the same processes. What differs: a mistake is the script's one line, without
the launcher's traceback below it; SIGTERM, SIGUSR1 and Ctrl-C reach every process, which then have the time that their
optimizer step and checkpoint take, not 30 seconds; and the exit code is the script's, 143, 138 or 130 after these.
"""

import logging
import os
import signal
import subprocess
import sys
from types import FrameType

FORWARDED = (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT)
# Their warnings and errors repeat what the processes say themselves, or what is printed here.
REPEAT = ("torch.distributed.elastic.multiprocessing.api", "torch.distributed.elastic.agent.server.api")


def forward(number: int, frame: FrameType | None) -> None:
    """Hand a signal on to the processes; the launcher ends when they do."""
    import psutil

    children = psutil.Process().children()
    if not children:
        sys.exit(128 + number)
    for child in children:
        # a terminal sends Ctrl-C to its whole process group, and a second one would end the script at once
        has_it = number == signal.SIGINT and os.getpgid(child.pid) == os.getpgrp()
        if not has_it:
            os.kill(child.pid, number)


def main(argv: list[str] | None = None) -> None:
    for number in FORWARDED:
        signal.signal(number, forward)
    os.environ["PET_SIGNALS_TO_HANDLE"] = "SIGHUP,SIGQUIT"  # what torch's launcher handles itself
    from accelerate.commands.launch import launch_command, launch_command_parser
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError

    for name in REPEAT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    args = launch_command_parser().parse_args(argv)
    try:
        launch_command(args)
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        leave(failure.exitcode, f"process {rank}")
    except subprocess.CalledProcessError as error:
        leave(error.returncode, "the process")
    except SignalException as error:
        sys.exit(128 + error.sigval)


def leave(exitcode: int, who: str) -> None:
    """Exit with a process's code; one that a signal ended could not say so itself."""
    if exitcode < 0:
        print(f"launch: {who} was ended by {signal.Signals(-exitcode).name}", file=sys.stderr)
    sys.exit(exitcode if exitcode >= 0 else 128 - exitcode)


if __name__ == "__main__":
    main()
