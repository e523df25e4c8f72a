import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.api.bodies import check_query, read_batch, read_json
from fakeslides.errors import SlidesApiError


def refusal(raw: bytes) -> SlidesApiError:
    """Return how a body is refused."""
    with pytest.raises(SlidesApiError) as caught:
        read_batch(raw)
    return caught.value


def test_reads_camel_case_and_snake_case_alike() -> None:
    """Google's transcoder takes both."""
    camel = read_batch(b'{"requests": [{"a": {}}], "writeControl": {"requiredRevisionId": "r"}}')
    snake = read_batch(b'{"requests": [{"a": {}}], "write_control": {"required_revision_id": "r"}}')

    assert camel == snake
    assert camel.kinds == ["a"]


def test_a_kind_is_what_is_set_however_it_is_spelt() -> None:
    """A rule for one kind must strike it from every client, and a conflict name it as Google does."""
    batch = read_batch(
        b'{"requests": [{"insertText": null, "replace_all_text": {}}, {"insertText": null}, {}, 3]}'
    )

    assert batch.kinds == ["replaceAllText", "", "", ""]


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"requests": null, "writeControl": null}'])
def test_null_and_absent_are_unset(raw: bytes) -> None:
    """Google's messages know no null."""
    batch = read_batch(raw)

    assert (batch.requests, batch.required_revision_id) == ([], None)


def test_names_what_it_does_not_know() -> None:
    """The text and the violation are Google's."""
    error = refusal(b'{"frobnicate": 1}')

    assert error.message == 'Invalid JSON payload received. Unknown name "frobnicate": Cannot find field.'
    assert error.details[0]["fieldViolations"][0]["description"] == error.message


def test_says_where_an_unknown_name_stands() -> None:
    """Paths are in snake case."""
    error = refusal(b'{"writeControl": {"targetRevisionId": "x"}}')

    assert "Unknown name \"targetRevisionId\" at 'write_control'" in error.message


@pytest.mark.parametrize(
    "raw",
    [
        b"[]",
        b"3",
        b"{",
        b"\xff",
        b'{"writeControl": 3}',
        b"[" * 100_000,
        b'{"requests": NaN}',
        b'{"title": "\xed\xa0\x80"}',
        '{"title": "\\ud800"}'.encode("utf-16"),
        "{}".encode("utf-16"),
        "{}".encode("utf-32-be"),
    ],
)
def test_refuses_what_is_not_a_message(raw: bytes) -> None:
    """A client's broken body must not break the server."""
    error = refusal(raw)

    assert (error.code, error.status) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize("raw", [rb'{"title": "\uD800"}', rb'{"\ud800": 1}'])
def test_refuses_half_of_a_character(raw: bytes) -> None:
    """It was taken as a title, and then no answer and no ledger that told of it could be written."""
    assert "unpaired surrogate" in refusal(raw).message


def test_takes_a_character_that_is_escaped_in_two_halves() -> None:
    """So are emoji escaped in JSON."""
    assert read_json(rb'{"title": "\ud83d\ude00 \u00e9"}') == {"title": "\N{GRINNING FACE} \u00e9"}


@pytest.mark.parametrize("name", ["pageSize", "field", '{"requests": []}'])
def test_refuses_what_no_query_may_hold(name: str) -> None:
    """A misspelt mask was ignored here; and JSON that went as a form worked here and nowhere else."""
    with pytest.raises(SlidesApiError) as refused:
        check_query("presentations.batchUpdate", ["alt", name])

    assert refused.value.code == 400
    assert refused.value.message == (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message."
    )


@pytest.mark.parametrize("method", ["presentations.get", "presentations.batchUpdate"])
def test_takes_what_any_query_may_hold(method: str) -> None:
    """Google's clients say alt=json and more with every call."""
    check_query(method, ["alt", "$alt", "fields", "quotaUser", "prettyPrint", "$.xgafv", "key"])


def test_takes_whatever_is_said_of_a_new_presentation() -> None:
    """Google's own sample gives a title in the query."""
    check_query("presentations.create", ["title"])


@given(raw=st.binary(max_size=200) | st.text(alphabet='{}[]":,null1').map(str.encode))
def test_no_body_brings_it_down(raw: bytes) -> None:
    """It is read or refused."""
    try:
        assert isinstance(read_json(raw), dict)
    except SlidesApiError as error:
        refused = error.code
    else:
        refused = 400

    assert refused == 400
