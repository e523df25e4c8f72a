import pytest

from fakeslides.scenario.model import Scenario
from loadtests.benchmarks.doors import _FIELDS
from loadtests.benchmarks.every_fault import rules_of_every_kind
from tests.support.fault_cases import vocabulary


def test_there_is_a_rule_for_every_kind_and_a_scenario_takes_them() -> None:
    """What was measured without a new kind would not be measured."""
    rules = rules_of_every_kind("3%", _FIELDS)

    scenario = Scenario.model_validate({"version": 1, "promise": "All of them.", "faults": rules})

    assert [rule.fault.kind for rule in scenario.faults] == list(vocabulary())
    assert {rule.often.rate for rule in scenario.faults} == {0.03}


def test_a_field_without_a_value_is_told_by_its_name() -> None:
    """Whoever adds a kind has to say here what it is to have."""
    with pytest.raises(KeyError, match="code"):
        rules_of_every_kind("3%", {name: value for name, value in _FIELDS.items() if name != "code"})
