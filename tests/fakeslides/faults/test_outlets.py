import asyncio

from fakeslides.faults.outlets import PacedOutlet, Void
from tests.support.manual_clock import ManualClock, quiet


class Sink:
    """Remembers what reaches it."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def write(self, data: bytes) -> None:
        """Note it."""
        self.events.append(data)

    def write_eof(self) -> None:
        """Note it."""
        self.events.append("eof")

    def close(self) -> None:
        """Note it."""
        self.events.append("close")

    def abort(self) -> None:
        """Note it."""
        self.events.append("abort")


async def test_pieces_leave_one_after_the_other_with_a_pause_between() -> None:
    """That is all a slow network is to its user."""
    sink, clock = Sink(), ManualClock()
    outlet = PacedOutlet(sink, clock, piece_bytes=2, pause_seconds=1.0)

    outlet.write(b"abc")
    outlet.write(b"de")
    await quiet()
    at_once = list(sink.events)
    await clock.advance(1.0)
    after_a_second = list(sink.events)
    await clock.advance(5.0)

    assert at_once == [b"ab"]
    assert after_a_second == [b"ab", b"cd"]
    assert sink.events == [b"ab", b"cd", b"e"]


async def test_closing_waits_for_the_last_piece() -> None:
    """A server that closes after its answer must not cut it."""
    sink, clock = Sink(), ManualClock()
    outlet = PacedOutlet(sink, clock, 1, 1.0)

    outlet.write(b"ab")
    outlet.close()
    await clock.advance(10.0)

    assert sink.events == [b"a", b"b", "close"]


async def test_closing_with_nothing_left_closes_at_once() -> None:
    """There is nobody to wait for."""
    sink = Sink()

    PacedOutlet(sink, ManualClock(), 1, 1.0).close()

    assert sink.events == ["close"]


async def test_fin_waits_for_the_last_piece() -> None:
    """On a slow line as on a quick one, close_notify and alerts come before the end."""
    sink, clock = Sink(), ManualClock()
    outlet = PacedOutlet(sink, clock, 1, 1.0)

    outlet.write(b"ab")
    outlet.write_eof()
    await clock.advance(10.0)

    assert sink.events == [b"a", b"b", "eof"]


async def test_fin_comes_at_once_with_nothing_left() -> None:
    """There is nothing that it could cut."""
    sink = Sink()

    PacedOutlet(sink, ManualClock(), 1, 1.0).write_eof()

    assert sink.events == ["eof"]


async def test_aborting_drops_the_rest_and_leaves_no_task() -> None:
    """A client that left must not be written to for hours."""
    sink, clock, tasks = Sink(), ManualClock(), asyncio.all_tasks()
    outlet = PacedOutlet(sink, clock, 1, 1.0)

    outlet.write(b"ab")
    await quiet()
    outlet.abort()
    await quiet()

    assert sink.events == [b"a", "abort"]
    assert asyncio.all_tasks() == tasks


def test_a_void_swallows_everything() -> None:
    """Not even an end comes out of a black hole."""
    void = Void()

    void.write(b"x")
    void.write_eof()
    void.close()
    void.abort()
