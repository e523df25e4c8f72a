"""What the admin API answers.  Every error says what would be right."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

_HIDDEN = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class AdminError(Exception):
    """A request that is refused.

    Attributes:
        status: of HTTP.
        problems: what is wrong one by one, where there may be several things.
        headers: what goes along with the status.
    """

    def __init__(
        self,
        status: int,
        text: str,
        *,
        problems: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.problems = tuple(problems)
        self.headers = headers or {}


def json_answer(
    document: Any,  # noqa: ANN401 # any JSON
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Return a JSON answer."""
    return text_answer(json.dumps(document, ensure_ascii=False), "application/json", status, headers)


def ndjson_answer(documents: Iterable[Mapping[str, Any]]) -> web.Response:
    """Return one JSON object per line."""
    lines = (json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    return text_answer("".join(lines), "application/x-ndjson")


def text_answer(
    text: str, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return a text that nobody may keep or reinterpret."""
    headers = {"Content-Type": f"{content_type}; charset=utf-8", **_HIDDEN, **(headers or {})}
    # Half of a character, which JSON can escape, goes back as it came.
    return web.Response(body=text.encode("utf-8", "backslashreplace"), status=status, headers=headers)


def error_answer(error: AdminError) -> web.Response:
    """Return an error as `{"error": text}`, with `problems` where there are several."""
    document: dict[str, Any] = {"error": str(error)}
    if error.problems:
        document["problems"] = list(error.problems)
    return json_answer(document, error.status, error.headers)
