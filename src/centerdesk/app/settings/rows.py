"""A short table of rows that are all in memory: backups, accounts, grids, buildings (短表)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from centerdesk.kernel.record import record
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.badge import Tone, badge_width, paint_badge
from centerdesk.qtkit.painted.base import CENTRE, LEFT, RIGHT, draw_text, text_width
from centerdesk.qtkit.pens import pen

Index = QModelIndex | QPersistentModelIndex
_CELL = Qt.ItemDataRole.UserRole + 1
LEAST = 96
"""px at 100 % that a column without a width of its own gets at least."""


@record
class Cell:
    """One cell: a strong and a quiet part, an icon, or a badge. `spoken` replaces an icon for screen readers."""

    text: str = ""
    quiet: str = ""
    icon: str = ""
    token: str = "ink2"
    badge: str = ""
    tone: Tone = Tone.PLAIN
    strong: bool = False
    struck: bool = False
    spoken: str = ""

    @property
    def words(self) -> str:
        """What the cell says."""
        return " ".join(part for part in (self.text, self.quiet, self.badge, self.spoken) if part)


@record
class Head:
    """One column: title, width in px at 100 % (0: takes the rest), alignment.

    A `spare` one gives way where letters are large and the window is narrow; what it says stands beside the table.
    """

    title: str
    width: int = 0
    align: Qt.AlignmentFlag = LEFT
    spare: bool = False


@record
class Row:
    """One row: what it stands for, and its cells."""

    key: Hashable
    cells: tuple[Cell, ...]


class RowsModel(QAbstractTableModel):
    """All rows at once; no paging, these tables are short."""

    def __init__(self, heads: Sequence[Head], parent: QWidget) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()].cells[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell.words
        return cell if role == _CELL else None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if way is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.heads[section].align)
        return None


class RowsDelegate(QStyledItemDelegate):
    """Paints cells from tokens: hairline below, bar at the left of the chosen row."""

    def __init__(self, heads: Sequence[Head], parent: QWidget) -> None:
        super().__init__(parent)
        self._heads = tuple(heads)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(theme().px(self._heads[index.column()].width or 120), theme().size("row"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme()
        cell: Cell = index.data(_CELL)
        rect = QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, look.colour("wash" if chosen else "surface"))
        if chosen and index.column() == 0:
            painter.fillRect(
                QRectF(rect.left(), rect.top(), look.px(3), rect.height()), look.colour("primary")
            )
        painter.setPen(pen("line", look.edge("hair")))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self._cell(painter, rect.adjusted(look.px(9), 0, -look.px(8), 0), cell, self._heads[index.column()])
        painter.restore()

    def _cell(self, painter: QPainter, room: QRectF, cell: Cell, head: Head) -> None:
        look = theme()
        if cell.icon:
            side = look.size("icon-button")
            left = room.center().x() - side / 2 if head.align == CENTRE else room.left()
            box = QRectF(left, room.center().y() - side / 2, side, side)
            paint_icon(painter, box, cell.icon, cell.token)
            return
        font = look.font("table", bold=cell.strong)
        if cell.struck:
            font.setStrikeOut(True)
        wide = text_width(font, cell.text)
        if not cell.quiet and not cell.badge:
            token = cell.token if cell.token != "ink2" or not cell.strong else "ink"
            draw_text(painter, room, cell.text, font, token, head.align, elide=True)
            return
        draw_text(painter, room, cell.text, font, "ink" if cell.strong else cell.token)
        room.setLeft(room.left() + wide + look.px(6 if cell.text else 0))
        if cell.quiet:
            draw_text(painter, room, cell.quiet, look.font("table"), "ink3", elide=True)
            room.setLeft(room.left() + text_width(look.font("table"), cell.quiet) + look.px(6))
        if cell.badge:
            high = look.size("badge")
            width = badge_width(cell.badge, cell.tone)
            left = room.left() if head.align == LEFT else room.right() - width
            paint_badge(
                painter, QRectF(left, room.center().y() - high / 2, width, high), cell.badge, cell.tone
            )


class RowsTable(QTableView):
    """短表. `chosen` with the key of the row under the cursor. Keeps the chosen row over a refresh. GUI thread."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(
        self, name: str, title: str, heads: Sequence[Head], parent: QWidget | None = None, *, empty: str = ""
    ) -> None:
        """`empty` is the sentence that stands where there is no row."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._silent = False
        self._empty = text_label(empty, self.viewport(), role="secondary", name=f"{name}_empty", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.hide()
        self._rows = RowsModel(heads, self)
        self.setModel(self._rows)
        self.setItemDelegate(RowsDelegate(heads, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_opened)
        self._measure()
        theme_hub().changed.connect(self._measure)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows.rows

    @property
    def key(self) -> Hashable | None:
        """Key of the chosen row."""
        row = self.currentIndex().row()
        return self._rows.rows[row].key if 0 <= row < len(self._rows.rows) else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Other rows; the chosen one stays chosen where it still is, which nobody is told of."""
        kept = self.key
        self._silent = True
        self._rows.show_rows(rows)
        self._empty.setVisible(not rows and bool(self._empty.text()))
        self.choose(kept)
        self._silent = False

    def choose(self, key: Hashable | None) -> None:
        """Choose a row by its key; None or an unknown one leaves nothing chosen."""
        place = next((n for n, row in enumerate(self._rows.rows) if row.key == key and key is not None), -1)
        if place >= 0:
            self.selectRow(place)
        else:
            self.selectionModel().clear()  # the current row too: `key` asks for it

    def _on_current(self, index: QModelIndex) -> None:
        if not self._silent and index.isValid() and index.row() < len(self._rows.rows):
            self.chosen.emit(self._rows.rows[index.row()].key)

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(self._rows.rows[index.row()].key)

    def _measure(self) -> None:
        look = theme()
        self.verticalHeader().setMinimumSectionSize(look.size("row"))  # first: it would hold the old height
        self.verticalHeader().setDefaultSectionSize(look.size("row"))
        header = self.horizontalHeader()
        header.setFixedHeight(look.size("header-row"))
        header.setFont(look.font("table"))
        scale = look.tokens.role_px("table") / look.tokens.role("table").px * look.zoom / 100
        self._give_way(scale)
        for number, head in enumerate(self._rows.heads):
            if head.width:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(number, round(head.width * scale))
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def _give_way(self, scale: float) -> None:
        """Leave spare columns out, the last first, until the rest has room."""
        heads = self._rows.heads
        wanted = sum((head.width or LEAST) * scale for head in heads)
        for number in reversed(range(len(heads))):
            hidden = heads[number].spare and wanted > self.viewport().width() > 1
            if hidden:
                wanted -= (heads[number].width or LEAST) * scale
            self.setColumnHidden(number, hidden)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = theme().size("card-padding")
        self._empty.setGeometry(self.viewport().rect().adjusted(side, 0, -side, 0))
        self._measure()


__all__ = ["CENTRE", "LEFT", "RIGHT", "Cell", "Head", "Row", "RowsTable"]
