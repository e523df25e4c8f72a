"""Whatever is wrong with a scenario file, its writer gets a message and no traceback."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeslides.scenario.loader import ScenarioError, parse_scenario, shipped_scenarios

MESSAGE = re.compile(r"bad\.yaml:\d+: .+: .+; .+")
SHIPPED = [yaml.safe_load(path.read_text("utf-8")) for path in shipped_scenarios()]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the one in C is not in every build
NASTY: list[object] = [
    *(None, "", "5", "5 %%", "-1s", "1e9h", "999%", "true", "storm", "tcp.reset", "\x07", "é" * 300, "~"),
    *([], [[]], [None], {}, {"": ""}, {"from": "1s"}, {"rate": {}}, {"kind": "tcp.reset"}),
    *(-1, 0, 10**30, 1.5),
]
Place = tuple[str | int, ...]


def places(data: object, path: Place = ()) -> list[Place]:
    """Return where everything in a scenario stands."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in pairs for place in places(value, (*path, key)))]


def replaced(data: object, path: Place, value: object) -> object:
    """Return a copy with something else in one place."""
    if not path:
        return value
    copy = deepcopy(data)
    parent: Any = copy
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return copy


def written(scenario: object) -> str:
    """Return a scenario's file, every value on one line."""
    return yaml.dump(scenario, Dumper=DUMPER, allow_unicode=True, width=10**6)


def messages(text: str) -> list[str]:
    """Return what is said of a file; nothing if it can be used."""
    try:
        parse_scenario(text, Path("bad.yaml"))
    except ScenarioError as error:
        return str(error).splitlines()
    return []


@given(data=st.data())
def test_whatever_stands_where_something_else_belongs_gets_a_message(data: st.DataObject) -> None:
    """Place, what is wrong and what would be right, each on a line of its own; never a traceback."""
    scenario = data.draw(st.sampled_from(SHIPPED))
    path = data.draw(st.sampled_from(places(scenario)))
    bad = replaced(scenario, path, data.draw(st.sampled_from(NASTY)))

    said = messages(written(bad))

    assert [line for line in said if not MESSAGE.fullmatch(line)] == []


@settings(max_examples=60)
@given(data=st.data())
def test_a_key_that_is_misspelt_is_known_by_its_neighbour(data: st.DataObject) -> None:
    """The nearest name is what was meant."""
    scenario = data.draw(st.sampled_from(SHIPPED))
    named = [path for path in places(scenario) if path and len(str(path[-1])) > 4 and "header" not in path]
    *parents, key = data.draw(st.sampled_from([path for path in named if isinstance(path[-1], str)]))
    parent = scenario
    for each in parents:
        parent = parent[each]
    misspelt = {name[:-2] + name[-1] if name == key else name: value for name, value in parent.items()}

    said = messages(written(replaced(scenario, tuple(parents), misspelt)))

    assert any(f"did you mean {key}?" in line for line in said), said


HEAD = "version: 1\npromise: p\n"
RULE = HEAD + "faults: [{id: r, often: {rate: 5%%}, fault: {kind: tcp.reset}, %s}]"
RULE_OF_HEADERS = "faults: [{id: r, where: {header: {%s: x}}, often: {every: 1}, fault: {kind: tcp.fin}}]"
BY_HAND = [
    ("vresion: 1", "vresion", "did you mean version?"),
    ("version: 2\npromise: p", "version", "write `version: 1`"),
    ("promise: p", "version", "is missing"),
    ("version: 1", "promise", "is missing"),
    ("- version: 1", "the scenario", "is not a mapping"),
    (HEAD + "server: none", "server", "is not a mapping"),
    (HEAD + "server: {latency: {}}", "server.latency", "none of them is given"),
    (HEAD + "server: {latency: {fixed: fast}}", "server.latency.fixed", "write a number and its unit"),
    (HEAD + "server: {latency: {lognormal: {p50: 2s, p99: 1s}}}", "server.latency.lognormal", "swap"),
    (HEAD + "server: {quota: {preset: gogle-default}}", "server.quota.preset", "google-default?"),
    (HEAD + "phases: [{name: a, for: 1s}, {name: a, for: 1s}]", "phases[1].name", "its own name"),
    (RULE % "draw: atempt", "faults[0].draw", "did you mean attempt?"),
    (RULE % "wher: {}", "faults[0].wher", "did you mean where?"),
    (RULE % "where: {method: batchUpdate}", "faults[0].where.method", "batchUpdate?"),
    (RULE % "when: {phase: storm}", "faults[0].when.phase", "has no phases"),
    (RULE % "when: {attempt: []}", "faults[0].when.attempt", "is an empty list"),
    (RULE % "when: {nth: none}", "faults[0].when.nth", "is not a whole number"),
    (RULE % "limit: {active: 0}", "faults[0].limit.active", "write 1 or more"),
    (RULE % "expect_fired: 3", "faults[0].expect_fired", "is not a mapping"),
    (HEAD + "faults: [{id: r, often: {rate: 5%, count: 1}, fault: {kind: tcp.reset}}]",
     "faults[0].often", "give exactly one of"),
    (HEAD + "faults: [{id: r, often: {}, fault: {kind: tcp.reset}}]",
     "faults[0].often", "give exactly one of"),
    (HEAD + "faults: [{id: r, often: {every: 1}, fault: {kind: tcp.reset, point: mid_air}}]",
     "faults[0].fault.point", "mid_body"),
    (HEAD + "faults: [{id: r, often: {every: 1}, fault: {kind: http.status, code: 200}}]",
     "faults[0].fault.code", "write 400 or more"),
    (HEAD + "settings: {concurrency: [1, 101]}", "settings.concurrency[1]", "write 100 or less"),
    (HEAD + "workload: {slides: 0}", "workload.slides", "write 1 or more"),
    (HEAD + "workload: {slides: 1.5}", "workload.slides", "is not a whole number"),
    (HEAD + "gates: [{id: g, metric: lost_edits, require: none}]", "gates[0].require", "write a comparison"),
    (HEAD + "gates: [{id: g, metric: lost_edits, require: '> 5%'}]", "gates[0]", "without a percent sign"),
    (HEAD + "seed: !!python/object/apply:os.system [id]", "seed", "the tag"),
    (HEAD + "seed: &a 1\ntime_scale: *a", "the scenario", "the alias"),
    (HEAD + "promise: q", "promise", "given a second time"),
    (HEAD + "faults: [", "the scenario", "is not YAML"),
    ("version: 1\n\tpromise: p", "the scenario", "is not YAML"),
    ("version: 1\npromise: 'p", "the scenario", "is not YAML"),
    (HEAD + "---\nversion: 1", "the scenario", "is not YAML"),
    ("{" * 50, "the scenario", "nested deeper"),
    (HEAD + "? [a]\n: b", "the scenario", "write a name"),
    ('version: 1\npromise: "\\U00110000"', "the scenario", "check escapes"),
    (HEAD + RULE_OF_HEADERS % '"\\ud800"', "faults[0].where.header", "half of a character"),
    ("!!python/name:os.system version: 1\npromise: p", "version", "the tag"),
    (HEAD + '"\\e[2J\\nx": 1', r"\x1b[2J\nx", "not a known key"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "says"), BY_HAND, ids=[key for _, key, _ in BY_HAND])
def test_a_slip_of_the_hand_is_told_with_its_remedy(text: str, key: str, says: str) -> None:
    """By file, line and key."""
    said = messages(text)

    told = [line.split(": ", 2) for line in said]
    assert any(place == key and says in rest for _, place, rest in told), said
    assert all(MESSAGE.fullmatch(line) for line in said), said
