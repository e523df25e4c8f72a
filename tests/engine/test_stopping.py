"""What signals do; in real processes: tests/engine/test_main.py."""

import asyncio
import signal
import threading

import pytest

from engine.errors import EngineClosed
from engine.stopping import LastResort, Stop, heeding_signals
from tests.support.engines import DECK, pretend_engine
from tests.support.manual_clock import ManualClock, quiet
from tests.support.pretend_slides import PretendSlides

TEXTS = {"s1": "{{a}}", "s2": "{{a}}"}


class _Stopped:
    """A call whose first write is under way when signals come."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        slides = PretendSlides(TEXTS, clock=self.clock)
        slides.delays_seconds = [20.0]
        self.engine = pretend_engine(slides, self.clock, batch_strategy="per_slide")
        self.told: list[str] = []
        self.exit_codes: list[int] = []
        self.stop = Stop(self.engine, 25.0, self.told.append, lambda: "fates", end=self.exit_codes.append)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_drains_the_engine(number: signal.Signals) -> None:
    """The block goes on and ends by itself, with a report."""
    stopped = _Stopped()

    async with heeding_signals(stopped.stop):
        call = asyncio.create_task(stopped.engine.replace_text(DECK, {"{{a}}": "Ada"}))
        await stopped.clock.advance(1.0)
        signal.raise_signal(number)
        await stopped.clock.advance(30.0)
        report = await call

    assert stopped.stop.was_called
    assert [operation.fate for operation in report.operations] == ["applied", "not_sent"]
    assert isinstance(report.operations[1].error, EngineClosed)
    assert len(stopped.told) == 1
    assert "25 s" in stopped.told[0]
    assert stopped.exit_codes == []


async def test_a_second_signal_ends_the_process() -> None:
    """Of whichever kind, and without a word more than what is known."""
    stopped = _Stopped()

    async with heeding_signals(stopped.stop):
        signal.raise_signal(signal.SIGINT)
        await quiet()
        signal.raise_signal(signal.SIGTERM)
        await quiet()

    assert stopped.exit_codes == [130]
    assert stopped.told[1] == "SIGTERM again: stopped at once; fates"


def test_a_process_that_does_not_come_to_its_end_is_ended() -> None:
    """Python waits for a thread that waits for a name server, and no supervisor waits for either."""
    told, ended = list[str](), threading.Event()
    codes: list[int] = []

    with LastResort(0.0, told.append, end=lambda code: (codes.append(code), ended.set())) as last_resort:
        last_resort.prepare()
        ended.wait()

    assert codes == [130]
    assert told == ["something would not end in time; stopped at once"]


@pytest.mark.parametrize("is_prepared", [True, False])
def test_a_process_that_comes_to_its_end_is_left_alone(*, is_prepared: bool) -> None:
    """Whatever runs in this process afterwards must not be ended for it."""
    with LastResort(3_600.0, pytest.fail, end=pytest.fail) as last_resort:
        if is_prepared:
            last_resort.prepare()

        timer = last_resort._timer
    if is_prepared:
        timer.join()
    assert not timer.is_alive()


async def test_the_first_signal_lets_the_last_resort_begin() -> None:
    """From there on the supervisor counts, too."""
    stopped = _Stopped()
    began: list[str] = []
    stopped.stop.on_first = lambda: began.append("began")

    async with heeding_signals(stopped.stop):
        signal.raise_signal(signal.SIGTERM)
        await quiet()
        signal.raise_signal(signal.SIGTERM)
        await quiet()

    assert began == ["began"]


async def test_signals_are_given_back_afterwards() -> None:
    """Whatever comes after the run is interrupted as any program is."""
    stopped = _Stopped()
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async with heeding_signals(stopped.stop):
        pass

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
    assert not stopped.stop.was_called


async def test_a_signal_that_is_handled_in_c_is_left_to_whoever_handles_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python says None of such a handler, and cannot put it back: an embedding program would lose it."""
    stopped, getsignal = _Stopped(), signal.getsignal
    before = getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        signal, "getsignal", lambda number: None if number == signal.SIGTERM else getsignal(number)
    )

    async with heeding_signals(stopped.stop):
        held = getsignal(signal.SIGTERM)

    assert held is getsignal(signal.SIGTERM) is before


async def test_elsewhere_than_in_the_main_thread_there_are_no_signals_to_heed() -> None:
    """A service that runs the command in a thread keeps its own."""

    async def run() -> bool:
        async with heeding_signals(_Stopped().stop):
            return True

    assert await asyncio.to_thread(asyncio.run, run())
