"""OpenSSL's randomness from a seed, so that even ciphertext is the same in every run.

`RAND_set_rand_method` of OpenSSL 1.1 and 3 replaces where random bytes come from, for the whole process: so
only while a simulation runs, and never in a process that keeps secrets.
"""

import ctypes
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_TRIED_BYTES = 16

_FILL = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
_CLEAN_UP = ctypes.CFUNCTYPE(None)
_ADD = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_double)
_STATUS = ctypes.CFUNCTYPE(ctypes.c_int)


class _Method(ctypes.Structure):
    """RAND_METHOD of openssl/rand.h."""

    _fields_ = (
        ("seed", _FILL),
        ("bytes", _FILL),
        ("cleanup", _CLEAN_UP),
        ("add", _ADD),
        ("pseudorand", _FILL),
        ("status", _STATUS),
    )


class _Source:
    """Where random bytes come from while a seed rules."""

    random: Random | None = None


def _fill(place: int, count: int) -> int:
    assert _Source.random is not None, "set before OpenSSL is told of this function"
    ctypes.memmove(place, _Source.random.randbytes(count), count)
    return 1


# Kept for as long as the process lives: OpenSSL holds a bare pointer to it.
_SEEDED = _Method(
    _FILL(lambda _place, _count: 1),
    _FILL(_fill),
    _CLEAN_UP(lambda: None),
    _ADD(lambda _place, _count, _entropy: 1),
    _FILL(_fill),
    _STATUS(lambda: 1),
)


@cache
def can_be_seeded() -> bool:
    """Say whether the OpenSSL of this Python lets its randomness be replaced; tried out, not guessed."""
    if _library() is None:
        return False
    with seeded_openssl(0):
        drawn = ssl.RAND_bytes(_TRIED_BYTES)
    return drawn == _draws(0).randbytes(_TRIED_BYTES)


@contextmanager
def seeded_openssl(seed: int) -> Iterator[None]:
    """Let OpenSSL draw from a seed while the block runs; do nothing where that cannot be done."""
    with _drawing_from(_draws(seed)):
        yield


@contextmanager
def own_randomness() -> Iterator[None]:
    """Let OpenSSL draw as it always does while the block runs, and go on with the seed afterwards.

    For what is made once in a process and kept: whoever comes second would draw less.
    """
    with _drawing_from(None):
        yield


@contextmanager
def _drawing_from(random: Random | None) -> Iterator[None]:
    before = _Source.random
    _draw_from(random)
    try:
        yield
    finally:
        _draw_from(before)


def _draw_from(random: Random | None) -> None:
    library = _library()
    if library is not None:
        _Source.random = random
        library.RAND_set_rand_method(ctypes.addressof(_SEEDED) if random is not None else None)


def _draws(seed: int) -> Random:
    return Random(f"openssl {seed}")  # noqa: S311 - predictable is what it is for


@cache
def _library() -> Any | None:  # noqa: ANN401 - ctypes has no better name for it
    """Return the libcrypto that Python's ssl has loaded, None if it cannot be found or does not allow it."""
    maps = Path("/proc/self/maps")
    if not maps.exists() or not ssl.OPENSSL_VERSION.startswith(("OpenSSL 1.1", "OpenSSL 3")):
        return None
    lines = maps.read_text("utf-8").splitlines()
    files = [line.split()[-1] for line in lines if "libcrypto" in line and "site-packages" not in line]
    if not files:
        return None
    library = ctypes.CDLL(files[0])
    if not hasattr(library, "RAND_set_rand_method"):
        return None
    library.RAND_set_rand_method.argtypes = [ctypes.c_void_p]
    return library
