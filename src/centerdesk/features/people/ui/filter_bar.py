"""The line over the ledger: search field, filter chips, column chooser."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from uuid import UUID

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QMenu, QToolButton, QWidget

from centerdesk.features.people.queries import LedgerFilter
from centerdesk.features.people.rules import TAGS
from centerdesk.qtkit.icons import icon
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.painted.buttons import Chip

ELDER = 70


class SearchField(QLineEdit):
    """查找. Tells what was typed at every key; Enter narrows, Esc clears, then goes back.

    Nothing waits for the next key: who asks drops what was asked before (`PagedTableModel.set_query`).
    """

    searched = Signal(str)
    narrowed = Signal()
    left = Signal()
    """Esc in the empty field, or the arrow down: on to the table."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("ledger_search")
        self.setAccessibleName(tr("在台账里找"))
        self.setToolTip(tr("姓名、拼音、首字母、门牌，证件号或电话的后四位"))
        self.setPlaceholderText(tr("姓名、拼音、门牌"))
        self.setMaxLength(60)
        self.textEdited.connect(self._on_edited)
        self._glass = self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._glass.setText(tr("查找"))  # the button in the field is named after its action
        self._clear: QAction | None = None
        theme_hub().changed.connect(self._dress)

    def _dress(self) -> None:
        self._glass.setIcon(icon("search"))

    def _on_edited(self, _text: str) -> None:
        self._show_clear()
        self._tell()

    def _show_clear(self) -> None:
        if self._clear is None and self.text():
            self._clear = self.addAction(icon("dismiss"), QLineEdit.ActionPosition.TrailingPosition)
            self._clear.setObjectName("clear_search")
            self._clear.setText(tr("清空"))
            self._clear.triggered.connect(self.clear_now)
        elif self._clear is not None and not self.text():
            self.removeAction(self._clear)
            self._clear.deleteLater()
            self._clear = None

    def _tell(self) -> None:
        self.searched.emit(self.text().strip())

    def clear_now(self) -> None:
        """Empty the field and tell so at once."""
        self.set_text("")

    def set_text(self, text: str) -> None:
        """Search for this now."""
        self.setText(text)
        self._show_clear()
        self._tell()

    def add_letters(self, letters: str) -> None:
        """Letters typed into the table arrive here, and so does the focus."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.insert(letters)
        self._on_edited(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                self.narrowed.emit()
            case Qt.Key.Key_Escape:
                if self.text():
                    self.clear_now()
                else:
                    self.left.emit()
            case Qt.Key.Key_Down:
                self.left.emit()
            case _:
                super().keyPressEvent(event)
                return
        event.accept()


BELOW = 440
"""Less room across than this, in px at 100 %: the chips stand under the search field."""


class FilterBar(QWidget):
    """筛选. Chips combine with “and”, inside grids and tags with “or”."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter_bar")
        self.search = SearchField()
        self._alone = self._fixed("独居", "chip_alone")
        self._elder = self._fixed(f"{ELDER} 岁以上", "chip_elder")
        self._grids: tuple[tuple[Hashable, str], ...] = ()
        self._chosen_grids: dict[Hashable, Chip] = {}
        self._chosen_tags: dict[Hashable, Chip] = {}
        self._grid_menu = self._menu_chip("网格", "chip_grids", self._fill_grids)
        self._tag_menu = self._menu_chip("标签", "chip_tags", self._fill_tags)
        self.columns_button = QToolButton()
        self.columns_button.setObjectName("columns_button")
        self.columns_button.setAccessibleName(tr("选显示哪些列"))
        self.columns_button.setToolTip(tr("选显示哪些列"))
        self._flow_box = QWidget()
        self._flow = FlowLayout(self._flow_box)
        for chip in (self._alone, self._elder, self._grid_menu, self._tag_menu):
            self._flow.addWidget(chip)
        self._row = QGridLayout(self)
        self._row.setColumnStretch(1, 1)
        self._row.addWidget(self.search, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.columns_button, 0, 2, Qt.AlignmentFlag.AlignTop)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        look = theme()
        pad = look.px(12)
        self._row.setContentsMargins(pad, look.px(9), pad, look.px(9))
        self._row.setSpacing(look.px(9))
        self.search.setFixedWidth(look.px(208 if not look.large else 270))
        gap = (look.size("control") - look.size("chip")) // 2
        self._flow_box.setContentsMargins(0, gap, 0, 0)
        self.columns_button.setIcon(icon("column_triple"))
        self.columns_button.setIconSize(QSize(look.size("icon"), look.size("icon")))
        self._place_chips()

    def _place_chips(self) -> None:
        """Beside the search field, or below it where two of them would not stand beside each other."""
        below = self.width() < theme().scale(BELOW)
        self._row.addWidget(self._flow_box, 1 if below else 0, 0 if below else 1, 1, 3 if below else 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_chips()

    def _fixed(self, text: str, name: str) -> Chip:
        chip = Chip(text)
        chip.setObjectName(name)
        chip.toggled.connect(self._on_toggled)

        def remove() -> None:
            chip.setChecked(False)

        chip.removed.connect(remove)
        return chip

    def _on_toggled(self, _on: bool) -> None:
        self.changed.emit()

    def _menu_chip(self, text: str, name: str, fill: Callable[[QMenu], None]) -> Chip:
        chip = Chip(text, menu_arrow=True)
        chip.setObjectName(name)

        def opened() -> None:
            menu = QMenu(chip)
            menu.setObjectName(f"{name}_menu")
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            fill(menu)
            menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

        chip.clicked.connect(opened)
        return chip

    # --- values ---------------------------------------------------------------------------------------------

    def set_grids(self, grids: Sequence[tuple[UUID, str]]) -> None:
        """The grids the person at the desk may see."""
        self._grids = tuple(grids)
        self._grid_menu.setVisible(len(grids) > 1)
        for grid_id in set(self._chosen_grids) - {g for g, _name in grids}:
            self._toggle(self._chosen_grids, grid_id, "")

    def wanted(self, view: str, *, narrow: bool) -> LedgerFilter:
        """What is asked for, together with the view."""
        tags = {str(tag) for tag in self._chosen_tags} | ({"独居"} if self._alone.isChecked() else set())
        return LedgerFilter(
            view,
            self.search.text().strip(),
            frozenset(tags),
            frozenset(g for g in self._chosen_grids if isinstance(g, UUID)),
            ELDER if self._elder.isChecked() else None,
            narrow,
        )

    def chips_on(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """(words, how to take it away) of everything chosen, for the empty state."""
        fixed = [(c.text(), _switching_off(c)) for c in (self._alone, self._elder) if c.isChecked()]
        more = [
            (chip.text(), self._dropping(chosen, value))
            for chosen in (self._chosen_grids, self._chosen_tags)
            for value, chip in chosen.items()
        ]
        return (*fixed, *more)

    def clear(self) -> None:
        """Take every chip and the search away."""
        self.blockSignals(True)
        for _words, drop in self.chips_on():
            drop()
        self.blockSignals(False)
        self.search.clear_now()
        self.changed.emit()

    # --- lists of values ------------------------------------------------------------------------------------

    def _fill_grids(self, menu: QMenu) -> None:
        self._fill(menu, self._grids, self._chosen_grids)

    def _fill_tags(self, menu: QMenu) -> None:
        self._fill(menu, [(tag, tag) for tag in TAGS if tag != "独居"], self._chosen_tags)

    def _fill(
        self, menu: QMenu, values: Sequence[tuple[Hashable, str]], chosen: dict[Hashable, Chip]
    ) -> None:
        for value, text in values:
            entry = menu.addAction(text)
            entry.setObjectName(f"pick_{text}")
            entry.setCheckable(True)
            entry.setChecked(value in chosen)
            entry.triggered.connect(self._picking(chosen, value, text))

    def _picking(self, chosen: dict[Hashable, Chip], value: Hashable, text: str) -> Callable[[], None]:
        def pick() -> None:
            self._toggle(chosen, value, text)
            self.changed.emit()

        return pick

    def _dropping(self, chosen: dict[Hashable, Chip], value: Hashable) -> Callable[[], None]:
        def drop() -> None:
            if value in chosen:  # a click on the cross arrives twice: as a click and as its removal
                self._toggle(chosen, value, "")
                self.changed.emit()

        return drop

    def _toggle(self, chosen: dict[Hashable, Chip], value: Hashable, text: str) -> None:
        if (old := chosen.pop(value, None)) is not None:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
            return
        chip = Chip(text)
        chip.setObjectName(f"chip_{text}")
        chip.setChecked(True)
        chip.removed.connect(self._dropping(chosen, value))
        chip.clicked.connect(self._dropping(chosen, value))
        chosen[value] = chip
        self._flow.addWidget(chip)


def _switching_off(chip: Chip) -> Callable[[], None]:
    def off() -> None:
        chip.setChecked(False)

    return off
