from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.errors import SlidesApiError
from fakeslides.slides.masks import apply_mask, read_mask

DOCUMENT: dict[str, Any] = {
    "presentationId": "d",
    "title": "T",
    "slides": [
        {"objectId": "a", "slideProperties": {"layoutObjectId": "l", "masterObjectId": "m"}},
        {"objectId": "b", "pageElements": [{"objectId": "e", "title": "alt"}]},
    ],
}


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("", DOCUMENT),
        ("*", DOCUMENT),
        ("title", {"title": "T"}),
        ("title,presentationId", {"presentationId": "d", "title": "T"}),
        ("slides/objectId", {"slides": [{"objectId": "a"}, {"objectId": "b"}]}),
        ("slides.objectId", {"slides": [{"objectId": "a"}, {"objectId": "b"}]}),
        (
            "slides(objectId,slideProperties/masterObjectId)",
            {"slides": [{"objectId": "a", "slideProperties": {"masterObjectId": "m"}}, {"objectId": "b"}]},
        ),
        ("slides/pageElements/image", {"slides": [{}, {"pageElements": [{}]}]}),
        ("slides/objectId,slides", {"slides": DOCUMENT["slides"]}),
        ("slides,slides/objectId", {"slides": DOCUMENT["slides"]}),
        ("presentation_id, title", {"presentationId": "d", "title": "T"}),
        ("*/objectId", {"slides": [{"objectId": "a"}, {"objectId": "b"}]}),
    ],
)
def test_keeps_what_the_mask_asks_for(mask: str, kept: dict[str, Any]) -> None:
    """Clients that mask their reads must find what they asked for, and nothing else to lean on."""
    assert apply_mask(DOCUMENT, read_mask(mask)) == kept


@pytest.mark.parametrize(
    ("mask", "path"), [("slides/frobnicate", "slides.frobnicate"), ("slides(objectId,x/y)", "slides.x")]
)
def test_refuses_a_field_the_api_does_not_have(mask: str, path: str) -> None:
    """The message says nothing; the cause is in the details."""
    with pytest.raises(SlidesApiError) as refused:
        apply_mask(DOCUMENT, read_mask(mask))

    assert (refused.value.code, refused.value.message) == (400, "Request contains an invalid argument.")
    assert refused.value.details[0]["fieldViolations"] == [
        {
            "field": mask,
            "description": (
                f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
            ),
        }
    ]


@pytest.mark.parametrize(
    "mask", ["slides(", "slides)", ",title", "title,", "slides//objectId", "a b", "title!"]
)
def test_refuses_a_mask_that_does_not_parse(mask: str) -> None:
    """Half a mask would silently keep too little."""
    with pytest.raises(SlidesApiError, match="invalid argument"):
        apply_mask(DOCUMENT, read_mask(mask))


@pytest.mark.parametrize("mask", [".".join(["text"] * 3_000), "text(" * 3_000 + "text" + ")" * 3_000])
def test_refuses_a_mask_that_goes_too_deep(mask: str) -> None:
    """One that fits an address took the server's stack, and the client read of an error of the server."""
    with pytest.raises(SlidesApiError, match="invalid argument"):
        apply_mask(DOCUMENT, read_mask(mask))


def test_the_keys_of_a_mapping_are_not_checked() -> None:
    """List ids are data."""
    document = {"slides": {"lists": {"kix.1": {"listId": "kix.1"}, "other": {}}}}

    assert apply_mask(document, read_mask("slides/lists/other")) == {"slides": {"lists": {"other": {}}}}


@pytest.mark.parametrize(
    ("method", "mask", "stray"),
    [
        ("presentations.get", "pageElements/objectId", "pageElements"),
        ("presentations.get", "title,objectId", "objectId"),
        ("presentations.pages.get", "slides", "slides"),
        ("presentations.batchUpdate", "revisionId", "revisionId"),
    ],
)
def test_refuses_a_field_of_another_answer(method: str, mask: str, stray: str) -> None:
    """Whoever had forgotten `slides/` was answered with an empty object, as if the deck had no texts."""
    with pytest.raises(SlidesApiError) as refused:
        read_mask(mask, method)

    assert f"for path '{stray}'" in refused.value.details[0]["fieldViolations"][0]["description"]


@pytest.mark.parametrize(
    ("method", "mask"),
    [
        ("presentations.pages.get", "objectId,pageElements/shape/text"),
        ("presentations.batchUpdate", "replies,writeControl/requiredRevisionId"),
        ("presentations.create", "presentationId,slides/objectId"),
    ],
)
def test_takes_the_fields_of_each_answer(method: str, mask: str) -> None:
    """Clients ask for little to save time."""
    assert read_mask(mask, method)


@given(st.text("ab*/.,() title", max_size=12))
def test_any_mask_is_applied_or_refused(mask: str) -> None:
    """Whatever a client sends, the fake does not stumble."""
    try:
        kept = set(apply_mask(DOCUMENT, read_mask(mask)))
        code = 200
    except SlidesApiError as refused:
        kept, code = set(), refused.code

    assert code in {200, 400}
    assert kept <= set(DOCUMENT)
