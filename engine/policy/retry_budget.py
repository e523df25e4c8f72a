"""How many retries there may be: too few to become the load that keeps a sick server sick.

Two gates, and a retry passes both.  A bucket of tokens, as in the SDKs of AWS: a retry takes tokens, success
gives them back, so that failures in plenty stop retries at once.  And a share of the calls of the last
minute: not of those in flight, which are one or two here and would say nothing.

Both let three retries a minute through whatever happens, so that nobody waits for a success that only a retry
could bring.  A retry counts when it is promised, not when its backoff is over: a crowd that backs off would
slip through otherwise.
"""

import math
from collections import deque

from engine.errors import QuotaExceeded, SlidesError
from engine.policy.verdicts import Retry, judge

CAPACITY_TOKENS = 100.0
THROTTLED_TOKENS, FAILED_TOKENS = 5.0, 14.0
FIRST_SUCCESS_TOKENS = 1.0
RETRIES_SHARE = 0.2
FEWEST_RETRIES_COUNT = 3
WINDOW_SECONDS = 60.0
TOKENS_PER_SECOND = FEWEST_RETRIES_COUNT * FAILED_TOKENS / WINDOW_SECONDS

_ROUNDING_TOKENS = 1e-9
_LOAD = {Retry.PLAIN, Retry.PACED, Retry.RECONCILE}


def tokens_for(error: SlidesError) -> float:
    """Return what a retry after `error` takes; nothing after a refusal by a server that is well."""
    if judge(error).retry not in _LOAD:
        return 0.0
    return THROTTLED_TOKENS if isinstance(error, QuotaExceeded) else FAILED_TOKENS


class RetryBudget:
    """The retries of all calls to one host; all times are monotonic seconds."""

    def __init__(self) -> None:
        self._tokens = CAPACITY_TOKENS
        self._counted_at = 0.0
        self._calls: deque[tuple[int, int]] = deque()  # of each second with calls, how many
        self._calls_count = 0
        self._retried_at: deque[float] = deque()

    def called(self, now: float) -> None:
        """Count a first try."""
        second = math.floor(now)
        count = self._calls.pop()[1] if self._calls and self._calls[-1][0] == second else 0
        self._calls.append((second, count + 1))
        self._calls_count += 1
        self._forget_old(now)

    def succeeded(self, taken_tokens: float, now: float) -> None:
        """Give back what the retries of a call took, now that it has succeeded; 0 if it needed none."""
        self._refill(now)
        self._tokens = min(CAPACITY_TOKENS, self._tokens + (taken_tokens or FIRST_SUCCESS_TOKENS))

    def ready_at(self, tokens: float, now: float, *, ends_doubt: bool) -> float:
        """Return when the next retry may be promised: `now` if at once; a success may bring it forward.

        Args:
            tokens: what it takes.
            now: monotonic seconds.
            ends_doubt: it is to learn the fate of what was sent, which no share of the calls may forbid.
        """
        self._refill(now)
        missing_tokens = tokens - self._tokens
        filled_at = now if missing_tokens <= _ROUNDING_TOKENS else now + missing_tokens / TOKENS_PER_SECOND
        return filled_at if ends_doubt else max(filled_at, self._share_allows_at(now))

    def take(self, tokens: float, now: float, *, ends_doubt: bool) -> None:
        """Promise one retry; `ready_at` must not be later than `now`."""
        self._refill(now)
        self._tokens -= tokens
        if not ends_doubt:
            self._retried_at.append(now)

    def _share_allows_at(self, now: float) -> float:
        self._forget_old(now)
        allowed_count = max(FEWEST_RETRIES_COUNT, math.floor(RETRIES_SHARE * self._calls_count))
        if len(self._retried_at) < allowed_count:
            return now
        return self._retried_at[-allowed_count] + WINDOW_SECONDS

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self._counted_at) * TOKENS_PER_SECOND
        self._tokens = min(CAPACITY_TOKENS, self._tokens + gained)
        self._counted_at = max(self._counted_at, now)

    def _forget_old(self, now: float) -> None:
        while self._calls and self._calls[0][0] <= now - WINDOW_SECONDS:
            self._calls_count -= self._calls.popleft()[1]
        while self._retried_at and self._retried_at[0] + WINDOW_SECONDS <= now:
            self._retried_at.popleft()
