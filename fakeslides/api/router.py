"""The table of addresses, and nothing more."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from fakeslides.api.quota import CallKind

THUMBNAIL = "presentations.pages.getThumbnail"
"""The one method of the API that the fake knows and does not carry out."""

_OF_A_PAGE: tuple[list[str], ...] = ([], ["thumbnail"])


@dataclass(frozen=True, slots=True)
class Call:
    """A request with a meaning: which method, on what."""

    method: str
    presentation_id: str | None = None
    page_id: str | None = None

    @property
    def quota_kind(self) -> CallKind:
        """Say which of Google's two quotas the call takes from."""
        return "write" if self.method in {"presentations.create", "presentations.batchUpdate"} else "read"


class NoSuchAddressError(LookupError):
    """There is nothing here; Google's front end answers with a page of HTML."""


def effective_verb(verb: str, headers: Mapping[str, str]) -> str:
    """Return the HTTP method, which an override header may carry (long GETs travel as POST)."""
    return headers.get("X-HTTP-Method-Override", verb).upper()


def route(verb: str, raw_path: str) -> Call:
    """Find the call that an address means.

    Args:
        verb: the HTTP method.
        raw_path: the path as it was sent, still percent-encoded.

    Raises:
        NoSuchAddressError: it means none.
    """
    parts = [unquote(part) for part in raw_path.partition("?")[0].strip("/").split("/")]
    match verb, parts:
        case "POST", ["token"]:
            return Call("token")
        case "POST", ["v1", "presentations"]:
            return Call("presentations.create")
        case "GET", ["v1", "presentations", presentation_id] if presentation_id:
            return Call("presentations.get", presentation_id)
        case "POST", ["v1", "presentations", target] if target.endswith(":batchUpdate"):
            return Call("presentations.batchUpdate", target.removesuffix(":batchUpdate"))
        case "GET", ["v1", "presentations", presentation_id, "pages", page_id, *rest] if rest in _OF_A_PAGE:
            method = THUMBNAIL if rest else "presentations.pages.get"
            return Call(method, presentation_id, page_id)
        case "GET", ["v1", "projects", *_]:
            # Where google-auth looks for a service account's allowed locations; there are none.
            return Call("projects.get")
    raise NoSuchAddressError(raw_path)
