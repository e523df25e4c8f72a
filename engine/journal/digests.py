"""What tells texts, pages, requests and bodies from any others, without holding them.  Pure."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from engine.plan.given_requests import GivenRequest
from engine.plan.operations import Batch
from engine.plan.witness import PageTexts


def digest_of_map(text_map: Mapping[str, str], salt: str) -> str:
    """Return what tells these replacements, in this order, from any others."""
    return _digest([salt, list(text_map.items())])


def digest_of_requests(requests: Sequence[GivenRequest], salt: str) -> str:
    """Return what tells these requests, ids filled in, from any others."""
    return _digest([salt, [request.request for request in requests]])


def digest_of_pages(pages: PageTexts, salt: str) -> str:
    """Return what tells these texts on these pages from any others."""
    return _digest([salt, sorted((page, list(texts)) for page, texts in pages.items())])


def digest_of_body(body: bytes | None) -> str:
    """Return what tells these bytes from any others."""
    return sha256(body or b"").hexdigest()


def pages_of(batch: Batch, texts: PageTexts) -> dict[str, tuple[str, ...]]:
    """Return what the pages that a batch touches say, those of them that are there."""
    pages = dict.fromkeys(page for operation in batch.replacements for page in operation.page_ids)
    return {page: tuple(texts[page]) for page in pages if page in texts}


def _digest(facts: object) -> str:
    return sha256(json.dumps(facts).encode()).hexdigest()
