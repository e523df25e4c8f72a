from loadtests.swarm.promises import Broken, Promise
from tests.support.promises import all_over, some_terms, taken
from tests.support.runs import an_entry


class SkyIsBlue(Promise):
    """For a test."""


def test_a_promise_is_called_what_its_class_is() -> None:
    """A report names it in words that can be looked up."""
    assert SkyIsBlue(some_terms()).name == "SkyIsBlue"


def test_counts_how_often_it_was_looked_at_and_keeps_what_did_not_hold() -> None:
    """A promise that nobody looked at has not been kept."""
    promise = SkyIsBlue(some_terms())

    promise.require(True, 1.0, "never said")  # noqa: FBT003 # what is asked
    promise.require(False, 2.5, "it was grey")  # noqa: FBT003 # likewise

    assert promise.checked_count == 2
    assert promise.broken == [Broken("SkyIsBlue", 2.5, "it was grey")]


def test_hears_and_sees_everything_and_need_not_care() -> None:
    """A promise says only what it watches."""
    promise = SkyIsBlue(some_terms())

    promise.heard(taken())
    promise.seen(an_entry())
    promise.ended(all_over())

    assert (promise.checked_count, promise.broken) == (0, [])
