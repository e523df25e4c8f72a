from fakeslides.faults.calls import connection_facts
from tests.support.rulebooks import a_book, a_call, a_rule, struck_by


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
