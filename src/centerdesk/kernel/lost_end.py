"""Acts that were saved and are gone from the end of the database: noticed as it is opened (RELIABILITY G10, G33).

SQLite reads the log of a killed program up to the first frame that does not add up, and is silent about the rest;
an older file in the place of the right one opens just as well. The log alone cannot tell: its frames after a bad one
may be those of an act that was cut off by the power, or never finished for a full disk, and nobody was told that it
was saved. The machine's own anchor can: it is written after each commit, so what it names was saved.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.kernel import anchors, journal
from centerdesk.kernel.anchors import BRIDGE, AnchorFile
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.soundness import CheckResult

LOST = "RecordLostEnd"
"""Action of the entry that says so; its counts are `kept`, the last number that is there, and `last`."""
HEARD = "AcknowledgeLostEnd"
"""Action of the entry by which somebody answers for having heard it: nobody is told any more."""
TOLD_FOR = timedelta(days=7)
"""After this it is history: what was done again stands in the book, and backups are called good again."""


@record
class Gap:
    """少了的末尾. The chain ends at `kept` (0: empty); this machine had seen it reach `last`."""

    kept: int
    last: int


@record
class Told:
    """What people are told of one: how many acts, after which moment, and when it was noticed.

    No `acts`: the chain is as long and another one. `entry`: its number in the journal; without it and without
    `noticed` it is not booked yet, the next opening of the desk will do that.
    """

    acts: int
    since: datetime | None
    noticed: datetime | None = None
    entry: int = 0

    @property
    def sentence(self) -> str:
        """What may be missing, since when, and what to do."""
        found = f"{local(self.noticed):%m-%d %H:%M} 开机发现" if self.noticed else "还没有记进操作记录"
        what_to_do = "请先再看一遍窗，对着纸重新记，并联系维护的人。"
        if not self.acts:
            return f"操作记录和本机留的底接不上（{found}）：库多半被换过。{what_to_do}"
        after = f"{local(self.since):%m-%d %H:%M} 以后" if self.since else "一开始"
        return (
            f"{after}办的 {self.acts} 件事，本机留的底里有，库里没有了（{found}）："
            f"断电、盘出错，或库被换成旧的。{what_to_do}"
        )


def look(session: Session, data: DataDir, ring: KeyRing) -> Gap | None:
    """What this machine saw saved and the chain no longer runs through; None where all is there, or nobody knows.

    A restore that is under way has left its end behind on purpose.
    """
    try:
        own = AnchorFile(data.anchor, ring).last()
    except EnvironmentFault:
        return None  # `verify` says that the anchor is spoiled
    if own is None or anchors.judge(session, [own]).ok or anchors.cut_off(session, data, ring):
        return None
    kept, _mac = journal.head(session)
    return Gap(kept, own.seq)


def told(session: Session, now: datetime) -> Told | None:
    """The newest of the last days, unless it was heard or the station went back to a backup since. Read lane."""
    op = JournalOp.__table__.c
    actions = (LOST, HEARD, BRIDGE)
    stmt = select(op.seq, op.at, op.action, op.counts).where(op.action.in_(actions), op.at >= now - TOLD_FOR)
    newest = session.execute(stmt.order_by(op.seq.desc()).limit(1)).first()
    if newest is None or newest.action != LOST:
        return None
    gap = Gap(newest.counts["kept"], newest.counts["last"])
    return _told_of(session, gap, newest.at, newest.seq)


def told_unbooked(session: Session, data: DataDir, ring: KeyRing) -> Told | None:
    """What the next opening of the desk will find and book, or what was news at the last act. For who only looks."""
    if (gap := look(session, data, ring)) is not None:
        return _told_of(session, gap)
    at = session.scalar(select(JournalOp.at).order_by(JournalOp.seq.desc()).limit(1))
    return told(session, at) if at is not None else None


def _told_of(session: Session, gap: Gap, noticed: datetime | None = None, entry: int = 0) -> Told:
    since = session.scalar(select(JournalOp.at).where(JournalOp.seq == gap.kept))
    return Told(max(0, gap.last - gap.kept), since, noticed, entry)


def judge(session: Session, found: CheckResult, now: datetime) -> CheckResult:
    """The check of the chain's end, which holds again once it was booked: not in order while it is news."""
    lost = told(session, now)
    if lost is None:
        return found
    return CheckResult(found.name, False, {**found.counts, "lost": 1}, lost.sentence)
