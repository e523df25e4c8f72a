"""One house with two doors: the fake's own TLS with every fault loaded, and aiohttp's stock TLS.

Behind both stand the same handlers.  `python -m loadtests.benchmarks.doors` prints one line of JSON when it
is ready, then its CPU seconds for every line it is given, and serves until its standard input is closed.
"""

import asyncio
import json
import os
import socket
import ssl
import sys
from contextlib import AsyncExitStack
from functools import partial
from random import Random
from typing import Any

from aiohttp import web

from fakeslides.api.auth import TokenEndpoint
from fakeslides.api.tokens import TokenBook
from fakeslides.api.wire import make_request
from fakeslides.clock import ServerClock
from fakeslides.faults.doorkeeper import Doorkeeper
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.port import Port
from fakeslides.faults.roster import Roster
from fakeslides.front import Front
from fakeslides.ledger import Ledger
from fakeslides.scenario.model import Scenario
from fakeslides.server import CALM
from fakeslides.service_account import CLIENT_EMAIL, make_service_account
from fakeslides.slides.store import Store
from fakeslides.tls import make_authority, make_flawed_contexts
from fakeslides.weather import Weather
from loadtests.benchmarks.every_fault import rules_of_every_kind

_FIELDS = {
    "at_most": 1_000_000,
    "after": "1h",
    "by": "1s",
    "bytes": 1,
    "bytes_per_second": 1,
    "code": 503,
    "every": "1s",
    "for": "1s",
}


class _NoConnection:
    """What handlers may ask of a connection on which no fault can strike."""

    number = 1
    is_beyond_limit = False
    is_spoilt = False


class _StockRequest:
    """A request that came by stock TLS, as the handlers want to see it."""

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self.transport = self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 # whatever aiohttp's request has
        return getattr(self._request, name)

    def get_extra_info(self, _name: str) -> _NoConnection:
        """Return the connection."""
        return _NoConnection()


def loaded_scenario() -> Scenario:
    """Return a scenario with a rule for every kind of fault, none of which ever strikes."""
    rules = rules_of_every_kind("0%", _FIELDS)
    return Scenario.model_validate({"version": "1", "promise": "Nothing strikes.", "faults": rules})


async def serve(stack: AsyncExitStack) -> dict[str, Any]:
    """Open both doors for as long as the stack lives; return what a client needs."""
    clock, store = ServerClock(), Store(Random(0))  # noqa: S311 # the same deck in every run
    authority, context = make_authority()
    tokens = TokenBook(Random(0))  # noqa: S311 # they open nothing but this house
    account = make_service_account("https://localhost/token")
    gate = TokenEndpoint(account.public_key, CLIENT_EMAIL, "https://localhost/token", tokens)
    make_front = partial(Front, clock=clock, store=store, ledger=Ledger(), door=gate)
    flawed = make_flawed_contexts(authority)
    return {
        "loaded": await _open_own(stack, make_front(Weather(loaded_scenario())), context, flawed),
        "stock": await _open_stock(stack, make_front(Weather(CALM)), context),
        "authority": authority.cert_pem.bytes().decode(),
        "token": tokens.issue("bench", clock.wall()),
        "presentation_id": store.create("a deck").presentation_id,
    }


async def _open_own(stack: AsyncExitStack, front: Front, context: ssl.SSLContext, flawed: Any) -> int:  # noqa: ANN401
    application = web.Server(front.serve, request_factory=make_request, access_log=None)
    stack.push_async_callback(application.shutdown, 0.05)
    keeper = Doorkeeper(Roster(), front.strikes, ServerClock(), flawed)
    sock = socket.create_server(("127.0.0.1", 0))
    keeper.port = port = Port(partial(FaultyConnection, application, context, keeper), sock, ServerClock())
    await port.open()
    stack.push_async_callback(port.close)
    return int(sock.getsockname()[1])


async def _open_stock(stack: AsyncExitStack, front: Front, context: ssl.SSLContext) -> int:
    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await front.serve(_StockRequest(request))  # type: ignore[arg-type] # it has all that is asked

    application = web.Server(handle, request_factory=make_request, access_log=None)
    stack.push_async_callback(application.shutdown, 0.05)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(application, "127.0.0.1", 0, ssl=context)
    stack.callback(server.close)
    return int(server.sockets[0].getsockname()[1])


async def _main() -> None:
    async with AsyncExitStack() as stack:
        print(json.dumps(await serve(stack)), flush=True)  # noqa: T201 # the line that the parent waits for
        while await asyncio.to_thread(sys.stdin.readline):
            times = os.times()
            print(times.user + times.system, flush=True)  # noqa: T201 # as above


if __name__ == "__main__":
    asyncio.run(_main())
