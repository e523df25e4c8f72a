"""docs/monitoring.md and docs/dashboard.json speak of metrics and spans, and are held to what there is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from engine.events import AttemptOutcome, Fate
from engine.monitoring.families import Families
from engine.policy.circuit_breaker import BreakerState
from engine.policy.pacing import CallKind
from tests.support.source_tree import ROOT

PAGE = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs" / "dashboard.json").read_text("utf-8"))
ROW = re.compile(r"^\| `(deckstorm_\w+)` \| (\w+) \| (.*?) ?\| (.+) \|$", re.MULTILINE)
ROWS = {
    name: (kind, tuple(re.findall(r"\w+", labels)), text) for name, kind, labels, text in ROW.findall(PAGE)
}

WORDS = {"sum", "min", "max", "by", "and", "rate", "increase", "histogram_quantile", "min_over_time"}
VALUES = {
    "fate": set(Fate),
    "outcome": set(AttemptOutcome),
    "state": set(BreakerState),
    "kind": set(CallKind),
    "where": {"caller", "wire"},
    "engine": {"$engine"},
}
METRIC, MATCHER = r"(deckstorm_\w+)(?:\{([^}]*)\})?", r'(\w+)(?:=~|!=|=)"([^"]*)"'


def _families() -> list[MetricWrapperBase]:
    made = vars(Families(CollectorRegistry())).values()
    return [family for family in made if isinstance(family, MetricWrapperBase)]


def _full_name(family: MetricWrapperBase) -> str:
    return f"{family._name}_total" if family._type == "counter" else family._name


def _samples() -> dict[str, set[str]]:
    """Return the name of every sample and the labels it has."""
    found: dict[str, set[str]] = {}
    for family in _families():
        labels = set(family._labelnames)
        if family._type == "histogram":
            parts = {"_bucket": labels | {"le"}, "_sum": labels, "_count": labels}
            found.update({f"{family._name}{part}": its for part, its in parts.items()})
        else:
            found[_full_name(family)] = labels
    return found


SAMPLES = _samples()


def _panels() -> Iterator[dict[str, Any]]:
    yield from (panel for panel in DASHBOARD["panels"] if panel["type"] != "row")


def _alerts() -> dict[str, str]:
    (block,) = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    rules = yaml.safe_load(block)["groups"][0]["rules"]
    return {rule["alert"]: rule["expr"] for rule in rules}


def _queries() -> dict[str, str]:
    """Return every expression of the dashboard and of the alerts by what it is for."""
    shown = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in _panels()
        for target in panel["targets"]
    }
    return {**shown, **_alerts()}


QUERIES = _queries()


def _problems(query: str) -> list[str]:
    """Return what a query speaks of that there is not."""
    found: list[str] = []
    known: set[str] = set()
    for name, matchers in re.findall(METRIC, query):
        labels = SAMPLES.get(name, set())
        known |= labels
        found += [] if name in SAMPLES else [f"no metric {name}"]
        for label, value in re.findall(MATCHER, matchers):
            found += [] if label in labels else [f"{name} has no label {label}"]
            found += [] if value in VALUES[label] else [f"{label} is never {value}"]
    grouped = re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", query)))
    found += [f"nothing in it has a label {label}" for label in grouped if label not in known]
    rest = re.sub(METRIC + r"|\bby \([^)]*\)|\[[^\]]*\]", " ", query)
    return found + [f"unknown word {word}" for word in re.findall(r"[A-Za-z_]\w*", rest) if word not in WORDS]


class TestMetrics:
    def test_every_metric_has_a_row_and_every_row_a_metric(self) -> None:
        """A number that nobody explains is a number that nobody trusts."""
        assert sorted(ROWS) == sorted(map(_full_name, _families()))

    @pytest.mark.parametrize("family", _families(), ids=_full_name)
    def test_a_row_says_what_the_metric_says_of_itself(self, family: MetricWrapperBase) -> None:
        """Type, labels and help: the page and the scrape must not differ."""
        assert ROWS[_full_name(family)] == (family._type, family._labelnames[1:], family._documentation)


class TestQueries:
    @pytest.mark.parametrize("title", QUERIES)
    def test_speak_of_what_there_is(self, title: str) -> None:
        """A panel on a metric that is gone is empty, and empty looks like all is well."""
        assert _problems(QUERIES[title]) == []

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("sum(deckstorm_edits_total)", "no metric deckstorm_edits_total"),
            ('deckstorm_operations_open{fate="applied"}', "deckstorm_operations_open has no label fate"),
            ('deckstorm_operations_settled_total{fate="fine"}', "fate is never fine"),
            ("sum by (key) (deckstorm_operations_open)", "nothing in it has a label key"),
            ("summ(deckstorm_operations_open)", "unknown word summ"),
            ("deckstorm_attempt_wait_seconds", "no metric deckstorm_attempt_wait_seconds"),
        ],
    )
    def test_that_speak_of_anything_else_are_found_out(self, query: str, problem: str) -> None:
        """A check that finds nothing must be able to."""
        assert problem in _problems(query)

    def test_show_every_metric_somewhere(self) -> None:
        """What is measured and never looked at is measured for nothing; changes are for those who dig."""
        shown = set(
            re.findall(r"deckstorm_\w+", " ".join([*QUERIES.values(), _variable("engine")["definition"]]))
        )

        unseen = {
            name
            for name, labels in SAMPLES.items()
            if name not in shown and not name.endswith(("_sum", "_count"))
        }
        assert unseen == {
            "deckstorm_attempt_wait_seconds_bucket",
            "deckstorm_breaker_changes_total",
            "deckstorm_limit_changes_total",
        }


def _variable(name: str) -> dict[str, Any]:
    (found,) = (variable for variable in DASHBOARD["templating"]["list"] if variable["name"] == name)
    return found


class TestDashboard:
    def test_is_of_the_current_schema_and_can_be_imported_anywhere(self) -> None:
        """No id of the Grafana it was made in, and none of its data source."""
        sources = [panel["datasource"] for panel in _panels()]
        sources += [target["datasource"] for panel in _panels() for target in panel["targets"]]

        assert DASHBOARD["schemaVersion"] == 42
        assert "id" not in DASHBOARD
        assert _variable("datasource")["type"] == "datasource"
        assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)

    def test_panels_have_a_place_of_their_own_and_say_what_they_show(self) -> None:
        """Two on one place hide each other."""
        taken = [
            (x, y)
            for panel in DASHBOARD["panels"]
            for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
            for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
        ]

        assert len(taken) == len(set(taken))
        assert max(x for x, _ in taken) == 23
        assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
        assert all(panel["description"].endswith(".") for panel in _panels())

    def test_the_engines_to_choose_from_are_those_that_are_counted(self) -> None:
        """The list comes from a metric that is there from the start."""
        assert (
            _variable("engine")["definition"] == "label_values(deckstorm_operations_accepted_total, engine)"
        )


def test_every_span_and_attribute_of_ours_is_on_the_page() -> None:
    """What a trace shows and no page explains is a riddle."""
    source = (ROOT / "engine" / "monitoring" / "tracing.py").read_text("utf-8")
    ours = set(re.findall(r'"((?:deckstorm|http|server|error)\.[a-z_.]+)"', source)) - {"deckstorm.engine"}

    assert {name for name in ours if f"`{name}`" not in PAGE} == set()


def test_the_example_runs() -> None:
    """It is what people copy first; the server it starts is left out."""
    example = next(iter(re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)))
    served: list[tuple[object, ...]] = []
    names: dict[str, Any] = {"start_http_server": lambda *where, **_: served.append(where)}
    program = example.replace("from prometheus_client import start_http_server\n", "")

    exec(compile(program, "docs/monitoring.md", "exec"), names)

    assert served == [(9464,)]
    assert callable(names["engine_with"])
