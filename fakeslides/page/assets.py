"""The page's files.  They ship inside the package and ask for nothing from anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from aiohttp import web

FOLDER = "/page/"

_CONTENT_TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
# Only files of this origin run, and nothing is written into the page itself: no deck's text becomes a script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page, as it is sent."""

    body: bytes
    content_type: str


def load_assets() -> Mapping[str, Asset]:
    """Return every file by the path it is asked for; `/` is the page itself."""
    found = {entry.name: entry for entry in (files(__package__) / "static").iterdir()}
    assets = {
        FOLDER + name: Asset(entry.read_bytes(), _CONTENT_TYPES[name.rpartition(".")[2]])
        for name, entry in found.items()
    }
    return assets | {"/": assets.pop(FOLDER + "index.html")}


def asset_response(asset: Asset) -> web.Response:
    """Return the answer that carries a file, under the strictest policy that still lets the page work."""
    return web.Response(body=asset.body, content_type=asset.content_type, charset="utf-8", headers=_HEADERS)
