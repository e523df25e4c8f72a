"""Meets connections as they come: counts them, asks the rules, and carries out what befalls them."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Protocol

from fakeslides.clock import Clock
from fakeslides.faults.calls import Verdict
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.idle_watch import IdleWatch
from fakeslides.faults.injector import end_connection
from fakeslides.faults.roster import Roster
from fakeslides.faults.slowness import slow_down
from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.tcp_faults import TcpIdleReset, TcpRefuse, TcpSlowDrip, TcpThrottle
from fakeslides.scenario.tls_faults import Flaw, TlsBadCertificate, TlsHandshakeDelay


class ConnectionWeather(Protocol):
    """Who decides over connections, and remembers what befell them."""

    def judge_connection(self, number: int, live_count: int) -> Verdict | None:
        """Return what shall strike a connection that was just accepted."""

    def connection_struck(self, number: int, verdict: Verdict) -> None:
        """A verdict was carried out."""

    def connection_ended(self, verdict: Verdict) -> None:
        """Nothing of the verdict goes on any more."""


class ClosablePort(Protocol):
    """Where connections come in."""

    def refuse_for(self, seconds: float) -> bool:
        """Refuse connections for so long; say whether they were not refused already."""

    async def accept_again(self) -> None:
        """Refuse no longer."""


class Doorkeeper:
    """Watches every connection from its first moment to its last.

    Args:
        roster: who is there.
        weather: decides.
        clock: delays are seconds of this clock.
        flawed: a TLS context for each certificate that no client should accept.
    """

    def __init__(
        self, roster: Roster, weather: ConnectionWeather, clock: Clock, flawed: Mapping[Flaw, ssl.SSLContext]
    ) -> None:
        self._roster, self._weather, self._clock, self._flawed = roster, weather, clock, flawed
        self._verdicts: dict[FaultyConnection, Verdict] = {}
        self._delays: dict[FaultyConnection, asyncio.Task[None]] = {}
        self._refusing_rule_id: str | None = None
        self.port: ClosablePort | None = None

    def opened(self, connection: FaultyConnection) -> None:
        """Number the connection, and strike it if it is to be struck at once."""
        self._roster.opened(connection)
        verdict = self._weather.judge_connection(connection.number, self._roster.live_count)
        if verdict is None:
            return
        self._verdicts[connection] = verdict
        if isinstance(verdict.fault, TcpIdleReset):
            self._await_silence(connection, verdict, verdict.fault.after_seconds)
        elif verdict.fault.point == "on_accept":
            self._strike(connection, verdict)

    def greeted(self, connection: FaultyConnection) -> None:
        """Strike the connection if its handshake is to be struck."""
        verdict = self._verdicts.get(connection)
        if verdict is not None and verdict.fault.point == "in_handshake":
            self._strike(connection, verdict)

    def secured(self, connection: FaultyConnection) -> None:
        """Count a handshake."""
        self._roster.secured(connection)

    def closed(self, connection: FaultyConnection) -> None:
        """Forget the connection, and whatever was still to befall it."""
        self._roster.closed(connection)
        delay = self._delays.pop(connection, None)
        if delay is not None:
            delay.cancel()
        verdict = self._verdicts.pop(connection, None)
        if verdict is not None:
            self._weather.connection_ended(verdict)

    async def take_back(self, rule_id: str | None = None) -> None:
        """Accept connections again, and strike none for its silence; undo one rule's doing if it is named."""
        for connection, verdict in self._verdicts.items():
            if rule_id in {None, verdict.rule_id}:
                connection.watch_idleness(None)
        if self.port is not None and rule_id in {None, self._refusing_rule_id}:
            await self.port.accept_again()

    def _await_silence(self, connection: FaultyConnection, verdict: Verdict, after_seconds: float) -> None:
        watch = IdleWatch(self._clock, after_seconds, lambda: self._strike(connection, verdict))
        connection.watch_idleness(watch)

    def _strike(self, connection: FaultyConnection, verdict: Verdict) -> None:
        self._weather.connection_struck(connection.number, verdict)
        if isinstance(verdict.fault, TcpRefuse):
            self._refuse(verdict.fault, verdict.rule_id, connection)
        else:
            self._carry_out(verdict.fault, connection)

    def _refuse(self, fault: TcpRefuse, rule_id: str, connection: FaultyConnection) -> None:
        connection.reset()
        assert self.port is not None
        if self.port.refuse_for(fault.for_seconds):
            self._refusing_rule_id = rule_id

    def _carry_out(self, fault: Fault, connection: FaultyConnection) -> None:
        match fault:
            case TcpThrottle() | TcpSlowDrip():
                slow_down(connection, fault, self._clock)
            case TlsBadCertificate():
                connection.show_certificate(self._flawed[fault.why])
            case TlsHandshakeDelay():
                connection.hold_handshake()
                self._delays[connection] = asyncio.create_task(self._delay(connection, fault.by))
            case _:
                end_connection(fault, connection)

    async def _delay(self, connection: FaultyConnection, seconds: float) -> None:
        await self._clock.sleep(seconds)
        del self._delays[connection]
        connection.release_handshake()
