import pytest
from pydantic import ValidationError

from fakeslides.scenario.server import Latency, Lognormal, Server


def test_says_nothing_means_no_weather_at_all() -> None:
    """A scenario names only what it wants."""
    server = Server()

    assert (server.latency.fixed, server.connections) == (0.0, None)
    assert server.quota.preset == "unlimited"
    assert server.conflicts.overlapping_writes == 0


def test_a_latency_has_one_form() -> None:
    """Fixed and lognormal at once would mean nothing."""
    with pytest.raises(ValidationError, match="exactly one of fixed, lognormal"):
        Latency.model_validate({"fixed": "1s", "lognormal": {"p50": "1s", "p99": "2s"}})


@pytest.mark.parametrize(("p50", "p99"), [("2s", "1s"), ("0s", "1s")])
def test_a_tail_is_not_below_the_middle(p50: str, p99: str) -> None:
    """No lognormal distribution has such percentiles."""
    with pytest.raises(ValidationError, match="swap or raise them"):
        Lognormal.model_validate({"p50": p50, "p99": p99})
