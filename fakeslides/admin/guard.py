"""Who may speak to the admin API, and how much."""

from hmac import compare_digest

from aiohttp import web

from fakeslides.admin.answers import AdminError

LARGEST_BODY_BYTES = 1024 * 1024

_LOCAL_NAMES = {"127.0.0.1", "localhost"}


class Guard:
    """Lets in whoever bears the token and asks for a local name.

    Args:
        token: what a request must bear.
    """

    def __init__(self, token: str) -> None:
        self._wanted = f"Bearer {token}".encode()

    def check_host(self, request: web.BaseRequest) -> None:
        """Refuse a name that is not local.

        A page of a foreign site that has its name resolve to 127.0.0.1 still sends that name.

        Raises:
            AdminError: 403.
        """
        name, colon, rest = request.host.rpartition(":")
        # Without the header aiohttp would look up what this machine is called.
        if "Host" not in request.headers or (name if colon else rest) not in _LOCAL_NAMES:
            raise AdminError(403, "the Host header must name 127.0.0.1 or localhost")

    def check_token(self, request: web.BaseRequest) -> None:
        """Refuse a stranger.

        Raises:
            AdminError: 401.
        """
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not compare_digest(given, self._wanted):
            text = "give the admin token as `Authorization: Bearer TOKEN`"
            raise AdminError(401, text, headers={"WWW-Authenticate": "Bearer"})


async def read_body(request: web.BaseRequest) -> bytes:
    """Return the whole body.

    Raises:
        AdminError: 413, it is larger than any scenario; the rest of it is not read.  400, it is not encoded
            as its head says, or the client left in the midst of it.
    """
    try:
        return await _read_within_limit(request)
    except web.RequestPayloadError as error:
        request.content.feed_eof()  # or aiohttp reads on behind the answer, and logs the error as its own
        raise AdminError(400, "the body is not encoded as its head says; send it plain") from error
    except ConnectionError as error:
        raise AdminError(400, "the client left before its body had come") from error


async def _read_within_limit(request: web.BaseRequest) -> bytes:
    too_large = AdminError(413, f"the body is larger than {LARGEST_BODY_BYTES} bytes; send less")
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        raise too_large
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > LARGEST_BODY_BYTES:
            raise too_large
    return bytes(body)
