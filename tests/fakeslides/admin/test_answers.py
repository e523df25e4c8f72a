import json

from fakeslides.admin.answers import AdminError, error_answer, json_answer, ndjson_answer


def test_an_error_says_everything_that_is_wrong() -> None:
    """One thing at a time would send its reader back as often as there are mistakes."""
    answer = error_answer(AdminError(400, "two things", problems=["this", "that"], headers={"Allow": "GET"}))

    assert (answer.status, answer.headers["Allow"]) == (400, "GET")
    assert json.loads(answer.body or b"") == {"error": "two things", "problems": ["this", "that"]}


def test_an_error_of_one_thing_is_one_sentence() -> None:
    """A list of nothing would only be noise."""
    assert error_answer(AdminError(404, "gone")).body == b'{"error": "gone"}'


def test_nobody_may_keep_an_answer_or_guess_its_type() -> None:
    """It tells of decks, and a browser may be what asks."""
    headers = json_answer({}).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_many_objects_go_one_to_a_line() -> None:
    """A reader can stop anywhere, and `jq` and `grep` work on it."""
    assert ndjson_answer([{"a": "ü"}, {}]).body == '{"a": "ü"}\n{}\n'.encode()
