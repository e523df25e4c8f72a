"""Names that say nothing, and time and chance taken from anywhere but where they are handed in."""

import ast
from collections.abc import Iterator

from tests.support.source_tree import parse, relative, source_files

SAYS_NOTHING = {"utils", "util", "common", "helpers", "helper", "base", "manager", "misc"}
CLOCKS = {
    "engine/clock.py",
    "fakeslides/clock.py",
    "loadtests/locustfiles/bridge.py",
    "loadtests/simulation/clock.py",
}
SEEDS_THE_SHARED_GENERATOR = {"loadtests/simulation/realm.py"}  # other people's code draws from it
READS_TIME = {
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
    ("time", "sleep"),
    ("asyncio", "sleep"),
}
SEEDED = {"Random"}


def _attributes(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr, node.lineno


def test_no_module_is_called_by_a_name_that_says_nothing() -> None:
    """A stranger must guess from the tree what is where."""
    offenders = [relative(path) for path in source_files() if path.stem in SAYS_NOTHING]

    assert offenders == []


def test_time_is_read_in_one_place_on_each_side() -> None:
    """Otherwise a virtual clock could not take the place of the real one."""
    offenders = [
        f"{relative(path)}:{line} {module}.{name}"
        for path in source_files()
        if relative(path) not in CLOCKS
        for module, name, line in _attributes(parse(path))
        if (module, name) in READS_TIME
    ]

    assert offenders == []


def test_chance_always_comes_from_a_seed() -> None:
    """A draw from the module's shared generator could never be made again."""
    offenders = [
        f"{relative(path)}:{line} random.{name}"
        for path in source_files()
        if relative(path) not in SEEDS_THE_SHARED_GENERATOR
        for module, name, line in _attributes(parse(path))
        if module == "random" and name not in SEEDED
    ]

    assert offenders == []
