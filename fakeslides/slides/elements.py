"""Page elements: shapes, groups and tables are understood, everything else is carried through as it came.

Elements never change; an edit makes others, and shares with them all it left alone.  What this package has no
use for stays in `fields` and is written back.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from fakeslides.slides.text import Json, TextBody
from fakeslides.slides.text_json import text_from_json, text_to_json


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with its text; `fields` lacks objectId and shape, `shape` lacks text."""

    object_id: str
    fields: Json
    shape: Json
    text: TextBody

    @property
    def placeholder(self) -> Json:
        """The placeholder's type, index and parent; empty if the shape is none."""
        placeholder: Json = self.shape.get("placeholder", {})
        return placeholder


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell that is not hidden by a merged one; `fields` lacks text."""

    fields: Json
    text: TextBody

    @property
    def location(self) -> tuple[int, int]:
        """Row and column, from 0."""
        location = self.fields.get("location", {})
        return location.get("rowIndex", 0), location.get("columnIndex", 0)


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `fields` lacks tableCells."""

    fields: Json
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `fields` lacks objectId and table, `table` lacks tableRows."""

    object_id: str
    fields: Json
    table: Json
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A group; `fields` lacks objectId and elementGroup, `group` lacks children."""

    object_id: str
    fields: Json
    group: Json
    children: "tuple[Element, ...]"


@dataclass(frozen=True, slots=True)
class Opaque:
    """An image, a line, a video, a chart, word art, or a kind not known yet; `fields` lacks objectId."""

    object_id: str
    fields: Json


Element = Shape | Table | Group | Opaque


def element_from_json(document: Json) -> Element:
    """Read one of `pageElements` or of a group's `children`."""
    fields = dict(document)
    object_id = fields.pop("objectId")
    if "shape" in fields:
        shape = dict(fields.pop("shape"))
        return Shape(object_id, fields, shape, text_from_json(shape.pop("text", None)))
    if "table" in fields:
        table = dict(fields.pop("table"))
        return Table(
            object_id, fields, table, tuple(_row_from_json(row) for row in table.pop("tableRows", ()))
        )
    if "elementGroup" in fields:
        group = dict(fields.pop("elementGroup"))
        children = tuple(element_from_json(child) for child in group.pop("children", ()))
        return Group(object_id, fields, group, children)
    return Opaque(object_id, fields)


def _row_from_json(document: Json) -> Row:
    fields = dict(document)
    return Row(fields, tuple(_cell_from_json(cell) for cell in fields.pop("tableCells", ())))


def _cell_from_json(document: Json) -> Cell:
    fields = dict(document)
    return Cell(fields, text_from_json(fields.pop("text", None)))


def element_to_json(element: Element) -> dict[str, Any]:
    """Return the element as Google writes it."""
    document: dict[str, Any] = {"objectId": element.object_id, **element.fields}
    match element:
        case Shape(shape=shape, text=text):
            document["shape"] = dict(shape) | _text_key(text)
        case Table(table=table, rows=rows):
            document["table"] = {**table, "tableRows": [_row_to_json(row) for row in rows]}
        case Group(group=group, children=children):
            document["elementGroup"] = {**group, "children": [element_to_json(child) for child in children]}
    return document


def _row_to_json(row: Row) -> dict[str, Any]:
    return {**row.fields, "tableCells": [dict(cell.fields) | _text_key(cell.text) for cell in row.cells]}


def _text_key(body: TextBody) -> dict[str, Any]:
    text = text_to_json(body)
    return {} if text is None else {"text": text}


def walk(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield every element, groups before their children."""
    for element in elements:
        yield element
        if isinstance(element, Group):
            yield from walk(element.children)


def texts(elements: Iterable[Element]) -> Iterator[TextBody]:
    """Yield the text of every shape and cell, empty ones included."""
    for element in walk(elements):
        match element:
            case Shape(text=text):
                yield text
            case Table(rows=rows):
                yield from (cell.text for row in rows for cell in row.cells)


def map_texts(element: Element, change: Callable[[TextBody], TextBody]) -> Element:
    """Return `element` with `change` done to all its texts; the very same element when none changed."""
    match element:
        case Shape(text=text):
            changed = change(text)
            return element if changed is text else replace(element, text=changed)
        case Table():
            return map_cells(element, lambda cell: change(cell.text))
        case Group(children=children):
            mapped = tuple(map_texts(child, change) for child in children)
            same = all(new is old for new, old in zip(mapped, children, strict=True))
            return element if same else replace(element, children=mapped)
        case Opaque():
            return element


def map_cells(table: Table, change: Callable[[Cell], TextBody]) -> Table:
    """Return `table` with the text that `change` gives for each cell; the same table when none changed."""
    cells = [cell for row in table.rows for cell in row.cells]
    bodies = [change(cell) for cell in cells]
    if all(body is cell.text for body, cell in zip(bodies, cells, strict=True)):
        return table
    changed = iter(bodies)
    rows = tuple(
        Row(row.fields, tuple(Cell(cell.fields, next(changed)) for cell in row.cells)) for row in table.rows
    )
    return replace(table, rows=rows)


def replace_element(
    elements: tuple[Element, ...], object_id: str, change: Callable[[Element], tuple[Element, ...]]
) -> tuple[Element, ...]:
    """Return `elements` with what `change` gives in place of `object_id`, however deep in groups."""
    result: list[Element] = []
    for element in elements:
        if element.object_id == object_id:
            result += change(element)
        elif isinstance(element, Group):
            result.append(replace(element, children=replace_element(element.children, object_id, change)))
        else:
            result.append(element)
    return tuple(result)
