"""Scenarios from files: found by name, read with every problem at once."""

from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from fakeslides.scenario.consistency import check_consistency
from fakeslides.scenario.document import Document
from fakeslides.scenario.explain import explain
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.problems import Problem, ScenarioError, show_problem, suggest

__all__ = ["ScenarioError", "find_scenario", "load_scenario", "parse_scenario", "shipped_scenarios"]

_HERE = Path(__file__).parent
# An installed deckstorm carries its scenarios inside; in a checkout they stand at the top.
_LIBRARIES = (_HERE / "library", _HERE.parent.parent / "scenarios")


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises:
        ScenarioError: it cannot be read or used; the text has one `file:line: key: wrong; right` per problem.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}; name a readable file") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    return parse_scenario(text, path)


def parse_scenario(text: str, path: Path = Path("scenario.yaml")) -> Scenario:
    """Read a scenario from text; `path` is only for the messages.

    Raises:
        ScenarioError: as for `load_scenario`.
    """
    document = Document(text)
    problems = list(document.problems)
    scenario = None
    if document.data is not None:
        scenario = _validate(document.data, problems)
    elif not problems:
        problems.append(Problem((), "is empty; begin with `version: 1`"))
    if scenario is None or problems:
        raise ScenarioError(_show_all(problems, document, path))
    return scenario


def find_scenario(name_or_path: str) -> Path:
    """Return the file of a scenario, given by its path or, for one that ships, by its name.

    Raises:
        ScenarioError: there is neither such a file nor such a name.
    """
    with suppress(OSError):  # it is longer than a file's name may be, or in a folder that is closed to us
        if Path(name_or_path).is_file():
            return Path(name_or_path)
    shipped = {path.stem: path for path in shipped_scenarios()}
    if name_or_path in shipped:
        return shipped[name_or_path]
    raise ScenarioError(f"no scenario {name_or_path!r}; name a file, or one that ships; "
                        f"{suggest(name_or_path, shipped)}")  # fmt: skip


def shipped_scenarios() -> list[Path]:
    """Return the files of the scenarios that come with deckstorm, sorted by name."""
    for library in _LIBRARIES:
        if library.is_dir():
            return sorted(library.glob("*.yaml"))
    return []


def _validate(data: object, problems: list[Problem]) -> Scenario | None:
    scenario = None
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        problems.extend(explain(error, data))
    problems.extend(check_consistency(data))
    return scenario


def _show_all(problems: list[Problem], document: Document, path: Path) -> str:
    lines = [(problem.line or document.line_of(problem.path), problem) for problem in problems]
    lines.sort(key=lambda each: each[0])
    return "\n".join(show_problem(problem, path, line) for line, problem in lines)
