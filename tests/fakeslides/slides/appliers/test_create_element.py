from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.field_names import FIELD_NAMES
from tests.support.presentations import DECK, store_with, update

ON_P = {"elementProperties": {"pageObjectId": "p"}}
BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "createImage": ({"url": "https://example.com/a.png"}, "image"),
    "createLine": ({"category": "STRAIGHT"}, "line"),
    "createSheetsChart": ({"spreadsheetId": "sheet", "chartId": 7}, "sheetsChart"),
    "createTable": ({"rows": 2, "columns": 3}, "table"),
    "createVideo": ({"source": "YOUTUBE", "id": "abc"}, "video"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_puts_an_element_on_a_page_under_the_id_that_was_given(kind: str) -> None:
    """Whoever made it looks for it by that id."""
    body, shown_as = BODIES[kind]
    store = store_with()

    replies = update(store, {kind: {"objectId": "made_1", **ON_P, **body}}).replies

    element = store.get(DECK).page_json("p")["pageElements"][-1]
    assert replies == [{kind: {"objectId": "made_1"}}]
    assert element["objectId"] == "made_1"
    assert shown_as in element
    assert {"size", "transform"} <= element.keys()


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("createImage", {"url": "https://x/a.png"}, {"image": {"sourceUrl": "https://x/a.png"}}),
        ("createLine", {}, {"line": {"lineCategory": "STRAIGHT", "lineType": "STRAIGHT_CONNECTOR_1"}}),
        ("createLine", {"lineCategory": "BENT"}, {"line": {"lineCategory": "BENT"}}),
        ("createLine", {"category": "CURVED", "lineCategory": "BENT"}, {"line": {"lineCategory": "CURVED"}}),
        ("createLine", {"category": 0, "lineCategory": "BENT"}, {"line": {"lineCategory": "BENT"}}),
        ("createSheetsChart", {"spreadsheetId": "s", "chartId": 7}, {"sheetsChart": {"chartId": 7}}),
        ("createVideo", {"source": "YOUTUBE", "id": "abc"}, {"video": {"id": "abc", "source": "YOUTUBE"}}),
    ],
)
def test_an_element_reads_as_an_element_of_its_kind(
    kind: str, body: dict[str, Any], shown: dict[str, Any]
) -> None:
    """An image answered with a field that no image has, and every line without its category."""
    store = store_with()

    update(store, {kind: {**ON_P, **body}})

    element = store.get(DECK).page_json("p")["pageElements"][-1]
    [(name, wanted)] = shown.items()
    assert wanted.items() <= element[name].items()
    assert element[name].keys() <= FIELD_NAMES - {"url"}


def test_a_table_of_a_wrong_number_of_rows_does_not_fill_the_memory() -> None:
    """It would take the server down, and every client's test with it."""
    most = 2**31 - 1

    with pytest.raises(SlidesApiError) as refused:
        update(store_with(), {"createTable": {**ON_P, "rows": most, "columns": most}})

    assert refused.value.code == 400


def test_a_tables_cells_can_be_written_into() -> None:
    """An empty table is made to be filled."""
    store = store_with()
    made = {"createTable": {"objectId": "made_1", **ON_P, "rows": 2, "columns": 3}}
    where = {"rowIndex": 1, "columnIndex": 2}

    update(store, made, {"insertText": {"objectId": "made_1", "cellLocation": where, "text": "x"}})

    table = store.get(DECK).page_json("p")["pageElements"][-1]["table"]
    assert [len(row["tableCells"]) for row in table["tableRows"]] == [3, 3]
    assert table["tableRows"][1]["tableCells"][2]["text"]["textElements"]


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("createImage", ON_P, "The url must be specified."),
        ("createTable", ON_P, "greater than 0"),
        ("createTable", {**ON_P, "rows": 10_001, "columns": 1}, "not have more than 10000 cells"),
        ("createVideo", {**ON_P, "source": "YOUTUBE"}, "The id must be specified."),
        ("createVideo", {**ON_P, "source": 0, "id": "abc"}, "The source must be specified."),
        ("createImage", {"url": "u"}, "could not be found"),
        ("createImage", {"url": "u", **ON_P, "objectId": "p:notes"}, "should be unique"),
    ],
)
def test_refuses_what_lacks_something_or_has_too_much(kind: str, body: dict[str, Any], why: str) -> None:
    """Nothing of the batch is applied then."""
    with pytest.raises(SlidesApiError, match=why):
        update(store_with(), {kind: body})


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("createTable", {"rows": 1.5, "columns": 2}, r"rows' \(TYPE_INT32\), 1.5"),
        ("createTable", {"rows": 1, "columns": 2, "elementProperties": 5}, "element_properties"),
        ("createImage", {"url": ["u"]}, "cannot start list"),
        ("createVideo", {"source": "VHS", "id": "abc"}, "VHS"),
        ("createSheetsChart", {"spreadsheetId": "sheet", "chartId": "first"}, "TYPE_INT32"),
        ("createLine", {"category": "WAVY"}, "WAVY"),
        ("updatePageElementAltText", {"objectId": 7}, "TYPE_STRING"),
    ],
)
def test_refuses_what_is_of_the_wrong_type(kind: str, body: dict[str, Any], why: str) -> None:
    """A server that failed instead would be asked again and again."""
    with pytest.raises(SlidesApiError, match=why):
        update(store_with(), {kind: {**ON_P, **body} if kind.startswith("create") else body})
