"""Requests of the caller's own: checked, named, and told what they need of one another.

What a request makes gets an id before it is sent, derived from the call and the request's place in it.
Whoever finds that id afterwards knows that the request was applied, and a second copy is refused.
"""

import json
import re
from base64 import b32encode
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from engine.plan.request_kinds import CREATIONS, KINDS, Body, copies_of, counted_in, made_ids, used_ids

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:-]{4,49}")  # 5 to 50 characters

_DEEPEST_LEVELS = 100  # as in Google's own reader of JSON; the deepest request has about ten


class RequestsError(ValueError):
    """Requests that can never work; the text has a line for each problem, and names `requests[i]`."""


@dataclass(frozen=True, slots=True)
class GivenRequest:
    """One entry of Google's `requests` as a caller gave it, ids for what it makes filled in.

    Attributes:
        operation_id: unique in the call, and the same when the call is resumed.
        presentation_id: where.
        index: its place among the caller's requests, from 0.
        request: the entry.
        made_ids: of what it makes.
        parents: the operations that make what it uses.
    """

    operation_id: str
    presentation_id: str
    index: int
    request: Mapping[str, Any]
    made_ids: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Which request it is, such as createShape."""
        return next(iter(self.request))

    @property
    def body(self) -> Body:
        """What is said of it."""
        body: Body = self.request[self.kind]
        return body

    @property
    def slide_id(self) -> str:
        """The page on which it puts something; empty if it does not say."""
        properties = self.body.get("elementProperties")
        page = properties.get("pageObjectId") if isinstance(properties, Mapping) else None
        return page if isinstance(page, str) else ""

    @property
    def path(self) -> str:
        """How a person finds it among those given."""
        return f"requests[{self.index}].{self.kind}"

    @property
    def used_ids(self) -> tuple[tuple[str, str], ...]:
        """Of each object it needs, where it is named and its id."""
        return tuple(used_ids(self.kind, self.body))

    @property
    def counted_in(self) -> str | None:
        """The object whose characters, rows or columns it counts in."""
        return counted_in(self.kind, self.body)


def given_requests(
    presentation_id: str, requests: Sequence[Mapping[str, Any]], salt: str
) -> tuple[GivenRequest, ...]:
    """Return what a caller gave as operations, in order.

    Args:
        presentation_id: where.
        requests: entries of Google's `requests`.
        salt: tells this call from any other, so that a call may be made twice.

    Raises:
        RequestsError: an entry is empty, of an unknown kind or of two, cannot be written as JSON, or gives an
            id that is malformed or given twice.  Nothing was sent.
    """
    problems = list(_problems(requests))
    if problems:
        raise RequestsError("\n".join(problems))
    made: dict[str, str] = {}
    found: list[GivenRequest] = []
    for index, request in enumerate(requests):
        name = f"{presentation_id}/requests/{index}"
        named = _with_ids(request, f"{salt}/{name}")
        ((kind, body),) = named.items()
        own = tuple(made_ids(kind, body))
        problems += [f"requests[{index}].{kind}: {why}" for why in _bad_ids(own, made)]
        parents = dict.fromkeys(made[used] for _, used in used_ids(kind, body) if used in made)
        made.update(dict.fromkeys(own, name))
        found.append(GivenRequest(name, presentation_id, index, named, own, tuple(parents)))
    if problems:
        raise RequestsError("\n".join(problems))
    return tuple(found)


def misfits(requests: Sequence[GivenRequest], known: Container[str]) -> dict[str, str]:
    """Return, by operation id, what is wrong with those that need what is not there, or make what is.

    Args:
        requests: of a call, those that are still to be sent, in order.
        known: the ids of all objects of the presentation.
    """
    made, deleted = set[str](), set[str]()
    found = {}
    for request in requests:
        taken = (name for name in request.made_ids if name in known and name not in deleted)
        wrong = [f"there is a {name!r} already" for name in taken]
        for path, used in request.used_ids:
            if used not in known and used not in made:
                wrong.append(f"{path}: there is no {used!r}")
        if wrong:
            found[request.operation_id] = f"{request.path}: {'; '.join(wrong)}"
        made.update(request.made_ids)
        if request.kind == "deleteObject":
            deleted.update(used for _, used in request.used_ids)
    return found


def _problems(requests: Sequence[Any]) -> Iterator[str]:
    if not requests:
        yield "there are no requests; expected at least one"
    for index, request in enumerate(requests):
        problem = _problem(request)
        if problem is not None:
            yield f"requests[{index}]{problem}"


def _problem(request: object) -> str | None:
    if not isinstance(request, Mapping) or not request:
        got = type(request).__name__ if request else "empty"
        return f": {got}; expected an object with one request, such as {{createSlide: {{}}}}"
    if len(request) > 1:
        return f": {len(request)} requests in one object: {', '.join(map(str, request))}; expected one"
    ((kind, body),) = request.items()
    if kind not in KINDS:
        return f": {kind!r} is no request that the API knows"
    return _problem_of_body(str(kind), body)


def _problem_of_body(kind: str, body: object) -> str | None:
    if not isinstance(body, Mapping):
        return f".{kind}: expected an object, got {type(body).__name__}"
    if kind in CREATIONS and not isinstance(body.get("objectId", ""), str):
        return f".{kind}.objectId: expected text, got {body['objectId']!r}"
    try:
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (RecursionError, TypeError, ValueError) as error:
        return f".{kind}: it cannot be written as JSON: {error}"
    if _is_deeper_than(_DEEPEST_LEVELS, body):
        return f".{kind}: nested more than {_DEEPEST_LEVELS} levels deep; no request of the API is"
    return None


def _is_deeper_than(levels: int, value: object) -> bool:
    level = [value]
    for _ in range(levels):
        level = [inner for each in level for inner in _inner(each)]
    return bool(level)


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _bad_ids(own: tuple[str, ...], made: Mapping[str, str]) -> Iterator[str]:
    for name in own:
        if not _ID.fullmatch(name):
            yield f"{name!r} is no id; ids have 5 to 50 letters, digits, _ - : and begin with neither - nor :"
        elif name in made or own.count(name) > 1:
            yield f"{name!r} is made twice"


def _with_ids(request: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Return a request with an id for what it makes, where it had none and may have one.

    It shares nothing with the caller's, who may change that while ours is sent once more, as the same bytes.
    """
    ((kind, given),) = request.items()
    body = deepcopy(given)
    if kind in CREATIONS and not body.get("objectId"):
        return {kind: {**body, "objectId": derived_id(identity)}}
    if kind == "groupObjects" and not body.get("groupObjectId"):
        return {kind: {**body, "groupObjectId": derived_id(identity)}}
    source, chosen = body.get("objectId"), copies_of(body)
    if kind == "duplicateObject" and isinstance(source, str) and source not in chosen:
        return {kind: {**body, "objectIds": {**chosen, source: derived_id(identity)}}}
    return {kind: dict(body)}


def derived_id(identity: str) -> str:
    """Return the object id that belongs to an identity: 29 characters, the same each time."""
    return "ds_" + b32encode(sha256(identity.encode()).digest())[:26].decode().lower()
