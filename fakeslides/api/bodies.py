"""The body and the query of a call, read as Google's JSON transcoder reads them.

It takes camelCase and snake_case names alike, treats null as unset, and refuses names it does not know.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fakeslides.errors import SlidesApiError
from fakeslides.slides.proto_json import Violation, bad_request, camel_case, read_body
from fakeslides.slides.request_schemas import BATCH

# Python's reader lets half of a character pass when it is escaped.
_MAY_HOLD_SURROGATES = re.compile(rb"\\u[dD]")

_IN_ANY_QUERY = (
    "access_token alt callback fields key oauth_token prettyPrint quotaUser uploadType upload_protocol"
)
_IN_QUERIES = frozenset(
    {"$.xgafv", "commentsViewMode", *_IN_ANY_QUERY.split(), *(f"${name}" for name in _IN_ANY_QUERY.split())}
)


@dataclass(frozen=True, slots=True)
class BatchBody:
    """What a `batchUpdate` asks for: raw requests, and the revision they insist on."""

    requests: list[Any]
    required_revision_id: str | None

    @property
    def kinds(self) -> list[str]:
        """The kind of each request in camelCase, empty where none is set."""
        return [_kind_of(each) if isinstance(each, dict) else "" for each in self.requests]


def read_json(raw: bytes) -> dict[str, Any]:
    """Read a body in UTF-8; an empty one is an empty object.

    Raises:
        SlidesApiError: 400, it is not a JSON object.
    """
    try:
        body = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant) if raw.strip() else {}
    except (ValueError, RecursionError) as error:
        raise _bad(f"Invalid JSON payload received. {_said(error)}") from error
    if _MAY_HOLD_SURROGATES.search(raw) and not _is_text(body):
        raise _bad("Invalid JSON payload received. A string holds an unpaired surrogate.")
    if not isinstance(body, dict):
        raise _bad('Invalid JSON payload received. Unknown name "": Root element must be a message.')
    return body


def _refuse_constant(name: str) -> object:
    """Refuse NaN and its like, which Python writes and reads but JSON does not know."""
    raise ValueError(f"Unexpected token {name}")


def check_query(method: str, names: Iterable[str]) -> None:
    """Refuse what no query may hold, such as a JSON body that was sent as a form.

    What may be said of a new presentation in the query is not known, only that clients say its title there.

    Raises:
        SlidesApiError: 400, in the words of Google's transcoder.
    """
    unknown = [name for name in names if name not in _IN_QUERIES]
    if unknown and method != "presentations.create":
        lines = [
            f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
            f"Field '{name}' could not be found in request message."
            for name in unknown
        ]
        raise _bad("\n".join(lines))


def _is_text(body: object) -> bool:
    """Say whether all strings of a body are text that UTF-8 can write."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_batch(raw: bytes) -> BatchBody:
    """Read the body of a `batchUpdate`, all but the requests themselves.

    Raises:
        SlidesApiError: 400, in the words of Google's transcoder.
    """
    body = read_body(read_json(raw), BATCH)
    revision_id = body.get("writeControl", {}).get("requiredRevisionId")
    return BatchBody(body.get("requests", []), revision_id or None)


def _kind_of(request: Mapping[str, object]) -> str:
    return camel_case(next((name for name, value in request.items() if value is not None), ""))


def _said(error: Exception) -> str:
    return str(error).partition(":")[0] + "."


def _bad(message: str) -> SlidesApiError:
    return bad_request(message, [Violation("", message)])
