"""台账表: the one table of the desk (UI 4.2), complete by keyboard; it remembers its columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit import clipboard
from centerdesk.qtkit.cells import CellPainter, LedgerDelegate, tick_box
from centerdesk.qtkit.column_memory import ColumnKeeper, ColumnStore
from centerdesk.qtkit.columns import Role, tsv_cell
from centerdesk.qtkit.frozen import FrozenHeader, frozen_columns, paint_frozen_cells
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.paged_model import PagedTableModel, Tail
from centerdesk.qtkit.states import State
from centerdesk.qtkit.table_overlay import TableOverlay, facts_of

if TYPE_CHECKING:
    from centerdesk.kernel.clock import Clock

__all__ = ["ColumnStore", "LedgerTable", "Selection"]


@record
class Selection:
    """What is chosen: these ids, or with `whole_filter` everything the filter holds, loaded or not."""

    ids: tuple[Hashable, ...]
    whole_filter: bool = False

    def __bool__(self) -> bool:
        return self.whole_filter or bool(self.ids)


class LedgerTable(QTableView):
    """台账表. A view of one `PagedTableModel`. GUI thread."""

    typed = Signal(str)
    """Letters typed into the table: the page puts them into its search field and moves the focus there."""
    escaped = Signal()
    row_activated = Signal(object)
    """The row of Enter or a double click."""
    row_opened = Signal(object)
    """Ctrl+Enter: the record in a window of its own."""
    row_changed = Signal(object)
    """The current row, None when there is none: for the detail pane."""
    selection_changed = Signal()
    menu_requested = Signal(object, object)
    """(row, global QPoint): the page fills a menu from the action registry."""
    facts_changed = Signal(str)
    """What the footer says: found, shown, selected, sums."""
    copied = Signal(int)

    def __init__(
        self,
        model: PagedTableModel[Any],
        page: str,
        *,
        store: ColumnStore | None = None,
        empty: State | None = None,
        clock: Clock | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`page` names the column memory and the object; `empty` is said when there was never a row."""
        super().__init__(parent)
        self.setObjectName(page)
        self.ledger = model
        self.dimmed = False
        self._whole_filter = False
        self._selecting = False
        self._remembered: tuple[list[Hashable], Hashable | None, int] = ([], None, 0)
        self.setHorizontalHeader(FrozenHeader(self))
        self.setModel(model)
        self.setItemDelegate(LedgerDelegate(self))
        self._set_up_view()
        self.columns = ColumnKeeper(self.horizontalHeader(), model.columns, page, store)
        self.columns.apply()
        if self.columns.sort is not None:
            model.mark_sorted(*self.columns.sort)
        self.overlay = TableOverlay(self, empty, clock)
        self._connect()
        self._restyle()

    def _set_up_view(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setCornerWidget(QWidget())  # else the style frames the corner between the scroll bars
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        model, header = self.ledger, self.horizontalHeader()
        header.sectionClicked.connect(self._on_header_clicked)
        header.customContextMenuRequested.connect(self._on_header_menu)
        self.customContextMenuRequested.connect(self._on_menu)
        self.doubleClicked.connect(self._on_double_clicked)
        model.facts_changed.connect(self._tell_facts)
        model.about_to_swap.connect(self._remember)
        model.swapped.connect(self._restore)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._span_tail)
        theme_hub().changed.connect(self._restyle)
        selection = self.selectionModel()
        selection.selectionChanged.connect(self._on_selection)
        selection.currentRowChanged.connect(self._on_current)

    def _restyle(self) -> None:
        look = theme()
        self.verticalHeader().setDefaultSectionSize(look.size("row"))
        self.verticalHeader().setMinimumSectionSize(look.size("row"))
        header = self.horizontalHeader()
        header.setFixedHeight(look.size("header-row"))
        header.setMinimumSectionSize(look.px(36))
        header.setFont(look.font("table"))
        self._tell_sight()
        self.columns.apply()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fill()
        self._tell_sight()

    def _tell_sight(self) -> None:
        self.ledger.in_sight = self.viewport().height() // self.verticalHeader().defaultSectionSize() + 1

    # --- asking ---------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read again, keeping what is in sight, the selection and the current row."""
        last = self.rowAt(self.viewport().height() - 1)
        self.ledger.reload(0 if not self.ledger.shown else max(last, self.currentIndex().row()) + 1)

    def set_filtered(self, state: State | None) -> None:
        """What to say when the present filter finds nobody; None: no filter is on."""
        self.overlay.filtered = state

    def selection(self) -> Selection:
        """The chosen rows, in the order of the table."""
        numbers = sorted({i.row() for i in self.selectionModel().selectedRows()})
        rows = [row for n in numbers if (row := self.ledger.row(n)) is not None]
        return Selection(tuple(self.ledger.id_of(row) for row in rows), self._whole_filter)

    def current_row(self) -> Any:
        """The row the keyboard is on, or None."""
        return self.ledger.row(self.currentIndex().row())

    def select_id(self, row_id: Hashable) -> bool:
        """Make this row current and select it; False when it is not among the loaded rows."""
        found = self.ledger.find([row_id])
        if found:
            self.setCurrentIndex(self.ledger.index(found[0], 0))
            self.scrollTo(self.currentIndex())
        return bool(found)

    def is_first_visible(self, column: int) -> bool:
        """Is this the leftmost column as the person has put them?"""
        header = self.horizontalHeader()
        place = header.visualIndex(column)
        return all(header.isSectionHidden(header.logicalIndex(p)) for p in range(place))

    def show_columns_menu(self) -> None:
        """The column chooser, from the button beside the filter or from the header."""
        header = self.horizontalHeader()
        self._on_header_menu(QPoint(header.width() - 40, header.height()))

    def text_of_selection(self) -> str:
        """The selected rows as TSV, exactly as shown: visible columns in their order, masks included."""
        header = self.horizontalHeader()
        columns = [header.logicalIndex(p) for p in range(header.count())]
        columns = [c for c in columns if not header.isSectionHidden(c)]
        numbers = sorted({i.row() for i in self.selectionModel().selectedRows()})
        lines = [
            "\t".join(tsv_cell(str(self.ledger.index(n, c).data() or "")) for c in columns)
            for n in numbers
            if self.ledger.row(n) is not None
        ]
        return "\n".join(lines)

    def copy_selection(self) -> None:
        """Ctrl+C."""
        text = self.text_of_selection()
        if text:
            clipboard.copy(text)
            self.copied.emit(text.count("\n") + 1)

    # --- keyboard and mouse ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        handler = self._key_handler(event)
        if handler is not None:
            handler()
            event.accept()
        elif self._is_typing(event):
            self.typed.emit(event.text())
            event.accept()
        else:
            super().keyPressEvent(event)

    def _key_handler(self, event: QKeyEvent) -> Callable[[], None] | None:
        if event.matches(QKeySequence.StandardKey.SelectAll):
            return self.select_whole_filter
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy_selection
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                return self._open_current if control else self._activate_current
            case Qt.Key.Key_Space if self.ledger.tickable and not control:
                return self._tick_selected
            case Qt.Key.Key_Escape:
                return self.escaped.emit
            case Qt.Key.Key_Home if not control:
                return lambda: self._go_to(0)
            case Qt.Key.Key_End if not control:
                return lambda: self._go_to(self.ledger.rowCount() - 1)
        return None

    @staticmethod
    def _is_typing(event: QKeyEvent) -> bool:
        blocking = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        text = event.text()
        return bool(text) and text.isprintable() and not text.isspace() and not event.modifiers() & blocking

    def keyboardSearch(self, _search: str) -> None:
        """Letters go to the search field, which looks through everything and not only the loaded rows."""

    def _go_to(self, number: int) -> None:
        if 0 <= number < self.ledger.rowCount():
            self.setCurrentIndex(self.ledger.index(number, max(0, self.currentIndex().column())))

    def _tick_selected(self) -> None:
        self.ledger.toggle(i.row() for i in self.selectionModel().selectedRows())

    def _activate_current(self) -> None:
        self._activate(self.currentIndex())

    def _open_current(self) -> None:
        if (row := self.current_row()) is not None:
            self.row_opened.emit(row)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self._activate(index)

    def _activate(self, index: QModelIndex) -> None:
        if index.data(Role.TAIL) is Tail.RETRY:
            self.ledger.retry()
        elif (row := self.ledger.row(index.row())) is not None:
            self.row_activated.emit(row)

    def select_whole_filter(self) -> None:
        """Ctrl+A: everything the filter holds, rows that are not loaded yet included."""
        self._selecting = True
        self.selectAll()
        self._selecting = False
        self._whole_filter = True
        self._announce_selection()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.ledger.index(self.rowAt(round(event.position().y())), 0)
        if index.isValid() and self.ledger.tickable:
            cell = QRectF(self.cell_rect(index))
            if tick_box(cell).adjusted(-6, -8, 6, 8).contains(event.position()):
                self.ledger.toggle([index.row()])
                event.accept()
                return
        super().mousePressEvent(event)

    # --- the first two columns stay where they are ------------------------------------------------------------

    def cell_rect(self, index: QModelIndex) -> QRect:
        """Where a cell is painted: `visualRect`, except for frozen columns."""
        rect = self.visualRect(index)
        left = frozen_columns(self).get(index.column())
        return rect if left is None else QRect(left, rect.y(), rect.width(), rect.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in sight; what is held in place over them."""
        painter = QPainter(self.viewport())
        cells = CellPainter(self, painter)
        cells.paint_rows(event.rect())
        paint_frozen_cells(self, painter, cells)
        painter.end()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx:  # the picture was shifted as a whole, the frozen columns with it
            self.viewport().update()
            self.horizontalHeader().viewport().update()

    def _on_menu(self, where: QPoint) -> None:
        row = self.ledger.row(self.indexAt(where).row())
        row = self.current_row() if row is None else row
        if row is not None:
            self.menu_requested.emit(row, self.viewport().mapToGlobal(where))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.ledger.shown:
            self._go_to(0)
        self.viewport().update()

    # --- header ---------------------------------------------------------------------------------------------

    def _on_header_clicked(self, number: int) -> None:
        column = self.ledger.columns[number]
        if not column.sort_key:
            return
        now = self.ledger.sorted_by
        descending = now is not None and now[0] == column.sort_key and not now[1]
        self.columns.set_sort(column.sort_key, descending)
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.ledger.sort(number, order)

    def _on_header_menu(self, where: QPoint) -> None:
        self.columns.open_menu(self, self.horizontalHeader().mapToGlobal(where))

    # --- selection over a reload ----------------------------------------------------------------------------

    def _on_selection(self) -> None:
        if not self._selecting:
            self._whole_filter = False
            self._announce_selection()

    def _announce_selection(self) -> None:
        self._tell_facts()
        self.selection_changed.emit()

    def _on_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.viewport().update()
        if not self._selecting:
            self.row_changed.emit(self.ledger.row(current.row()))

    def _remember(self) -> None:
        self._selecting = True
        current = self.current_row()
        here = self.ledger.id_of(current) if current is not None else None
        self._remembered = (list(self.selection().ids), here, self.verticalScrollBar().value())

    def _restore(self) -> None:
        ids, here, scroll = self._remembered
        selection, whole = self.selectionModel(), self._whole_filter
        if whole:
            self.selectAll()
        rows = QItemSelectionModel.SelectionFlag.Rows
        for number in [] if whole else self.ledger.find(ids):
            selection.select(self.ledger.index(number, 0), QItemSelectionModel.SelectionFlag.Select | rows)
        if here is not None and (found := self.ledger.find([here])):
            selection.setCurrentIndex(
                self.ledger.index(found[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.verticalScrollBar().setValue(scroll)
        self._selecting = False
        self._announce_selection()
        self.row_changed.emit(self.current_row())

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._span_tail()
        if self._whole_filter and self.ledger.row(first) is not None:
            self._selecting = True
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            for number in range(first, last + 1):
                self.selectionModel().select(self.ledger.index(number, 0), flags)
            self._selecting = False

    def _span_tail(self, *_where: object) -> None:
        """The last row, when it is a sentence, takes the whole width."""
        self.clearSpans()
        if self.ledger.tail is not None:
            self.setSpan(self.ledger.shown, 0, 1, len(self.ledger.columns))

    # --- facts ----------------------------------------------------------------------------------------------

    def _tell_facts(self) -> None:
        self.facts_changed.emit(facts_of(self))
