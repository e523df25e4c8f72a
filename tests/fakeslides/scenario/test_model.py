import pytest
from pydantic import ValidationError

from fakeslides.scenario.model import Scenario


def test_needs_a_version_and_a_promise_and_nothing_else() -> None:
    """What a scenario promises is the first thing that its reader wants to know."""
    scenario = Scenario.model_validate({"version": "1", "promise": "p"})

    assert scenario.time_scale == 1
    assert scenario.settings.strategy == ("sequential", "per_slide", "semaphore", "coalesced")
    assert scenario.settings.concurrency == (1, 2, 3, 5, 8)


@pytest.mark.parametrize("version", ["2", "", "1.0", None])
def test_refuses_a_version_it_does_not_know(version: object) -> None:
    """A file of the future must not be half understood."""
    with pytest.raises(ValidationError, match="write `version: 1`"):
        Scenario.model_validate({"version": version, "promise": "p"})


def test_cannot_be_changed() -> None:
    """One scenario is shared by server, sweep and report."""
    scenario = Scenario.model_validate({"version": 1, "promise": "p"})

    with pytest.raises(ValidationError):
        scenario.seed = 3  # type: ignore[misc]
