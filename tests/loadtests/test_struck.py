from pathlib import Path

from fakeslides.ledger import Entry
from fakeslides.scenario.loader import parse_scenario
from fakeslides.scenario.model import Scenario
from loadtests.measurements import Setting
from loadtests.struck import struck_file_name, struck_scenario, struck_yaml
from tests.support.fake_client import scenario_of
from tests.support.runs import an_entry

SETTING = Setting("coalesced", 3)
WEATHER = """
seed: 7
time_scale: 1/20
server: {latency: {fixed: 300ms}}
phases: [{name: storm, for: 60s}]
faults:
  - {id: a, when: {phase: storm}, often: {rate: 5%}, fault: {kind: tcp.reset, point: after_commit}}
  - {id: b, often: {every: 3}, limit: {total: 9}, fault: {kind: http.delay, by: 2s}}
  - {id: dry, often: {count: 1}, fault: {kind: http.stall}}
settings: {strategy: [sequential, coalesced], concurrency: [1, 3]}
gates:
  - {id: lost, metric: lost_edits, require: "== 0"}
  - {id: faster, metric: speedup_over_sequential, require: ">= 2"}
"""


def again(*ledger: Entry) -> Scenario:
    """Return the scenario of a ledger."""
    return struck_scenario(scenario_of(WEATHER), SETTING, 8, ledger)


def struck(rule_id: str, identity: str, attempt: int = 1, **facts: object) -> Entry:
    """Return an entry of a try that a rule struck."""
    return an_entry(rule_id=rule_id, identity=identity, attempt=attempt, **facts)


def listed(scenario: Scenario) -> dict[str, list[tuple[str, int]]]:
    """Return the tries of each rule."""
    return {
        rule.id: [(each.operation, each.attempt) for each in rule.often.sequence or ()]
        for rule in scenario.faults
    }


def test_each_rule_that_struck_lists_its_tries() -> None:
    """And nothing else: dice, phases and limits had their say in the first run."""
    scenario = again(struck("a", "x"), an_entry(identity="calm"), struck("b", "x", 2), struck("a", "y", 3))

    assert listed(scenario) == {"a": [("x", 1), ("y", 3)], "b": [("x", 2)]}
    assert scenario.phases == ()
    assert {(rule.when.phase, rule.limit) for rule in scenario.faults} == {(None, None)}


def test_each_rule_keeps_its_fault_and_must_strike_as_often_again() -> None:
    """Else the second run would not be the first one's weather, and must not look like it."""
    first, second = again(struck("a", "x"), struck("a", "y"), struck("b", "x", 2)).faults

    assert (first.fault.kind, first.fault.point) == ("tcp.reset", "after_commit")
    assert second.fault.model_dump(by_alias=True)["by"] == 2
    assert [rule.expect_fired.at_least for rule in (first, second) if rule.expect_fired] == [2, 1]


def test_a_rule_that_struck_several_methods_becomes_several() -> None:
    """Attempts are counted by method, so a try is known only together with its own."""
    scenario = again(struck("b", "x"), struck("b", "x", method="presentations.get"))

    assert {rule.id: rule.where.method for rule in scenario.faults} == {
        "b:presentations.batchUpdate": "presentations.batchUpdate",
        "b:presentations.get": "presentations.get",
    }


def test_a_bare_connection_has_no_method_to_be_known_by() -> None:
    """Its ordinal is its name."""
    scenario = again(struck("a", "connection/2", method="connection"))

    assert [(rule.where.method, *listed(scenario)["a"]) for rule in scenario.faults] == [
        (None, ("connection/2", 1))
    ]


def test_runs_the_one_setting_with_its_own_seed() -> None:
    """Decks and latencies come from the seed, and operations from the strategy."""
    scenario = again(struck("a", "x"))

    assert (scenario.settings.strategy, scenario.settings.concurrency, scenario.seed) == (
        ("coalesced",),
        (3,),
        8,
    )
    assert [gate.id for gate in scenario.gates] == ["lost"]


def test_what_is_written_reads_as_what_was_meant() -> None:
    """It is a scenario like any other, units and all."""
    scenario = again(struck("a", "x"), struck("b", 'odd: "name" #1', 2))

    text = struck_yaml(scenario, "night at coalesced@3", [Path("my deck.json")])

    assert parse_scenario(text) == scenario
    assert "--deck 'my deck.json'" in text


def test_each_setting_has_a_file_of_its_own() -> None:
    """Repeats included."""
    settings = [Setting("coalesced", 3), Setting("coalesced", 3, 2), Setting("coalesced", 32)]

    assert [struck_file_name(setting) for setting in settings] == [
        "coalesced-3.yaml", "coalesced-3-2.yaml", "coalesced-32.yaml",
    ]  # fmt: skip
