from fakeslides.scenario.model import Scenario
from loadtests.measurements import FaultCount
from loadtests.strikes import strike_counts
from tests.support.runs import an_entry

RULE = {
    "id": "reset",
    "often": {"rate": "5%"},
    "fault": {"kind": "tcp.reset"},
    "expect_fired": {"at_least": 3},
}


def _scenario(**sections: object) -> Scenario:
    return Scenario.model_validate({"version": 1, "promise": "A test.", **sections})


def test_a_rule_that_the_server_never_counted_has_its_zeros() -> None:
    """Left out of the report, nobody would miss it."""
    counts = strike_counts(_scenario(faults=[RULE]), {}, ())

    assert counts == (FaultCount("reset", matched=0, fired=0, expected_at_least=3),)


def test_a_rule_has_the_counts_of_the_server() -> None:
    """The server decided, so the server knows."""
    (count,) = strike_counts(_scenario(faults=[RULE]), {"reset": {"matched": 7, "fired": 2}}, ())

    assert (count.matched, count.fired) == (7, 2)


def test_what_came_from_load_is_counted_from_the_ledger() -> None:
    """Of the calls it might have struck: an overlap writes only, a quota all but tokens."""
    server = {
        "quota": {"preset": "google-default"},
        "conflicts": {"overlapping_writes": "100%"},
        "expect_fired": {"quota": {"at_least": 1}},
    }
    ledger = (
        an_entry(organic="quota"),
        an_entry(organic="quota", method="presentations.get"),
        an_entry(organic="overlapping_write"),
        an_entry(method="token"),
        an_entry(method="connection"),
    )

    counts = strike_counts(_scenario(server=server), {}, ledger)

    assert counts == (
        FaultCount("organic:quota", matched=3, fired=2, expected_at_least=1, is_organic=True),
        FaultCount("organic:overlapping_write", matched=2, fired=1, is_organic=True),
    )


def test_weather_that_cannot_happen_is_not_listed() -> None:
    """A calm server has nothing to count."""
    assert strike_counts(_scenario(), {}, (an_entry(),)) == ()


def test_a_limit_on_connections_is_held_against_connections() -> None:
    """More strikes than calls would look like a mistake in the report."""
    server = {"connections": {"at_most": 1, "beyond": "tcp.reset"}}
    struck = an_entry(method="connection", connection=2, organic="connection_limit")

    (count,) = strike_counts(_scenario(server=server), {}, (an_entry(), an_entry(), struck, struck))

    assert (count.id, count.matched, count.fired) == ("organic:connection_limit", 2, 2)
