import pytest
from pydantic import ValidationError

from fakeslides.scenario.rules import FaultRule, Often


@pytest.mark.parametrize("often", [{}, {"rate": "5%", "count": 3}, {"count": 1, "every": 2}])
def test_a_rule_says_how_often_in_exactly_one_way(often: dict[str, object]) -> None:
    """Two of rate, count and every contradict each other."""
    with pytest.raises(ValidationError, match="give exactly one of rate, count, every"):
        Often.model_validate(often)


def test_a_rule_that_says_no_more_looks_at_every_call_and_draws_by_attempt() -> None:
    """These are the defaults that the documentation promises."""
    rule = FaultRule.model_validate({"id": "r", "often": {"every": "1"}, "fault": {"kind": "tcp.reset"}})

    assert (rule.where.method, rule.when.phase, rule.draw) == (None, None, "attempt")
    assert rule.fault.point == "before_commit"
    assert rule.expect_fired is None
