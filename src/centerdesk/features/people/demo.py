"""The people of the demo: the sample ledger of 云和社区, taken in by the importer itself, then visited."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select

from centerdesk.features.people import importing_roster as rosters
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.commands_verify import VerifyHouseholds
from centerdesk.features.people.models import Household
from centerdesk.kernel.clock import instant, today
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.paths import resource

LEDGER = ("data", "rosters", "yunhe_ledger_2026q3.xlsx")

ROUNDS = 12
"""Afternoons of door-to-door visits between the import and the demo's day."""

LEFT_OVER = 40
"""One household in so many was never at home: they are what 60 天没核实 is for."""


def build(demo: DemoStation) -> None:
    """Import the ledger as the secretary would, then visit nearly every household once."""
    actor = demo.actors[demo.secretary]
    with demo.read() as session:
        reading = rosters.read_roster_file(session, actor, resource(*LEDGER), today(demo.clock))
    done = demo.run(ImportRoster(tuple(row.person for row in reading.taken)))
    demo.tell(
        f"导入居民台账：新增 {done['new']} 人，{reading.counts['refused']} 行不收，"
        f"{reading.counts['warned']} 行要看一眼。"
    )
    first, asked = today(demo.clock), 0
    with demo.read() as session:
        homes = tuple(session.scalars(select(Household.id).order_by(Household.id)))
    visited = [home for n, home in enumerate(homes) if n % LEFT_OVER]
    share = len(visited) // ROUNDS + 1
    for n in range(ROUNDS):
        demo.clock.set(instant(_afternoon(first, demo.day, n), time(16, 30)))
        asked += demo.run(VerifyHouseholds(tuple(visited[n * share : (n + 1) * share])))
    demo.tell(f"入户核实 {ROUNDS} 个下午，{len(visited)} 户、{asked} 人无变化。")


def _afternoon(first: date, day: date, n: int) -> date:
    """Evenly spread over the days after the import; the last one is the day before the demo's own."""
    span = (day - first).days - 1
    return first + timedelta(days=1 + n * (span - 1) // (ROUNDS - 1))
