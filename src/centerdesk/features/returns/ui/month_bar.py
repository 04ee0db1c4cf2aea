"""The band over the table: which month, which grid, which edition, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from centerdesk.kernel.clock import Month
from centerdesk.qtkit.icons import icon
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import Chip
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.painted.stepbar import Step, StepBar


def month_words(month: Month) -> str:
    """2026 年 11 月."""
    return f"{month.year} 年 {month.month} 月"


class MonthBar(Card):
    """月份条. Says what is wanted; the page answers."""

    stepped = Signal(int)
    """-1 a month back, +1 a month on."""
    month_chosen = Signal(object)
    place_chosen = Signal(object)
    """Id of a grid, None for the station."""
    edition_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("month_bar")
        self._back = self._arrow("month_back", "chevron_left", self.tr("上一个月"), self._on_back)
        self._next = self._arrow("month_next", "chevron_right", self.tr("下一个月"), self._on_next)
        self._month = self._chip("month_label", self.tr("哪个月"), self._on_month)
        self._place = self._chip("place_label", self.tr("哪个网格"), self._on_place)
        self._edition = self._chip("edition_label", self.tr("哪一版"), self._on_edition)
        self.steps = StepBar()
        self.steps.setObjectName("return_steps")
        self._row = QHBoxLayout()
        for widget in (self._back, self._month, self._next, self._place, self._edition):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.steps, 3)
        self.body.addLayout(self._row)
        self._months: Sequence[tuple[Month, str]] = ()
        self._places: Sequence[tuple[UUID | None, str]] = ()
        self._editions: Sequence[tuple[UUID, str]] = ()
        theme_hub().changed.connect(self._fit)
        self._fit()

    def _arrow(self, name: str, icon_name: str, words: str, slot: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(plain_tip(words))
        button.setProperty("icon_name", icon_name)
        button.clicked.connect(slot)
        return button

    def _chip(self, name: str, words: str, slot: Callable[[], None]) -> Chip:
        chip = Chip("", menu_arrow=True)
        chip.setObjectName(name)
        chip.setAccessibleDescription(words)
        chip.clicked.connect(slot)
        return chip

    def _fit(self) -> None:
        look = theme()
        side = look.size("icon-button")
        for button in (self._back, self._next):
            button.setIcon(icon(str(button.property("icon_name"))))
            button.setIconSize(QSize(side, side))
        self._row.setContentsMargins(look.px(9), look.px(8), look.px(9), look.px(8))
        self._row.setSpacing(look.px(8))

    # --- showing ----------------------------------------------------------------------------------------------

    def show_month(self, month: Month, months: Sequence[tuple[Month, str]]) -> None:
        """The month in hand and those that can be chosen, with a word about each."""
        self._months = tuple(months)
        self._month.setText(month_words(month))

    def show_places(self, place: UUID | None, places: Sequence[tuple[UUID | None, str]]) -> None:
        """The grid in hand and all of them; only with two or more is there something to choose."""
        self._places = tuple(places)
        self._place.setText(next((name for i, name in places if i == place), ""))
        self._place.setVisible(len(places) > 1)

    def show_editions(self, edition: UUID | None, editions: Sequence[tuple[UUID, str]]) -> None:
        """The edition in hand; the chip is there from the second edition on."""
        self._editions = tuple(editions)
        self._edition.setText(next((name for i, name in editions if i == edition), ""))
        self._edition.setVisible(len(editions) > 1)

    def show_steps(self, steps: Sequence[Step], current: int) -> None:
        self.steps.set_steps(steps, current)

    # --- choosing ---------------------------------------------------------------------------------------------

    def _on_back(self) -> None:
        self.stepped.emit(-1)

    def _on_next(self) -> None:
        self.stepped.emit(1)

    def _on_month(self) -> None:
        words = [(m, f"{month_words(m)}　{note}" if note else month_words(m)) for m, note in self._months]
        self._open(self._month, "month_menu", words, self.month_chosen.emit)

    def _on_place(self) -> None:
        self._open(self._place, "place_menu", self._places, self.place_chosen.emit)

    def _on_edition(self) -> None:
        self._open(self._edition, "edition_menu", self._editions, self.edition_chosen.emit)

    def _open(
        self,
        under: QWidget,
        name: str,
        entries: Sequence[tuple[object, str]],
        chosen: Callable[[object], object],
    ) -> None:
        """A menu below a chip; it goes by itself."""
        menu = QMenu(self)
        menu.setObjectName(name)
        values: dict[QAction, object] = {}
        for value, words in entries:
            values[menu.addAction(words)] = value

        def take(entry: QAction) -> None:
            chosen(values[entry])

        menu.triggered.connect(take)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(under.mapToGlobal(QPoint(0, under.height())))
