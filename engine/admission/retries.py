"""Waiting until the budget allows one more retry."""

import asyncio
from collections.abc import Awaitable, Callable

from engine.clock import Clock
from engine.errors import SlidesError
from engine.events import Listener, RetryAllowed, RetryHeldBack
from engine.policy.retry_budget import RetryBudget, tokens_for

LOOK_AGAIN_SECONDS = 1.0
"""A success may bring a retry forward, so whoever is next looks again."""


class RetryGate:
    """The budget at work: whoever wants to try again passes here, in order of arrival.

    Retries that end a doubt have a line of their own, since less can hold them back.

    Args:
        budget: decides.
        clock: for now and the deadline.
        pause: waits some seconds, and raises if there will be no other attempt.
        announce: told of every retry, and of those that have to wait.
    """

    def __init__(
        self,
        budget: RetryBudget,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]],
        announce: Listener,
    ) -> None:
        self.budget = budget
        self._clock = clock
        self._pause = pause
        self._announce = announce
        self._lines = {ends_doubt: asyncio.Lock() for ends_doubt in (False, True)}

    async def leave(
        self, error: SlidesError, who: tuple[str, str], deadline_seconds: float, *, ends_doubt: bool
    ) -> float:
        """Wait until there may be a retry after `error`, count it, and return the tokens it took.

        Args:
            error: how the last try ended.
            who: the identity and the presentation to be tried again.
            deadline_seconds: when to give up, on the clock.
            ends_doubt: it is to learn the fate of what was sent.

        Raises:
            TimeoutError: the deadline came first; nothing was counted.
        """
        tokens = tokens_for(error)
        if tokens == 0:
            return tokens
        if self._must_wait(tokens, ends_doubt=ends_doubt):
            self._announce(RetryHeldBack(*who, self._clock.now()))
        async with self._clock.timeout(deadline_seconds - self._clock.now()), self._lines[ends_doubt]:
            await self._take(tokens, ends_doubt=ends_doubt)
        self._announce(RetryAllowed(*who, ends_doubt, self._clock.now()))
        return tokens

    def _must_wait(self, tokens: float, *, ends_doubt: bool) -> bool:
        now = self._clock.now()
        return (
            self._lines[ends_doubt].locked() or self.budget.ready_at(tokens, now, ends_doubt=ends_doubt) > now
        )

    async def _take(self, tokens: float, *, ends_doubt: bool) -> None:
        while True:
            now = self._clock.now()
            wait_seconds = self.budget.ready_at(tokens, now, ends_doubt=ends_doubt) - now
            if wait_seconds <= 0:
                break
            await self._pause(min(wait_seconds, LOOK_AGAIN_SECONDS))
        self.budget.take(tokens, now, ends_doubt=ends_doubt)
