"""What makes a station's data sound beyond the file: chain, balance, index. `verify` and backups run them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from centerdesk.features.checkins import api as checkins
from centerdesk.features.people import api as people
from centerdesk.kernel import anchors, journal, lost_end
from centerdesk.kernel.anchors import Anchor, AnchorFile
from centerdesk.kernel.backup import second_folder
from centerdesk.kernel.backupfile import list_backups
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.soundness import Check, CheckResult

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation


def content_checks(ring: KeyRing, clock: Clock) -> Sequence[Check]:
    """The checks of a station's content, in the order they are reported; each is called what it reports."""

    def journal_chain(session: Session) -> CheckResult:
        report = journal.verify_chain(session, ring.journal_key)
        note = "" if report.ok else f"操作记录从第 {report.broken_at} 条起对不上。请不要上报，联系维护的人。"
        return CheckResult(
            "journal_chain", report.ok, {"entries": report.entries, "bad_images": report.bad_images}, note
        )

    def checkin_balance(session: Session) -> CheckResult:
        """expected = seen + missed + excused over every window that is over; what is still to come stands apart."""
        found = checkins.balance(session, date(1900, 1, 1), date(9999, 12, 31), clock.now())
        expected = found.expected - found.due
        ok = expected == found.seen + found.missed + found.excused and found.stray == 0
        counts = {
            "expected": expected, "seen": found.seen, "missed": found.missed, "excused": found.excused,
            "not_due": found.due, "stray": found.stray,
        }  # fmt: skip
        note = "" if ok else "该看的窗和看过、漏看、暂停的加起来不相等。请不要上报，联系维护的人。"
        return CheckResult("checkin_balance", ok, counts, note)

    return (journal_chain, checkin_balance, search_index, households)


def held_anchors(station: OpenStation) -> list[Anchor]:
    """What this machine and the backups in reach say of the chain's end; a spoiled file of ours says nothing.

    Blocking: the second place may be a share.
    """
    second = station.station.second_place
    folders = [station.data.backups, *([second_folder(second, station.ring)] if second else [])]
    found = anchors.of_backups(list_backups(folders), station.ring)
    with suppress(EnvironmentFault):
        own = AnchorFile(station.data.anchor, station.ring).last()
        found += [own] if own is not None else []
    return found


def journal_anchors(station: OpenStation, *papers: Anchor) -> Check:
    """The chain against what was kept outside of it (G33). What is held is read now, before the database is."""
    try:
        own = AnchorFile(station.data.anchor, station.ring).last()
    except EnvironmentFault as exc:
        problem = CheckResult(anchors.NAME, False, {}, str(exc))
        return lambda _session: problem
    held = [*held_anchors(station), *papers]

    def journal_anchors(session: Session) -> CheckResult:
        found = anchors.judge(session, held)
        if not found.ok:
            return found
        return lost_end.judge(session, found, station.clock.now()) if own else anchors.missing(session)

    return journal_anchors


def search_index(session: Session) -> CheckResult:
    """Every resident stands in the search index, and nothing else does."""
    residents, entries = people.count_residents(session), people.count_indexed(session)
    note = "" if residents == entries else "搜索目录和台账对不上，有人会搜不到。请联系维护的人重建目录。"
    return CheckResult(
        "search_index", residents == entries, {"residents": residents, "entries": entries}, note
    )


def households(session: Session) -> CheckResult:
    """Residents whose household is gone; there must be none."""
    orphans = people.count_strayed(session)
    note = "" if not orphans else "有人指着一个不存在的户。请用最近的好备份核对。"
    return CheckResult("households", orphans == 0, {"orphans": orphans}, note)
