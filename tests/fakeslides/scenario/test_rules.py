import pytest
from pydantic import ValidationError

from fakeslides.scenario.problems import ScenarioError
from fakeslides.scenario.rules import FaultRule, Often
from tests.support.fake_client import scenario_of


@pytest.mark.parametrize("often", [{}, {"rate": "5%", "count": 3}, {"count": 1, "every": 2}])
def test_a_rule_says_how_often_in_exactly_one_way(often: dict[str, object]) -> None:
    """Two of rate, count and every contradict each other."""
    with pytest.raises(ValidationError, match="give exactly one of rate, count, every"):
        Often.model_validate(often)


@pytest.mark.parametrize("kind", ["replaceAlText", "replace_all_text", ""])
def test_a_rule_names_a_kind_of_request_that_there_is(kind: str) -> None:
    """One that is misspelt never strikes, and nobody knows why."""
    with pytest.raises(ScenarioError) as refused:
        scenario_of(
            f"faults: [{{id: r, where: {{request: '{kind}'}}, often: {{every: 1}},"
            " fault: {kind: tcp.reset}}]"
        )

    assert f"faults[0].where.request: '{kind}' is not known; " in str(refused.value)
    assert "replaceAllText" in str(refused.value)


def test_a_rule_that_says_no_more_looks_at_every_call_and_draws_by_attempt() -> None:
    """These are the defaults that the documentation promises."""
    rule = FaultRule.model_validate({"id": "r", "often": {"every": "1"}, "fault": {"kind": "tcp.reset"}})

    assert (rule.where.method, rule.when.phase, rule.draw) == (None, None, "attempt")
    assert rule.fault.point == "before_commit"
    assert rule.expect_fired is None
