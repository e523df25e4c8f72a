"""An engine asks the same of every place where a quota is shared."""

from pathlib import Path
from random import Random

from engine.policy.pacing import CallKind, Reservation
from engine.quota.file import QuotaFile
from engine.quota.sharing import QuotaShare, Surroundings
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock
from tests.support.shared_quotas import ADA


def test_a_share_gives_a_pacer_that_knows_the_calls_of_all(tmp_path: Path) -> None:
    """Two engines with a share each have one quota."""
    settings, clock = EngineSettings(writes_per_minute=1, quota_use_share=1.0), ManualClock()
    around = Surroundings(clock, Random(1), lambda _: None, lambda: None)
    with QuotaFile(tmp_path / "quota") as file:
        share = QuotaShare(file, ADA)
        one, other = (share.quota.pacer(settings, share.subject, around) for _ in range(2))

        assert isinstance(one.take(clock.now(), CallKind.WRITE), Reservation)
        assert not isinstance(other.take(clock.now(), CallKind.WRITE), Reservation)
