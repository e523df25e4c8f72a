"""The fake's behaviours that an engine is judged by, each wrong in a mutant of its own."""

from dataclasses import replace
from typing import Any

from fakeslides.api.quota import QuotaKeeper
from fakeslides.exchange import Exchange
from fakeslides.slides import store as storing
from fakeslides.slides import text_json
from fakeslides.slides.appliers import insert_text
from fakeslides.slides.appliers import replace_all_text as replacing
from fakeslides.slides.presentation import Presentation
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any
FAKE = "fake"


def _one_more(original: Original) -> Original:
    def count(self: QuotaKeeper, kind: Any, scopes: Any, now: float) -> Any:  # noqa: ANN401 - as the original
        full = original(self, kind, scopes, now)
        return [scope for scope in full if len(self._times[scopes[scope]]) > self.limit(kind, scope) + 1]

    return count


def _short_window(original: Original) -> Original:
    def forget(self: QuotaKeeper, times: Any, now: float) -> None:  # noqa: ANN401 - as the original
        original(self, times, now + 30.0)

    return forget


def _commits_forgotten(original: Original) -> Original:
    def entry(self: Exchange, *args: Any) -> Any:  # noqa: ANN401 - as the original
        made = original(self, *args)
        return replace(made, committed=False, requests=()) if made.rule_id else made

    return entry


def _first_match_only(original: Original) -> Original:
    def search_for(*args: Any, **known: Any) -> Any:  # noqa: ANN401 - as the original
        search = original(*args, **known)
        return lambda body: search(body)[:1]

    return search_for


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "UTF-16 counted as code points",
        FAKE,
        (
            instead(text_json, "length_units", len),
            instead(insert_text, "length_units", len),
            instead(insert_text, "point_after", lambda _text, units: units),
        ),
    ),
    Mutant("batch not atomic", FAKE, (instead(Presentation, "copy", lambda self: self),)),
    Mutant("quota window off by one", FAKE, (Patch(QuotaKeeper, "_count", _one_more),), "quota_squeeze"),
    Mutant("quota window too short", FAKE, (Patch(QuotaKeeper, "_forget", _short_window),), "quota_squeeze"),
    Mutant("revisions not checked", FAKE, (instead(storing, "check_revision", lambda *_: None),)),
    Mutant("one revision for ever", FAKE, (instead(storing, "new_revision_id", lambda _: "always"),)),
    Mutant("struck commits forgotten", FAKE, (Patch(Exchange, "entry", _commits_forgotten),)),
    Mutant("only the first match replaced", FAKE, (Patch(replacing, "search_for", _first_match_only),)),
)
