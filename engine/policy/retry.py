"""How long to wait before the next try, and when to stop trying."""

from random import Random

from engine.errors import SlidesError
from engine.settings import EngineSettings


def next_delay(
    failures_count: int,
    error: SlidesError,
    settings: EngineSettings,
    *,
    remaining_seconds: float,
    random: Random,
) -> float | None:
    """Return how long to wait before trying again, None to give up.

    Args:
        failures_count: tries of this batch that have failed, this one included: 1 after the first.
        error: how the last try ended.
        settings: for the number of retries and the base of the backoff.
        remaining_seconds: time left until the deadline, less what an attempt usually takes.
        random: source of the jitter.
    """
    raise NotImplementedError
