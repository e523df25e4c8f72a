"""A fake on a thread of its own, for tests of clients that wait for their answers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides

_PATIENCE_SECONDS = 20


@contextmanager
def served_fake(scenario: Scenario | None = None) -> Iterator[FakeSlides]:
    """Serve a fake for the length of a `with` block; it may be looked at, but only its ports be spoken to."""
    fake, ready = FakeSlides(scenario), Event()
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()

    async def serve() -> None:
        async with fake:
            ready.set()
            await stopping.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = Thread(target=run)
    thread.start()
    try:
        assert ready.wait(_PATIENCE_SECONDS)
        yield fake
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(_PATIENCE_SECONDS)
