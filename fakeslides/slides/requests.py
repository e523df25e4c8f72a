"""Reading `requests` as the API reads them: all of them, before any is applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakeslides.errors import SlidesApiError
from fakeslides.slides.proto_json import read_body
from fakeslides.slides.request_schemas import REQUESTS


@dataclass(frozen=True, slots=True)
class Request:
    """One entry of `requests`: its kind, None when no request is set, and its body with camelCase names."""

    kind: str | None
    body: Mapping[str, Any]


def parse_requests(requests: Sequence[Any]) -> list[Request]:
    """Return the entries of `requests` (JSON values), read.

    Raises:
        SlidesApiError: 400; there are none, or a name, a value or a union in one is wrong.
    """
    if not requests:
        raise SlidesApiError(400, "INVALID_ARGUMENT", "Must specify at least one request.")
    entries = read_body({"requests": list(requests)}, REQUESTS)["requests"]
    return [Request(*next(iter(entry.items()), (None, {}))) for entry in entries]
