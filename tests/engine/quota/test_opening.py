"""Where a quota is shared is open for as long as it is needed."""

from pathlib import Path

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
