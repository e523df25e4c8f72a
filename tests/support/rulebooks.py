"""Fault rules and the calls they are asked about, for tests without a server."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from fakeslides.faults.calls import CallFacts
from fakeslides.faults.rules import Rulebook
from fakeslides.scenario.rules import FaultRule, Phase

BATCH = "presentations.batchUpdate"


def a_rule(rule_id: str = "r", **parts: object) -> FaultRule:
    """Return a rule that resets every call it looks at, unless `parts` say otherwise."""
    usual: dict[str, Any] = {"often": {"every": 1}, "fault": {"kind": "tcp.reset"}}
    return FaultRule.model_validate({"id": rule_id, **usual, **parts})


def striking_at(point: str, rule: FaultRule) -> FaultRule:
    """Return the rule with a fault that strikes at a point, whether or not some kind of fault can."""
    return rule.model_copy(update={"fault": SimpleNamespace(kind="tcp.reset", point=point)})


def a_book(*rules: FaultRule, seed: int = 1, phases: Sequence[Mapping[str, str]] = ()) -> Rulebook:
    """Return the rulebook of some rules."""
    return Rulebook(rules, [Phase.model_validate(phase) for phase in phases], seed)


def a_call(number: int = 0, **facts: object) -> CallFacts:
    """Return the facts of a write to deck 1, the first try of the `number`-th operation."""
    usual: dict[str, Any] = {
        "method": BATCH,
        "presentation_id": "deck-1",
        "identity": f"deck-1/slide/{number}",
        "attempt": 1,
        "offset_seconds": 0.0,
    }
    return CallFacts(**{**usual, **facts})


def struck_by(book: Rulebook, call: CallFacts) -> str | None:
    """Return the id of the rule that strikes a call."""
    verdict = book.judge(call).verdict
    return verdict.rule_id if verdict else None
