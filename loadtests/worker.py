"""A process that computes what it is asked, one thing after the other: `python -m loadtests.worker`.

Questions come on standard input and answers go to standard output, each a pickle behind its length: a
question is a function with its arguments, an answer what it returned and what it raised.
"""

import pickle
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

from loadtests.simulation.garbage import collections_postponed, get_ready

LENGTH = struct.Struct("!Q")

Question = tuple[Callable[..., Any], tuple[Any, ...]]
Answer = tuple[Any, Exception | None]


class Unspeakable(Exception):
    """What was returned or raised cannot be sent from one process to another; the text says what it was."""


def packed(message: Question | Answer) -> bytes:
    """Return a message as it is sent."""
    body = pickle.dumps(message)
    return LENGTH.pack(len(body)) + body


def answer_all(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until no more is asked."""
    while head := questions.read(LENGTH.size):
        with collections_postponed():  # until nothing is left of a world but the answer
            answer = _answer(questions.read(LENGTH.unpack(head)[0]))
        answers.write(answer)
        answers.flush()


def _answer(question: bytes) -> bytes:
    try:
        function, arguments = pickle.loads(question)  # noqa: S301 - from our parent
        return packed((function(*arguments), None))
    except Exception as error:  # noqa: BLE001 - whoever asked is to have it
        return _refusal(error)


def _refusal(error: Exception) -> bytes:
    text = "".join(traceback.format_exception(error))
    error.add_note(f"In the worker process:\n{text}")
    message = None, error
    try:
        refusal = packed(message)
        pickle.loads(refusal[LENGTH.size :])  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - many an exception can be made only where all its arguments are at hand
        return packed((None, Unspeakable(text)))
    return refusal


def main() -> None:
    """Answer on standard output, which nobody else may write to; Ctrl-C is the parent's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    get_ready()
    answer_all(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
