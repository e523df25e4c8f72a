import pytest
from pydantic import ValidationError

from fakeslides.scenario.server import Latency, Lognormal, Quota, Server


def test_says_nothing_means_no_weather_at_all() -> None:
    """A scenario names only what it wants."""
    server = Server()

    assert (server.latency.fixed, server.connections) == (0.0, None)
    assert server.quota.preset == "unlimited"
    assert server.conflicts.overlapping_writes == 0


def test_a_latency_has_one_form() -> None:
    """Fixed and lognormal at once would mean nothing."""
    with pytest.raises(ValidationError, match="exactly one of fixed, lognormal"):
        Latency.model_validate({"fixed": "1s", "lognormal": {"p50": "1s", "p99": "2s"}})


@pytest.mark.parametrize(("p50", "p99"), [("2s", "1s"), ("0s", "1s")])
def test_a_tail_is_not_below_the_middle(p50: str, p99: str) -> None:
    """No lognormal distribution has such percentiles."""
    with pytest.raises(ValidationError, match="swap or raise them"):
        Lognormal.model_validate({"p50": p50, "p99": p99})


def test_a_quota_is_for_a_time_that_lasts() -> None:
    """Every call was answered with 500, or none was ever refused."""
    with pytest.raises(ValidationError, match=r"quota\.per\n.* a window of no time"):
        Server.model_validate({"quota": {"writes_per_user": "1", "per": "0s"}})


@pytest.mark.parametrize(
    ("quota", "says"),
    [
        ({"used_by_others": "95%"}, "used_by_others is a part of the project's quota, and there is none"),
        ({"used_by_others": "95%", "writes_per_user": "9"}, "and there is none; set writes_per_project"),
        ({"others": {"reads_per_minute": "9"}, "writes_per_project": "9"}, "set reads_per_project or preset"),
        ({"others": {"writes_per_minute": "9"}}, "others make writes, but the project has no limit"),
    ],
)
def test_others_share_a_quota_that_there_is(quota: dict[str, object], says: str) -> None:
    """They took nothing from anybody, and nobody was told."""
    with pytest.raises(ValidationError, match=says):
        Quota.model_validate(quota)


@pytest.mark.parametrize(
    "quota",
    [
        {"used_by_others": "95%", "reads_per_project": "9"},
        {"others": {"writes_per_minute": "9", "reads_per_minute": "9"}, "preset": "google-default"},
    ],
)
def test_others_may_use_what_the_project_has(quota: dict[str, object]) -> None:
    """One limit is enough to have a part of."""
    assert Quota.model_validate(quota).is_limited


@pytest.mark.parametrize(
    ("section", "cause"),
    [
        ({"quota": {"preset": "google-default"}}, "quota"),
        ({"quota": {"reads_per_user": "7"}}, "quota"),
        ({"connections": {"at_most": "1", "beyond": "tcp.reset"}}, "connection_limit"),
        ({"conflicts": {"overlapping_writes": "5%"}}, "overlapping_write"),
    ],
)
def test_knows_what_load_alone_can_bring_about(section: dict[str, object], cause: str) -> None:
    """A report lists these with their counts, zeros included."""
    assert Server.model_validate(section).organic_causes() == (cause,)


def test_refuses_to_expect_what_cannot_happen() -> None:
    """Every run would be inconclusive, and nobody would know why."""
    with pytest.raises(ValidationError, match="expects quota, which nothing here can bring about"):
        Server.model_validate({"expect_fired": {"quota": {"at_least": "1"}}})
