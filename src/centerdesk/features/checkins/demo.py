"""The curtain signal of the demo: a year of history booked in batches, then the morning of 3 December lived."""

from __future__ import annotations

from datetime import date, time, timedelta

from centerdesk.features.checkins.commands_import import BookCheckins, BookResult, EnrolBatch, NewEnrolment
from centerdesk.features.checkins.demo_history import Walk, made_up_month
from centerdesk.features.checkins.demo_morning import fill_care_cards, live_through
from centerdesk.features.checkins.importing import homes, read_enrolments, read_outcomes, read_table
from centerdesk.features.checkins.rules_table import EnrolmentLine, Home
from centerdesk.features.people import api as people
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import Month, instant
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.paths import resource

FILES = ("data", "checkins")
FILE_MONTH = Month(2026, 9)
TABLE_NAMES = ("网格员甲", "网格员乙", "网格员丙")
"""What the sample table calls the three workers."""

STANDS = ("站南花坛", "站东门岗", "站车棚口", "站小广场", "站北门", "站凉亭旁")

PAUSES = (
    ("E21", timedelta(days=-5), timedelta(days=5), "住院，女儿来电"),
    ("E37", timedelta(days=-2), timedelta(days=2), "去儿子家"),
)
"""Away on the demo's day: 户代码, first and last day from it, why."""


def build(demo: DemoStation) -> None:
    """Enrol the 46 elders, book twelve months, and live through the morning up to 08:41."""
    lines = read_enrolments(_text("curtain_2026-09_enrolment.csv"))
    first = Month.of(demo.day - timedelta(days=365)).first
    _enrol(demo, lines, first)
    _lay_out(demo)
    booked = _book(demo, first)
    demo.tell(
        f"看窗：登记 46 户，补录 {first.year} 年 {first.month} 月以来 {booked.checks} 户次应看、"
        f"{booked.looks} 次看窗、{booked.alarms} 件报警。"
    )
    fill_care_cards(demo)
    demo.tell(live_through(demo))


def _text(name: str) -> str:
    return resource(*FILES, name).read_text("utf-8")


def _enrol(demo: DemoStation, lines: tuple[EnrolmentLine, ...], first: date) -> None:
    """By identity number, consent on paper; every elder from the first day of the history on."""
    with demo.read() as session:
        known = people.find_many_by_id_no(session, demo.ring, [line.id_no for line in lines])
    worker = {name: demo.accounts[login] for name, login in zip(TABLE_NAMES, demo.workers, strict=True)}
    away = {code: (demo.day + a, demo.day + b, why) for code, a, b, why in PAUSES}
    fresh = []
    for line in lines:
        pauses = [*line.pauses]
        if line.code in away:
            start, end, why = away[line.code]
            pauses.append((start, "morning", end, "evening", why))
        fresh.append(
            NewEnrolment(
                known[line.id_no], line.code, worker[line.worker], first, None, line.windows, tuple(pauses)
            )
        )
    demo.run(EnrolBatch(tuple(fresh), ahead=False))


def _lay_out(demo: DemoStation) -> None:
    """Floors, units and doors of the houses with enrolled windows, as far as the ledger knows their doors."""
    with demo.read() as session:
        known = homes(session)
        buildings = {(b.compound, b.name): b for b in places.all_buildings(session)}
    for number, key in enumerate(sorted({(h.compound, h.building) for h in known}, key=_house)):
        mine = [h for h in known if (h.compound, h.building) == key]
        b = buildings[key]
        floors = max([b.floors, 6, *(int(h.room[:-2]) for h in mine)])
        units = max([b.units, 2, *(int(h.unit) for h in mine)])
        doors = max([b.doors_per_unit, 2, *(int(h.room[-2:]) for h in mine)])
        stand = STANDS[number % len(STANDS)]
        demo.run(places.LayOutBuilding(b.id, floors, units, doors, stand, number + 1))


def _house(key: tuple[str, str]) -> tuple[str, int]:
    return key[0], int(key[1])


def _book(demo: DemoStation, first: date) -> BookResult:
    """Month by month up to yesterday: the sample table for its month, the others made up from a fixed seed."""
    with demo.read() as session:
        known = homes(session)
    total = BookResult()
    month = Month.of(first)
    yesterday = demo.day - timedelta(days=1)
    while month.first <= yesterday:
        last = min(month.last, yesterday)
        booked_at = instant(month.next.first + timedelta(days=1), time(9, 0))
        if last == yesterday:
            booked_at = instant(demo.day, time(0, 10))
        if booked_at > demo.clock.now():
            demo.clock.set(booked_at)
        one = _book_month(demo, known, month.first, last)
        total = BookResult(total.checks + one.checks, total.looks + one.looks, total.alarms + one.alarms)
        month = month.next
    return total


def _book_month(demo: DemoStation, known: tuple[Home, ...], first: date, last: date) -> BookResult:
    if Month.of(first) == FILE_MONTH:
        return _book_table(demo, known, first, last)
    looks, outcomes = made_up_month(
        Walk(known, demo.workers, last == demo.day - timedelta(days=1)), first, last
    )
    ids = {login: demo.accounts[login] for login in demo.workers}
    return demo.run(BookCheckins(first, last, looks, ids, outcomes))


def _book_table(demo: DemoStation, known: tuple[Home, ...], first: date, last: date) -> BookResult:
    """The sample month is taken in from the table itself; its three names stand for the demo's workers."""
    called = dict(zip(demo.workers, TABLE_NAMES, strict=True))
    reading = read_table(
        resource(*FILES, "curtain_2026-09_export.xlsx"),
        tuple(h._replace(worker=called[h.worker]) for h in known),
    )
    outcomes = read_outcomes(_text("curtain_2026-09_outcomes.csv"))
    ids = {name: demo.accounts[login] for login, name in called.items()}
    booked = demo.run(BookCheckins(first, last, reading.matched.looks, ids, outcomes))
    demo.tell(
        f"导入 2026 年 9 月的手机表格：{reading.rows} 行，{len(reading.matched.unmatched)} 行认不出，已列出。"
    )
    return booked
