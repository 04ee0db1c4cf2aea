"""Pictures of the first set-up: a neighbouring station is set up for real, and each stop is kept and opened again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.app.first_run.state import Step
from centerdesk.app.first_run.wizard import FirstRun
from centerdesk.app.pictures import wait_until
from centerdesk.kernel.clock import FixedClock, instant
from centerdesk.kernel.paths import DataDir, resource
from centerdesk.kernel.recovery import RecoveryCode
from tests.shots.doors import gone
from tests.shots.views import VIEWS, Album, View, lay_out, pause

STATION, PASSWORD = "清河社区", "雪天-扫帚-七号"
YESTERDAY = instant(date(2026, 12, 2), time(16, 40))
PRINTED = instant(date(2026, 12, 3), time(10, 41))
NOW = instant(date(2026, 12, 3), time(10, 52))
PEOPLE = (
    ("高翔", ("administrator",), ()),
    ("方兰", ("secretary",), ()),
    ("柳春燕", ("front_desk",), ()),
    ("邵一鸣", ("grid_worker",), ("第一网格", "第二网格")),
    ("鲁娜", ("grid_worker",), ("第三网格",)),
)


class Desk:
    """One opening of the set-up over a data directory, driven as a person would."""

    def __init__(self, data: DataDir, clock: FixedClock, view: View) -> None:
        view.put_on()
        self.runner = setup_runner()
        self.wizard = FirstRun(data, clock, self.runner)
        lay_out(self.wizard, view.size)
        self.rest()

    def rest(self) -> None:
        """Until nothing is under way, and what came was laid out."""
        for _ in range(2):
            wait_until(lambda: not self.wizard.busy, 60_000)
        pause()

    def press(self, name: str) -> None:
        self.wizard.findChild(QPushButton, name).click()
        self.rest()

    def write(self, name: str, text: str) -> None:
        self.wizard.findChild(QLineEdit, name).setText(text)

    def turn(self, step: Step) -> None:
        self.wizard.turn_to(step)
        self.rest()

    def close(self) -> None:
        self.wizard.hide()
        self.runner.shutdown()
        self.wizard.shutdown()
        self.wizard.close()
        self.wizard.deleteLater()
        self.runner.deleteLater()
        gone()


@contextmanager
def opened(data: DataDir, clock: FixedClock, view: View) -> Iterator[Desk]:
    """The set-up, open; closed and forgotten afterwards."""
    desk = Desk(data, clock, view)
    try:
        yield desk
    finally:
        desk.close()


# --- the way through, each stop kept ------------------------------------------------------------------------


def site(desk: Desk) -> None:
    form = desk.wizard.pages[Step.SITE].form
    values = {"name": STATION, "street": "望河街道", "area_code": "230811008012", "device": "前台一号"}
    for field, text in values.items():
        form.editor(field).set_value(text)
    desk.press("site_next")


def grids(desk: Desk) -> None:
    desk.write("grid_count", "3")
    desk.press("grid_fill")
    desk.wizard.pages[Step.GRIDS].form.editor("compounds").set_value("清河家园\n纺织厂家属院\n河畔新村")
    desk.press("grids_next")


def accounts(desk: Desk) -> None:
    for name, roles, held in PEOPLE:
        form = desk.wizard.pages[Step.ACCOUNTS].form
        for field, value in (("name", name), ("password", PASSWORD), ("roles", roles), ("grids", held)):
            form.editor(field).set_value(value)
        desk.press("person_add")
    desk.press("accounts_next")


def trial(desk: Desk) -> None:
    """A roster is chosen and tried, nothing written yet."""
    desk.write("import_password", PASSWORD)
    desk.wizard.pages[Step.IMPORT].take_file(str(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx")))
    desk.rest()


def intake(desk: Desk) -> None:
    trial(desk)
    desk.press("import_create_places")
    desk.press("import_write")
    desk.press("import_next")


def backup(desk: Desk) -> None:
    stick = desk.wizard.data.root.parent / "清河-1"
    stick.mkdir(exist_ok=True)
    desk.wizard.pages[Step.BACKUP].take_place(str(stick))
    desk.rest()
    desk.press("backup_next")


WAY: tuple[tuple[Step, Callable[[Desk], None]], ...] = (
    (Step.SITE, site),
    (Step.GRIDS, grids),
    (Step.ACCOUNTS, accounts),
    (Step.IMPORT, intake),
    (Step.BACKUP, backup),
)


def walk(folder: Path, clock: FixedClock) -> tuple[dict[Step, Path], RecoveryCode]:
    """Set a station up to the last step. The data directory as it stood when each step began, and the code."""
    here, stops = folder / "station", {Step.SITE: folder / "at-SITE"}
    stops[Step.SITE].mkdir(parents=True)
    code: RecoveryCode | None = None
    for (step, do), after in zip(WAY, list(Step)[1:], strict=True):
        with opened(DataDir(here), clock, VIEWS[0]) as desk:
            assert desk.wizard.progress.at is step
            do(desk)
            code = desk.wizard.code or code
        stops[after] = folder / f"at-{after.name}"
        shutil.copytree(here, stops[after])
    assert code is not None
    return stops, code


# --- the last step ------------------------------------------------------------------------------------------


def printed(desk: Desk) -> None:
    """What the printer says; there is none here."""
    desk.wizard.pages[Step.SHEET].paper.made.emit(False)
    desk.rest()


def type_groups(desk: Desk, code: RecoveryCode, count: int, then: str = "") -> None:
    fields = desk.wizard.pages[Step.SHEET].fields.fields
    for field, group in zip(fields[:count], code.groups, strict=False):
        QTest.keyClicks(field, group)
    if then:
        QTest.keyClicks(fields[count], then)
    desk.rest()


def both_people(desk: Desk) -> None:
    desk.press("check_people_button")
    for name in ("administrator_password", "secretary_password"):
        desk.write(name, PASSWORD)
    desk.press("two_people_go")


def both_places(desk: Desk) -> None:
    desk.press("check_places_button")
    desk.write("place_1", "书记保险柜")
    desk.write("place_2", "街道档案室")
    desk.press("places_go")


# --- the pictures -------------------------------------------------------------------------------------------


def wizard(folder: Path, album: Album) -> None:
    """Each step as it begins and when it is done; the last one in its states."""
    clock = FixedClock(YESTERDAY)
    stops, code = walk(folder / "way", clock)
    sheet = folder / "printed"
    shutil.copytree(stops[Step.SHEET], sheet)
    clock.set(PRINTED)
    with opened(DataDir(sheet), clock, VIEWS[0]) as desk:
        printed(desk)
    for view in album.views():
        clock.set(NOW)
        for step, stop in stops.items():
            copy = folder / "open" / f"{view.name}-{step.name}"
            shutil.copytree(stop, copy)
            with opened(DataDir(copy), clock, view) as desk:
                album.keep(desk.wizard, "wizard", f"{step.number}-{step.name.lower()}-empty", view)
                _more(desk, step, album, view)
        copy = folder / "open" / f"{view.name}-done"
        shutil.copytree(sheet, copy)
        with opened(DataDir(copy), clock, view) as desk:
            for step in (Step.SITE, Step.GRIDS, Step.ACCOUNTS, Step.IMPORT, Step.BACKUP):
                desk.turn(step)
                album.keep(desk.wizard, "wizard", f"{step.number}-{step.name.lower()}-done", view)
            desk.turn(Step.SHEET)
            type_groups(desk, code, 5, code.groups[5][:3])
            both_people(desk)
            album.keep(desk.wizard, "wizard", "6-sheet-typing", view)
            desk.press("check_places_button")
            album.keep(desk.wizard, "wizard", "6-sheet-places", view)
            both_places(desk)
            desk.wizard.pages[Step.SHEET].fields.fields[5].clear()
            QTest.keyClicks(desk.wizard.pages[Step.SHEET].fields.fields[5], "ZZZZZ")
            desk.rest()
            album.keep(desk.wizard, "wizard", "6-sheet-wrong", view)
        shutil.rmtree(folder / "open")


def _more(desk: Desk, step: Step, album: Album, view: View) -> None:
    """What a step looks like half-way."""
    if step is Step.SITE:
        form = desk.wizard.pages[Step.SITE].form
        form.editor("area_code").set_value("2308")
        desk.press("site_next")
        album.keep(desk.wizard, "wizard", "1-site-wrong", view)
    elif step is Step.IMPORT:
        trial(desk)
        album.keep(desk.wizard, "wizard", "4-import-trial", view)
    elif step is Step.SHEET:
        desk.press("sheet_by_hand")
        album.keep(desk.wizard, "wizard", "6-sheet-by-hand", view)
        desk.press("check_people_button")
        album.keep(desk.wizard, "wizard", "6-sheet-people", view)
