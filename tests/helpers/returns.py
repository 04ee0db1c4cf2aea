"""A small town for the page of returns, and what its tests look for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from centerdesk.app.features import manifests
from centerdesk.features.returns import api
from centerdesk.features.returns.ui.figure_rows import LineRow
from centerdesk.kernel.clock import Month
from tests.helpers.pagehost import settle
from tests.helpers.people import Town, id_number, make_town
from tests.helpers.station import make_station

MOVES = {"张三": date(2026, 11, 5), "李四": date(2026, 10, 7), "王五": date(2026, 11, 20)}
NOVEMBER = Month(2026, 11)


def return_town(root: Path) -> Town:
    """Four people in two grids, three of them moved in lately; nothing built yet."""
    town = make_town(make_station(root))
    for serial, (name, day) in enumerate(MOVES.items(), 1):
        town.add(name, id_no=id_number(date(1940, 5, serial), serial), door=f"3-2-{serial}01", move_in_on=day)
    town.add("赵六", door="5-1-101", birth_on=date(1990, 1, 1))
    return town


def named(root: QWidget, kind: type, name: str) -> Any:
    found = root.findChild(kind, name)
    assert found is not None, name
    return found


def text(root: QWidget, name: str) -> str:
    """Words of a label; the one that is seen where several have the name."""
    found = root.findChildren(QLabel, name)
    assert found, name
    return next((label for label in found if label.isVisible()), found[0]).text()


def click(qtbot: Any, host: Any, root: QWidget, name: str, kind: type = QPushButton) -> None:
    named(root, kind, name).click()
    settle(qtbot, host)


def lines(page: Any) -> list[LineRow]:
    rows = [page.table.figures.row(n) for n in range(page.table.figures.rowCount())]
    return [row for row in rows if isinstance(row, LineRow)]


def shown(page: Any, indicator: str) -> list[str]:
    at = page.table.figures.find(indicator)
    return [str(page.table.figures.index(at, c).data()) for c in range(page.table.figures.columnCount())]


def keep(town: Town, month: Month = NOVEMBER, figures: Any = None) -> UUID:
    station = town.station
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, month, manifests().indicators())
    return station.run(api.KeepEdition(str(month), built.as_of, figures or built.figures))
