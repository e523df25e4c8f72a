"""The engine's safeguards where something is to end, each gone in a mutant of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from engine.admission.drain import Drain
from engine.errors import EngineClosed
from engine.events import Fate
from engine.fates import Fates
from engine.grace import Grace
from engine.wire.connections import GoogleSlidesConnectionManager
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


@asynccontextmanager
async def _at_any_time(_drain: Drain) -> AsyncIterator[None]:
    yield


def _parked_told_as_applied(original: Original) -> Original:
    def settle(self: Fates, operations: Any, fate: Fate, error: Any = None, **known: Any) -> None:  # noqa: ANN401
        told = Fate.APPLIED if isinstance(error, EngineClosed) and fate is Fate.NOT_SENT else fate
        original(self, operations, told, error, **known)

    return settle


def _told_as_unknowable(original: Original) -> Original:
    def settle(self: Fates, operations: Any, fate: Fate, *args: Any, **known: Any) -> None:  # noqa: ANN401
        told = Fate.INDETERMINATE if fate is Fate.NOT_SENT else fate
        original(self, operations, told, *args, **known)

    return settle


async def _no_wait(*_: object) -> None:
    """Return at once."""


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "drain lets in",
        ENGINE,
        (instead(Drain, "until_begun", _at_any_time), instead(Drain, "refuse", lambda _: None)),
    ),
    Mutant(
        "drain has no end", ENGINE, (instead(GoogleSlidesConnectionManager, "cut_short", lambda _: None),)
    ),
    Mutant("parked told as applied", ENGINE, (Patch(Fates, "settle", _parked_told_as_applied),)),
    Mutant("not sent told as unknowable", ENGINE, (Patch(Fates, "settle", _told_as_unknowable),)),
    Mutant("cancelled writes given up at once", ENGINE, (instead(Grace, "_wait_for", _no_wait),)),
)
