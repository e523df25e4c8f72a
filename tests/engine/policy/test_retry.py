"""How long, how often, and when not at all."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import errors
from engine.policy.retry import LONGEST_BACKOFF_SECONDS, next_delay
from engine.settings import EngineSettings

SETTINGS = EngineSettings(batch_retry_attempts=4, batch_retry_delay=1.0)
LOST = errors.ConnectionLost("reset")


def _quota(retry_after_seconds: float | None = None) -> errors.QuotaExceeded:
    return errors.QuotaExceeded("slow down", http_status=429, retry_after_seconds=retry_after_seconds)


def _delay(
    failures_count: int, error: errors.SlidesError, *, remaining_seconds: float = 1e9, seed: int = 1
) -> float | None:
    return next_delay(
        failures_count, error, SETTINGS, remaining_seconds=remaining_seconds, jitter=Random(seed)
    )


class TestBackoff:
    @given(st.integers(1, 4), st.integers())
    def test_lies_anywhere_below_a_ceiling_that_doubles(self, failures_count: int, seed: int) -> None:
        """Full jitter: clients that failed together must not come back together."""
        delay = _delay(failures_count, LOST, seed=seed)

        assert delay is not None
        assert 0 <= delay <= 2 ** (failures_count - 1)

    def test_spreads_over_the_whole_range(self) -> None:
        """A little noise on a fixed delay still leaves a crowd."""
        delays = sorted(_delay(3, LOST, seed=seed) or 0.0 for seed in range(500))

        assert delays[0] < 0.2
        assert delays[-1] > 3.8
        assert delays[250] == pytest.approx(2.0, abs=0.4)

    @given(st.integers(1, 10_000), st.integers())
    def test_never_grows_beyond_its_cap(self, failures_count: int, seed: int) -> None:
        """Doubling ten thousand times must neither overflow nor wait for years."""
        delay = _delay(failures_count, _quota(), seed=seed)

        assert delay is not None
        assert delay <= LONGEST_BACKOFF_SECONDS

    def test_follows_the_operators_base(self) -> None:
        """`SCALAPAY_BATCH_RETRY_DELAY` must do what it says."""
        settings = EngineSettings(batch_retry_delay=0)

        assert next_delay(1, LOST, settings, remaining_seconds=9.0, jitter=Random(1)) == 0.0


class TestGivingUp:
    def test_after_the_number_of_retries_that_is_set(self) -> None:
        """`SCALAPAY_BATCH_RETRY_ATTEMPTS` counts tries after the first."""
        tried = [_delay(n, LOST) is not None for n in (1, 2, 3, 4, 5)]

        assert tried == [True, True, True, True, False]

    def test_refusals_for_quota_do_not_use_up_the_retries(self) -> None:
        """A short ladder burns out under a long 429 although the deadline is far away."""
        assert _delay(50, _quota()) is not None

    def test_a_wait_that_would_pass_the_deadline_is_not_begun(self) -> None:
        """Waiting only to be too late helps nobody."""
        assert all(_delay(4, LOST, remaining_seconds=0.0, seed=seed) is None for seed in range(20))

    @pytest.mark.parametrize(
        "error",
        [
            errors.NotFound("404", http_status=404),
            errors.PermissionDenied("403", http_status=403),
            errors.InvalidRequest("400", http_status=400),
            errors.Unauthenticated("401", http_status=401),
            errors.DeadlinePassed("quota"),
            errors.CredentialsRefused("invalid_grant"),
        ],
    )
    def test_what_will_fail_again_is_not_tried_again(self, error: errors.SlidesError) -> None:
        """A permission is not a quota, and each try costs one of sixty writes."""
        assert _delay(1, error) is None


class TestRetryAfter:
    @given(st.floats(0, 3_600), st.integers(1, 6), st.integers())
    def test_never_waits_less_than_it_was_asked_to(
        self, asked_for: float, failures_count: int, seed: int
    ) -> None:
        """A per-minute quota that is met early is met in vain."""
        delay = _delay(failures_count, _quota(asked_for), seed=seed)

        assert delay is not None
        assert delay >= asked_for
        assert delay <= max(asked_for, LONGEST_BACKOFF_SECONDS) + 0.1 * asked_for

    def test_is_obeyed_for_an_overloaded_server_too(self) -> None:
        """503 carries it as often as 429."""
        error = errors.ServerFailed("503", http_status=503, retry_after_seconds=20.0)

        delay = _delay(1, error)

        assert delay is not None
        assert delay >= 20.0

    def test_beyond_the_deadline_there_is_no_retry(self) -> None:
        """Never less than asked, never later than promised: so not at all."""
        assert _delay(1, _quota(60.0), remaining_seconds=59.0) is None
