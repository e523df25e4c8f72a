"""Files of replacements: a mapping in YAML or JSON, or two columns of CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml


class ReplacementsError(Exception):
    """A file of replacements cannot be used.

    Its text has one line per problem: `file:line: key: what is wrong; what would be right`.
    """


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key and a value as they stand in the file; `kind` says what the value is when it is no text."""

    line: int
    key: str
    value: str
    kind: str | None = None


def load_replacements(path: Path) -> dict[str, str]:
    """Read what to find and what to put there, in the order of the file.

    Args:
        path: `.json` and `.csv` are read as such, everything else as YAML.  CSV has no heading.

    Raises:
        ReplacementsError: with all problems of the file.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ReplacementsError(f"{path}: cannot be read: {error.strerror}; name a file of keys") from error
    except UnicodeDecodeError as error:
        raise ReplacementsError(f"{path}: cannot be read: it is not UTF-8 text; save it as that") from error
    read = {".json": _read_json, ".csv": _read_csv}.get(path.suffix.lower(), _read_yaml)
    try:
        entries = list(read(text))
    except _BadFileError as error:
        raise ReplacementsError(f"{path}:{error.line}: {error}") from error
    except RecursionError:
        raise ReplacementsError(f"{path}:1: nested too deeply; expected a mapping of text to text") from None
    except ValueError as error:  # a number of thousands of digits
        raise ReplacementsError(f"{path}:1: expected a mapping of text to text: {error}") from None
    problems = [f"{path}:{line}: {problem}" for line, problem in _problems(entries)]
    if not entries:
        problems = [f"{path}:1: no replacements; expected at least one key and its value"]
    if problems:
        raise ReplacementsError("\n".join(problems))
    return {entry.key: entry.value for entry in entries}


class _BadFileError(Exception):
    """The file as a whole has the wrong form."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def _problems(entries: Iterable[_Entry]) -> Iterator[tuple[int, str]]:
    first_line: dict[str, int] = {}
    for entry in entries:
        if not entry.key:
            yield entry.line, "the key is empty and would match everywhere; expected the text to find"
        elif entry.key in first_line:
            yield entry.line, f"{entry.key}: already in line {first_line[entry.key]}; expected each key once"
        if entry.kind is not None:
            yield entry.line, f"{entry.key}: expected text, got {entry.kind}; put it in quotes"
        first_line.setdefault(entry.key, entry.line)


def _read_yaml(text: str) -> Iterator[_Entry]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _BadFileError(line, f"this is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise _BadFileError(1, f"this is not YAML: {error}") from error
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise _BadFileError(
            root.start_mark.line + 1, 'expected a mapping of text to text, such as "{{name}}": Ada'
        )
    for key, value in root.value:
        kind = _kind_of_node(key)
        kind = _kind_of_node(value) if kind is None else f"{kind} as the key"
        # A key without quotes that begins with { is a mapping to YAML; show it as the caller wrote it.
        written = text[key.start_mark.index : key.end_mark.index]
        shown = str(key.value) if isinstance(key, yaml.ScalarNode) else written
        yield _Entry(key.start_mark.line + 1, shown, str(value.value), kind)


def _kind_of_node(node: yaml.Node) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        kind = node.tag.rpartition(":")[2]
        return None if kind == "str" else f"{_KINDS.get(kind, kind)} {node.value}".rstrip()
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


_KINDS = {
    "int": "the number",
    "float": "the number",
    "bool": "the truth value",
    "null": "nothing",
    "timestamp": "the date",
}


def _read_json(text: str) -> Iterator[_Entry]:
    try:
        root = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise _BadFileError(error.lineno, f"this is not JSON: {error.msg}") from error
    if not isinstance(root, _Pairs):
        raise _BadFileError(1, 'expected an object of text to text, such as {"{{name}}": "Ada"}')
    position = 0
    for key, value in root.pairs:
        position = max(position, text.find(json.dumps(key, ensure_ascii=False), position) + 1)
        kind = None if isinstance(value, str) else _kind_of_json(value)
        yield _Entry(text.count("\n", 0, position) + 1, key, str(value), kind)


class _Pairs:
    """A JSON object with its keys as they stand, repeated ones too."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        self.pairs = pairs


def _kind_of_json(value: object) -> str:
    match value:
        case bool():
            return f"the truth value {json.dumps(value)}"
        case int() | float():
            return f"the number {value}"
        case None:
            return "nothing"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _read_csv(text: str) -> Iterator[_Entry]:
    rows = csv.reader(io.StringIO(text), strict=True)
    try:
        for row in rows:
            if len(row) not in (0, 2):
                raise _BadFileError(rows.line_num, f"expected two columns, find and replace; got {len(row)}")
            if row:
                yield _Entry(rows.line_num, row[0], row[1])
    except csv.Error as error:
        raise _BadFileError(rows.line_num, f"this is not CSV: {error}") from error
