"""What SIGTERM and Ctrl-C do to a command: the first drains the engine, the second ends the process."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from engine.client import SlidesEngine
from engine.exit_codes import INTERRUPTED

SIGNALS = (signal.SIGINT, signal.SIGTERM)
CLOSING_SECONDS = 4.0
"""What may pass from the end of draining to the end of the process."""


class LastResort:
    """Ends the process if it has not come to its end some time after a signal, as a context manager.

    Draining has a bound, but Python waits for its threads as well, and one that asks a name server which
    does not answer may take longer than a supervisor is patient.

    Args:
        seconds: after the signal.
        tell: given a line for whoever sent it.
        end: ends the process at once.
    """

    def __init__(
        self, seconds: float, tell: Callable[[str], None], end: Callable[[int], None] = os._exit
    ) -> None:
        self._tell, self._end = tell, end
        self._timer = threading.Timer(seconds, self._come_to_it)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def prepare(self) -> None:
        """Let the time run from now on."""
        self._timer.start()

    def _come_to_it(self) -> None:
        self._tell("something would not end in time; stopped at once")
        self._end(INTERRUPTED)


@dataclass(slots=True)
class Stop:
    """Whether a command was told to stop.

    Attributes:
        engine: drained at the first signal.
        drain_seconds: the longest that may take.
        tell: given a line for whoever sent the signal.
        fates: asked at the second signal for what is known by then.
        on_first: called at the first signal.
        end: ends the process at once.
        was_called: there was a signal.
    """

    engine: SlidesEngine
    drain_seconds: float
    tell: Callable[[str], None]
    fates: Callable[[], str]
    on_first: Callable[[], None] = lambda: None
    end: Callable[[int], None] = os._exit
    was_called: bool = False
    _drains: list[asyncio.Task[None]] = field(default_factory=list)

    def call(self, number: signal.Signals) -> None:
        """Take a signal."""
        if self.was_called:
            self.tell(f"{number.name} again: stopped at once; {self.fates()}")
            self.end(INTERRUPTED)  # no goodbyes, which take their time; a journal knows what is in doubt
            return
        self.was_called = True
        self.on_first()
        self.tell(
            f"{number.name}: nothing more is sent; what was sent has {self.drain_seconds:g} s to be answered,"
            " or until a second signal"
        )
        self._drains.append(asyncio.create_task(self.engine.drain(self.drain_seconds)))

    async def ended(self) -> None:
        """Wait until the engine is drained, if it was to be."""
        await asyncio.gather(*self._drains)


@asynccontextmanager
async def heeding_signals(stop: Stop) -> AsyncIterator[None]:
    """Let signals call `stop` while the block runs, where this thread can heed them.

    Event loops of Windows have no signals, nor has any thread but the main one.  There an interrupt is a
    `KeyboardInterrupt`, as ever.  A signal that an embedding program handles in C is left to it, since Python
    could not give it back.
    """
    is_heeded = os.name == "posix" and threading.current_thread() is threading.main_thread()
    loop = asyncio.get_running_loop()
    handlers = {number: signal.getsignal(number) for number in SIGNALS if is_heeded}
    before = {number: handler for number, handler in handlers.items() if handler is not None}
    for number in before:
        loop.add_signal_handler(number, stop.call, number)
    try:
        yield
    finally:
        await stop.ended()
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
