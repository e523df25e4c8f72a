"""Revision ids: opaque, and another one after every accepted batch."""

import string
from random import Random

from fakeslides.errors import SlidesApiError

_LENGTH = 14
_LETTERS = string.ascii_letters + string.digits + "_-"


def new_revision_id(dice: Random) -> str:
    """Return a revision id that looks like Google's, such as `okYZGRZYFDabfA`."""
    return "".join(dice.choices(_LETTERS, k=_LENGTH))


def check_revision(required: str | None, latest: str) -> None:
    """Refuse a write whose `requiredRevisionId` is not the latest; None requires nothing.

    Raises:
        SlidesApiError: 400, in the words seen from the live Docs and Slides APIs.
    """
    if required is not None and required != latest:
        raise SlidesApiError(
            400,
            "INVALID_ARGUMENT",
            f"The required revision ID '{required}' does not match the latest revision.",
        )
