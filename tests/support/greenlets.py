"""Programs of greenlets, kept apart from pytest's own thread."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import gevent

T = TypeVar("T")


def run_apart(program: Callable[[], T]) -> T:
    """Run a program in a native thread with a gevent hub of its own, and return what it returns."""

    def with_hub() -> T:
        try:
            return program()
        finally:
            gevent.get_hub().destroy()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(with_hub).result(timeout=20)
