"""Opening the place where a quota is shared, if there is to be one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.quota.file import QuotaFile
from engine.quota.sharing import SharedQuota


@asynccontextmanager
async def quota_in(path: Path | None) -> AsyncIterator[SharedQuota | None]:
    """Hold a quota file open, if there is to be one.

    Raises:
        QuotaFileError: it cannot be used.
    """
    if path is None:
        yield None
        return
    with QuotaFile(path) as file:
        yield file
