"""Asks the weather what befalls calls and connections, and lets it befall them."""

from collections.abc import Sequence
from typing import Any

from fakeslides.api.refusals import refusal_of
from fakeslides.api.tokens import TokenBook
from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError
from fakeslides.exchange import Exchange
from fakeslides.faults.calls import CONNECTION, LOAD, Judgement, Verdict, connection_facts
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.injector import strike
from fakeslides.ledger import Entry, Ledger
from fakeslides.scenario.api_faults import ApiStaleRevision, ApiUnauthenticated
from fakeslides.scenario.beyond_limit import POINTS_AT_THE_DOOR
from fakeslides.scenario.fault_points import Point
from fakeslides.scenario.stages import Stage
from fakeslides.slides.collaborator import edit_as_collaborator
from fakeslides.slides.store import Store
from fakeslides.weather import Weather

COLLABORATOR = "collaborator.edit"
"""The method of ledger entries for edits that come through no API."""

NO_REQUESTS = frozenset({CONNECTION, COLLABORATOR})
"""The methods of ledger entries that are no request of a client."""

_CONNECTION_LIMIT = "connection_limit"


class Strikes:
    """What the weather does to those who are under it.

    Args:
        weather: decides.
        clock: the server's.
        store: where a collaborator edits.
        ledger: where strikes are counted and noted down.
        tokens: of which some are revoked.
    """

    def __init__(
        self, weather: Weather, clock: Clock, store: Store, ledger: Ledger, tokens: TokenBook
    ) -> None:
        self._weather, self._clock = weather, clock
        self._store, self._ledger, self._tokens = store, ledger, tokens
        self._started_at = clock.now()

    def uptime_seconds(self) -> float:
        """Return the seconds of the server's clock since it started, which the ledger's times count in."""
        return self._clock.now() - self._started_at

    def judge(self, exchange: Exchange, stage: Stage, request_kinds: Sequence[str] = ()) -> None:
        """Ask the rules about a call, unless one has struck it already."""
        if exchange.verdict is not None:
            return
        now, progress = self._clock.now(), self._weather.progress
        if exchange.call.method != "token":  # getting a token is no call of the API
            progress.begin(now)
        facts = exchange.facts(progress.offset_seconds(now), stage, request_kinds)
        exchange.verdict = self._counted(self._weather.judge(facts, now))
        if exchange.verdict is not None:
            self._ledger.count_strike(exchange.verdict.rule_id)

    async def meet(
        self,
        exchange: Exchange,
        point: Point,
        connection: FaultyConnection,
        request_kinds: Sequence[str] = (),
    ) -> None:
        """Let a call's fault strike if this is its point.

        Raises:
            SlidesApiError: what the client is to be told instead.
            AnswerLost: the connection was struck down, or the client gave up waiting.
        """
        if exchange.verdict is None or exchange.verdict.fault.point != point:
            return
        fault, call = exchange.verdict.fault, exchange.call
        if isinstance(fault, ApiStaleRevision):
            self._let_a_collaborator_edit(call.presentation_id or "")
        if isinstance(fault, ApiUnauthenticated):
            self._tokens.revoke(exchange.token)
            self._tokens.user_of(exchange.token, call, self._clock.wall())
        refusal = refusal_of(fault, call.quota_kind, request_kinds, self._clock.wall())
        refusal = refusal or await strike(fault, connection, self._clock)
        if refusal is not None:
            raise refusal

    async def meet_connection_limit(self, exchange: Exchange, connection: FaultyConnection) -> None:
        """Let a call fail that came by one connection too many.

        Raises:
            SlidesApiError: what nobody can read.
            AnswerLost: the connection was struck down.
        """
        limit = self._weather.scenario.server.connections
        if limit is None or not connection.is_beyond_limit or limit.beyond.point in POINTS_AT_THE_DOOR:
            return
        exchange.organic, exchange.organic_fault = _CONNECTION_LIMIT, limit.beyond.kind
        refusal = await strike(limit.beyond, connection, self._clock)
        if refusal is not None:
            raise refusal

    def judge_connection(self, number: int, live_count: int) -> Verdict | None:
        """Ask the rules about a connection that was just accepted, and then whether it is one too many."""
        now = self._clock.now()
        facts = connection_facts(number, self._weather.progress.offset_seconds(now), live_count)
        return self._counted(self._weather.judge(facts, now)) or self._beyond_limit(live_count)

    def connection_struck(self, number: int, verdict: Verdict) -> None:
        """Count a connection's strike, and note it down."""
        fault, cause = verdict.fault, {"rule_id": verdict.rule_id}
        if verdict.rule_id == LOAD:
            cause = {"organic": _CONNECTION_LIMIT}
        else:
            self._ledger.count_strike(verdict.rule_id)
        self._note(
            connection=number, method=CONNECTION, identity=f"{CONNECTION}/{number}", attempt=1,
            fault=fault.kind, point=fault.point, **cause,
        )  # fmt: skip

    def connection_ended(self, verdict: Verdict) -> None:
        """Let a rule that limits itself strike again."""
        if verdict.rule_id != LOAD:
            self._weather.ended(verdict)

    def _beyond_limit(self, live_count: int) -> Verdict | None:
        """Return what befalls, before it can carry any call, a connection more than there may be."""
        limit = self._weather.scenario.server.connections
        if limit is None or live_count <= limit.at_most or limit.beyond.point not in POINTS_AT_THE_DOOR:
            return None
        return Verdict(LOAD, limit.beyond)

    def _counted(self, judgement: Judgement) -> Verdict | None:
        for rule_id in judgement.matched:
            self._ledger.count_match(rule_id)
        return judgement.verdict

    def _let_a_collaborator_edit(self, presentation_id: str) -> None:
        try:
            result = edit_as_collaborator(self._store, presentation_id)
        except SlidesApiError:  # there is no such presentation, as the call will hear
            return
        if result is not None:
            self._note(
                method=COLLABORATOR, presentation_id=presentation_id, user=COLLABORATOR, committed=True,
                revision_before=result.revision_before, revision_after=result.revision_id,
                requests=result.applied,
            )  # fmt: skip

    def _note(self, **known: Any) -> None:  # noqa: ANN401 # whatever fields an entry has
        """Append an entry for what happened just now, outside of any HTTP request."""
        now = self.uptime_seconds()
        nobody = {"connection": 0, "presentation_id": None, "user": None, "identity": None, "attempt": None}
        moment = {"arrived_at_seconds": now, "ended_at_seconds": now, "http_status": None}
        self._ledger.append(Entry(len(self._ledger), **{**nobody, **moment, **known}))
