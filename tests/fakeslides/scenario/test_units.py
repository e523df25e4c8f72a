import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.scenario.units import parse_duration_seconds, parse_share, parse_time_scale, plain_number


@pytest.mark.parametrize(
    ("text", "seconds"), [("300ms", 0.3), ("1.4s", 1.4), ("2m", 120), ("1h", 3600), (" 0s ", 0), ("5 s", 5)]
)
def test_reads_durations_with_their_unit(text: str, seconds: float) -> None:
    """Every duration of a scenario goes through here."""
    assert parse_duration_seconds(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["60", "", "s", "-1s", "1d", "1,5s", "1e3s", "nan s", "9" * 400 + "s", None])
def test_refuses_durations_without_a_unit_or_sense(text: object) -> None:
    """`for: 60` may mean seconds or minutes; only the author knows."""
    with pytest.raises(ValueError, match=r"is not a duration; write a number and its unit"):
        parse_duration_seconds(text)


@given(percent=st.integers(0, 100))
def test_a_share_is_its_percentage(percent: int) -> None:
    """Models hold shares between 0 and 1."""
    assert parse_share(f"{percent}%") == percent / 100


@pytest.mark.parametrize(
    ("text", "says"), [("5", "in percent"), ("0.5", "in percent"), ("101%", "over 100 %")]
)
def test_refuses_shares_without_a_sign_or_over_the_whole(text: str, says: str) -> None:
    """A bare 5 could be five percent or five times everything."""
    with pytest.raises(ValueError, match=says):
        parse_share(text)


@pytest.mark.parametrize(("text", "scale"), [("1/20", 0.05), ("1", 1.0), ("0.1", 0.1), (1, 1.0)])
def test_reads_time_scales(text: object, scale: float) -> None:
    """A fraction says at a glance how much faster time runs."""
    assert parse_time_scale(text) == pytest.approx(scale)


@pytest.mark.parametrize("text", ["0", "2", "1/0", "-1", "x", "1/2/3", ""])
def test_refuses_time_scales_that_stop_or_stretch_time(text: str) -> None:
    """Slower than real time would only waste an evening."""
    with pytest.raises(ValueError, match="is not a time scale"):
        parse_time_scale(text)


@given(number=st.floats(0, 1e6))
def test_a_number_is_written_as_files_may_say_it(number: float) -> None:
    """A scenario's grammar knows no exponents; a nanosecond is all the precision it needs."""
    assert parse_duration_seconds(f"{plain_number(number)}s") == pytest.approx(number, abs=1e-9)
