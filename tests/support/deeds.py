"""What workers are asked to do in tests; a worker knows functions by the names of their modules."""

import os
import signal
import sys


def double(number: int) -> int:
    """Return twice the number."""
    return 2 * number


def process_id(_: object = None) -> int:
    """Return who computes."""
    return os.getpid()


def process_id_or_wait(item: int) -> int:
    """Return who computes for 0, and never return for anything else."""
    if item:
        signal.pause()
    return os.getpid()


def wait_forever() -> None:
    """Never return."""
    signal.pause()


def fail_at_three(number: int) -> int:
    """Return the number, unless it is three."""
    if number == 3:
        raise ValueError("three is one too many")
    return number


def die_by(number: signal.Signals) -> None:
    """End the process by a signal."""
    os.kill(os.getpid(), number)


def die_if_odd(number: int) -> int:
    """Return twice an even number, and die of an odd one."""
    if number % 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def complain_and_exit(text: str, status: int) -> None:
    """End the process with words."""
    sys.stderr.write(text)
    sys.stderr.flush()
    os._exit(status)


def stop_answering() -> None:
    """Close the pipe that answers go to, and live on."""
    os.close(1)
    signal.pause()


def die_of_a_setting(*_: object) -> None:
    """End the process by a signal, whatever is to be run."""
    os.kill(os.getpid(), signal.SIGKILL)
