from fakeslides.clock import ServerClock
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from loadtests.benchmarks.blind_client import BlindClient
from tests.support.plain_decks import KEYS, plain_deck

SPEED = 50.0
LOST = {
    "id": "lost", "where": {"method": "presentations.batchUpdate"}, "when": {"attempt": 1},
    "often": {"every": 1}, "limit": {"total": 1}, "fault": {"kind": "tcp.reset", "point": "after_commit"},
}  # fmt: skip
REFUSED = {**LOST, "id": "refused", "limit": {"total": 9}, "fault": {"kind": "http.status", "code": 400}}


async def _edited(fault: object) -> tuple[set[str], int]:
    deck = plain_deck(slides_count=1)
    storm = Scenario.model_validate({"version": 1, "promise": "A test.", "faults": [fault]})
    async with FakeSlides(storm, decks=[deck], clock=ServerClock(1 / SPEED)) as fake:
        async with BlindClient(fake, SPEED) as client:
            fates = await client.edit(deck)
        commits_count = sum(entry.committed for entry in fake.ledger)
    assert len(fates) == len(KEYS)
    return {fate for fate, _ in fates.values()}, commits_count


async def test_it_sends_again_what_was_applied() -> None:
    """That is its mistake, and the one that the audit has to see."""
    assert await _edited(LOST) == ({"applied"}, 2)


async def test_it_believes_a_refusal() -> None:
    """It would else never come to an end of a poisoned batch."""
    assert await _edited(REFUSED) == ({"rejected"}, 0)
