from typing import Any

import pytest
from multidict import CIMultiDict

from fakeslides.faults.calls import CallFacts
from fakeslides.faults.scope import conditions_of
from fakeslides.scenario.rules import FaultRule
from tests.support.rulebooks import BATCH, a_call, a_rule


def looks_at(rule: FaultRule, call: CallFacts, phase: str | None) -> bool:
    """Say whether all holds of a call, made in a phase, that a rule asks."""
    return all(condition(call, phase) for condition in conditions_of(rule))


@pytest.mark.parametrize(
    ("where", "looked_at", "passed_over"),
    [
        ({"method": BATCH}, {}, {"method": "presentations.get"}),
        ({"presentation": "deck-*"}, {}, {"presentation_id": "other"}),
        ({"presentation": "deck-*"}, {}, {"presentation_id": None}),
        ({"user": "ada@*"}, {"user": "ada@x.org"}, {"user": "bob@x.org"}),
        ({"user": "ada@*"}, {"user": "ada@x.org"}, {"user": None}),
        ({"connection": [1, 3]}, {"connection": 3}, {"connection": 2}),
        ({"connection": 2}, {"connection": 2}, {"connection": 1}),
        (
            {"request": "insertText"},
            {"request_kinds": ("replaceAllText", "insertText")},
            {"request_kinds": ("replaceAllText",)},
        ),
        (
            {"header": {"x-tenant": "blue*"}},
            {"headers": CIMultiDict({"X-Tenant": "blue-1"})},
            {"headers": CIMultiDict({"X-Tenant": "red"})},
        ),
        ({"header": {"x-tenant": "*"}}, {"headers": CIMultiDict({"X-Tenant": ""})}, {}),
    ],
)
def test_looks_only_where_it_is_told_to(
    where: dict[str, Any], looked_at: dict[str, Any], passed_over: dict[str, Any]
) -> None:
    """Weather over one deck, user or connection leaves the others dry."""
    rule = a_rule(where=where)

    assert looks_at(rule, a_call(**looked_at), None)
    assert not looks_at(rule, a_call(**passed_over), None)


@pytest.mark.parametrize(
    ("when", "looked_at", "passed_over"),
    [
        ({"attempt": [1, 3]}, {"attempt": 3}, {"attempt": 2}),
        ({"attempt": 1}, {"attempt": 1}, {"attempt": 2}),
        ({"offset": {"from": "5s", "to": "9s"}}, {"offset_seconds": 5.0}, {"offset_seconds": 4.9}),
        ({"offset": {"from": "5s", "to": "9s"}}, {"offset_seconds": 8.9}, {"offset_seconds": 9.0}),
        ({"offset": {"from": "5s"}}, {"offset_seconds": 1e9}, {"offset_seconds": 0.0}),
        ({"offset": {"to": "9s"}}, {"offset_seconds": 0.0}, {"offset_seconds": 9.0}),
    ],
)
def test_looks_only_when_it_is_told_to(
    when: dict[str, Any], looked_at: dict[str, Any], passed_over: dict[str, Any]
) -> None:
    """`attempt: 1` is how to strike what a retry can cure."""
    rule = a_rule(when=when)

    assert looks_at(rule, a_call(**looked_at), None)
    assert not looks_at(rule, a_call(**passed_over), None)


def test_looks_only_in_its_phase() -> None:
    """Calm and recovery are calm because of this."""
    rule = a_rule(when={"phase": "storm"})

    assert looks_at(rule, a_call(), "storm")
    assert not looks_at(rule, a_call(), "calm")


def test_looks_at_tokens_only_if_it_says_so() -> None:
    """An outage of Slides is none of the service that gives out tokens."""
    token = a_call(method="token", presentation_id=None)

    assert not looks_at(a_rule(), token, None)
    assert looks_at(a_rule(where={"method": "token"}), token, None)
