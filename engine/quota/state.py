"""The calls of one kind and project as a text that a server keeps: what it says, and when not to trust it.

Times in it are of the server's clock, in whole milliseconds where there are many, rounded to the later one.
A server's clock may be set back: all times are then moved as if that had taken no time, like a restart of the
machine in a quota file.  A server may also lose what it knew, or the last of it; then nothing is sent until a
whole window has passed.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind
from engine.policy.sliding_log import SPAN_SECONDS, Learned
from engine.quota.subject import QuotaSubject


@dataclass(frozen=True, slots=True)
class Held:
    """What a server held.

    Attributes:
        text: as `QuotaState.text` gave it; None if there was none.
        now: when it was asked, by its own clock.
        run_id: names this start of the server.
        uptime_seconds: how long ago that was, at least.
    """

    text: str | None
    now: float
    run_id: str
    uptime_seconds: float


class _Stored(BaseModel):
    """What the text says; users are named by digests, and reservations by their numbers."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="constants")

    format: Literal[1] = 1
    generation: str
    run_id: str
    touched_at: float
    latest_number: int = 0
    sent_at_ms: dict[str, list[int]] = Field(default_factory=dict)
    unsent: dict[int, tuple[str, int]] = Field(default_factory=dict)
    learned: dict[str, Learned] = Field(default_factory=dict)
    commits: dict[str, tuple[int, int]] = Field(default_factory=dict)


class QuotaState:
    """The calls of all processes: a `CallLog` of one kind and project, whose changes count once it is kept.

    Args:
        held: what the server had.
        project: that its calls are of.
        new_generation: a name for it that nobody has had, should the server have nothing.
        known_generation: the name that it had a moment ago; None if that is not known.

    Attributes:
        now: when the server was asked.
        is_changed: there is something to keep.

    Raises:
        ValueError: the text says something else.
    """

    def __init__(
        self, held: Held, project: str, new_generation: str, known_generation: str | None = None
    ) -> None:
        self.now, self.is_changed = held.now, False
        self._project = project
        if held.text is None:
            self._stored = _Stored(generation=new_generation, run_id=held.run_id, touched_at=held.now)
        else:
            self._stored = _Stored.model_validate_json(held.text)
        self._survive_setting_of_clock()
        self._be_quiet_if_lost(held, known_generation)

    @property
    def generation(self) -> str:
        """Names this log, from the first call to the last."""
        return self._stored.generation

    def text(self, door: str, commit_number: int) -> str:
        """Return what the server is to keep.

        Args:
            door: names the process.
            commit_number: of this change, among those of the process; an answer may get lost.
        """
        self._stored.commits[door] = commit_number, _ms(self.now)
        self._stored.touched_at = self.now
        return self._stored.model_dump_json()

    def commit_number(self, door: str) -> int:
        """Return which change of a process is in it as the last, 0 for none."""
        return self._stored.commits.get(door, (0, 0))[0]

    def reserve(self, kind: CallKind, subject: QuotaSubject, leaves_until: float) -> int:
        """Note a call that will leave until some time, if ever, and return its number."""
        del kind
        self._stored.latest_number += 1
        self._stored.unsent[self._stored.latest_number] = subject.user, _ms(leaves_until)
        self.is_changed = True
        return self._stored.latest_number

    def sent(self, number: int, kind: CallKind, subject: QuotaSubject, at: float) -> None:
        """Note when a call left; one that was sent before, or was given up for lost, is noted as another."""
        del kind
        self._stored.unsent.pop(number, None)
        self._stored.sent_at_ms.setdefault(subject.user, []).append(_ms(at))
        self.is_changed = True

    def refund(self, number: int) -> None:
        """Forget a call that was never sent."""
        self.is_changed |= self._stored.unsent.pop(number, None) is not None

    def forget_until(self, at: float) -> None:
        """Forget calls that count no more; it alone is no change that has to be kept."""
        last_ms, stored = _ms(at), self._stored
        counting = {user: [ms for ms in all_ms if ms > last_ms] for user, all_ms in stored.sent_at_ms.items()}
        stored.sent_at_ms = {user: all_ms for user, all_ms in counting.items() if all_ms}
        stored.unsent = {number: call for number, call in stored.unsent.items() if call[1] > last_ms}
        stored.commits = {door: commit for door, commit in stored.commits.items() if commit[1] > last_ms}

    def taken_at(self, column: QuotaScope, owner: str, kind: CallKind) -> list[float]:
        """Return when the calls of a user or the project were sent, or will be at the latest."""
        del kind
        users = [owner] if column is QuotaScope.USER else list(self._stored.sent_at_ms)
        sent_ms = [ms for user in users for ms in self._stored.sent_at_ms.get(user, ())]
        is_everybody = column is QuotaScope.PROJECT
        unsent_ms = [ms for user, ms in self._stored.unsent.values() if is_everybody or user == owner]
        return [ms / 1000 for ms in (*sent_ms, *unsent_ms)]

    def has_unsent(self, subject: QuotaSubject, kind: CallKind) -> bool:
        """Say whether a call of the project, whoever's, may still leave, or be given back."""
        del subject, kind
        return any(leaves_until_ms / 1000 > self.now for _, leaves_until_ms in self._stored.unsent.values())

    def latest_number(self) -> int:
        """Return the number of the latest reservation of all."""
        return self._stored.latest_number

    def learned(self, owner: str, kind: CallKind) -> Learned:
        """Return what 429s taught about an owner's quota."""
        del kind
        return self._stored.learned.get(owner, Learned())

    def learn(self, owner: str, kind: CallKind, learned: Learned) -> None:
        """Note what a 429 taught."""
        del kind
        self._stored.learned[owner] = learned
        self.is_changed = True

    def _survive_setting_of_clock(self) -> None:
        """Move all times if the clock was set back since the last change."""
        stored, shift = self._stored, self.now - self._stored.touched_at
        if shift >= 0:
            return
        ms = _ms(shift)
        stored.sent_at_ms = {user: [at + ms for at in all_ms] for user, all_ms in stored.sent_at_ms.items()}
        stored.unsent = {number: (user, at + ms) for number, (user, at) in stored.unsent.items()}
        stored.commits = {door: (number, at + ms) for door, (number, at) in stored.commits.items()}
        stored.learned = {owner: _moved(learned, shift) for owner, learned in stored.learned.items()}
        stored.touched_at, self.is_changed = self.now, True

    def _be_quiet_if_lost(self, held: Held, known_generation: str | None) -> None:
        """Send nothing for a window if calls of the last one may be missing.

        A server that has been up for a window, and has nothing, lost nothing that we know of.  Another start
        of it, or a replica in its place, may have an older text.
        """
        since = -math.inf
        if self._stored.run_id != held.run_id or known_generation not in (None, self.generation):
            since = self.now
        elif held.text is None:
            since = self.now - held.uptime_seconds
        if since + SPAN_SECONDS <= self.now:
            return
        self._stored.run_id = held.run_id
        learned = self._stored.learned.get(self._project, Learned())
        blocked_until = max(learned.blocked_until, since + SPAN_SECONDS)
        self._stored.learned[self._project] = replace(learned, blocked_until=blocked_until)
        self.is_changed = True

    @classmethod
    def foreseen(cls, held: Held, now: float, project: str) -> Self:
        """Return what was held as it stands at some later time, if nobody did anything."""
        return cls(replace(held, now=now), project, "")


def _ms(seconds: float) -> int:
    """Return whole milliseconds, not fewer than these seconds."""
    return math.ceil(seconds * 1000)


def _moved(learned: Learned, shift: float) -> Learned:
    cut = learned.cut and replace(learned.cut, at=learned.cut.at + shift)
    return Learned(cut, learned.blocked_until + shift)
