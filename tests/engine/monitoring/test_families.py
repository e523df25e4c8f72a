"""The metrics by name."""

import re

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from engine.monitoring.families import Families

TELLS_WHO = {"presentation_id", "slide_id", "operation_id", "identity", "find", "replace", "error_text"}


@pytest.fixture
def families() -> dict[str, MetricWrapperBase]:
    """Every metric by its name."""
    made = vars(Families(CollectorRegistry())).values()
    return {made_one._name: made_one for made_one in made if isinstance(made_one, MetricWrapperBase)}


def test_names_follow_the_conventions_of_prometheus(families: dict[str, MetricWrapperBase]) -> None:
    """Dashboards and people guess units from names."""
    odd = [name for name in families if not re.fullmatch(r"deckstorm_[a-z]+(_[a-z]+)*", name)]
    times = [name for name, family in families.items() if family._type == "histogram"]

    assert odd == []
    assert all(name.endswith("_seconds") for name in times)


def test_no_label_tells_whose_deck_it_was(families: dict[str, MetricWrapperBase]) -> None:
    """Ids make a series each, and texts are the customers' own."""
    labels = {label for family in families.values() for label in family._labelnames}

    assert labels & TELLS_WHO == set()


def test_every_metric_tells_its_engine_and_says_what_it_is(families: dict[str, MetricWrapperBase]) -> None:
    """Two engines in a process are two things to look at."""
    assert all(family._labelnames[0] == "engine" for family in families.values())
    assert all(family._documentation.endswith(".") for family in families.values())


def test_a_registry_takes_them_once() -> None:
    """A second set under the same names would be refused by every Prometheus."""
    registry = CollectorRegistry()
    Families(registry)

    with pytest.raises(ValueError, match="Duplicated"):
        Families(registry)
