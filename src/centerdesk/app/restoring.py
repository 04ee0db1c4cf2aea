"""Going back to a backup: who may, what would be lost, and doing it. Desk and command line share it.

The database is closed while it is replaced, so the desk hands an `Order` on and carries it out after it has
closed everything; the entry in the journal is written once the station is open again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.app import checks
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.records import RESTORED, RecordRestore
from centerdesk.features.checkins.commands_watch import EnsureExpected, watcher
from centerdesk.kernel import anchors, journal
from centerdesk.kernel.anchors import AnchorFile
from centerdesk.kernel.backup import verify_backup
from centerdesk.kernel.backupfile import Backup, Manifest, read_backup
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.errors import SecondPersonNeeded, UserError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.restore import Restored, restore
from centerdesk.kernel.soundness import CheckResult, Watch, count_rows

_log = logging.getLogger(__name__)

TOLD = (
    ("居民", "人", ("resident",)),
    ("户", "户", ("household",)),
    ("看窗记录", "笔", ("look",)),
    ("报警处置", "步", ("alarm_step",)),
    ("办过的事", "件", ("journal_op",)),
)
"""What people understand of a backup: words, unit, tables."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One row of the preview (退回会少什么)."""

    what: str
    unit: str
    now: int
    then: int

    @property
    def less(self) -> int:
        """How many fewer there would be; below 0 more."""
        return self.now - self.then


@dataclass(frozen=True, slots=True)
class Order:
    """退回令. A backup and the two who decided it; both were signed in when it was written."""

    backup: Path
    proposer: Actor
    approver: Actor


def two_persons(first: Actor, other: Actor) -> tuple[Actor, Actor]:
    """Who proposes and who approves, in that order, whoever came first. Raises SecondPersonNeeded."""
    if first.account_id is not None and first.account_id != other.account_id:
        for one, two in ((first, other), (other, first)):
            if one.may("backup.restore") and two.may("backup.approve"):
                return one, two
    raise SecondPersonNeeded("backup.restore")


def order(backup: Path, first: Actor, other: Actor) -> Order:
    """An order to go back, when these two may. Raises SecondPersonNeeded."""
    return Order(backup, *two_persons(first, other))


def losses(session: Session, manifest: Manifest) -> tuple[Loss, ...]:
    """What going back to this backup would undo, in rows people understand. Read lane."""
    found = []
    for what, unit, tables in TOLD:
        now = sum(count_rows(session, name) for name in tables)
        then = sum(manifest.tables.get(name, 0) for name in tables)
        found.append(Loss(what, unit, now, then))
    return tuple(found)


def acts_since(session: Session, manifest: Manifest) -> tuple[tuple[str, int], ...]:
    """What was done after this backup, by its name in the journal, the most frequent first. Read lane."""
    return journal.acts_after(session, int(manifest.head.partition(" ")[0] or 0))


def look_beside(
    backup: Backup, ring: KeyRing, clock: Clock, watch: Watch | None = None
) -> Sequence[CheckResult]:
    """Open a backup where it lies and run every check; nothing of ours is touched. Blocking; slow lane.

    Raises WrongKey, DamagedDatabase or EnvironmentFault when it cannot be used.
    """
    return verify_backup(backup, ring, checks=checks.content_checks(ring, clock), watch=watch)


def carry_out(
    what: Order, data: DataDir, clock: Clock, *, held: DeskLock | None = None, watch: Watch | None = None
) -> Restored:
    """Replace the closed database; the present one is put aside. Blocking. Raises EnvironmentFault, Cancelled."""
    read_backup(what.backup)
    return restore(what.backup, data, clock, held=held, watch=watch)


def record(station: OpenStation, who: Actor) -> None:
    """Write the entry that bridges the two chains and make the windows anew, before the door opens. Blocking."""
    left = max((anchor.seq for anchor in checks.held_anchors(station)), default=0)
    with station.database.read_session() as session:
        AnchorFile(station.data.anchor, station.ring).restart(*journal.head(session))
    station.bus.run(RecordRestore(left), actor=who)
    _done(station.data)
    station.bus.run(EnsureExpected(), actor=watcher(station.site.desk))


def finish(station: OpenStation) -> None:
    """Bring a restore to its end that was cut off before its entry; whoever opens the station next does it.

    Blocking. A station that cannot be written stays as it is, and the check of the chain's end says so.
    """
    if not station.data.restoring.exists():
        return
    with station.database.read_session() as session:
        cut_off = anchors.cut_off(session, station.data, station.ring)
    try:
        if cut_off:
            record(station, system_actor([RESTORED], station.site.desk))
        else:
            _done(station.data)
    except UserError as exc:
        _log.warning("a restore that was cut off was not brought to its end: %s", type(exc).__name__)


def _done(data: DataDir) -> None:
    try:
        data.restoring.unlink(missing_ok=True)
    except OSError as exc:
        _log.warning("the note of a restore stays: %s", type(exc).__name__)
