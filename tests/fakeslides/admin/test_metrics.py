import re

from hypothesis import given
from hypothesis import strategies as st

from fakeslides.admin.metrics import Snapshot, metrics_text
from fakeslides.api.quota import QuotaFill
from fakeslides.ledger import Entry

SAMPLE = re.compile(r'fakeslides_[a-z_]+(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)*\})? \d+')


def entry(method: str, status: int | None, **facts: object) -> Entry:
    """Return a line of the ledger."""
    return Entry(
        sequence=0, arrived_at_seconds=1.0, ended_at_seconds=2.0, connection=1, method=method,
        presentation_id="deck", user="u", identity="op", attempt=1, http_status=status, **facts,  # type: ignore[arg-type] # facts vary by test
    )  # fmt: skip


def snapshot(**parts: object) -> Snapshot:
    """Return a snapshot of a server that has seen nothing."""
    nothing: dict[str, object] = {
        "entries": (),
        "fault_counts": {},
        "connection_counts": {"connections_peak": 0, "handshakes": 0},
        "in_flight_count": 0,
        "fills": (),
        "phases": {},
        "revision": 1,
    }
    return Snapshot(**(nothing | parts))  # type: ignore[arg-type] # as Snapshot has it


def test_requests_are_counted_by_what_they_were_and_how_they_ended() -> None:
    """A lost answer has no status, and must not vanish from the count."""
    entries = [
        entry("presentations.get", 200),
        entry("presentations.batchUpdate", 200, committed=True),
        entry("presentations.batchUpdate", None, committed=True),
        entry("presentations.batchUpdate", 429, organic="quota"),
        entry("presentations.get", 200),
    ]

    text = metrics_text(snapshot(entries=entries))

    assert 'fakeslides_requests_total{method="presentations.get",status="200"} 2\n' in text
    assert 'fakeslides_requests_total{method="presentations.batchUpdate",status="none"} 1\n' in text
    assert "fakeslides_commits_total 2\n" in text
    assert 'fakeslides_organic_faults_total{cause="quota"} 1\n' in text


def test_what_no_client_asked_for_is_no_request() -> None:
    """A collaborator's edit made one commit too many of a client's."""
    entries = [
        entry("connection", None, fault="tcp.reset"),
        entry("collaborator.edit", None, committed=True),
        entry("connection", None, organic="connection_limit"),
    ]

    text = metrics_text(snapshot(entries=entries))

    assert "fakeslides_requests_total{" not in text
    assert "fakeslides_commits_total 0\n" in text
    assert 'fakeslides_organic_faults_total{cause="connection_limit"} 1\n' in text


def test_rules_quota_and_phase_are_told() -> None:
    """An alert or a graph can be made of each."""
    text = metrics_text(
        snapshot(
            fault_counts={"it": {"matched": 5, "fired": 0}},
            fills=[QuotaFill("write", "user", "ada", 7, 60), QuotaFill("read", "project", None, 9, 3000)],
            phases={"calm": False, "storm": True},
        )
    )

    for line in (
        'faults_matched_total{rule="it"} 5',
        'faults_fired_total{rule="it"} 0',
        'quota_used{kind="write",scope="user",user="ada"} 7',
        'quota_limit{kind="read",scope="project",user=""} 3000',
        'phase{phase="calm"} 0',
        'phase{phase="storm"} 1',
    ):
        assert f"fakeslides_{line}\n" in text


@given(name=st.text(max_size=20))
def test_no_name_can_break_the_format(name: str) -> None:
    """Rules are named by people; a line break in one would cut a sample in two."""
    text = metrics_text(snapshot(fault_counts={name: {"matched": 1, "fired": 1}}))

    lines = [line for line in text.split("\n") if line and not line.startswith("#")]

    assert all(SAMPLE.fullmatch(line) for line in lines)
    assert len(lines) == 7


def test_every_metric_says_what_it_is() -> None:
    """A collector wants each type before its samples."""
    lines = metrics_text(snapshot()).splitlines()

    helps = [line.split()[2] for line in lines if line.startswith("# HELP")]
    types = {line.split()[2]: line.split()[3] for line in lines if line.startswith("# TYPE")}

    assert list(types) == helps
    assert all(name.endswith("_total") == (kind == "counter") for name, kind in types.items())
