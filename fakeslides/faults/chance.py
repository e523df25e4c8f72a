"""Dice that are keyed by identity: rates, ramps and bursts.  Pure.

No state is kept between draws, so the order in which calls come does not change what is drawn for each.
"""

from fakeslides.draws import draw_share
from fakeslides.scenario.rules import Burst, Ramp
from fakeslides.scenario.timeline import Span

# A chain forgets its past at every step that turns out the same whatever was before, which is soon in most
# chains.  So that the rest need not be walked from their start each time, every chain begins anew this often.
_WALK_STEPS = 1000


def rate_at(rate: float | Ramp, span: Span | None, offset_seconds: float) -> float:
    """Return the share of calls to strike at an offset; a ramp goes over `span`."""
    if not isinstance(rate, Ramp):
        return rate
    passed = span.passed_share(offset_seconds) if span is not None else 1.0
    return rate.from_share + (rate.to_share - rate.from_share) * passed


def is_bad_weather(burst: Burst, seed: int, chain: tuple[object, ...], step: int) -> bool:
    """Say whether the chain of a burst is in its bad state at a step.

    Args:
        burst: the chances to enter and to leave the bad state.
        seed: of the run.
        chain: which chain; each moves by itself.
        step: from 1, where the chain is as likely bad as anywhere; so is it at every thousandth after that.
    """
    first = step - (step - 1) % _WALK_STEPS
    stays = 1 - burst.leave
    certain, possible = min(burst.enter, stays), max(burst.enter, stays)
    for back in range(step, first, -1):
        drawn = draw_share(seed, *chain, back)
        if drawn < certain or drawn >= possible:
            return _after(step - back, is_bad=drawn < certain, turns=burst.enter > stays)
    drawn = draw_share(seed, *chain, first)
    return _after(step - first, is_bad=drawn < burst.stationary_share, turns=burst.enter > stays)


def _after(steps: int, *, is_bad: bool, turns: bool) -> bool:
    """Return the state after steps that all either keep it or turn it round."""
    return is_bad ^ (turns and steps % 2 == 1)
