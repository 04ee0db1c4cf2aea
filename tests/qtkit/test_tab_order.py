"""Tab goes where the eye goes, whatever was made first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from centerdesk.qtkit.tab_order import reading_order, tab_on

FORM = {
    "name": (0, 0, 100, 20),
    "born": (120, 0, 100, 20),
    "phone": (0, 40, 100, 20),
    "save": (120, 40, 100, 30),
}
COLUMNS = {"grids": (0, 0, 200, 100), "houses": (0, 110, 200, 100), "tall": (220, 0, 100, 210)}
CENTRED = {"tick": (0, 12, 20, 20), "words": (30, 0, 100, 44), "act": (140, 8, 50, 28)}


def box_of(places: dict[str, tuple[int, int, int, int]], qtbot) -> QWidget:
    box = QWidget()
    qtbot.addWidget(box)
    for name, place in reversed(places.items()):  # made in the wrong order
        field = QLineEdit(box)
        field.setObjectName(name)
        field.setGeometry(*place)
    box.resize(400, 300)
    box.show()
    return box


@pytest.mark.parametrize("places", [FORM, COLUMNS, CENTRED])
def test_rows_then_columns(places, qtbot) -> None:
    box = box_of(places, qtbot)
    assert [stop.objectName() for stop in reading_order(box)] == list(places)


def test_hidden_disabled_and_unwanting_are_no_stops(qtbot) -> None:
    box = box_of(FORM, qtbot)
    box.findChild(QLineEdit, "name").hide()
    box.findChild(QLineEdit, "born").setEnabled(False)
    box.findChild(QLineEdit, "phone").setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert [stop.objectName() for stop in reading_order(box)] == ["save"]


@pytest.mark.parametrize(("forward", "ends"), [(True, "name"), (False, "phone")])
def test_it_goes_round(forward: bool, ends: str, qtbot) -> None:
    box = box_of(FORM, qtbot)
    with qtbot.waitActive(box):
        box.activateWindow()
    box.findChild(QLineEdit, "save").setFocus()
    assert tab_on(box, forward)
    assert QApplication.focusWidget().objectName() == ends


def test_what_it_comes_to_is_scrolled_into_sight(qtbot) -> None:
    area, inside = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    rows = QVBoxLayout(inside)
    fields = [QLineEdit() for _ in range(30)]
    for field in fields:
        rows.addWidget(field)
    area.setWidget(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.resize(200, 100)
    with qtbot.waitActive(area):
        area.show()
        area.activateWindow()
    fields[0].setFocus()
    tab_on(area, False)
    assert QApplication.focusWidget() is fields[-1]
    corner = fields[-1].mapTo(area.viewport(), QPoint(0, 0))
    assert area.viewport().rect().contains(corner)


def test_nothing_to_go_to(qtbot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    box.show()
    assert not tab_on(box, True)
