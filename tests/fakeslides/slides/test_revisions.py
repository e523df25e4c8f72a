from random import Random

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.revisions import check_revision, new_revision_id


def test_revision_ids_are_opaque_and_follow_from_the_seed() -> None:
    """A run can be repeated to the letter."""
    assert new_revision_id(Random(1)) == new_revision_id(Random(1)) != new_revision_id(Random(2))
    assert len(new_revision_id(Random(1))) == 14


@pytest.mark.parametrize("required", [None, "now"])
def test_lets_a_write_to_the_latest_revision_through(required: str | None) -> None:
    """Without a required revision any is right."""
    check_revision(required, "now")


def test_refuses_a_write_to_another_revision() -> None:
    """This refusal is what makes a write that may have been applied safe to send again."""
    with pytest.raises(SlidesApiError) as refused:
        check_revision("then", "now")

    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    assert refused.value.message == "The required revision ID 'then' does not match the latest revision."
