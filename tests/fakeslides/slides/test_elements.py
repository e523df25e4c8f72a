from dataclasses import replace
from typing import Any

from fakeslides.slides.elements import (
    Cell,
    Group,
    Shape,
    Table,
    element_from_json,
    element_to_json,
    map_cells,
    map_texts,
    replace_element,
    texts,
    walk,
)
from fakeslides.slides.text import TextBody
from tests.support.presentations import group, shape, table

NESTED = group(
    "outer", shape("a", "one"), group("inner", shape("b", "two"), {"objectId": "pic", "image": {"u": 1}})
)
TABLE = table("grid", [["1", "2"], ["3", ""]])


def upper(body: TextBody) -> TextBody:
    """Return the body in capitals, or the body itself when it has no small letters."""
    return replace(body, plain=body.plain.upper()) if body.plain.upper() != body.plain else body


def test_every_kind_comes_back_as_it_was_with_the_fields_nobody_knows() -> None:
    """The fake understands a part of the API; the rest has to survive it."""
    unknown: dict[str, Any] = {"objectId": "new", "hologram": {"depth": 3}, "description": "?"}
    odd_shape = shape("odd", "x") | {"title": "alt"}
    odd_shape["shape"] = odd_shape["shape"] | {"glow": True}

    for document in (NESTED, TABLE, unknown, odd_shape):
        assert element_to_json(element_from_json(document)) == document


def test_walks_groups_before_their_children() -> None:
    """Everything on a page is found, however deep."""
    walked = [element.object_id for element in walk([element_from_json(NESTED)])]

    assert walked == ["outer", "a", "inner", "b", "pic"]


def test_finds_the_texts_of_shapes_groups_and_cells() -> None:
    """A replacement that forgets tables or groups is the commonest fault of a fake."""
    bodies = texts([element_from_json(NESTED), element_from_json(TABLE)])

    assert [body.plain for body in bodies] == ["one\n", "two\n", "1\n", "2\n", "3\n", ""]


def test_changes_texts_everywhere_and_shares_what_it_left_alone() -> None:
    """Pages of a large deck are only copied where something happened."""
    nested, grid = element_from_json(NESTED), element_from_json(TABLE)

    changed = map_texts(nested, upper)

    assert [body.plain for body in texts([changed])] == ["ONE\n", "TWO\n"]
    assert map_texts(grid, upper) is grid


def test_changes_one_cell_and_not_its_neighbours() -> None:
    """Cells are told apart by their location."""
    grid = element_from_json(TABLE)
    assert isinstance(grid, Table)

    def emptied(cell: Cell) -> TextBody:
        return TextBody() if cell.location == (1, 0) else cell.text

    assert [body.plain for body in texts([map_cells(grid, emptied)])] == ["1\n", "2\n", "", ""]


def test_replaces_an_element_deep_in_groups() -> None:
    """Ids are one namespace, whatever contains what."""
    other = element_from_json(shape("other"))

    replaced = replace_element((element_from_json(NESTED),), "b", lambda _: (other,))

    assert isinstance(replaced[0], Group)
    assert [element.object_id for element in walk(replaced)] == ["outer", "a", "inner", "other", "pic"]


def test_a_shape_that_is_no_placeholder_says_so() -> None:
    """An absent placeholder reads like an empty one."""
    plain = element_from_json(shape("plain"))

    assert isinstance(plain, Shape)
    assert plain.placeholder == {}
