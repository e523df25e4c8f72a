"""The `fields` mask of a reply: `a,b/c,d(e,f/g),*`, with dots for slashes if one likes."""

import re
from typing import Any

from fakeslides.errors import SlidesApiError
from fakeslides.slides.field_names import ANSWER_NAMES, FIELD_NAMES, MAP_FIELDS
from fakeslides.slides.proto_json import Violation, bad_request, camel_case

Tree = dict[str, "Tree"]
"""What to keep, by name; an empty tree keeps all that is below."""

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[,/.()*]")


def read_mask(mask: str, method: str = "presentations.get") -> Tree:
    """Return what a mask asks for; an empty one asks for all.

    Args:
        mask: as it stands in the query.
        method: whose answer it is for; what is below that answer's own fields may be any field of the API.

    Raises:
        SlidesApiError: 400; the mask does not parse, goes too deep, or names a field that is not there.
    """
    if not mask:
        return {}
    try:
        tree = _Parser(mask).parse()
        _check_names(tree, (), mask, ANSWER_NAMES.get(method, FIELD_NAMES))
    except RecursionError as error:
        raise _bad_mask(mask, mask) from error
    return tree


def apply_mask(document: dict[str, Any], tree: Tree) -> dict[str, Any]:
    """Return the part of `document` that a mask asks for."""
    if not tree:
        return document
    kept: dict[str, Any] = _kept(document, tree)
    return kept


def _kept(value: Any, tree: Tree) -> Any:  # noqa: ANN401 - JSON may be anything
    if isinstance(value, list):
        return [_kept(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    if "*" in tree:
        tree = dict.fromkeys(value, tree["*"]) | tree
    kept = {}
    for key in value:
        if key in tree:  # of most objects little is asked for
            item, below = value[key], tree[key]
            if not below:
                kept[key] = item
            elif isinstance(item, (list, dict)):  # a scalar has nothing below it
                kept[key] = _kept(item, below)
    return kept


def _check_names(tree: Tree, above: tuple[str, ...], mask: str, known: frozenset[str]) -> None:
    for name, below in tree.items():
        path = (*above, name)
        free = name == "*" or (above and above[-1] in MAP_FIELDS)
        if not free and name not in known:
            raise _bad_mask(mask, ".".join(path))
        _check_names(below, path, mask, FIELD_NAMES)


def _bad_mask(mask: str, path: str) -> SlidesApiError:
    description = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return bad_request("Request contains an invalid argument.", [Violation(mask, description)])


class _Parser:
    """Reads `list = path *("," path)`, `path = name *(("/" | ".") name) ["(" list ")"]`."""

    def __init__(self, mask: str) -> None:
        self._mask = mask
        self._tokens = _TOKEN.findall(mask)
        if "".join(self._tokens) != mask.replace(" ", ""):
            raise _bad_mask(mask, mask)
        self._tokens.reverse()

    def parse(self) -> Tree:
        """Return the whole mask as a tree."""
        tree: Tree = {}
        self._read_list(tree)
        if self._tokens:
            raise _bad_mask(self._mask, self._mask)
        return tree

    def _read_list(self, tree: Tree) -> None:
        self._read_path(tree)
        while self._accept(","):
            self._read_path(tree)

    def _read_path(self, tree: Tree) -> None:
        names = [self._read_name()]
        while self._accept("/") or self._accept("."):
            names.append(self._read_name())
        below: Tree = {}
        if self._accept("("):
            self._read_list(below)
            if not self._accept(")"):
                raise _bad_mask(self._mask, self._mask)
        for name in reversed(names):
            below = {name: below}
        _merge(tree, below)

    def _read_name(self) -> str:
        token = self._tokens.pop() if self._tokens else ""
        if token in {"", ",", "/", ".", "(", ")"}:
            raise _bad_mask(self._mask, self._mask)
        return camel_case(token)

    def _accept(self, token: str) -> bool:
        if self._tokens and self._tokens[-1] == token:
            self._tokens.pop()
            return True
        return False


def _merge(tree: Tree, more: Tree) -> None:
    """Add `more` to `tree`; a name that keeps all below it goes on doing so."""
    for name, below in more.items():
        if name not in tree:
            tree[name] = below
        elif not tree[name] or not below:
            tree[name] = {}
        else:
            _merge(tree[name], below)
