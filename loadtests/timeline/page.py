"""The timeline as a page: one file that needs nothing else, works offline, and runs nothing but itself."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable

from loadtests.timeline.document import document_of
from loadtests.timeline.story import Story
from loadtests.timeline.words import scene_words

_STYLES = ("ground.css", "parts.css")
# In the order in which they need each other.
_SCRIPTS = (
    "dom.js",
    "story.js",
    "view.js",
    "rows.js",
    "palette.js",
    "shapes.js",
    "lanes.js",
    "strips.js",
    "search.js",
    "details.js",
    "moments.js",
    "chart.js",
    "controls.js",
    "page.js",
)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./[^"]+";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|class)", re.MULTILINE)
_PLACE = re.compile(r"\{\{(\w+)\}\}")
# What ends a script or begins markup; in JSON they only occur within strings.
_RISKY = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}


def timeline_page(story: Story) -> str:
    """Return a page that shows a story, as one self-contained HTML file in ASCII.

    Whatever texts the story holds, none of them can become markup or a script: they travel as JSON that
    holds none of HTML's own characters, and the page's policy runs only the script it was made with.
    """
    folder = files(__package__) / "static"
    styles = "\n".join(_read(folder, name) for name in _STYLES)
    script = bundle(_read(folder, name) for name in _SCRIPTS)
    title = f"{scene_words(story)}: deckstorm timeline"
    parts = {
        "policy": _policy(styles, script),
        "title": escape(title).encode("ascii", "xmlcharrefreplace").decode(),
        "styles": styles,
        "script": script,
        "story": json.dumps(document_of(story), separators=(",", ":")).translate(_RISKY),
    }
    return _PLACE.sub(lambda place: parts[place[1]], _read(folder, "page.html"))


def bundle(scripts: Iterable[str]) -> str:
    """Return modules as one, in which all their names are known to each other.

    Inline modules cannot import each other, so imports and exports are taken out; no two modules may give
    the same name to different things.
    """
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", script)) for script in scripts)


def _read(folder: Traversable, name: str) -> str:
    return (folder / name).read_text("utf-8")


def _policy(styles: str, script: str) -> str:
    """Return the policy: its own script and styles, known by their hashes, and nothing from anywhere."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(styles)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
