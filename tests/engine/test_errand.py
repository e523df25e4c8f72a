from collections import Counter

from engine.errand import Errand
from engine.plan.operations import Batch, PlannedRequest
from tests.support.operations import operation


def test_tries_are_counted_per_batch_and_method_for_the_whole_call() -> None:
    """The server draws its faults by them, so each must have a number of its own."""
    attempts: Counter[tuple[str, str]] = Counter()
    first, second = Errand("a", "deck", 1.0, attempts=attempts), Errand("a", "deck", 1.0, attempts=attempts)

    numbers = [first.count("get"), second.count("get"), first.count("batchUpdate")]

    assert numbers == [1, 2, 1]


def test_each_batch_that_is_taken_on_begins_without_the_doubt_about_the_last() -> None:
    """What was split off a batch in doubt is sent for the first time."""
    errand = Errand("a", "deck", 1.0, is_in_doubt=True)
    part = Batch("p", (PlannedRequest((operation(key="b"),)),))

    errand.take_on(part)

    assert (errand.identity, errand.operation_ids) == ("p/s1/b", ("p/s1/b",))
    assert not errand.is_in_doubt
