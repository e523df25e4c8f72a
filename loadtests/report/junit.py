"""junit.xml: one suite per setting, one case per gate, for whatever shows test results in CI."""

import re
import xml.etree.ElementTree as ET

from loadtests.gates import Judgement, Verdict
from loadtests.outcomes import SettingOutcome, SweepOutcome

FILE_NAME = "junit.xml"
# https://www.w3.org/TR/xml/#charsets: no way of writing makes any other one well-formed.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENT = {Verdict.FAIL: "failure", Verdict.INCONCLUSIVE: "error", Verdict.UNSOUND: "error"}


def junit_xml(sweep: SweepOutcome) -> str:
    """Return the report; what is inconclusive is an error, since it is neither passed nor failed.

    What a process complained of may hold any character; those that XML 1.0 cannot hold become U+FFFD.
    """
    root = ET.Element("testsuites", name=f"deckstorm {sweep.scenario}")
    for outcome in sweep.settings:
        _add_suite(root, sweep.scenario, outcome)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", xml_declaration=True)
    return _NOT_IN_XML.sub("\ufffd", text) + "\n"


def _add_suite(root: ET.Element, scenario: str, outcome: SettingOutcome) -> None:
    verdicts = [judgement.verdict for judgement in outcome.judgements]
    is_missing = outcome.measurement is None
    suite = ET.SubElement(
        root,
        "testsuite",
        name=f"{scenario} {outcome.setting.name}",
        tests=str(len(verdicts) + is_missing),
        failures=str(verdicts.count(Verdict.FAIL)),
        errors=str(sum(_ELEMENT.get(verdict) == "error" for verdict in verdicts) + is_missing),
        time=f"{outcome.measurement.processes.real_seconds if outcome.measurement else 0:.3f}",
    )
    _add_counts(suite, outcome)
    for judgement in outcome.judgements:
        _add_case(suite, scenario, judgement)
    if is_missing:
        case = ET.SubElement(suite, "testcase", classname=scenario, name="world")
        ET.SubElement(case, "error", message=outcome.problem or "")


def _add_counts(suite: ET.Element, outcome: SettingOutcome) -> None:
    """Say how often each kind of weather might have struck, and did."""
    faults = outcome.measurement.faults if outcome.measurement else ()
    if not faults:
        return
    properties = ET.SubElement(suite, "properties")
    for count in faults:
        for name, value in (("matched", count.matched), ("fired", count.fired)):
            ET.SubElement(properties, "property", name=f"{count.id}.{name}", value=str(value))


def _add_case(suite: ET.Element, scenario: str, judgement: Judgement) -> None:
    case = ET.SubElement(suite, "testcase", classname=scenario, name=judgement.id)
    element = _ELEMENT.get(judgement.verdict)
    if element is not None:
        message = f"{judgement.metric} {judgement.required}: {judgement.reason}"
        ET.SubElement(case, element, message=message, type=judgement.verdict.value)
