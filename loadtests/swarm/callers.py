"""Those who call the engine in a simulated world: in a hurry, of two minds, late, or patient."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from engine import Journal, SlidesEngine
from engine.errors import EngineClosed, NotSent, SlidesError
from engine.events import Fate
from engine.journal.replay import CallState
from engine.results import BatchReport, RequestsReport
from fakeslides.decks import Deck
from loadtests.client import Events, refusal
from loadtests.simulation.clock import VirtualClock
from loadtests.swarm.promises import Encore
from loadtests.swarm.request_audit import Asked
from loadtests.swarm.whims import Whims
from loadtests.swarm.wishes import RequestsWish, Wish, requests_wish, wishes_of

ENCORE_KEY = "{{what no deck says}}"
_MOST_CALLS_COUNT = 10  # more than any pool has connections
_PAUSE_SECONDS = 20.0  # before a call is resumed once more


@dataclass(slots=True)
class Callers:
    """All callers of one process, a task each.

    Args:
        engine: open.
        decks: one for each caller.
        whims: what they do besides calling.
        clock: the world's.
        account: where refused calls are noted.
        journal: the engine's; what it began with is resumed.
        began_at_seconds: when the run began, on the world's clock; the moments of whims count from there.
        most_atomic_count: how many requests the engine can apply together.

    Attributes:
        surprises: what calls raised that is no error of the engine's.
        overtimes_seconds: by how much at most each call outlasted what it was given, or less than 0.
    """

    engine: SlidesEngine
    decks: Sequence[Deck]
    whims: Whims
    clock: VirtualClock
    account: Events
    journal: Journal | None = None
    began_at_seconds: float = 0.0
    most_atomic_count: int = 1
    surprises: list[str] = field(default_factory=list)
    overtimes_seconds: dict[str, float] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ends_at_seconds: float = inf
    _fates: dict[str, tuple[Fate, ...]] = field(default_factory=dict)  # as last resumed

    @property
    def asked(self) -> list[Asked]:
        """All requests that are asked for beside the texts."""
        wishes = (self._requests(place) for place in range(len(self.decks)))
        return [each for wish in wishes if wish is not None for each in wish.asked()]

    def begin(self, patience_seconds: float) -> None:
        """Let everybody call; who is in no hurry has until `patience_seconds` from now, as who comes back."""
        self._ends_at_seconds = self.clock.now() + patience_seconds
        for place, deck in enumerate(self.decks):
            known = self._known(deck)
            new = [wish for wish in self._wishes(place) if not any(map(wish.is_in, known))]
            if known:
                self._begin(place, deck.presentation_id, self._come_back(deck, place, new))
                continue
            for wish in new:
                self._begin(place, wish.name, self._in_time(place, wish))

    async def end(self, limit_seconds: float) -> list[str]:
        """Wait until all calls have ended, cancel those that have not in time, and return their names."""
        _, late = await asyncio.wait(self.tasks.values(), timeout=limit_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return [name for name, task in self.tasks.items() if task in late]

    async def encores(self, most: int, deadline_seconds: float) -> list[Encore]:
        """Call again for a few decks, those whose callers were cancelled first, and say what became of it.

        A connection that a fault made slow for the rest of its life may still spoil a call or two.  A deck of
        which an earlier process left edits in doubt takes no other call: the journal would have to be left.
        """
        doubted = [self.decks[place] for place in self.whims.cancels_at_seconds if place < len(self.decks)]
        chosen = list({deck.presentation_id: deck for deck in (*doubted, *self.decks)}.values())
        free = [deck.presentation_id for deck in chosen if not self._unfinished(deck)]
        return [await self._until_applied(name, deadline_seconds) for name in free[:most]]

    def _wishes(self, place: int) -> list[Wish | RequestsWish]:
        deck, asked = self.decks[place], self._requests(place)
        texts = wishes_of(deck, is_shared=place in self.whims.shared, names_slides=asked is not None)
        wishes: list[Wish | RequestsWish] = [*texts, *([] if asked is None else [asked])]
        return [replace(wish, tenant=self.whims.tenants.get(place)) for wish in wishes]

    def _requests(self, place: int) -> RequestsWish | None:
        most_atomic_count = self.most_atomic_count if place in self.whims.atomic else None
        asks = self.whims.asks_for(place)
        return requests_wish(self.decks[place], asks, most_atomic_count=most_atomic_count)

    def _begin(self, place: int, name: str, work: Coroutine[Any, Any, None]) -> None:
        loop = asyncio.get_running_loop()
        task = self.tasks[name] = loop.create_task(work)
        cancels_at = self.whims.cancels_at_seconds.get(place)
        if cancels_at is not None and cancels_at >= self._elapsed_seconds:
            loop.call_later(cancels_at - self._elapsed_seconds, task.cancel)

    @property
    def _elapsed_seconds(self) -> float:
        return self.clock.now() - self.began_at_seconds

    @property
    def _until_closed_seconds(self) -> float:
        closes_at = self.whims.closes_at_seconds
        return inf if closes_at is None else max(0.0, closes_at - self._elapsed_seconds)

    @property
    def _left_seconds(self) -> float:
        return self._ends_at_seconds - self.clock.now()

    def _known(self, deck: Deck) -> list[CallState]:
        calls = () if self.journal is None else self.journal.calls.values()
        return [state for state in calls if state.begun.presentation_id == deck.presentation_id]

    def _unfinished(self, deck: Deck) -> list[CallState]:
        calls = () if self.journal is None else self.journal.unfinished
        return [state for state in calls if state.begun.presentation_id == deck.presentation_id]

    async def _in_time(self, place: int, wish: Wish | RequestsWish) -> None:
        """Begin when the caller likes to, or when the engine is closed."""
        wait_seconds = self.whims.begins_at_seconds.get(place, 0.0) - self._elapsed_seconds
        try:
            if wait_seconds > 0:
                await self.clock.sleep(min(wait_seconds, self._until_closed_seconds))
            await self._call(wish, self.whims.deadlines_seconds.get(place, inf))
        except asyncio.CancelledError:
            # No operation may have come to be by then; what came to be has its fate from the engine.
            self._refused(wish.presentation_id, NotSent("cancelled by its caller"))

    async def _call(self, wish: Wish | RequestsWish, allowed_seconds: float) -> None:
        given_seconds = min(allowed_seconds, self._left_seconds)
        try:
            with self._timed(wish.name, given_seconds):
                await wish.carried_out_by(self.engine, given_seconds)
        except SlidesError as error:
            self._refused(wish.presentation_id, error)
        except Exception as error:  # noqa: BLE001 - that nothing else is raised is what is promised
            self.surprises.append(f"{wish.name}: {type(error).__name__}: {error}")

    @contextmanager
    def _timed(self, name: str, given_seconds: float) -> Iterator[None]:
        """Note by how much the block outlasts what it is given, however it ends."""
        ends_by_seconds = self.clock.now() + given_seconds
        try:
            yield
        finally:
            overtime_seconds = self.clock.now() - ends_by_seconds
            self.overtimes_seconds[name] = max(overtime_seconds, self.overtimes_seconds.get(name, -inf))

    def _refused(self, presentation_id: str, error: SlidesError) -> None:
        facts = {**refusal(presentation_id, error), "at_seconds": self.clock.now()}
        self.account.write("CallRefused", facts)

    async def _come_back(self, deck: Deck, place: int, new: Sequence[Wish | RequestsWish]) -> None:
        """Go on with what an earlier process began on a deck, and then call for what it did not."""
        try:
            while not await self._resume(deck, place):
                await self.clock.sleep(min(_PAUSE_SECONDS, self._until_closed_seconds))
        except EngineClosed:
            return
        except Exception as error:  # noqa: BLE001 - as for a call
            self.surprises.append(f"{deck.presentation_id}, resumed: {type(error).__name__}: {error}")
            return
        if not self._unfinished(deck):
            for wish in new:
                await self._call(wish, inf)

    async def _resume(self, deck: Deck, place: int) -> bool:
        """Resume once, and say whether there is nothing more to be got by it."""
        name, wish = deck.presentation_id, self._what_to_resume(deck, place)
        given_seconds = self._left_seconds
        try:
            with self._timed(f"{name}, resumed", given_seconds):
                report = await self.engine.resume(name, **wish, deadline_seconds=given_seconds)
        except EngineClosed:
            raise
        except SlidesError:
            return False  # it could not be read, and nothing was changed
        if any(isinstance(each.error, EngineClosed) for each in report.operations):
            return True
        if not self._unfinished(deck) or _is_left_in_doubt(report):
            return True
        fates = tuple(operation.fate for operation in report.operations)
        before, self._fates[name] = self._fates.get(name), fates
        # What needs a thing that nobody can know to be there is never sent.
        return Fate.INDETERMINATE in fates and fates == before

    def _what_to_resume(self, deck: Deck, place: int) -> dict[str, Any]:
        """Return what the call was of that the engine takes up next: a redacted journal does not know."""
        state = next(iter(self._unfinished(deck)), None) or self._known(deck)[-1]
        asked = self._requests(place)
        if state.begun.is_of_requests and asked is not None:
            return {"requests": asked.requests}
        return {"text_map": dict(deck.replacements)}

    async def _until_applied(self, presentation_id: str, deadline_seconds: float) -> Encore:
        for _ in range(_MOST_CALLS_COUNT - 1):
            encore = await self._again(presentation_id, deadline_seconds)
            if encore.was_applied:
                return encore
        return await self._again(presentation_id, deadline_seconds)

    async def _again(self, presentation_id: str, deadline_seconds: float) -> Encore:
        try:
            report = await self.engine.replace_text(
                presentation_id, {ENCORE_KEY: "nothing"}, deadline_seconds=deadline_seconds
            )
        except SlidesError as error:
            return Encore(presentation_id, was_applied=False, told=f"{type(error).__name__}: {error}")
        return Encore(presentation_id, was_applied=report.applied, told=_why_not(report))


def _is_left_in_doubt(report: BatchReport | RequestsReport) -> bool:
    """Say whether all that was not settled for good is what nobody can know."""
    fates = {operation.fate for operation in report.operations}
    return Fate.INDETERMINATE in fates and Fate.NOT_SENT not in fates


def _why_not(report: BatchReport) -> str:
    reasons = {f"{each.fate.value}: {each.error}" for each in report.operations if each.error is not None}
    return "; ".join(sorted(reasons))
