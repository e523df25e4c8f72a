"""Files of requests: a list of entries as Google writes them, or an object with `requests`; JSON or YAML."""

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml


class RequestFileError(Exception):
    """A file of requests cannot be used; the text names it, and the line if one is at fault."""


class _Loader(yaml.SafeLoader):
    """Reads YAML, and lets no key of an object hide an earlier one: a request would be lost silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - as PyYAML calls it
        """Return the mapping of a node; raises `ConstructorError` if a key is there twice."""
        seen = set[str]()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, _twice(key.value), key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def load_requests(path: Path) -> list[Mapping[str, Any]]:
    """Read requests, in the order of the file.  What they say is not judged here.

    Args:
        path: `.json` is read as such, everything else as YAML.

    Raises:
        RequestFileError: it cannot be read, or holds something else.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise RequestFileError(
            f"{path}: cannot be read: {error.strerror}; name a file of requests"
        ) from error
    except UnicodeDecodeError as error:
        raise RequestFileError(f"{path}: cannot be read: it is not UTF-8 text; save it as that") from error
    return _requests(_parsed(path, text), path)


def _parsed(path: Path, text: str) -> object:
    try:
        return _json(text) if path.suffix.lower() == ".json" else yaml.load(text, _Loader)  # noqa: S506 - a safe one
    except RecursionError:
        raise RequestFileError(f"{path}: nested too deeply; expected a list of requests") from None
    except json.JSONDecodeError as error:
        raise RequestFileError(f"{path}:{error.lineno}: this is not JSON: {error.msg}") from error
    except _TwiceError as error:
        raise RequestFileError(f"{path}: {error}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RequestFileError(f"{path}:{line}: this is not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise RequestFileError(f"{path}:1: this is not YAML: {error}") from error


class _TwiceError(Exception):
    """A key stands twice in one object of JSON."""


def _json(text: str) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise _TwiceError(
                _twice(next(key for key in found if [name for name, _ in pairs].count(key) > 1))
            )
        return found

    return json.loads(text, object_pairs_hook=once)


def _twice(key: str) -> str:
    return f"{key}: twice in one object; expected each key once"


def _requests(document: object, path: Path) -> list[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        unknown = [str(key) for key in document if key != "requests"]
        if unknown:
            raise RequestFileError(
                f"{path}: {unknown[0]}: expected `requests` and nothing else; a revision to require is the "
                "engine's business"
            )
        document = document.get("requests")
    if not isinstance(document, list):
        raise RequestFileError(
            f"{path}: expected a list of requests, such as [{{createSlide: {{}}}}], or {{requests: [...]}}"
        )
    return document
