"""Shares with their intervals, percentiles, and Student's t.  Pure arithmetic, no packages.

A share near its limit measured on few samples says little; so every share here carries the Wilson score
interval (E. B. Wilson, 1927), which unlike the textbook one does not collapse to a point when nothing failed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

DEFAULT_CONFIDENCE_SHARE = 0.95

# Two-sided, 95 %, for 1 to 30 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
_STUDENT_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value lies with the stated confidence.  Both ends are inside."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and what that says about the long run.

    Attributes:
        successes: how many.
        count: of how many; 0 means that nothing was seen and nothing is known.
        interval: two-sided Wilson interval at `confidence_share`.
        confidence_share: 0..1.
    """

    successes: int
    count: int
    interval: Interval
    confidence_share: float = DEFAULT_CONFIDENCE_SHARE

    @property
    def value(self) -> float | None:
        """The share itself, 0..1, or None when nothing was counted."""
        return self.successes / self.count if self.count else None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of spans in seconds; all None when there was no sample."""

    count: int
    p50: float | None
    p90: float | None
    p99: float | None
    max: float | None


def wilson(successes: int, count: int, confidence_share: float = DEFAULT_CONFIDENCE_SHARE) -> Interval:
    """Return the two-sided Wilson score interval of `successes` out of `count`.

    Args:
        successes: 0..count.
        count: 0 gives the whole range, since nothing is known.
        confidence_share: in (0, 1); each side is wrong in half of what is left over.

    Raises:
        ValueError: `successes` is outside 0..count, or the confidence outside (0, 1).
    """
    if not 0 <= successes <= count:
        raise ValueError(f"{successes} successes out of {count} cannot be")
    if not 0 < confidence_share < 1:
        raise ValueError(f"a confidence lies between 0 and 1, got {confidence_share:g}")
    if count == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence_share) / 2)
    centre = (successes + z * z / 2) / (count + z * z)
    spread = z / (count + z * z) * math.sqrt(successes * (count - successes) / count + z * z / 4)
    low = 0.0 if successes == 0 else max(0.0, centre - spread)
    high = 1.0 if successes == count else min(1.0, centre + spread)
    return Interval(low, high)


def one_sided(successes: int, count: int, confidence_share: float) -> Interval:
    """Return the bounds that hold with `confidence_share` each on its own side.

    A gate asks a one-sided question ("is it surely above 95 %?"), which a two-sided interval of the same
    confidence answers too strictly.

    Raises:
        ValueError: as `wilson`, and for a confidence of a half or less.
    """
    return wilson(successes, count, 2 * confidence_share - 1)


def student_t(degrees: float) -> float:
    """Return how many standard errors reach to either side at 95 % when the spread is itself estimated.

    Args:
        degrees: of freedom, 1 or more; fractions lie between their neighbours, straight in 1/degrees, which
            errs to the wide side, as does the value of 30 for all above.
    """
    known = min(max(degrees, 1.0), float(len(_STUDENT_T)))
    below, above = math.floor(known), math.ceil(known)
    if below == above:
        return _STUDENT_T[below - 1]
    weight = (1 / below - 1 / known) / (1 / below - 1 / above)
    return _STUDENT_T[below - 1] * (1 - weight) + _STUDENT_T[above - 1] * weight


def share(successes: int, count: int, confidence_share: float = DEFAULT_CONFIDENCE_SHARE) -> Share:
    """Return `successes` out of `count` with its Wilson interval."""
    return Share(successes, count, wilson(successes, count, confidence_share), confidence_share)


def percentile(samples: Sequence[float], quantile: float) -> float | None:
    """Return the `quantile` (0..1) of `samples` by linear interpolation between the closest ranks.

    This is the usual default of spreadsheets and NumPy (type 7 of Hyndman and Fan, 1996).
    None without samples.
    """
    if not samples:
        return None
    ordered = sorted(samples)
    position = quantile * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def percentiles(samples: Sequence[float]) -> Percentiles:
    """Return the percentiles that reports show."""
    return Percentiles(
        count=len(samples),
        p50=percentile(samples, 0.50),
        p90=percentile(samples, 0.90),
        p99=percentile(samples, 0.99),
        max=max(samples, default=None),
    )
