from loadtests.timeline.attempts import Attempt, Strike


def test_what_load_did_has_a_name_too() -> None:
    """The same as in the reports' counts, so that it can be looked for."""
    strike = Strike(1.0, None, None, None, "quota", "deck/read")

    assert strike.name == "organic:quota"


def test_a_try_that_never_reached_the_server_committed_nothing() -> None:
    """No entry, no commit."""
    assert not Attempt("deck/s1/0", 1, "deck", "presentations.batchUpdate", 0.0, 1.0, "not_sent").committed
