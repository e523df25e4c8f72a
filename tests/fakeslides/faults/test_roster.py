import asyncio

from fakeslides.faults.roster import Roster


class FakeRaw:
    def __init__(self) -> None:
        self.is_aborted = False

    def abort(self) -> None:
        """Note it."""
        self.is_aborted = True


class FakeConnection:
    def __init__(self) -> None:
        self.number = 0
        self.is_beyond_limit = False
        self.raw = FakeRaw()


def open_many(roster: Roster, count: int) -> list[FakeConnection]:
    """Open connections one after the other."""
    connections = [FakeConnection() for _ in range(count)]
    for connection in connections:
        roster.opened(connection)  # type: ignore[arg-type]
    return connections


async def test_marks_those_beyond_the_limit_and_no_other() -> None:
    """The limit is on connections that live at once."""
    roster = Roster(at_most=2)

    connections = open_many(roster, 3)

    assert [each.is_beyond_limit for each in connections] == [False, False, True]


async def test_a_connection_that_closed_makes_room() -> None:
    """A client that reuses few connections never meets the limit."""
    roster = Roster(at_most=1)
    [first] = open_many(roster, 1)

    roster.closed(first)  # type: ignore[arg-type]

    assert not open_many(roster, 1)[0].is_beyond_limit


async def test_numbers_connections_and_remembers_the_peak() -> None:
    """The ledger names connections by these numbers."""
    roster = Roster()
    first, second = open_many(roster, 2)

    roster.closed(first)  # type: ignore[arg-type]
    [third] = open_many(roster, 1)

    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert roster.peak_count == 2


async def test_closing_all_waits_until_the_last_is_gone() -> None:
    """A server that stops must leave no descriptor behind."""
    roster = Roster()
    [connection] = open_many(roster, 1)

    closing = asyncio.create_task(roster.close_all())
    await asyncio.sleep(0)
    was_done = closing.done()
    roster.closed(connection)  # type: ignore[arg-type]
    await closing

    assert connection.raw.is_aborted
    assert not was_done


async def test_counts_can_begin_anew_while_connections_live() -> None:
    """A server that goes back to its start does not hang up on anybody."""
    roster = Roster()
    one, other = open_many(roster, 2)
    roster.closed(other)  # type: ignore[arg-type]

    roster.restart_counts()

    assert (roster.accepted_count, roster.handshake_count, roster.peak_count) == (0, 0, 1)
    assert [next_one.number for next_one in open_many(roster, 2)] == [1, 2]
    assert one.number == 1


async def test_the_limit_can_change() -> None:
    """It belongs to the scenario, and that can be replaced; it is for connections that come later."""
    roster = Roster(at_most=1)
    open_many(roster, 1)

    roster.at_most = 2

    assert [connection.is_beyond_limit for connection in open_many(roster, 2)] == [False, True]
