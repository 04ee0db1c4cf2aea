"""Every section of the settings in every look: nothing clipped, nothing nameless, the Tab key in reading order."""

from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from centerdesk.app.backups import back_up
from centerdesk.app.settings.pages import SECTIONS
from centerdesk.kernel.backupfile import Reason
from centerdesk.qtkit.theme import Theme
from tests.app.test_settings import Settings
from tests.helpers.accessible import nameless
from tests.helpers.fits import boxes, misfits
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
}
WHO = {"calendar": "高翔", "places": "许文静", "accounts": "许文静", "safety": "高翔", "look": "周敏"}
IDS = [kind.entry.id for kind in SECTIONS]


@pytest.fixture
def page_in(qtbot, station, clock):
    """Opens a section for somebody who has it, dressed and in a size; a backup lies there already."""
    opened: list[Settings] = []

    def open_it(section: str, look: str) -> Settings:
        size, how = LOOKS[look]
        Theme.load(**{"name": "light", **how}, bundled_fonts=True).apply(QApplication.instance())
        back_up(station, Reason.MANUAL)
        clock.advance(timedelta(minutes=40))
        found = Settings(qtbot, station, WHO[section])
        opened.append(found)
        found.page.resize(size)
        found.open(section)
        if section == "accounts":  # somebody chosen, every field on show
            found.page.current.table.choose(found.page.current._rows[0].id)
        if section == "places":
            found.page.current.grids.choose(found.page.current._view.grids[0].id)
        found.settle()
        for _ in range(3):
            QApplication.processEvents()  # what was shown just now is laid out
        least = found.page.minimumSizeHint()
        assert found.page.size() == size, f"{section} wants {least.width()} × {least.height()}"
        return found

    yield open_it
    for made in opened:
        made.close()
    Theme.load("light", bundled_fonts=True).apply(QApplication.instance())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("section", IDS)
def test_nothing_is_clipped_and_no_glyph_is_a_box(page_in, section, look):
    page = page_in(section, look).page
    assert misfits(page) == []
    assert boxes(page) == []


@pytest.mark.parametrize("section", IDS)
def test_every_control_has_a_chinese_name(page_in, section):
    assert nameless(page_in(section, "light").page) == []


@pytest.mark.parametrize("section", IDS)
def test_the_tab_key_goes_in_reading_order_and_reaches_everything(page_in, section, qtbot):
    found = page_in(section, "light")
    found.page.activateWindow()
    qtbot.waitUntil(found.page.isActiveWindow)
    found.page._list.setFocus(Qt.FocusReason.TabFocusReason)
    came = walk(found.page)
    assert unreached(found.page, came) == []
    assert out_of_order(found.page, came) == []


def test_at_the_usual_size_the_safety_of_the_data_needs_no_scrolling(page_in):
    found = page_in("safety", "light")
    assert found.page.current._overview.verticalScrollBar().maximum() == 0


def test_the_pack_for_the_maintainer_is_made_from_the_page(page_in, tmp_path):
    found = page_in("safety", "light")
    assert [action.id for action in found.page.secondary] == ["settings.pack"]
    found.page.current.make_pack(str(tmp_path / "诊断包.zip"))
    found.settle()
    with zipfile.ZipFile(tmp_path / "诊断包.zip") as pack:
        assert {"请先看我.txt", "about.json", "doctor.json"} <= set(pack.namelist())
