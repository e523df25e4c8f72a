import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from engine.errors import EngineClosed, NotSent, SlidesError
from engine.events import Fate
from engine.results import BatchReport, OperationResult
from fakeslides.decks import workload_decks
from fakeslides.scenario.model import Workload
from loadtests.swarm.callers import Callers
from loadtests.swarm.promises import Encore
from loadtests.swarm.whims import Whims
from tests.support.manual_clock import ManualClock

DECKS = workload_decks(Workload(presentations=3, slides=1, replacements=1), 1)
NAMES = [deck.presentation_id for deck in DECKS]


class Notes:
    """Takes the place of an account."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def write(self, name: str, facts: dict[str, Any]) -> None:
        """Remember it."""
        assert name == "CallRefused"
        self.told.append((facts["presentation_id"], facts["error_text"]))


class Engine:
    """Answers calls as a test says: with a report, an error, or never."""

    def __init__(self, answer: Callable[[str, int], object]) -> None:
        self._answer = answer
        self.calls: list[tuple[str, float]] = []

    async def replace_text(
        self,
        presentation_id: str,
        text_map: object,
        *,
        slide_ids: object = None,
        deadline_seconds: float,
        tenant: object = None,
    ) -> BatchReport:
        """Answer."""
        self.calls.append((presentation_id, deadline_seconds))
        return await self._answered(presentation_id)

    async def resume(self, presentation_id: str, text_map: object, *, deadline_seconds: float) -> BatchReport:
        """Answer."""
        self.calls.append((presentation_id, deadline_seconds))
        return await self._answered(presentation_id)

    async def _answered(self, presentation_id: str) -> BatchReport:
        found = self._answer(presentation_id, len(self.calls))
        if found is None:
            await asyncio.Event().wait()
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, BatchReport)
        return found


def _report(presentation_id: str, fate: Fate = Fate.APPLIED, error: SlidesError | None = None) -> BatchReport:
    result = OperationResult("o", "s1", "a", "b", fate, error, met_open_breaker=False)
    return BatchReport(presentation_id, (result,))


def _callers(engine: Engine, whims: Whims = Whims()) -> Callers:  # noqa: B008 # frozen
    return Callers(engine, DECKS, whims, ManualClock(), Notes())


def _noted(callers: Callers) -> Sequence[tuple[str, str]]:
    assert isinstance(callers.account, Notes)
    return callers.account.told


async def test_everybody_calls_at_once_and_allows_what_they_like() -> None:
    """Who is in no hurry allows what it takes."""
    engine = Engine(lambda name, _: _report(name))
    callers = _callers(engine, Whims(deadlines_seconds={1: 4.0}))

    callers.begin(patience_seconds=900.0)
    late = await callers.end(limit_seconds=10.0)

    assert engine.calls == [(NAMES[0], 900.0), (NAMES[1], 4.0), (NAMES[2], 900.0)]
    assert (late, callers.surprises, _noted(callers)) == ([], [], [])


async def test_a_caller_who_changes_their_mind_and_a_call_that_is_refused_are_noted() -> None:
    """No event of the engine tells of either."""
    engine = Engine(lambda name, _: None if name == NAMES[0] else NotSent("wait"))
    callers = _callers(engine, Whims(cancels_at_seconds={0: 0.0}))

    callers.begin(900.0)
    await callers.end(10.0)

    assert sorted(_noted(callers)) == sorted(
        [(NAMES[0], "cancelled by its caller"), (NAMES[1], "wait"), (NAMES[2], "wait")]
    )
    assert callers.surprises == []


async def test_who_waits_to_come_back_learns_at_once_that_the_engine_is_closed() -> None:
    """A caller asleep for longer than a closed engine's calls may take looked like a call that hangs."""
    begun = SimpleNamespace(presentation_id=NAMES[0], operations=(), is_of_requests=False)
    journal: Any = SimpleNamespace(calls={1: SimpleNamespace(begun=begun)}, unfinished=())
    engine = Engine(lambda _, number: NotSent("wait") if number == 1 else EngineClosed())
    clock = ManualClock()
    whims = Whims(closes_at_seconds=3.0)
    callers = Callers(engine, DECKS[:1], whims, clock, Notes(), journal, began_at_seconds=clock.now())  # type: ignore[arg-type]

    callers.begin(900.0)
    await clock.advance(3.0)

    assert all(task.done() for task in callers.tasks.values())
    assert (engine.calls[-1], callers.surprises) == ((NAMES[0], 897.0), [])


async def test_how_long_each_call_took_beyond_what_it_was_given_is_noted() -> None:
    """A call of which no operation came to be tells of its end by no event."""
    clock = ManualClock()
    engine = Engine(lambda name, _: NotSent("wait") if name == NAMES[0] else None)
    whims = Whims(deadlines_seconds={1: 4.0}, cancels_at_seconds={1: 0.0})
    callers = Callers(engine, DECKS[:2], whims, clock, Notes())  # type: ignore[arg-type]

    callers.begin(900.0)
    await callers.end(10.0)

    assert callers.overtimes_seconds == {NAMES[0]: -900.0, NAMES[1]: -4.0}


async def test_an_error_of_no_known_kind_is_a_surprise() -> None:
    """Callers were promised the engine's own."""
    engine = Engine(lambda name, _: KeyError("slides") if name == NAMES[2] else _report(name))
    callers = _callers(engine)

    callers.begin(900.0)
    await callers.end(10.0)

    assert callers.surprises == [f"{NAMES[2]}: KeyError: 'slides'"]


async def test_calls_that_have_not_ended_in_time_are_named_and_cancelled() -> None:
    """They would keep the world from its end."""
    callers = _callers(Engine(lambda name, _: None if name == NAMES[1] else _report(name)))

    callers.begin(900.0)
    late = await callers.end(limit_seconds=0.0)

    assert late == [NAMES[1]]
    assert all(task.done() for task in callers.tasks.values())


async def test_encores_begin_with_those_whose_callers_were_cancelled() -> None:
    """There something is likeliest to be left behind."""
    callers = _callers(Engine(lambda name, _: _report(name)), Whims(cancels_at_seconds={2: 1.0, 9: 1.0}))

    encores = await callers.encores(most=2, deadline_seconds=60.0)

    assert encores == [Encore(name, was_applied=True, told="") for name in (NAMES[2], NAMES[0])]


async def test_an_encore_may_be_spoilt_for_a_while() -> None:
    """A connection may be slow for the rest of its life; the next call takes another."""
    engine = Engine(lambda name, number: _report(name) if number > 5 else NotSent("wait"))

    (encore,) = await _callers(engine).encores(most=1, deadline_seconds=60.0)

    assert encore.was_applied
    assert len(engine.calls) == 6


async def test_an_encore_that_never_comes_off_says_why() -> None:
    """Be it refused, or carried out in part."""
    refusing = Engine(lambda *_: NotSent("wait"))
    failing = Engine(lambda name, _: _report(name, Fate.INDETERMINATE, NotSent("gone")))

    (refused,) = await _callers(refusing).encores(most=1, deadline_seconds=60.0)
    (failed,) = await _callers(failing).encores(most=1, deadline_seconds=60.0)

    assert (refused.was_applied, refused.told) == (False, "NotSent: wait")
    assert (failed.was_applied, failed.told) == (False, "indeterminate: gone")
