from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from fakeslides.slides.request_schemas import REQUEST_KINDS
from fakeslides.slides.requests import Request, parse_requests


class TestParseRequests:
    def test_gives_kind_and_body(self) -> None:
        """Names are camelCase from here on, whatever was sent."""
        parsed = parse_requests([{"insert_text": {"object_id": "x", "insertionIndex": "2"}}, {}])

        assert parsed == [Request("insertText", {"objectId": "x", "insertionIndex": 2}), Request(None, {})]

    def test_a_bad_value_is_named_with_its_path(self) -> None:
        """The path says which of many requests is wrong."""
        reference = {"predefinedLayout": "TITLE_SLIDE"}

        with pytest.raises(SlidesApiError) as refused:
            parse_requests([{}, {"createSlide": {"slideLayoutReference": reference}}])

        path = "requests[1].create_slide.slide_layout_reference.predefined_layout"
        assert refused.value.message == (
            f"Invalid value at '{path}' (type.googleapis.com/google.apps.slides.v1.PredefinedLayout), "
            '"TITLE_SLIDE"'
        )
        assert refused.value.details[0]["fieldViolations"][0]["field"] == path

    def test_a_null_kind_is_no_kind(self) -> None:
        """In proto3 JSON, null means unset."""
        assert parse_requests([{"insertText": None}]) == [Request(None, {})]

    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            ([], "Must specify at least one request."),
            (
                [{"frobnicate": {}}],
                (
                    'Invalid JSON payload received. Unknown name "frobnicate"'
                    " at 'requests[0]': Cannot find field."
                ),
            ),
            (
                [{"insertText": {}, "deleteText": {}}],
                (
                    "Invalid value at 'requests[0]' (oneof), "
                    "oneof field 'kind' is already set. Cannot set 'deleteText'"
                ),
            ),
            (
                ["text"],
                (
                    "Invalid value at 'requests[0]' "
                    '(type.googleapis.com/google.apps.slides.v1.Request), "text"'
                ),
            ),
        ],
    )
    def test_refuses_what_is_no_request(self, sent: list[Any], message: str) -> None:
        """Nothing is applied of a batch that cannot be read."""
        with pytest.raises(SlidesApiError) as refused:
            parse_requests(sent)

        assert refused.value.message == message


def test_knows_all_kinds_of_the_api_by_name() -> None:
    """The discovery document counts 49."""
    assert len(REQUEST_KINDS) == 49
