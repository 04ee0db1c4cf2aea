"""The sample month, taken in as a station does it: every state, alarm, rate and unmatched row of the truth file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins import api
from centerdesk.features.checkins.commands_import import BookCheckins, EnrolBatch, NewEnrolment
from centerdesk.features.checkins.importing import (
    NotACheckinTable,
    homes,
    read_outcomes,
    read_table,
    workers_by_name,
)
from centerdesk.features.checkins.indicators import INDICATORS
from centerdesk.features.checkins.indicators_facts import grouped_rates
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck, Look
from centerdesk.features.checkins.rules_rates import Rates
from centerdesk.features.staff.models import Account
from centerdesk.kernel.clock import SHANGHAI, Month
from centerdesk.kernel.errors import PermissionDenied, UserError
from centerdesk.kernel.indicators import Cumulate, Span
from centerdesk.kernel.paths import resource
from centerdesk.kernel.reporting.figures import rate
from tests.helpers.elders import CHECKINS, at, truth, yunhe
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

WORDS = {"早": "morning", "晚": "evening"}


@pytest.fixture(scope="module")
def booked(on_database, tmp_path_factory):
    """A station with the 46 elders enrolled and September booked from the three files."""
    station = make_station(tmp_path_factory.mktemp("sept"), at=at("2026-10-02 09:00"))
    town, lines = yunhe(station)
    station.run(
        EnrolBatch(
            tuple(
                NewEnrolment(
                    town.residents[line.code],
                    line.code,
                    town.workers[line.worker],
                    line.first_on,
                    line.last_on,
                    line.windows,
                    line.pauses,
                )
                for line in lines
            )
        )
    )
    with station.read() as session:
        known, workers = homes(session), workers_by_name(session)
    reading = read_table(resource(*CHECKINS, "curtain_2026-09_export.xlsx"), known)
    outcomes = read_outcomes(resource(*CHECKINS, "curtain_2026-09_outcomes.csv").read_text("utf-8"))
    book = BookCheckins(date(2026, 9, 1), date(2026, 9, 30), reading.matched.looks, workers, outcomes)
    result = station.run(book)
    yield station, town, reading, book, result
    station.close()


def wall(moment):
    return moment and f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def names(session):
    return {r.id: r.name for r in session.execute(select(Account.id, Account.name))}


def test_every_row_that_fits_no_home_is_listed(booked):
    _, _, reading, _, _ = booked
    found = [
        {"row": u.row, "worker": u.worker, "room_text": u.door_text, "reason": u.reason}
        for u in reading.matched.unmatched
    ]
    assert found == truth()["unmatched_rows"]
    assert reading.rows == truth()["export_rows"]


def test_every_cell_has_the_state_of_the_truth(booked):
    station, *_ = booked
    with station.read() as session:
        name = names(session)
        rows = session.execute(
            select(ExpectedCheck, Enrolment.code)
            .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
            .where(ExpectedCheck.day.between(date(2026, 9, 1), date(2026, 9, 30)))
        ).all()
        all_looks = {
            r[0]: r[1] for r in session.execute(select(Look.check_id, func.count()).group_by(Look.check_id))
        }
        first_states = {
            r.check_id: r.state
            for r in session.execute(select(Look.check_id, Look.state).order_by(Look.at.desc()))
        }
        found = {}
        for check, code in rows:
            cell = {
                "elder": code,
                "date": str(check.day),
                "window": {v: k for k, v in WORDS.items()}[check.slot],
                "worker": name[check.worker_id],
                "state": check.state,
                "looks": all_looks.get(check.id, 0),
            }
            if check.state != "paused":
                cell["in_time"] = check.in_time
            if check.looks:
                cell |= {
                    "first_state": first_states[check.id],
                    "first_look": wall(check.first_look_at),
                    "last_look": wall(check.last_look_at),
                    "looked_by": name[check.looked_by],
                }
            found[code, cell["date"], cell["window"]] = cell
    expected = {(c["elder"], c["date"], c["window"]): c for c in truth()["cells"]}
    assert found == expected


def test_every_alarm_of_the_truth_and_no_other(booked):
    station, *_ = booked
    with station.read() as session:
        rows = session.execute(
            select(Alarm, ExpectedCheck.day, ExpectedCheck.slot, Enrolment.code)
            .join(ExpectedCheck, ExpectedCheck.id == Alarm.check_id)
            .join(Enrolment, Enrolment.id == ExpectedCheck.enrolment_id)
        ).all()
        found = {}
        for alarm, day, slot, code in rows:
            one = {
                "elder": code,
                "date": str(day),
                "window": {v: k for k, v in WORDS.items()}[slot],
                "raised_at": wall(alarm.raised_at),
            }
            if alarm.opened_as == "unseen":
                one |= {
                    "kind": "unseen",
                    "escalated": alarm.escalated,
                    "late_look_at": wall(alarm.late_look_at),
                }
            else:
                one |= {"kind": alarm.kind, "outcome": alarm.outcome, "closed_at": wall(alarm.closed_at)}
            found[code, one["date"], one["window"]] = one
    assert found == {(a["elder"], a["date"], a["window"]): a for a in truth()["alerts"]}


def as_truth(r: Rates) -> dict[str, object]:
    def percent(n, d):
        value = rate(len(n), len(d))
        return None if value is None else float(value)

    return {
        "F1_due": len(r.due),
        "paused": len(r.paused),
        "seen": len(r.seen),
        "in_window": len(r.in_time),
        "unseen": len(r.missed),
        "late_seen": len(r.late),
        "F2_care_rate_pct": percent(r.seen, r.due),
        "F3_timely_rate_pct": percent(r.in_time, r.due),
        "F4_missed_rate_pct": percent(r.missed, r.due),
        "alerts_look": len(r.look_alarms),
        "alerts_unseen": len(r.unseen_alarms),
        "F5_abnormal_rate_pct": percent(r.look_alarms, r.seen),
        "false_alerts": len(r.false_alarms),
        "F5_false_rate_pct": percent(r.false_alarms, r.look_alarms),
        "handling_minutes_median": r.handling_median,
        "handling_minutes_max": r.handling_max,
        "handling_open": len(r.open_alarms),
        "F6_days_without_miss_at_end": r.days_at_end,
        "F6_longest": r.days_longest,
    }


def test_the_rates_of_the_month_and_of_each_worker(booked):
    station, town, *_ = booked
    span = Span.of_month(Month(2026, 9), station.clock.now())
    with station.read() as session:
        by_worker = grouped_rates(session, span, "worker")
        by_grid = grouped_rates(session, span, "grid")
    assert as_truth(by_worker[None]) == truth()["rates"]
    expected = truth()["rates_by_worker"]
    assert {n: as_truth(by_worker[town.workers[n]]) for n in expected} == expected
    assert {n: as_truth(by_grid[town.grids[n]]) for n in expected} == expected


def test_the_indicators_give_the_same_numbers_with_rows(booked):
    station, *_ = booked
    span = Span.of_month(Month(2026, 9), station.clock.now())
    expected = truth()["rates"]
    with station.read() as session:
        found = {i.id.removeprefix("curtain."): i.measure(session, span)[None] for i in INDICATORS}
    assert found["due"].value == len(found["due"].rows) == expected["F1_due"]
    assert (found["care_rate"].n, found["care_rate"].d) == (expected["seen"], expected["F1_due"])
    assert (found["timely_rate"].n, found["timely_rate"].d) == (expected["in_window"], expected["F1_due"])
    assert (found["missed_rate"].n, found["missed_rate"].d) == (expected["unseen"], expected["F1_due"])
    assert (found["abnormal_rate"].n, found["abnormal_rate"].d) == (21, expected["seen"])
    assert (found["false_rate"].n, found["false_rate"].d) == (18, 21)
    assert found["handling_median"].value == expected["handling_minutes_median"]
    assert found["days_longest"].value == expected["F6_longest"]
    assert found["elders"].value == 46
    assert found["unseen_alarms"].value == len(set(found["unseen_alarms"].rows)) == 163


def test_an_empty_month_gives_zeros(booked):
    station, *_ = booked
    with station.read() as session:
        for indicator in INDICATORS:
            if indicator.cumulate is Cumulate.LAST:
                continue
            measure = indicator.measure(session, Span.of_month(Month(2024, 2), station.clock.now()))[None]
            assert (measure.value or 0, measure.rows, measure.n or 0, measure.d or 0) == (0, (), 0, 0)


def test_the_balance_holds_and_nothing_of_history_rings(booked):
    station, *_ = booked
    with station.read() as session:
        balance = api.balance(session, date(2026, 9, 1), date(2026, 9, 30), station.clock.now())
        still_open = session.scalar(select(func.count()).where(Alarm.closed_at.is_(None)))
    assert balance == api.Balance(2760, 2619, 125, 16, 0, 0)
    assert balance.ok
    assert still_open == 0


def test_the_same_file_again_books_nothing(booked):
    station, _, reading, book, result = booked
    assert (result.checks, result.alarms) == (2760, 184)
    assert result.looks == len(reading.matched.looks)
    again = station.run(book)
    assert (again.checks, again.looks, again.alarms) == (0, 0, 0)
    assert again.known == len(reading.matched.looks)


def test_the_front_desk_may_not_take_in_thousands(booked):
    station, _, _, book, _ = booked
    secretary = station.actor
    station.sign_in("front_desk")
    with pytest.raises(PermissionDenied, match="500"):
        station.run(book)
    station.actor = secretary
    few = replace(book, looks=book.looks[:10])
    assert station.run(few).known == 10


def test_a_roster_is_no_checkin_table(tmp_path, booked):
    path = tmp_path / "other.csv"
    path.write_text("姓名,电话\n某人,1\n", "utf-8")
    with pytest.raises(NotACheckinTable):
        read_table(path, ())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("户代码,日期\nE01,2026-09-01\n", "第 2 行"),
        (
            "户代码,日期,时段,结案时间,结案代码,见到老人的人\nE01,2026-09-01,早,昨天,忘拉,甲\n",
            "结案时间读不出",
        ),
    ],
)
def test_a_bad_outcome_line_is_named(text, line):
    with pytest.raises(UserError, match=line):
        read_outcomes(text)
