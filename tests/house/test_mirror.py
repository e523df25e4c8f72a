"""The tests mirror the source, so that whoever changes a file knows where its promises are written.

A module with many promises has a folder of its name in place of one long file.
"""

import ast
from pathlib import Path

from tests.support.source_tree import ROOMS, ROOT, parse, relative, source_files

MUTANTS = ("engine_endings", "engine_load", "engine_memory", "engine_requests", "engine_side", "fake_side")
# Tables whose entries all promise the same, which is tried once for all of them.
TRIED_TOGETHER = {
    f"loadtests/mutants/{name}.py": "tests/loadtests/mutants/test_trying.py" for name in MUTANTS
}


def _has_code(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(parse(path)))


def _mirror_of(source: Path) -> str:
    folder, name = source.relative_to(ROOT).parent, source.stem.strip("_")
    if name == "init":
        return (Path("tests") / folder.parent / f"test_{folder.name}.py").as_posix()
    return (Path("tests") / folder / f"test_{name}.py").as_posix()


def _tests_of(source: Path) -> set[str]:
    """Return the files with a module's tests: the one of its name, or those in the folder of its name."""
    mirror = ROOT / TRIED_TOGETHER.get(relative(source), _mirror_of(source))
    found = {mirror} if mirror.exists() else set()
    if source.stem != "__init__":
        found |= set(mirror.with_name(mirror.stem.removeprefix("test_")).glob("test_*.py"))
    return {relative(path) for path in found}


def test_every_module_with_code_has_tests_of_its_own() -> None:
    """A module without any has promises that nobody checks."""
    missing = [_mirror_of(path) for path in source_files() if _has_code(path) and not _tests_of(path)]

    assert missing == []


def test_no_test_file_is_left_without_its_module() -> None:
    """A test of something that is gone tells a newcomer a wrong story."""
    expected = {test for path in source_files() for test in _tests_of(path)}
    tests = {relative(path) for room in ROOMS for path in (ROOT / "tests" / room).rglob("test_*.py")}

    assert sorted(tests - expected) == []


def test_a_modules_tests_are_in_one_place() -> None:
    """Else whoever looks for them finds half of them."""
    places = {_mirror_of(path): {Path(test).parent for test in _tests_of(path)} for path in source_files()}

    assert [mirror for mirror, folders in places.items() if len(folders) > 1] == []
