import pytest

from loadtests.timeline.story import Remark
from tests.support.stories import FIRST, ZERO, a_story, real_story


def test_all_times_count_from_the_start_of_the_run() -> None:
    """Whatever the clocks of both sides said."""
    story = a_story(remarks=[Remark(ZERO + 1.75, "the weather stops")])

    assert round(story.duration_seconds, 6) == 2.0
    assert [round(attempt.sent_at_seconds, 6) for attempt in story.attempts] == [0.2, 1.0, 1.6]
    assert story.remarks == (Remark(1.75, "the weather stops"),)
    assert [round(strike.at_seconds, 6) for strike in story.strikes] == [0.6]


def test_remarks_are_told_in_order_and_the_broken_are_found() -> None:
    """They may be collected in any order."""
    story = a_story(remarks=[Remark(ZERO + 2, "lost", is_broken=True), Remark(ZERO + 1, "stop")])

    assert [remark.text for remark in story.remarks] == ["stop", "lost"]
    assert [remark.text for remark in story.broken] == ["lost"]


def test_a_remark_after_the_end_belongs_to_the_run() -> None:
    """What an audit finds is found at the end."""
    assert a_story(remarks=[Remark(ZERO + 9, "late", is_broken=True)]).duration_seconds == 9.0


def test_a_client_that_told_nothing_leaves_the_servers_side() -> None:
    """It counts from the server's start then."""
    story = a_story(facts=[])

    assert [attempt.sent_at_seconds for attempt in story.attempts] == [0.7, 1.5, 2.1]
    assert {attempt.identity for attempt in story.attempts} >= {FIRST}


def test_a_run_in_which_nothing_happened_is_a_story() -> None:
    """It may have ended before it began."""
    story = a_story(facts=[], ledger=[])

    assert (story.groups, story.duration_seconds) == ((), 0.0)


@pytest.mark.parametrize("name", ["flaky_network", "outage", "production_incident"])
def test_a_real_run_is_a_story(name: str) -> None:
    """Strikes, commits and fates of the real engine, in virtual time."""
    story = real_story(name)

    assert story.duration_seconds > 10
    assert len(story.strikes) > 5
    assert {operation.fate for operation in story.operations} == {"applied"}
    assert [operation for operation in story.operations if operation.flaw] == []
    assert max(step.count for use in story.quotas if use.kind == "write" for step in use.steps) <= 60


def test_an_outage_shows_at_the_breaker() -> None:
    """It opens, and closes in the end."""
    states = [change.after for change in real_story("outage").breaker_changes]

    assert (states[0], states[-1]) == ("open", "closed")
