from engine.events import Event
from loadtests.swarm.promises import Aftermath, Promise
from loadtests.swarm.watch import Watch
from tests.support.promises import all_over, some_terms, taken
from tests.support.runs import an_entry


class Late(Promise):
    """Breaks at the end, for an earlier moment."""

    def ended(self, aftermath: Aftermath) -> None:
        """Break."""
        self.require(False, 1.0, "late")  # noqa: FBT003 # it is broken


class Early(Promise):
    """Breaks at each turn, and each entry is fine."""

    def heard(self, event: Event) -> None:
        """Break."""
        self.require(False, 2.0, "early")  # noqa: FBT003 # it is broken

    def seen(self, entry: object) -> None:
        """Hold."""
        self.require(True, 3.0, "")  # noqa: FBT003 # it holds


def test_every_promise_is_told_of_all_and_what_broke_is_told_in_order_of_time() -> None:
    """Whichever of them found it first."""
    watch = Watch(some_terms(), [Early, Late])

    watch.heard(taken())
    watch.seen(an_entry())
    watch.ended(all_over())

    assert [(broken.promise, broken.text) for broken in watch.broken] == [
        ("Late", "late"),
        ("Early", "early"),
    ]
    assert watch.checked_counts == {"Early": 2, "Late": 1}
