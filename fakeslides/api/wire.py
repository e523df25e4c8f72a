"""Between aiohttp's requests and responses and what the rest of the API speaks."""

import asyncio
import logging
from http.client import responses
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import HttpProcessingError, RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler

from fakeslides.api.replies import Reply
from fakeslides.errors import SlidesApiError

# What Google's front end takes for a JSON body.
LARGEST_BODY_BYTES = 10 * 1024 * 1024


def _is_accident(record: logging.LogRecord) -> bool:
    """A client that speaks no HTTP was told so with 400, and is none of the log's business."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


# Where aiohttp's servers report what went wrong in them.
ACCIDENTS = logging.getLogger("fakeslides.accidents")
ACCIDENTS.addFilter(_is_accident)


def make_request(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: RequestHandler,
    writer: AbstractStreamWriter,
    task: asyncio.Task[None],
) -> web.BaseRequest:
    """Make aiohttp's request object, with Google's limit on the size of its body."""
    loop = asyncio.get_running_loop()
    return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_BODY_BYTES)


async def read_body(request: web.BaseRequest) -> bytes:
    """Return the whole body.

    Raises:
        SlidesApiError: 400, it is larger than Google takes, or not encoded as its head says.
        ConnectionError: the client left in the midst of it.
    """
    _let_it_come(request)
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        message = f"Request payload size exceeds the limit: {LARGEST_BODY_BYTES} bytes."
        raise SlidesApiError(400, "INVALID_ARGUMENT", message) from error
    except web.RequestPayloadError as error:
        request.content.feed_eof()  # or aiohttp reads on behind the answer, and logs the error as its own
        raise SlidesApiError(400, "INVALID_ARGUMENT", "The request's body could not be decoded.") from error


def _let_it_come(request: web.BaseRequest) -> None:
    """Tell a client that waits to be told so to send its body (RFC 9110, 10.1.1), unless it has by now."""
    waits = request.headers.get("Expect", "").lower() == "100-continue"
    if waits and request.transport is not None and not request.content.is_eof():
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def query_of(request: web.BaseRequest, body: bytes) -> dict[str, str]:
    """Return the query; a form's fields belong to it, as with a GET that was too long to be one."""
    query = dict(request.query)
    if request.content_type == "application/x-www-form-urlencoded":
        query.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return query


def to_response(reply: Reply) -> web.Response:
    """Return aiohttp's response for an answer."""
    return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


def to_bytes(reply: Reply) -> tuple[bytes, bytes]:
    """Return an answer as it goes over the wire, head and body apart; the connection ends with it."""
    fields = {**reply.headers, "Content-Length": str(len(reply.body)), "Connection": "close"}
    lines = (f"{name}: {value}\r\n" for name, value in fields.items())
    status = f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}\r\n"
    return (status + "".join(lines) + "\r\n").encode("latin-1"), reply.body
