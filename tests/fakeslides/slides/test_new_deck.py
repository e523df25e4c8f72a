from fakeslides.slides.elements import Shape
from fakeslides.slides.new_deck import new_deck
from fakeslides.slides.presentation import Presentation
from fakeslides.slides.request_schemas import PREDEFINED_LAYOUTS


def test_has_one_empty_title_slide() -> None:
    """What a client finds after presentations.create."""
    slide = new_deck("d", "Hello")["slides"][0]

    placeholders = [element["shape"]["placeholder"]["type"] for element in slide["pageElements"]]
    assert (slide["objectId"], placeholders) == ("p", ["CENTERED_TITLE", "SUBTITLE"])
    assert not any("text" in element["shape"] for element in slide["pageElements"])
    assert "pageType" not in slide


def test_has_every_predefined_layout_with_a_slide_number() -> None:
    """Each may be asked for by createSlide."""
    layouts = new_deck("d", "")["layouts"]

    names = {layout["layoutProperties"]["name"] for layout in layouts}
    assert names == set(PREDEFINED_LAYOUTS) - {"PREDEFINED_LAYOUT_UNSPECIFIED"}
    assert [layout["objectId"] for layout in layouts] == [f"p{number}" for number in range(2, 13)]
    for layout in layouts:
        assert "autoText" in layout["pageElements"][-1]["shape"]["text"]["textElements"][1]


def test_every_parent_of_a_placeholder_exists() -> None:
    """Strict clients resolve them all."""
    presentation = Presentation.from_json(new_deck("d", ""))

    elements = [element for page in presentation.pages.values() for element in page.elements]
    parents = {
        element.placeholder["parentObjectId"]
        for element in elements
        if isinstance(element, Shape) and "parentObjectId" in element.placeholder
    }

    assert parents
    assert all(presentation.find_element(parent) for parent in parents)
