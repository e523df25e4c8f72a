import pytest

from fakeslides.faults.calls import connection_facts, stage_of
from tests.support.rulebooks import a_book, a_call, a_rule, struck_by


@pytest.mark.parametrize(
    ("point", "stage"),
    [
        ("on_accept", "accepted"),
        ("in_handshake", "accepted"),
        ("before_request_read", "arrived"),
        ("before_commit", "read"),
        ("after_commit", "read"),
        ("mid_body", "read"),
    ],
)
def test_a_fault_is_decided_as_late_as_its_point_allows(point: str, stage: str) -> None:
    """The later, the more its rule may ask of the call."""
    assert stage_of(point) == stage


class TestConnections:
    def test_a_connection_meets_no_fault_of_a_call(self) -> None:
        """It carries no call yet."""
        book = a_book(a_rule())

        assert struck_by(book, connection_facts(1, 0.0)) is None
        assert struck_by(book, a_call()) == "r"

    def test_each_connection_has_a_name_of_its_own(self) -> None:
        """By it a struck connection can be struck again."""
        first, second = connection_facts(1, 0.0), connection_facts(2, 0.0)

        assert (first.method, first.identity, first.attempt) == ("connection", "connection/1", 1)
        assert first.identity != second.identity
