from fakeslides.scenario.gates import Gate
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.report.summary import gate_rows, header_line, objections, summary_markdown, weather_rows
from tests.support.runs import a_fault, a_measurement, a_sweep, an_outcome

LOST = Gate(id="lost", metric="lost_edits", require=">= 1")


def test_the_header_says_which_weather_and_which_clock() -> None:
    """Seconds mean nothing without the scale they were lived at."""
    assert header_line(a_sweep()) == "scenario calm, seed 7, time scale 1/20"
    assert header_line(a_sweep(time_scale=1.0)).endswith("time scale 1")


def test_a_gate_says_in_how_many_settings_it_held() -> None:
    """One line per gate, however many settings."""
    sweep = a_sweep(an_outcome(gates=[LOST]), an_outcome(gates=[LOST]))

    assert gate_rows(sweep) == [
        ("lost", "lost_edits >= 1", "0 of 2"),
        ("deck-as-computed", "deck_differences == 0", "2 of 2"),
    ]


def test_everything_that_did_not_pass_is_named_with_its_reason() -> None:
    """The table says where, this says why."""
    broken = SettingOutcome(Setting("coalesced", 5), None, problem="no fake")

    assert objections(a_sweep(an_outcome(gates=[LOST]), broken)) == [
        "coalesced@5: unsound: no fake",
        "coalesced@3: lost fail: lost_edits >= 1: 0",
    ]


def test_the_page_has_a_row_per_setting_and_says_what_failed() -> None:
    """It is what a reviewer sees of a run."""
    page = summary_markdown(a_sweep(an_outcome(gates=[LOST])))

    assert page.startswith("# calm: fail\n")
    assert "| coalesced | 3 | 2 |" in page
    assert "- coalesced@3: lost fail" in page


def test_a_clean_page_complains_about_nothing() -> None:
    """An empty section would worry people."""
    assert "did not pass" not in summary_markdown(a_sweep())


def test_every_kind_of_weather_has_its_counts_also_where_it_never_struck() -> None:
    """A total over all settings would hide the one in which nothing happened."""
    struck, missed = (an_outcome(a_measurement(faults=(a_fault(fired, 2),))) for fired in (3, 0))

    sweep = a_sweep(struck, missed, SettingOutcome(Setting("coalesced", 5), None, problem="no fake"))

    assert weather_rows(sweep) == [("reset", "3", "20", "1 of 2", "0", "2")]
    assert "| reset | 3 | 20 | 1 of 2 | 0 | 2 |" in summary_markdown(sweep)


def test_a_page_without_weather_has_no_table_of_it() -> None:
    """An empty table would worry people."""
    assert "| weather |" not in summary_markdown(a_sweep())
