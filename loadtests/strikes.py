"""How often each kind of weather struck: by rule, and from load.  A thinking room."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import ExpectFired, FaultRule
from fakeslides.scenario.server import Server
from loadtests.measurements import WRITE, FaultCount

API = "presentations."


def strike_counts(
    scenario: Scenario, counts: Mapping[str, Mapping[str, int]], ledger: Sequence[Entry]
) -> tuple[FaultCount, ...]:
    """Return how often every rule struck, then every organic cause that the scenario makes possible.

    Args:
        scenario: the weather.
        counts: `{rule id: {"matched": n, "fired": n}}` as the server counted.
        ledger: tells what came from load.
    """
    return (*_of_rules(scenario.faults, counts), *_organic(scenario.server, ledger))


def _of_rules(rules: Iterable[FaultRule], counts: Mapping[str, Mapping[str, int]]) -> tuple[FaultCount, ...]:
    """Every rule of the scenario, also one the server never counted: that is what a zero is for."""
    return tuple(
        FaultCount(
            id=rule.id,
            matched=counts.get(rule.id, {}).get("matched", 0),
            fired=counts.get(rule.id, {}).get("fired", 0),
            expected_at_least=_least(rule.expect_fired),
        )
        for rule in rules
    )


def _organic(server: Server, ledger: Sequence[Entry]) -> tuple[FaultCount, ...]:
    """Every cause that load alone can bring about here; `matched` is what it might have struck."""
    fired = Counter(entry.organic for entry in ledger)
    return tuple(
        FaultCount(
            id=f"organic:{cause}",
            matched=_within_reach(cause, ledger),
            fired=fired[cause],
            expected_at_least=_least(getattr(server.expect_fired, cause)),
            is_organic=True,
        )
        for cause in server.organic_causes()
    )


def _within_reach(cause: str, ledger: Iterable[Entry]) -> int:
    """Count what a cause might have struck: connections, writes, or all calls of the API."""
    if cause == "connection_limit":
        return len({entry.connection for entry in ledger})
    prefix = WRITE if cause == "overlapping_write" else API
    return sum(entry.method.startswith(prefix) for entry in ledger)


def _least(expected: ExpectFired | None) -> int:
    return expected.at_least if expected else 0
