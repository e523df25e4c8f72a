"""How long to wait before the next try, and when to stop trying."""

from random import Random

from engine.errors import QuotaExceeded, Rejected, ServerFailed, SlidesError
from engine.policy.verdicts import Retry, judge
from engine.settings import EngineSettings

LONGEST_BACKOFF_SECONDS = 32.0
QUOTA_BASE_SECONDS = 1.0
RETRY_AFTER_SPREAD_SHARE = 0.1

_WORTH_WAITING = {Retry.PLAIN, Retry.PACED, Retry.REBASE, Retry.RECONCILE}
_MOST_DOUBLINGS_COUNT = 30  # far past any cap, and still a number


def next_delay(
    failures_count: int,
    error: SlidesError,
    settings: EngineSettings,
    *,
    remaining_seconds: float,
    jitter: Random,
) -> float | None:
    """Return how many seconds to wait before trying again, None to give up.

    Exponential backoff with full jitter: evenly from 0 to `base * 2**(failures_count - 1)`, 32 s at most.
    What a Retry-After asks for is always waited out.  Refusals for quota do not use up the retries
    while a pacer spaces the tries: nothing was applied, and the deadline ends them.

    Args:
        failures_count: tries of this batch that have failed, this one included: 1 after the first.
        error: how the last try ended.
        settings: for the number of retries and the base of the backoff.
        remaining_seconds: time left until the deadline, less what an attempt usually takes.
        jitter: source of the jitter.
    """
    if judge(error).retry not in _WORTH_WAITING:
        return None
    is_quota = isinstance(error, QuotaExceeded)
    is_spaced = is_quota and settings.pacer_enabled
    if failures_count > settings.batch_retry_attempts and not is_spaced:
        return None
    base_seconds = max(settings.batch_retry_delay, QUOTA_BASE_SECONDS if is_quota else 0.0)
    delay = jitter.uniform(0, _ceiling_seconds(base_seconds, failures_count))
    asked_for = _retry_after_seconds(error)
    if asked_for is not None:
        delay = max(delay, asked_for) + jitter.uniform(0, RETRY_AFTER_SPREAD_SHARE * asked_for)
    return delay if delay < remaining_seconds else None


def _ceiling_seconds(base_seconds: float, failures_count: int) -> float:
    doublings = min(failures_count - 1, _MOST_DOUBLINGS_COUNT)
    return min(LONGEST_BACKOFF_SECONDS, base_seconds * 2.0**doublings)


def _retry_after_seconds(error: SlidesError) -> float | None:
    return error.retry_after_seconds if isinstance(error, Rejected | ServerFailed) else None
