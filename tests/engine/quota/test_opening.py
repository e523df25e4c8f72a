"""Where a quota is shared is open for as long as it is needed."""

import sys
from pathlib import Path

import pytest

from engine.extras import MissingExtra
from engine.quota.file import QuotaFile
from engine.quota.opening import quota_in


async def test_a_file_is_open_within_the_block(tmp_path: Path) -> None:
    """Whoever opens it need not know what it is."""
    async with quota_in(tmp_path / "quota") as quota:
        assert isinstance(quota, QuotaFile)
        assert (tmp_path / "quota").exists()


async def test_none_is_no_place() -> None:
    """Whoever shares with nobody needs none."""
    async with quota_in(None) as quota:
        assert quota is None


async def test_a_server_is_open_within_the_block(redis_url: str) -> None:
    """And a file beside it is not touched."""
    async with quota_in(None, redis_url) as quota:
        assert str(quota) == redis_url


async def test_a_server_takes_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no Redis need not install its client; who has is told what to type."""
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "engine.quota.redis_quota", raising=False)

    with pytest.raises(MissingExtra, match=r"pip install 'deckstorm\[redis\]'"):
        async with quota_in(None, "redis://cache"):
            pass
