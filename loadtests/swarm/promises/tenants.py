"""Equal shares for all in whose name calls are made.  A thinking room."""

from collections import Counter, defaultdict, deque
from itertools import takewhile

from engine.events import AttemptAdmitted, AttemptSettled, BreakerChanged, Event
from loadtests.swarm.promises.promise import Promise, Terms

_MOST_AHEAD_COUNT = 3  # of one who waits, by the queue's own law two; one more for ties
_CLOSED = "closed"
_IN_LINE = {"quota", "slot"}
_ELSEWHERE = {"lock", "backoff"}
_REMEMBERED_COUNT = 400
_GRAIN_SECONDS = 1e-6


class TenantsTakeTurns(Promise):
    """While somebody waits for the quota or a permit, nobody else is let in much more often than they are.

    Where a breaker is not closed a turn may be lost that nobody tells of: such waits are not looked at. Nor
    is anything after a death, for calls are resumed in the name of their presentations.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._is_over = False
        self._open_breakers: set[str] = set()
        self._changed_at = 0.0  # any breaker, for the last time
        self._admitted: deque[tuple[float, str, str]] = deque(maxlen=_REMEMBERED_COUNT)
        self._open: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def heard(self, event: Event) -> None:
        """Note who is let in, and look back when it is known how long they had waited."""
        match event:
            case AttemptAdmitted():
                self._admitted.append((event.at_seconds, event.method, self._tenant(event.presentation_id)))
                self._open[event.identity, event.method].append(event.at_seconds)
            case BreakerChanged():
                self._changed_at = event.at_seconds
                note = self._open_breakers.discard if event.after == _CLOSED else self._open_breakers.add
                note(event.key)
            case AttemptSettled():
                admitted_at = self._open[event.identity, event.method]
                if len(admitted_at) == 1 and not self._is_over:
                    self._look_back(event, admitted_at[0])
                del admitted_at[:1]

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Look no more."""
        del at_seconds, loses_power
        self._is_over = True

    def _look_back(self, event: AttemptSettled, admitted_at: float) -> None:
        waits = event.waits_seconds
        waited_seconds = sum(waits.get(reason, 0.0) for reason in _IN_LINE)
        if waited_seconds <= _GRAIN_SECONDS or not waits.keys() <= _IN_LINE | _ELSEWHERE:
            return
        came_at, own = admitted_at - waited_seconds, self._tenant(event.presentation_id)
        if self._open_breakers or came_at <= self._changed_at:
            return
        since = takewhile(lambda each: each[0] > came_at + _GRAIN_SECONDS, reversed(self._admitted))
        seen = [each for each in since if each[0] < admitted_at - _GRAIN_SECONDS]
        # A turn of a write may have been used for a trial, which is a read, and the write waits on.
        most = sum(each[2] == own for each in seen) + _MOST_AHEAD_COUNT
        counts = Counter(each[2] for each in seen if each[1] == event.method and each[2] != own)
        tenant, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
        text = f"{tenant} was let in {count} times while {event.identity} waited for {waited_seconds:.3f} s"
        self.require(count <= most, admitted_at, text)

    def _tenant(self, presentation_id: str) -> str:
        return self.terms.tenants.get(presentation_id, presentation_id)
