"""The fake as a whole: its sockets, its files, its life.  The path of a request is `fakeslides.front`."""

import asyncio
import secrets
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Self

from aiohttp import web

from fakeslides.admin.service import Admin
from fakeslides.api.auth import TokenEndpoint
from fakeslides.api.tokens import TokenBook
from fakeslides.api.wire import ACCIDENTS, make_request
from fakeslides.clock import Clock, ServerClock
from fakeslides.decks import Deck
from fakeslides.faults.doorkeeper import Doorkeeper
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.port import Port, Sockets
from fakeslides.faults.roster import Roster
from fakeslides.front import Front
from fakeslides.ledger import Ledger
from fakeslides.page.door import Door
from fakeslides.scenario.model import Scenario
from fakeslides.service_account import CLIENT_EMAIL
from fakeslides.slides.store import Store
from fakeslides.tls import Identity, make_identity, write_client_files
from fakeslides.weather import Weather

__all__ = ["CALM", "FakeSlides"]

CALM = Scenario(version=1, promise="Nothing goes wrong.")

_ADDRESS = "127.0.0.1"
_BACKLOG = 1024
# Handlers are cancelled before connections are shut down, so there is nothing left to be patient with.
_PATIENCE_SECONDS = 0.05


class FakeSlides:
    """A Google Slides server on loopback, as an async context manager.

    Args:
        scenario: the weather; None is calm.
        decks: the presentations it holds from the start.
        clock: tells its time; None is the real one at the scenario's time scale.
        seed: of every draw; None is the scenario's.
        port: of the Slides API; 0 picks a free one.
        state_dir: where CA and service-account file are written; None is a temporary folder.
        identity: its certificates and its service account; None makes new ones.
        sockets: makes the listening sockets; the machine's own by default.

    Attributes:
        endpoint: the API's address, `https://localhost:PORT`.
        ca_file: the certificate to trust.
        credentials_file: a service account's key file.
        admin_url: the admin API's address.
        admin_token: what the admin API wants to see.
        ledger: every request, as it ended.
        store: the presentations.
        weather: what befalls calls; it can change while the server runs.
        front: what is being served now.
        page_url: the address of the page for a person who watches, with the admin token in it.
    """

    endpoint: str
    ca_file: Path
    credentials_file: Path
    admin_url: str
    front: Front

    def __init__(  # noqa: PLR0913 - all that it stands on is handed in here
        self,
        scenario: Scenario | None = None,
        *,
        decks: Sequence[Deck] = (),
        clock: Clock | None = None,
        seed: int | None = None,
        port: int = 0,
        state_dir: Path | None = None,
        identity: Identity | None = None,
        sockets: Sockets = socket,
    ) -> None:
        self.weather = Weather(scenario or CALM, seed)
        self.decks = tuple(decks)
        self.ledger = Ledger()
        self._random = Random(self.weather.seed)  # noqa: S311 # revisions must be the same again for a seed
        self.store = Store(self._random)
        self._lay_out_decks()
        self.admin_token = secrets.token_urlsafe(24)
        self._own_clock = ServerClock(self.scenario.time_scale)
        self._clock = clock or self._own_clock
        self._port, self._state_dir = port, state_dir
        self._identity, self._sockets = identity, sockets
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the sockets and write the files.

        Raises:
            OSError: the port is in use.
        """
        async with AsyncExitStack() as stack:
            sock = self._sockets.create_server((_ADDRESS, self._port), backlog=_BACKLOG)
            stack.callback(sock.close)
            self.endpoint = f"https://localhost:{sock.getsockname()[1]}"
            self._roster = Roster(self._most_connections())
            identity = self._identity or make_identity()
            door = self._door(stack, identity)
            self.front = front = Front(self.weather, self._clock, self.store, self.ledger, door)
            application = web.Server(
                front.serve, request_factory=make_request, access_log=None, logger=ACCIDENTS
            )
            stack.push_async_callback(application.shutdown, _PATIENCE_SECONDS)
            stack.push_async_callback(self._roster.close_all)
            stack.push_async_callback(front.stop)
            self._keeper = keeper = Doorkeeper(self._roster, front.strikes, self._clock, identity.flawed)
            keeper.port = port = Port(
                lambda: FaultyConnection(application, identity.context, keeper),
                sock,
                self._clock,
                self._sockets,
            )
            stack.push_async_callback(port.close)
            await port.open()
            await self._open_admin(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the sockets, end what is being served, and remove the files."""
        await self._stack.aclose()

    @property
    def scenario(self) -> Scenario:
        """The scenario that rules now."""
        return self.weather.scenario

    @property
    def presentations(self) -> list[str]:
        """The ids of the decks it began with."""
        return [deck.presentation_id for deck in self.decks]

    @property
    def page_url(self) -> str:
        """The page's address; what stands behind the # never leaves the browser."""
        return f"{self.admin_url}/#token={self.admin_token}"

    def replace_scenario(self, scenario: Scenario) -> None:
        """Let another scenario rule from the next call on, from its beginning and at its own pace.

        Decks, ledger and counts go on; injected faults stay until their time is over.
        """
        self.weather.replace(scenario)
        self._own_clock.rescale(scenario.time_scale)
        self._roster.at_most = self._most_connections()

    async def reset(self) -> None:
        """Go back to the start: decks as they were, ledger and counts empty, the scenario at its beginning.

        Injected faults end, and so do the calls that are being served, so that none of them can reach the
        new decks.  A port that refuses opens, and connections that lay idle are not struck for it.
        """
        await self.front.stop()
        self.weather.restart()
        self.ledger.clear()
        self.front.forget_callers()
        self._roster.restart_counts()
        self._random.seed(self.weather.seed)
        self._lay_out_decks()
        await self._keeper.take_back()

    async def revoke(self, fault_id: str) -> bool:
        """End an injected fault, and what it would still do by itself; say whether its time was not over."""
        was_there = self.weather.revoke(fault_id, self._clock.now())
        if fault_id not in {rule.id for rule in self.scenario.faults}:
            await self._keeper.take_back(fault_id)
        return was_there

    def fault_counts(self) -> dict[str, dict[str, int]]:
        """Return `{rule id: {"matched": n, "fired": n}}` for every rule that is or was, zeros included."""
        injected = (each.rule for each in self.weather.injected(self._clock.now()))
        nothing = {rule.id: {"matched": 0, "fired": 0} for rule in (*self.scenario.faults, *injected)}
        return nothing | self.ledger.fault_counts()

    def give_access_token(self) -> str:
        """Return a new token of the service account, for clients that cannot sign for one."""
        return self._tokens.issue(CLIENT_EMAIL, self._clock.wall())

    def connection_counts(self) -> dict[str, int]:
        """Return the most connections that lived at once, and how many handshakes there were."""
        return {"connections_peak": self._roster.peak_count, "handshakes": self._roster.handshake_count}

    def _lay_out_decks(self) -> None:
        self.store.clear()
        for deck in self.decks:
            self.store.add(deck.laid_out())

    def _most_connections(self) -> int | None:
        limit = self.scenario.server.connections
        return limit.at_most if limit else None

    def _door(self, stack: AsyncExitStack, identity: Identity) -> TokenEndpoint:
        """Write what clients need into files that live as long as the stack; return what lets them in."""
        folder = self._state_dir or Path(stack.enter_context(TemporaryDirectory(prefix="fakeslides-")))
        files = write_client_files(folder, identity, self.endpoint)
        self.ca_file, self.credentials_file = files.ca_file, files.credentials_file
        self._tokens = TokenBook(Random(self.weather.seed))  # noqa: S311 # they open nothing but this fake
        return TokenEndpoint(files.account.public_key, CLIENT_EMAIL, f"{self.endpoint}/token", self._tokens)

    async def _open_admin(self, stack: AsyncExitStack) -> None:
        door = Door(self, Admin(self, self._clock, self.admin_token), ServerClock())
        admin = web.Server(door.answer, access_log=None, logger=ACCIDENTS)
        stack.push_async_callback(admin.shutdown, _PATIENCE_SECONDS)
        sock = self._sockets.create_server((_ADDRESS, 0), backlog=_BACKLOG)
        self.admin_url = f"http://{_ADDRESS}:{sock.getsockname()[1]}"
        server = await asyncio.get_running_loop().create_server(admin, sock=sock, backlog=_BACKLOG)
        stack.callback(server.close)
