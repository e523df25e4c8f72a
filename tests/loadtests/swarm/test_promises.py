import pkgutil
from collections.abc import Iterator
from importlib import import_module

from loadtests.swarm import promises
from loadtests.swarm.promises import EVERY_PROMISE, Promise


def test_every_promise_that_is_written_is_watched() -> None:
    """One that nobody names in the list would be kept by nobody."""
    for module in pkgutil.iter_modules(promises.__path__):
        import_module(f"{promises.__name__}.{module.name}")
    written = {one for one in _kinds_of(Promise) if one.__module__.startswith(promises.__name__)}

    assert set(EVERY_PROMISE) == written
    assert len(set(EVERY_PROMISE)) == len(EVERY_PROMISE)


def test_every_promise_says_what_it_promises() -> None:
    """The name stands in reports, and its sentence is what a person looks up."""
    assert [each.__name__ for each in EVERY_PROMISE if not (each.__doc__ or "").strip()] == []


def _kinds_of(one: type[Promise]) -> Iterator[type[Promise]]:
    for kind in one.__subclasses__():
        yield kind
        yield from _kinds_of(kind)
