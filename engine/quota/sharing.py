"""Where processes share one quota, whatever it is: what an engine asks of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Protocol

from engine.clock import Clock
from engine.events import Listener
from engine.policy.pacing import Pacer
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What pacing stands in.

    Attributes:
        clock: source of time.
        jitter: spreads those who look again.
        announce: told when the place where quotas are shared is lost, and found again.
        ring: called when a place may be there that was not when somebody asked.
    """

    clock: Clock
    jitter: Random
    announce: Listener
    ring: Callable[[], None]


class SharedQuota(Protocol):
    """Where processes note their calls, open."""

    def pacer(self, settings: EngineSettings, subject: QuotaSubject, around: Surroundings) -> Pacer:
        """Return who says when calls of a subject fit the quotas of the settings, as all use them."""


@dataclass(frozen=True, slots=True)
class QuotaShare:
    """A subject's quota, and where it is shared."""

    quota: SharedQuota
    subject: QuotaSubject
