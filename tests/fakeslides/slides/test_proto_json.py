from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.errors import SlidesApiError
from fakeslides.slides.proto_json import (
    BOOL,
    DOUBLE,
    INT32,
    STRING,
    Anything,
    Enum,
    MapOf,
    Message,
    Repeated,
    Violation,
    bad_request,
    camel_case,
    read_body,
    snake_case,
)

THING = Message(
    "Thing",
    {
        "someText": STRING,
        "count": INT32,
        "share": DOUBLE,
        "isOn": BOOL,
        "colour": Enum("Colour", ("COLOUR_UNSPECIFIED", "RED")),
        "inner": Message("Inner", {"deepName": STRING}),
        "items": Repeated(Message("Item", {"number": INT32})),
        "byKey": MapOf(STRING),
        "whatever": Anything(),
    },
    one_of=("someText", "count"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["someText", "inner", "items", "deep_name", "x"]), children, max_size=3
        )
    ),
    max_leaves=8,
)


class TestReads:
    def test_both_spellings_of_a_name(self) -> None:
        """Old clients send snake_case, and Google takes it."""
        assert (
            read_body({"some_text": "a"}, THING) == read_body({"someText": "a"}, THING) == {"someText": "a"}
        )

    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            ({"count": "1"}, {"count": 1}),
            ({"count": 2.0}, {"count": 2}),
            ({"share": "0.5"}, {"share": 0.5}),
            ({"isOn": "true"}, {"isOn": True}),
            ({"colour": 1}, {"colour": "RED"}),
            ({"count": None, "inner": {"deepName": None}}, {"inner": {}}),
            ({"items": {"number": 1}}, {"items": [{"number": 1}]}),
            ({"byKey": {"any key": "v"}}, {"byKey": {"any key": "v"}}),
            ({"whatever": [{"x": 1}]}, {"whatever": [{"x": 1}]}),
        ],
    )
    def test_the_lenient_spellings_of_values(self, sent: dict[str, Any], read: dict[str, Any]) -> None:
        """Real clients send a quoted insertionIndex, for one."""
        assert read_body(sent, THING) == read


class TestRefuses:
    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            ({"frob": 1}, 'Invalid JSON payload received. Unknown name "frob": Cannot find field.'),
            (
                {"items": [{}, {"frob.x": 1}]},
                "Invalid JSON payload received. Unknown name \"frob.x\" at 'items[1]': Cannot find field.",
            ),
            ({"count": "abc"}, "Invalid value at 'count' (TYPE_INT32), \"abc\""),
            ({"count": 1.5}, "Invalid value at 'count' (TYPE_INT32), 1.5"),
            ({"count": 2**31}, "Invalid value at 'count' (TYPE_INT32), 2147483648"),
            ({"count": True}, "Invalid value at 'count' (TYPE_INT32), true"),
            ({"isOn": "yes"}, "Invalid value at 'is_on' (TYPE_BOOL), \"yes\""),
            ({"inner": {"deepName": 5}}, "Invalid value at 'inner.deep_name' (TYPE_STRING), 5"),
            (
                {"colour": "BLUE"},
                "Invalid value at 'colour' (type.googleapis.com/google.apps.slides.v1.Colour), \"BLUE\"",
            ),
            (
                {"inner": {"deepName": ["a"]}},
                (
                    "Invalid JSON payload received. Unknown name \"deep_name\" at 'inner': "
                    "Proto field is not repeating, cannot start list."
                ),
            ),
        ],
    )
    def test_in_google_s_words(self, sent: dict[str, Any], message: str) -> None:
        """People look these sentences up; a fake that words them otherwise sends them astray."""
        with pytest.raises(SlidesApiError) as refused:
            read_body(sent, THING)

        assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
        assert refused.value.message == message

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1_0", " 5 ", "", float("inf"), float("nan")])
    @pytest.mark.parametrize("name", ["count", "share"])
    def test_what_python_takes_for_a_number_and_json_does_not(self, name: str, number: object) -> None:
        """A size that is no number was stored, and then no answer that told of it was JSON."""
        with pytest.raises(SlidesApiError, match=f"Invalid value at '{name}'"):
            read_body({name: number}, THING)

    def test_all_that_is_wrong_at_once_and_says_where(self) -> None:
        """A caller corrects a request once and not once per mistake."""
        with pytest.raises(SlidesApiError) as refused:
            read_body({"frob": 1, "inner": {"frob": 2}}, THING)

        violations = refused.value.details[0]["fieldViolations"]
        assert [violation.get("field") for violation in violations] == [None, "inner"]
        assert refused.value.message.count("\n") == 1

    def test_two_kinds_in_one_union(self) -> None:
        """Which of them was meant cannot be known."""
        with pytest.raises(SlidesApiError, match=r"oneof field 'kind' is already set\. Cannot set 'count'"):
            read_body({"someText": "a", "count": 1}, THING)

    def test_half_a_surrogate_pair(self) -> None:
        """It could never be written back as UTF-8, and would break the answer to a later read."""
        with pytest.raises(SlidesApiError, match="TYPE_STRING"):
            read_body({"someText": "\ud83d"}, THING)


@given(JSON)
def test_whatever_is_sent_is_read_or_refused(sent: object) -> None:
    """A body that makes the fake stumble would look like a fault nobody ordered."""
    try:
        read = read_body(sent, THING)
        code = 200
    except SlidesApiError as refused:
        read, code = {}, refused.code

    assert code in {200, 400}
    assert read_body(read, THING) == read


def test_a_violation_of_the_body_itself_names_no_field() -> None:
    """It has no name, and Google leaves the key out."""
    assert bad_request("wrong", [Violation("", "wrong")]).details[0]["fieldViolations"] == [
        {"description": "wrong"}
    ]


@pytest.mark.parametrize("name", ["replaceAllText", "replace_all_text", "replace_allText"])
def test_camel_case_is_json_s_whatever_the_spelling(name: str) -> None:
    """Google takes names in either."""
    assert camel_case(name) == "replaceAllText"


def test_snake_case_is_protobuf_s() -> None:
    """Paths in messages are written so."""
    assert snake_case("replaceAllText") == "replace_all_text"
