"""How often and how far apart things are tried again.  A thinking room."""

from collections import Counter, deque
from math import inf

from engine.events import AttemptAdmitted, AttemptSettled, Event, RetryAllowed
from fakeslides.ledger import Entry
from loadtests.simulation.network import SHORTEST_WAY_SECONDS
from loadtests.swarm.promises.promise import Promise, Terms

_GRAIN_SECONDS = 1e-9
_MINUTE_SECONDS, _CALLS_SECONDS = 60.0, 61.0  # calls are counted by whole seconds
_RETRIES_SHARE, _FEWEST_RETRIES_COUNT = 0.2, 3
# What the dead have sent arrives a moment after their death, and before anybody else is started.
_ON_ITS_WAY_SECONDS = 0.001
# A token is served in no time, but its answer has to travel, as has whatever is sent once it is there.
_SHORTEST_ROUND_TRIP_SECONDS = 2 * SHORTEST_WAY_SECONDS
TOKEN = "token"  # noqa: S105 - the name of a method


class RetriesAreSpread(Promise):
    """No two pauses before a retry are of one length: who fails together does not come back together."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._lengths: Counter[int] = Counter()

    def heard(self, event: Event) -> None:
        """Look at what an attempt waited for."""
        if not isinstance(event, AttemptSettled) or not event.waits_seconds.get("backoff"):
            return
        seconds = event.waits_seconds["backoff"]
        length = round(seconds / _GRAIN_SECONDS)
        text = f"{event.identity} paused for {seconds:.9f} s, exactly as another did"
        self.require(not self._lengths[length], event.sent_at_seconds, text)
        self._lengths[length] += 1


class RetriesAreFew(Promise):
    """A minute holds at most a fifth as many retries as calls, or three; ends of doubts are apart."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._called_at: deque[float] = deque()
        self._retried_at: deque[float] = deque()

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Count from nothing: the next engine knows nothing of the calls and retries of the dead."""
        del at_seconds, loses_power
        self._called_at.clear()
        self._retried_at.clear()

    def heard(self, event: Event) -> None:
        """Count calls, and the retries that were allowed."""
        match event:
            case AttemptAdmitted():
                self._called_at.append(event.at_seconds)
            case RetryAllowed(ends_doubt=False, at_seconds=at):
                self._retried_at.append(at)
                calls_count = _count_since(at - _CALLS_SECONDS, self._called_at)
                retries_count = _count_since(at - _MINUTE_SECONDS, self._retried_at)
                most = max(_FEWEST_RETRIES_COUNT, _RETRIES_SHARE * calls_count)
                text = f"{retries_count} retries in a minute of {calls_count} calls"
                self.require(retries_count <= most, at, text)


def _count_since(at: float, times: deque[float]) -> int:
    """Forget the times up to `at`, and count the others."""
    while times and times[0] <= at + _GRAIN_SECONDS:
        times.popleft()
    return len(times)


class OneTokenRefreshAtATime(Promise):
    """However many calls of an engine need an access token, it is asked for once.

    Who asked, no request for a token says: where there are other engines nothing is looked at.
    """

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._served: list[Entry] = []  # those that no fault held up
        self._killed_at_seconds = -inf

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Leave the requests of the dead to themselves."""
        del loses_power
        self._killed_at_seconds = at_seconds
        self._served.clear()

    def seen(self, entry: Entry) -> None:
        """Look whether a request for a token was on its way before the answer to another could be heard."""
        if entry.method != TOKEN or self.terms.engines_count > 1:
            return
        came_at = entry.arrived_at_seconds
        at = self.terms.started_at_seconds + came_at
        if at < self._killed_at_seconds + _ON_ITS_WAY_SECONDS:
            return
        is_second = any(
            each.arrived_at_seconds <= came_at < each.ended_at_seconds + _SHORTEST_ROUND_TRIP_SECONDS
            for each in self._served
        )
        self.require(not is_second, at, f"token request {entry.attempt} came while another was served")
        if entry.rule_id is None:
            self._served.append(entry)
