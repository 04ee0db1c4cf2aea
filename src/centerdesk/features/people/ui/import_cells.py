"""How the rows of a roster are painted: all that is in sight at once, for a delegate takes 0.1 ms a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QTableView

from centerdesk.features.people.importing_result import FIX, REFUSE, WARN
from centerdesk.features.people.ui.import_words import GROUNDS, ICONS
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import LEFT, RIGHT, draw_text, text_width
from centerdesk.qtkit.pens import pen

_WORDS = {FIX: "已整理", "changed": "改"}


@dataclass(frozen=True, slots=True)
class RosterCell:
    """One cell as it is painted. `severity`: refuse, warn, fix, changed, or None."""

    text: str
    severity: str | None


class Cells(Protocol):
    """What is painted."""

    def cell(self, line: int, number: int) -> RosterCell: ...

    def is_out(self, line: int) -> bool:
        """Was this row left out by hand?"""
        ...

    def rowCount(self) -> int: ...

    def columnCount(self) -> int: ...


class RosterPainter:
    """Ground, frame and word of marked cells; a ring around the one in hand. For one painting."""

    def __init__(self, painter: QPainter, cells: Cells, current: QModelIndex) -> None:
        look = theme()
        self._painter, self._cells, self._look = painter, cells, look
        self._here = (current.row(), current.column()) if current.isValid() else (-1, -1)
        self._font = look.font("table")
        self._metrics = QFontMetricsF(self._font)
        self._widest = self._metrics.horizontalAdvance("国")
        self._line, self._edge = look.colour("line"), look.edge("line")
        self._ink = look.colour("ink")

    def paint(self, view: QTableView, area: QRect) -> None:
        """Every cell that reaches into `area` of the viewport."""
        rows = _reached(view.rowAt, area.top(), area.bottom(), self._cells.rowCount())
        columns = _reached(view.columnAt, area.left(), area.right(), self._cells.columnCount())
        places = [(c, view.columnViewportPosition(c), view.columnWidth(c)) for c in columns]
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._take_pen()
        for row in rows:
            self._paint_row(row, view.rowViewportPosition(row), view.rowHeight(row), places)

    def _take_pen(self) -> None:
        self._painter.setFont(self._font)
        self._painter.setPen(self._ink)

    def _paint_row(self, row: int, top: int, high: int, places: list[tuple[int, int, int]]) -> None:
        painter, out = self._painter, self._cells.is_out(row)
        ground = self._look.colour("surface2" if row == self._here[0] else "surface")
        for column, left, wide in places:
            place, cell = QRectF(left, top, wide, high), self._cells.cell(row, column)
            painter.fillRect(place, ground if cell.severity is None else self._ground(cell.severity))
            painter.fillRect(QRectF(left, place.bottom() - self._edge, wide, self._edge), self._line)
            painter.fillRect(QRectF(place.right() - self._edge, top, self._edge, high), self._line)
            if out:
                painter.setOpacity(0.45)
            if cell.severity is None:
                self._paint_text(place, cell.text)
            else:
                self._paint_marked(place, cell, cell.severity)
            if (row, column) == self._here:
                self._frame(place, "primary", 2.5)
            if out:
                painter.setOpacity(1)

    def _ground(self, severity: str) -> QColor:
        return self._look.colour(GROUNDS[severity][0] if severity in GROUNDS else "wash")

    def _paint_text(self, place: QRectF, text: str) -> None:
        look = self._look
        self._write(place.adjusted(look.scale(9), 0, -look.scale(8), 0), text)

    def _write(self, room: QRectF, text: str) -> None:
        if len(text) * self._widest > room.width():
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        self._painter.drawText(room, _ONE_LINE, text)

    def _paint_marked(self, place: QRectF, cell: RosterCell, severity: str) -> None:
        look, painter = self._look, self._painter
        inner = place.adjusted(look.scale(9), 0, -look.scale(8), 0)
        word = _WORDS.get(severity, "")
        if severity in (REFUSE, WARN):
            side = look.scale(14)
            name, filled = ICONS[severity]
            spot = QRectF(inner.left() - look.scale(3), inner.center().y() - side / 2, side, side)
            paint_icon(painter, spot, name, GROUNDS[severity][1], filled=filled)
            inner.setLeft(inner.left() + side)
        if word:
            small = look.font("caption")
            draw_text(painter, inner, word, small, "green" if severity == FIX else "primary-d", RIGHT)
            inner.setRight(inner.right() - text_width(small, word) - look.scale(6))
            self._take_pen()
        self._write(inner, cell.text)
        if severity in (REFUSE, WARN):
            self._frame(place, GROUNDS[severity][1], 1.5)

    def _frame(self, place: QRectF, ink: str, width: float) -> None:
        painter = self._painter
        painter.setPen(pen(ink, self._look.scale(width)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(1, 1, -2, -2))
        self._take_pen()


_ONE_LINE = int(LEFT | Qt.TextFlag.TextSingleLine)


def _reached(at: Callable[[int], int], first: int, last: int, count: int) -> range:
    """The rows or columns from one place of the viewport to another."""
    if not count:
        return range(0)
    end = at(last)
    return range(max(0, at(first)), (count if end < 0 else end + 1))
