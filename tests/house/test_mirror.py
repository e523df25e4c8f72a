"""The tests mirror the source, so that whoever changes a file knows where its promises are written."""

import ast
from pathlib import Path

from tests.support.source_tree import ROOMS, ROOT, parse, relative, source_files


def _has_code(path: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(parse(path)))


def _mirror_of(source: Path) -> str:
    folder, name = source.relative_to(ROOT).parent, source.stem.strip("_")
    if name == "init":
        return (Path("tests") / folder.parent / f"test_{folder.name}.py").as_posix()
    return (Path("tests") / folder / f"test_{name}.py").as_posix()


def test_every_module_with_code_has_a_test_file_of_its_own() -> None:
    """A module without one has promises that nobody checks."""
    missing = [
        _mirror_of(path)
        for path in source_files()
        if _has_code(path) and not (ROOT / _mirror_of(path)).exists()
    ]

    assert missing == []


def test_no_test_file_is_left_without_its_module() -> None:
    """A test of something that is gone tells a newcomer a wrong story."""
    mirrors = {_mirror_of(path) for path in source_files()}
    tests = {relative(path) for room in ROOMS for path in (ROOT / "tests" / room).rglob("test_*.py")}

    assert sorted(tests - mirrors) == []
