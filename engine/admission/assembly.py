"""The dispatcher with all that it asks: breaker, limiter and pacing, as the settings want them."""

from random import Random

from engine.admission.breakers import Breakers
from engine.admission.dispatcher import Dispatcher
from engine.admission.limiter import Limiter
from engine.clock import Clock
from engine.events import Listener
from engine.policy.pacing import Pacer, Pacing
from engine.quota.sharing import QuotaShare, Surroundings
from engine.settings import EngineSettings


def dispatcher_for(
    settings: EngineSettings,
    host: str,
    clock: Clock,
    jitter: Random,
    announce: Listener,
    share: QuotaShare | None = None,
) -> Dispatcher:
    """Return a dispatcher for one host; what the settings switch off lets everything pass.

    `share` is of a quota that other processes use too; without it, the engine has its quota to itself.
    """
    connections_count = settings.http_connection_pool_size if settings.pool_limit_enabled else None
    limiter = Limiter(settings.in_flight_ceiling, connections_count, announce)
    dispatcher: Dispatcher
    pacing: Pacer = Pacing(settings)
    if share is not None:
        # The dispatcher is made of its pacer, and comes to be after it.
        ring = lambda: dispatcher.look_again()  # noqa: E731, PLW0108 - there is no dispatcher yet to take it from
        around = Surroundings(clock, jitter, announce, ring)
        pacing = share.quota.pacer(settings, share.subject, around)
    dispatcher = Dispatcher(
        breakers=Breakers(settings, host, jitter, announce, limiter.fall_back_to_sequential),
        limiter=limiter,
        pacing=pacing if settings.pacer_enabled else None,
        clock=clock,
    )
    return dispatcher
