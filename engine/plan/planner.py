"""From operations to batches: the fewest writes that change nothing about the result.

Requests of a batch apply in order, and one edit may make or destroy text that a later one looks for.  So
each slide's own order of edits is kept exactly; edits of different slides touch different pages and may
change places.
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from engine.plan.given_requests import GivenRequest
from engine.plan.operations import Batch, PlannedRequest, ReplaceText
from engine.settings import Strategy

MAX_BODY_BYTES = 1_000_000
"""Google names no limit for a body; this is a cautious choice of ours."""

_ENVELOPE_BYTES = 256  # {"requests": [...], "writeControl": {"requiredRevisionId": "..."}}


def plan(
    operations: Sequence[ReplaceText],
    strategy: Strategy,
    batch_size: int,
    *,
    max_bytes: int = MAX_BODY_BYTES,
) -> list[Batch]:
    """Return the batches that carry out `operations`, in the order in which they must be sent.

    Args:
        operations: of one presentation, in the order the caller wants; slides share no pages.
        strategy: sequential gives one request per batch; per_slide and semaphore give each slide its own
            batches; coalesced merges the same edit of several slides into one request.
        batch_size: most requests in one batch.
        max_bytes: most bytes in one body.  One edit of one slide that is larger still goes, alone.

    Raises:
        ValueError: the operations are of several presentations.
    """
    if len({operation.presentation_id for operation in operations}) > 1:
        raise ValueError("one plan is for one presentation; plan each presentation on its own")
    match strategy:
        case Strategy.SEQUENTIAL:
            groups, batch_size = [_one_each(operations)], 1
        case Strategy.PER_SLIDE | Strategy.SEMAPHORE:
            groups = [_one_each(of_slide) for of_slide in _by_slide(operations)]
        case Strategy.COALESCED:
            groups = [_coalesce(operations, max_bytes)]
    return [batch for requests in groups for batch in pack(requests, batch_size, max_bytes)]


def plan_given(
    requests: Iterable[GivenRequest], batch_size: int, max_bytes: int = MAX_BODY_BYTES
) -> list[Batch]:
    """Return the batches that carry out requests of the caller's own, in the caller's order.

    What uses an object goes with the request that makes it or after it, because nothing changes places.
    Limits as for `plan`.
    """
    return list(pack((PlannedRequest((request,)) for request in requests), batch_size, max_bytes))


def _one_each(operations: Iterable[ReplaceText]) -> list[PlannedRequest]:
    return [PlannedRequest((operation,)) for operation in operations]


def _by_slide(operations: Iterable[ReplaceText]) -> Iterable[list[ReplaceText]]:
    slides = defaultdict[str, list[ReplaceText]](list)
    for operation in operations:
        slides[operation.slide_id].append(operation)
    return slides.values()


def _coalesce(operations: Iterable[ReplaceText], max_bytes: int) -> list[PlannedRequest]:
    """Merge the same edit of several slides, if that leaves each slide's own order as it is.

    Greedy: an operation joins the first request with the same edit that stands after the last request its
    slide takes part in; if there is none it starts a request at the end.
    """
    merged: list[list[ReplaceText]] = []
    places = defaultdict[tuple[str, str, bool], list[int]](list)
    last_place: dict[str, int] = {}
    for operation in operations:
        same_edit = places[operation.find, operation.replace, operation.match_case]
        later = bisect_right(same_edit, last_place.get(operation.slide_id, -1))
        if later == len(same_edit):
            same_edit.append(len(merged))
            merged.append([])
        last_place[operation.slide_id] = same_edit[later]
        merged[same_edit[later]].append(operation)
    return [request for group in merged for request in _fit(tuple(group), max_bytes)]


def _fit(operations: tuple[ReplaceText, ...], max_bytes: int) -> list[PlannedRequest]:
    request = PlannedRequest(operations)
    if len(operations) == 1 or _ENVELOPE_BYTES + _size_bytes(request) <= max_bytes:
        return [request]
    half = len(operations) // 2
    return _fit(operations[:half], max_bytes) + _fit(operations[half:], max_bytes)


def pack(
    requests: Iterable[PlannedRequest], batch_size: int, max_bytes: int = MAX_BODY_BYTES
) -> Iterator[Batch]:
    """Yield batches of `requests`, in order and as full as may be; limits as for `plan`."""
    packed: list[PlannedRequest] = []
    size_bytes = _ENVELOPE_BYTES
    for request in requests:
        more_bytes = _size_bytes(request)
        if packed and (len(packed) == batch_size or size_bytes + more_bytes > max_bytes):
            yield _batch(packed)
            packed, size_bytes = [], _ENVELOPE_BYTES
        packed.append(request)
        size_bytes += more_bytes
    if packed:
        yield _batch(packed)


def _batch(requests: list[PlannedRequest]) -> Batch:
    return Batch(requests[0].operations[0].presentation_id, tuple(requests))


def _size_bytes(request: PlannedRequest) -> int:
    return len(json.dumps(request.request)) + len(", ")
