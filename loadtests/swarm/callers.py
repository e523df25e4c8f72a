"""Those who call the engine in a simulated world: in a hurry, of two minds, or patient."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine import SlidesEngine
from engine.errors import NotSent, SlidesError
from engine.results import BatchReport
from fakeslides.decks import Deck
from loadtests.client import refusal
from loadtests.simulation.clock import VirtualClock
from loadtests.swarm.account import Account
from loadtests.swarm.profile import Whims
from loadtests.swarm.promises import Encore

ENCORE_KEY = "{{what no deck says}}"
_MOST_CALLS_COUNT = 10  # more than any pool has connections


@dataclass(slots=True)
class Callers:
    """All callers of one run, a task each.

    Args:
        engine: open.
        decks: one for each caller.
        whims: what they do besides calling.
        clock: the world's.
        account: where refused calls are noted.
    """

    engine: SlidesEngine
    decks: Sequence[Deck]
    whims: Whims
    clock: VirtualClock
    account: Account
    surprises: list[str] = field(default_factory=list)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def begin(self, patience_seconds: float) -> None:
        """Let everybody call at once; who is in no hurry allows `patience_seconds`."""
        loop = asyncio.get_running_loop()
        for place, deck in enumerate(self.decks):
            allowed = self.whims.deadlines_seconds.get(place, patience_seconds)
            task = loop.create_task(self._call(deck, allowed))
            self.tasks[deck.presentation_id] = task
            cancels_at = self.whims.cancels_at_seconds.get(place)
            if cancels_at is not None:
                loop.call_later(cancels_at, task.cancel)

    async def end(self, limit_seconds: float) -> list[str]:
        """Wait until all calls have ended, cancel those that have not in time, and return their decks."""
        _, late = await asyncio.wait(self.tasks.values(), timeout=limit_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return [name for name, task in self.tasks.items() if task in late]

    async def encores(self, most: int, deadline_seconds: float) -> list[Encore]:
        """Call again for a few decks, those whose callers were cancelled first, and say what became of it.

        A connection that a fault made slow for the rest of its life may still spoil a call or two.
        """
        doubted = [self.decks[place] for place in self.whims.cancels_at_seconds if place < len(self.decks)]
        chosen = list({deck.presentation_id: deck for deck in (*doubted, *self.decks)})[:most]
        return [await self._until_applied(name, deadline_seconds) for name in chosen]

    async def _call(self, deck: Deck, allowed_seconds: float) -> None:
        try:
            await self.engine.replace_text(
                deck.presentation_id, deck.replacements, deadline_seconds=allowed_seconds
            )
        except SlidesError as error:
            facts = {**refusal(deck.presentation_id, error), "at_seconds": self.clock.now()}
            self.account.write("CallRefused", facts)
        except asyncio.CancelledError:
            # No operation may have come to be by then; what came to be has its fate from the engine.
            facts = refusal(deck.presentation_id, NotSent("cancelled by its caller"))
            self.account.write("CallRefused", {**facts, "at_seconds": self.clock.now()})
        except Exception as error:  # noqa: BLE001 - that nothing else is raised is what is promised
            self.surprises.append(f"{deck.presentation_id}: {type(error).__name__}: {error}")

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


def _why_not(report: BatchReport) -> str:
    reasons = {f"{each.fate.value}: {each.error}" for each in report.operations if each.error is not None}
    return "; ".join(sorted(reasons))
