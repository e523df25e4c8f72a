"""From the faults that struck in one run to a scenario that strikes them again, try by try.  A thinking room.

Dice and phases are gone from it: each rule lists the tries that it struck.  What load brings about stays, as
nobody can list it.  The client must make the same tries again to be struck again: a bare connection is known
by its ordinal alone, and who looks or probes for others, in a race or at a breaker, is a matter of moments.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import get_args

from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario, SweepSettings
from fakeslides.scenario.rules import ExpectFired, FaultRule, Method, Often, Strike, Where
from fakeslides.scenario.writer import scenario_yaml
from loadtests.gates import SPEEDUP
from loadtests.measurements import Setting

OPENING = "# The faults that struck in"
"""How the text of such a scenario begins."""

# A bare connection, and what google-auth asks for on the side, have methods that no rule names.
_NAMED = frozenset(get_args(Method))


def struck_scenario(scenario: Scenario, setting: Setting, seed: int, ledger: Iterable[Entry]) -> Scenario:
    """Return a scenario of the faults that struck in one run.

    Args:
        scenario: whose rules struck.
        setting: of the run; the only one of the new scenario.
        seed: of the run, which made its decks and its latencies.
        ledger: of the run.

    Returns:
        The scenario, with a rule for each rule and method that struck; without any if nothing did.  The gate
        on the speed-up is left out, as another strategy would not meet these faults.
    """
    struck: dict[tuple[str, str], list[Entry]] = {}
    for entry in ledger:
        if entry.rule_id is not None:
            struck.setdefault((entry.rule_id, entry.method), []).append(entry)
    return scenario.model_copy(
        update={
            "promise": f"{scenario.promise} (Struck again as at {setting.name}, try by try.)",
            "seed": seed,
            "phases": (),
            "faults": tuple(_rules(scenario.faults, struck)),
            "settings": SweepSettings(strategy=(setting.strategy,), concurrency=(setting.concurrency,)),
            "gates": tuple(gate for gate in scenario.gates if gate.metric != SPEEDUP),
        }
    )


def struck_yaml(scenario: Scenario, origin: str, deck_files: Sequence[Path] = ()) -> str:
    """Return the text of such a scenario, with a comment that says where it comes from and how to run it."""
    decks = "".join(f" --deck {quote(str(file))}" for file in deck_files)
    return (
        f"{OPENING} {origin}, try by try.\n"
        f"# Run it with: deckstorm sweep THIS_FILE{decks}\n{scenario_yaml(scenario)}"
    )


def struck_file_name(setting: Setting) -> str:
    """Return such as `coalesced-3.yaml`, or `coalesced-3-2.yaml` for a second repeat."""
    repeat = f"-{setting.repeat}" if setting.repeat > 1 else ""
    return f"{setting.strategy}-{setting.concurrency}{repeat}.yaml"


def _rules(
    rules: Iterable[FaultRule], struck: Mapping[tuple[str, str], Sequence[Entry]]
) -> Iterable[FaultRule]:
    """Yield the rules in their order, one for each method that it struck."""
    for rule in rules:
        methods = [method for rule_id, method in struck if rule_id == rule.id]
        for method in methods:
            name = rule.id if len(methods) == 1 else f"{rule.id}:{method}"
            yield _sequence(rule, name, method, struck[rule.id, method])


def where_of(method: str) -> Where:
    """Return where to look for calls of a method of the ledger; anywhere if no rule could name it."""
    return Where.model_validate({"method": method} if method in _NAMED else {})


def _sequence(rule: FaultRule, name: str, method: str, entries: Sequence[Entry]) -> FaultRule:
    tries = dict.fromkeys((entry.identity, entry.attempt) for entry in entries)
    strikes = tuple(Strike(operation=operation or "", attempt=attempt or 1) for operation, attempt in tries)
    return FaultRule(
        id=name,
        where=where_of(method),
        often=Often(sequence=strikes),
        fault=rule.fault,
        expect_fired=ExpectFired(at_least=len(entries)),
    )
