"""How long the server works on a call before it reads or commits.  Pure."""

import heapq
from math import exp, log
from statistics import NormalDist

from fakeslides.scenario.server import Latency, Lognormal, ServiceTime

_NORMAL = NormalDist()
_P99_IN_SIGMAS = _NORMAL.inv_cdf(0.99)


def service_seconds(service: ServiceTime | Latency, drawn_share: float) -> float:
    """Return the work on one call, at `drawn_share` (0 to 1) of its distribution, in seconds."""
    if service.lognormal is None:
        return service.fixed or 0.0
    return _lognormal_seconds(service.lognormal, drawn_share)


def _lognormal_seconds(lognormal: Lognormal, drawn_share: float) -> float:
    sigma = log(lognormal.p99 / lognormal.p50) / _P99_IN_SIGMAS
    inside = min(max(drawn_share, 1e-9), 1 - 1e-9)  # the ends lie at 0 and at infinity
    return lognormal.p50 * exp(sigma * _NORMAL.inv_cdf(inside))


class ServiceQueue:
    """Workers that take calls in the order of their coming (a G/G/n queue, first come, first served).

    A call that nobody waits for any more is worked on all the same, as by a server that does not look.
    J. Kiefer and J. Wolfowitz, "On the Theory of Queues With Many Servers", 1955.

    Args:
        workers: how many calls are worked on at once.
    """

    def __init__(self, workers: int) -> None:
        self._free_at = [float("-inf")] * workers

    def enter(self, now: float, work_seconds: float) -> float:
        """Take in a call that arrives now; return the seconds until it is done, its wait included."""
        begins_at = max(now, self._free_at[0])
        heapq.heapreplace(self._free_at, begins_at + work_seconds)
        return begins_at + work_seconds - now
