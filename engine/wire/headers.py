"""How the engine names itself and its attempts to the server, so that both sides' records can be compared."""

from importlib.metadata import PackageNotFoundError, version


def user_agent() -> str:
    """Return the engine's name and version."""
    try:
        return f"deckstorm-engine/{version('deckstorm')}"
    except PackageNotFoundError:  # run from a folder, without being installed
        return "deckstorm-engine"


def attempt_headers(identity: str, number: int) -> dict[str, str]:
    """Return the headers of try `number` of the batch that `identity` names."""
    return {"X-Deckstorm-Operation": identity, "X-Deckstorm-Attempt": str(number)}
