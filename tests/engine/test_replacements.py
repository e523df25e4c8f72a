"""Files of replacements, good and bad."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.replacements import ReplacementsError, load_replacements

GOOD = {
    "a.yaml": '"{{name}}": Ada\n"{{price}}": "12"\n',
    "a.json": '{"{{name}}": "Ada", "{{price}}": "12"}',
    "a.csv": "{{name}},Ada\n\n{{price}},12\n",
}
BAD = {
    "empty_key.yaml": ('"": x\n', ":1: the key is empty"),
    "number.yaml": (
        "name: Ada\nprice: 12\n",
        ":2: price: expected text, got the number 12; put it in quotes",
    ),
    "truth.yaml": ("name: yes\n", ":1: name: expected text, got the truth value yes"),
    "nothing.yaml": ("name:\n", ":1: name: expected text, got nothing"),
    "braces.yaml": (
        "{{customer}}: Ada\n",
        ":1: {{customer}}: expected text, got a mapping as the key; put it in",
    ),
    "list.yaml": ("name: [a]\n", ":1: name: expected text, got a list"),
    "twice.yaml": ("a: x\nb: y\na: z\n", ":3: a: already in line 1; expected each key once"),
    "no_mapping.yaml": ("- a\n- b\n", ":1: expected a mapping of text to text"),
    "broken.yaml": ("a: [\n", ":2: this is not YAML"),
    "object.yaml": ("a: !!python/object:os.system x\n", ":1: a: expected text, got"),
    "blank.yaml": ("", ":1: no replacements"),
    "number.json": ('{"name": "Ada",\n "price": 12}', ":2: price: expected text, got the number 12"),
    "truth.json": ('{"name": true}', ":1: name: expected text, got the truth value true"),
    "twice.json": ('{"a": "x",\n"a": "y"}', ":2: a: already in line 1"),
    "broken.json": ('{"a": "x",\n', ":2: this is not JSON"),
    "list.json": ("[]", ":1: expected an object"),
    "empty_key.csv": ("a,b\n,x\n", ":2: the key is empty"),
    "three.csv": ("a,b\na,b,c\n", ":2: expected two columns, find and replace; got 3"),
    "quote.csv": ('a,"b\n', "this is not CSV"),
}


@pytest.mark.parametrize("name", GOOD)
def test_reads_each_form(name: str, tmp_path: Path) -> None:
    """The order counts: a later key may find what an earlier one has written."""
    (tmp_path / name).write_text(GOOD[name], "utf-8")

    replacements = load_replacements(tmp_path / name)

    assert list(replacements.items()) == [("{{name}}", "Ada"), ("{{price}}", "12")]


@pytest.mark.parametrize("name", BAD)
def test_says_file_line_and_what_is_wrong(name: str, tmp_path: Path) -> None:
    """Whoever wrote the file must find the place without searching."""
    text, expected = BAD[name]
    (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(ReplacementsError) as caught:
        load_replacements(tmp_path / name)

    assert expected in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / name}:")


def test_tells_all_problems_at_once(tmp_path: Path) -> None:
    """One run per mistake would be a tedious way to mend a file."""
    file = tmp_path / "r.yaml"
    file.write_text('"": x\na: 1\n', "utf-8")

    with pytest.raises(ReplacementsError) as caught:
        load_replacements(file)

    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("r.json", "[" * 100_000), ("r.yaml", "[" * 5_000), ("r.json", '{"a": ' + "1" * 5_000 + "}")],
)
def test_what_no_reader_can_take_is_told_with_its_file(tmp_path: Path, name: str, content: str) -> None:
    """It was a traceback, or a word about Python's limits that named no file."""
    file = tmp_path / name
    file.write_text(content, "utf-8")

    with pytest.raises(ReplacementsError, match=f"{file}:1: .*expected a mapping of text to text"):
        load_replacements(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The name is what was mistyped."""
    with pytest.raises(ReplacementsError, match=r"nowhere\.yaml: cannot be read: No such file"):
        load_replacements(tmp_path / "nowhere.yaml")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A spreadsheet saved as itself, and not as CSV."""
    file = tmp_path / "r.csv"
    file.write_bytes(b"PK\xff\xfe")

    with pytest.raises(ReplacementsError, match=r"r\.csv: cannot be read: it is not UTF-8 text"):
        load_replacements(file)


def test_a_byte_order_mark_is_not_part_of_the_first_key(tmp_path: Path) -> None:
    """Spreadsheet programs write one in front of their CSV."""
    file = tmp_path / "r.csv"
    file.write_bytes(b"\xef\xbb\xbfa,b\n")

    assert load_replacements(file) == {"a": "b"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=60), suffix=st.sampled_from([".yaml", ".json", ".csv"]))
def test_no_bytes_whatever_give_anything_but_a_message(content: bytes, suffix: str, tmp_path: Path) -> None:
    """A traceback is no message."""
    file = tmp_path / f"any{suffix}"
    file.write_bytes(content)

    with contextlib.suppress(ReplacementsError):
        replacements = load_replacements(file)
        assert all(isinstance(value, str) and key for key, value in replacements.items())
