"""The people of the demo: the sample ledger of 云和社区, taken in by the importer itself."""

from __future__ import annotations

from centerdesk.features.people import api
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.kernel.clock import today
from centerdesk.kernel.demo import DemoStation
from centerdesk.kernel.paths import resource

LEDGER = ("data", "rosters", "yunhe_ledger_2026q3.xlsx")


def build(demo: DemoStation) -> None:
    """Import the ledger as the secretary would."""
    actor = demo.actors[demo.secretary]
    with demo.read() as session:
        reading = api.read_roster_file(session, actor, resource(*LEDGER), today(demo.clock))
    done = demo.run(ImportRoster(tuple(row.person for row in reading.taken)))
    demo.tell(
        f"导入居民台账：新增 {done['new']} 人，{reading.counts['refused']} 行不收，"
        f"{reading.counts['warned']} 行要看一眼。"
    )
