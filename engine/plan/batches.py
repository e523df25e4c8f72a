"""Taking a refused batch apart, so that one bad edit does not stop the others."""

from dataclasses import dataclass

from engine.plan.operations import Batch, Operation, PlannedRequest
from engine.plan.planner import pack

_Requests = tuple[PlannedRequest, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What is left of a refused batch.  Every operation of the batch is in exactly one of the two.

    Attributes:
        refused: operations that the server has now refused by name: settle them with its error.
        batches: to be sent in this order.  A batch of one operation that is refused gives none.
    """

    refused: tuple[Operation, ...]
    batches: tuple[Batch, ...]


def split(batch: Batch, failed_index: int | None, batch_size: int) -> Split:
    """Take apart a batch that the server called invalid; order is kept.

    One bad edit costs one more write when the server names its request, two when several slides share that
    request and their parts fit the batch, and about `2 * log2(n)` for `n` edits when the server names none.

    Args:
        batch: refused as a whole, so nothing of it was applied.
        failed_index: which entry of `requests` the server named, None if none.
        batch_size: most requests in one batch.

    Returns:
        With an index: the bad request is refused if it holds one operation, else each of its slides gets a
        request of its own in its place, so that the server can name the slide.  Without: the batch in two
        halves.  Operations or shared requests become fewer, so that repeated splitting comes to an end.
    """
    if len(batch.operations) == 1:
        return Split(batch.operations, ())
    if failed_index is None or failed_index >= len(batch.requests):
        return Split((), _batches(batch, *_halves(batch.requests)))
    before, bad, after = _around(batch.requests, failed_index)
    if len(bad.operations) == 1:
        return Split(bad.operations, _batches(batch, before + after))
    apart = tuple(PlannedRequest((operation,)) for operation in bad.operations)
    return Split((), tuple(pack(before + apart + after, batch_size)))


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
