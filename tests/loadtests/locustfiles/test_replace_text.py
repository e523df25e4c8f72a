"""Locust's users who edit decks through the engine."""

from engine.errors import CannotBeApplied
from engine.events import Fate
from engine.results import BatchReport, OperationResult
from loadtests.locustfiles.replace_text import complaints, failure_of


def _report(*fates: Fate) -> BatchReport:
    error = CannotBeApplied("This request cannot be applied", http_status=400)
    operations = [
        OperationResult(f"deck/slide/{n}", "slide", "{{a}}", "b", fate, error, met_open_breaker=False)
        for n, fate in enumerate(fates)
    ]
    return BatchReport("deck", tuple(operations))


def _complaints(**differing: object) -> list[str]:
    well = {"raised": [], "is_finished": True, "bridge_share": 0.01, "has_lost_tenants": False}
    return complaints(**{**well, **differing})  # type: ignore[arg-type] # each test names one of them


class TestFailureOf:
    def test_shows_nothing_when_every_edit_was_applied(self) -> None:
        """Locust's table of failures must stay empty then."""
        assert failure_of(_report(Fate.APPLIED, Fate.APPLIED)) is None

    def test_names_the_fates_when_one_was_not(self) -> None:
        """Locust counts failures by their text, so it is the same for the same fates."""
        failure = failure_of(_report(Fate.REJECTED, Fate.APPLIED, Fate.REJECTED))

        assert str(failure) == "fates: applied, rejected"

    def test_shows_a_call_that_was_refused_as_a_whole(self) -> None:
        """No operation came to be, so no operation could show it."""
        assert "could not be read" in str(failure_of(None))


class TestComplaints:
    def test_finds_nothing_when_all_is_well(self) -> None:
        """The run may be believed."""
        assert _complaints() == []

    def test_finds_what_a_user_raised(self) -> None:
        """Locust counts such errors and goes on; its exit code alone would hide them."""
        assert _complaints(raised=["division by zero"]) == ["a user raised: division by zero"]

    def test_finds_jobs_left_over(self) -> None:
        """Locust exits with 0 when it is told to stop in the middle."""
        assert _complaints(is_finished=False) == ["Locust ended before every presentation was done"]

    def test_finds_a_bridge_that_was_slow(self) -> None:
        """Times that are the harness's must not be taken for the engine's."""
        assert _complaints(bridge_share=0.5) == ["the bridge added 50% to the time of the edits"]

    def test_finds_tenants_that_left(self) -> None:
        """The quota was not shared as the run claims."""
        assert _complaints(has_lost_tenants=True) == ["the other tenants ended early"]
