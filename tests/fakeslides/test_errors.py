import pytest

from fakeslides.errors import cannot_be_applied, refusal_with_status


@pytest.mark.parametrize(
    ("code", "status"),
    [(429, "RESOURCE_EXHAUSTED"), (503, "UNAVAILABLE"), (504, "DEADLINE_EXCEEDED"), (418, "UNKNOWN")],
)
def test_a_status_has_googles_name(code: int, status: str) -> None:
    """Clients branch on the name as often as on the number."""
    refusal = refusal_with_status(code, 2.0)

    assert (refusal.code, refusal.status, refusal.retry_after_seconds) == (code, status, 2.0)


@pytest.mark.parametrize(
    ("index", "kinds", "named"),
    [(0, ["insertText"], "requests[0].insertText"), (1, ["a", "deleteText"], "requests[1].deleteText"),
     (7, ["a", "b"], "requests[1].b"), (0, [], "requests[0].replaceAllText")],
)  # fmt: skip
def test_a_conflict_names_a_request_that_is_there(index: int, kinds: list[str], named: str) -> None:
    """A rule may ask for the fifth request of a batch that has two."""
    assert cannot_be_applied(index, kinds).message == f"Invalid {named}: This request cannot be applied"
