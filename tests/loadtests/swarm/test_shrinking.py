from collections.abc import Callable
from dataclasses import replace

import pytest

from loadtests.swarm.episode import Episode
from loadtests.swarm.profile import Profile
from loadtests.swarm.promises import Broken
from loadtests.swarm.shrinking import Shrinking, struck_again
from loadtests.swarm.whims import Whims
from tests.support.runs import an_entry
from tests.support.swarms import LOST, RESET, a_profile, a_scenario, an_episode

OTHER = Broken("NothingIsLeft", 1.0, "a lock")
RULES = [{**RESET, "id": name, "often": {"rate": "10%"}} for name in "abcdef"]
LARGE = replace(
    a_profile(
        *RULES, whims=Whims({0: 4.0, 1: 5.0}, {1: 2.5}, 9.0), batch_retry_attempts=8, writes_per_minute=30
    ),
    scenario=a_scenario(*RULES, workload={"presentations": 10, "slides": 4, "replacements": 6}),
)


def _ids(profile: Profile) -> set[str]:
    return {rule.id for rule in profile.scenario.faults}


def _lives(fails: Callable[[Profile], bool]) -> Callable[[Profile], Episode]:
    """Return a world in which every profile breaks a promise beside the one that is looked at."""
    return lambda profile: an_episode(profile, OTHER, *([LOST] if fails(profile) else []))


def _smallest(fails: Callable[[Profile], bool], failed: Episode | None = None) -> Profile:
    return Shrinking(_lives(fails)).smallest(failed or an_episode(LARGE, LOST)).profile


def test_what_has_nothing_to_do_with_it_is_gone() -> None:
    """Faults, whims, settings, decks."""
    smallest = _smallest(lambda profile: "c" in _ids(profile))

    assert _ids(smallest) == {"c"}
    assert (smallest.whims, dict(smallest.engine)) == (Whims(), {})
    workload = smallest.scenario.workload
    assert (workload.presentations, workload.slides, workload.replacements) == (1, 1, 1)


def test_what_it_takes_stays() -> None:
    """Two faults that must meet, a caller who cancels, a setting, three slides."""
    smallest = _smallest(
        lambda profile: (
            {"b", "e"} <= _ids(profile)
            and profile.whims.cancels_at_seconds == {1: 2.5}
            and profile.engine.get("writes_per_minute") == 30
            and profile.scenario.workload.slides >= 3
        )
    )

    assert _ids(smallest) == {"b", "e"}
    assert smallest.whims == Whims(cancels_at_seconds={1: 2.5})
    assert dict(smallest.engine) == {"writes_per_minute": 30}
    assert smallest.scenario.workload.slides == 3


@pytest.mark.parametrize("whims", [Whims({1: 5.0}), Whims(closes_at_seconds=9.0)])
def test_any_whim_can_be_the_one(whims: Whims) -> None:
    """Each is kept as it was."""
    needed = str(whims.deadlines_seconds or whims.closes_at_seconds)

    smallest = _smallest(
        lambda profile: (
            needed in {str(dict(profile.whims.deadlines_seconds)), str(profile.whims.closes_at_seconds)}
        )
    )

    assert smallest.whims == whims


def test_another_promise_that_breaks_on_the_way_is_not_taken_for_it() -> None:
    """Else the least of one bug would be that of another."""
    live = _lives(lambda profile: len(_ids(profile)) == 6)

    smallest = Shrinking(live).smallest(an_episode(LARGE, LOST, OTHER))

    assert len(_ids(smallest.profile)) == 6
    assert LOST in smallest.broken


def test_few_decks_and_few_faults_are_tried_both_ways_round() -> None:
    """Few decks first leave four faults here, and few faults first leave one, which is less."""

    def fails(profile: Profile) -> bool:
        decks = profile.scenario.workload.presentations
        return "a" in _ids(profile) if decks > 3 else len(_ids(profile)) >= 4

    smallest = _smallest(fails)

    assert _ids(smallest) == {"a"}


def test_where_the_strikes_alone_break_it_each_of_them_is_a_fault_to_leave_out() -> None:
    """Dice are no explanation; the one try that was struck is."""
    struck = [an_entry(rule_id="c", identity="deck/s1/0", attempt=attempt) for attempt in (1, 2, 3)]

    smallest = _smallest(
        lambda profile: "c#2" in _ids(profile) or "c" in _ids(profile), an_episode(LARGE, LOST, ledger=struck)
    )

    assert _ids(smallest) == {"c#2"}


def test_each_try_that_is_kept_is_told_and_counted() -> None:
    """Whoever waits wants to see it get smaller."""
    told: list[Profile] = []
    shrinking = Shrinking(_lives(lambda profile: "c" in _ids(profile)), told.append)

    shrinking.smallest(an_episode(LARGE, LOST))

    assert told
    assert all("c" in _ids(profile) for profile in told)
    assert shrinking.tries_count > len(told)


def test_what_was_found_is_not_lived_through_once_more() -> None:
    """The smallest episode is there already, and a life may take a minute."""
    lived: list[Profile] = []

    def live(profile: Profile) -> Episode:
        lived.append(profile)
        return _lives(lambda profile: "c" in _ids(profile))(profile)

    shrinking = Shrinking(live)

    assert shrinking.smallest(an_episode(LARGE, LOST)) is shrinking.least
    assert len(lived) == shrinking.tries_count


def test_what_nothing_smaller_breaks_is_returned_as_it_was() -> None:
    """There may be no way to make it less."""
    failed = an_episode(LARGE, LOST)

    assert Shrinking(_lives(lambda profile: False)).smallest(failed) is failed


def test_each_strike_of_a_run_is_a_rule_for_its_try() -> None:
    """In the order of the ledger; what no rule did and what load did is no strike."""
    ledger = [
        an_entry(rule_id="b", identity="deck/s1/0", attempt=2),
        an_entry(),
        an_entry(rule_id=None, organic="quota"),
        an_entry(rule_id="a", identity="connection/3", attempt=1, method="connection"),
    ]

    scenario = struck_again(LARGE.scenario, ledger)

    assert [
        (rule.id, rule.where.method, [(each.operation, each.attempt) for each in rule.often.sequence or ()])
        for rule in scenario.faults
    ] == [
        ("b#1", "presentations.batchUpdate", [("deck/s1/0", 2)]),
        ("a#2", None, [("connection/3", 1)]),
    ]
    assert {rule.when.phase for rule in scenario.faults} == {"storm"}
