"""The text of a shape or a table cell, and the three things that can be done to it.

A body is one string, the styled runs it consists of, and one marker per paragraph.  It never changes: an edit
makes another body.  Positions are code points; `utf16` translates at the border.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

Json = Mapping[str, Any]

AUTO_TEXT = "\ufffc"
"""Stands in a body's string for one autoText, such as a slide number."""

PLAIN_RUN: Json = {"textRun": {"style": {}}}
PLAIN_MARKER: Json = {"paragraphMarker": {"style": {}}}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of equally styled text.

    Attributes:
        length: in code points.
        element: Google's `TextElement` without indices and without the text itself; never modified.
    """

    length: int
    element: Json

    @property
    def is_auto(self) -> bool:
        """Whether this is an autoText, which takes one position and is never merged with another."""
        return "autoText" in self.element


@dataclass(frozen=True, slots=True)
class TextBody:
    r"""Text with its styles.  Not empty, it ends with the newline that Google shows and never lets go of.

    Attributes:
        plain: all characters, the final newline included; empty when there is no text at all.
        runs: lengths add up to `len(plain)`.
        markers: one paragraphMarker element per "\n" of `plain`.
        fields: whatever else Google keeps beside the text elements, such as `lists`.
    """

    plain: str = ""
    runs: tuple[Run, ...] = ()
    markers: tuple[Json, ...] = ()
    fields: Json = field(default_factory=dict)

    @property
    def editable_length(self) -> int:
        """Code points without the implicit final newline."""
        return max(0, len(self.plain) - 1)

    def insert(self, at: int, text: str) -> "TextBody":
        """Return a body with `text` before position `at`, in the style of the run that stands there.

        A newline makes a paragraph with the marker of the one it splits.

        Args:
            at: a position from 0 to `editable_length`.
            text: what to insert; nothing happens when it is empty.
        """
        if not text:
            return self
        if not self.plain:
            return TextBody(
                text + "\n",
                (Run(len(text) + 1, PLAIN_RUN),),
                (PLAIN_MARKER,) * (text.count("\n") + 1),
                self.fields,
            )
        return self.splice([(at, at)], text)

    def delete(self, start: int, end: int) -> "TextBody":
        """Return a body without the positions from `start` up to `end`; the final newline always stays."""
        return self.splice([(start, end)], "")

    def splice(self, spans: Sequence[tuple[int, int]], text: str) -> "TextBody":
        """Return a body in which each of `spans` is replaced by `text`, styled as the span's first character.

        Args:
            spans: pairs (start, end) in ascending order, not overlapping, within `editable_length`.
            text: the same replacement for all of them.
        """
        starts = list(accumulate((run.length for run in self.runs), initial=0))
        plain: list[str] = []
        runs: list[Run] = []
        done = 0
        for start, end in spans:
            plain += (self.plain[done:start], text)
            runs += self._runs_between(starts, done, start)
            runs.append(Run(len(text), self._style_at(starts, start)))
            done = end
        plain.append(self.plain[done:])
        runs += self._runs_between(starts, done, len(self.plain))
        return self._settled("".join(plain), runs, self._markers_after(spans, text.count("\n")))

    def _settled(self, plain: str, runs: Iterable[Run], markers: tuple[Json, ...]) -> "TextBody":
        """Return the edited body; a body left with its final newline alone has no text any more."""
        if plain == "\n":
            return TextBody(fields=self.fields)
        return TextBody(plain, _merged(runs), markers, self.fields)

    def _runs_between(self, starts: Sequence[int], start: int, end: int) -> list[Run]:
        """Return what the runs, which begin at `starts`, hold of the positions from `start` up to `end`."""
        cut = []
        at = bisect_right(starts, start) - 1
        while start < end:
            stop = min(end, starts[at + 1])
            cut.append(Run(stop - start, self.runs[at].element))
            start, at = stop, at + 1
        return cut

    def _style_at(self, starts: Sequence[int], at: int) -> Json:
        """Return the element of the run at `at`, as one that can hold text."""
        run = self.runs[bisect_right(starts, at) - 1]
        return (
            {"textRun": {"style": run.element["autoText"].get("style", {})}} if run.is_auto else run.element
        )

    def _markers_after(self, spans: Sequence[tuple[int, int]], newlines: int) -> tuple[Json, ...]:
        """Return the markers once each span has made way for text with `newlines` line ends.

        Two paragraphs that become one keep the first one's marker, unless all of the first is gone.
        """
        markers = list(self.markers)
        for start, end in reversed(spans):
            first, last = self.plain.count("\n", 0, start), self.plain.count("\n", 0, end)
            whole_paragraph_goes = start == 0 or self.plain[start - 1] == "\n"
            survivor = markers[last if whole_paragraph_goes else first]
            markers[first : last + 1] = [survivor] * (newlines + 1)
        return tuple(markers)


def styled_text(pieces: Iterable[tuple[str, Json]]) -> TextBody:
    """Return a body of `pieces`, each a text and its style; the last one's style gets the final newline."""
    styled = [(text, style) for text, style in pieces if text]
    if not styled:
        return TextBody()
    styled.append(("\n", styled[-1][1]))
    plain = "".join(text for text, _ in styled)
    runs = _merged(Run(len(text), {"textRun": {"style": style}}) for text, style in styled)
    return TextBody(plain, runs, (PLAIN_MARKER,) * plain.count("\n"))


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return `runs` without empty ones, equal neighbours made one."""
    merged: list[Run] = []
    for run in runs:
        if not run.length:
            continue
        if merged and merged[-1].element == run.element and not run.is_auto:
            merged[-1] = Run(merged[-1].length + run.length, run.element)
        else:
            merged.append(run)
    return tuple(merged)
