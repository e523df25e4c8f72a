"""What is known of a presentation while a wish is carried out."""

from engine.fates import Fates
from engine.job import Job
from engine.plan.given_requests import given_requests
from engine.plan.marks import digests_of_objects
from engine.plan.planner import plan_given
from engine.snapshot import SCENE_FIELDS, Snapshot
from fakeslides.slides.masks import apply_mask, read_mask
from fakeslides.slides.store import Store
from tests.support.given_lists import some_store
from tests.support.manual_clock import ManualClock
from tests.support.presentations import DECK

WRITE = {"insertText": {"objectId": "one_1", "text": "x", "insertionIndex": 1}}
SCRIBBLE = {"insertText": {"objectId": "two_2", "text": "z"}}


def _look(store: Store) -> Snapshot:
    return Snapshot.of(apply_mask(store.get(DECK).to_json(), read_mask(SCENE_FIELDS)), SCENE_FIELDS)


def _job(store: Store) -> Job:
    given = given_requests(DECK, [WRITE], "salt")
    fates = Fates(given, lambda _: None, ManualClock(), 1.0)
    return Job(DECK, 1.0, _look(store), fates, counted=frozenset({"one_1", "two_2"}))


def test_what_others_edit_is_told_from_what_we_edit() -> None:
    """Our own edits are foreseen by whoever counted in them."""
    store = some_store()
    job = _job(store)
    (batch,) = plan_given(given_requests(DECK, [WRITE], "salt"), 100)
    store.batch_update(DECK, [WRITE])
    store.batch_update(DECK, [SCRIBBLE])

    job.see(_look(store), applied=batch)

    assert job.shifted == {"two_2"}


def test_the_turn_of_the_first_look_is_gone_on_with_once() -> None:
    """A call of three hundred batches has no more turns than others, however its writes end."""
    job = _job(some_store())

    assert [job.take_turn() for _ in range(3)] == [True, False, False]


def test_a_look_at_the_same_revision_shows_nothing_new() -> None:
    """What was shifted before stays so."""
    store = some_store()
    job = _job(store)
    job.shifted |= {"two_2"}

    job.see(_look(store))

    assert job.shifted == {"two_2"}


def test_without_a_scene_digests_tell_what_others_have_edited() -> None:
    """A process that takes up the call of another one has only those."""
    store = some_store()
    job = _job(store)
    scene = job.snapshot.scene
    assert scene is not None
    job.snapshot = Snapshot(None, {}, {})
    job.outlook = digests_of_objects(job.counted, scene)
    store.batch_update(DECK, [SCRIBBLE])

    job.see(_look(store))

    assert job.shifted == {"two_2"}


def test_what_is_not_known_at_all_counts_as_edited() -> None:
    """To hold a request back is safer than to hit another place."""
    store = some_store()
    job = _job(store)
    job.snapshot = Snapshot(None, {}, {})

    job.see(_look(store))

    assert job.shifted == {"one_1", "two_2"}


def test_what_others_have_edited_stays_so_for_whoever_takes_the_call_up() -> None:
    """A mark of what they made of it would let a request that counts in it hit another place."""
    store = some_store()
    job = _job(store)
    (batch,) = plan_given(given_requests(DECK, [WRITE], "salt"), 100)
    store.batch_update(DECK, [SCRIBBLE])
    job.see(_look(store))
    heir = _job(store)

    heir.expect(job.marks_of(batch).counted_before)

    assert heir.shifted == {"two_2"}


def test_what_was_not_there_before_is_not_missed_where_nothing_was_applied() -> None:
    """Requests that count in what their batch makes were held back, as if somebody had edited it."""
    store = some_store()
    box = {"createShape": {"objectId": "box_1", "shapeType": "TEXT_BOX"}}
    write = {"insertText": {"objectId": "box_1", "text": "x", "insertionIndex": 1}}
    (batch,) = plan_given(
        given_requests(DECK, [box, {"insertText": {"objectId": "box_1", "text": "a"}}, write], "s"), 100
    )
    job = _job(store)
    job.counted = frozenset({"box_1"})

    job.expect(job.marks_of(batch).counted_before)

    assert job.shifted == set()


def test_a_copy_of_what_others_have_edited_is_not_what_was_counted_in() -> None:
    """The number of a character in the copy was counted in the text before they edited it."""
    job = _job(some_store())
    job.shifted |= {"one_1"}
    copy = {"duplicateObject": {"objectId": "one_1", "objectIds": {"one_1": "copy_1"}}}
    write = {"insertText": {"objectId": "copy_1", "text": "x", "insertionIndex": 1}}
    requests = given_requests(DECK, [copy, write], "salt")
    first, second = plan_given(requests, 1)

    together = job.sifted(plan_given(requests, 2)[0])

    assert together.held_back.keys() == {requests[1].operation_id}
    assert job.sifted(first).held_back == {}
    assert job.sifted(second).kept is None
