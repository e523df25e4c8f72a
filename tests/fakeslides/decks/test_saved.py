import json
from pathlib import Path
from random import Random

import pytest

from fakeslides.decks.realistic import realistic_deck
from fakeslides.decks.saved import DeckError, load_deck, load_decks


def test_a_saved_answer_is_a_deck_with_a_value_for_each_key(tmp_path: Path) -> None:
    """Keys split over runs, in tables and in notes are found too."""
    made = realistic_deck("deck", slide_count=2, key_count=6, dice=Random(1))
    path = tmp_path / "saved.json"
    path.write_text(json.dumps(made.document), encoding="utf-8")

    deck = load_deck(path)

    assert (deck.presentation_id, deck.document) == ("deck", made.document)
    assert set(deck.replacements) == set(made.replacements)
    assert not any(key in value for key in deck.replacements for value in deck.replacements.values())
    assert len(set(deck.replacements.values())) == 6


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{\n"presentationId": oops}', "saved.json:2: not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"presentationId": "d", "x": NaN}', "NaN is no number"),
        (b'{"presentationId": "d", "x": ' + b"9" * 5_000 + b"}", "Exceeds the limit"),
        (b'{"presentationId": "d", "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "maximum recursion depth"),
        (b'{"presentationId": "d", "slides": [{"objectId": 5}]}', "objectId: 5 is no text"),
        (b"[]", "presentationId: missing"),
        (b'{"slides": []}', "presentationId: missing"),
        (b'{"presentationId": "d", "slides": [{"pageElements": []}]}', "objectId: missing"),
        (b'{"presentationId": "d", "slides": [7]}', "not a presentation"),
        (b'{"presentationId": "d", "slides": 7}', "not a presentation"),
        (
            b'{"presentationId": "d", "slides": [{"objectId": "s", "pageElements": ["x"]}]}',
            "not a presentation",
        ),
        (b'{"presentationId": 7}', "presentationId: missing"),
        (b'{"presentationId": "d", "title": "\\ud83d"}', "surrogates not allowed"),
        (
            b'{"presentationId": "d", "slides": [{"objectId": "s"}, {"objectId": "s"}]}',
            "objectId: s occurs more",
        ),
        (
            b'{"presentationId": "d", "slides": [{"objectId": "s", "pageElements": [{"objectId": "s"}]}]}',
            "objectId: s occurs more than once",
        ),
    ],
)
def test_a_file_that_is_no_deck_is_named_with_what_is_wrong(tmp_path: Path, content: bytes, why: str) -> None:
    """One sentence, and no traceback."""
    path = tmp_path / "saved.json"
    path.write_bytes(content)

    with pytest.raises(DeckError) as refused:
        load_deck(path)

    assert str(path) in str(refused.value)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A typing mistake on the command line."""
    with pytest.raises(DeckError, match=r"none\.json: cannot be read: No such file"):
        load_deck(tmp_path / "none.json")


def test_two_files_of_one_presentation_are_refused(tmp_path: Path) -> None:
    """The server holds one of them only, and a sweep would hold it against itself for editing it twice."""
    first, second = tmp_path / "monday.json", tmp_path / "friday.json"
    for path in (first, second):
        path.write_text('{"presentationId": "deck"}', "utf-8")

    with pytest.raises(DeckError) as refused:
        load_decks([first, second])

    assert str(refused.value).startswith(f"{second}: presentationId: deck is in {first} already; give")
