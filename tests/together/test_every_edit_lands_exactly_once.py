"""Each edit lands exactly once, or its fate is told truthfully, on the real server over real TLS."""

import asyncio

from loadtests.benchmarks.exactly_once import objections, with_blind_retries, with_the_engine

EDITS_COUNT = 400


async def test_in_weather_that_loses_answers_the_engine_edits_once_and_blind_retries_twice() -> None:
    """The short form of the proof; `make exactly-once` is the long one."""
    done: list[str] = []

    engine, blind = await asyncio.gather(
        with_the_engine(EDITS_COUNT, lambda: done.append("engine")),
        with_blind_retries(EDITS_COUNT, lambda: done.append("blind")),
    )

    found = engine.found
    assert (found.lost, found.duplicated, found.wrong_reports, found.deck_differences) == ((), (), (), ())
    assert (found.indeterminate, found.unsettled) == ((), ())
    assert engine.strikes["lost-answer"] > 0
    assert engine.strikes["lost-request"] > 0
    assert len(blind.found.duplicated) > 0
    assert [text for text in objections(engine, blind) if "never struck" not in text] == []  # few edits
    assert sorted(done) == ["blind"] * 10 + ["engine"] * 10
