import json
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from loadtests.timeline import page
from loadtests.timeline.page import bundle, timeline_page
from loadtests.timeline.story import Remark
from tests.support.source_tree import ROOT
from tests.support.stories import ZERO, a_story

STATIC = ROOT / "loadtests" / "timeline" / "static"
NASTY = "</script><script>alert(1)</script> <!-- & \u2028 \ud800 \U0001f4a5 {{story}} \\u003c"


def _part(html: str, tag: str) -> str:
    (found,) = re.findall(f"<{tag}>(.*?)</{tag.split(maxsplit=1)[0]}>", html, re.DOTALL)
    return str(found)


def test_the_story_comes_back_as_it_was() -> None:
    """Whatever its texts hold: the end of a script, half a character, a place of the page's own."""
    html = timeline_page(a_story(remarks=[Remark(ZERO, NASTY)]))

    data = json.loads(_part(html, 'script type="application/json" id="story"'))

    assert data["remarks"] == [[0.0, NASTY, False]]


@pytest.mark.parametrize("sign", ["<", ">", "&"])
def test_no_text_can_become_markup(sign: str) -> None:
    """The data holds none of the signs that HTML is made of."""
    html = timeline_page(a_story(remarks=[Remark(ZERO, NASTY)]))

    assert sign not in _part(html, 'script type="application/json" id="story"')


def test_the_page_is_plain_ascii() -> None:
    """It reads the same in whatever encoding it is saved and served."""
    assert timeline_page(a_story(remarks=[Remark(ZERO, NASTY)])).isascii()


def test_the_policy_lets_the_pages_own_script_and_styles_run_and_nothing_else() -> None:
    """By their hashes: what a text might smuggle in has another."""
    html = timeline_page(a_story())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html)

    hashes = [
        b64encode(sha256(_part(html, tag).encode()).digest()).decode()
        for tag in ('script type="module"', "style")
    ]

    assert policy == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_names_nothing_outside_of_itself() -> None:
    """It works on a plane."""
    html = timeline_page(a_story())

    assert re.findall(r"https?://|@import|url\(|\bsrc=|<link|\bfetch\b|\bimport\b", html) == []


def test_every_file_of_the_page_is_in_it() -> None:
    """A file that nobody takes along is dead; one that is missing is an error at once."""
    taken = {"page.html", *page._STYLES, *page._SCRIPTS}

    assert {path.name for path in STATIC.iterdir()} == taken


def test_a_bundle_knows_no_imports_and_no_exports() -> None:
    """All its modules have become one."""
    first = "export const one = 1;\nexport function two() {}\n"
    second = 'import { one, two } from "./first.js";\nimport {\n  three,\n} from "./third.js";\ntwo(one);\n'

    assert bundle([first, second]) == "const one = 1;\nfunction two() {}\n\ntwo(one);\n"


def test_every_import_names_a_module_that_comes_along() -> None:
    """Imports are taken out of the bundle, so nothing else would miss one."""
    scripts = {name: (STATIC / name).read_text("utf-8") for name in page._SCRIPTS}
    imported = {name for script in scripts.values() for name in re.findall(r'from "\./([\w.]+)"', script)}

    assert len(imported) > 10
    assert imported <= set(scripts)
