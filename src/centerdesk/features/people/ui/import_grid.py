"""The rows of a roster with their cells marked: blocked, look, tidied, changes old data (UI 6, 08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from centerdesk.features.people.importing_desk import Place, Roster, cell_text, shown
from centerdesk.features.people.importing_result import FIX, REFUSE, WARN, Problem, RosterRow
from centerdesk.features.people.ui.import_cells import RosterCell, RosterPainter
from centerdesk.features.people.ui.import_words import CHANGED_FIELDS, FIELD_TEXTS
from centerdesk.kernel.spreadsheet_in import Sheet
from centerdesk.kernel.spreadsheet_in_limits import column_letters
from centerdesk.qtkit.labels import plain_tip, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import CENTRE

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
NOTE = Qt.ItemDataRole.UserRole + 1
PLACE = Qt.ItemDataRole.UserRole + 2

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
        self._source: Sheet | None = None
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
        self._source = roster.source(sheet)
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
        self._roster, self._source, self._rows, self._columns = None, None, (), ()
        self._marks, self._changed = {}, set()
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
        return "" if place is None or self._source is None else cell_text(self._source, *place[1:])

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self._source is None:
            return None
        line, number = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(line, number).text
        if role in (NOTE, Qt.ItemDataRole.ToolTipRole):
            here = self._rows[line].row, self._columns[number][0]
            note = "\n".join(p.message for p in self._marks.get(here, ()))
            return (note if role == NOTE else plain_tip(note)) or None
        if role == PLACE:
            return self.place(index)
        return None

    def cell(self, line: int, number: int) -> RosterCell:
        """What a cell says, and how it is marked."""
        assert self._source is not None, "there are rows"
        row, (column, field) = self._rows[line].row, self._columns[number]
        found = {p.severity for p in self._marks.get((row, column), ())}
        worst = next((s for s in _ORDER if s in found), None) if found else None
        if worst is None and (row, field) in self._changed:
            worst = "changed"
        return RosterCell(shown(field, cell_text(self._source, row, column)), worst)

    def is_out(self, line: int) -> bool:
        """Was this row left out by hand?"""
        assert self._roster is not None, "there are rows"
        return (self._sheet, self._rows[line].row) in self._roster.skipped

    def is_left_out(self, index: Index) -> bool:
        """The same of a cell."""
        return self.place(index) is not None and self.is_out(index.row())

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


class _Header(QHeaderView):
    """Its one side is given and the other follows the cells; Qt would measure two hundred titles at each layout."""

    def sizeHint(self) -> QSize:
        return self.minimumSize()


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
        self.setHorizontalHeader(_Header(Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(_Header(Qt.Orientation.Vertical, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerWidget(QWidget())
        self._corner = text_label(tr("行"), self, role="field-label")
        self._corner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionsClickable(True)
            header.setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in sight."""
        model = self.model()
        assert isinstance(model, RosterModel)
        painter = QPainter(self.viewport())
        RosterPainter(painter, model, self.currentIndex()).paint(self, event.rect())
        painter.end()

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
