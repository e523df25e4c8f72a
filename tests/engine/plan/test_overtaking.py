import pytest

from engine.plan.operations import ReplaceText
from engine.plan.overtaking import overtaken


def _edit(name: str, find: str, replace: str = "", page: str = "s1") -> ReplaceText:
    return ReplaceText(name, "deck", page, (page,), find, replace)


@pytest.mark.parametrize(
    ("first", "second", "is_late"),
    [
        (_edit("a", "{{name}}"), _edit("b", "name"), True),
        (_edit("a", "name"), _edit("b", "{{name}}"), True),
        (_edit("a", "net price"), _edit("b", "price list"), True),
        (_edit("a", "go"), _edit("b", "come", "go"), True),
        (_edit("a", "go", "come"), _edit("b", "come"), True),
        (_edit("a", "{{one}}", "1"), _edit("b", "{{two}}", "2"), False),
        (_edit("a", "name"), _edit("b", "{{name}}", page="s2"), False),
    ],
)
def test_an_edit_is_too_late_if_one_after_it_finds_text_of_it(
    first: ReplaceText, second: ReplaceText, *, is_late: bool
) -> None:
    """Sent now it would find what is no longer there, or what was never meant for it."""
    assert overtaken([first], [second], ["a", "b"]) == ([first] if is_late else [])


def test_what_was_to_come_first_anyway_overtakes_nobody() -> None:
    """Then the order is as it was meant."""
    first, second = _edit("a", "{{name}}"), _edit("b", "name")

    assert overtaken([second], [first], ["a", "b"]) == []
