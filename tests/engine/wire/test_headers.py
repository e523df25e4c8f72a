"""How attempts are named to the server."""

from engine.wire.headers import attempt_headers, user_agent


def test_names_the_batch_and_the_try() -> None:
    """The server's ledger and the engine's events are joined by these two."""
    assert attempt_headers("deck/s1/0", 2) == {
        "X-Deckstorm-Operation": "deck/s1/0",
        "X-Deckstorm-Attempt": "2",
    }


def test_says_which_version_asks() -> None:
    """A server's operator should know whom to call."""
    assert user_agent().startswith("deckstorm-engine/")
