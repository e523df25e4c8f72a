"""The world's clock, for the engine and for the fake."""

import asyncio

# Where Unix time stands when a world begins: 2025-06-15T15:06:40Z, within the certificates' lives.
EPOCH_SECONDS = 1_750_000_000.0
# Whoever asks again and again whether it is time yet would otherwise ask for ever.
_SHORTEST_SLEEP_SECONDS = 100e-6


class VirtualClock:
    """Tells the time of a loop; serves both sides, and never runs at another pace."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Returns monotonic seconds; who asks the time, asks thirty times a write.
        self.now = loop.time

    def wall(self) -> float:
        """Return Unix time."""
        return EPOCH_SECONDS + self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait; to stand aside for a moment, as for 0 seconds, takes a moment here as it does elsewhere."""
        await asyncio.sleep(max(_SHORTEST_SLEEP_SECONDS, seconds))

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` once `seconds` have passed; None never does."""
        return asyncio.timeout(seconds)
