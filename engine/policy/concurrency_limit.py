"""How many attempts may be in flight: additive increase, multiplicative decrease."""

from engine.policy.verdicts import LimitSignal


class AIMDLimit:
    """An integer limit between 1 and a ceiling."""

    def __init__(self, ceiling: int, *, start: int = 1) -> None:
        raise NotImplementedError

    @property
    def limit(self) -> int:
        """Most attempts in flight now."""
        raise NotImplementedError

    @property
    def epoch(self) -> int:
        """Counts the changes; note it when an attempt starts, and hand it back with its sample."""
        raise NotImplementedError

    def on_sample(self, signal: LimitSignal, *, epoch: int, in_flight: int, now: float) -> int:
        """Learn from the end of one attempt and return the new limit.

        Args:
            signal: what `verdicts.judge` made of its end.
            epoch: `epoch` when the attempt started.
            in_flight: attempts in flight when it ended, itself included.
            now: monotonic seconds.
        """
        raise NotImplementedError
