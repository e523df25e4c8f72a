"""Finding text: what `replaceAllText` counts as a match."""

import re
from collections.abc import Callable
from functools import lru_cache

from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import AUTO_TEXT, TextBody

Span = tuple[int, int]
Search = Callable[[TextBody], list[Span]]

# Look-around, atomic groups, conditions, and references by number or by name.
_NOT_IN_RE2 = re.compile(r"(?<!\\)(?:\\\\)*(?:\(\?(?:<?[=!]|>|\(|P=)|\\[1-9])")


@lru_cache(maxsize=1024)
def search_for(text: str, *, match_case: bool, by_regex: bool) -> Search:
    """Return a function that finds the matches in a body: left to right, not overlapping, never empty.

    A match may run across differently styled runs and over paragraph ends, but not over autoText.  Case is
    ignored unless `match_case`.

    Raises:
        Refusal: there is nothing to search for, or the expression is not one RE2 would take.
    """
    if not text:
        raise Refusal("The match text should not be empty.")
    if match_case and not by_regex:
        return lambda body: _plain_matches(body, text)
    pattern = _compiled(text if by_regex else re.escape(text), 0 if match_case else re.IGNORECASE)
    return lambda body: _pattern_matches(body, pattern)


def _plain_matches(body: TextBody, text: str) -> list[Span]:
    found = []
    length = body.editable_length
    start = body.plain.find(text, 0, length)
    while start >= 0:
        end = start + len(text)
        found.append((start, end))
        start = body.plain.find(text, end, length)
    return _without_auto_text(body, found)


def _pattern_matches(body: TextBody, pattern: re.Pattern[str]) -> list[Span]:
    found = [match.span() for match in pattern.finditer(body.plain, 0, body.editable_length)]
    return _without_auto_text(body, [(start, end) for start, end in found if start < end])


def _without_auto_text(body: TextBody, spans: list[Span]) -> list[Span]:
    if not spans:
        return spans
    return [span for span in spans if AUTO_TEXT not in body.plain[slice(*span)]]


def _compiled(expression: str, flags: int) -> re.Pattern[str]:
    """Compile an expression; the flavour is undocumented, RE2 is what Google's services speak."""
    if _NOT_IN_RE2.search(expression):
        raise Refusal("The regular expression is invalid: look-around and back-references are not supported.")
    try:
        return re.compile(expression, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise Refusal(f"The regular expression is invalid: {error}.") from error
