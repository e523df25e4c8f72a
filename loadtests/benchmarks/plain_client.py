"""The least that a client can be: three workers who post one edit after the other, one a second, and hope.

Beside it a world with the engine shows what the engine's safeguards cost, and what would be there without.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

import aiohttp

from fakeslides.decks import Deck
from loadtests.benchmarks.blind_client import request_of
from loadtests.expectation import edits_of
from loadtests.measurements import Edit
from loadtests.simulation.identity import client_context
from loadtests.simulation.world import SimulatedWorld

_WORKERS_COUNT = 3
_SPACING_SECONDS = 1.02  # sixty a minute, and a little for how long each is on its way


async def edit_all(world: SimulatedWorld, decks: Sequence[Deck]) -> None:
    """Carry out the replacements of all decks in calm weather, a write for each.

    Raises:
        aiohttp.ClientError: a write was not applied.
    """
    sockets = world.loop.network
    connector = aiohttp.TCPConnector(
        ssl=client_context(),
        limit=_WORKERS_COUNT,
        socket_factory=lambda address: sockets.make_socket(*address[:3]),
    )
    headers = {"Authorization": f"Bearer {world.fake.give_access_token()}"}
    began_at = world.clock.now()
    due = ((began_at + _SPACING_SECONDS * place, edit) for place, edit in enumerate(_edits(decks)))
    async with aiohttp.ClientSession(connector=connector, headers=headers, raise_for_status=True) as session:
        await asyncio.gather(*(_work(session, world, due) for _ in range(_WORKERS_COUNT)))


def _edits(decks: Sequence[Deck]) -> Iterator[Edit]:
    for deck in decks:
        yield from edits_of(deck.document, deck.replacements)


async def _work(
    session: aiohttp.ClientSession, world: SimulatedWorld, due: Iterator[tuple[float, Edit]]
) -> None:
    for at, edit in due:
        await world.clock.sleep(at - world.clock.now())
        url = f"{world.fake.endpoint}/v1/presentations/{edit.presentation_id}:batchUpdate"
        async with session.post(url, json=_body(edit)) as reply:
            await reply.read()


def _body(edit: Edit) -> Mapping[str, object]:
    return {"requests": [request_of(edit.slide_id, edit)]}
