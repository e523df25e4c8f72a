"""What the engine keeps beyond its process, each safeguard of it gone in a mutant of its own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import engine.journal.file
from engine.calls import Calls
from engine.errors import SlidesError
from engine.events import AttemptOutcome, Fate
from engine.journal.call_journal import CallJournal
from engine.journal.file import Journal
from engine.journal.records import Answered, decode
from engine.journal.replay import CallState, replay
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


@asynccontextmanager
async def _sent_unsynced(self: CallJournal, sent: Any, is_in_doubt: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - as the original
    self._append(self._intent(sent))
    try:
        yield lambda reply: self._answered(sent.batch, reply)
    except SlidesError:
        answered = Answered(self._begun.call, sent.batch.identity, AttemptOutcome.UNKNOWN, is_in_doubt())
        self._note(answered)
        raise


@asynccontextmanager
async def _noted_with_the_answer(self: CallJournal, sent: Any, _is_in_doubt: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - as the original
    def told(reply: Any) -> None:  # noqa: ANN401 - likewise
        self._append(self._intent(sent))
        self._answered(sent.batch, reply)

    yield told


def _fates_noted_as_applied(original: Original) -> Original:
    def settled(self: CallJournal, operations: Any, _fate: Fate, *args: Any, **known: Any) -> None:  # noqa: ANN401
        original(self, operations, Fate.APPLIED, *args, **known)

    return settled


def _with_each(forget: Callable[[CallState], None]) -> Callable[[Original], Original]:
    """Return what makes a journal forget something of each call when it is opened."""

    def make(original: Original) -> Original:
        def forgetful(*args: Any) -> Mapping[int, CallState]:  # noqa: ANN401 - as the original
            calls: Mapping[int, CallState] = original(*args)
            for state in calls.values():
                forget(state)
            return calls

        return forgetful

    return make


async def _with_a_new_fence(self: Calls, _doubt: Any, batch: Any, _before: Any, job: Any) -> None:  # noqa: ANN401 - as the original
    await self._deliver([batch], job)


def _torn_line_kept(self: Journal) -> Mapping[int, CallState]:
    records, _ = decode(self.path.read_bytes(), str(self.path))
    return replay(records, str(self.path))


MUTANTS: tuple[Mutant, ...] = (
    Mutant("intent not synced", ENGINE, (instead(CallJournal, "intended", _sent_unsynced),)),
    Mutant(
        "intent noted with the answer", ENGINE, (instead(CallJournal, "intended", _noted_with_the_answer),)
    ),
    Mutant("every fate noted as applied", ENGINE, (Patch(CallJournal, "settled", _fates_noted_as_applied),)),
    Mutant("outcome not noted", ENGINE, (instead(CallJournal, "_note", lambda *_: None),)),
    Mutant(
        "settled edits resumed",
        ENGINE,
        (Patch(engine.journal.file, "replay", _with_each(lambda state: state.fates.clear())),),
    ),
    Mutant(
        "doubt forgotten at resume",
        ENGINE,
        (Patch(engine.journal.file, "replay", _with_each(lambda state: state.doubts.clear())),),
    ),
    Mutant("doubt sent with a new fence", ENGINE, (instead(Calls, "_send_again", _with_a_new_fence),)),
    Mutant("journal not followed", ENGINE, (instead(CallJournal, "_follow", lambda *_: None),)),
    Mutant("torn line kept", ENGINE, (instead(Journal, "_read", _torn_line_kept),)),
)
