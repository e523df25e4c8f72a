"""How the engine names its attempts to the server, so that both sides' records can be laid side by side."""


def attempt_headers(identity: str, number: int) -> dict[str, str]:
    """Return the headers of try `number` of the batch that `identity` names."""
    return {"X-Deckstorm-Operation": identity, "X-Deckstorm-Attempt": str(number)}
