"""Opening the place where a quota is shared, if there is to be one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.quota.file import QuotaFile
from engine.quota.sharing import SharedQuota


@asynccontextmanager
async def quota_in(
    path: Path | None = None, url: str | None = None, *, speed: float = 1.0
) -> AsyncIterator[SharedQuota | None]:
    """Hold open the place where a quota is shared, if there is to be one.

    Args:
        path: of a file.
        url: of a Redis server, in place of a file.
        speed: seconds of the engine's clock in one of that server's.

    Raises:
        QuotaFileError, QuotaServerError, QuotaServerUnreachable: it cannot be used.
        MissingExtra: a Redis server takes what the extra brings.
        ValueError: the address is none.
    """
    if url is not None:
        # An extra brings it, and only who names a server needs it.
        from engine.quota.redis_quota import RedisQuota  # noqa: PLC0415

        async with RedisQuota(url, speed=speed) as server:
            yield server
    elif path is not None:
        with QuotaFile(path) as file:
            yield file
    else:
        yield None
