from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.scenario.loader import (
    ScenarioError,
    find_scenario,
    load_scenario,
    parse_scenario,
    shipped_scenarios,
)

WORDS = st.sampled_from(
    ["version", "promise", "seed", "server", "phases", "faults", "workload", "settings", "gates", "latency"]
) | st.sampled_from(
    ["time_scale", "quota", "fixed", "id", "often", "rate", "fault", "kind", "tcp.reset", "when", "5%", "1s"]
)
TREES = st.recursive(
    WORDS | st.none() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)


def refusal(text: str) -> str:
    """Return what is said about a scenario that is refused."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, Path("a.yaml"))
    return str(caught.value)


def test_tells_all_problems_at_once_in_the_order_of_the_file() -> None:
    """Whoever mends one problem per run gives up at the fifth."""
    text = """\
version: 1
promise: p
phases: [{name: calm, for: 60}]
faults:
  - id: r
    often: {rate: 500%}
    fault: {kind: tcp.reset}
  - id: r
    often: {rate: 5}
    when: {phase: clam}
    fault: {kind: tcp.reset, pont: x}
"""

    lines = refusal(text).splitlines()

    assert [line.split(": ")[:2] for line in lines] == [
        ["a.yaml:3", "phases[0].for"],
        ["a.yaml:6", "faults[0].often.rate"],
        ["a.yaml:8", "faults[1].id"],
        ["a.yaml:9", "faults[1].often.rate"],
        ["a.yaml:10", "faults[1].when.phase"],
        ["a.yaml:11", "faults[1].fault.pont"],
    ]
    assert all(";" in line for line in lines)


@given(tree=TREES)
def test_no_tree_of_keys_and_values_brings_it_down(tree: object) -> None:
    """A scenario is read or refused in words; there is no third way."""
    text = yaml.safe_dump(tree, allow_unicode=True)

    with suppress(ScenarioError):
        parse_scenario(text)


@given(text=st.text() | st.text(alphabet="{}[]:,-&*!?|>'\"%@`# \n\tab1"))
def test_no_text_brings_it_down(text: str) -> None:
    """Not even one that was never meant as YAML."""
    with pytest.raises(ScenarioError):
        parse_scenario(text)


@pytest.mark.parametrize(
    ("content", "says"), [(None, "cannot be read"), (b"\xff\xfe", "not UTF-8"), (b"", "is empty")]
)
def test_names_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, says: str) -> None:
    """The name is what the reader must look at."""
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ScenarioError, match=says) as caught:
        load_scenario(path)

    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: path.stem)
def test_every_scenario_that_ships_can_be_used(path: Path) -> None:
    """It is the first thing that a newcomer runs."""
    scenario = load_scenario(path)

    assert scenario.gates
    assert scenario.promise


def test_ships_the_scenarios_of_the_documentation() -> None:
    """Their names are part of the command line."""
    names = {path.stem for path in shipped_scenarios()}

    assert {"calm", "production_incident", "quota_squeeze", "flaky_network", "outage"} <= names


def test_finds_a_scenario_by_file_or_by_name(tmp_path: Path) -> None:
    """A file of one's own comes first."""
    mine = tmp_path / "mine.yaml"
    mine.write_text("version: 1\npromise: p\n", "utf-8")

    assert find_scenario(str(mine)) == mine
    assert find_scenario("calm").name == "calm.yaml"


def test_suggests_the_scenario_that_was_meant() -> None:
    """Names are typed by hand."""
    with pytest.raises(ScenarioError, match=r"did you mean outage\?"):
        find_scenario("outtage")


def test_a_name_that_no_file_can_have_is_only_unknown() -> None:
    """Whoever pastes a whole scenario in place of its name got a traceback."""
    with pytest.raises(ScenarioError, match="name a file, or one that ships"):
        find_scenario("x" * 5000)
