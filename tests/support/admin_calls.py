"""Asking the admin API as a program would, without the client that comes with it."""

import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import aiohttp

from fakeslides.server import FakeSlides


class Answer(NamedTuple):
    """What the admin API answered."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def document(self) -> Any:  # noqa: ANN401 # any JSON
        """The answer as JSON."""
        return json.loads(self.text)


async def ask(fake: FakeSlides, method: str, path: str, body: object = None, **headers: str) -> Answer:
    """Ask with the token, unless `headers` say otherwise; a body that is not text is sent as JSON."""
    headers = {"Authorization": f"Bearer {fake.admin_token}"} | headers
    if not isinstance(body, bytes | str | None):
        body = json.dumps(body)
    data = io.BytesIO(body) if isinstance(body, bytes) else body
    async with (
        aiohttp.ClientSession(fake.admin_url, headers=headers) as session,
        session.request(method, path, data=data) as answer,
    ):
        return Answer(answer.status, await answer.text(), answer.headers)
