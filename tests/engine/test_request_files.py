"""Files of requests."""

from pathlib import Path

import pytest

from engine.request_files import RequestFileError, load_requests


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '[{"createSlide": {}}, {"deleteObject": {"objectId": "x"}}]'),
        ("a.json", '\ufeff{"requests": [{"createSlide": {}}, {"deleteObject": {"objectId": "x"}}]}'),
        ("a.yaml", "- createSlide: {}\n- deleteObject: {objectId: x}\n"),
        ("a", "requests:\n- createSlide: {}\n- deleteObject:\n    objectId: x\n"),
    ],
)
def test_a_list_or_the_body_of_a_batch_update_is_read(tmp_path: Path, name: str, text: str) -> None:
    """Both are at hand: one is what is written, the other is what is logged."""
    (tmp_path / name).write_text(text, "utf-8")

    assert load_requests(tmp_path / name) == [{"createSlide": {}}, {"deleteObject": {"objectId": "x"}}]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.json", '[{"createSlide": {}},\n oops]', "a.json:2: this is not JSON"),
        ("a.yaml", "- {a\n- b", r"a\.yaml:\d: this is not YAML"),
        ("a.yaml", "", "expected a list of requests"),
        ("a.yaml", "createSlide: {}", "createSlide: expected `requests` and nothing else"),
        ("a.yaml", "requests: 5", "expected a list of requests"),
        ("a.yaml", "[" * 5_000, "nested too deeply"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.yaml", "requests: []\nwriteControl: {}", "writeControl: expected `requests`"),
    ],
)
def test_anything_else_is_refused_by_its_place(tmp_path: Path, name: str, text: str, why: str) -> None:
    """The message says what would be right."""
    (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(RequestFileError, match=why):
        load_requests(tmp_path / name)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A misspelt name is the most usual mistake."""
    with pytest.raises(RequestFileError, match=r"nowhere.yaml: cannot be read"):
        load_requests(tmp_path / "nowhere.yaml")
    (tmp_path / "latin").write_bytes(b"\xe4")
    with pytest.raises(RequestFileError, match="not UTF-8"):
        load_requests(tmp_path / "latin")


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.yaml", "- insertText: {text: a}\n  insertText: {text: b}\n", r"a\.yaml:2: .*insertText: twice"),
        ("a.yaml", "- insertText:\n    text: a\n    text: b\n", r"a\.yaml:3: .*text: twice"),
        (
            "a.json",
            '[{"insertText": {"text": "a"}, "insertText": {"text": "b"}}]',
            r"a\.json: insertText: twice",
        ),
    ],
)
def test_no_request_hides_another_one(tmp_path: Path, name: str, text: str, where: str) -> None:
    """A forgotten dash would have dropped the first of two requests, and said that all were applied."""
    (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(RequestFileError, match=where):
        load_requests(tmp_path / name)
