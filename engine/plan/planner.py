"""From operations to batches: the fewest writes that change nothing about the result."""

from collections.abc import Sequence

from engine.plan.operations import Batch, ReplaceText
from engine.settings import Strategy

MAX_BODY_BYTES = 1_000_000


def plan(
    operations: Sequence[ReplaceText],
    strategy: Strategy,
    batch_size: int,
    *,
    max_bytes: int = MAX_BODY_BYTES,
) -> list[Batch]:
    """Return the batches that carry out `operations`, in the order in which they must be sent.

    Args:
        operations: of one presentation, in the order the caller wants; slides share no pages.
        strategy: sequential gives one request per batch; per_slide and semaphore give each slide its own
            batches; coalesced merges the same edit of several slides into one request.
        batch_size: most requests in one batch.
        max_bytes: most bytes in one body.

    Raises:
        ValueError: the operations are of several presentations.
    """
    raise NotImplementedError
