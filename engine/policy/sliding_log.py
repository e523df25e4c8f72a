"""When the next call fits the quota: a sliding log of actual send times.

A token bucket that holds a minute's quota admits twice the quota in its first minute, and a fixed cycle
does so at its edge.  The log admits at most the quota in every window, and reaches it.  A place that is
reserved but not yet sent counts as taken, however long that lasts, because its send time is still to come.
"""

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
ARRIVAL_SPREAD_SECONDS = 1.0  # calls sent a window apart may arrive closer together by this much
SPAN_SECONDS = WINDOW_SECONDS + ARRIVAL_SPREAD_SECONDS
CUT_SHARE = 0.7  # of what was admitted when others were found to use the quota
RECOVERY_SHARE = 0.05  # of the quota, regained per window without a 429

_ROUNDING = 1e-9  # of a window: its end, worked out by adding, counts as its end


@dataclass(frozen=True, slots=True)
class Cut:
    """What a 429 taught.

    Attributes:
        allowed_count: calls that a window may hold since then.
        at: when that was.
        first_number: reservations below it were made before.
        step_count: how many more a window may hold with every clean one.
    """

    allowed_count: int
    at: float
    first_number: int
    step_count: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What 429s taught: `cut` is None until one did, and nothing is sent before `blocked_until`."""

    cut: Cut | None = None
    blocked_until: float = -math.inf


class SlidingLog:
    """The calls of one quota; all times are monotonic seconds.

    Args:
        quota_count: calls that the server allows per window.
        use_share: the part of it that may be used.
        least_scale_count: a cut is won back in steps of a share of this, or of what was used if that is
            more; of the whole quota by default.

    Raises:
        ValueError: nothing of the quota would be left.
    """

    def __init__(
        self, quota_count: int, use_share: float = 1.0, least_scale_count: int | None = None
    ) -> None:
        self._quota_count = quota_count
        self._least_scale_count = least_scale_count or quota_count
        self._ceiling_count = math.floor(quota_count * use_share)
        if self._ceiling_count < 1:
            raise ValueError(f"{use_share:g} of a quota of {quota_count} leaves no call at all")
        self._unsent: set[int] = set()
        self._sent_at: list[float] = []
        self._reserved_count = 0
        self.learned = Learned()

    def restore(self, taken_at: Iterable[float], learned: Learned, reserved_count: int) -> None:
        """Stand where another log stood.

        Args:
            taken_at: when the calls of its window were sent, or will be at the latest.
            learned: from 429s.
            reserved_count: the number of its latest reservation.
        """
        self._sent_at, self.learned, self._reserved_count = sorted(taken_at), learned, reserved_count

    def allowed_count(self, now: float) -> int:
        """Return how many calls a window may hold at present, given what was learned from 429s."""
        cut = self.learned.cut
        if cut is None:
            return self._ceiling_count
        regained_count = self._clean_windows_count(cut, now) * cut.step_count
        return min(self._ceiling_count, cut.allowed_count + regained_count)

    def ready_at(self, now: float) -> float:
        """Return when the next call may be sent: `now` if at once, infinity if only a settlement can tell."""
        self._forget_old(now)
        return self._free_at(max(now, self.learned.blocked_until), self._sent_at, len(self._unsent))

    def reserve(self, now: float) -> int:
        """Take a place and return its number; raises ValueError if `ready_at` is later than `now`."""
        if self.ready_at(now) > now:
            raise ValueError("no place in the quota yet; ask ready_at first")
        self._reserved_count += 1
        self._unsent.add(self._reserved_count)
        return self._reserved_count

    def sent(self, number: int, now: float) -> None:
        """Note that the call of place `number` left at `now`; said twice, it was sent twice."""
        self._unsent.discard(number)
        insort(self._sent_at, now)

    def refund(self, number: int) -> None:
        """Give a place back that was not sent."""
        self._unsent.discard(number)

    def throttled(self, number: int, now: float, retry_after_seconds: float | None = None) -> None:
        """Learn from a 429 to the call of place `number`.

        The quota was full although our own calls did not fill it, so others use it too: go below our own
        count.  Calls that were under way at the last cut met the old rate and teach nothing new.
        """
        self._forget_old(now)
        blocked_until = max(self.learned.blocked_until, now + (retry_after_seconds or 0.0))
        self.learned = Learned(self._cut_after(number, now), blocked_until)

    def eta_seconds(self, count: int, now: float) -> float:
        """Return after how many seconds the last of `count` further calls can be sent.

        What is reserved is taken to be sent now, and no further 429 to come.
        """
        if count <= 0:
            return 0.0
        self._forget_old(now)
        at = max(now, self.learned.blocked_until)
        taken_at = sorted([*self._sent_at, *[now] * len(self._unsent)])
        while count > 0 and self._next_step_at(at) < math.inf:
            at = self._free_at(at, taken_at, 0)
            taken_at.append(at)
            count -= 1
        if count > 0:
            rounds_count, place = divmod(count - 1, self._ceiling_count)
            free_at = _left_at(taken_at, len(taken_at) - self._ceiling_count + place)
            at = max(at, free_at) + rounds_count * SPAN_SECONDS
        return at - now

    def _free_at(self, at: float, taken_at: Sequence[float], unsent_count: int) -> float:
        """Return the first moment, not before `at`, at which one more call fits behind those taken."""
        while True:
            waits_for = len(taken_at) + unsent_count - self.allowed_count(at)
            free_at = _left_at(taken_at, waits_for)
            step_at = self._next_step_at(at)
            if free_at <= step_at or step_at == math.inf:
                return max(at, free_at)
            at = step_at

    def _next_step_at(self, at: float) -> float:
        """Return when more is allowed than at `at`; infinity if everything is."""
        cut = self.learned.cut
        if cut is None or self.allowed_count(at) == self._ceiling_count:
            return math.inf
        return cut.at + (self._clean_windows_count(cut, at) + 1) * SPAN_SECONDS

    def _cut_after(self, number: int, now: float) -> Cut | None:
        """Return what is to be learned from a refusal of call `number`."""
        cut, used_count = self.learned.cut, self._used_count()
        is_news = cut is None or number >= cut.first_number
        if not is_news or used_count >= self._quota_count:
            return cut
        allowed_count = min(self.allowed_count(now), math.floor(CUT_SHARE * used_count))
        scale_count = min(self._quota_count, max(used_count, self._least_scale_count))
        step_count = max(1, math.floor(RECOVERY_SHARE * scale_count))
        return Cut(max(1, allowed_count), now, self._reserved_count + 1, step_count)

    def _clean_windows_count(self, cut: Cut, now: float) -> int:
        return max(0, math.floor((now - cut.at) / SPAN_SECONDS + _ROUNDING))

    def _used_count(self) -> int:
        return len(self._sent_at) + len(self._unsent)

    def _forget_old(self, now: float) -> None:
        gone_count = 0
        while gone_count < len(self._sent_at) and self._sent_at[gone_count] + SPAN_SECONDS <= now:
            gone_count += 1
        del self._sent_at[:gone_count]


def _left_at(taken_at: Sequence[float], index: int) -> float:
    """Return when call `index` has left the window; those beyond the list have not been sent yet."""
    if index < 0:
        return -math.inf
    return taken_at[index] + SPAN_SECONDS if index < len(taken_at) else math.inf
