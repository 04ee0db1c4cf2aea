"""The rows of a roster with their cells marked: blocked, look, tidied, changes old data (UI 6, 08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from centerdesk.features.people.importing_desk import Place, Roster, cell_text, shown
from centerdesk.features.people.importing_result import FIX, REFUSE, WARN, Problem, RosterRow
from centerdesk.features.people.ui.import_words import CHANGED_FIELDS, FIELD_TEXTS, GROUNDS, ICONS
from centerdesk.kernel.spreadsheet_in_limits import column_letters
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import CENTRE, RIGHT, draw_text, text_width
from centerdesk.qtkit.pens import pen

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
SEVERITY = Qt.ItemDataRole.UserRole + 1
"""refuse, warn, fix, changed, or None."""
NOTE = Qt.ItemDataRole.UserRole + 2
PLACE = Qt.ItemDataRole.UserRole + 3

_ORDER = (REFUSE, WARN, FIX)
_ORDER_OF_FIELDS = (
    "name", "id", "address", "building", "unit", "floor", "room", "relation", "phone", "tags", "remark", "sex",
    "birth", "grid", "compound", "head", "hno", "residence", "move_in", "ethnic", "political", "idtype",
)  # fmt: skip
"""Who and where first: these are looked at while the rest is scrolled. Numbers of rows are not shown."""
_WIDTHS = {
    "name": 104, "id": 172, "sex": 52, "birth": 104, "phone": 136, "relation": 86, "head": 84, "grid": 104,
    "compound": 104, "address": 128, "ethnic": 64, "political": 84, "residence": 78, "tags": 136, "move_in": 104,
    "remark": 150, "seq": 56,
}  # fmt: skip


class RosterModel(QAbstractTableModel):
    """名册的行. Read-only; one sheet at a time, all rows or those with something to look at. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._roster: Roster | None = None
        self._sheet = ""
        self._columns: tuple[tuple[int, str], ...] = ()
        self._rows: tuple[RosterRow, ...] = ()
        self._marks: Mapping[tuple[int, int], list[Problem]] = {}
        self._changed: set[tuple[int, str]] = set()
        self._only_problems = False

    def show_roster(self, roster: Roster, sheet: str, *, only_problems: bool) -> None:
        """Show one sheet of a roster."""
        self.beginResetModel()
        self._roster, self._sheet, self._only_problems = roster, sheet, only_problems
        layout = next(s.layout for s in roster.sheets if s.name == sheet)
        columns = layout.columns.items() if layout is not None else ()
        self._columns = tuple(sorted(((c, f) for c, f in columns if f in _ORDER_OF_FIELDS), key=_place_of))
        self._marks = roster.seen.marks.get(sheet, {})
        self._changed = _changed_cells(roster, sheet)
        rows = roster.seen.sheets.get(sheet, ())
        if only_problems:
            marked = {row for row, _column in self._marks} | {row for row, _field in self._changed}
            rows = tuple(r for r in rows if r.row in marked)
        self._rows = rows
        self.endResetModel()

    def show_trial(self, roster: Roster) -> None:
        """The same rows, and which cells of them change old data."""
        before, self._roster, self._changed = self._changed, roster, _changed_cells(roster, self._sheet)
        if self._changed != before and self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self._columns) - 1))

    def clear(self) -> None:
        """Forget everything."""
        self.beginResetModel()
        self._roster, self._rows, self._columns, self._marks, self._changed = None, (), (), {}, set()
        self.endResetModel()

    @property
    def fields(self) -> tuple[str, ...]:
        """Field of each column."""
        return tuple(field for _column, field in self._columns)

    def place(self, index: Index) -> Place | None:
        """Where in the file a cell stands."""
        if not index.isValid() or not index.row() < len(self._rows):
            return None
        return self._sheet, self._rows[index.row()].row, self._columns[index.column()][0]

    def find(self, row: int, column: int) -> QModelIndex:
        """The cell of a row and column of the file; the first cell of the row when that column is not shown."""
        line = next((n for n, r in enumerate(self._rows) if r.row == row), None)
        if line is None:
            return QModelIndex()
        at = next((n for n, (c, _field) in enumerate(self._columns) if c == column), 0)
        return self.index(line, at)

    def raw(self, index: Index) -> str:
        """What the file holds there, in full: for the line that edits it."""
        place = self.place(index)
        return (
            ""
            if place is None or self._roster is None
            else cell_text(self._roster.source(place[0]), *place[1:])
        )

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._roster is None:
            return None
        row, (column, field) = self._rows[index.row()], self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown(field, cell_text(self._roster.source(self._sheet), row.row, column))
        if role == SEVERITY:
            return self._severity(row.row, column, field)
        if role in (NOTE, Qt.ItemDataRole.ToolTipRole):
            note = "\n".join(p.message for p in self._marks.get((row.row, column), ()))
            return (note if role == NOTE else plain_tip(note)) or None
        if role == PLACE:
            return self.place(index)
        return None

    def _severity(self, row: int, column: int, field: str) -> str | None:
        found = {p.severity for p in self._marks.get((row, column), ())}
        worst = next((s for s in _ORDER if s in found), None)
        return "changed" if worst is None and (row, field) in self._changed else worst

    def is_left_out(self, index: Index) -> bool:
        """Was this row left out by hand?"""
        place = self.place(index)
        return place is not None and self._roster is not None and place[:2] in self._roster.skipped

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(self._rows[section].row) if section < len(self._rows) else None
        if section >= len(self._columns):
            return None
        column, field = self._columns[section]
        return FIELD_TEXTS.get(field, column_letters(column))


def _place_of(column: tuple[int, str]) -> tuple[int, int]:
    return _ORDER_OF_FIELDS.index(column[1]), column[0]


def _changed_cells(roster: Roster, sheet: str) -> set[tuple[int, str]]:
    if roster.trial is None:
        return set()
    rows: Sequence[RosterRow] = roster.seen.taken
    return {
        (rows[index].row, source)
        for index, fields in roster.trial.fields.items()
        if index < len(rows) and rows[index].sheet == sheet
        for field in fields
        for source in CHANGED_FIELDS.get(field, ())
    }


class _CellDelegate(QStyledItemDelegate):
    """Ground, frame and word of a marked cell; a ring around the one in hand."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, cell = theme(), QRectF(option.rect)
        view, model = self.parent(), index.model()
        assert isinstance(view, QTableView)
        severity = index.data(SEVERITY)
        current = view.currentIndex()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, ink = GROUNDS.get(severity or "", ("wash" if severity == "changed" else "surface", "ink"))
        if severity is None and current.isValid() and current.row() == index.row():
            ground = "surface2"
        painter.fillRect(cell, look.colour(ground))
        edge = look.edge("line")
        painter.fillRect(QRectF(cell.left(), cell.bottom() - edge, cell.width(), edge), look.colour("line"))
        painter.fillRect(QRectF(cell.right() - edge, cell.top(), edge, cell.height()), look.colour("line"))
        if isinstance(model, RosterModel) and model.is_left_out(index):
            painter.setOpacity(0.45)
        self._paint_words(painter, cell, index, severity, ink)
        if severity in (REFUSE, WARN):
            painter.setPen(pen(ink, look.scale(1.5)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -2, -2))
        if current == index:
            painter.setPen(pen("primary", look.scale(2.5)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -2, -2))
        painter.restore()

    @staticmethod
    def _paint_words(painter: QPainter, cell: QRectF, index: Index, severity: str | None, ink: str) -> None:
        look = theme()
        inner = cell.adjusted(look.scale(9), 0, -look.scale(8), 0)
        word = {FIX: "已整理", "changed": "改"}.get(severity or "", "")
        if severity in (REFUSE, WARN):
            side = look.scale(14)
            name, filled = ICONS[severity]
            place = QRectF(inner.left() - look.scale(3), inner.center().y() - side / 2, side, side)
            paint_icon(painter, place, name, ink, filled=filled)
            inner.setLeft(inner.left() + side)
        if word:
            small = look.font("caption")
            draw_text(painter, inner, word, small, "green" if severity == FIX else "primary-d", RIGHT)
            inner.setRight(inner.right() - text_width(small, word) - look.scale(6))
        draw_text(painter, inner, str(index.data() or ""), look.font("table"), "ink", elide=True)


class RosterGrid(QTableView):
    """名册表格. Arrow keys walk, F2 or Enter edits, Del leaves the row out."""

    edit_asked = Signal()
    skip_asked = Signal()
    cell_changed = Signal()

    def __init__(self, model: RosterModel) -> None:
        super().__init__()
        self.setObjectName("roster_grid")
        self.setAccessibleName(tr("名册"))
        self.setModel(model)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerWidget(QWidget())
        self._corner = text_label(tr("行"), self, role="field-label")
        self._corner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setDefaultAlignment(CENTRE)
        self.doubleClicked.connect(self.edit_asked)
        self.selectionModel().currentChanged.connect(self._on_current)
        model.modelReset.connect(self._fit)
        theme_hub().changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        self.verticalHeader().setDefaultSectionSize(look.size("row"))
        self.verticalHeader().setFixedWidth(look.px(52 if not look.large else 70))
        self.horizontalHeader().setFixedHeight(look.size("header-row"))
        for header in (self.verticalHeader(), self.horizontalHeader()):
            header.setFont(look.font("table"))
        self._corner.setGeometry(0, 0, self.verticalHeader().width(), self.horizontalHeader().height())
        model = self.model()
        assert isinstance(model, RosterModel)
        for number, field in enumerate(model.fields):
            self.setColumnWidth(number, round(look.scale(_WIDTHS.get(field, 96))))

    def _on_current(self) -> None:
        self.viewport().update()
        self.cell_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_F2 | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.edit_asked.emit()
            case Qt.Key.Key_Delete:
                self.skip_asked.emit()
            case _:
                super().keyPressEvent(event)
                return
        event.accept()

    def go_to(self, row: int, column: int) -> bool:
        """Bring a cell of the file into sight and take it in hand."""
        model = self.model()
        assert isinstance(model, RosterModel)
        index = model.find(row, column)
        if not index.isValid():
            return False
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        return True
