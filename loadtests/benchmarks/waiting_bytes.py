"""How many bytes what waits takes up, on the engine's own path."""

import asyncio
import gc
import tracemalloc
from random import Random
from typing import Any

from google.auth.credentials import AnonymousCredentials

from engine import SlidesEngine
from engine.admission.assembly import dispatcher_for
from engine.admission.drain import Drain
from engine.admission.locks import PresentationLock
from engine.attempts import Attempts
from engine.clock import Clock
from engine.delivery import Delivery
from engine.events import Event
from engine.fates import Fates
from engine.job import Job
from engine.plan.operations import ReplaceText
from engine.plan.planner import plan
from engine.policy.pacing import CallKind
from engine.recovery import Recovery
from engine.settings import EngineSettings, Strategy
from engine.snapshot import Snapshot
from engine.wire.transport import Call, Transport

_DEADLINE_SECONDS = 3_600.0
_NOBODY = "https://127.0.0.1:9"


class _Answering(Transport):
    """Answers every write at once."""

    def __init__(self) -> None:
        pass

    async def attempt(self, call: Call, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - what it needs none of
        del call
        return {"writeControl": {"requiredRevisionId": "r2"}}


class Path:
    """The engine's path behind its door, with a server that answers at once."""

    def __init__(self, clock: Clock, settings: EngineSettings) -> None:
        self.clock, self._batch_size = clock, settings.slides_api_batch_size
        jitter = Random(1)  # noqa: S311 - spreads retries
        self.dispatcher = dispatcher_for(settings, "host", clock, jitter, _hear_nothing)
        attempts = Attempts(
            _Answering(), self.dispatcher, Drain(), settings, clock=clock, announce=_hear_nothing
        )
        recovery = Recovery(attempts, settings, clock=clock, jitter=jitter)
        self._delivery = Delivery(attempts, recovery, PresentationLock(), clock, _hear_nothing)

    async def call(self, number: int, edits_count: int) -> None:
        """Carry out a call of that many edits, ten to a slide."""
        deadline, name = self.clock.now() + _DEADLINE_SECONDS, f"deck-{number}"
        operations = [_edit(name, place) for place in range(edits_count)]
        texts = {operation.slide_id: ("a {{key}} in a text",) for operation in operations}
        with Fates(operations, _hear_nothing, self.clock, deadline) as fates:
            job = Job(name, deadline, Snapshot("r1", {}, texts), fates)
            for batch in plan(operations, Strategy.COALESCED, self._batch_size):
                await self._delivery.deliver(batch, job)


def _edit(presentation_id: str, place: int) -> ReplaceText:
    slide_id = f"{presentation_id}-slide-{place // 10}"
    return ReplaceText(
        f"{slide_id}/{place % 10}",
        presentation_id,
        slide_id,
        (slide_id,),
        f"{{{{key {place % 10}}}}}",
        f"value {place} of {presentation_id}",
    )


async def bytes_each(clock: Clock, settings: EngineSettings, calls_count: int, edits_count: int) -> float:
    """Return what one edit takes up while calls of that many edits wait for their turn to write."""
    path = Path(clock, settings)
    in_the_way = await path.dispatcher.take(CallKind.WRITE, clock.now() + _DEADLINE_SECONDS, {})
    gc.collect()
    tracemalloc.start()
    calls = [asyncio.create_task(path.call(number, edits_count)) for number in range(calls_count)]
    while path.dispatcher.waiting_count < calls_count:
        await path.clock.sleep(0)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    path.dispatcher.settle(in_the_way)
    await asyncio.gather(*calls)
    return taken / (calls_count * edits_count)


async def bytes_of_a_crowd(clock: Clock, settings: EngineSettings, calls_count: int) -> float:
    """Return what one call of one edit takes up in so large a crowd, its caller's task included.

    Those under way are counted as well.  What the callers bring, names and texts, is theirs and not counted.
    """
    credentials = AnonymousCredentials()  # type: ignore[no-untyped-call]  # google-auth has no types
    async with SlidesEngine(settings, credentials=credentials, endpoint=_NOBODY, clock=clock) as engine:
        names, text_map = [f"deck-{number}" for number in range(calls_count)], {"{{key}}": "value"}
        gc.collect()
        tracemalloc.start()
        calls = [asyncio.create_task(engine.replace_text(name, text_map)) for name in names]
        while engine.in_use.calls < calls_count:
            await clock.sleep(0)
        taken = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    return taken / calls_count


def _hear_nothing(_: Event) -> None:
    """Listen to no event."""
