import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.api.latency import latency_seconds
from fakeslides.scenario.server import Latency

LONG_TAILED = Latency.model_validate({"lognormal": {"p50": "320ms", "p99": "1.4s"}})


@pytest.mark.parametrize(("share", "seconds"), [(0.5, 0.32), (0.99, 1.4)])
def test_a_lognormal_latency_has_the_percentiles_it_was_told(share: float, seconds: float) -> None:
    """Scenarios speak in percentiles because that is what people measure."""
    assert latency_seconds(LONG_TAILED, share) == pytest.approx(seconds)


@given(share=st.floats(0, 1))
def test_no_draw_gives_a_latency_without_end(share: float) -> None:
    """The ends of the distribution lie at infinity."""
    assert 0 < latency_seconds(LONG_TAILED, share) < 60


def test_a_fixed_latency_is_the_same_for_every_draw() -> None:
    """Tests want to know how long a call takes."""
    fixed = Latency.model_validate({"fixed": "300ms"})

    assert {latency_seconds(fixed, share) for share in (0.0, 0.5, 0.999)} == {0.3}


def test_one_percentile_can_equal_the_other() -> None:
    """A distribution without spread is a fixed latency."""
    flat = Latency.model_validate({"lognormal": {"p50": "1s", "p99": "1s"}})

    assert latency_seconds(flat, 0.9) == pytest.approx(1.0)
