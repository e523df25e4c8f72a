from typing import Any

import pytest

from fakeslides.errors import SlidesApiError
from tests.support.presentations import DECK, group, runs_of, shape, store_with, table, text_of, update

ELEMENTS = (
    shape("box", "{{k}} and {{K}}"),
    group("outer", group("inner", shape("deep", "{{k}}"))),
    table("grid", [["{{k}}", "-"], ["-", "{{k}}{{k}}"]]),
)


def request(find: str, put: str | None = "v", **options: object) -> dict[str, Any]:
    """Return a replaceAllText request; `matchCase` and `searchByRegex` go to the criteria."""
    criteria = {"text": find} | {
        key: options.pop(key) for key in ("matchCase", "searchByRegex") if key in options
    }
    body = {"containsText": criteria} | ({} if put is None else {"replaceText": put}) | options
    return {"replaceAllText": body}


class TestWhere:
    def test_shapes_groups_tables_and_notes_are_searched(self) -> None:
        """A fake that forgets one of them lets a client pass that leaves keys in the deck."""
        store = store_with(*ELEMENTS, notes="say {{k}}")

        result = update(store, request("{{k}}", matchCase=True))

        assert result.replies == [{"replaceAllText": {"occurrencesChanged": 6}}]
        assert text_of(store, "box") == "v and {{K}}"
        assert text_of(store, "deep") == text_of(store, "grid", (0, 0)) == "v"
        assert text_of(store, "grid", (1, 1)) == "vv"
        assert text_of(store, "p:notes_i1") == "say v"

    def test_layouts_and_masters_are_searched_and_the_notes_master_is_not(self) -> None:
        """People complain about the first, and the second is a 400 when it is named."""
        store = store_with()
        update(
            store,
            *({"insertText": {"objectId": each, "text": "{{k}}"}} for each in ("p3_i0", "p1_i0", "n:text")),
        )

        result = update(store, request("{{k}}"))

        assert result.replies == [{"replaceAllText": {"occurrencesChanged": 2}}]
        assert text_of(store, "n:text") == "{{k}}"

    @pytest.mark.parametrize(
        ("page_ids", "count"), [(["p"], 6), (["p:notes"], 1), (["p", "p:notes", "p"], 7), (["p2"], 0)]
    )
    def test_named_pages_only_and_each_once(self, page_ids: list[str], count: int) -> None:
        """A slide's notes are a page of their own."""
        store = store_with(*ELEMENTS, notes="{{k}}")

        result = update(store, request("{{k}}", pageObjectIds=page_ids))

        assert result.replies[0]["replaceAllText"].get("occurrencesChanged", 0) == count

    @pytest.mark.parametrize(
        ("page_id", "why"),
        [
            ("nothing", "The page (nothing) could not be found."),
            ("box", "The page (box) could not be found."),
            ("n", "The operation is not allowed on notes master (n)."),
        ],
    )
    def test_refuses_what_is_no_page_to_search(self, page_id: str, why: str) -> None:
        """A page that somebody deleted must be noticed."""
        with pytest.raises(SlidesApiError) as refused:
            update(store_with(*ELEMENTS), request("{{k}}", pageObjectIds=["p", page_id]))

        assert refused.value.message == f"Invalid requests[0].replaceAllText: {why}"


class TestWhat:
    def test_case_is_ignored_unless_it_is_to_match(self) -> None:
        """The default surprises, so it has to be right."""
        store = store_with(*ELEMENTS)

        update(store, request("{{k}}"))

        assert text_of(store, "box") == "v and v"

    def test_a_key_split_over_runs_takes_the_style_it_begins_with(self) -> None:
        """The neighbours keep theirs."""
        bold, italic = {"bold": True}, {"italic": True}
        store = store_with(shape("note", ("a {{", bold), ("k}} b", italic)))

        update(store, request("{{k}}", "value"))

        assert runs_of(store, "note") == [("a value", bold), (" b\n", italic)]

    def test_a_replacement_is_not_searched_again(self) -> None:
        """Otherwise this would never end."""
        store = store_with(shape("note", "aa"))

        update(store, request("a", "aa"))

        assert text_of(store, "note") == "aaaa"

    def test_no_replacement_deletes_and_an_emptied_shape_has_no_text(self) -> None:
        """An unset replaceText is an empty one."""
        store = store_with(shape("note", "{{k}}"))

        update(store, request("{{k}}", None))

        assert "text" not in store.get(DECK).page_json("p")["pageElements"][-1]["shape"]

    def test_expressions_find_and_their_replacement_is_taken_literally(self) -> None:
        """Back-references in the replacement are not documented, so none are made up."""
        store = store_with(shape("note", "a1 b22"))

        update(store, request(r"[a-z]\d+", r"\1", searchByRegex=True))

        assert text_of(store, "note") == r"\1 \1"

    def test_nothing_found_leaves_the_count_out(self) -> None:
        """A zero is a default, and defaults are not written."""
        assert update(store_with(), request("{{k}}")).replies == [{"replaceAllText": {}}]

    @pytest.mark.parametrize(
        "body", [{}, {"containsText": {}}, {"containsText": {"text": ""}, "replaceText": "x"}]
    )
    def test_refuses_an_empty_text_to_find(self, body: dict[str, Any]) -> None:
        """It would match everywhere."""
        with pytest.raises(SlidesApiError, match="match text should not be empty"):
            update(store_with(), {"replaceAllText": body})
