"""What the engine knows of a presentation: its latest revision, its slides, and what they say.  Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import OutcomeUnknown
from engine.plan.foresight import foresee
from engine.plan.operations import Batch, ReplaceText
from engine.plan.scene import Scene
from engine.plan.witness import PageTexts, page_texts, predict

_TEXT = "textElements(textRun/content,autoText/content)"
_ELEMENTS = f"pageElements(shape/text/{_TEXT},table/tableRows/tableCells/text/{_TEXT},elementGroup)"
FIELDS = (
    f"presentationId,revisionId,slides(objectId,{_ELEMENTS},slideProperties/notesPage(objectId,{_ELEMENTS}))"
)
"""The field mask of a read: every text, and nothing of how it looks."""

_CELLS = f"table/tableRows/tableCells(location,text/{_TEXT})"
_NAMED_ELEMENTS = f"pageElements(objectId,shape(shapeType,text/{_TEXT}),{_CELLS},elementGroup)"
_NOTES = f"slideProperties/notesPage(objectId,notesProperties,{_NAMED_ELEMENTS})"
_BARE = "(objectId,pageElements(objectId,elementGroup))"
_BARE_PAGES = f"layouts{_BARE},masters{_BARE},notesMaster{_BARE}"
SCENE_FIELDS = f"presentationId,revisionId,slides(objectId,{_NAMED_ELEMENTS},{_NOTES}),{_BARE_PAGES}"
"""The field mask of a read for given requests: every object's id as well, on layouts and masters too."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A presentation at one revision.

    Attributes:
        revision_id: None if the reader may not edit, or if it is not known.
        notes_of: per slide, in order, the id of its notes page, None if it has none.
        texts: what each slide and notes page says; the state an unanswered write is judged against.
        scene: its objects, for given requests; None if they are not known, or were not asked for.
    """

    revision_id: str | None
    notes_of: Mapping[str, str | None]
    texts: PageTexts
    scene: Scene | None = None

    @classmethod
    def of(cls, document: Mapping[str, Any], fields: str = FIELDS) -> "Snapshot":
        """Return the snapshot that a `presentations.get` with `fields`, one of the masks above, gives.

        Raises:
            OutcomeUnknown: it is no presentation, but the word of something in between.
        """
        try:
            document["presentationId"]  # which Google never leaves out
            return cls._of(document, has_scene=fields == SCENE_FIELDS)
        except (AttributeError, KeyError, TypeError) as error:
            raise OutcomeUnknown("the answer is not a presentation") from error

    @classmethod
    def _of(cls, document: Mapping[str, Any], *, has_scene: bool) -> "Snapshot":
        notes_of = {
            slide["objectId"]: slide.get("slideProperties", {}).get("notesPage", {}).get("objectId")
            for slide in document.get("slides", ())
        }
        scene = Scene.of(document) if has_scene else None
        return cls(document.get("revisionId"), notes_of, page_texts(document), scene)

    def after(self, batch: Batch, revision_id: str | None) -> "Snapshot":
        """Return the snapshot after `batch` was applied, which made that revision, without another read."""
        scene = None if self.scene is None else foresee(batch.given, self.scene)
        return replace(self, revision_id=revision_id, texts=predict(batch, self.texts), scene=scene)

    def operations(
        self,
        presentation_id: str,
        text_map: Mapping[str, str],
        *,
        slide_ids: Sequence[str] | None = None,
        include_notes: bool,
    ) -> Iterator[ReplaceText]:
        """Yield one operation per slide and key, slides in order, keys in the order of the map.

        A slide that is named twice is edited once.

        Raises:
            ValueError: a slide is not in the presentation, or a key is empty.
        """
        for slide_id in self.notes_of if slide_ids is None else dict.fromkeys(slide_ids):
            if slide_id not in self.notes_of:
                raise ValueError(f"presentation {presentation_id} has no slide {slide_id!r}")
            notes_id = self.notes_of[slide_id] if include_notes else None
            pages = (slide_id,) if notes_id is None else (slide_id, notes_id)
            for index, (find, value) in enumerate(text_map.items()):
                operation_id = f"{presentation_id}/{slide_id}/{index}"
                yield ReplaceText(operation_id, presentation_id, slide_id, pages, find, value)
