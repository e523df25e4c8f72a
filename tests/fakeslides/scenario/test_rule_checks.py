from typing import Any

import pytest

from fakeslides.scenario.problems import show_path
from fakeslides.scenario.rule_checks import check_rules
from fakeslides.scenario.rules import FaultRule, Phase
from tests.support.rulebooks import a_rule, striking_at

PHASES = [Phase.model_validate({"name": n, "for": "10s"}) for n in ("calm", "storm", "recovery")]
RAMP = {"rate": {"from": "0%", "to": "50%"}}


def told(*rules: FaultRule) -> dict[str, str]:
    """Return what is said of each key."""
    found = check_rules(list(enumerate(rules)), PHASES)
    return {show_path(problem.path): problem.text for problem in found}


@pytest.mark.parametrize(
    "when", [{}, {"offset": {"from": "5s"}}, {"attempt": 1}], ids=["nothing", "no end", "attempt"]
)
def test_a_ramp_needs_a_stretch(when: dict[str, Any]) -> None:
    """Over for ever it would stay at its beginning."""
    said = told(a_rule(often=RAMP, when=when))

    assert list(said) == ["faults[0].often.rate"]
    assert "name `phase`" in said["faults[0].often.rate"]


@pytest.mark.parametrize("when", [{"phase": "storm"}, {"offset": {"to": "5s"}}])
def test_a_ramp_over_a_stretch_is_fine(when: dict[str, Any]) -> None:
    """Either way of naming one."""
    assert told(a_rule(often=RAMP, when=when)) == {}


@pytest.mark.parametrize("draw", ["operation", "connection"])
@pytest.mark.parametrize(
    ("often", "is_fine"),
    [
        ({"rate": "5%"}, True),
        ({"burst": {"enter": "5%", "leave": "50%"}}, True),
        ({"count": 3}, False),
        ({"every": 2}, False),
        ({"sequence": [{"operation": "op"}]}, False),
    ],
)
def test_only_dice_are_drawn(draw: str, often: dict[str, Any], *, is_fine: bool) -> None:
    """`count: 3` strikes three calls, and not three operations however often they are tried."""
    assert list(told(a_rule(often=often, draw=draw))) == ([] if is_fine else ["faults[0].draw"])


@pytest.mark.parametrize(
    ("phase", "offset", "is_fine"),
    [
        ("storm", {"from": "12s", "to": "15s"}, True),
        ("storm", {"to": "10s"}, False),
        ("storm", {"from": "20s"}, False),
        ("calm", {"from": "5s"}, True),
        ("recovery", {"from": "99s"}, True),
    ],
)
def test_an_offset_lies_in_its_phase(phase: str, offset: dict[str, str], *, is_fine: bool) -> None:
    """A rule for a moment that never comes would never strike; the last phase never ends."""
    said = told(a_rule(when={"phase": phase, "offset": offset}))

    assert list(said) == ([] if is_fine else ["faults[0].when.offset"])


@pytest.mark.parametrize(
    ("point", "parts", "path"),
    [
        ("on_accept", {"where": {"method": "token"}}, "where.method"),
        ("in_handshake", {"where": {"presentation": "deck"}}, "where.presentation"),
        ("in_handshake", {"when": {"attempt": 2}}, "when.attempt"),
        ("before_request_read", {"where": {"request": "insertText"}}, "where.request"),
        ("before_request_read", {"where": {"user": "ada"}}, "where.user"),
    ],
)
def test_an_early_fault_asks_for_nothing_that_comes_later(
    point: str, parts: dict[str, Any], path: str
) -> None:
    """A connection that was just accepted has no method, and a body that was not read no request."""
    rule = striking_at(point, a_rule(**parts))

    assert list(told(rule)) == [f"faults[0].{path}"]


def test_names_the_place_in_the_file_also_when_other_rules_are_malformed() -> None:
    """All problems are told at once, so rules that are no rules are left out before."""
    rules = [(3, a_rule(often={"rate": "60%"})), (7, a_rule(often={"rate": "60%"}))]

    assert [show_path(problem.path) for problem in check_rules(rules, PHASES)] == ["faults[7].often.rate"]
