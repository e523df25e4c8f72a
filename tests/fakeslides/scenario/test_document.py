import pytest

from fakeslides.scenario.document import DEEPEST, Document


def texts(source: str) -> list[str]:
    """Return what is wrong with a document."""
    return [problem.text for problem in Document(source).problems]


def test_reads_mappings_lists_and_text_and_knows_their_lines() -> None:
    """Lines are what makes an error findable."""
    document = Document("a:\n  - b: 1\n    c: yes\n  - d\ne:\n")

    assert document.data == {"a": [{"b": "1", "c": "yes"}, "d"], "e": None}
    assert document.line_of(("a", 0, "c")) == 3
    assert document.line_of(("a", 1)) == 4
    assert document.line_of(("a", 0, "missing")) == 2
    assert not document.problems


@pytest.mark.parametrize("text", ["1:30", "on", "2024-13-45", "0x10", "1_000", ".inf"])
def test_makes_no_guess_about_a_scalar(text: str) -> None:
    """YAML 1.1 reads `1:30` as ninety and fails at a thirteenth month; a scenario's models decide."""
    assert Document(f"a: {text}").data == {"a": text}


def test_a_quoted_nothing_is_text() -> None:
    """`~` and an empty value are nothing; quotes say otherwise."""
    assert Document("a: ~\nb: '~'\nc: null").data == {"a": None, "b": "~", "c": None}


def test_takes_a_character_that_is_escaped_in_two_halves() -> None:
    """So does JSON write emoji, and scenarios travel to a running server as JSON."""
    document = Document(r'{"\ud83d\ude00": "\ufeffa \ud83d\ude00\ud83d\ude00"}')

    assert document.data == {"\N{GRINNING FACE}": "\ufeffa \N{GRINNING FACE}\N{GRINNING FACE}"}
    assert not document.problems


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a: !!python/object/apply:os.system [id]", "tag"),
        ("a: !custom x", "tag"),
        ("!!python/name:os.system a: x", "write plain keys"),
        ('a: "\\U00110000"', "out of range"),
        ('a: "\\UFFFFFFFF"', "out of range"),
        ("%YAML " + "9" * 5000 + ".1\n---\na: 1", "out of range"),
        ('a: "\\ud800"', "half of a character"),
        ('"\\ud800": 1', "half of a character"),
        ('a: "\\udc00\\ud800"', "half of a character"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: 1\na: 2", "second time (first in line 1)"),
        ("? [a]\n: b", "write a name"),
        ("[" * 9000, "nested deeper"),
        ("a: [" * (DEEPEST + 1), "nested deeper"),
        ("a: [1", "is not YAML"),
        ("\x00", "is not YAML"),
        ("a: 'b", "is not YAML"),
        ("a: 1\n---\nb: 2", "is not YAML"),
        ("\tx: 1", "is not YAML"),
    ],
)
def test_refuses_what_a_scenario_never_needs(source: str, says: str) -> None:
    """Tags build objects, aliases build bombs, doubled keys hide one of them."""
    assert any(says in text for text in texts(source)), texts(source)
