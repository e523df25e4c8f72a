"""What can be wrong with a scenario, and where."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the keys that lead to it, and a text that also says what would be right."""

    path: KeyPath
    text: str
    line: int | None = None


class ScenarioError(Exception):
    """A scenario that cannot be used; its text is all problems, one per line."""


def show_path(path: KeyPath) -> str:
    """Write a path as people do: `faults[0].often.rate`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return _printable(text.lstrip(".")) or "the scenario"


def _printable(text: str) -> str:
    """Escape what would break the line or speak to the terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def show_problem(problem: Problem, file: Path, line: int) -> str:
    """Write a problem as `file:line: key: what is wrong; what would be right`."""
    return f"{file}:{line}: {show_path(problem.path)}: {problem.text}"


def suggest(wrong: str, right: Iterable[str]) -> str:
    """Name the nearest right word, or all of them when none is near."""
    known = sorted(set(right))
    near = difflib.get_close_matches(wrong, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
