"""Taking a refused batch apart, so that one bad edit does not stop the others."""

from engine.plan.operations import Batch, PlannedRequest
from engine.plan.planner import pack

_Requests = tuple[PlannedRequest, ...]


def split(batch: Batch, failed_index: int | None, batch_size: int) -> tuple[Batch, ...]:
    """Return what is to be sent in place of a batch that the server called invalid; order is kept.

    One bad edit costs one more write when the server names its request, two when several slides share that
    request and their parts fit the batch, and about `2 * log2(n)` for `n` edits when the server names none.

    Args:
        batch: refused as a whole, so nothing of it was applied.
        failed_index: which entry of `requests` the server named, None if none.
        batch_size: most requests in one batch.

    Returns:
        With an index: all but the bad request if that holds one operation, which is refused; else each of its
        slides gets a request of its own in its place, so that the server can name the slide.  Without: the
        batch in two halves.  Nothing of a batch of one operation, which is refused.  Operations or shared
        requests become fewer, so that repeated splitting comes to an end.
    """
    if len(batch.operations) == 1:
        return ()
    if failed_index is None or failed_index >= len(batch.requests):
        return _batches(batch, *_halves(batch.requests))
    before, bad, after = _around(batch.requests, failed_index)
    if len(bad.operations) == 1:
        return _batches(batch, before + after)
    apart = tuple(PlannedRequest((operation,)) for operation in bad.operations)
    return tuple(pack(before + apart + after, batch_size))


def _around(requests: _Requests, index: int) -> tuple[_Requests, PlannedRequest, _Requests]:
    return requests[:index], requests[index], requests[index + 1 :]


def _halves(requests: _Requests) -> tuple[_Requests, _Requests]:
    if len(requests) > 1:
        half = len(requests) // 2
        return requests[:half], requests[half:]
    operations = requests[0].operations
    half = len(operations) // 2
    return (PlannedRequest(operations[:half]),), (PlannedRequest(operations[half:]),)


def _batches(origin: Batch, *parts: _Requests) -> tuple[Batch, ...]:
    return tuple(Batch(origin.presentation_id, part) for part in parts if part)
