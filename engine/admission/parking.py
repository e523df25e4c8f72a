"""Where calls for a presentation that fails by itself wait: out of the way of all others."""

from engine.admission.admission import Admission
from engine.admission.breakers import Lease, PresentationBreakers
from engine.admission.dispatcher import Dispatcher
from engine.admission.waits import Waits, stopwatch
from engine.clock import Clock
from engine.errors import CircuitOpen
from engine.policy.pacing import CallKind

LOOK_AGAIN_SECONDS = 1.0
"""A trial may end, or a person switch the breaker, before the time that the breaker says."""


class Parking:
    """Lets attempts start as the dispatcher does, when the breaker of their presentation allows it as well.

    Nothing is held while a breaker is waited for.  Whether it allows the attempt is asked again at the
    instant at which the dispatcher admits it.

    Args:
        dispatcher: admits what need not be parked.
        clock: for deadlines.
    """

    def __init__(self, dispatcher: Dispatcher, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._breakers: PresentationBreakers = dispatcher.breakers.presentations
        self._clock = clock

    def is_healthy(self, presentation_id: str) -> bool:
        """True while the breakers of all calls and that of the presentation are closed."""
        return self._dispatcher.is_healthy and self._breakers.is_closed(presentation_id)

    async def take(
        self,
        presentation_id: str,
        kind: CallKind,
        deadline_seconds: float,
        waits: Waits,
        tenant: str,
        *,
        is_begun: bool = False,
    ) -> Admission:
        """Wait for leave to make one call about a presentation, which is to be settled here.

        A trial is admitted as a read whatever was asked for.  Arguments and errors are those of
        `Dispatcher.take`.
        """
        while True:
            await self._until_due(presentation_id, deadline_seconds, waits)
            is_trial = not self._breakers.is_closed(presentation_id)
            asked_for = CallKind.READ if is_trial else kind
            admission = await self._dispatcher.take(
                asked_for, deadline_seconds, waits, tenant, is_begun=is_begun
            )
            lease = self._breakers.permit(presentation_id, self._clock.now())
            if isinstance(lease, Lease):
                admission.lease = lease
                if lease.permit.is_trial is is_trial:
                    admission.is_trial_of_presentation = is_trial
                    return admission
            self.settle(presentation_id, admission)  # it became sick or well, or another has the trial

    def settle(self, presentation_id: str, admission: Admission) -> None:
        """Give leave back with what was learned; to be called exactly once."""
        if admission.lease is not None:
            signal = admission.signals.presentation
            self._breakers.settle(presentation_id, admission.lease, signal, self._clock.now())
        self._dispatcher.settle(admission)

    async def _until_due(self, presentation_id: str, deadline_seconds: float, waits: Waits) -> None:
        while True:
            now = self._clock.now()
            wait_seconds = self._breakers.wait_seconds(presentation_id, now)
            if wait_seconds <= 0:
                return
            if now >= deadline_seconds:
                raise CircuitOpen(wait_seconds)
            with stopwatch(self._clock, waits, "breaker"):
                await self._dispatcher.pause(min(wait_seconds, deadline_seconds - now, LOOK_AGAIN_SECONDS))
