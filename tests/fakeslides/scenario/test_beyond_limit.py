from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from fakeslides.scenario.beyond_limit import BeyondLimit, Name
from fakeslides.scenario.loader import ScenarioError, parse_scenario

BEYOND: TypeAdapter[Any] = TypeAdapter(BeyondLimit)


def refusal(beyond: str) -> str:
    """Return what is said of a scenario whose connections beyond the limit meet `beyond`."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(
            f"version: 1\npromise: p\nserver: {{connections: {{at_most: 1, beyond: {beyond}}}}}",
            Path("s.yaml"),
        )
    return str(caught.value).removeprefix("s.yaml:3: server.connections.")


@pytest.mark.parametrize("name", get_args(Name))
def test_a_name_is_enough_where_the_kind_asks_for_nothing_more(name: str) -> None:
    """Most scenarios say it in one word."""
    assert BEYOND.validate_python(name).kind == name


def test_a_fault_can_be_given_in_full() -> None:
    """Its point and its fields are as in a rule."""
    fault = BEYOND.validate_python({"kind": "tls.handshake_delay", "by": "2s"})

    assert (fault.by, fault.point) == (2.0, "in_handshake")


@pytest.mark.parametrize(
    ("beyond", "says"),
    [
        ("tcp.rest", "beyond: kind 'tcp.rest' is not known; did you mean tcp.reset?"),
        ("tls.handshake_delay", "beyond: tls.handshake_delay asks for more than its name; write {kind: "),
        ("{kind: tcp.reset, pont: x}", "beyond.pont: is not a known key; did you mean point?"),
        ("{kind: http.status, code: 503}", "beyond: kind 'http.status' is not known; known here: "),
        ("[tcp.reset]", "beyond: ['tcp.reset'] is not a mapping"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(beyond: str, says: str) -> None:
    """As everywhere in a scenario."""
    assert refusal(beyond).startswith(says)


def test_a_connection_is_not_struck_within_a_reply() -> None:
    """It is too many from the beginning, so that there is nothing to answer first."""
    with pytest.raises(
        ValidationError, match="cannot be struck at 'after_commit'; it can at before_commit, "
    ):
        BEYOND.validate_python({"kind": "tcp.reset", "point": "after_commit"})
