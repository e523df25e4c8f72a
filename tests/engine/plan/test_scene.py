"""What a look shows to requests."""

from engine.plan.scene import Scene, object_at, shifted_objects
from engine.snapshot import SCENE_FIELDS
from fakeslides.slides.masks import apply_mask, read_mask
from tests.support.presentations import DECK, group, shape, store_with, table, update


def _scene(*elements: dict[str, object], edits: tuple[dict[str, object], ...] = ()) -> Scene:
    store = store_with(*elements, notes="said")
    if edits:
        update(store, *edits)
    return Scene.of(apply_mask(store.get(DECK).to_json(), read_mask(SCENE_FIELDS)))


def test_every_object_is_seen_wherever_it_stands() -> None:
    """One that is overlooked would be refused as unknown."""
    store = store_with(group("g", shape("inner", "deep"), shape("other")), table("t", [["a", "b"]]))
    document = store.get(DECK).to_json()
    scene = Scene.of(apply_mask(document, read_mask(SCENE_FIELDS)))

    assert {"p", "g", "inner", "other", "t"} <= scene.holder_of.keys()
    assert {page["objectId"] for kind in ("layouts", "masters") for page in document[kind]} <= set(
        scene.holder_of
    )
    assert document["notesMaster"]["objectId"] in scene.holder_of
    assert scene.page_of("inner") == scene.page_of("g") == "p"
    assert scene.page_of("p") == "p"


def test_texts_are_seen_by_place_empty_ones_too() -> None:
    """A text that comes into an empty shape is a change of it."""
    scene = _scene(shape("full", "text"), shape("empty"), table("t", [["a", ""]]))

    assert {
        place: text for place, text in scene.texts.items() if object_at(place) in {"full", "empty", "t"}
    } == {
        "full": "text",
        "empty": "",
        "t[0,0]": "a",
        "t[0,1]": "",
    }
    assert "said" in scene.texts.values()


def test_an_object_has_shifted_when_any_of_its_texts_has() -> None:
    """Whoever counts in it would count in another text."""
    elements = (shape("one", "text"), shape("two", "text"), table("t", [["a", "b"]]))
    edits = (
        {"insertText": {"objectId": "one", "text": "x"}},
        {"insertText": {"objectId": "t", "text": "x", "cellLocation": {"columnIndex": 1}}},
    )

    assert shifted_objects(_scene(*elements), _scene(*elements, edits=edits)) == {"one", "t"}


def test_groups_that_hold_one_another_have_no_page_and_no_end() -> None:
    """Nobody can make them; who asks must not hang."""
    assert Scene({"a": "b", "b": "a"}, frozenset(), {}).page_of("a") in {"a", "b"}
