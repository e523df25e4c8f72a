"""The picture of a slide, as a browser draws it from the JSON of `presentations.get`."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fakeslides.server import FakeSlides
from tests.support.browser import Tab, open_tab

PT = 12700
Json = dict[str, Any]

# Draws a slide at one pixel a point, and tells where everything stands and what it says.
DRAW = """
import("/page/drawing.js").then(({ drawSlide }) => {
  const svg = drawSlide(DECK, DECK.slides[0]);
  svg.setAttribute("width", 720);
  svg.setAttribute("height", 405);
  document.body.replaceChildren(svg);
  const origin = svg.getBoundingClientRect();
  const tell = (one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    return { name: one.tagName, text: one.textContent.trim(), fill: one.getAttribute("fill"),
      box: [x - origin.x, y - origin.y, width, height].map(Math.round), matrix: one.getCTM?.().a };
  };
  return [...svg.querySelectorAll("rect, ellipse, line, foreignObject, text, mark")].slice(1).map(tell);
})
"""


@pytest.fixture
async def tab(browser: str) -> AsyncIterator[Tab]:
    """Open the page of a fake without decks, for its modules."""
    async with FakeSlides() as fake, open_tab(browser) as opened:
        await opened.open(fake.admin_url)
        yield opened


async def draw(tab: Tab, *elements: Json, **deck: Any) -> list[Json]:  # noqa: ANN401 # any JSON
    """Return what is drawn for a slide's elements, from back to front."""
    size = {"pageSize": {"width": length(720), "height": length(405)}}
    document = size | {"slides": [{"pageElements": list(elements)}]} | deck
    drawn: list[Json] = await tab.evaluate(DRAW.replace("DECK", json.dumps(document)))
    return drawn


def length(points: float) -> Json:
    """Return a length as Google writes it."""
    return {"magnitude": points * PT, "unit": "EMU"}


def shape(x: float = 0, y: float = 0, text: str = "", **transform: float) -> Json:
    """Return a rectangle of 100 by 50 points."""
    moved = {"scaleX": 1, "scaleY": 1, "translateX": x * PT, "translateY": y * PT, "unit": "EMU"} | transform
    runs = (
        {"text": {"textElements": [{"paragraphMarker": {}}, {"textRun": {"content": text}}]}} if text else {}
    )
    size = {"width": length(100), "height": length(50)}
    return {"objectId": "s", "size": size, "transform": moved, "shape": {"shapeType": "RECTANGLE"} | runs}


async def test_a_shape_stands_where_its_transform_puts_it(tab: Tab) -> None:
    """Scaled about its corner, then moved."""
    [drawn] = await draw(tab, shape(10, 20, scaleX=2))

    assert drawn["box"] == [10, 20, 200, 50]


async def test_a_shape_that_is_turned_is_drawn_turned(tab: Tab) -> None:
    """A quarter turn makes wide things tall."""
    [drawn] = await draw(tab, shape(200, 20, scaleX=0, scaleY=0, shearX=-1, shearY=1))

    assert drawn["box"] == [150, 20, 50, 100]


async def test_children_move_with_their_group(tab: Tab) -> None:
    """A child's transform counts from the group's."""
    group = {"transform": {"scaleX": 2, "scaleY": 2, "translateX": 100 * PT, "unit": "EMU"}}
    inner = {"objectId": "inner", **group, "elementGroup": {"children": [shape(10, 20)]}}
    outer = {"objectId": "outer", "elementGroup": {"children": [inner]}}

    [drawn] = await draw(tab, outer)

    assert drawn["box"] == [120, 40, 200, 100]


async def test_scale_makes_a_box_larger_but_not_its_text(tab: Tab) -> None:
    """As Google draws it."""
    drawn = await draw(tab, shape(text="Aa", scaleX=3, scaleY=3))

    assert [one["matrix"] for one in drawn] == [1, 1]
    assert drawn[0]["box"] == [0, 0, 300, 150]


async def test_the_text_of_a_mirrored_shape_can_be_read(tab: Tab) -> None:
    """The box is mirrored, the letters are not."""
    drawn = await draw(tab, shape(150, 0, text="Aa", scaleX=-1))

    assert [one["matrix"] > 0 for one in drawn] == [True, True]
    assert drawn[0]["box"] == [50, 0, 100, 50]


async def test_a_placeholder_without_a_place_takes_its_layouts(tab: Tab) -> None:
    """Most slides leave it to the layout."""
    layout = {"pageElements": [shape(30, 40) | {"objectId": "parent"}]}
    own = {"objectId": "own", "shape": {"shapeType": "TEXT_BOX", "placeholder": {"parentObjectId": "parent"}}}

    [drawn] = await draw(tab, own, layouts=[layout])

    assert drawn["box"] == [30, 40, 100, 50]


async def test_cells_stand_in_their_rows_and_columns_and_may_span_several(tab: Tab) -> None:
    """Zeros are left out of a location."""
    cells = [{"columnSpan": 2, "rowSpan": 1}], [{"location": {"rowIndex": 1, "columnIndex": 1}}]
    table = {
        "rows": 2,
        "columns": 2,
        "tableColumns": [{"columnWidth": length(60)}, {"columnWidth": length(40)}],
        "tableRows": [{"rowHeight": length(20), "tableCells": row} for row in cells],
    }

    wide, last = await draw(tab, {"objectId": "t", "table": table})

    assert wide["box"] == [0, 0, 100, 20]
    assert last["box"] == [60, 20, 40, 20]


async def test_a_key_in_several_runs_is_marked_as_a_whole(tab: Tab) -> None:
    """People's editing cuts keys into runs, and the API replaces them all the same."""
    element = shape(text="x")
    runs = [{"textRun": {"content": piece}} for piece in ("for {", "{na", "me}}", ".")]
    element["shape"]["text"]["textElements"] = [{"paragraphMarker": {}}, *runs]

    drawn = await draw(tab, element)

    assert "".join(one["text"] for one in drawn if one["name"] == "MARK") == "{{name}}"


async def test_colours_are_those_of_the_deck(tab: Tab) -> None:
    """Of its own, or of the theme."""
    red, themed = shape(), shape()
    red["shape"]["shapeProperties"] = fill({"rgbColor": {"red": 1}})
    themed["shape"]["shapeProperties"] = fill({"themeColor": "ACCENT1"})
    scheme = {"colors": [{"type": "ACCENT1", "color": {"blue": 1}}]}

    drawn = await draw(tab, red, themed, masters=[{"pageProperties": {"colorScheme": scheme}}])

    assert [one["fill"] for one in drawn] == ["rgb(255 0 0 / 1)", "rgb(0 0 255 / 1)"]


def fill(colour: Json) -> Json:
    """Return a shape's properties with a ground of one colour."""
    return {"shapeBackgroundFill": {"solidFill": {"color": colour, "alpha": 1}}}


async def test_a_picture_is_named_and_not_fetched(tab: Tab) -> None:
    """Its address may be anywhere."""
    image = shape() | {"image": {"contentUrl": "https://elsewhere.example/x.png"}, "description": "A logo"}
    del image["shape"]

    drawn = await draw(tab, image)

    assert [one["text"] for one in drawn if one["name"] == "text"] == ["A logo"]
    assert not [address for address in tab.requested if "elsewhere" in address]
