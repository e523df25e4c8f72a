import pytest
from pydantic import ValidationError

from fakeslides.scenario.api_faults import ApiConflict
from fakeslides.scenario.http_faults import HttpStatus
from fakeslides.scenario.problems import ScenarioError
from tests.support.fake_client import one_fault


def test_a_conflict_is_always_found_before_the_commit() -> None:
    """A refused write changes nothing."""
    assert ApiConflict(kind="api.conflict").point == "before_commit"


def test_only_errors_are_faults() -> None:
    """A 200 that is a fault would be an answer."""
    with pytest.raises(ValidationError):
        HttpStatus(kind="http.status", code=200)


@pytest.mark.parametrize(
    ("fault", "allowed"),
    [
        ("kind: tcp.reset, point: in_handshake", "on_accept, before_request_read, before_commit"),
        ("kind: tls.handshake_reset, point: on_accept", "it can at in_handshake"),
        ("kind: api.conflict, point: [x]", "it can at before_commit"),
    ],
)
def test_a_point_where_a_kind_cannot_strike_is_refused_by_naming_those_where_it_can(
    fault: str, allowed: str
) -> None:
    """A fault at a point that means nothing to it would never fire."""
    with pytest.raises(ScenarioError, match=allowed) as caught:
        one_fault(fault)

    assert "faults[0].fault.point" in str(caught.value)


def test_a_point_that_nobody_knows_is_refused_in_the_same_words() -> None:
    """One mistake, one message."""
    with pytest.raises(ScenarioError, match=r"tcp\.reset cannot strike at 'mid_reply'"):
        one_fault("kind: tcp.reset, point: mid_reply")
