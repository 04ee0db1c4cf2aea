"""What a person made of a table's columns, and where it is kept (UI 3, memory per person and page)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.columns import Column
from centerdesk.qtkit.look import theme


@record
class ColumnMemory:
    """Column keys in order, which are hidden, widths in px at 100 %, and the sort order."""

    order: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    widths: Mapping[str, int] = field(default_factory=dict)
    sort: tuple[str, bool] | None = None


class ColumnStore(Protocol):
    """Keeps `ColumnMemory` per person and page. GUI thread, quick: it answers from what is loaded already."""

    def load(self, page: str) -> ColumnMemory | None: ...

    def save(self, page: str, memory: ColumnMemory) -> None: ...


def _unit() -> float:
    """Px on the screen for one px of a column at 100 %: columns grow with the letters in them, 长者 included."""
    look = theme()
    return look.tokens.role_px("table") / look.tokens.role("table").px * look.zoom / 100


class ColumnKeeper(QObject):
    """Applies a memory to a header and writes it back a moment after the last change."""

    SAVE_MS = 500

    restored = Signal()
    """The columns stand as they were made; the sort order is the page's to take back."""

    def __init__(
        self, header: QHeaderView, columns: Sequence[Column[Any]], page: str, store: ColumnStore | None
    ) -> None:
        super().__init__(header)
        self._header, self._columns, self._page, self._store = header, tuple(columns), page, store
        self._sort: tuple[str, bool] | None = None
        self._unit = _unit()  # what the widths on the screen are in
        self._applying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.SAVE_MS)
        self._timer.timeout.connect(self.save)
        for number, column in enumerate(self._columns):
            if column.stretch:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
        header.sectionMoved.connect(self._on_changed)
        header.sectionResized.connect(self._on_changed)

    @property
    def sort(self) -> tuple[str, bool] | None:
        """The remembered order, None for the page's own."""
        return self._sort

    def set_sort(self, sort_key: str, descending: bool) -> None:
        self._sort = (sort_key, descending)
        self._on_changed()

    def apply(self) -> None:
        """Put the columns as this person left them; a change not yet written down is written first."""
        if self._timer.isActive():
            self.save()
        self._put((self._store.load(self._page) if self._store else None) or ColumnMemory())

    def restore_defaults(self) -> None:
        """恢复默认列."""
        self._put(ColumnMemory())
        self.save()
        self.restored.emit()

    def current(self) -> ColumnMemory:
        """How the columns stand now; widths that are the default are left out."""
        header, unit = self._header, self._unit
        order = sorted(range(len(self._columns)), key=header.visualIndex)
        shown = {n: round(header.sectionSize(n) / unit) for n in order if not header.isSectionHidden(n)}
        return ColumnMemory(
            tuple(self._columns[n].key for n in order),
            frozenset(c.key for n, c in enumerate(self._columns) if header.isSectionHidden(n)),
            {c.key: w for n, w in shown.items() if not (c := self._columns[n]).stretch and w != c.width},
            self._sort,
        )

    def fill(self) -> None:
        """Give the stretching column what the others leave, and never less than its width: then it is scrolled.

        Qt's own `Stretch` shrinks a column to nothing where letters are large.
        """
        header, applying = self._header, self._applying
        self._applying = True
        for number, column in enumerate(self._columns):
            if column.stretch and not header.isSectionHidden(number):
                room = header.width() - header.length() + header.sectionSize(number)
                header.resizeSection(number, max(round(column.width * self._unit), room))
        self._applying = applying

    def save(self) -> None:
        """Write it down now."""
        self._timer.stop()
        if self._store is not None:
            self._store.save(self._page, self.current())

    def set_visible(self, key: str, visible: bool) -> None:
        """Show or hide one column; a fixed one stays, and so does the last one."""
        for number, column in enumerate(self._columns):
            if column.key == key and not column.fixed:
                if visible or self._shown() > 1:
                    self._header.setSectionHidden(number, not visible)
                self._on_changed()

    def fill_menu(self, menu: QMenu) -> None:
        """Which columns are shown, and 恢复默认列."""
        for number, column in enumerate(self._columns):
            entry = menu.addAction(column.title)
            entry.setObjectName(f"column_{column.key}")
            entry.setCheckable(True)
            entry.setChecked(not self._header.isSectionHidden(number))
            entry.setEnabled(not column.fixed)
            entry.toggled.connect(self._toggling(column.key))
        menu.addSeparator()
        reset = menu.addAction(self.tr("恢复默认列"))
        reset.setObjectName("restore_columns")
        reset.triggered.connect(self.restore_defaults)

    def open_menu(self, owner: QWidget, where: QPoint) -> QMenu:
        """Show the column menu at a global place; it goes by itself."""
        menu = QMenu(owner)
        menu.setObjectName("column_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(where)
        return menu

    def _toggling(self, key: str) -> Any:
        def toggled(on: bool) -> None:
            self.set_visible(key, on)

        return toggled

    def _shown(self) -> int:
        return len(self._columns) - self._header.hiddenSectionCount()

    def _put(self, memory: ColumnMemory) -> None:
        self._applying = True
        header = self._header
        self._unit = _unit()
        keys = [c.key for c in self._columns]
        order = [key for key in memory.order if key in keys]
        order += [key for key in keys if key not in order]  # columns that came with a newer program
        for place, key in enumerate(order):
            header.moveSection(header.visualIndex(keys.index(key)), place)
        for number, column in enumerate(self._columns):
            known = column.key in memory.order
            hidden = column.key in memory.hidden if known else not column.visible
            header.setSectionHidden(number, hidden and not column.fixed)
            header.resizeSection(number, round(memory.widths.get(column.key, column.width) * self._unit))
        self._sort = memory.sort
        self._applying = False
        self.fill()

    def _on_changed(self, *_numbers: int) -> None:
        if not self._applying:
            self.fill()
            self._timer.start()
