"""What the fake answers when it says no, in Google's own terms."""

from collections.abc import Mapping, Sequence
from typing import Any

# HTTP status -> Google's canonical name and usual text (google.rpc.Code; texts as clients have logged them).
_USUAL = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    404: ("NOT_FOUND", "Requested entity was not found."),
    409: ("ABORTED", "The operation was aborted."),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "Internal error encountered."),
    501: ("UNIMPLEMENTED", "Operation is not implemented, or supported, or enabled."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}


class SlidesApiError(Exception):
    """An error envelope: `{"error": {"code", "message", "status", "details"}}`.

    Attributes:
        code: the HTTP status.
        status: Google's canonical name, such as INVALID_ARGUMENT.
        message: the text, word for word as Google writes it where that is known.
        details: `google.rpc` messages, each with its `@type`; empty when Google sends none.
        retry_after_seconds: what a Retry-After header says; None when there is none, as usual with Google.
    """

    def __init__(
        self,
        code: int,
        status: str,
        message: str,
        details: Sequence[Mapping[str, Any]] = (),
        *,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.details = tuple(details)
        self.retry_after_seconds = retry_after_seconds


def refusal_with_status(code: int, retry_after_seconds: float | None = None) -> SlidesApiError:
    """Return the usual refusal of an HTTP status."""
    status, message = _USUAL.get(code, ("UNKNOWN", "Unknown Error."))
    return SlidesApiError(code, status, message, retry_after_seconds=retry_after_seconds)


def cannot_be_applied(index: int, request_kinds: Sequence[str]) -> SlidesApiError:
    """Return the refusal of a write that met another write on the same presentation.

    Google documents no such error; the text is what users of concurrent writers have reported.
    """
    index = min(index, max(len(request_kinds) - 1, 0))
    kind = request_kinds[index] if request_kinds else "replaceAllText"
    return SlidesApiError(
        400, "INVALID_ARGUMENT", f"Invalid requests[{index}].{kind}: This request cannot be applied"
    )
