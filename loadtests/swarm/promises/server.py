"""What the fake must be true to, so that an engine may be judged by it.  A thinking room."""

from collections.abc import Iterator, Mapping
from typing import Any

from loadtests.measurements import Document
from loadtests.swarm.promises.promise import Aftermath, Promise
from loadtests.swarm.survey import EXPECTED


class RevisionsFollowOneAnother(Promise):
    """Each committed batch starts from the revision that the one before it made."""

    def ended(self, aftermath: Aftermath) -> None:
        """Follow each presentation's revisions, in order of the commits."""
        committed = [entry for entry in aftermath.ledger if entry.committed]
        made = {entry.revision_after: entry for entry in committed}
        heads = [entry for entry in committed if entry.revision_before not in made]
        for presentation_id in {entry.presentation_id for entry in committed}:
            starts = sum(entry.presentation_id == presentation_id for entry in heads)
            text = f"{presentation_id} has {starts} histories"
            self.require(starts == 1, aftermath.at_seconds, text)
        followed = {entry.revision_before for entry in committed}
        self.require(len(followed) == len(committed), aftermath.at_seconds, "two batches follow one revision")


class DecksAreWhole(Promise):
    """The indices of every text are those of its UTF-16 code units, without a gap."""

    def ended(self, aftermath: Aftermath) -> None:
        """Measure every text of every deck."""
        for name, document in aftermath.documents.items():
            for elements in _texts(document):
                is_whole = _is_whole(elements)
                text = "" if is_whole else f"a text of {name}: {elements!r:.200}"
                self.require(is_whole, aftermath.at_seconds, text)


class TheServerKeepsItsWord(Promise):
    """What a few questions with known answers are answered with."""

    def ended(self, aftermath: Aftermath) -> None:
        """Hold answers against what is known."""
        for question, expected in EXPECTED.items():
            found = aftermath.survey.get(question)
            text = f"{question}: {found!r} instead of {expected!r}"
            self.require(found == expected, aftermath.at_seconds, text)


def _texts(document: Document) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the elements of every text, wherever in the document it stands; no text stands within another."""
    waiting: list[Any] = [document]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            if "textElements" in part:
                yield part["textElements"]
            waiting.extend(below for key, below in reversed(part.items()) if key != "textElements")


def _is_whole(elements: list[Mapping[str, Any]]) -> bool:
    """Say whether the pieces of a text follow one another, each as long as UTF-16 makes it."""
    end = 0
    for element in elements:
        if "paragraphMarker" in element:  # it spans the pieces after it
            continue
        # An automatic text, such as the slide's number, takes one unit whatever it shows.
        content = element.get("textRun", {}).get("content", "#")
        length = len(content.encode("utf-16-le")) // 2
        if element.get("startIndex", 0) != end or element["endIndex"] != end + length:
            return False
        end += length
    return True
