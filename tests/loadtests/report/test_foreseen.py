from dataclasses import replace

import pytest

from fakeslides.scenario.gates import Gate
from fakeslides.scenario.server import Server
from loadtests.decidability import Decidable, decidable
from loadtests.forecast import Forecast, Foreseen, SettingForecast
from loadtests.measurements import Setting
from loadtests.report.foreseen import forecast_lines

FAULT = Foreseen("resets", 42.4, 8.04, 5.1, 9, 3, 0.95)


def told(fault: Foreseen = FAULT, *gates: Decidable, server: Server | None = None) -> str:
    """Return the text of a forecast of one setting."""
    setting = SettingForecast(Setting("coalesced", 3), 49, 13.6, [fault])
    return "\n".join(forecast_lines(Forecast([setting], gates, 96, 288), server or Server()))


def gate_on(count: int, require: str, **more: object) -> Decidable:
    """Return what a gate on a share can come to."""
    gate = Gate.model_validate({"id": "slides", "metric": "slide_success_share", "require": require, **more})
    return decidable(gate, {"slide_success_share": count}, ["coalesced"])


def test_tells_of_each_fault_what_is_expected_and_with_what_spread() -> None:
    """The numbers one needs before waiting for a sweep."""
    lines = told().splitlines()

    assert lines[0] == "  coalesced@3: 49 calls in about 13.6s if nothing struck"
    assert " ".join(lines[2].split()) == "resets 42 8.0 +/- 5.1 9 3: with 95% of seeds"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"at_least": 0}, "-"),
        ({"fired_here": 2}, "3: with 95% of seeds, but hardly with this one"),
        ({"fired_here": 2, "enough_share": 0.0}, "3: NEVER, in 60 dry runs"),
    ],
)
def test_tells_whether_a_fault_will_strike_as_often_as_it_must(changes: dict[str, float], says: str) -> None:
    """Below that, a sweep would be inconclusive."""
    assert told(replace(FAULT, **changes)).splitlines()[-1].endswith(says)


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        (gate_on(80, "> 95%"), "can pass and fail; 3 of 80 may go wrong"),
        (gate_on(80, "== 100%"), "can pass and fail"),
        (gate_on(20, "> 95%", confidence="95%"), "can NOT pass on 20 samples"),
        (gate_on(80, ">= 0%"), "can NOT fail, so it proves nothing"),
        (gate_on(80, "> 95%", min_samples=99), "can NEITHER pass nor fail on 80 samples"),
    ],
)
def test_tells_of_each_gate_what_it_can_come_to(gate: Decidable, says: str) -> None:
    """In words, as not everybody has the formula of Wilson at hand."""
    text = told(FAULT, gate)

    assert "gates, on 96 slides and 288 edits in each run" in text
    assert text.endswith(says)


def test_says_what_is_not_foreseen() -> None:
    """Silence would look like a promise."""
    server = Server.model_validate({"quota": {"preset": "google-default"}})

    assert "from load (quota): not foreseen" in told(server=server)
