"""The first two columns of a table stay in sight when it is scrolled sideways (UI 4.2). Painted, no second view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView

from centerdesk.qtkit.cells import CellPainter, tick_room
from centerdesk.qtkit.look import theme

if TYPE_CHECKING:
    from centerdesk.qtkit.table import LedgerTable

FROZEN = 2


def frozen_columns(table: LedgerTable) -> Mapping[int, int]:
    """Left edge by column number of what is held in place now; empty while nothing is scrolled sideways."""
    if table.horizontalScrollBar().value() == 0:
        return {}
    header = table.horizontalHeader()
    shown = [n for n in map(header.logicalIndex, range(header.count())) if not header.isSectionHidden(n)]
    edges: dict[int, int] = {}
    left = 0
    for number in shown[:FROZEN]:
        edges[number] = left
        left += header.sectionSize(number)
    # A window so narrow that they would fill it scrolls as a whole.
    return edges if left < table.viewport().width() * 2 // 3 else {}


def frozen_width(table: LedgerTable) -> int:
    """Width of what is held in place, px."""
    return sum(table.horizontalHeader().sectionSize(n) for n in frozen_columns(table))


def paint_frozen_cells(table: LedgerTable, painter: QPainter, cells: CellPainter) -> None:
    """Paint them over what scrolled beneath; at the end of the table's own painting."""
    columns = frozen_columns(table)
    if not columns:
        return
    selection, height = table.selectionModel(), table.viewport().height()
    first, last = max(0, table.rowAt(0)), table.rowAt(height - 1)
    last = table.ledger.rowCount() - 1 if last < 0 else last
    for row in range(first, last + 1):
        if table.ledger.row(row) is None:
            continue
        selected = selection.isRowSelected(row)
        for column in columns:
            index = table.ledger.index(row, column)
            cells.paint(row, column, QRectF(table.cell_rect(index)), selected)
    painter.setOpacity(1)
    _paint_edge(painter, frozen_width(table), height)


def _paint_edge(painter: QPainter, left: int, height: int) -> None:
    painter.fillRect(left, 0, theme().edge("line"), height, theme().colour("line2"))


class FrozenHeader(QHeaderView):
    """The header of a `LedgerTable`, with the same columns held in place."""

    def __init__(self, table: LedgerTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        columns = frozen_columns(self._table)
        if not columns:
            return
        painter = QPainter(self.viewport())
        for column, left in columns.items():
            rect = QRect(left, 0, self.sectionSize(column), self.height())
            painter.fillRect(rect, theme().colour("surface2"))
            self.paintSection(painter, rect, column)
        _paint_edge(painter, frozen_width(self._table), self.height())
        painter.end()

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        """A title stands over its words, not over the tick boxes before them."""
        boxes = round(tick_room()) if self._table.ledger.tickable and logical == 0 else 0
        if boxes:
            bare = QRect(rect.left(), rect.top(), boxes, rect.height())
            painter.fillRect(bare, theme().colour("surface2"))
            bare.setTop(bare.bottom() + 1 - theme().edge("hair"))
            painter.fillRect(bare, theme().colour("line"))
        super().paintSection(painter, rect.adjusted(boxes, 0, 0, 0), logical)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on a held title goes back to the start first: beneath it lies another section."""
        if event.position().x() < frozen_width(self._table):
            self._table.horizontalScrollBar().setValue(0)
        super().mousePressEvent(event)
