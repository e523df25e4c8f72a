"""One log of calls on a server, as one process works with it: asks, changes it, tries again until it fits.

A change is kept if nobody changed the log since it was read; else it is made again on what is there now.  An
answer that is lost leaves it in doubt whether the change was kept.  The log itself says so: it holds the
number of each process's last change.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol

from engine.errors import QuotaServerError, SharedQuotaError
from engine.policy.pacing import CallKind, Reservation
from engine.policy.sliding_log import SPAN_SECONDS
from engine.quota.keeper import Keeper, Seen
from engine.quota.rules import CallLog, SharedRules
from engine.quota.sharing import Surroundings
from engine.quota.state import QuotaState

LONGEST_ANSWER_SECONDS = 2.0  # a place that was given later than this is not used
_TRY_AGAIN_AFTER_SECONDS = (0.5, 1.0)

Note = Callable[[CallLog, Callable[[float], float]], None]
"""Given the log, and what makes the server's time of the engine's."""


class Contact(Protocol):
    """Who is told whether the server can be used."""

    def lost(self, error: SharedQuotaError) -> None:
        """It cannot, this time."""

    def found(self) -> None:
        """It can."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What one try makes of a log: how many notes are in it, and what it says to who waits, if anybody."""

    notes_count: int
    answer: Reservation | float | None


class RemoteLog:
    """The log of one kind of calls of a project.

    Args:
        key: its name on the server.
        kind: of its calls.
        rules: what is allowed.
        keeper: the server.
        contact: told how it is.
        around: clock, jitter, and who is called when there is an answer.
    """

    def __init__(
        self,
        key: str,
        kind: CallKind,
        rules: SharedRules,
        keeper: Keeper,
        contact: Contact,
        around: Surroundings,
    ) -> None:
        self._key, self._kind, self._rules = key, kind, rules
        self._keeper, self._contact, self._around = keeper, contact, around
        self._clock, self._door = around.clock, token_hex(8)
        self._seen: Seen | None = None
        self._seen_at = -math.inf
        self._commits_count = 0
        self._notes: list[Note] = []
        self._in_doubt: dict[int, _Change] = {}
        self._generation: str | None = None
        self._is_wanted = False
        self._granted: Reservation | None = None
        self._ready_at = -math.inf
        self._worker: asyncio.Task[None] | None = None

    def take(self, now: float) -> Reservation | float:
        """Return the place that was taken, or when to ask again; infinity if that will be rung."""
        if self._granted is not None:
            granted, self._granted = self._granted, None
            return granted
        if self._ready_at > now:
            return self._ready_at
        self._is_wanted = True
        self._work_on()
        return math.inf

    def note(self, note: Note) -> None:
        """Take a note down; it is in the log as soon as the server can be asked.

        Until then a place counts as not sent yet, which is never less than what is true.
        """
        self._notes.append(note)
        self._ready_at = -math.inf
        self._work_on()

    def foreseen(self, now: float) -> QuotaState | None:
        """Return the log as it stands now if nobody did anything since the last look; None before any."""
        if self._seen is None:
            return None
        held = self._seen.held
        return QuotaState.foreseen(held, held.now + (now - self._seen_at), self._rules.subject.project)

    def look_once(self) -> None:
        """Learn what is there, unless that is known."""
        if self._seen is None:
            self._work_on()

    def _work_on(self) -> None:
        """Ask the server, unless that is under way."""
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def close(self, patience_seconds: float) -> None:
        """Want nothing any more, and get the last notes through if the server answers soon."""
        self._is_wanted = False
        if self._worker is None:
            return
        try:
            async with self._clock.timeout(patience_seconds):
                await self._worker
        except TimeoutError:
            pass  # its places count as sent, which is safe

    @property
    def _has_work(self) -> bool:
        return bool(self._seen is None or self._notes or self._is_wanted or self._in_doubt)

    async def _work(self) -> None:
        while self._has_work:
            try:
                await self._round()
            except SharedQuotaError as error:
                self._contact.lost(error)
                await self._clock.sleep(self._around.jitter.uniform(*_TRY_AGAIN_AFTER_SECONDS))
            else:
                self._contact.found()
                self._hand_over()

    async def _round(self) -> None:
        """Get the notes there are, and who waits, through to the server."""
        asked_at = self._clock.now()
        seen = await self._keeper.look(self._key, self._seen)
        while True:
            state = self._state(seen, asked_at)
            if self._was_kept(state):
                return
            change = self._change(state, asked_at)
            if not state.is_changed:
                break
            self._commits_count += 1
            self._in_doubt[self._commits_count] = change
            decided_at, asked_at = asked_at, self._clock.now()
            version = f"{self._door}.{self._commits_count}"
            text = state.text(self._door, self._commits_count)
            seen = await self._keeper.keep(self._key, seen, version, text)
            if seen.version == version:
                self._remember(seen, state)
                asked_at = decided_at
                break
        self._settle(change, state, asked_at)

    def _state(self, seen: Seen, asked_at: float) -> QuotaState:
        """Return what the server holds, and remember it."""
        memory_seconds = SPAN_SECONDS + self._rules.lease_seconds
        is_fresh = asked_at - self._seen_at < memory_seconds
        known = self._generation if is_fresh else None
        try:
            state = QuotaState(seen.held, self._rules.subject.project, token_hex(8), known)
        except ValueError:
            raise QuotaServerError(f"{self._keeper}: {self._key} holds something else than calls") from None
        self._remember(seen, state)
        return state

    def _remember(self, seen: Seen, state: QuotaState) -> None:
        self._seen, self._seen_at = seen, self._clock.now()
        if seen.version:
            self._generation = state.generation

    def _was_kept(self, state: QuotaState) -> bool:
        """Say whether a change was kept whose answer was lost: its notes are done, its place is not used."""
        change = self._in_doubt.pop(state.commit_number(self._door), None)
        if change is None:
            return False
        del self._notes[: change.notes_count]
        self._in_doubt.clear()  # they were changes of a version that is gone
        if isinstance(change.answer, Reservation):
            self._give_back(change.answer)
        return True

    def _change(self, state: QuotaState, asked_at: float) -> _Change:
        """Note in the log what there is to note, and take a place if somebody waits and there is one."""
        for note in self._notes:
            note(state, lambda at: state.now + (at - asked_at))
        answer = self._rules.take(state, self._kind) if self._is_wanted else None
        return _Change(len(self._notes), answer)

    def _settle(self, change: _Change, state: QuotaState, decided_at: float) -> None:
        """Go by what was kept, or needed no keeping."""
        del self._notes[: change.notes_count]
        self._in_doubt.clear()
        now = self._clock.now()
        if isinstance(change.answer, float):
            self._is_wanted = False
            if not self._notes:  # which may say that there is a place
                self._ready_at = now + (change.answer - state.now)
        elif change.answer is not None and now - decided_at > LONGEST_ANSWER_SECONDS:
            self._give_back(change.answer)
        elif change.answer is not None:
            self._is_wanted, self._granted = False, change.answer

    def _hand_over(self) -> None:
        """Let whoever waits have the place, and give it back if nobody does any more."""
        self._around.ring()
        if self._granted is not None:
            unused, self._granted = self._granted, None
            self._give_back(unused)

    def _give_back(self, reservation: Reservation) -> None:
        self._notes.append(lambda calls, _: calls.refund(reservation.number))
