import gc

import pytest

from loadtests.simulation.garbage import collections_postponed, get_ready


def test_getting_ready_takes_what_lives_out_of_later_collections() -> None:
    """With all imported modules in them, each collection before a world would take longer than the world."""
    lives = [[number] for number in range(10_000)]
    frozen_before_count = gc.get_freeze_count()

    get_ready()

    assert gc.get_freeze_count() >= frozen_before_count + len(lives)


def test_no_garbage_is_collected_until_the_outermost_block_has_ended() -> None:
    """A worker postpones collections for a whole question, and the world in the midst of it for itself."""
    with collections_postponed():
        with collections_postponed():
            assert not gc.isenabled()
        assert not gc.isenabled()

    assert gc.isenabled()


def test_collections_go_on_after_a_block_that_failed() -> None:
    """A world that breaks must not leave a process that only ever grows."""
    with pytest.raises(ZeroDivisionError), collections_postponed():
        raise ZeroDivisionError

    assert gc.isenabled()


def test_whoever_has_switched_collections_off_keeps_them_off() -> None:
    """It is not this block's to switch them on again."""
    gc.disable()
    try:
        with collections_postponed():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()
