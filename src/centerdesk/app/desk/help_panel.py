"""F1 and Ctrl+/: how this page works, and every key that works here, in a panel beside the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
)
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from centerdesk.app.desk.key_sheet import KeySheet, write_keys
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import resource
from centerdesk.qtkit import notify
from centerdesk.qtkit.actions import Keys
from centerdesk.qtkit.files import ask_save
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Rule

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow

WIDE = 348


class HelpPanel(QFrame):
    """说明栏. Opens beside the page, or over its right part where there is no room for both.

    The help leaves the focus where it was, the sheet of keys takes it to search.

    Esc in it closes it and gives the focus back.
    """

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: QWidget | None = None
        self._beside: QBoxLayout | None = None
        self._over_page: QWidget | None = None
        self.setObjectName("help_panel")
        self.setProperty("ground", "surface")
        self._page = self._shown = ""
        self._title = text_label(role="card-title", name="help_title")
        close = QPushButton(self.tr("收起"))
        close.setObjectName("help_close")
        close.setProperty("kind", "link")
        close.clicked.connect(self.leave)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        self._text = QTextBrowser()
        self._text.setObjectName("help_text")
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setStyleSheet("border: 0; background: transparent; padding: 0")
        self._text.setOpenLinks(False)  # nothing on this machine goes to the network by a click
        self._keys = KeySheet()
        self._keys.print_wanted.connect(self._choose_file)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._text)
        self._stack.addWidget(self._keys)
        column = QVBoxLayout()
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(Rule(self, vertical=True))
        box.addLayout(column, 1)
        self._column = column
        theme_hub().changed.connect(self._measure)
        self._measure()
        self.hide()

    def stand(self, page: QWidget, beside: QBoxLayout) -> None:
        """Beside this page, in this layout."""
        self._beside, self._over_page = beside, page
        page.installEventFilter(self)
        self.raise_()  # once: whatever covers the window later lies above

    def set_over(self, over: bool) -> None:
        """Over the page instead of beside it: a narrow window's page cannot give so much room away."""
        if self._beside is None:
            return
        if over:
            self._beside.removeWidget(self)
            self._lie()
        elif self._beside.indexOf(self) < 0:
            self._beside.addWidget(self)

    def _lie(self) -> None:
        if self._beside is not None and self._over_page is not None and self._beside.indexOf(self) < 0:
            page = self._over_page.geometry()
            self.setGeometry(page.right() + 1 - self.width(), 0, self.width(), page.bottom() + 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over_page and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._lie()
        return False

    def toggle_page(self, page_id: str) -> None:
        """Show the help of a page, or hide it when it is there already."""
        if self.isVisible() and self._stack.currentWidget() is self._text and page_id == self._page:
            self.hide()
            return
        self._stack.setCurrentWidget(self._text)
        self.show()
        self.show_page(page_id)

    def show_page(self, page_id: str) -> None:
        """Another page came on show: its help takes the place of the last one's."""
        self._page = page_id
        if self.isHidden() or self._stack.currentWidget() is not self._text or page_id == self._shown:
            return
        self._shown = page_id
        self._title.setText(self.tr("这一页怎么用"))
        self._text.setMarkdown(help_text(page_id))
        _dress(self._text.document())

    def toggle_keys(self, keys: Keys) -> None:
        """The sheet of keys, or hide it when it is there already."""
        if self.shows_keys:
            self.leave()
            return
        self._title.setText(self.tr("所有按键"))
        self._keys.show_keys(keys)
        self._stack.setCurrentWidget(self._keys)
        self._before = QApplication.focusWidget()
        self.show()
        self._keys.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def shows_keys(self) -> bool:
        """Is the sheet of keys what stands here?"""
        return self.isVisible() and self._stack.currentWidget() is self._keys

    def update_keys(self, keys: Keys) -> None:
        """More keys are known; what is searched for stays."""
        self._keys.update_keys(keys)

    def leave(self) -> None:
        """Hide, and give the focus back to whoever had it."""
        before, self._before = self._before, None
        inside = self.isAncestorOf(QApplication.focusWidget() or self._window)
        self.hide()
        if inside and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # --- paper ----------------------------------------------------------------------------------------------

    def _choose_file(self) -> None:
        ask_save(self._window, self.tr("按键表存到哪儿"), self.tr("按键表.pdf"), self.write_sheet)

    def write_sheet(self, path: str | Path) -> None:
        """The whole sheet as PDF, on the slow lane."""
        window, keys = self._window, self._keys.keys

        def done(_value: None) -> None:
            notify.toast(window, self.tr("按键表存好了：{}。").format(Path(path).name))

        window.runner.run(
            window, lambda _tell, _stopped: write_keys(Path(path), keys), done, label=self.tr("存按键表")
        )

    def _measure(self) -> None:
        look = theme()
        self.setFixedWidth(look.px(WIDE))
        self._column.setContentsMargins(look.px(16), look.px(12), look.px(14), look.px(12))
        self._text.document().setDefaultFont(look.font("body"))
        self._text.document().setDocumentMargin(0)
        self._text.document().setIndentWidth(look.px(16))
        self._lie()
        self._shown = ""  # other sizes and colours: written anew
        self.show_page(self._page)


def _dress(document: QTextDocument) -> None:
    """Markdown's own sizes and its typewriter face give way to the desk's."""
    look = theme()
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        spans = [(f.position(), f.length(), f.charFormat().fontFixedPitch()) for f in _fragments(block)]
        for start, length, keyed in spans:
            if level or keyed:
                shape = QTextCharFormat()
                role = "matter_title" if level == 1 else "card_title"
                shape.setFont(look.font(role) if level else look.font("table", bold=True))
                shape.setForeground(look.colour("ink" if level else "primary-d"))
                cursor = QTextCursor(document)
                cursor.setPosition(start)
                cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(shape)
        block = block.next()


def _fragments(block: QTextBlock) -> list[QTextFragment]:
    found, place = [], block.begin()
    while not place.atEnd():
        found.append(place.fragment())
        place += 1
    return found


_KEYS = re.compile(r"\b(Ctrl|Alt|Shift) ")  # a key stays on one line with the one it is pressed with


def help_text(page_id: str) -> str:
    """Help of a page or of a part of it (`settings.safety`) as Markdown; the general one where there is none."""
    for name in (page_id, page_id.rpartition(".")[2], page_id.partition(".")[0], "keys"):
        try:
            text = resource("help", f"{name}.md").read_text("utf-8")
        except EnvironmentFault:  # not every page has its own sheet
            continue
        return _KEYS.sub("\\1\u00a0", text)
    return ""
