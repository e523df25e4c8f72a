"""The calls that a quota file holds, and what was learned of the quota: rows, and the questions to them."""

import sqlite3

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind
from engine.policy.sliding_log import Cut, Learned
from engine.quota.subject import QuotaSubject

SCHEMA = """
CREATE TABLE call (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, user TEXT NOT NULL, project TEXT NOT NULL,
    counts_at REAL NOT NULL, is_sent INTEGER NOT NULL
);
CREATE INDEX call_of_user ON call (user, kind, counts_at);
CREATE INDEX call_of_project ON call (project, kind, counts_at);
CREATE INDEX call_by_time ON call (counts_at);
CREATE TABLE learned (
    owner TEXT NOT NULL, kind TEXT NOT NULL, allowed_count INTEGER, at REAL, first_number INTEGER,
    step_count INTEGER, blocked_until REAL NOT NULL, PRIMARY KEY (owner, kind)
);
CREATE TABLE clock (touched_at REAL NOT NULL);
INSERT INTO clock VALUES (0);
"""


class Calls:
    """The calls in a locked file.

    Attributes:
        now: when it was locked.
    """

    def __init__(self, connection: sqlite3.Connection, now: float) -> None:
        self._connection = connection
        self.now = now

    def survive_restart(self) -> None:
        """Move all times if the clock began anew since the last note."""
        [touched_at] = self._connection.execute("SELECT touched_at FROM clock").fetchone()
        if touched_at > self.now:
            shift = (self.now - touched_at,)
            self._connection.execute("UPDATE call SET counts_at = counts_at + ?", shift)
            self._connection.execute(
                "UPDATE learned SET at = at + ?1, blocked_until = blocked_until + ?1", shift
            )
            self._touch()

    def reserve(self, kind: CallKind, subject: QuotaSubject, leaves_until: float) -> int:
        """Note a call that will leave until some time, if ever, and return its number."""
        return self._insert(kind, subject, leaves_until, is_sent=False)

    def sent(self, number: int, kind: CallKind, subject: QuotaSubject, at: float) -> None:
        """Note when a call left; one that was sent before, or was given up for lost, is noted as another."""
        found = self._connection.execute(
            "UPDATE call SET counts_at = ?, is_sent = 1 WHERE number = ? AND NOT is_sent", (at, number)
        )
        if not found.rowcount:
            self._insert(kind, subject, at, is_sent=True)
        self._touch()

    def refund(self, number: int) -> None:
        """Forget a call that was never sent."""
        self._connection.execute("DELETE FROM call WHERE number = ? AND NOT is_sent", (number,))
        self._touch()

    def forget_until(self, at: float) -> None:
        """Forget calls that count no more."""
        self._connection.execute("DELETE FROM call WHERE counts_at <= ?", (at,))

    def taken_at(self, column: QuotaScope, owner: str, kind: CallKind) -> list[float]:
        """Return when the calls of a user or a project were sent, or will be at the latest."""
        found = self._connection.execute(
            f"SELECT counts_at FROM call WHERE {column} = ? AND kind = ?",  # noqa: S608 - one of two words of ours
            (owner, kind),
        )
        return [counts_at for (counts_at,) in found]

    def has_unsent(self, subject: QuotaSubject, kind: CallKind) -> bool:
        """Say whether a call of the project, whoever's, may still leave, or be given back."""
        found = self._connection.execute(
            "SELECT 1 FROM call WHERE project = ? AND kind = ? AND NOT is_sent AND counts_at > ? LIMIT 1",
            (subject.project, kind, self.now),
        )
        return found.fetchone() is not None

    def latest_number(self) -> int:
        """Return the number of the latest reservation of all."""
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'call'").fetchone()
        return int(found[0]) if found else 0

    def learned(self, owner: str, kind: CallKind) -> Learned:
        """Return what 429s taught about an owner's quota."""
        found = self._connection.execute(
            "SELECT allowed_count, at, first_number, step_count, blocked_until FROM learned "
            "WHERE owner = ? AND kind = ?",
            (owner, kind),
        ).fetchone()
        if found is None:
            return Learned()
        *cut, blocked_until = found
        return Learned(None if cut[0] is None else Cut(*cut), blocked_until)

    def learn(self, owner: str, kind: CallKind, learned: Learned) -> None:
        """Note what a 429 taught."""
        cut = learned.cut
        values = (cut.allowed_count, cut.at, cut.first_number, cut.step_count) if cut else (None,) * 4
        self._connection.execute(
            "INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?, ?, ?, ?)",
            (owner, kind, *values, learned.blocked_until),
        )
        self._touch()

    def _insert(self, kind: CallKind, subject: QuotaSubject, counts_at: float, *, is_sent: bool) -> int:
        added = self._connection.execute(
            "INSERT INTO call (kind, user, project, counts_at, is_sent) VALUES (?, ?, ?, ?, ?)",
            (kind, subject.user, subject.project, counts_at, is_sent),
        )
        self._touch()
        assert added.lastrowid is not None
        return added.lastrowid

    def _touch(self) -> None:
        self._connection.execute("UPDATE clock SET touched_at = ?", (self.now,))
