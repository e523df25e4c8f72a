import pytest

from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.timeline.scene import scene_of


def test_a_scene_has_the_weathers_phases_and_quota() -> None:
    """What the strips are drawn against."""
    scene = scene_of("outage", load_scenario(find_scenario("outage")), 7, {"strategy": "coalesced"})

    assert scene.phases == (("calm", 1.0), ("outage", 30.0), ("recovery", 60.0))
    assert (scene.quota_window_seconds, scene.quota_limits) == (60.0, {"read": 600, "write": 60})
    assert (scene.seed, scene.details) == (7, {"strategy": "coalesced"})


@pytest.mark.parametrize("kind", ["read", "write"])
def test_no_limit_is_none(kind: str) -> None:
    """Infinity cannot be drawn."""
    unlimited = load_scenario(find_scenario("outage")).model_copy(deep=True)
    server = unlimited.server.model_copy(update={"quota": type(unlimited.server.quota)()})

    assert scene_of("x", unlimited.model_copy(update={"server": server}), 7).quota_limits[kind] is None
