import pytest

from fakeslides.scenario.stages import stage_of


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
