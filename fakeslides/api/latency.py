"""How long the server works on a call before it reads or commits."""

from math import exp, log
from statistics import NormalDist

from fakeslides.scenario.server import Latency, Lognormal

_NORMAL = NormalDist()
_P99_IN_SIGMAS = _NORMAL.inv_cdf(0.99)


def latency_seconds(latency: Latency, drawn_share: float) -> float:
    """Return the latency at `drawn_share` (0 to 1) of its distribution, in seconds."""
    if latency.lognormal is None:
        return latency.fixed or 0.0
    return _lognormal_seconds(latency.lognormal, drawn_share)


def _lognormal_seconds(lognormal: Lognormal, drawn_share: float) -> float:
    sigma = log(lognormal.p99 / lognormal.p50) / _P99_IN_SIGMAS
    inside = min(max(drawn_share, 1e-9), 1 - 1e-9)  # the ends lie at 0 and at infinity
    return lognormal.p50 * exp(sigma * _NORMAL.inv_cdf(inside))
