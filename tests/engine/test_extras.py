"""What is said where an extra is missing."""

from engine.extras import MissingExtra


def test_the_message_is_the_command_that_helps() -> None:
    """Nobody should have to look up which extra brings which package."""
    error = MissingExtra("prometheus-client", "metrics")

    assert isinstance(error, ImportError)
    assert str(error) == "prometheus-client is not installed; it comes with: pip install 'deckstorm[metrics]'"
