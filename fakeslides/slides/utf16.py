"""Positions in text: Google counts UTF-16 code units, Python counts code points.

Text is held as ordinary strings, in which half a surrogate pair cannot occur; the units exist only at the
border, in these functions.
"""

import unicodedata

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_COMBINING = frozenset({"Mn", "Mc", "Me"})
_ASTRAL = "\U00010000"


def length_units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def point_after(text: str, units: int) -> int:
    """Return the code point index at `units`, or just after the character that `units` would cut."""
    if text.isascii():
        return units
    seen = 0
    for point, char in enumerate(text):
        if seen >= units:
            return point
        seen += 2 if char >= _ASTRAL else 1
    return len(text)


def point_before(text: str, units: int) -> int:
    """Return the code point index at `units`, or just before the character that `units` would cut."""
    point = point_after(text, units)
    return point - 1 if length_units(text[:point]) > units else point


def grapheme_end(text: str, point: int) -> int:
    """Return `point`, moved on past the rest of a grapheme cluster it would cut.

    Knows combining marks, joiners, variation selectors and skin tones, which is the part of UAX #29 that
    is met in slides.
    """
    while 0 < point < len(text) and _continues(text[point - 1], text[point]):
        point += 1
    return point


def _continues(before: str, char: str) -> bool:
    if before == "\n":
        return False
    if _JOINER in (before, char):
        return True
    return unicodedata.category(char) in _COMBINING or ord(char) in _SKIN_TONES
