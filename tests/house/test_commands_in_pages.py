"""What the README and the pages tell people to type and to click on is there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from loadtests.__main__ import main
from tests.support.source_tree import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKE_TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def typed_in(page: Path, program: str) -> Iterator[list[str]]:
    """Yield the words behind `program` in each line that a page has typed at a prompt."""
    for line in re.findall(rf"^\$ {program} (.+)$", page.read_text("utf-8"), re.MULTILINE):
        yield [word for word in shlex.split(line, comments=True) if word != "&"]


def unknown_in(words: list[str]) -> Iterator[str]:
    """Yield what `deckstorm` does not know of a line."""
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(context, name)
        if found is None:
            yield name
            return
        command = found
    known = {flag for parameter in command.params for flag in parameter.opts}
    yield from (word for word in words if word.startswith("--") and word.partition("=")[0] not in known)


def anchors_of(page: Path) -> set[str]:
    """Return the names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@by_page
def test_every_command_and_option_of_deckstorm_exists(page: Path) -> None:
    """A newcomer types what stands there, and stops at the first line that fails."""
    assert [word for words in typed_in(page, "deckstorm") for word in unknown_in(words)] == []


@by_page
def test_every_target_of_make_exists(page: Path) -> None:
    """Likewise."""
    named = {words[0] for words in typed_in(page, "make")}
    named |= set(re.findall(r"`make ([a-z-]+)`", page.read_text("utf-8")))

    assert named - set(MAKE_TARGETS) == set()


@by_page
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    """Sections are renamed, and the pages that name them are not."""
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text("utf-8")):
        led_to = page.parent / target if target else page
        assert led_to.exists(), target
        assert not anchor or anchor in anchors_of(led_to), f"{target}#{anchor}"
