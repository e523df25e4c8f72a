"""The path of a request through the server, on one screen.

tls - faults - router - auth - quota - store - reply; and a line in the ledger, whatever happened.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping

from aiohttp import web

from fakeslides.api.auth import TokenEndpoint
from fakeslides.api.bodies import BatchBody, check_query, read_batch
from fakeslides.api.methods import perform, refuse_unapplied
from fakeslides.api.quota import QuotaFill
from fakeslides.api.replies import Reply, error_reply, json_reply, no_such_address, quota_error
from fakeslides.api.router import Call, NoSuchAddressError, effective_verb, route
from fakeslides.api.tokens import token_of
from fakeslides.api.wire import query_of, read_body, to_bytes, to_response
from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError, cannot_be_applied
from fakeslides.exchange import Exchange
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.injector import AnswerLost, strike_within
from fakeslides.ledger import Ledger
from fakeslides.scenario.rules import FaultRule
from fakeslides.slides.masks import apply_mask, read_mask
from fakeslides.slides.store import Store
from fakeslides.strikes import Strikes
from fakeslides.weather import Weather

IDENTITY_HEADER = "X-Deckstorm-Operation"
ATTEMPT_HEADER = "X-Deckstorm-Attempt"


class Front:
    """Answers every request that comes out of TLS.

    Args:
        weather: what befalls calls.
        clock: the server's.
        store: the presentations.
        ledger: where each request is noted down.
        door: gives out tokens, and knows who holds one.
    """

    def __init__(
        self, weather: Weather, clock: Clock, store: Store, ledger: Ledger, door: TokenEndpoint
    ) -> None:
        self._weather, self._clock = weather, clock
        self._store, self._ledger, self._door = store, ledger, door
        self._ordinals: Counter[str] = Counter()
        self.strikes = Strikes(weather, clock, store, ledger, door.tokens)
        self._serving: dict[asyncio.Task[object], Exchange] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, or strike it, and note it down."""
        if request.transport is None:  # the client is gone already
            return web.Response()
        connection: FaultyConnection = request.transport.get_extra_info("tls_connection")
        try:
            call = route(effective_verb(request.method, request.headers), request.raw_path)
        except NoSuchAddressError:
            return to_response(no_such_address(request.path))
        exchange = self._begin(call, request.headers, connection)
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = exchange
        try:
            return await self._answer(exchange, request, connection)
        except (AnswerLost, ConnectionError):
            return web.Response()
        finally:
            del self._serving[task]
            if exchange.verdict is not None:
                self._weather.ended(exchange.verdict)
            self._ledger.append(exchange.entry(len(self._ledger), self.strikes.uptime_seconds()))

    def forget_callers(self) -> None:
        """Count the calls of those who don't say who they are from the beginning again."""
        self._ordinals.clear()

    def live(self) -> list[Exchange]:
        """Return the calls that are being served now, oldest first."""
        return list(self._serving.values())

    def quota_fills(self) -> list[QuotaFill]:
        """Return how full each quota's window is now."""
        return self._weather.quota.fills(self._clock.now())

    def phase(self) -> str | None:
        """Return the phase of now: before the first call the first one, None if the scenario has none."""
        return self._weather.progress.phase(self._clock.now())

    def injected_faults(self) -> list[tuple[FaultRule, float]]:
        """Return the injected rules, the newest first, each with the seconds it has left."""
        now = self._clock.now()
        return [(each.rule, each.expires_at_seconds - now) for each in self._weather.injected(now)]

    def uptime_seconds(self) -> float:
        """Return the seconds of the server's clock since it started, which the ledger's times count in."""
        return self.strikes.uptime_seconds()

    async def stop(self) -> None:
        """End every call that is being served, stalled ones included."""
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _answer(
        self, exchange: Exchange, request: web.BaseRequest, connection: FaultyConnection
    ) -> web.StreamResponse:
        try:
            reply = await self._work(exchange, request, connection)
        except SlidesApiError as error:
            reply = self._refuse(exchange, error)
        try:
            await self.strikes.meet(exchange, "after_commit", connection)
        except SlidesApiError as error:
            reply = self._refuse(exchange, error)
        response = await self._send(reply, exchange, connection)
        if request.content.exception() is not None:  # nobody knows where its body ends and the next begins
            response.force_close()
        return response

    async def _send(
        self, reply: Reply, exchange: Exchange, connection: FaultyConnection
    ) -> web.StreamResponse:
        verdict = exchange.verdict
        if verdict is not None and verdict.fault.point in {"mid_headers", "mid_body"}:
            await strike_within(verdict.fault, *to_bytes(reply), connection, self._clock)
            exchange.http_status = reply.status
            return web.Response()
        response = to_response(reply)
        if connection.is_spoilt:
            response.force_close()
        else:
            exchange.http_status = reply.status
        return response

    async def _work(
        self, exchange: Exchange, request: web.BaseRequest, connection: FaultyConnection
    ) -> Reply:
        call = exchange.call
        self.strikes.judge(exchange, "arrived")
        await self.strikes.meet(exchange, "before_request_read", connection)
        raw = await read_body(request)
        await self.strikes.meet_connection_limit(exchange, connection)
        query = query_of(request, raw)
        if call.method == "token":
            return await self._give_token(exchange, connection, query)
        exchange.token = token_of(request.headers, query)
        if self._door.tokens.is_revoked(exchange.token):
            exchange.organic = "revoked_token"
        exchange.user = self._door.tokens.user_of(exchange.token, call, self._clock.wall())
        refuse_unapplied(call)
        self._spend_quota(exchange, query.get("quotaUser") or exchange.user)
        check_query(call.method, query)
        mask = read_mask(query.get("fields", ""), call.method)  # refused, if it is, before anything is done
        batch = read_batch(raw) if call.method == "presentations.batchUpdate" else None
        self.strikes.judge(exchange, "read", batch.kinds if batch else ())
        await self._wait_and_strike(exchange, connection, batch)
        exchange.performed = perform(self._store, call, raw, batch)
        if exchange.performed.is_committed:
            self._weather.overlaps.committed(call.presentation_id or "")
        document = apply_mask(exchange.performed.document, mask)
        return json_reply(document, is_pretty=query.get("prettyPrint") == "true")

    async def _wait_and_strike(
        self, exchange: Exchange, connection: FaultyConnection, batch: BatchBody | None
    ) -> None:
        """Let the server's latency pass, then whatever strikes before the commit."""
        call, kinds = exchange.call, batch.kinds if batch else []
        presentation_id = call.presentation_id or ""
        overlaps = self._weather.overlaps
        mark = overlaps.mark(presentation_id)
        who = (call.method, exchange.identity, exchange.attempt)
        await self._clock.sleep(self._weather.work_seconds(self._clock.now(), *who))
        await self.strikes.meet(exchange, "before_commit", connection, kinds)
        if batch and overlaps.refuses(presentation_id, mark, exchange.identity, exchange.attempt):
            exchange.organic = "overlapping_write"
            raise cannot_be_applied(0, kinds)

    async def _give_token(
        self, exchange: Exchange, connection: FaultyConnection, form: Mapping[str, str]
    ) -> Reply:
        self.strikes.judge(exchange, "read")
        await self.strikes.meet(exchange, "before_commit", connection)
        return self._door.answer(form, self._clock.wall())

    def _spend_quota(self, exchange: Exchange, user: str) -> None:
        exceeded = self._weather.quota.admit(exchange.call.quota_kind, user, self._clock.now())
        if exceeded is not None:
            exchange.organic = "quota"
            says_when = self._weather.scenario.server.quota.retry_after
            raise quota_error(exceeded, self._clock.wall(), says_when=says_when)

    def _begin(self, call: Call, headers: Mapping[str, str], connection: FaultyConnection) -> Exchange:
        subject = call.presentation_id or call.method
        self._ordinals[subject] += 1
        # Bytes that are no UTF-8 come from aiohttp as halves of characters, which no answer could tell again.
        named = headers.get(IDENTITY_HEADER, "").encode("utf-8", "replace").decode()
        identity = named or f"{subject}#{self._ordinals[subject]}"
        attempt = headers.get(ATTEMPT_HEADER, "")
        number = int(attempt) if len(attempt) < 9 and attempt.isascii() and attempt.isdigit() else 1
        return Exchange(call, connection.number, self.uptime_seconds(), identity, number, headers)

    def _refuse(self, exchange: Exchange, error: SlidesApiError) -> Reply:
        exchange.message = error.message
        return error_reply(error)
