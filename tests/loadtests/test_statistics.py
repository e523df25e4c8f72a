import math
from statistics import NormalDist, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.statistics import Interval, one_sided, percentile, percentiles, share, student_t, wilson

counts = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


class TestWilson:
    @pytest.mark.parametrize(
        ("successes", "count", "low", "high"),
        [(80, 80, 0.954180, 1.0), (0, 80, 0.0, 0.045820), (950, 1000, 0.934687, 0.961859)],
    )
    def test_agrees_with_published_values(self, successes: int, count: int, low: float, high: float) -> None:
        """The formula is easy to get subtly wrong."""
        interval = wilson(successes, count)

        assert interval.low == pytest.approx(low, abs=2e-5)
        assert interval.high == pytest.approx(high, abs=2e-5)

    def test_knows_nothing_without_samples(self) -> None:
        """An empty run must never look like a good one."""
        assert wilson(0, 0) == Interval(0.0, 1.0)

    @given(counts)
    def test_always_holds_the_measured_share(self, drawn: tuple[int, int]) -> None:
        """An interval beside its own value would be nonsense in a report."""
        successes, count = drawn

        interval = wilson(successes, count)

        assert 0 <= interval.low <= successes / count <= interval.high <= 1

    @given(counts)
    def test_narrows_as_samples_grow(self, drawn: tuple[int, int]) -> None:
        """More evidence for the same share must never make a verdict less sure."""
        successes, count = drawn

        few, many = wilson(successes, count), wilson(10 * successes, 10 * count)

        assert many.high - many.low < few.high - few.low

    @pytest.mark.parametrize(("successes", "count", "confidence"), [(2, 1, 0.95), (-1, 1, 0.95), (1, 1, 1.0)])
    def test_refuses_what_cannot_be(self, successes: int, count: int, confidence: float) -> None:
        """A miscount upstream must not become a plausible number here."""
        with pytest.raises(ValueError, match=r"cannot be|between 0 and 1"):
            wilson(successes, count, confidence)


def test_a_one_sided_bound_is_less_strict_than_the_two_sided_one() -> None:
    """A gate that asks one question should not pay for two."""
    assert one_sided(60, 60, 0.95).low > 0.95 > wilson(60, 60, 0.95).low


def test_a_share_of_nothing_has_no_value() -> None:
    """0 of 0 is neither 0 % nor 100 %."""
    assert share(0, 0).value is None
    assert share(1, 4).value == 0.25


@given(st.lists(st.floats(0, 1e6), min_size=2))
def test_percentiles_agree_with_the_standard_library(samples: list[float]) -> None:
    """People compare our p90 with what their own tools say."""
    assert percentile(samples, 0.9) == pytest.approx(quantiles(samples, n=10, method="inclusive")[-1])


def test_percentiles_of_nothing_are_unknown() -> None:
    """A p99 of 0 seconds for want of samples is the classic empty green."""
    found = percentiles([])

    assert (found.count, found.p50, found.p99, found.max) == (0, None, None, None)


class TestStudentT:
    @pytest.mark.parametrize("degrees", range(1, 31))
    def test_holds_all_but_a_twentieth_of_the_distribution(self, degrees: int) -> None:
        """A digit of a table is soon mistyped."""
        half = degrees / 2
        factor = math.exp(math.lgamma(half + 0.5) - math.lgamma(half)) / math.sqrt(degrees * math.pi)
        step = student_t(degrees) / 2_000
        heights = [(1 + ((n + 0.5) * step) ** 2 / degrees) ** -(half + 0.5) for n in range(2_000)]

        assert 2 * factor * step * sum(heights) == pytest.approx(0.95, abs=5e-5)

    @given(st.floats(1, 100), st.floats(1, 100))
    def test_reaches_no_further_the_more_is_known(self, one: float, other: float) -> None:
        """And always further than the normal's, which knows the spread."""
        fewer, more = sorted((one, other))

        assert student_t(fewer) >= student_t(more) > NormalDist().inv_cdf(0.975)
