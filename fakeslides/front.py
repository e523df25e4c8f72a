"""The path of a request through the server, on one screen.

tls - faults - router - auth - quota - store - reply; and a line in the ledger, whatever happened.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping

from aiohttp import web

from fakeslides.api.auth import TokenEndpoint
from fakeslides.api.bodies import BatchBody, read_batch
from fakeslides.api.methods import answered_document, perform
from fakeslides.api.quota import QuotaFill
from fakeslides.api.replies import Reply, error_reply, json_reply, no_such_address, quota_error
from fakeslides.api.router import Call, NoSuchAddressError, effective_verb, route
from fakeslides.api.wire import query_of, read_body, to_response
from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError, cannot_be_applied
from fakeslides.exchange import Exchange
from fakeslides.faults.injector import AnswerLost, send_half_then_strike, strike, strike_connection
from fakeslides.faults.tls_connection import TlsConnection
from fakeslides.ledger import Ledger
from fakeslides.slides.store import Store
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
        self._started_at = clock.now()
        self._serving: dict[asyncio.Task[object], Exchange] = {}

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, or strike it, and note it down."""
        if request.transport is None:  # the client is gone already
            return web.Response()
        connection: TlsConnection = request.transport.get_extra_info("tls_connection")
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
            self._ledger.append(exchange.entry(len(self._ledger), self.uptime_seconds()))

    def live(self) -> list[Exchange]:
        """Return the calls that are being served now, oldest first."""
        return list(self._serving.values())

    def quota_fills(self) -> list[QuotaFill]:
        """Return how full each quota's window is now."""
        return self._weather.quota.fills(self._clock.now())

    def phase(self) -> str | None:
        """Return the phase of now: before the first call the first one, None if the scenario has none."""
        return self._weather.progress.phase(self._clock.now())

    def uptime_seconds(self) -> float:
        """Return the seconds of the server's clock since it started, which the ledger's times count in."""
        return self._clock.now() - self._started_at

    async def stop(self) -> None:
        """End every call that is being served, stalled ones included."""
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _answer(
        self, exchange: Exchange, request: web.BaseRequest, connection: TlsConnection
    ) -> web.StreamResponse:
        try:
            reply = await self._work(exchange, request, connection)
        except SlidesApiError as error:
            reply = self._refuse(exchange, error)
        refusal = await strike(exchange.verdict, "after_commit", connection, self._clock)
        if refusal is not None:
            reply = self._refuse(exchange, refusal)
        exchange.http_status = reply.status
        response = to_response(reply)
        if exchange.verdict is not None and exchange.verdict.fault.point == "mid_body":
            return await send_half_then_strike(response, request, exchange.verdict, connection)
        if connection.is_spoilt:
            response.force_close()
        return response

    async def _work(self, exchange: Exchange, request: web.BaseRequest, connection: TlsConnection) -> Reply:
        call, raw = exchange.call, await read_body(request)
        await self._strike_one_too_many(exchange, connection)
        query = query_of(request, raw)
        if call.method == "token":
            return await self._give_token(exchange, connection, query)
        exchange.user = self._door.tokens.user_of(request.headers, call, self._clock.wall())
        self._spend_quota(exchange, query.get("quotaUser") or exchange.user)
        self._judge(exchange)
        batch = read_batch(raw) if call.method == "presentations.batchUpdate" else None
        await self._wait_and_strike(exchange, connection, batch)
        exchange.performed = perform(self._store, call, raw, batch)
        if exchange.performed.is_committed:
            self._weather.overlaps.committed(call.presentation_id or "")
        document = answered_document(exchange.performed, query)
        return json_reply(document, is_pretty=query.get("prettyPrint") == "true")

    async def _wait_and_strike(
        self, exchange: Exchange, connection: TlsConnection, batch: BatchBody | None
    ) -> None:
        """Let the server's latency pass, then whatever strikes before the commit."""
        call, kinds = exchange.call, batch.kinds if batch else []
        presentation_id = call.presentation_id or ""
        overlaps = self._weather.overlaps
        mark = overlaps.mark(presentation_id)
        who = (call.method, exchange.identity, exchange.attempt)
        await self._clock.sleep(self._weather.work_seconds(self._clock.now(), *who))
        refusal = await strike(exchange.verdict, "before_commit", connection, self._clock, kinds)
        if refusal is not None:
            raise refusal
        if batch and overlaps.refuses(presentation_id, mark, exchange.identity, exchange.attempt):
            exchange.organic = "overlapping_write"
            raise cannot_be_applied(0, kinds)

    async def _strike_one_too_many(self, exchange: Exchange, connection: TlsConnection) -> None:
        limit = self._weather.scenario.server.connections
        if limit is None or not connection.is_beyond_limit:
            return
        exchange.organic, exchange.organic_fault = "connection_limit", limit.beyond
        refusal = await strike_connection(limit.beyond, connection, is_answer_ready=False)
        if refusal is not None:
            raise refusal

    async def _give_token(
        self, exchange: Exchange, connection: TlsConnection, form: Mapping[str, str]
    ) -> Reply:
        self._judge(exchange)
        refusal = await strike(exchange.verdict, "before_commit", connection, self._clock)
        if refusal is not None:
            raise refusal
        return self._door.answer(form, self._clock.wall())

    def _spend_quota(self, exchange: Exchange, user: str) -> None:
        exceeded = self._weather.quota.admit(exchange.call.quota_kind, user, self._clock.now())
        if exceeded is not None:
            exchange.organic = "quota"
            says_when = self._weather.scenario.server.quota.retry_after
            raise quota_error(exceeded, self._clock.wall(), says_when=says_when)

    def _judge(self, exchange: Exchange) -> None:
        judgement = self._weather.judge(exchange.facts(self._offset_seconds(exchange)), self._clock.now())
        for rule_id in judgement.matched:
            self._ledger.count_match(rule_id)
        exchange.verdict = judgement.verdict
        if judgement.verdict is not None:
            self._ledger.count_strike(judgement.verdict.rule_id)

    def _begin(self, call: Call, headers: Mapping[str, str], connection: TlsConnection) -> Exchange:
        subject = call.presentation_id or call.method
        self._ordinals[subject] += 1
        identity = headers.get(IDENTITY_HEADER) or f"{subject}#{self._ordinals[subject]}"
        attempt = headers.get(ATTEMPT_HEADER, "")
        number = int(attempt) if len(attempt) < 9 and attempt.isascii() and attempt.isdigit() else 1
        return Exchange(call, connection.number, self.uptime_seconds(), identity, number)

    def _offset_seconds(self, exchange: Exchange) -> float:
        """Return seconds since the first API call; getting a token is not one."""
        now, progress = self._clock.now(), self._weather.progress
        if exchange.call.method != "token":
            progress.begin(now)
        return progress.offset_seconds(now)

    def _refuse(self, exchange: Exchange, error: SlidesApiError) -> Reply:
        exchange.message = error.message
        return error_reply(error)
