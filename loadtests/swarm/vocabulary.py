"""Every kind of fault at every point, each with fields drawn from a seed.  A thinking room."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, get_args

from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.stages import stage_of

FaultData = Mapping[str, Any]

_REFUSALS = (400, 403, 404, 408, 409, 413, 429)
_FAILURES = (500, 502, 503, 504)


def _seconds(low: float, high: float) -> Callable[[Random], str]:
    return lambda dice: f"{dice.uniform(low, high):.3f}s"


# Fields that must be given, by kind; whatever is not here has none.
_FIELDS: Mapping[str, Mapping[str, Callable[[Random], Any]]] = {
    "tcp.refuse": {"for": _seconds(0.5, 20)},
    "tcp.throttle": {"bytes_per_second": lambda dice: dice.choice((100, 1_000, 20_000))},
    "tcp.slow_drip": {"bytes": lambda dice: dice.choice((1, 50, 500)), "every": _seconds(0.05, 2)},
    "tcp.idle_reset": {"after": _seconds(0.1, 10)},
    "tcp.accept_limit": {"at_most": lambda dice: dice.choice((0, 1, 1))},
    "tls.handshake_delay": {"by": _seconds(0.1, 20)},
    "tls.record_corrupt": {
        "how": lambda dice: dice.choice(("flip", "bad_mac", "plaintext", "wrong_length", "wrong_type"))
    },
    "tls.bad_certificate": {"why": lambda dice: dice.choice(("expired", "wrong_host", "unknown_authority"))},
    "http.status": {"code": lambda dice: dice.choice(_REFUSALS + _FAILURES)},
    "http.delay": {"by": _seconds(0.1, 45)},
    "http.slow_body": {"bytes": lambda dice: dice.choice((5, 50, 500)), "every": _seconds(0.05, 1)},
    "http.retry_after": {"after": _seconds(1, 60), "code": lambda dice: dice.choice((429, 503))},
    "api.conflict": {"at_request": lambda dice: dice.randrange(3)},
    "api.rate_limit": {"scope": lambda dice: dice.choice(("user", "project"))},
    "api.slow_commit": {"by": _seconds(0.1, 45)},
}


def every_fault(dice: Random) -> Iterator[FaultData]:
    """Yield each kind at each of its points, as a scenario writes it, always in the same order."""
    for model in get_args(get_args(Fault)[0]):
        kind, points = (get_args(model.model_fields[name].annotation) for name in ("kind", "point"))
        for point in points:
            drawn = {name: draw(dice) for name, draw in _FIELDS.get(kind[0], {}).items()}
            if point == "after_commit" and drawn.get("code") in _REFUSALS:
                # A refusal is a promise that nothing was changed.  No client could see through such a lie.
                drawn["code"] = dice.choice(_FAILURES)
            yield {"kind": kind[0], **drawn, "point": point}


def strikes_connections(fault: FaultData) -> bool:
    """Say whether a fault is decided before there is any call, and its rule can name no method."""
    return stage_of(fault["point"]) == "accepted"


def names() -> list[str]:
    """Return what rules of the vocabulary are called: each kind at each of its points."""
    return [name_of(fault) for fault in every_fault(Random(0))]  # noqa: S311 - only the names are looked at


def name_of(fault: FaultData) -> str:
    """Return such as `tcp.reset@after_commit`."""
    return f"{fault['kind']}@{fault['point']}"
