import xml.etree.ElementTree as ET

from fakeslides.scenario.gates import Gate
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.report.junit import junit_xml
from tests.support.runs import a_fault, a_measurement, a_sweep, an_outcome

SLOW = Gate(id="fast", metric="lost_edits", require=">= 1")


def _suites(*outcomes: SettingOutcome) -> list[ET.Element]:
    return list(ET.fromstring(junit_xml(a_sweep(*outcomes))))


def test_a_gate_is_a_case_and_its_failure_a_failure() -> None:
    """CI shows it like any failing test."""
    (suite,) = _suites(an_outcome(gates=[SLOW]))

    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["fast"]
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "calm coalesced@3", "2", "1", "0",
    )  # fmt: skip


def test_what_is_inconclusive_is_an_error_and_not_a_pass() -> None:
    """Neither a skip nor a pass would be noticed."""
    (suite,) = _suites(an_outcome(a_measurement(faults=(a_fault(fired=0),))))

    (case,) = [case for case in suite if case.find("error") is not None]
    assert case.get("name") == "fired:reset"
    assert suite.get("errors") == "1"


def test_a_suite_says_how_often_each_fault_might_have_struck_and_did() -> None:
    """Also of a fault that nobody expected anything of."""
    (suite,) = _suites(an_outcome(a_measurement(faults=(a_fault(fired=3, expected_at_least=0),))))

    counts = {each.get("name"): each.get("value") for each in suite.iterfind("properties/property")}
    assert counts == {"reset.matched": "10", "reset.fired": "3"}


def test_what_xml_cannot_hold_is_replaced() -> None:
    """A crash report with colours made CI refuse the whole file, and with it every other result."""
    problem = "\x1b[31mdied\x00\ud800\ufffe\n\ttab\x7f\U0001f600"
    (suite,) = _suites(SettingOutcome(Setting("coalesced", 5), None, problem=problem))

    error = suite.find("testcase/error")
    assert error is not None
    expected = "\ufffd[31mdied\ufffd\ufffd\ufffd\n\ttab\x7f\U0001f600"
    assert error.get("message") == expected


def test_a_world_that_did_not_start_is_an_error() -> None:
    """An empty suite would look green."""
    (suite,) = _suites(SettingOutcome(Setting("coalesced", 5), None, problem="no <fake>"))

    error = suite.find("testcase/error")
    assert error is not None
    assert (error.get("message"), suite.get("errors"), suite.get("tests")) == ("no <fake>", "1", "1")
