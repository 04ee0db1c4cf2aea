"""A table model over a keyset query: appended, asynchronous, never all of it (ARCHITECTURE 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from centerdesk.qtkit.columns import CELL_READERS, Column, Role
from centerdesk.qtkit.load_state import LoadState, Tail

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from centerdesk.kernel.paging import Key, Page
    from centerdesk.qtkit.runner import Runner, Ticket

__all__ = ["Load", "LoadState", "PagedTableModel", "Tail"]

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
Load = Callable[["Session", "Key | None", int], "Page[R]"]
ROOT = QModelIndex()


class PagedTableModel(QAbstractTableModel, Generic[R]):
    """Append-only window over a keyset query. GUI thread; `load(session, after, limit)` runs on a read lane.

    Known rows stay until the new ones are there: a reload fetches at least as many rows as the view wants to
    keep in sight and swaps them in one go.
    """

    SPARE, CHUNK, CAP = 6, 200, 20_000
    """Rows the first fetch after a key takes beyond those in sight; of every other; and before “请缩小查询范围”."""

    state_changed = Signal(object)
    """LoadState"""
    facts_changed = Signal()
    """`total`, `shown` or the ticks changed."""
    sort_requested = Signal(str, bool)
    """(sort_key, descending): the page answers with `set_query`."""
    about_to_swap = Signal()
    swapped = Signal()
    """Around the exchange of all rows: the view remembers and restores by row id."""

    def __init__(
        self,
        runner: Runner,
        columns: Sequence[Column[R]],
        load: Load[R] | None = None,
        *,
        count: Callable[[Session], int] | None = None,
        row_id: Callable[[R], Hashable] | None = None,
        is_hit: Callable[[R], bool] | None = None,
        tickable: bool = False,
        parent: QObject | None = None,
    ) -> None:
        """`load` may come later by `set_query`; nothing is read before the first `reload`."""
        super().__init__(parent)
        self.columns = tuple(columns)
        self.tickable = tickable
        self._runner, self._load, self._count = runner, load, count
        self._row_id = row_id or (lambda row: row.id)  # type: ignore[attr-defined]  # rows of pages have an id
        self._is_hit = is_hit
        self._rows: list[R] = []
        self._incoming: list[R] | None = None  # rows of a reload, until they are swapped in
        self._wanted = 0
        self._next: Key | None = None
        self._more = load is not None
        self._busy = False
        self._tail: Tail | None = None
        self._error: Exception | None = None
        self._state = LoadState.FRESH
        self._ticket: Ticket | None = None
        self._count_ticket: Ticket | None = None
        self._total: int | None = None
        self._first, self._count_due = self.CHUNK, False
        self.in_sight = 34  # rows the view shows at once; it says how many when it is laid out
        self._ticked: set[Hashable] = set()
        self._sorted: tuple[str, bool] | None = None

    # --- what stands ----------------------------------------------------------------------------------------

    @property
    def state(self) -> LoadState:
        return self._state

    @property
    def error(self) -> Exception | None:
        """Why the last fetch failed, until the next one succeeds."""
        return self._error

    @property
    def shown(self) -> int:
        """Rows loaded so far, the tail row not counted."""
        return len(self._rows)

    @property
    def total(self) -> int | None:
        """Rows the query holds, None while nobody has counted."""
        if self._total is None and not self._more and self._state is LoadState.READY:
            return len(self._rows)
        return self._total

    @property
    def busy(self) -> bool:
        return self._busy

    @property
    def tail(self) -> Tail | None:
        return self._tail

    def row(self, number: int) -> R | None:
        """The row at `number`, None for the tail row or outside."""
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def rows(self) -> tuple[R, ...]:
        return tuple(self._rows)

    def id_of(self, row: R) -> Hashable:
        return self._row_id(row)

    def find(self, wanted: Iterable[Hashable]) -> list[int]:
        """Numbers of the loaded rows with these ids, in the order of the table."""
        ids = frozenset(wanted)
        return [n for n, row in enumerate(self._rows) if self._row_id(row) in ids] if ids else []

    @property
    def sorted_by(self) -> tuple[str, bool] | None:
        """(sort_key, descending) as last asked for."""
        return self._sorted

    # --- asking ---------------------------------------------------------------------------------------------

    def set_query(
        self, load: Load[R], count: Callable[[Session], int] | None = None, *, total: int | None = None
    ) -> None:
        """Another filter or order. The old rows stay until the first of the new ones are there.

        `total`: how many rows it holds, where that is known; they are not counted then.
        """
        self._load, self._count = load, count
        self._total = total
        self._begin(0, self.in_sight + self.SPARE, count_due=total is None)

    def reload(self, keep: int = 0) -> None:
        """Read again; `keep` = how many rows from the top must be there before the exchange."""
        self._begin(keep, self.CHUNK, count_due=True)

    def _begin(self, keep: int, first: int, *, count_due: bool) -> None:
        if self._load is None:
            return
        self._first, self._count_due = min(first, self.CHUNK), count_due
        self._drop_tickets()
        self._incoming, self._wanted = [], min(keep, self.CAP)
        self._error = None
        self._next, self._more = None, True
        self._set_state(LoadState.LOADING)
        self._ask(None)

    def retry(self) -> None:
        """Ask again for the page that failed."""
        if self._state is LoadState.FAILED:
            self.reload(self._wanted)
        elif self._tail is Tail.RETRY:
            self._set_tail(None)
            self.fetchMore(ROOT)

    def stop(self) -> None:
        """停下: leave what is known and offer to go on."""
        if not self._busy:
            return
        self._drop_tickets()
        self._incoming = None
        self._busy = False
        self._set_state(LoadState.READY)
        if self._more:
            self._set_tail(Tail.RETRY)

    def clear(self) -> None:
        """Forget rows, query and ticks: the desk is being locked, or the person changed."""
        self._drop_tickets()
        self.beginResetModel()
        self._rows, self._incoming, self._tail = [], None, None
        self._load, self._count, self._total, self._error = None, None, None, None
        self._more = self._busy = False
        self._ticked.clear()
        self.endResetModel()
        self._set_state(LoadState.FRESH)
        self.facts_changed.emit()

    def canFetchMore(self, parent: Index = ROOT) -> bool:
        return (
            not parent.isValid()
            and self._load is not None
            and self._more
            and not self._busy
            and self._tail is None
        )

    def fetchMore(self, parent: Index = ROOT) -> None:
        if not self.canFetchMore(parent):
            return
        if self._state is LoadState.FRESH:
            self.reload()
        else:
            self._ask(self._next)

    def _ask(self, after: Key | None) -> None:
        load, limit = self._load, self._first if self._incoming == [] else self.CHUNK
        assert load is not None
        self._busy = True
        self._ticket = self._runner.query(
            self, lambda session: load(session, after, limit), self._append, self._fail
        )

    def _recount(self) -> None:
        if self._count is not None and self._count_due:
            self._count_due = False
            # Only now, for somebody waits for the rows. A count that fails is no news: the footer leaves the
            # total out, the rows speak for themselves.
            self._count_ticket = self._runner.query(self, self._count, self._counted, lambda _exc: None)

    def _drop_tickets(self) -> None:
        """A late page of the old query must not land in the new one."""
        for ticket in (self._ticket, self._count_ticket):
            if ticket is not None:
                ticket.cancel()
        self._ticket = self._count_ticket = None
        self._busy = False

    # --- answers --------------------------------------------------------------------------------------------

    def _append(self, page: Page[R]) -> None:
        self._busy, self._error = False, None
        self._next, self._more = page.next_key, page.next_key is not None
        if self._incoming is not None:
            self._incoming.extend(page.rows)
            if self._more and len(self._incoming) < self._wanted:
                self._ask(self._next)
                return
            self._swap()
            self._recount()
        elif page.rows:
            first = len(self._rows)
            self.beginInsertRows(ROOT, first, first + len(page.rows) - 1)
            self._rows.extend(page.rows)
            self.endInsertRows()
        if self._more and len(self._rows) >= self.CAP:
            self._set_tail(Tail.CAPPED)
        self._set_state(LoadState.READY)
        self.facts_changed.emit()

    def _swap(self) -> None:
        self.about_to_swap.emit()
        self.beginResetModel()
        self._rows, self._incoming, self._tail = self._incoming or [], None, None
        self.endResetModel()
        if not self._more:
            self._ticked &= {self._row_id(row) for row in self._rows}
        self.swapped.emit()

    def _fail(self, exc: Exception) -> None:
        self._busy, self._error = False, exc
        if self._incoming is not None:
            self._wanted, self._incoming = max(self._wanted, len(self._rows)), None
            self._set_state(LoadState.FAILED)
        else:
            self._set_tail(Tail.RETRY)
        self.facts_changed.emit()

    def _counted(self, total: int) -> None:
        self._total = total
        self.facts_changed.emit()

    def _set_state(self, state: LoadState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)

    def _set_tail(self, tail: Tail | None) -> None:
        number = len(self._rows)
        if self._tail is not None:
            self.beginRemoveRows(ROOT, number, number)
            self._tail = None
            self.endRemoveRows()
        if tail is not None:
            self.beginInsertRows(ROOT, number, number)
            self._tail = tail
            self.endInsertRows()

    # --- ticks ----------------------------------------------------------------------------------------------

    def ticked(self) -> frozenset[Hashable]:
        """Ids of the ticked rows, loaded ones and those that were loaded under an earlier filter page."""
        return frozenset(self._ticked)

    def set_ticks(self, ids: Iterable[Hashable], on: bool) -> None:
        """Tick or untick rows by id."""
        self._ticked = self._ticked | set(ids) if on else self._ticked - set(ids)
        if self._rows:
            last = self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.facts_changed.emit()

    def toggle(self, numbers: Iterable[int]) -> None:
        """Space: tick these rows, or untick them when all of them are ticked."""
        ids = {self._row_id(row) for n in numbers if (row := self.row(n)) is not None}
        if ids:
            self.set_ticks(ids, not ids <= self._ticked)

    # --- Qt -------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows) + (self._tail is not None)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if index.row() < len(self._rows):
            flags |= Qt.ItemFlag.ItemIsSelectable
            if self.tickable and index.column() == 0:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.column() < len(self.columns):
            return None
        row = self.row(index.row())
        if row is None:
            return self._tail_data(index, role) if index.row() == len(self._rows) else None
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole:
            return self._check_state(row) if self.tickable and index.column() == 0 else None
        if (reader := CELL_READERS.get(role)) is not None:
            return reader(column, row)
        return self._row_data(row, column, role)

    def _row_data(self, row: R, column: Column[R], role: int) -> Any:
        if role == Role.ROW:
            return row
        if role == Role.ROW_ID:
            return self._row_id(row)
        if role == Role.HIT:
            return column.hit and self._is_hit is not None and self._is_hit(row)
        return None

    def _check_state(self, row: R) -> Qt.CheckState:
        return Qt.CheckState.Checked if self._row_id(row) in self._ticked else Qt.CheckState.Unchecked

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.row(index.row()) if index.isValid() else None
        if role != Qt.ItemDataRole.CheckStateRole or row is None or not self.tickable or index.column():
            return False
        self.set_ticks({self._row_id(row)}, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def _tail_data(self, index: Index, role: int) -> Any:
        if role == Role.TAIL:
            return self._tail
        if role != Qt.ItemDataRole.DisplayRole or index.column():
            return None
        if self._tail is Tail.RETRY:
            return self.tr("后面的没读出来，前面的没变。按回车或双击再试。")
        return self.tr("已列出 %n 行，后面还有。请缩小查询范围。", "", len(self._rows))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.align.value
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if self._sorted is None or column.sort_key != self._sorted[0] or not column.sort_key:
            return column.title
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title} {'↓' if self._sorted[1] else '↑'}"
        way = self.tr("从大到小") if self._sorted[1] else self.tr("从小到大")
        return f"{column.title}，{way}"

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Never sorts loaded rows: asks the page for another query."""
        if 0 <= column < len(self.columns) and (key := self.columns[column].sort_key):
            self.mark_sorted(key, order is Qt.SortOrder.DescendingOrder)
            self.sort_requested.emit(key, order is Qt.SortOrder.DescendingOrder)

    def mark_sorted(self, sort_key: str, descending: bool = False) -> None:
        """Show in the header how the query orders, without asking for another."""
        self._sorted = (sort_key, descending)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)
