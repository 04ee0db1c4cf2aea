"""The right pane: the most urgent alarm with the others below, or that nobody is in trouble, or a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries_round import CareRow, Colleague
from centerdesk.features.checkins.ui.alarm_card import AlarmCard
from centerdesk.features.checkins.ui.alarm_head import AlarmTile
from centerdesk.features.checkins.ui.alarm_words import PanelItem
from centerdesk.features.checkins.ui.task_pane import TaskPane
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card

TILES, TILES_LOW = 2, 1


class QuietCard(Card):
    """没有要处置的. What one can do with the home in hand, by mouse as well as by key."""

    act_wanted = Signal(str)

    ACTS = (
        ("later", "稍后再看", "L"),
        ("pause", "暂停这一户", "P"),
        ("back_entry", "除了这几户都开着", "A"),
        ("enrol", "登记一户", "Ctrl+N"),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("quiet_card")
        self._words_top = text_label(role="card-title-green", name="quiet_title", wrap=True)
        self._text = text_label(role="secondary", name="quiet_text", wrap=True)
        self.body.addWidget(self._words_top)
        self.body.addWidget(self._text)
        self._buttons: dict[str, KeyButton] = {}
        for act, words, key in self.ACTS:
            button = KeyButton(self.tr(words), key)
            button.setObjectName(f"quiet_{act}")
            button.clicked.connect(self._on_button)
            self._buttons[act] = button
            self.body.addWidget(button)
        self.body.addStretch(1)

    def show_words(self, title: str, text: str) -> None:
        self._words_top.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title} {text}")

    def allow(self, acts: Sequence[str]) -> None:
        """Which buttons this person has."""
        for act, button in self._buttons.items():
            button.setVisible(act in acts)

    def focus_first(self) -> None:
        """Into the first button that is offered."""
        for button in self._buttons.values():
            if button.isVisibleTo(self):
                button.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _on_button(self) -> None:
        for act, button in self._buttons.items():
            if button is self.sender():
                self.act_wanted.emit(act)
                return


class AlarmPage(QWidget):
    """The card in hand and the tiles of further alarms, by time left."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = AlarmCard()
        self._tiles: list[AlarmTile] = []
        self._more = text_label(role="warning", name="alarm_more")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(self.card, 1)
        for number in range(TILES):
            tile = AlarmTile()
            tile.setObjectName(f"alarm_tile_{number}")
            tile.clicked.connect(self._on_tile)
            tile.hide()
            self._tiles.append(tile)
            self._box.addWidget(tile)
        self._box.addWidget(self._more)

    def show_items(
        self, items: Sequence[PanelItem], chosen: PanelItem, now: datetime, *, low: bool, with_compound: bool
    ) -> None:
        """`chosen` in full, the others as tiles; what does not fit is counted in words."""
        self.card.show_item(chosen, now, low=low, with_compound=with_compound)
        others = [i for i in items if i.key != chosen.key]
        most = TILES_LOW if low else TILES
        for number, tile in enumerate(self._tiles):
            item = others[number] if number < min(most, len(others)) else None
            tile.setVisible(item is not None)
            if item is not None:
                tile.show_item(item, item.countdown(now)[0])
        rest = len(others) - most
        self._more.setText(self.tr("还有 {} 个报警，处置完这个接着来").format(rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        self._box.setSpacing(theme().size("gap-narrow" if low else "gap"))

    def tick(self, now: datetime) -> None:
        self.card.tick(now)
        for tile in self._tiles:
            if tile.item is not None and tile.isVisibleTo(self):
                tile.show_item(tile.item, tile.item.countdown(now)[0])

    def _on_tile(self) -> None:
        for tile in self._tiles:
            if tile is self.sender() and tile.item is not None:
                self.chosen.emit(tile.item.key)
                return


class SidePanel(QWidget):
    """右栏. One thing at a time: alarms, a form, the month's figures, or quiet."""

    alarm_wanted = Signal(object)
    """An alarm was chosen while the month is on show."""

    def __init__(self, month: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side_panel")
        self.setAccessibleName(self.tr("处置栏"))
        self.alarms = AlarmPage()
        self.quiet = QuietCard()
        self._month = QWidget()
        box = QVBoxLayout(self._month)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(month, 1)
        self._month_tile = AlarmTile()
        self._month_tile.setObjectName("month_tile")
        self._month_tile.clicked.connect(self._on_month_tile)
        box.addWidget(self._month_tile)
        self._form: TaskPane[Any] | None = None
        self._below: QWidget = self.quiet
        self._stack = QStackedLayout(self)
        for page in (self.quiet, self.alarms, self._month):
            self._stack.addWidget(page)
        self._measure()
        theme_hub().changed.connect(self._measure)

    @property
    def form(self) -> TaskPane[Any] | None:
        """The form on show, None when there is none."""
        return self._form

    def show_alarms(
        self,
        items: Sequence[PanelItem],
        chosen: UUID | None,
        care: CareRow | None,
        colleagues: Sequence[Colleague],
        now: datetime,
        *,
        low: bool,
        with_compound: bool,
    ) -> PanelItem | None:
        """The chosen alarm, else the most urgent one; answers which, None when nobody is in trouble."""
        if not items:
            self._turn(self.quiet)
            return None
        item = next((i for i in items if i.key == chosen), items[0])
        self.alarms.show_items(items, item, now, low=low, with_compound=with_compound)
        self.alarms.card.show_care(care)
        self.alarms.card.show_colleagues(colleagues)
        self._turn(self.alarms)
        return item

    def show_month(self, items: Sequence[PanelItem], now: datetime) -> None:
        """The month's figures; the most urgent alarm stays in sight below them."""
        self._month_tile.setVisible(bool(items))
        if items:
            self._month_tile.show_item(items[0], items[0].countdown(now)[0])
        self._turn(self._month)

    def tick(self, now: datetime) -> None:
        tile = self._month_tile
        if tile.item is not None and tile.isVisible():
            tile.show_item(tile.item, tile.item.countdown(now)[0])

    def _on_month_tile(self) -> None:
        if self._month_tile.item is not None:
            self.alarm_wanted.emit(self._month_tile.item.key)

    def open_form(self, form: TaskPane[Any]) -> None:
        """Put a form over what is shown; at most one stands."""
        self.close_form()
        self._form = form
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)

    def close_form(self) -> None:
        """Take the form away."""
        form, self._form = self._form, None
        if form is not None:
            self._stack.removeWidget(form)
            form.hide()
            form.deleteLater()
        self._stack.setCurrentWidget(self._below)

    def _turn(self, page: QWidget) -> None:
        self._below = page
        if self._form is None:
            self._stack.setCurrentWidget(page)

    def _measure(self) -> None:
        layout = self._stack
        layout.setContentsMargins(0, 0, 0, 0)
