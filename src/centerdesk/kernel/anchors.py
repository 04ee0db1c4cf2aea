"""Where the journal's chain stood, kept outside of it: a cut tail and an older file are chains that hold.

Three places hold such an anchor: a small file beside the machine's key, written after each act; the signed
manifest of each backup, here and in the second place; and the monthly return on paper.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.kernel.backupfile import Backup, check_signature
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, ValidationError, WrongKey
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.journal import head as journal_head
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir, write_private
from centerdesk.kernel.record import record
from centerdesk.kernel.soundness import CheckResult

BRIDGE = "RecordRestore"
"""Action of the entry that says which end of the chain a restore left behind."""

NAME = "journal_anchors"
_PURPOSE = "journal anchor"
_RESTORING = "restore under way"
_LINE = re.compile(rb"(\d{15}) ([0-9a-f]{64}) ([0-9a-f]{64})\n")
_BYTES = 15 + 1 + 64 + 1 + 64 + 1
_PAPER = re.compile(r"(?:^|\s)([0-9]{1,15})\s+([0-9A-Fa-f]{16,64})$")
_log = logging.getLogger(__name__)


@record
class Anchor:
    """留底. The number of an entry and its tag in hex, or the beginning of it; `held` says where it was kept."""

    seq: int
    tag: str
    held: str
    at: datetime | None = None
    """When it was written down; None where nobody knows."""
    follows: bool = False
    """It goes with the chain act by act, so a restore has moved it too."""


class AnchorFile:
    """本机留底. Two lines written in turn, so that a torn one leaves the other. Any thread, any process.

    An older line may follow a newer one when two processes write at once: it then tells less, never wrong.
    """

    def __init__(self, path: Path, ring: KeyRing) -> None:
        self._path, self._ring = path, ring

    def keep(self, seq: int, tag: bytes) -> None:
        """Note the end of the chain. A disk that does not take it is logged: the act itself is saved."""
        try:
            with self._path.open("r+b") as file:
                file.seek(seq % 2 * _BYTES)
                file.write(self._line(seq, tag))
        except FileNotFoundError:
            self.restart(seq, tag)
        except OSError as exc:
            _log.warning("the journal's anchor was not written: %s", type(exc).__name__)

    def restart(self, seq: int, tag: bytes) -> None:
        """Forget what stood there: the chain goes on from a backup, or begins."""
        try:
            write_private(self._path, self._line(seq, tag) * 2)
        except (OSError, EnvironmentFault) as exc:
            _log.warning("the journal's anchor was not written: %s", type(exc).__name__)

    def last(self) -> Anchor | None:
        """The furthest line that is ours; None where there is no file. Raises DamagedDatabase when none is."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise EnvironmentFault("本机留底读不了。资料没有动过；请管理员放开权限，再核对一次。") from exc
        good = [
            Anchor(int(number), tag.decode(), "本机", follows=True)
            for number, tag, mac in _LINE.findall(raw)
            if self._ring.signed(_PURPOSE, number + b" " + tag, mac.decode())
        ]
        if not good:
            raise DamagedDatabase("本机留底被改过，或坏了。请不要上报，联系维护的人。")
        return max(good, key=lambda anchor: anchor.seq)

    def _line(self, seq: int, tag: bytes) -> bytes:
        body = f"{seq:015d} {tag.hex()}".encode()
        return body + b" " + self._ring.sign(_PURPOSE, body).encode() + b"\n"


def note_restore(data: DataDir, ring: KeyRing, head: str) -> None:
    """Say before the database is replaced that the chain will go on from `head`. Raises EnvironmentFault, OSError."""
    body = f"{head} {_own_number(data, ring)}"
    write_private(data.restoring, f"{body} {ring.sign(_RESTORING, body.encode())}".encode())


def cut_off(session: Session, data: DataDir, ring: KeyRing) -> bool:
    """Whether the database was put here by a restore that was ended before its journal entry.

    The note must be ours, the chain run through the end it names, and our own anchor be the one it left behind:
    an old note laid beside another old file excuses nothing.
    """
    try:
        body, _space, mac = data.restoring.read_bytes().decode().rpartition(" ")
        if not ring.signed(_RESTORING, body.encode(), mac):
            return False
        seq, tag, left = body.split(" ")
        own = AnchorFile(data.anchor, ring).last()
    except (OSError, ValueError, EnvironmentFault):
        return False
    if int(left) != (own.seq if own is not None else 0):
        return False
    if own is None:
        number, mac_now = journal_head(session)
        return (number, mac_now.hex()) == (int(seq), tag)
    return not judge(session, [own]).ok and judge(session, [Anchor(int(seq), tag, "")]).ok


def _own_number(data: DataDir, ring: KeyRing) -> int:
    try:
        own = AnchorFile(data.anchor, ring).last()
    except EnvironmentFault:
        return 0
    return own.seq if own is not None else 0


def of_backups(backups: Iterable[Backup], ring: KeyRing) -> list[Anchor]:
    """What the manifests say; those of another key or with a wrong signature say nothing."""
    found = []
    for backup in backups:
        seq, _space, tag = backup.manifest.head.partition(" ")
        try:
            check_signature(backup, ring)
        except (WrongKey, DamagedDatabase):
            continue
        if tag:
            found.append(Anchor(int(seq), tag, f"备份 {backup.describe()}", backup.manifest.made_at))
    return found


def of_paper(text: str) -> Anchor:
    """The code printed on a monthly return as it was scanned, or its number and tag alone. Raises ValidationError."""
    found = _PAPER.search(text.strip())
    if found is None:
        raise ValidationError(
            {"paper": "看不懂月报上的码。扫月报页脚的方码，把后两段抄来，如 1482 7F3A91C20B5D4E66。"}
        )
    return Anchor(int(found[1]), found[2].lower(), "纸上的月报")


def judge(session: Session, anchors: Sequence[Anchor]) -> CheckResult:
    """Whether the chain still runs through every anchor. What a restore left behind is excused by its entry."""
    tags = _tags(session, anchors)
    bridges = _bridges(session)
    lost = [a for a in anchors if not _stands(a, tags) and not _left_behind(a, bridges)]
    counts = {"anchors": len(anchors), "lost": len(lost)}
    if lost:
        worst = max(lost, key=lambda anchor: anchor.seq)
        note = (
            f"{worst.held}留的底是第 {worst.seq} 条，操作记录里没有这一条：库被换成旧的，或记录被删改。"
            "请不要上报，联系维护的人。"
        )
        return CheckResult(NAME, False, counts, note)
    return CheckResult(NAME, True, counts)


def missing(session: Session) -> CheckResult:
    """What is found where this machine has no anchor: nothing in a new station, else a finding."""
    empty = session.scalar(select(JournalOp.seq).limit(1)) is None
    note = "" if empty else "本机留底不见了，末尾有没有少没法核对。请不要上报，联系维护的人。"
    return CheckResult(NAME, empty, {"anchors": 0, "lost": 0}, note)


def _tags(session: Session, anchors: Sequence[Anchor]) -> dict[int, str]:
    op, wanted = JournalOp.__table__.c, {anchor.seq for anchor in anchors}
    rows = session.execute(select(op.seq, op.mac).where(op.seq.in_(wanted)))
    return {row.seq: row.mac.hex() for row in rows}


def _stands(anchor: Anchor, tags: dict[int, str]) -> bool:
    return bool(anchor.tag) and tags.get(anchor.seq, "").startswith(anchor.tag)


def _bridges(session: Session) -> list[tuple[int, int, datetime]]:
    """First abandoned number, last one, and when, of each restore."""
    op = JournalOp.__table__.c
    rows = session.execute(select(op.seq, op.at, op.counts).where(op.action == BRIDGE))
    return [(row.seq, row.counts.get("left", 0), row.at) for row in rows]


def _left_behind(anchor: Anchor, bridges: Sequence[tuple[int, int, datetime]]) -> bool:
    return not anchor.follows and any(
        first <= anchor.seq <= last and (anchor.at is None or anchor.at <= at) for first, last, at in bridges
    )
