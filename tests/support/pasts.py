"""What may have gone before a simulated world in its process, none of which may matter to it."""

import gc
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random

from aiohttp.client_proto import ResponseHandler

from loadtests.simulation.replaced import replaced

_PIECES_COUNT = 20_000


@contextmanager
def past(number: int) -> Iterator[None]:
    """Let another time of the day have come, another state of chance, and another order of free memory."""
    hour = 3600.0 * number
    really = time.time
    with ExitStack() as stack:
        stack.enter_context(replaced(time, "time", lambda: really() + hour))
        stack.callback(random.setstate, random.getstate())
        random.seed(number)
        stack.enter_context(_holes_in_memory(number))
        yield


@contextmanager
def _holes_in_memory(number: int) -> Iterator[None]:
    """Leave free places of all small sizes, ordered by the number; and collections half-way due."""
    draws = Random(number)
    pieces: list[object] = [_piece(draws) for _ in range(_PIECES_COUNT)]
    draws.shuffle(pieces)
    kept = pieces[: _PIECES_COUNT // 2]
    del pieces
    gc.collect()
    young = [[number] for _ in range(97 * number)]
    yield
    del kept, young


def _piece(draws: Random) -> object:
    kind = draws.randrange(3)
    if kind == 0:
        return bytearray(draws.randrange(16, 500))
    # As large as one of aiohttp's connections, so that the next of those take these places.
    return {draws.random(): None} if kind == 1 else ResponseHandler.__new__(ResponseHandler)
