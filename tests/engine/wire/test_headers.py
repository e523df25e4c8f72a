"""How attempts are named to the server."""

from engine.wire.headers import attempt_headers


def test_names_the_batch_and_the_try() -> None:
    """The server's ledger and the engine's events are joined by these two."""
    assert attempt_headers("deck/s1/0", 2) == {
        "X-Deckstorm-Operation": "deck/s1/0",
        "X-Deckstorm-Attempt": "2",
    }
