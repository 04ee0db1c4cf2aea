"""月报表: the lines of a return as a table; the current line shows which number is opened at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from centerdesk.features.returns.rules_checks import Level
from centerdesk.features.returns.ui.figure_rows import (
    ALIGN_LEFT,
    ALIGN_RIGHT,
    COLUMNS,
    MONTH,
    TITLE,
    FigureRow,
    HeadingRow,
    LineRow,
)
from centerdesk.qtkit import clipboard
from centerdesk.qtkit.columns import tsv_cell
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import draw_text, text_width
from centerdesk.qtkit.pens import pen

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
ROW = Qt.ItemDataRole.UserRole + 1
"""The FigureRow of a cell."""
_PAD = 8
_GROUNDS = {
    Level.ERROR: ("red-wash", "red", "error_circle"),
    Level.HINT: ("dawn-wash", "dawn-ink", "warning"),
}


class FigureModel(QAbstractTableModel):
    """Lines of one edition and place. GUI thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FigureRow, ...] = ()

    def set_rows(self, rows: Sequence[FigureRow]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def row(self, number: int) -> FigureRow | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def line(self, number: int) -> LineRow | None:
        """The line at `number`; None for a heading and outside."""
        row = self.row(number)
        return row if isinstance(row, LineRow) else None

    def find(self, indicator: str) -> int:
        """Where the line of an indicator stands, -1 when it is not listed."""
        for at, row in enumerate(self._rows):
            if isinstance(row, LineRow) and row.figure.indicator == indicator:
                return at
        return -1

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGN_RIGHT if COLUMNS[section].right else ALIGN_LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.line(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index) | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index.row()) if index.isValid() else None
        if row is None:
            return None
        if role == ROW:
            return row
        if isinstance(row, HeadingRow):
            shown = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return row.title if shown and index.column() == 0 else None
        return self._of_line(row, index.column(), role)

    @staticmethod
    def _of_line(row: LineRow, column: int, role: int) -> object:
        spec = COLUMNS[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.text(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGN_RIGHT if spec.right else ALIGN_LEFT
        if role == Qt.ItemDataRole.ToolTipRole and column == TITLE:
            return row.figure.definition
        if role == Qt.ItemDataRole.AccessibleTextRole:
            mark = f"，{row.mark.value}" if row.mark is not None and column == MONTH else ""
            return f"{spec.title} {spec.text(row)}{mark}"
        return None


class _Delegate(QStyledItemDelegate):
    """Paints lines: headings over the whole width, the month in bold, marks at the left edge of its cell."""

    def __init__(self, table: FigureTable) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, theme().size("row-compact"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        look, cell = theme(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.edge("line")
        rule = QRectF(cell.left(), cell.bottom() - edge, cell.width(), edge)
        if isinstance(row, HeadingRow):
            painter.fillRect(cell, look.colour("surface2"))
            inner = cell.adjusted(look.px(_PAD), 0, -look.px(_PAD), 0)
            draw_text(painter, inner, row.title, look.font("table", bold=True), "ink")
        elif isinstance(row, LineRow):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.fillRect(cell, look.colour("wash" if chosen else "surface"))
            self._paint_cell(painter, cell, row, index.column(), option)
        painter.fillRect(rule, look.colour("line"))
        if isinstance(row, LineRow) and index.column() == MONTH:
            self._paint_frame(painter, cell, index)
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, cell: QRectF, row: LineRow, column: int, option: QStyleOptionViewItem
    ) -> None:
        look = theme()
        inner = cell.adjusted(look.px(_PAD), 0, -look.px(_PAD), 0)
        text = COLUMNS[column].text(row)
        if column == TITLE:
            self._paint_title(painter, inner, row)
        elif column == MONTH:
            self._paint_month(painter, cell, inner, row, option)
        else:
            large = COLUMNS[column].key == "change" and row.large
            quiet = COLUMNS[column].key in ("line", "unit", "change")
            ink = "dawn-ink" if large else "ink2" if quiet else "ink"
            align = ALIGN_RIGHT if COLUMNS[column].right else ALIGN_LEFT
            draw_text(painter, inner, text, look.font("table", bold=large), ink, align, elide=True)

    @staticmethod
    def _paint_title(painter: QPainter, inner: QRectF, row: LineRow) -> None:
        look = theme()
        font = look.font("table")
        inner.setLeft(inner.left() + look.scale(14) * row.depth)
        draw_text(painter, inner, row.title, font, "ink", elide=True)
        if row.base:
            left = inner.left() + text_width(font, row.title) + look.scale(6)
            if left + text_width(look.font("caption"), row.base) <= inner.right() + look.px(_PAD):
                rest = QRectF(left, inner.top(), inner.right() + look.px(_PAD) - left, inner.height())
                draw_text(painter, rest, row.base, look.font("caption"), "ink3")

    @staticmethod
    def _paint_month(
        painter: QPainter, cell: QRectF, inner: QRectF, row: LineRow, option: QStyleOptionViewItem
    ) -> None:
        look = theme()
        font = look.font("table", bold=True)
        ink = "ink"
        if row.mark is not None:
            ground, ink, icon = _GROUNDS[row.mark]
            painter.fillRect(cell, look.colour(ground))
            side = look.scale(15)
            paint_icon(
                painter,
                QRectF(cell.left() + look.px(8), cell.center().y() - side / 2, side, side),
                icon,
                ink,
                filled=row.mark is Level.ERROR,
            )
        font.setUnderline(bool(option.state & QStyle.StateFlag.State_MouseOver) and row.figure.count > 0)
        draw_text(painter, inner, COLUMNS[MONTH].text(row), font, ink, ALIGN_RIGHT)

    def _paint_frame(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        """The number whose records stand at the right."""
        if index.row() != self._table.currentIndex().row():
            return
        width = theme().edge("ring" if self._table.hasFocus() else "selected")
        half = width / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen("primary", width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.adjusted(half, half, -half, -half))


class FigureTable(QTableView):
    """月报表. Rows are chosen whole; Enter and C are the page's. GUI thread."""

    line_changed = Signal(object)
    """LineRow under the keyboard, None when there is none."""
    opened = Signal()
    """Enter or a double click: to the records."""
    changed_only = Signal()
    """C: only the lines that changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("return_table")
        self.setAccessibleName(self.tr("月报表"))
        self.figures = FigureModel(self)
        self.setModel(self.figures)
        self.setItemDelegate(_Delegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        for at, column in enumerate(COLUMNS):
            way = QHeaderView.ResizeMode.Fixed if column.width else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(at, way)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.doubleClicked.connect(self._on_double)
        theme_hub().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        look = theme()
        self.verticalHeader().setMinimumSectionSize(look.size("row-compact"))
        self.verticalHeader().setDefaultSectionSize(look.size("row-compact"))
        header = self.horizontalHeader()
        header.setFixedHeight(look.size("header-row"))
        header.setFont(look.font("table"))
        header.setMinimumSectionSize(look.px(36))
        for at, column in enumerate(COLUMNS):
            if column.width:
                header.resizeSection(at, round(look.scale(column.width)))
        self.viewport().update()

    @property
    def current_line(self) -> LineRow | None:
        """The line under the keyboard."""
        return self.figures.line(self.currentIndex().row())

    def show_rows(self, rows: Sequence[FigureRow]) -> None:
        """Other lines; the same indicator stays current where it is still listed."""
        before = self.current_line
        top = self.verticalScrollBar().value()
        self.figures.set_rows(rows)
        self.clearSpans()
        for at, row in enumerate(rows):
            if isinstance(row, HeadingRow):
                self.setSpan(at, 0, 1, len(COLUMNS))
        self.verticalScrollBar().setValue(top)
        if before is None or not self.go_to(before.figure.indicator, scroll=False):
            self._go_to_row(next((at for at, row in enumerate(rows) if isinstance(row, LineRow)), -1))

    def go_to(self, indicator: str, *, scroll: bool = True) -> bool:
        """Make the line of an indicator current; False when it is not listed."""
        at = self.figures.find(indicator)
        if at >= 0:
            self._go_to_row(at)
            if scroll:
                self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        return at >= 0

    def _go_to_row(self, at: int) -> None:
        if at < 0:
            self.line_changed.emit(None)
        else:
            self.setCurrentIndex(self.figures.index(at, MONTH))
            self.selectRow(at)

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.viewport().update()
        line = self.figures.line(current.row())
        if line is not None:
            self.line_changed.emit(line)

    def _on_double(self, index: QModelIndex) -> None:
        if self.figures.line(index.row()) is not None:
            self.opened.emit()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Headings are stepped over."""
        moved = super().moveCursor(action, modifiers)
        up = moved.row() < self.currentIndex().row() or moved.row() == 0
        step = -1 if up and moved.row() > 0 else 1
        at = moved.row()
        while self.figures.row(at) is not None and self.figures.line(at) is None:
            at += step
        if self.figures.line(at) is None:
            at = self.currentIndex().row()
        return self.figures.index(at, MONTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            clipboard.copy(self.text_of_rows())
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif plain and event.key() == Qt.Key.Key_C:
            self.changed_only.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are keys here, not a search."""

    def text_of_rows(self) -> str:
        """The table as shown, for the clipboard: header and lines, tabs between."""
        lines = ["\t".join(c.title for c in COLUMNS)]
        for at in range(self.figures.rowCount()):
            row = self.figures.row(at)
            if isinstance(row, HeadingRow):
                lines.append(row.title)
            elif isinstance(row, LineRow):
                lines.append("\t".join(tsv_cell(c.text(row)) for c in COLUMNS))
        return "\n".join(lines)
