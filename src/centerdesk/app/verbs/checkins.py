"""Taking the phone check-in table in, with the enrolment list and the outcomes that lie beside it."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.cli import DONE, REFUSED, Console
from centerdesk.app.verbs.work import back_up_before_import
from centerdesk.features.checkins.commands_import import (
    FRONT_DESK_ROWS,
    IMPORT,
    BookCheckins,
    BookResult,
    EnrolBatch,
    NewEnrolment,
)
from centerdesk.features.checkins.importing import (
    TableReading,
    homes,
    looks_like_table,
    read_enrolments,
    read_outcomes,
    read_table,
    workers_by_name,
)
from centerdesk.features.checkins.rules_table import REASONS, EnrolmentLine, Home, OutcomeLine, TableLook
from centerdesk.features.people import api as people
from centerdesk.features.places import api as places
from centerdesk.kernel.errors import PermissionDenied, UserError
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record
from centerdesk.kernel.spreadsheet_in import read_workbook

T = TypeVar("T")

EXPORT, ENROLMENT, OUTCOMES = "_export", "_enrolment.csv", "_outcomes.csv"
"""How the three files of a month are called: `curtain_2026-09_export.xlsx` and its two companions."""

LIST_BYTES = 5_000_000
"""An enrolment list is some hundred lines; anything larger is another file."""

NOBODY, NO_ACCOUNT, NO_DOOR = "台账里没有这个人", "没有这个网格员的账号", "登记的门牌认不出"


@record
class _List:
    """An enrolment list against the station: who can be enrolled, who cannot and why, the homes that will be."""

    fresh: tuple[NewEnrolment, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    homes: tuple[Home, ...] = ()


@record
class _Intake:
    """One check-in import: what was read, and what the station knows of it."""

    reading: TableReading
    listed: _List
    homes: tuple[Home, ...]
    workers: Mapping[str, UUID]
    outcomes: tuple[OutcomeLine, ...]


def is_checkin_table(path: Path) -> bool:
    """Whether the file has the columns of the phone table. Blocking. Raises SpreadsheetError."""
    return any(looks_like_table(sheet) for sheet in read_workbook(path).sheets)


def checkins_import(args: argparse.Namespace, console: Console, station: OpenStation, actor: Actor) -> int:
    """Enrol who stands on the list, book the looks; a second run books nothing."""
    actor.require(IMPORT)
    actor.require("checkins.enrol")
    intake = _read(args, station)
    looks = intake.reading.matched.looks
    booked = None
    if looks and not args.dry_run:
        booked = _book(intake, station, actor)
    answer = _answer(intake, booked)
    if args.json:
        console.answer(answer)
    _tell(answer, console, dry=args.dry_run)
    return DONE if looks else REFUSED


def _read(args: argparse.Namespace, station: OpenStation) -> _Intake:
    enrolment = args.enrolment or _beside(args.file, ENROLMENT)
    outcomes = args.outcomes or _beside(args.file, OUTCOMES)
    lines = _parsed(enrolment, read_enrolments) if enrolment else ()
    with station.database.read_session() as session:
        known, workers = homes(session), workers_by_name(session)
        ids = people.find_many_by_id_no(session, station.ring, {line.id_no for line in lines})
    codes = {home.code for home in known}
    listed = _against([line for line in lines if line.code not in codes], ids, workers)
    known += listed.homes
    reading = read_table(args.file, known)
    return _Intake(reading, listed, known, workers, _parsed(outcomes, read_outcomes) if outcomes else ())


def _beside(path: Path, ending: str) -> Path | None:
    """The companion of `…_export.xlsx` in the same folder, when there is one."""
    if not path.stem.endswith(EXPORT):
        return None
    companion = path.with_name(path.stem.removesuffix(EXPORT) + ending)
    return companion if companion.is_file() else None


def _parsed(path: Path, parse: Callable[[str], T]) -> T:
    """A csv list of other people. Raises UserError with one sentence."""
    try:
        if path.stat().st_size > LIST_BYTES:
            raise UserError(f"“{path.name}”太大，不像登记名单，什么都没有导入。请看是不是拿错了文件。")
        raw = path.read_bytes()
    except OSError as exc:
        raise UserError(f"“{path.name}”读不了，什么都没有导入。请看文件在不在、有没有权限。") from exc
    try:
        return parse(_decoded(raw))
    except csv.Error as exc:
        raise UserError(f"“{path.name}”不是完整的 csv，什么都没有导入。请另存为 csv 再来一次。") from exc
    except UnicodeDecodeError as exc:
        raise UserError(
            f"“{path.name}”的文字认不出，什么都没有导入。请另存为 UTF-8 的 csv 再来一次。"
        ) from exc


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # what Excel in Chinese writes
        return raw.decode("gb18030")


def _against(lines: list[EnrolmentLine], ids: Mapping[str, UUID], workers: Mapping[str, UUID]) -> _List:
    fresh: list[NewEnrolment] = []
    refused: list[tuple[str, str]] = []
    to_be: list[Home] = []
    for n in lines:
        home = _home(n)
        if n.id_no not in ids or n.worker not in workers or home is None:
            reason = NOBODY if n.id_no not in ids else NO_ACCOUNT if n.worker not in workers else NO_DOOR
            refused.append((n.code, reason))
            continue
        to_be.append(home)
        fresh.append(
            NewEnrolment(ids[n.id_no], n.code, workers[n.worker], n.first_on, n.last_on, n.windows, n.pauses)
        )
    return _List(tuple(fresh), tuple(refused), tuple(to_be))


def _home(line: EnrolmentLine) -> Home | None:
    """The home a line will be once it is booked, for judging a table before that."""
    door = places.parse_door(line.door)
    if door is None:
        return None
    return Home(
        uuid7(), line.worker, line.compound, door.building or "", door.unit or "", door.room or "", line.code
    )


def _book(intake: _Intake, station: OpenStation, actor: Actor) -> tuple[int, BookResult]:
    """Enrolments, then the looks; what the size limit refuses leaves no enrolment behind."""
    looks = intake.reading.matched.looks
    if "secretary" not in actor.roles and len(looks) > FRONT_DESK_ROWS:
        raise PermissionDenied(
            IMPORT, f"前台一次最多导入 {FRONT_DESK_ROWS} 行，这份更多，什么都没有导入。请书记来导。"
        )
    back_up_before_import(station, actor, len(looks))
    fresh = intake.listed.fresh
    enrolled = station.bus.run(EnrolBatch(fresh)).value if fresh else 0
    first, last = intake.reading.first, intake.reading.last
    assert first is not None
    assert last is not None
    booked = BookCheckins(first, last, _with_ids(intake, station), intake.workers, intake.outcomes)
    return enrolled, station.bus.run(booked).value


def _with_ids(intake: _Intake, station: OpenStation) -> tuple[TableLook, ...]:
    """The looks with the ids that the enrolments got; those of a home that was not enrolled after all are left out."""
    with station.database.read_session() as session:
        by_code = {home.code: home.enrolment_id for home in homes(session)}
    now = {home.enrolment_id: by_code.get(home.code) for home in intake.homes}
    return tuple(
        replace(look, enrolment_id=enrolment_id)
        for look in intake.reading.matched.looks
        if (enrolment_id := now[look.enrolment_id]) is not None
    )


def _answer(intake: _Intake, booked: tuple[int, BookResult] | None) -> dict[str, Any]:
    """The JSON object; figures that only booking gives are null for a dry run."""
    matched = intake.reading.matched
    enrolled, result = booked if booked else (None, None)
    return {
        "kind": "checkins",
        "sheet": intake.reading.sheet,
        "counts": {
            "rows": intake.reading.rows,
            "matched": len(matched.looks),
            "unmatched": len(matched.unmatched),
            "to_enrol": len(intake.listed.fresh),
            "enrolled": enrolled,
            "new": result.looks if result else None,
            "known": result.known if result else None,
            "windows": result.checks if result else None,
            "alarms": result.alarms if result else None,
        },
        "unmatched": [
            {"row": u.row, "worker": u.worker, "door": u.door_text, "reason": u.reason, "message": REASONS[u.reason]}
            for u in matched.unmatched
        ],
        "not_enrolled": [{"code": code, "message": reason} for code, reason in intake.listed.refused],
    }  # fmt: skip


def _tell(answer: dict[str, Any], console: Console, *, dry: bool) -> None:
    c = answer["counts"]
    if not c["matched"]:
        console.complain(
            f"{c['rows']} 行里没有一行能对上登记的户，什么都没有导入。请先导入登记名单（--enrolment），再导这张表。"
        )
    elif dry:
        console.say(
            f"试算：共 {c['rows']} 行，对上 {c['matched']} 行，认不出 {c['unmatched']} 行；要登记 {c['to_enrol']} 户。"
        )
    else:
        console.say(
            f"已导入：共 {c['rows']} 行，新看窗 {c['new']} 次，早就有的 {c['known']} 次，认不出 {c['unmatched']} 行；"
            f"登记 {c['enrolled']} 户，补出 {c['windows']} 户次、{c['alarms']} 件报警。"
        )
    if console.json_only:
        return
    for u in answer["unmatched"]:
        console.say(f"  第 {u['row']} 行：{u['message']}")
    for line in answer["not_enrolled"]:
        console.say(f"  登记名单 {line['code']}：{line['message']}")
