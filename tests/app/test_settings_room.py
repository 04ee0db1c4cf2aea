"""Every section of the settings in every look: nothing clipped, nothing nameless, the Tab key in reading order."""

from __future__ import annotations

import shutil
import zipfile
from datetime import timedelta

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import open_station
from centerdesk.app.settings.pages import SECTIONS
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.lost_end import Told
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.theme import Theme
from tests.app.conftest import MORNING
from tests.app.test_settings import Settings
from tests.helpers.accessible import nameless
from tests.helpers.fits import boxes, lasting_misfits
from tests.helpers.tabbing import out_of_order, unreached, walk

pytestmark = pytest.mark.gui

WIDE, NARROW = QSize(1316, 760), QSize(1066, 590)
"""What is left for the page in a window of 1440 × 900 and of 1180 × 720."""
LOOKS = {
    "light": (WIDE, {}),
    "dark": (WIDE, {"name": "dark"}),
    "contrast": (WIDE, {"name": "contrast"}),
    "large": (QSize(1288, 728), {"large": True}),
    "narrow": (NARROW, {}),
    "narrow-contrast": (NARROW, {"name": "contrast"}),
    "narrow-large": (QSize(1040, 566), {"large": True}),
    "zoom-150": (QSize(1240, 690), {"zoom": 150}),
    "zoom-200": (QSize(1214, 680), {"zoom": 200}),
    "narrow-200": (QSize(956, 532), {"zoom": 200}),
    "narrow-large-200": (QSize(900, 476), {"name": "contrast", "zoom": 200, "large": True}),
}
SECTIONS_OF = {"高翔": ("calendar", "safety"), "许文静": ("places", "accounts"), "周敏": ("look",)}


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory, founded):
    """One station for all of them, with a backup of 40 minutes ago; nothing here changes it."""
    root = tmp_path_factory.mktemp("room") / "station"
    shutil.copytree(founded[0].root, root)
    clock = FixedClock(MORNING)
    station = open_station(DataDir(root), clock)
    back_up(station, Reason.MANUAL)
    clock.advance(timedelta(minutes=40))
    yield station
    station.close()


@pytest.fixture
def page_of(qtbot, backed_up):
    """The settings for somebody, dressed and in a size."""
    opened: list[Settings] = []

    def open_it(who: str, look: str) -> Settings:
        size, how = LOOKS[look]
        Theme.load(**{"name": "light", **how}, bundled_fonts=True).apply(QApplication.instance())
        found = Settings(qtbot, backed_up, who)
        opened.append(found)
        found.page.resize(size)
        return found

    yield open_it
    for made in opened:
        made.close()


def fill(found: Settings, section: str) -> None:
    """Open a section with somebody or something chosen, so that every field is on show."""
    size = found.page.size()
    shown = found.open(section)
    if section == "accounts":
        shown.table.choose(shown._rows[0].id)
    if section == "places":
        shown.grids.choose(shown._view.grids[0].id)
    found.settle()
    for _ in range(3):
        QApplication.processEvents()  # what was shown just now is laid out
    least = found.page.minimumSizeHint()
    assert found.page.size() == size, f"{section} wants {least.width()} × {least.height()}"


def test_the_people_above_see_every_section():
    assert {name for names in SECTIONS_OF.values() for name in names} == {k.entry.id for k in SECTIONS}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", SECTIONS_OF)
def test_nothing_is_clipped_and_no_glyph_is_a_box(page_of, who, look):
    found = page_of(who, look)
    for section in SECTIONS_OF[who]:
        fill(found, section)
        assert lasting_misfits(found.page) == [], section
        assert boxes(found.page) == [], section


@pytest.mark.parametrize("who", SECTIONS_OF)
def test_every_control_is_named_and_reached_by_tab_in_reading_order(page_of, who, qtbot):
    found = page_of(who, "light")
    found.page.activateWindow()
    qtbot.waitUntil(found.page.isActiveWindow)
    for section in SECTIONS_OF[who]:
        fill(found, section)
        assert nameless(found.page) == [], section
        found.page._list.setFocus(Qt.FocusReason.TabFocusReason)
        came = walk(found.page)
        assert unreached(found.page, came) == [], section
        assert out_of_order(found.page, came) == [], section


@pytest.mark.parametrize("look", ["light", "narrow-large", "narrow-200"])
def test_that_saved_acts_are_gone_fits_over_the_rest(page_of, look):
    found = page_of("高翔", look)
    fill(found, "safety")
    found.page.current.lost.show_lost(Told(24, MORNING, MORNING, 1))
    for _ in range(3):
        QApplication.processEvents()
    assert found.child("lost_end").isVisible()
    assert lasting_misfits(found.page) == []


def safe(page_of) -> Settings:
    found = page_of("高翔", "light")
    fill(found, "safety")
    return found


def test_at_the_usual_size_the_safety_of_the_data_needs_no_scrolling(page_of):
    found = safe(page_of)
    assert found.page.current._overview.verticalScrollBar().maximum() == 0


def test_the_pack_for_the_maintainer_is_made_from_the_page(page_of, tmp_path):
    found = safe(page_of)
    assert [action.id for action in found.page.secondary] == ["settings.pack"]
    found.page.current.make_pack(str(tmp_path / "诊断包.zip"))
    found.settle()
    with zipfile.ZipFile(tmp_path / "诊断包.zip") as pack:
        assert {"请先看我.txt", "about.json", "doctor.json"} <= set(pack.namelist())
