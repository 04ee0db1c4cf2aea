"""The keyboard of the page: single keys, numbers to jump to, the panes F6 walks through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from centerdesk.features.checkins.ui.keys import act_of

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

JUMP_MS = 4000
"""How long a typed number waits for the next figure or Enter."""


class KeyPad(QObject):
    """键盘. `take` answers whether the key meant something here."""

    def __init__(self, page: RoundPage) -> None:
        super().__init__(page)
        self._page = page
        self._digits = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(JUMP_MS)
        self._timer.timeout.connect(self.forget)

    def take(self, event: QKeyEvent) -> bool:
        """Do what the key means, once a press: a key that is held would tick homes that nobody looked at."""
        key = event.key()
        if event.isAutoRepeat() and act_of(event) is not None:
            return True
        if key == Qt.Key.Key_Escape and self._digits:
            self.forget()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self._enter()
        else:
            return self._letter(event)
        return True

    def _letter(self, event: QKeyEvent) -> bool:
        act = act_of(event)
        if act is None or self._page.panel.form is not None or _typing():
            return False
        match act:
            case "look", state:
                if self._page.may("checkins.record"):
                    self._page.ticking.look(state)
            case "home", name:
                self._page.do_home_act(name)
            case "alarm", name:
                self._page.do_alarm_act(name)
            case "digit", figure:
                self._digits = f"{self._digits}{figure}"[-3:]
                self._page.route.show_jump(self._digits)
                self._timer.start()
        return True

    def _enter(self) -> bool:
        """To the number that was typed; else the alarm of the home in hand; in the panel its first answer."""
        digits, page = self._digits, self._page
        if digits:
            self.forget()
            if page.walk.to_number(digits.lstrip("0")):
                page.show_now()
            else:
                page.toast(f"这条路线没有第 {digits} 户。")
            return True
        if page.panel.form is not None:
            return False
        if self._has_focus(page.panel):
            page.do_primary()
            return True
        if page.walk.current is not None:
            page.open_home(page.walk.current)
        return True

    def forget(self) -> None:
        """The number was not meant."""
        self._digits = ""
        self._timer.stop()
        self._page.route.show_jump("")

    # --- panes --------------------------------------------------------------------------------------------

    def panes(self) -> list[QWidget]:
        """What F6 walks through, left to right."""
        page = self._page
        return [pane for pane in (page.route, page.board, page.panel) if pane.isVisible()]

    def focus(self, pane: QWidget) -> None:
        """Into the part of a pane that hears its keys."""
        page, reason = self._page, Qt.FocusReason.ShortcutFocusReason
        if pane is page.route:
            page.route.list.setFocus(reason)
        elif pane is page.board:
            self._board_part().setFocus(reason)
        elif page.panel.form is not None:
            form = page.panel.form
            form.focus_first()
        elif page.item is not None:
            page.panel.alarms.card.primary.setFocus(reason)
        else:
            pane.setFocus(reason)
            page.panel.quiet.focus_first()

    def _board_part(self) -> QWidget:
        page = self._page
        if page.board.view == "roll":
            return page.roll.table
        if page.board.view == "month":
            return page.month.matrix
        current = page.board.board.current
        return page.board.board.window_widget(current) if current is not None else page.board.views.first

    @staticmethod
    def _has_focus(pane: QWidget) -> bool:
        holder = QApplication.focusWidget()
        return holder is not None and (holder is pane or pane.isAncestorOf(holder))


def _typing() -> bool:
    """Is a field being typed in?"""
    return isinstance(QApplication.focusWidget(), QLineEdit | QPlainTextEdit)
