"""What a client cannot know, and who makes it worse."""

import pytest

from fakeslides.ledger import Entry
from tests.support.struck_clients import Target, under, write_by_aiohttp, write_by_httplib2


def writes(target: Target) -> list[Entry]:
    """Return the server's entries of writes."""
    return [entry for entry in target.fake.ledger if entry.method == "presentations.batchUpdate"]


async def test_resets_before_and_after_the_commit_look_alike_to_the_client_and_differ_in_the_ledger() -> None:
    """This is why a lost answer proves nothing, and why there is a ledger."""
    seen, committed = [], []

    for point in ("before_commit", "after_commit"):
        async with under(f"kind: tcp.reset, point: {point}") as target:
            failure = await write_by_aiohttp(target, is_in_vain=False)
            seen.append((type(failure), str(failure)))
            committed.append([entry.committed for entry in writes(target)])

    assert seen[0] == seen[1]
    assert committed == [[False], [True]]


@pytest.mark.parametrize("kind", ["tcp.fin", "tls.truncate"])
async def test_httplib2_sends_a_committed_write_again_and_reports_one_success(kind: str) -> None:
    """Its callers never learn that the edit was applied twice."""
    async with under(f"kind: {kind}, point: after_commit", often="count: 1") as target:
        outcome = await write_by_httplib2(target, is_in_vain=False)

        assert outcome == 200
        assert [entry.committed for entry in writes(target)] == [True, True]


@pytest.mark.parametrize("kind", ["tcp.reset", "tcp.fin", "tls.truncate", "tls.record_corrupt"])
async def test_aiohttp_does_not_send_a_committed_write_again(kind: str) -> None:
    """An engine on aiohttp decides for itself."""
    async with under(f"kind: {kind}, point: after_commit", often="count: 1") as target:
        failure = await write_by_aiohttp(target, is_in_vain=False)

        assert isinstance(failure, Exception)
        assert [entry.committed for entry in writes(target)] == [True]
