"""Booking what was taken in: a list of enrolments, and the looks of past days in batches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.checkins import commands_alarming as alarming
from centerdesk.features.checkins import commands_planning as planning
from centerdesk.features.checkins.commands import project
from centerdesk.features.checkins.commands_booking import Batch, Closer, Outcome, PastWindow, window_rows
from centerdesk.features.checkins.models import (
    Enrolment,
    EnrolmentWindow,
    ExpectedCheck,
    Look,
    Pause,
)
from centerdesk.features.checkins.rules import (
    PAUSED,
    VOID,
    PauseSpan,
    Sight,
    pause_problem,
    prolonging_problem,
    wanted,
)
from centerdesk.features.checkins.rules_table import OutcomeLine, TableLook, span_days
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import PermissionDenied, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record

IMPORT = "people.import"
FRONT_DESK_ROWS = 500
"""How many rows the front desk may take in at once (RELIABILITY 3.5)."""


@record
class NewEnrolment:
    """One line for EnrolBatch: ids instead of names."""

    resident_id: UUID
    code: str
    worker_id: UUID
    first_on: date
    last_on: date | None
    windows: tuple[tuple[str, Any, Any], ...]
    pauses: tuple[tuple[date, str, date, str, str], ...] = ()
    look_from: str = ""


@record
class EnrolBatch(Command[int]):
    """登记名单. Many enrolments whose consent is on paper; codes and residents known already are left alone.

    `ahead`: make the rows of the days ahead at once. The demo leaves that to the watcher, after its history.
    """

    label: ClassVar[str] = "导入登记名单"
    permission: ClassVar[str] = "checkins.enrol"
    reach: ClassVar[Reach] = Reach.ALL
    lines: tuple[NewEnrolment, ...]
    ahead: bool = True

    def execute(self, uow: UnitOfWork) -> int:
        codes = set(uow.session.scalars(select(Enrolment.code)))
        today = local(uow.now).date()
        active = set(
            uow.session.scalars(
                select(Enrolment.resident_id).where(
                    (Enrolment.last_on.is_(None)) | (Enrolment.last_on >= today)
                )
            )
        )
        fresh = [n for n in self.lines if n.code not in codes and n.resident_id not in active]
        for line in fresh:
            _refuse_long_pauses(line, today)
        numbers: Counter[UUID] = Counter()
        rows, windows, pauses = [], [], []
        for line in fresh:
            numbers[line.worker_id] += 1
            enrolment_id = uuid7()
            rows.append(_enrolment(line, enrolment_id, numbers[line.worker_id]))
            windows += [
                {"enrolment_id": enrolment_id, "slot": s, "starts": a, "ends": b} for s, a, b in line.windows
            ]
            pauses += [
                {
                    "enrolment_id": enrolment_id, "first_on": p[0], "first_slot": p[1], "last_on": p[2],
                    "last_slot": p[3], "reason": p[4][:40], "approved_by": uow.actor.account_id,
                }
                for p in line.pauses
            ]  # fmt: skip
        for model, values in ((Enrolment, rows), (EnrolmentWindow, windows), (Pause, pauses)):
            if values:
                uow.bulk_insert(model, values)
        if self.ahead and rows:
            planning.carry_out(uow, planning.plan(uow.session, uow.now, [row["id"] for row in rows]))
        return len(rows)


def _refuse_long_pauses(line: NewEnrolment, today: date) -> None:
    """What lies ahead keeps the rules of a pause set at the desk; what is over is history (G20)."""
    ahead: list[PauseSpan] = []
    for first_on, first_slot, last_on, last_slot, _reason in line.pauses:
        if last_on < today:
            continue
        span = PauseSpan(max(first_on, today), first_slot, last_on, last_slot)
        slots = [slot for slot, *_ in line.windows]
        problems = pause_problem(span, today) or prolonging_problem(span, ahead, slots, today)
        if problems:
            raise ValidationError({"pauses": f"{line.code} 的暂停：{'；'.join(problems.values())}"})
        ahead.append(span)


def _enrolment(line: NewEnrolment, enrolment_id: UUID, number: int) -> dict[str, Any]:
    return {
        "id": enrolment_id, "resident_id": line.resident_id, "code": line.code, "kind": "curtain",
        "worker_id": line.worker_id, "number": number, "look_from": line.look_from,
        "consent_on": line.first_on, "first_on": line.first_on, "last_on": line.last_on,
    }  # fmt: skip


@record
class BookResult:
    """What a booking did: windows and looks that are new, alarms of history, looks known already."""

    checks: int = 0
    looks: int = 0
    alarms: int = 0
    known: int = 0


@record
class BookCheckins(Command[BookResult]):
    """补录看窗. Looks of past days, both inclusive, out of a table; a second run books nothing.

    Windows that have no row yet come into being with their state, looks and the alarm history holds; such an
    alarm is closed by its outcome line, or as 补录 when it is older than a day. A window that has a row gets
    the looks it lacks; an open alarm of it stays open and only shows the late look (G17, G18).
    """

    label: ClassVar[str] = "补录看窗"
    permission: ClassVar[str] = IMPORT
    first: date
    last: date
    looks: tuple[TableLook, ...]
    workers: Mapping[str, UUID]
    outcomes: tuple[OutcomeLine, ...] = ()

    def execute(self, uow: UnitOfWork) -> BookResult:
        roles = uow.actor.roles
        limited = "front_desk" in roles and "secretary" not in roles
        if limited and len(self.looks) > FRONT_DESK_ROWS:
            raise PermissionDenied(IMPORT, f"前台一次最多导入 {FRONT_DESK_ROWS} 行，这份更多，请书记来导。")
        if self.first > self.last or self.first > local(uow.now).date():
            raise ValidationError({"first": "补录的日子要在今天以前，并且从早到晚。"})
        by_window: dict[tuple[UUID, date, str], list[TableLook]] = defaultdict(list)
        for look in self.looks:
            by_window[look.enrolment_id, look.day, look.slot].append(look)
        outcomes = self._outcomes(uow)
        made, known = self._new_windows(uow, by_window, outcomes)
        merged = self._merge(uow, by_window, known)
        uow.count(looks_known=merged.known)
        return BookResult(made.checks, made.looks + merged.looks, made.alarms, merged.known)

    def _outcomes(self, uow: UnitOfWork) -> dict[tuple[UUID, date, str], Outcome]:
        codes = {r.code: r.id for r in uow.session.execute(select(Enrolment.code, Enrolment.id))}
        found = {}
        for line in self.outcomes:
            if line.code in codes:
                by_id = self.workers.get(line.seen_by) or uow.actor.account_id
                found[codes[line.code], line.day, line.slot] = Outcome(
                    line.closed_at, line.outcome, line.seen_by, by_id
                )
        return found

    def _new_windows(
        self,
        uow: UnitOfWork,
        by_window: Mapping[tuple[UUID, date, str], list[TableLook]],
        outcomes: Mapping[tuple[UUID, date, str], Outcome],
    ) -> tuple[BookResult, dict[tuple[UUID, date, str], UUID]]:
        known = self._known(uow)
        batch = Batch()
        days = list(span_days(self.first, self.last))
        for standing in planning.load_standings(uow.session, self.first):
            for row in wanted(standing, days, {}):
                key = (row.enrolment_id, row.day, row.slot)
                if key in known or row.due_at > uow.now:
                    continue
                window = PastWindow(
                    row, tuple(sorted(by_window.get(key, ()), key=lambda x: (x.at, x.row))), outcomes.get(key)
                )
                window_rows(batch, window, self.workers, Closer(uow.actor.account_id, uow.now))
        batch.write(uow)
        return BookResult(len(batch.checks), len(batch.looks), len(batch.alarms)), known

    def _known(self, uow: UnitOfWork) -> dict[tuple[UUID, date, str], UUID]:
        c = ExpectedCheck
        stmt = select(c.enrolment_id, c.day, c.slot, c.id).where(c.day.between(self.first, self.last))
        return {(e, day, slot): check_id for e, day, slot, check_id in uow.session.execute(stmt)}

    def _merge(
        self,
        uow: UnitOfWork,
        by_window: Mapping[tuple[UUID, date, str], list[TableLook]],
        known: Mapping[tuple[UUID, date, str], UUID],
    ) -> BookResult:
        mine = {known[key]: looks for key, looks in by_window.items() if key in known}
        have = _looks_of(uow, list(mine))
        looks = repeats = 0
        for check_id, wanted_looks in mine.items():
            left = have.get(check_id, Counter())
            for look in sorted(wanted_looks, key=lambda x: (x.at, x.row)):
                mark = (look.at, self.workers.get(look.worker))
                if left[mark] > 0:
                    left[mark] -= 1
                    repeats += 1
                elif look.at <= uow.now:
                    _add_look(uow, uow.get(ExpectedCheck, check_id), look, mark[1])
                    looks += 1
        return BookResult(looks=looks, known=repeats)


def _looks_of(uow: UnitOfWork, check_ids: list[UUID]) -> dict[UUID, Counter[tuple[datetime, UUID | None]]]:
    found: dict[UUID, Counter[tuple[datetime, UUID | None]]] = defaultdict(Counter)
    for start in range(0, len(check_ids), 500):
        stmt = select(Look.check_id, Look.at, Look.by_id).where(
            Look.check_id.in_(check_ids[start : start + 500])
        )
        for check_id, at, by_id in uow.session.execute(stmt):
            found[check_id][at, by_id] += 1
    return found


def _add_look(uow: UnitOfWork, check: ExpectedCheck, look: TableLook, by_id: UUID | None) -> None:
    """One look that a live window lacks. During a pause it is kept as a fact and counts for nothing."""
    uow.add(
        Look(
            check_id=check.id, at=look.at, state=look.state, by_id=by_id, source="import",
            note=look.note[:200],
        )
    )  # fmt: skip
    if check.state not in (PAUSED, VOID):
        project(check, Sight(look.at, look.state, by_id))
        alarming.take_in(uow, check, look.state, look.at)
