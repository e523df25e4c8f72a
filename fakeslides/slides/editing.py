"""Finding what a request names, and putting its edited form in place."""

from collections.abc import Callable
from dataclasses import replace

from fakeslides.slides.elements import Cell, Element, Shape, Table, map_cells, replace_element
from fakeslides.slides.pages import Page, PageKind
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.refusal import Refusal
from fakeslides.slides.text import Json, TextBody

TextChange = Callable[[TextBody], TextBody]

_STRIPPED = dict.fromkeys([*range(0x09), *range(0x0C, 0x20), *range(0xE000, 0xF900)])


def could_not_find(object_id: str) -> Refusal:
    """Return the refusal for an id that nothing has."""
    return Refusal(f"The object ({object_id}) could not be found.")


def insertable(text: str) -> str:
    """Return `text` without the control and private-use characters that the API never inserts."""
    return text.translate(_STRIPPED)


def edit_element(
    presentation: Presentation, page: Page, object_id: str, change: Callable[[Element], tuple[Element, ...]]
) -> None:
    """Put what `change` makes of an element of `page` in its place; nothing at all removes it."""
    presentation.put_page(replace(page, elements=replace_element(page.elements, object_id, change)))


def edit_text(presentation: Presentation, object_id: str, cell: Json | None, change: TextChange) -> None:
    """Change the text of a shape, or of a table's cell when `cell` says which.

    Raises:
        Refusal: no such object or cell, or one that cannot hold text; or whatever `change` raises.
    """
    page, element = _editable_element(presentation, object_id)
    changed = _with_text(element, cell, change)
    edit_element(presentation, page, object_id, lambda _: (changed,))


def _editable_element(presentation: Presentation, object_id: str) -> tuple[Page, Element]:
    found = presentation.find_element(object_id)
    if found is not None:
        return found
    if object_id in presentation.pages:
        raise _no_text_editing(object_id)
    raise could_not_find(object_id)


def _with_text(element: Element, cell: Json | None, change: TextChange) -> Element:
    match element:
        case Table() if cell is not None:
            return _with_cell_text(element, cell, change)
        case Shape() if cell is None and not _holds_a_picture(element):
            return replace(element, text=change(element.text))
        case _ if cell is not None:
            raise Refusal(f"The object ({element.object_id}) is not of type TABLE.")
        case _:
            raise _no_text_editing(element.object_id)


def _with_cell_text(table: Table, cell: Json, change: TextChange) -> Table:
    wanted = cell.get("rowIndex", 0), cell.get("columnIndex", 0)
    if not any(each.location == wanted for row in table.rows for each in row.cells):
        raise Refusal(f"The cell at row {wanted[0]} and column {wanted[1]} could not be found.")

    def text_of(each: Cell) -> TextBody:
        return change(each.text) if each.location == wanted else each.text

    return map_cells(table, text_of)


def _holds_a_picture(shape: Shape) -> bool:
    return shape.placeholder.get("type") == "SLIDE_IMAGE"


def _no_text_editing(object_id: str) -> Refusal:
    return Refusal(f"The object ({object_id}) does not allow text editing.")


def speaker_notes_page(presentation: Presentation, object_id: str) -> Page | None:
    """Return the notes page that promises a shape called `object_id` for the speaker notes and lacks it."""
    if presentation.has_object(object_id):
        return None
    notes = presentation.of_kind(PageKind.NOTES)
    return next((page for page in notes if page.speaker_notes_id == object_id), None)
