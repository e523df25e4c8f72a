"""Taking a refused batch apart, so that one bad edit does not stop the others."""

from dataclasses import dataclass

from engine.plan.operations import Batch, PlannedRequest, ReplaceText, replace_all_text

_Requests = tuple[PlannedRequest, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What is left of a refused batch.  Every operation of the batch is in exactly one of the two.

    Attributes:
        refused: operations that the server has now refused by name: settle them with its error.
        batches: to be sent in this order.  A batch of one operation that is refused gives none.
    """

    refused: tuple[ReplaceText, ...]
    batches: tuple[Batch, ...]


def split(batch: Batch, failed_index: int | None) -> Split:
    """Take apart a batch that the server called invalid; order is kept.

    One bad edit of one slide costs one more write when the server names it, and about `2 * log2(n)` more when
    it does not, or when `n` slides share the request.

    Args:
        batch: refused as a whole, so nothing of it was applied.
        failed_index: which entry of `requests` the server named, None if none.

    Returns:
        With an index: the bad request is refused if it holds one operation, else halved by slides.  Without:
        the batch in two halves.  Every batch returned is smaller, so that repeated splitting comes to an end.
    """
    if len(batch.operations) == 1:
        return Split(batch.operations, ())
    if failed_index is None or failed_index >= len(batch.requests):
        return Split((), _batches(batch, *_halves(batch.requests)))
    before, bad, after = _around(batch.requests, failed_index)
    if len(bad.operations) == 1:
        return Split(bad.operations, _batches(batch, before + after))
    first, second = _halves((bad,))
    return Split((), _batches(batch, before + first, second + after))


def _around(requests: _Requests, index: int) -> tuple[_Requests, PlannedRequest, _Requests]:
    return requests[:index], requests[index], requests[index + 1 :]


def _halves(requests: _Requests) -> tuple[_Requests, _Requests]:
    if len(requests) > 1:
        half = len(requests) // 2
        return requests[:half], requests[half:]
    operations = requests[0].operations
    half = len(operations) // 2
    return (replace_all_text(operations[:half]),), (replace_all_text(operations[half:]),)


def _batches(origin: Batch, *parts: _Requests) -> tuple[Batch, ...]:
    return tuple(Batch(origin.presentation_id, part) for part in parts if part)
