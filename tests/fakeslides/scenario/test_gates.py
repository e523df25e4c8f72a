import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fakeslides.scenario.gates import Gate, parse_requirement


@pytest.mark.parametrize(
    ("text", "met", "unmet"),
    [
        ("== 0", 0, 1),
        ("!= 0", 1, 0),
        (">= 2", 2, 1.9),
        ("<= 2", 2, 2.1),
        ("> 95%", 0.951, 0.95),
        ("< 5%", 0.04, 0.05),
    ],
)
def test_holds_measurements_against_the_threshold(text: str, met: float, unmet: float) -> None:
    """Each comparison at its border, where mistakes live."""
    requirement = parse_requirement(text)

    assert requirement.is_met_by(met)
    assert not requirement.is_met_by(unmet)


@given(
    sign=st.sampled_from(["==", "!=", ">=", "<=", ">", "<"]),
    number=st.integers(0, 100),
    unit=st.sampled_from(["", "%"]),
)
def test_what_is_written_can_be_read_again(sign: str, number: int, unit: str) -> None:
    """Reports show requirements as the scenario wrote them."""
    text = f"{sign} {number}{unit}"

    assert str(parse_requirement(text)) == text


@pytest.mark.parametrize("text", ["95%", "=> 2", "> ", "", "> 101%", "~ 3"])
def test_refuses_what_compares_nothing(text: str) -> None:
    """A requirement that can't be judged must not pass."""
    with pytest.raises(ValueError, match=r"write|share"):
        parse_requirement(text)


@pytest.mark.parametrize(
    ("metric", "require", "says"),
    [
        ("slide_success_share", "> 0.95", "in percent"),
        ("lost_edits", "== 0%", "without a percent sign"),
    ],
)
def test_a_gate_speaks_in_the_unit_of_its_metric(metric: str, require: str, says: str) -> None:
    """`> 95` of a share would never be met, and `== 0%` of a count says something else."""
    with pytest.raises(ValidationError, match=says):
        Gate.model_validate({"id": "g", "metric": metric, "require": require})


@pytest.mark.parametrize("confidence", ["0%", "50%", "100%"])
def test_certainty_is_not_a_confidence_and_a_coin_is_not_either(confidence: str) -> None:
    """No number of samples gives a bound of 100 %, and one of 50 % or less ended a finished sweep."""
    with pytest.raises(ValidationError, match="above 50% and below 100%"):
        Gate.model_validate(
            {"id": "g", "metric": "slide_success_share", "require": "> 95%", "confidence": confidence}
        )


@pytest.mark.parametrize("asked", [{"confidence": "95%"}, {"min_samples": 60}])
def test_a_gate_on_a_count_has_no_samples_to_ask_for(asked: dict[str, object]) -> None:
    """It passed as if it had them, which is a promise that nobody kept."""
    with pytest.raises(ValidationError, match=f"lost_edits is not a share.*leave out {next(iter(asked))}"):
        Gate.model_validate({"id": "g", "metric": "lost_edits", "require": "== 0", **asked})
