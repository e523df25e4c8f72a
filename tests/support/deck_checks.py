"""What must be true of any generated deck."""

from random import Random

from fakeslides.decks.deck import Deck
from fakeslides.slides.elements import texts
from fakeslides.slides.pages import PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.store import Store
from fakeslides.slides.text import TextBody


def slide_texts(presentation: Presentation) -> list[str]:
    """Return all that is written on each slide and in its notes, a text per slide."""
    return [
        "".join(
            body.plain
            for page_id in (slide.object_id, slide.notes_id or "")
            for body in _bodies(presentation, page_id)
        )
        for slide in presentation.of_kind(PageKind.SLIDE)
    ]


def replaced(deck: Deck) -> Presentation:
    """Return the deck with its replacements applied, in their order."""
    store = Store(Random(1))
    store.add(Presentation.from_json(deck.document))
    requests = [
        {"replaceAllText": {"containsText": {"text": key, "matchCase": True}, "replaceText": value}}
        for key, value in deck.replacements.items()
    ]
    store.batch_update(deck.presentation_id, requests)
    return store.get(deck.presentation_id)


def _bodies(presentation: Presentation, page_id: str) -> list[TextBody]:
    page = presentation.pages.get(page_id)
    return [] if page is None else list(texts(page.elements))
