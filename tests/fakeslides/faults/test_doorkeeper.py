import aiohttp

from fakeslides.server import FakeSlides
from tests.support.fake_client import RawTlsClient, scenario_of
from tests.support.manual_clock import ManualClock
from tests.support.patience import until
from tests.support.struck_clients import Target, target_of, write_by_aiohttp, write_by_socket

AT_MOST_ONE = (
    "faults: [{id: full, often: {every: 1}, fault: {kind: tcp.accept_limit, at_most: 1}},"
    " {id: late, often: {every: 1}, fault: {kind: tls.handshake_delay, by: 1ms}}]"
)


def fired(target: Target, rule_id: str = "it") -> int:
    """Return how often a rule struck."""
    return target.fake.fault_counts()[rule_id]["fired"]


async def test_only_connections_that_are_too_many_meet_the_accept_limit() -> None:
    """A rule behind it must still get its turn with the others."""
    async with FakeSlides(scenario_of(AT_MOST_ONE)) as fake:
        target = target_of(fake)
        async with RawTlsClient(fake):
            outcome = await write_by_aiohttp(target, is_in_vain=False)
        await until(lambda: not fake._roster.live_count)
        alone = await write_by_aiohttp(target, is_in_vain=False)

        assert isinstance(outcome, aiohttp.ClientConnectorError)
        assert alone == 200
        assert (fired(target, "full"), fired(target, "late")) == (1, 2)


async def test_a_port_that_refuses_says_so_to_every_client_until_it_opens_again() -> None:
    """Only connections that reach the program are counted; the kernel refuses the others."""
    text = "faults: [{id: it, often: {count: 1}, fault: {kind: tcp.refuse, for: 1m}}]"
    clock = ManualClock()

    async with FakeSlides(scenario_of(text), clock=clock) as fake:
        target = target_of(fake)
        outcomes = [await write_by_aiohttp(target, is_in_vain=False) for _ in range(2)]
        await clock.advance(60.0)
        outcomes.append(await write_by_aiohttp(target, is_in_vain=False))

        errnos = [each.errno for each in outcomes if isinstance(each, aiohttp.ClientConnectorError)]
        assert (errnos, outcomes[-1]) == ([104, 111], 200)
        assert fake.fault_counts() == {"it": {"matched": 2, "fired": 1}}


async def test_connections_are_drawn_by_their_ordinal() -> None:
    """`where: {connection: 2}` is how to strike the second one of a pool."""
    text = "faults: [{id: it, where: {connection: 2}, often: {every: 1}, fault: {kind: tls.handshake_reset}}]"
    async with FakeSlides(scenario_of(text)) as fake:
        target = target_of(fake)

        outcomes = [await write_by_aiohttp(target, is_in_vain=False) for _ in range(3)]

        assert [outcomes[0], outcomes[2]] == [200, 200]
        assert isinstance(outcomes[1], aiohttp.ClientConnectorError)
        [struck] = [entry for entry in fake.ledger if entry.rule_id]
        assert (struck.method, struck.connection, struck.identity) == ("connection", 2, "connection/2")


async def test_a_connection_that_never_lies_idle_long_enough_is_not_counted_as_struck() -> None:
    """A fault that did not happen must not pass for one that did."""
    text = "faults: [{id: it, often: {every: 1}, fault: {kind: tcp.idle_reset, after: 1h}}]"

    async with FakeSlides(scenario_of(text)) as fake:
        target = target_of(fake)
        assert await write_by_aiohttp(target, is_in_vain=False) == 200

        assert fake.fault_counts() == {"it": {"matched": 1, "fired": 0}}
        assert not [entry for entry in fake.ledger if entry.rule_id]


async def test_a_limit_on_strikes_at_once_is_free_again_when_the_connection_is_gone() -> None:
    """`limit: {active: 1}` would otherwise strike once and never again."""
    text = "faults: [{id: it, often: {every: 1}, limit: {active: 1}, fault: {kind: tls.handshake_stall}}]"
    async with FakeSlides(scenario_of(text)) as fake:
        target = target_of(fake)

        stalled = await write_by_aiohttp(target, is_in_vain=True)
        await until(lambda: not fake._roster.live_count)
        again = await write_by_aiohttp(target, is_in_vain=True)

        assert isinstance(stalled, TimeoutError)
        assert isinstance(again, TimeoutError)
        assert fired(target) == 2


async def test_a_client_that_leaves_during_a_delay_harms_nobody() -> None:
    """The delay would otherwise go on with a connection that is gone."""
    text = "faults: [{id: it, often: {count: 1}, fault: {kind: tls.handshake_delay, by: 1h}}]"

    async with FakeSlides(scenario_of(text)) as fake:
        target = target_of(fake)

        wire = await write_by_socket(target)
        await until(lambda: not fake._roster.live_count)

        assert (wire.ending, wire.extent) == ("silence", "nothing")
        assert await write_by_aiohttp(target, is_in_vain=False) == 200
