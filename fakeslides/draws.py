"""Dice that are keyed by identity: the same call rolls the same number, whatever else goes on beside it.

One generator shared by all calls would give each call another number whenever the order changes, so that no
two runs could be compared.  A hash of who asks does not.
"""

from hashlib import blake2b

_RANGE = 2**64


class Dice:
    """The dice of one owner, such as a rule, thrown for many: what belongs to the owner is hashed only once.

    Args:
        seed: of every draw.
        owner: whose dice they are.
    """

    def __init__(self, seed: int, *owner: object) -> None:
        self._begun = blake2b(named(seed, *owner, ""), digest_size=8)

    def share(self, whom: bytes) -> float:
        """Return what `draw_share(seed, *owner, *identity)` does for an identity that was `named`."""
        thrown = self._begun.copy()
        thrown.update(whom)
        return int.from_bytes(thrown.digest(), "big") / _RANGE


def named(*identity: object) -> bytes:
    """Return an identity as it is hashed."""
    return "|".join(map(str, identity)).encode()


def draw_share(seed: int, *identity: object) -> float:
    """Return a number in [0, 1) that depends on the seed and the identity alone."""
    return int.from_bytes(blake2b(named(seed, *identity), digest_size=8).digest(), "big") / _RANGE
