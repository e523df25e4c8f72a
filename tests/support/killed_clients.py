"""`deckstorm apply`, killed at one point of its path.

The engine itself knows nothing of this: each point is a patch that sends SIGKILL to its own process.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from engine.__main__ import apply
from engine.attempts import Attempts
from engine.journal.file import Journal
from engine.journal.records import Answered, CallBegun, Intended, Settled, encode
from engine.wire import transport
from engine.wire.connections import GoogleSlidesConnectionManager

KINDS = {"begun": CallBegun, "intended": Intended, "answered": Answered, "settled": Settled}
POINTS = (
    *(f"{when} {kind}" for kind in KINDS for when in ("before", "within", "after")),
    "after sync",
    "before send",
    "during send",
    "before receive",
    "after receive",
    "before close",
)
"""Where a client can be killed: around and within each line of its journal, its disk's word, and its call."""


class Fuse:
    """Kills the process at its last passage."""

    def __init__(self, passages_count: int) -> None:
        self._left_count = passages_count

    def burn(self) -> None:
        """Pass once."""
        self._left_count -= 1
        if self._left_count == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def at_a_line(fuse: Fuse, when: str, kind: type) -> None:
    """Die before, within or after the write of a record."""
    append = Journal.append

    def dying(self: Journal, record: Any) -> None:  # noqa: ANN401 - any record
        if isinstance(record, kind) and when == "before":
            fuse.burn()
        if isinstance(record, kind) and when == "within":
            _tear(self, record, fuse)
        append(self, record)
        if isinstance(record, kind) and when == "after":
            fuse.burn()

    Journal.append = dying  # type: ignore[method-assign] # that is the sabotage


def _tear(journal: Journal, record: Any, fuse: Fuse) -> None:  # noqa: ANN401 - any record
    line = encode(record)
    size_bytes = os.fstat(journal._descriptor).st_size
    os.write(journal._descriptor, line[: len(line) // 2])
    fuse.burn()
    os.ftruncate(journal._descriptor, size_bytes)


def after_sync(fuse: Fuse) -> None:
    """Die when the disk has the intent and nothing has left."""
    sync = Journal.sync

    async def dying(self: Journal) -> None:
        await sync(self)
        fuse.burn()

    Journal.sync = dying  # type: ignore[method-assign] # that is the sabotage


def around_the_exchange(fuse: Fuse, *, is_after: bool) -> None:
    """Die before anything of a write leaves, or when its answer has arrived and nobody has looked at it."""
    exchange = GoogleSlidesConnectionManager.exchange

    async def dying(self: Any, verb: str, url: str, **known: Any) -> Any:  # noqa: ANN401 - as the original
        is_write = url.endswith(":batchUpdate")
        if is_write and not is_after:
            fuse.burn()
        answer = await exchange(self, verb, url, **known)
        if is_write and is_after:
            fuse.burn()
        return answer

    GoogleSlidesConnectionManager.exchange = dying  # type: ignore[method-assign] # that is the sabotage


def during_send(fuse: Fuse) -> None:
    """Die when a write begins to leave."""
    on_sent = Attempts._on_sent

    def dying(self: Attempts, record: Any, admission: Any) -> None:  # noqa: ANN401 - as the original
        on_sent(self, record, admission)
        if record.errand.is_in_doubt:
            fuse.burn()

    Attempts._on_sent = dying  # type: ignore[method-assign] # that is the sabotage


def after_receive(fuse: Fuse) -> None:
    """Die when the answer to a write was understood and not yet noted."""
    read_reply = transport.read_reply

    def dying(*args: Any, **known: Any) -> Any:  # noqa: ANN401 - as the original
        reply = read_reply(*args, **known)
        if "replies" in reply:
            fuse.burn()
        return reply

    transport.read_reply = dying  # type: ignore[attr-defined] # that is the sabotage


def before_close(fuse: Fuse) -> None:
    """Die when all is done and only the report is missing."""

    def dying(_: Journal) -> None:
        fuse.burn()

    Journal.close = dying  # type: ignore[method-assign] # that is the sabotage


PLANS: dict[str, Callable[[Fuse], None]] = {
    "after sync": after_sync,
    "before send": lambda fuse: around_the_exchange(fuse, is_after=False),
    "during send": during_send,
    "before receive": lambda fuse: around_the_exchange(fuse, is_after=True),
    "after receive": after_receive,
    "before close": before_close,
}


def apply_until(point: str, number: int, arguments: list[str]) -> None:
    """Run the command in this process until it passes a point for the time of that number, from 1."""
    fuse = Fuse(number)
    if point in PLANS:
        PLANS[point](fuse)
    else:
        when, kind = point.split()
        at_a_line(fuse, when, KINDS[kind])
    apply(arguments)
