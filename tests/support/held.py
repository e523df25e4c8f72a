"""What the engine takes and gives back, held for the length of a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.admission.admission import Admission
from engine.admission.dispatcher import Dispatcher
from engine.admission.locks import Hold, PresentationLock
from engine.admission.parking import Parking
from engine.admission.waits import Waits
from engine.policy.pacing import CallKind


@asynccontextmanager
async def admitted(
    dispatcher: Dispatcher,
    kind: CallKind,
    deadline_seconds: float,
    waits: Waits,
    tenant: str = "",
    *,
    is_begun: bool = False,
) -> AsyncIterator[Admission]:
    """Wait for leave to make one call, and hold it while the block runs."""
    admission = await dispatcher.take(kind, deadline_seconds, waits, tenant, is_begun=is_begun)
    try:
        yield admission
    finally:
        dispatcher.settle(admission)


@asynccontextmanager
async def parked(
    parking: Parking, presentation_id: str, deadline_seconds: float, waits: Waits
) -> AsyncIterator[Admission]:
    """Wait for leave to write to one presentation, and hold it while the block runs."""
    admission = await parking.take(presentation_id, CallKind.WRITE, deadline_seconds, waits, presentation_id)
    try:
        yield admission
    finally:
        parking.settle(presentation_id, admission)


@asynccontextmanager
async def held(locks: PresentationLock, presentation_id: str) -> AsyncIterator[Hold]:
    """Hold a presentation while the block runs."""
    hold = await locks.take(presentation_id)
    try:
        yield hold
    finally:
        locks.give_back(presentation_id)
