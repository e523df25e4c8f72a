import pytest

from fakeslides.api.methods import Performed
from fakeslides.api.router import Call
from fakeslides.exchange import Exchange
from fakeslides.faults.rules import Verdict
from fakeslides.scenario.http_faults import HttpStatus
from fakeslides.scenario.tcp_faults import TcpReset

CALL = Call("presentations.batchUpdate", "deck")


def exchange(**known: object) -> Exchange:
    """Return an exchange that ended with 200."""
    made = Exchange(CALL, connection=3, arrived_at_seconds=1.0, identity="op", attempt=2, http_status=200)
    for name, value in known.items():
        setattr(made, name, value)
    return made


def test_a_call_without_a_fault_says_so() -> None:
    """Null is how the ledger says that nothing struck."""
    entry = exchange(performed=Performed({}, is_committed=True, revision_after="r2")).entry(7, 2.0)

    assert (entry.sequence, entry.identity, entry.attempt, entry.connection) == (7, "op", 2, 3)
    assert (entry.http_status, entry.committed, entry.revision_after) == (200, True, "r2")
    assert (entry.rule_id, entry.fault, entry.point, entry.organic) == (None, None, None, None)


def test_a_strike_is_noted_with_its_rule_and_its_point() -> None:
    """The ledger says who lost the answer, and when."""
    struck = Verdict("rule", TcpReset(kind="tcp.reset", point="after_commit"))

    entry = exchange(verdict=struck, http_status=None).entry(0, 2.0)

    assert (entry.http_status, entry.rule_id, entry.fault) == (None, "rule", "tcp.reset")
    assert entry.point == "after_commit"


def test_a_status_that_was_injected_did_reach_the_client() -> None:
    """It is an answer like any other."""
    struck = Verdict("rule", HttpStatus(kind="http.status", code=503))

    assert exchange(verdict=struck, http_status=503).entry(0, 2.0).http_status == 503


@pytest.mark.parametrize("fault", ["tls.record_corrupt", "tcp.reset"])
def test_a_fault_of_load_is_not_called_a_rule(fault: str) -> None:
    """Reports tell injected from organic."""
    entry = exchange(organic="connection_limit", organic_fault=fault).entry(0, 2.0)

    assert (entry.rule_id, entry.fault, entry.organic) == (None, fault, "connection_limit")


def test_rules_see_who_calls() -> None:
    """Draws are keyed by these facts."""
    facts = exchange().facts(offset_seconds=5.0)

    assert (facts.identity, facts.attempt, facts.presentation_id) == ("op", 2, "deck")
