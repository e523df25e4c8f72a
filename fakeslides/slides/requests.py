"""Reading `requests` as the API reads them."""

from collections.abc import Sequence
from typing import Any


def batch_update_arguments(body: Any) -> tuple[Sequence[Any], str | None]:  # noqa: ANN401 - JSON may be anything
    """Return `requests` and `writeControl.requiredRevisionId` of a `batchUpdate` body; 400 when it is malformed."""
    raise NotImplementedError
