from fakeslides.decks.drawing import SlideTexts, deck_document
from fakeslides.slides.elements import Shape, Table
from fakeslides.slides.presentation import Presentation

TEXTS = SlideTexts(
    title=[("Title", {"bold": True})],
    body=[("Body", {})],
    rows=[("label", [("value", {})])],
    group=[("Badge", {})],
    notes=[("Notes", {})],
)


def test_draws_what_the_real_api_would_answer() -> None:
    """Loaded and saved, the document is the same: it has the API's form."""
    document = deck_document("deck", "T", [TEXTS, TEXTS]) | {"revisionId": "r"}

    assert Presentation.from_json(document).to_json() == document


def test_puts_each_text_in_its_place() -> None:
    """Shapes, a group, a table and the notes are what a client has to cope with."""
    presentation = Presentation.from_json(deck_document("deck", "T", [TEXTS]))

    texts = {}
    for name in ("title", "body", "group_label", "notes"):
        found = presentation.find_element(f"slide_001_{name}")
        texts[name] = found[1].text.plain if found and isinstance(found[1], Shape) else None
    table = presentation.find_element("slide_001_table")

    assert texts == {"title": "Title\n", "body": "Body\n", "group_label": "Badge\n", "notes": "Notes\n"}
    assert table is not None
    assert isinstance(table[1], Table)
    assert [cell.text.plain for cell in table[1].rows[1].cells] == ["label\n", "value\n"]


def test_no_two_objects_share_an_id() -> None:
    """One namespace over the whole deck."""
    document = deck_document("deck", "T", [TEXTS] * 3)

    assert [slide["objectId"] for slide in document["slides"]] == ["slide_001", "slide_002", "slide_003"]
    assert (
        len({element["objectId"] for slide in document["slides"] for element in slide["pageElements"]}) == 15
    )
