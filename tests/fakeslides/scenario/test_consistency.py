import pytest

from fakeslides.scenario.consistency import check_consistency
from fakeslides.scenario.problems import show_path


def told(data: object) -> dict[str, str]:
    """Return what is said of each key."""
    return {show_path(problem.path): problem.text for problem in check_consistency(data)}


@pytest.mark.parametrize(("section", "key"), [("phases", "name"), ("faults", "id"), ("gates", "id")])
def test_names_are_given_once(section: str, key: str) -> None:
    """Counts and reports go by name."""
    assert told({section: [{key: "a"}, {key: "b"}, {key: "a"}]}) == {
        f"{section}[2].{key}": f"'a' is already {section}[0]; give each its own {key}"
    }


def test_phases_that_rules_name_exist() -> None:
    """A rule for a phase that never comes would never strike."""
    faults = [{"when": {"phase": "strom"}}, {"when": {"phase": "storm"}}]

    assert told({"phases": [{"name": "storm"}], "faults": faults}) == {
        "faults[0].when.phase": "there is no phase 'strom'; did you mean storm?"
    }
    assert "no phases" in told({"faults": faults[:1]})["faults[0].when.phase"]


def test_rates_over_the_same_calls_stay_within_the_whole() -> None:
    """Beyond 100 % the last rule could not have its share."""
    faults = [
        {"id": name, "often": {"rate": "60%"}, "fault": {"kind": "tcp.reset"}} for name in ("first", "second")
    ]

    assert told({"faults": faults}) == {
        "faults[1].often.rate": (
            "the rates of rules that look at the same calls add up to 120%; keep them to 100%"
        )
    }


@pytest.mark.parametrize(
    "data",
    [
        None,
        "x",
        [],
        {"faults": "x"},
        {"faults": [None, {"when": 3, "often": []}]},
        {"phases": [{"name": []}]},
    ],
)
def test_keeps_calm_about_what_the_models_refuse_anyway(data: object) -> None:
    """All problems are told at once, so these checks see any data."""
    assert told(data) == {}
