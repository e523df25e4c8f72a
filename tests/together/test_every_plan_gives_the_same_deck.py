"""However edits are planned, the fake's decks end up the same, to the last letter."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.plan.operations import ReplaceText
from engine.plan.planner import plan
from engine.plan.witness import PageTexts, page_texts, predict
from engine.settings import Strategy
from engine.snapshot import Snapshot
from fakeslides.slides.store import Store
from tests.support.presentations import DECK, shape, store_with, table

# Keys that hold, meet and make one another; letters of one, two and four bytes; the parts of a template.
LETTERS = "ab{}\N{LATIN SMALL LETTER E WITH ACUTE}\N{GRINNING FACE}\n"
KEYS = st.text(LETTERS, min_size=1, max_size=4) | st.sampled_from(["{{a}}", "{{a}}{{b}}", "a}}", "{{"])
VALUES = st.text(LETTERS, max_size=4) | st.sampled_from(["", "{{b}}", "{{a}}b", "a\x07\x0b"])
TEXTS = st.lists(st.sampled_from([*LETTERS, "{{a}}", "{{b}}", "a}}"]), max_size=8).map("".join)
MAPS = st.dictionaries(KEYS, VALUES, max_size=6)


def _store(texts: list[str]) -> Store:
    """Return a deck whose slides and notes say `texts`, in shapes of several runs and in a table."""
    first, second, third, notes = texts
    return store_with(
        shape("s", first[:3], (first[3:], {"bold": True})), table("t", [[second, third]]), notes=notes
    )


def _apply(store: Store, operations: list[ReplaceText], strategy: Strategy, batch_size: int) -> None:
    for batch in plan(operations, strategy, batch_size, max_bytes=700):
        store.batch_update(DECK, batch.body(None)["requests"])


def _operations(store: Store, text_map: dict[str, str], *slide_ids: str) -> list[ReplaceText]:
    snapshot = Snapshot.of(store.get(DECK).to_json())
    return list(snapshot.operations(DECK, text_map, slide_ids=slide_ids, include_notes=True))


def _texts(store: Store) -> dict[str, tuple[str, ...]]:
    return page_texts(store.get(DECK).to_json())


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=4, max_size=4), text_map=MAPS, batch_size=st.integers(1, 4))
def test_every_strategy_writes_the_same_words(
    texts: list[str], text_map: dict[str, str], batch_size: int
) -> None:
    """Speed must not be bought with another result, whatever the customer's keys look like."""
    said = []

    for strategy in Strategy:
        store = _store(texts)
        store.batch_update(DECK, [{"duplicateObject": {"objectId": "p", "objectIds": {"p": "other_slide"}}}])
        forwards = _operations(store, text_map, "p", "other_slide")
        backwards = _operations(store, dict(reversed(text_map.items())), "other_slide", "p")
        _apply(store, forwards + backwards, strategy, batch_size)
        said.append(_texts(store))

    assert said == [said[0]] * len(Strategy)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=4, max_size=4), text_map=MAPS)
def test_the_prediction_that_saves_a_read_comes_true(texts: list[str], text_map: dict[str, str]) -> None:
    """A lost answer is judged against it: were it wrong, so would be the report."""
    store = _store(texts)
    operations = _operations(store, text_map, "p")
    predicted: PageTexts = _texts(store)
    for batch in plan(operations, Strategy.COALESCED, 100):
        predicted = predict(batch, predicted)

    _apply(store, operations, Strategy.COALESCED, 100)

    assert _texts(store) == predicted
