"""Set-up, login and rescue in the smallest window: nothing wants more than it has, the keyboard gets everywhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from centerdesk.app.first_run.state import Step
from centerdesk.app.first_run.wizard import FirstRun, setup_runner
from centerdesk.app.login.page import LoginPage
from centerdesk.app.records import RESTORED, RecordLostEnd
from centerdesk.app.rescue import Rescue
from centerdesk.features.staff import api as staff
from centerdesk.kernel import journal
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.theme import Theme
from tests.app.conftest import MORNING, PASSWORD
from tests.helpers import tabbing
from tests.helpers.accessible import nameless
from tests.helpers.fits import boxes, elided, lasting_misfits

pytestmark = pytest.mark.gui
SMALLEST = QSize(1180, 688)
"""1180×720 with the system's title bar."""
LOOKS = {
    "light": ("light", False, 100),
    "contrast": ("contrast", False, 100),
    "large": ("light", True, 100),
    "zoom150": ("dark", False, 150),
    "zoom200": ("light", False, 200),
    "large200": ("contrast", True, 200),
}
ON_PURPOSE = ("别的账号…", "选 U 盘里的备份…")
"""Words that end in … because more is to come, not because they were cut."""
DOWN_FIRST = "GroupField group_4"
"""The code stands on the sheet in two columns, and is typed down the first one before the second."""
PEOPLE = (
    ("高翔", ("administrator",), ()),
    ("欧阳尉迟令狐方兰", ("secretary",), ("第一网格", "第二网格", "第三网格")),
)


@pytest.fixture(params=LOOKS)
def look(request, qapp) -> str:
    """The program dressed in one look."""
    theme, large, zoom = LOOKS[request.param]
    Theme.load(theme, large=large, zoom=zoom, bundled_fonts=True).apply(qapp)
    return str(request.param)


def problems(page: QWidget) -> list[str]:
    """Everything the eye would find: what is squeezed, cut, or has no glyph."""
    found = lasting_misfits(page)
    if page.size() != SMALLEST:
        found.append(f"the window grew to {page.size().toTuple()}")
    found += [f"cut: {words}" for words in elided(page, but=ON_PURPOSE)]
    return found + [f"no glyph: {words}" for words in boxes(page)]


def shown(qtbot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(SMALLEST)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()


def walked(page: QWidget) -> list[str]:
    """What the Tab key does wrong on a page, and what has no Chinese name."""
    came = tabbing.walk(page)
    order = [said for said in tabbing.out_of_order(page, came) if not said.startswith(DOWN_FIRST)]
    return tabbing.unreached(page, came) + order + nameless(page)


# --- the set-up ---------------------------------------------------------------------------------------------


def rest(qtbot, wizard: FirstRun) -> None:
    qtbot.waitUntil(lambda: not wizard.busy, timeout=30_000)
    QApplication.processEvents()
    QApplication.processEvents()


def press(qtbot, wizard: FirstRun, name: str) -> None:
    wizard.findChild(QPushButton, name).click()
    rest(qtbot, wizard)


@pytest.fixture(scope="module")
def stopped_at_the_sheet(tmp_path_factory) -> Path:
    """A data directory set up until the last step, without a window: made once."""
    from centerdesk.app.backups import back_up
    from centerdesk.app.first_run.accounts import PersonDraft, found_person
    from centerdesk.app.first_run.site import SiteDraft, found_places, found_site
    from centerdesk.app.first_run.state import IMPORT_SKIPPED, SECOND_LATER, keep, keep_place
    from centerdesk.kernel.backupfile import Reason

    data = DataDir(tmp_path_factory.mktemp("set-up") / "station")
    draft = SiteDraft("清河社区", "望河街道", "230811008012", "前台一号")
    station, _code = found_site(data, FixedClock(MORNING), None, draft)
    found_places(station, tuple(f"第{n}网格" for n in "一二三四五六七八九"), ("清河家园", "纺织厂家属院"))
    for name, roles, grids in PEOPLE:
        found_person(station, PersonDraft(name, roles, grids, PASSWORD), must_change=False)
    keep(station, {IMPORT_SKIPPED: True, SECOND_LATER: True})
    back_up(station, Reason.MANUAL)
    keep_place(station, Step.SHEET)
    station.close()
    return data.root


@pytest.fixture
def open_wizard(qtbot, tmp_path):
    """Opens the set-up over a data directory in the smallest window; closed at the end."""
    runner, opened = setup_runner(), []

    def open_it(data: DataDir) -> FirstRun:
        wizard = FirstRun(data, FixedClock(MORNING), runner)
        opened.append(wizard)
        shown(qtbot, wizard)
        rest(qtbot, wizard)
        return wizard

    yield open_it
    for wizard in opened:
        wizard.hide()
        rest(qtbot, wizard)
    runner.shutdown()
    for wizard in opened:
        wizard.shutdown()
    runner.deleteLater()


@pytest.fixture
def at_the_sheet(open_wizard, tmp_path, stopped_at_the_sheet) -> FirstRun:
    shutil.copytree(stopped_at_the_sheet, tmp_path / "station")
    return open_wizard(DataDir(tmp_path / "station"))


def test_every_step_fits_the_smallest_window_the_last_one_with_all_its_panels_open(qtbot, look, at_the_sheet):
    found = {}
    for step in Step:
        at_the_sheet.turn_to(step)
        rest(qtbot, at_the_sheet)
        found[step.value] = problems(at_the_sheet)
    for name in ("sheet_by_hand", "check_people_button", "check_places_button"):
        if at_the_sheet.findChild(QPushButton, name).isVisible():
            press(qtbot, at_the_sheet, name)
    fields = at_the_sheet.pages[Step.SHEET].fields
    fields.fields[0].setFocus()
    qtbot.keyClicks(fields.fields[0], "ZZZZZ")
    rest(qtbot, at_the_sheet)
    found["panels"] = problems(at_the_sheet)
    assert not {step: said for step, said in found.items() if said}


@pytest.mark.parametrize("panel", ["people", "places"])
def test_a_panel_that_is_opened_comes_into_sight_with_its_button(qtbot, look, at_the_sheet, panel: str):
    at_the_sheet.turn_to(Step.SHEET)
    rest(qtbot, at_the_sheet)
    press(qtbot, at_the_sheet, f"check_{panel}_button")
    box = at_the_sheet.findChild(QWidget, f"two_{panel}")
    qtbot.waitUntil(lambda: box.visibleRegion().boundingRect() == box.rect())


def test_the_first_step_fits_before_there_is_a_station_and_with_every_field_wrong(
    qtbot, look, open_wizard, tmp_path
):
    wizard = open_wizard(DataDir(tmp_path / "new"))
    assert problems(wizard) == []
    wizard.pages[Step.SITE].form.editor("area_code").set_value("2308")
    press(qtbot, wizard, "site_next")
    assert problems(wizard) == []


def test_each_step_is_walked_by_keyboard_in_reading_order_and_everything_has_a_name(qtbot, at_the_sheet):
    found = {}
    for step in Step:
        at_the_sheet.turn_to(step)
        rest(qtbot, at_the_sheet)
        found[step.value] = walked(at_the_sheet)
    assert not {step: said for step, said in found.items() if said}


# --- login --------------------------------------------------------------------------------------------------


@pytest.fixture
def login(qtbot, station, runner) -> LoginPage:
    for name in ("高翔", "周敏"):
        station.authenticate(name, PASSWORD)
    page = LoginPage(station, runner)
    shown(qtbot, page)
    page.start()
    settled(qtbot, runner)
    return page


def settled(qtbot, runner) -> None:
    qtbot.waitUntil(lambda: runner.idle, timeout=30_000)
    QApplication.processEvents()
    QApplication.processEvents()


def sign_in(qtbot, login, name: str, password: str) -> None:
    login.sign_in.who.setCurrentIndex(login.sign_in.who.count() - 1)
    login.findChild(QLineEdit, "other_login").setText(name)
    login.sign_in.password.setText(password)
    login.findChild(QPushButton, "sign_in_button").click()
    settled(qtbot, login._runner)
    login.tick()
    QApplication.processEvents()


def test_login_fits_with_its_warnings(qtbot, look, login):
    found = {"plain": problems(login)}
    login.findChild(QPushButton, "forgot").click()
    QApplication.processEvents()
    found["forgot"] = problems(login)
    login.sign_in.hint.caps = True
    for _ in range(5):
        sign_in(qtbot, login, "周敏", "not-the-password")
    found["waiting"] = problems(login)
    assert not {state: said for state, said in found.items() if said}


def test_login_fits_when_it_tells_that_saved_acts_are_gone(qtbot, look, login, station):
    with station.database.read_session() as session:
        kept, _mac = journal.head(session)
    system = system_actor([RESTORED], station.site.desk)
    station.bus.run(RecordLostEnd(kept, kept + 3), actor=system)
    login.refresh()
    settled(qtbot, login._runner)
    assert "办的 3 件事" in login._headline.text()
    assert problems(login) == []


def test_the_other_faces_of_the_card_fit(qtbot, look, login, station):
    founder = system_actor([staff.FOUND], station.site.desk)
    station.bus.run(staff.FoundAccount("韩雪梅", "韩雪梅", PASSWORD, ("front_desk",)), actor=founder)
    login.findChild(QPushButton, "use_sheet").click()
    settled(qtbot, login._runner)
    found = {"sheet": problems(login)}
    login.recovery.accept_sheet()
    QApplication.processEvents()
    found["whose password"] = problems(login)
    login.start()
    sign_in(qtbot, login, "韩雪梅", PASSWORD)
    assert login.new_password.isVisible()
    found["first password"] = problems(login)
    assert not {state: said for state, said in found.items() if said}


def test_login_is_walked_by_keyboard_and_everything_has_a_name(qtbot, login):
    assert walked(login) == []
    login.findChild(QPushButton, "use_sheet").click()
    settled(qtbot, login._runner)
    assert walked(login) == []


def test_large_type_and_contrast_are_put_on_at_once_and_by_keyboard(qtbot, qapp, login):
    chosen = []
    login.look.chosen.connect(chosen.append)
    for name in ("status_large", "status_contrast"):
        button = login.findChild(QWidget, name)
        button.setFocus()
        qtbot.keyClick(button, " ")
    assert [(look.large, look.theme) for look in chosen] == [(True, "light"), (True, "contrast")]
    for look in chosen:
        Theme.load(look.name(after_sunset=False), large=look.large, bundled_fonts=True).apply(qapp)
        settled(qtbot, login._runner)
        assert problems(login) == []
    assert login.findChild(QWidget, "status_large").accessibleName() == "大字开着"


# --- rescue -------------------------------------------------------------------------------------------------


@pytest.fixture
def rescue(qtbot, station) -> Iterator[Rescue]:
    runner = setup_runner()
    page = Rescue(station.data, station.clock, runner)
    shown(qtbot, page)
    settled(qtbot, runner)
    yield page
    page.hide()
    runner.shutdown()
    runner.deleteLater()


def test_rescue_fits(look, rescue):
    assert problems(rescue) == []


def test_rescue_is_walked_by_keyboard_and_everything_has_a_name(rescue):
    assert walked(rescue) == []
