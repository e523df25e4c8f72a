"""What the fake answers when it says no, in Google's own terms."""

from collections.abc import Mapping, Sequence
from typing import Any


class SlidesApiError(Exception):
    """An error envelope: `{"error": {"code", "message", "status", "details"}}`.

    Attributes:
        code: the HTTP status.
        status: Google's canonical name, such as INVALID_ARGUMENT.
        message: the text, word for word as Google writes it where that is known.
        details: `google.rpc` messages, each with its `@type`; empty when Google sends none.
    """

    def __init__(
        self, code: int, status: str, message: str, details: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = tuple(details)
