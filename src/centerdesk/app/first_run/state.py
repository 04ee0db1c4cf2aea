"""How far the first set-up is: derived from the station itself, so that any stop resumes where it was (UI 18).

What only the wizard knows (skipped, put off, where the sheets lie) stands in `station.toml`.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from sqlalchemy.orm import Session

from centerdesk.app.backups import back_up_before_migration
from centerdesk.app.bootstrap import OpenStation, open_station, put_aside_cut_off
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.features.people import api as people
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import list_backups, second_folder
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.station import Station, Value, is_there

AT, AT_TIME, WIZARD = "setup.at", "setup.at_time", "setup.wizard"
IMPORT_SKIPPED, SECOND_LATER = "setup.import_skipped", "setup.second_later"
REFUSED_ROWS = "setup.refused_rows"
PRINTED_AT, BY_HAND, PLACES = "sheet.printed_at", "sheet.by_hand", "sheet.places"
_OWN = (AT, AT_TIME, WIZARD, IMPORT_SKIPPED, SECOND_LATER)
"""What is forgotten once the station is set up."""


class Step(Enum):
    """One step of the set-up (第一次设置的一步), in order."""

    SITE = "站点"
    GRIDS = "网格"
    ACCOUNTS = "账号"
    IMPORT = "导入"
    BACKUP = "备份地"
    SHEET = "恢复单"

    @property
    def number(self) -> int:
        """From 1."""
        return list(Step).index(self) + 1


@record
class Person:
    """An account as the set-up shows it."""

    login: str
    name: str
    roles: tuple[str, ...]
    grids: tuple[str, ...]

    @property
    def role_titles(self) -> str:
        """书记、管理员."""
        return "、".join(title for role, title in staff.ROLES.items() if role in self.roles)


@record
class Progress:
    """What stands already. `only_sheet`: a station made by `init`, whose sheet alone is still open.

    `free_gb`: room on this machine's disk, None when it does not say. `sheet`: None before there is a station.
    """

    name: str = ""
    street: str = ""
    area_code: str = ""
    device: str = ""
    grids: tuple[str, ...] = ()
    compounds: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    residents: int = 0
    refused_rows: int = 0
    import_skipped: bool = False
    second_place: Path | None = None
    second_later: bool = False
    free_gb: int | None = None
    backup_at: datetime | None = None
    second_good: bool = False
    sheet: SheetGroups | None = None
    printed_at: datetime | None = None
    by_hand: bool = False
    places: str = ""
    confirmed: bool = False
    only_sheet: bool = False
    at: Step = Step.SITE
    stopped_at: datetime | None = None

    def holder(self, role: str) -> Person | None:
        """Who holds a role; the first of several."""
        return next((p for p in self.people if role in p.roles), None)

    def done(self, step: Step) -> bool:
        """Whether a step may be left behind."""
        return not self.missing(step)

    def missing(self, step: Step) -> str:
        """What a step still lacks, in few words; "" when it is done."""
        checks = {
            Step.SITE: self._site, Step.GRIDS: self._grids, Step.ACCOUNTS: self._accounts,
            Step.IMPORT: self._import, Step.BACKUP: self._backup, Step.SHEET: self._sheet,
        }  # fmt: skip
        return checks[step]()

    def _site(self) -> str:
        return "" if self.name else "还差站名"

    def _grids(self) -> str:
        return "" if self.grids else "还差网格"

    def _accounts(self) -> str:
        secretary, administrator = self.holder("secretary"), self.holder("administrator")
        if secretary is None:
            return "还差书记"
        if administrator is None:
            return "还差管理员"
        both = [p for p in self.people if "secretary" in p.roles or "administrator" in p.roles]
        return "" if len(both) > 1 else "书记和管理员要两个人"

    def _import(self) -> str:
        return "" if self.residents or self.import_skipped else "还没导入"

    def _backup(self) -> str:
        if self.backup_at is None:
            return "还没试备一次"
        if self.second_place is None:
            return "" if self.second_later else "还差第二处"
        return "" if self.second_good else "第二处还没备成"

    def _sheet(self) -> str:
        return "" if self.confirmed else "还没照纸敲回"

    @property
    def first_open(self) -> Step:
        """The first step that is not done."""
        return next((step for step in Step if not self.done(step)), Step.SHEET)

    def notes(self, step: Step) -> tuple[str, str]:
        """What the step brought, in two short lines for the list at the left."""
        told = {
            Step.SITE: (self.name, " · ".join(part for part in (self.street, self.area_code) if part)),
            Step.GRIDS: (f"{len(self.grids)} 个网格，{len(self.compounds)} 个小区", "楼栋格局以后可补")
            if self.grids else ("", ""),
            Step.ACCOUNTS: self._account_notes(),
            Step.IMPORT: self._import_notes(),
            Step.BACKUP: self._backup_notes(),
            Step.SHEET: ("打印了，还要照纸敲一遍" if self.printed_at else "", "不敲完不算装好"),
        }  # fmt: skip
        return told[step]

    def _account_notes(self) -> tuple[str, str]:
        if not self.people:
            return "", ""
        kinds = len({role for person in self.people for role in person.roles})
        heads = ((title, self.holder(role)) for role, title in staff.ROLES.items() if role in _HEADS)
        return (
            f"{len(self.people)} 个人，{kinds} 种身份",
            " · ".join(f"{title} {person.name}" for title, person in heads if person is not None),
        )

    def _import_notes(self) -> tuple[str, str]:
        if self.residents:
            held = f"{self.refused_rows} 行没收，改好再导" if self.refused_rows else "一行没落"
            return f"居民 {self.residents:,} 人", held
        return ("以后再导", "设好了随时能导") if self.import_skipped else ("", "")

    def _backup_notes(self) -> tuple[str, str]:
        if self.backup_at is None:
            return "", ""
        if self.second_place is None:
            return "本机", "第二处以后再设" if self.second_later else "还差第二处"
        good = "试备一次，读回一样" if self.second_good else "第二处还没备成"
        return f"本机 + {self.second_place.name or self.second_place}", good


_HEADS = ("secretary", "administrator")


def needed(data: DataDir) -> bool:
    """Whether the desk must show the set-up first: nothing there yet, stopped half-way, or a sheet not typed back.

    Raises EnvironmentFault for a station that cannot be read.
    """
    if not (data.station_file.exists() and is_there(data) and data.keyslots.exists()):
        return not is_there(data)
    return AT in Station.load(data.station_file).settings or not keyslots.recovery_confirmed(data)


def open_unfinished(data: DataDir, clock: Clock) -> OpenStation | None:
    """The station so far; None where there is none. What a power cut left of step one is put aside. Blocking."""
    if not is_there(data):
        put_aside_cut_off(data)
        return None
    return open_station(data, clock, backup_before=back_up_before_migration)


def read_progress(station: OpenStation) -> Progress:
    """Everything from the open station and its files. Blocking, slow lane."""
    with station.database.read_session() as session:
        found = _from_database(session)
    settings = station.station.settings
    found = _from_file(found, station.station, settings)
    newest = next(iter(list_backups([station.data.backups])), None)
    second = station.station.second_place
    there = list_backups([second_folder(second, station.ring)]) if second else []
    names = {each.path.name for each in there}
    found = replace(
        found,
        free_gb=_free_gb(station.data.root),
        sheet=SheetGroups.of(station.data, station.station, station.ring),
        backup_at=newest.manifest.made_at if newest else None,
        second_good=newest is not None and newest.path.name in names,
        confirmed=keyslots.recovery_confirmed(station.data),
        only_sheet=WIZARD not in settings and bool(found.people),
    )
    kept = next((step for step in Step if step.name == settings.get(AT)), None)
    if found.only_sheet:
        return replace(found, at=Step.SHEET)
    reachable = kept is not None and kept.number <= found.first_open.number
    return replace(found, at=kept if kept is not None and reachable else found.first_open)


def _free_gb(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free // 1_000_000_000
    except OSError:  # the trial backup says what is wrong
        return None


def _from_database(session: Session) -> Progress:
    community = places.community(session)
    return Progress(
        name=community.name if community else "",
        street=community.street if community else "",
        area_code=community.area_code if community else "",
        grids=tuple(row.name for row in places.grids(session)),
        compounds=tuple(row.name for row in places.compounds(session)),
        people=_people(session),
        residents=people.count_residents(session),
    )


def _people(session: Session) -> tuple[Person, ...]:
    grids = places.grids_of_workers(session)
    rows = sorted(staff.list_accounts(session), key=lambda row: row.id)
    return tuple(Person(r.login, r.name, r.roles, grids.get(r.id, ())) for r in rows)


def _from_file(found: Progress, station: Station, settings: Mapping[str, Value]) -> Progress:
    refused = settings.get(REFUSED_ROWS, 0)
    return replace(
        found,
        device=station.device,
        import_skipped=settings.get(IMPORT_SKIPPED) is True,
        refused_rows=refused if isinstance(refused, int) else 0,
        second_place=station.second_place,
        second_later=settings.get(SECOND_LATER) is True,
        printed_at=_instant(settings.get(PRINTED_AT)),
        by_hand=settings.get(BY_HAND) is True,
        places=str(settings.get(PLACES, "")),
        stopped_at=_instant(settings.get(AT_TIME)),
    )


def _instant(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def keep(station: OpenStation, values: Mapping[str, Value]) -> None:
    """Store what only the wizard knows. Blocking."""
    changed = station.station
    for name, value in values.items():
        changed = changed.with_setting(name, value)
    station.station = changed
    changed.save(station.data.station_file)


def keep_place(station: OpenStation, step: Step) -> None:
    """Remember that the person is at this step now: here it resumes."""
    now = station.clock.now().isoformat(timespec="seconds")
    keep(station, {WIZARD: True, AT: step.name, AT_TIME: now})


def forget_wizard(station: OpenStation) -> None:
    """Set up: nothing of the wizard's own is kept, what the sheet needs stays."""
    kept = {name: value for name, value in station.station.settings.items() if name not in _OWN}
    station.station = replace(station.station, settings=kept)
    station.station.save(station.data.station_file)


def stopped_words(progress: Progress, now: datetime) -> str:
    """`昨天 16:40 停在「备份地」，今天接着来的。`; "" where nothing was stopped."""
    if progress.stopped_at is None:
        return ""
    there, here = local(progress.stopped_at), local(now)
    days = (here.date() - there.date()).days
    day = {0: "今天", 1: "昨天", 2: "前天"}.get(days, f"{there.month} 月 {there.day} 日")
    return f"{day} {there:%H:%M} 停在「{progress.at.value}」，现在接着来。"
