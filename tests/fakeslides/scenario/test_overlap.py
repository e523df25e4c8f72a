from typing import Any

import pytest

from fakeslides.scenario.overlap import can_meet, first_over_the_whole
from fakeslides.scenario.rules import FaultRule
from tests.support.rulebooks import BATCH, a_rule


def a_share(percent: int, **parts: object) -> FaultRule:
    """Return a rule with a rate."""
    return a_rule(often={"rate": f"{percent}%"}, **parts)


def over(*rules: FaultRule) -> tuple[int, int] | None:
    """Return which rule does not fit, and the sum in percent."""
    found = first_over_the_whole(rules)
    return None if found is None else (found[0], round(found[1] * 100))


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ({}, {"where": {"method": BATCH}}, True),
        ({"where": {"method": BATCH}}, {"where": {"method": "presentations.get"}}, False),
        ({}, {"where": {"method": "token"}}, False),
        ({"where": {"presentation": "a*"}}, {"where": {"presentation": "abc"}}, True),
        ({"where": {"presentation": "a*"}}, {"where": {"presentation": "b"}}, False),
        ({"where": {"presentation": "a"}}, {"where": {"presentation": "b"}}, False),
        ({"where": {"presentation": "a*"}}, {"where": {"presentation": "b*"}}, True),
        ({"where": {"user": "ada"}}, {"where": {"user": "bob"}}, False),
        ({"where": {"connection": [1, 2]}}, {"where": {"connection": [3]}}, False),
        ({"when": {"phase": "calm"}}, {"when": {"phase": "storm"}}, False),
        ({"when": {"attempt": [1]}}, {"when": {"attempt": [1, 2]}}, True),
        ({"when": {"attempt": [1]}}, {"when": {"attempt": [2]}}, False),
        ({"when": {"offset": {"to": "5s"}}}, {"when": {"offset": {"from": "5s"}}}, False),
        ({"when": {"offset": {"to": "5s"}}}, {"when": {"offset": {"from": "4s"}}}, True),
        ({"when": {"nth": 3}}, {}, False),
    ],
)
def test_knows_which_rules_can_look_at_the_same_call(
    one: dict[str, Any],
    other: dict[str, Any],
    *,
    meet: bool,
) -> None:
    """Only their shares compete."""
    first, second = a_share(60, **one), a_share(60, **other)

    assert can_meet(first, second) is can_meet(second, first) is meet
    assert (over(first, second) is not None) is meet


def test_names_the_rule_that_does_not_fit_and_the_sum() -> None:
    """Beyond 100 % the last rule could not have its share."""
    assert over(a_share(60), a_rule(often={"every": 1}), a_share(41)) == (2, 101)
    assert over(a_share(60), a_share(40)) is None


def test_rules_that_never_meet_each_other_do_not_add_up() -> None:
    """One rule over both calm and storm fits beside one in each."""
    calm, storm = a_share(60, when={"phase": "calm"}), a_share(60, when={"phase": "storm"})

    assert over(calm, storm, a_share(40)) is None
    assert over(calm, storm, a_share(41)) == (2, 101)


def test_finds_the_heaviest_rules_that_meet_also_behind_lighter_ones() -> None:
    """The order in the file must not hide a sum."""
    reads, writes = {"method": "presentations.get"}, {"method": BATCH}
    rules = [a_share(10, where=reads), a_share(50, where=writes), a_share(30), a_share(21)]

    assert over(*rules) == (3, 101)


def test_ramps_that_cross_fit_as_long_as_both_ends_do() -> None:
    """One kind of weather may give way to another."""
    rising = a_rule(often={"rate": {"from": "0%", "to": "100%"}})
    falling = a_rule(often={"rate": {"from": "100%", "to": "0%"}})

    assert over(rising, falling) is None
    assert over(rising, falling, a_share(1)) == (2, 101)


def test_many_rules_that_fit_are_judged_in_no_time() -> None:
    """A file may be large, and whoever wrote it waits for the answer: trying all sets would take for ever."""
    rules = [a_share(1, when={"attempt": [n % 50 + 1, n % 7 + 1]}) for n in range(150)]

    assert over(*rules) is None


def test_rules_whose_shares_fit_all_together_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three thousand took twenty seconds, in which a running server that was given them did nothing else."""

    def compare(_one: FaultRule, _other: FaultRule) -> bool:
        pytest.fail("their sum says enough")

    monkeypatch.setattr("fakeslides.scenario.overlap.can_meet", compare)

    assert over(*[a_share(1)] * 100) is None
