"""A page with its head: title, facts, search, and at most two buttons that carry their keys (UI 4.1)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from centerdesk.app.desk.actions import DeskActions
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Page
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.page_header import PageHeader

BUTTONS = 2
"""Buttons in a head; further actions go under 更多."""


class PageFrame(QWidget):
    """页框. Shows one page below its head and keeps the head true to what the page says. GUI thread."""

    search_wanted = Signal(str)

    def __init__(self, page_id: str, page: Page, actions: DeskActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page_id, self.page = page_id, page
        self.setObjectName(f"frame_{page_id}")
        self._actions = actions
        self._narrow = False
        self._buttons: list[tuple[KeyButton, DeskAction]] = []
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._head = self._make_head()
        self._box.addWidget(self._head)
        self._box.addWidget(page, 1)
        page.facts_changed.connect(self._say)
        page.actions_changed.connect(self.rebuild)
        theme_hub().changed.connect(self._measure)
        self._measure()

    @property
    def head(self) -> PageHeader:
        """The head as it stands now; another one after the page offered other actions."""
        return self._head

    def set_narrow(self, narrow: bool) -> None:
        """Below 1320 wide: one line, icons."""
        self._narrow = narrow
        self._head.set_narrow(narrow)
        self._measure()

    def rebuild(self) -> None:
        """Make the head anew: a head is written once, so it is replaced as a whole."""
        old, self._head = self._head, self._make_head()
        self._box.replaceWidget(old, self._head)
        old.hide()
        old.deleteLater()

    def refresh_reasons(self) -> None:
        """Say on each button why it cannot act yet, or let it act."""
        for button, action in self._buttons:
            blocked = action.enabled is not None and not action.enabled()
            button.set_missing((action.why_not() if action.why_not else "") if blocked else "")

    def _make_head(self) -> PageHeader:
        head = PageHeader(self.page.heading, self.page.facts)
        head.search.setText(self.tr("找人、门牌、命令"))
        head.search.clicked.connect(self._on_search)
        head.search.typed.connect(self.search_wanted)
        self._buttons = []
        primary, secondary = self.page.primary, self.page.secondary
        shown = secondary[: BUTTONS - (primary is not None)]
        for action in shown:
            self._add_button(head, action, Kind.PLAIN)
        if rest := secondary[len(shown) :]:
            self._add_more(head, rest)
        if primary is not None:
            self._add_button(head, primary, Kind.PRIMARY)
        head.set_narrow(self._narrow)
        self.refresh_reasons()
        return head

    def _add_button(self, head: PageHeader, action: DeskAction, kind: Kind) -> None:
        button = KeyButton(action.text, action.shortcut, kind=kind, icon_name=action.icon)
        button.setObjectName(f"button_{action.id}")
        button.clicked.connect(self._on_button)
        self._buttons.append((button, action))
        head.add_button(button)

    def _add_more(self, head: PageHeader, rest: Sequence[DeskAction]) -> None:
        button = KeyButton(self.tr("更多"), icon_name="more")
        button.setObjectName("button_more")
        menu = QMenu(button)
        for action in rest:
            entry = QAction(action.text, menu)
            entry.setObjectName(action.id)
            menu.addAction(entry)
        menu.triggered.connect(self._on_menu)
        button.setMenu(menu)
        head.add_button(button)

    def _on_button(self) -> None:
        for button, action in self._buttons:
            if button is self.sender():
                self._actions.trigger(action.id)
                return

    def _on_menu(self, entry: QAction) -> None:
        self._actions.trigger(entry.objectName())

    def _on_search(self) -> None:
        self.search_wanted.emit("")

    def _say(self, facts: str) -> None:
        self._head.set_texts(self.page.heading, facts)
        self.refresh_reasons()

    def _measure(self) -> None:
        look = theme()
        side = look.size("margin-narrow" if self._narrow else "margin")
        self._box.setContentsMargins(side, 0, side, look.px(14 if not self._narrow else 10))
