"""Files of requests: a list of entries as Google writes them, or an object with `requests`; JSON or YAML."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class RequestFileError(Exception):
    """A file of requests cannot be used; the text names it, and the line if one is at fault."""


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
        return json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except json.JSONDecodeError as error:
        raise RequestFileError(f"{path}:{error.lineno}: this is not JSON: {error.msg}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RequestFileError(f"{path}:{line}: this is not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise RequestFileError(f"{path}:1: this is not YAML: {error}") from error


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
