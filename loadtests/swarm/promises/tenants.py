"""Equal shares for all in whose name calls are made.  A thinking room."""

from collections import Counter, defaultdict, deque
from itertools import takewhile
from math import inf

from engine.events import AttemptAdmitted, AttemptSettled, BreakerChanged, Event
from loadtests.swarm.promises.promise import Promise, Terms

_MOST_AHEAD_COUNT = 3  # of one who waits, by the queue's own law two; one more for ties
_CLOSED, _PRESENTATION = "closed", "presentation:"
_IN_LINE = {"quota", "slot"}
_ELSEWHERE = {"lock", "backoff"}
_REMEMBERED_COUNT = 400
_GRAIN_SECONDS = 1e-6


class TenantsTakeTurns(Promise):
    """While somebody waits for the quota or a permit, nobody else is let in much more often than they are.

    Who finds the breaker of its presentation not closed once it is let in has lost its turn, and nobody
    tells of that: what a tenant waits for meanwhile is not looked at, nor is anything while a breaker of all
    calls is not closed.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._troubled_until: dict[
            str, float
        ] = {}  # by a breaker's key; without an end while it is not closed
        self._admitted: deque[tuple[float, str | None, str]] = deque(maxlen=_REMEMBERED_COUNT)
        self._open: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def heard(self, event: Event) -> None:
        """Note who is let in, and look back when it is known how long they had waited."""
        match event:
            case AttemptAdmitted():
                turn_of = None if event.is_trial else event.method  # a trial is a read, whatever waits for it
                self._admitted.append((event.at_seconds, turn_of, self._tenant(event.presentation_id)))
                self._open[event.identity, event.method].append(event.at_seconds)
            case BreakerChanged():
                self._troubled_until[event.key] = event.at_seconds if event.after == _CLOSED else inf
            case AttemptSettled():
                admitted_at = self._open[event.identity, event.method]
                if len(admitted_at) == 1:
                    self._look_back(event, admitted_at[0])
                del admitted_at[:1]

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Begin anew: the next engine has queues of its own."""
        del at_seconds, loses_power
        self._troubled_until.clear()
        self._admitted.clear()
        self._open.clear()

    def _look_back(self, event: AttemptSettled, admitted_at: float) -> None:
        waits = event.waits_seconds
        waited_seconds = sum(waits.get(reason, 0.0) for reason in _IN_LINE)
        if waited_seconds <= _GRAIN_SECONDS or not waits.keys() <= _IN_LINE | _ELSEWHERE:
            return
        came_at, own = admitted_at - waited_seconds, self._tenant(event.presentation_id)
        if self._may_have_lost_turns(own, came_at):
            return
        since = takewhile(lambda each: each[0] > came_at + _GRAIN_SECONDS, reversed(self._admitted))
        seen = [each for each in since if each[0] < admitted_at - _GRAIN_SECONDS]
        # A turn of a write may have been used for a trial, which is a read, and the write waits on.
        most = sum(each[2] == own for each in seen) + _MOST_AHEAD_COUNT
        counts = Counter(each[2] for each in seen if each[1] == event.method and each[2] != own)
        tenant, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
        text = f"{tenant} was let in {count} times while {event.identity} waited for {waited_seconds:.3f} s"
        self.require(count <= most, admitted_at, text)

    def _may_have_lost_turns(self, tenant: str, since: float) -> bool:
        """Say whether a breaker that calls of a tenant must pass was not closed at some time since then."""
        keys = [key for key, until in self._troubled_until.items() if since <= until]
        return any(
            not key.startswith(_PRESENTATION) or self._tenant(key.removeprefix(_PRESENTATION)) == tenant
            for key in keys
        )

    def _tenant(self, presentation_id: str) -> str:
        return self.terms.tenants.get(presentation_id, presentation_id)
