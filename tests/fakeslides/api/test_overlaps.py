from fakeslides.api.overlaps import OverlapWatch


def test_a_write_that_nobody_met_is_not_refused() -> None:
    """One writer at a time never loses the race."""
    watch = OverlapWatch(1.0, seed=1)
    watch.committed("deck")

    mark = watch.mark("deck")

    assert not watch.refuses("deck", mark, "op", 1)


def test_a_write_that_met_another_one_is_refused() -> None:
    """This is the race of the incident."""
    watch = OverlapWatch(1.0, seed=1)
    mark = watch.mark("deck")

    watch.committed("deck")

    assert watch.refuses("deck", mark, "op", 1)


def test_presentations_do_not_race_with_each_other() -> None:
    """Only writes to the same one overlap."""
    watch = OverlapWatch(1.0, seed=1)
    mark = watch.mark("deck")

    watch.committed("another deck")

    assert not watch.refuses("deck", mark, "op", 1)


def test_refuses_the_share_it_was_told() -> None:
    """Half of the overlapping writes, within four standard deviations."""
    watch = OverlapWatch(0.5, seed=1)
    mark = watch.mark("deck")
    watch.committed("deck")

    refused = sum(watch.refuses("deck", mark, f"op/{number}", 1) for number in range(1000))

    assert abs(refused - 500) < 64


def test_a_mark_keeps_its_meaning_when_the_share_changes() -> None:
    """A write under way must not lose a race that it did not run."""
    watch = OverlapWatch(1.0, seed=1)
    watch.committed("deck")
    mark = watch.mark("deck")

    watch.change(1.0, seed=2)

    assert not watch.refuses("deck", mark, "op", 1)
