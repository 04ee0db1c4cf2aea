"""What 数据平安 shows, read from the backup folders, the key slots and the journal. Counts only, no person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.first_run.state import PLACES
from centerdesk.app.recovery.acts import SHEET_USED, TRIED
from centerdesk.app.verbs.station import all_checks
from centerdesk.kernel import journal, keyslots, lost_end
from centerdesk.kernel.backup import list_backups, second_folder
from centerdesk.kernel.backupfile import Backup
from centerdesk.kernel.clock import day_bounds, local, today, until_said
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.record import record
from centerdesk.kernel.soundness import CheckResult

SHEET_OLD = timedelta(days=182)
"""A recovery sheet not tested for six months turns brown (UI 19)."""


@record
class BackupLine:
    """One backup of the list. `acts`: what was done since the one before it; `there`: in the second place too."""

    backup: Backup
    acts: int | None
    there: bool

    @property
    def made_at(self) -> datetime:
        return self.backup.manifest.made_at

    @property
    def good(self) -> bool:
        return self.backup.manifest.good


@record
class SheetView:
    """The recovery sheet: its name, when it was last proved right, where it lies."""

    name: str
    tested_at: datetime | None
    places: str
    used: bool
    confirmed: bool


@record
class SafetyView:
    """数据平安, as it stands. `lost`: acts that are gone from the end, until somebody has heard it."""

    lines: tuple[BackupLine, ...]
    size: int
    second: Path | None
    second_there: bool
    second_at: datetime | None
    machine: bool
    sheet: SheetView
    entries: int
    head: str
    reveals: int
    checks: tuple[CheckResult, ...]
    checked_at: datetime | None
    lost: lost_end.Told | None

    @property
    def newest(self) -> BackupLine | None:
        return self.lines[0] if self.lines else None


def read_safety_view(station: OpenStation) -> SafetyView:
    """Look at everything once. Blocking, slow lane: a second place may be a share that hangs."""
    here = [b for b in list_backups([station.data.backups]) if b.manifest.key == station.ring.fingerprint]
    second = station.station.second_place
    there = list_backups([second_folder(second, station.ring)]) if second else []
    names = {each.path.name for each in there}
    newest = here[0] if here else None
    with station.database.read_session() as session:
        number, mac = journal.head(session)
        reveals = _reveals(session, station)
        lost = lost_end.told(session, station.clock.now())
    return SafetyView(
        _lines(here, names),
        sum(each.manifest.size for each in here),
        second,
        second is not None and second.is_dir(),
        max((each.manifest.made_at for each in there), default=None),
        _machine_opens(station),
        _sheet(station),
        number,
        head_code(mac),
        reveals,
        newest.manifest.checks if newest else (),
        newest.manifest.made_at if newest else None,
        lost,
    )


def _lines(here: Sequence[Backup], names: set[str]) -> tuple[BackupLine, ...]:
    done = [each.manifest.tables.get("journal_op", 0) for each in here]
    acts = [newer - older for newer, older in pairwise(done)]
    return tuple(
        BackupLine(each, acts[n] if n < len(acts) else None, each.path.name in names)
        for n, each in enumerate(here)
    )


def _reveals(session: Session, station: OpenStation) -> int:
    """How often a whole number was looked at today."""
    return journal.count_acts(session, "Reveal", *day_bounds(today(station.clock)))


def _machine_opens(station: OpenStation) -> bool:
    try:
        return keyslots.open_with_machine(station.data).fingerprint == station.ring.fingerprint
    except EnvironmentFault:
        return False


def _sheet(station: OpenStation) -> SheetView:
    slot = keyslots.read(station.data.keyslots).find("recovery")
    settings = station.station.settings
    tested = [t for t in (_instant(slot.tried_at if slot else ""), _instant(settings.get(TRIED))) if t]
    return SheetView(
        keyslots.sheet_name(slot.number) if slot else "",
        max(tested, default=None),
        str(settings.get(PLACES, "")),
        SHEET_USED in settings,
        bool(slot and slot.confirmed_at),
    )


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) and text else None
    except ValueError:
        return None


def head_code(mac: bytes) -> str:
    """`7F3A-91C2`: the beginning of the last entry's tag, as it is read over the telephone."""
    text = mac.hex()[:8].upper()
    return f"{text[:4]}-{text[4:]}"


def run_checks(station: OpenStation) -> tuple[CheckResult, ...]:
    """Every check over the open database. Blocking, slow lane."""
    return tuple(all_checks(station))


def loss_words(newest: datetime | None, now: datetime) -> str:
    """The headline: how much would be lost now."""
    if newest is None:
        return "电脑现在坏了，就都没了"
    lost = max(timedelta(), now - newest)
    minutes = max(1, -(-int(lost.total_seconds()) // 60))
    if minutes < 120:
        return f"电脑现在坏了，最多丢 {minutes} 分钟"
    hours = minutes // 60
    return f"电脑现在坏了，最多丢 {hours} 小时" if hours < 48 else f"电脑现在坏了，最多丢 {hours // 24} 天"


def when_words(at: datetime, now: datetime) -> tuple[str, str]:
    """(14:32, 今天), (18:58, 昨天), (11-30, 24:00)."""
    there, here = local(at), local(now)
    days = (here.date() - there.date()).days
    if days in (0, 1):
        return f"{there:%H:%M}", ("今天", "昨天")[days]
    day, time = until_said(at).split()
    return day, time


def size_words(size: int) -> str:
    """3.1 MB, 1.9 GB."""
    return f"{size / 1e9:.1f} GB" if size >= 1_000_000_000 else f"{size / 1e6:.1f} MB"


def months_untested(sheet: SheetView, now: datetime) -> int:
    """Whole months since the sheet was proved right; 0 below six months, -1 for never."""
    if sheet.tested_at is None:
        return -1
    age = now - sheet.tested_at
    return age.days // 30 if age > SHEET_OLD else 0


_CHECKS = {
    "integrity": "文件各页",
    "foreign_keys": "前后指得上",
    "journal_chain": "留痕连着",
    "checkin_balance": "该看的窗",
    "search_index": "能找到人",
    "households": "户都在",
    "keys": "备份旁的钥匙",
    "journal_anchors": "留底对得上",
}


def journal_check(checks: Sequence[CheckResult]) -> CheckResult | None:
    """What is found of the journal: its chain, or what is held outside of it where only that does not agree."""
    chain = next((c for c in checks if c.name == "journal_chain"), None)
    outside = next((c for c in checks if c.name == "journal_anchors" and not c.ok), None)
    return chain if outside is None or chain is None or not chain.ok else outside


def check_words(check: CheckResult) -> tuple[str, str, str]:
    """(what, n / n, word) of one check: never just a tick (UI 19)."""
    c = check.counts
    what = _CHECKS.get(check.name, check.name)
    match check.name:
        case "integrity":
            pages = c.get("pages", 0)
            return what, f"{pages - c.get('faults', 0):,} / {pages:,}", "没坏" if check.ok else "坏了"
        case "journal_chain":
            return what, f"{c.get('entries', 0):,}", "条" if check.ok else "断了"
        case "checkin_balance":
            parts = [f"{c.get(name, 0):,}" for name in ("seen", "missed", "excused")]
            return what, f"{c.get('expected', 0):,} = {'+'.join(parts)}", "看 漏 停"
        case "search_index":
            return what, f"{c.get('entries', 0):,} / {c.get('residents', 0):,}", "人"
        case "journal_anchors":
            held = c.get("anchors", 0)
            return what, f"{held - c.get('lost', 0):,} / {held:,}", "处" if check.ok else "对不上"
    return what, f"{c.get('orphans', 0):,}", "处断" if not check.ok else "没断"
