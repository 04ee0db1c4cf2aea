"""Making, checking and confirming a recovery sheet: blocking functions for the slow lane."""

from __future__ import annotations

from dataclasses import replace

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.first_run.state import BY_HAND, PLACES, PRINTED_AT
from centerdesk.app.recovery import tags as recovery_tags
from centerdesk.app.recovery.records import HandleSheet, RecordSheet
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.kernel import keyslots
from centerdesk.kernel.errors import SecondPersonNeeded
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.recovery import RecoveryCode

SHEET_USED = "sheet.used"
"""In `station.toml`: when the sheet was used to get in; a new one is due then."""

TRIED = "sheet.tried"
"""In `station.toml`: when two groups were typed back rightly, to see that the paper is still there."""


def new_sheet(station: OpenStation) -> tuple[RecoveryCode, SheetGroups]:
    """A new code; the old sheet no longer opens this database. Raises PermissionDenied, EnvironmentFault."""
    _book(station, "作废")
    code = keyslots.new_recovery(station.data, station.ring.data_key, station.clock)
    without = {
        k: v for k, v in station.station.settings.items() if k not in (PRINTED_AT, BY_HAND, SHEET_USED)
    }
    station.station = replace(station.station, settings=without)
    station.station = recovery_tags.remember(station.data, station.station, station.ring, code)
    return code, groups_of(station)


def note_tried(station: OpenStation) -> None:
    """Keep that somebody typed two groups rightly. Blocking. Raises PermissionDenied, EnvironmentFault."""
    _book(station, "抽查")
    now = station.clock.now().isoformat(timespec="seconds")
    station.station = station.station.with_setting(TRIED, now)
    station.station.save(station.data.station_file)


def _book(station: OpenStation, act: str) -> None:
    """First the right and the entry; in the set-up nobody is signed in yet."""
    sheet = HandleSheet(station.station.station_id, groups_of(station).number, act)
    founder = system_actor(["desk.use", "staff.manage"], station.site.desk)
    station.bus.run(sheet, actor=station.actor or founder)


def groups_of(station: OpenStation) -> SheetGroups:
    """The groups of the present sheet."""
    return SheetGroups.of(station.data, station.station, station.ring)


def note_made(station: OpenStation, *, by_hand: bool) -> None:
    """Keep that the sheet is on paper, and how it came there."""
    now = station.clock.now().isoformat(timespec="seconds")
    station.station = station.station.with_setting(PRINTED_AT, now).with_setting(BY_HAND, by_hand)
    station.station.save(station.data.station_file)


def note_places(station: OpenStation, places: str) -> None:
    """Keep where both copies lie."""
    station.station = station.station.with_setting(PLACES, places)
    station.station.save(station.data.station_file)


def opens(station: OpenStation, typed: str) -> RecoveryCode:
    """The code that was typed, once it has opened the database. Raises ValidationError, WrongKey."""
    code = RecoveryCode.parse(typed)
    keyslots.open_with_recovery(station.data, code)
    return code


def witnesses(
    station: OpenStation, administrator: tuple[str, str], secretary: tuple[str, str]
) -> tuple[Actor, Actor]:
    """Both people by their passwords. Raises SignInRefused, SecondPersonNeeded."""
    one, two = station.authenticate(*administrator), station.authenticate(*secretary)
    if one.account_id == two.account_id or not one.may("staff.manage") or not two.may("staff.approve"):
        raise SecondPersonNeeded("staff.approve")
    return one, two


def confirm(station: OpenStation, code: RecoveryCode, two: tuple[Actor, Actor], act: str = "敲回") -> None:
    """Take note that the paper is right: in the key slots and in the journal. Raises WrongKey and others."""
    keyslots.confirm_recovery(station.data, code, station.clock)
    number = groups_of(station).number
    station.bus.run(RecordSheet(station.station.station_id, number, act), actor=two[0], second=two[1])
