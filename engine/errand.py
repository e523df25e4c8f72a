"""What a series of attempts is for."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from engine.admission.waits import Waits
from engine.plan.operations import Batch
from engine.snapshot import FIELDS


@dataclass(slots=True)
class Errand:
    """What a series of attempts is for, and what came of them so far.

    Attributes:
        identity: names it to the server.
        presentation_id: what it is about.
        deadline_seconds: when it must be over, on the clock.
        operation_ids: the operations it carries, none for a read.
        attempts: tries so far, by identity and method; shared by all errands of one call.
        waits_seconds: what was waited for since the last try.
        met_open_breaker: it had to wait for a breaker that was not closed.
        is_in_doubt: a write of it was sent, and may have been applied.
        has_idle_copy: a copy for an earlier revision, that changes nothing to be seen, may have been applied.
        fields: what a read of it asks for.
        cancellation: of the caller, while the last try was seen through; to be raised once its end is noted.
        tenant: in whose name; None for the presentation's own.
        has_new_token: the next try is one with a renewed access token.
        is_retry: the next try is one that the budget was asked for.
        retry_tokens: what its retries took from the budget since its last success.
        is_turn_begun: a read has had its tenant's turn, which the next write goes on with.
    """

    identity: str
    presentation_id: str
    deadline_seconds: float
    operation_ids: tuple[str, ...] = ()
    attempts: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits_seconds: Waits = field(default_factory=dict)
    met_open_breaker: bool = False
    is_in_doubt: bool = False
    has_idle_copy: bool = False
    fields: str = FIELDS
    cancellation: asyncio.CancelledError | None = None
    tenant: str | None = None
    has_new_token: bool = False
    is_retry: bool = False
    retry_tokens: float = 0.0
    is_turn_begun: bool = False

    def take_on(self, batch: Batch, *, is_in_doubt: bool = False, has_idle_copy: bool = False) -> None:
        """From here on, serve `batch`, which an earlier process may have sent if it is in doubt."""
        self.identity = batch.identity
        self.operation_ids = tuple(operation.operation_id for operation in batch.operations)
        self.is_in_doubt = is_in_doubt
        self.has_idle_copy = has_idle_copy

    @property
    def may_have_landed(self) -> bool:
        """True if nobody can say that no copy of it was applied."""
        return self.is_in_doubt or self.has_idle_copy

    def note_cancellation(self, cancellation: asyncio.CancelledError) -> None:
        """Note that the caller has gone, though the last try came to its end."""
        self.cancellation = cancellation

    def count(self, method: str) -> int:
        """Count one more try of `method` and return its number, from 1."""
        self.attempts[self.identity, method] += 1
        return self.attempts[self.identity, method]
