"""Pacing for processes of several machines that share one quota, by a log on a server that all ask.

The answer of a server takes its time, and who asks here cannot wait: it is told to ask again when it is rung.
While the server cannot be used nothing is admitted, and notes wait until it can.
"""

from asyncio import gather

from engine.errors import QuotaScope, SharedQuotaError
from engine.events import QuotaServerFound, QuotaServerLost
from engine.policy.pacing import CallKind, Reservation
from engine.quota.keeper import Keeper
from engine.quota.remote_log import LONGEST_ANSWER_SECONDS, RemoteLog
from engine.quota.rules import SharedRules
from engine.quota.sharing import Surroundings
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings


class RemotePacing:
    """The quotas of a user and a project, as all processes that ask the same server use them: see `Pacer`.

    Args:
        settings: the quotas, and `http_connection_timeout`, within which an attempt is sent if ever.
        subject: whose quota; the server is not told in clear.
        keeper: the server; `str` names it.
        around: the engine's clock, jitter and listeners, and who is called when there is an answer.
    """

    def __init__(
        self, settings: EngineSettings, subject: QuotaSubject, keeper: Keeper, around: Surroundings
    ) -> None:
        self._server, self._around = str(keeper), around
        self._trouble = ""
        lease_seconds = settings.http_connection_timeout + LONGEST_ANSWER_SECONDS
        self._rules = SharedRules(settings, subject.hidden(), lease_seconds, around.jitter)
        project = self._rules.subject.project
        self._logs = {
            # The braces keep all kinds of a project on one node of a cluster.
            kind: RemoteLog(f"deckstorm:quota:{{{project}}}:{kind}", kind, self._rules, keeper, self, around)
            for kind in CallKind
        }

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        """Take a place for a call that is sent right away, or return when to ask again."""
        for log in self._logs.values():
            log.look_once()  # who reads is going to write, and wants to know when
        return self._logs[kind].take(now)

    def allowed_count(self, now: float, kind: CallKind) -> int:
        """Return how many calls of all processes a window may hold, as of the last answer."""
        del now
        return self._rules.allowed_count(kind)

    def sent(self, reservation: Reservation, now: float) -> None:
        """Note that the call left the machine at `now`; said twice, it was sent twice."""
        number, kind = reservation.number, reservation.kind
        subject = self._rules.subject
        self._logs[kind].note(lambda calls, when: calls.sent(number, kind, subject, when(now)))

    def refund(self, reservation: Reservation) -> None:
        """Give a place back: nothing was sent."""
        self._logs[reservation.kind].note(lambda calls, _: calls.refund(reservation.number))

    def throttled(
        self,
        reservation: Reservation,
        now: float,
        retry_after_seconds: float | None = None,
        scope: QuotaScope | None = None,
    ) -> None:
        """Learn from a 429, and let all learn who share the quota."""
        self._logs[reservation.kind].note(
            lambda calls, when: self._rules.learn(calls, reservation, when(now), retry_after_seconds, scope)
        )

    def eta_seconds(self, count: int, now: float, kind: CallKind) -> float:
        """Return after how many seconds the last of `count` calls can be sent, by the last answer, else 0."""
        state = self._logs[kind].foreseen(now)
        return 0.0 if state is None else self._rules.eta_seconds(state, count, kind)

    def held_up_by(self) -> str:
        """Return what a call waits for that waits for the quota, in words."""
        return f"quota; {self._trouble}" if self._trouble else "quota"

    def lost(self, error: SharedQuotaError) -> None:
        """Tell that the server cannot be used, once."""
        if not self._trouble:
            self._around.announce(QuotaServerLost(self._server, str(error), self._around.clock.now()))
        self._trouble = str(error)

    def found(self) -> None:
        """Tell that the server can be used again."""
        if self._trouble:
            self._trouble = ""
            self._around.announce(QuotaServerFound(self._server, self._around.clock.now()))

    async def close(self) -> None:
        """Get the last notes through, unless the server cannot be used."""
        patience_seconds = 0.0 if self._trouble else LONGEST_ANSWER_SECONDS
        await gather(*(log.close(patience_seconds) for log in self._logs.values()))
