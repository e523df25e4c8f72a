"""Taking a refused batch apart, so that one bad edit does not stop the others."""

from dataclasses import dataclass

from engine.plan.operations import Batch, ReplaceText


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

    Args:
        batch: refused as a whole, so nothing of it was applied.
        failed_index: which entry of `requests` the server named, None if none.

    Returns:
        With an index: the bad request is refused if it holds one operation, else halved by slides.  Without:
        the batch in two halves.  Each call ends with smaller batches, so repeated splitting comes to an end.
    """
    raise NotImplementedError
