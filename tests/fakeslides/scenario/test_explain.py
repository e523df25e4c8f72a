import pytest
from pydantic import ValidationError

from fakeslides.scenario.explain import explain
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.problems import show_path


def told(**keys: object) -> dict[str, str]:
    """Return what is said of each key of a bad scenario."""
    data = {"version": "1", "promise": "p"} | keys
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(data)
    return {show_path(problem.path): problem.text for problem in explain(caught.value, data)}


RULE = {"id": "r", "often": {"every": "1"}}


def ruled(**parts: object) -> dict[str, object]:
    """Return a scenario's rules: one that is fine but for `parts`."""
    return {"faults": [RULE | {"fault": {"kind": "tcp.reset"}} | parts]}


@pytest.mark.parametrize(
    ("keys", "path", "says"),
    [
        ({"phasse": []}, "phasse", "did you mean phases?"),
        ({"server": {"quota": {"windw": "x"}}}, "server.quota.windw", "did you mean window?"),
        ({"server": {"quota": {"window": "slidin"}}}, "server.quota.window", "did you mean sliding?"),
        ({"faults": [RULE | {"fault": {"kind": "tcp.rset"}}]}, "faults[0].fault", "did you mean tcp.reset?"),
        ({"faults": [RULE | {"fault": {}}]}, "faults[0].fault", "has no `kind`"),
        (
            {"faults": [RULE | {"fault": {"kind": "tcp.reset", "pont": "x"}}]},
            "faults[0].fault.pont",
            "did you mean point?",
        ),
        ({"faults": [RULE | {"fault": {"kind": "http.status"}}]}, "faults[0].fault.code", "is missing"),
        ({"faults": [RULE | {"fault": "x"}]}, "faults[0].fault", "is not a mapping"),
        ({"phases": [{"name": "a"}]}, "phases[0].for", "is missing"),
        ({"phases": {"a": "1s"}}, "phases", "is not a list"),
        ({"phases": [{"name": "a", "for": "60"}]}, "phases[0].for", "number and its unit"),
        ({"seed": "many"}, "seed", "is not a whole number"),
        ({"seed": "-1"}, "seed", "write 0 or more"),
        ({"workload": {"slides": "99999"}}, "workload.slides", "write 1000 or less"),
        ({"workload": None}, "workload", "nothing is not a mapping"),
        ({"settings": {"concurrency": []}}, "settings.concurrency", "is an empty list"),
        ({"settings": {"concurrency": ["0"]}}, "settings.concurrency[0]", "write 1 or more"),
        ({"settings": {"strategy": ["paralel"]}}, "settings.strategy[0]", "known here: coalesced"),
        ({"server": {"quota": {"retry_after": "maybe"}}}, "server.quota.retry_after", "write true or false"),
        ({"promise": ""}, "promise", "is empty"),
        ({"promise": ["x"]}, "promise", "is not text"),
        ({"gates": [{"id": "g", "metric": "x", "require": "== 0"}]}, "gates[0].metric", "is not known"),
        (ruled(often={"rate": "5"}), "faults[0].often.rate", "write it in percent"),
        (ruled(often={"rate": {"from": "5"}}), "faults[0].often.rate.from", "write it in percent"),
        (ruled(often={"rate": {"from": "5%"}}), "faults[0].often.rate.to", "is missing"),
        (ruled(often={"rate": {"form": "5%"}}), "faults[0].often.rate.form", "did you mean from?"),
        (ruled(often={"rate": ["5%"]}), "faults[0].often.rate", "is not a share"),
        (ruled(often={"burst": {"enter": "0%", "leave": "5%"}}), "faults[0].often.burst", "above 0%"),
        (
            ruled(often={"sequence": [{"opration": "x"}]}),
            "faults[0].often.sequence[0].opration",
            "operation?",
        ),
        (ruled(often={"sequence": "x"}), "faults[0].often.sequence", "is not a list"),
        (ruled(when={"attempt": "first"}), "faults[0].when.attempt", "is not a whole number"),
        (ruled(when={"attempt": ["1", "0"]}), "faults[0].when.attempt[1]", "write more than 0"),
        (ruled(when={"attempt": {"n": "1"}}), "faults[0].when.attempt", "is not a list"),
        (ruled(when={"offset": {"until": "1s"}}), "faults[0].when.offset.until", "known here: from, to"),
        (ruled(when={"offset": {"from": "2s", "to": "1s"}}), "faults[0].when.offset", "swap them"),
        (ruled(where={"header": {"X": ["y"]}}), "faults[0].where.header.X", "is not text"),
        (ruled(where={"header": "X"}), "faults[0].where.header", "is not a mapping"),
        (ruled(limit={}), "faults[0].limit", "leave the key out"),
        (ruled(limit={"totl": "3"}), "faults[0].limit.totl", "did you mean total?"),
        (ruled(draw="connexion"), "faults[0].draw", "did you mean connection?"),
    ],
)
def test_says_what_is_wrong_where_and_what_would_be_right(
    keys: dict[str, object], path: str, says: str
) -> None:
    """The words of pydantic are for programmers."""
    assert says in told(**keys)[path]


def test_a_list_with_a_bad_entry_is_not_called_empty() -> None:
    """The entry is what is wrong, and it is told once."""
    assert list(told(settings={"concurrency": ["x"]})) == ["settings.concurrency[0]"]
