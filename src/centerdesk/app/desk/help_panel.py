"""F1 and Ctrl+/: how this page works, and every key that works here, in a panel beside the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument, QTextFragment
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import resource
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Rule
from centerdesk.qtkit.painted.keycap import KeyCap

Keys = Sequence[tuple[str, Sequence[tuple[str, str]]]]
WIDE = 348


class HelpPanel(QFrame):
    """说明栏. Opens beside the page and leaves the focus where it was; Esc in it closes it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_panel")
        self.setProperty("ground", "surface")
        self._page = ""
        self._title = text_label(role="card-title", name="help_title")
        close = QPushButton(self.tr("收起"))
        close.setObjectName("help_close")
        close.setProperty("kind", "link")
        close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(close)
        self._text = QTextBrowser()
        self._text.setObjectName("help_text")
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setStyleSheet("border: 0; background: transparent; padding: 0")
        self._text.setOpenLinks(False)  # nothing on this machine goes to the network by a click
        self._keys = QScrollArea()
        self._keys.setObjectName("key_sheet")
        self._keys.setFrameShape(QFrame.Shape.NoFrame)
        self._keys.setWidgetResizable(True)
        self._keys.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        if self.isHidden() or self._stack.currentWidget() is not self._text:
            return
        self._title.setText(self.tr("这一页怎么用"))
        self._text.setMarkdown(help_text(page_id))
        _dress(self._text.document())

    def toggle_keys(self, groups: Keys) -> None:
        """The sheet of keys, or hide it when it is there already."""
        if self.isVisible() and self._stack.currentWidget() is self._keys:
            self.hide()
            return
        self._title.setText(self.tr("所有按键"))
        self._keys.setWidget(_sheet(groups))
        self._stack.setCurrentWidget(self._keys)
        self.show()

    def _measure(self) -> None:
        look = theme()
        self.setFixedWidth(look.px(WIDE))
        self._column.setContentsMargins(look.px(16), look.px(12), look.px(14), look.px(12))
        self._text.document().setDefaultFont(look.font("body"))
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


def help_text(page_id: str) -> str:
    """The page's help as Markdown; the general one where a page has none of its own."""
    for name in (page_id, page_id.split(".")[0], "keys"):
        try:
            return resource("help", f"{name}.md").read_text("utf-8")
        except EnvironmentFault:  # not every page has its own sheet
            continue
    return ""


def _sheet(groups: Keys) -> QWidget:
    look = theme()
    sheet = QWidget()
    sheet.setProperty("ground", "surface")
    column = QVBoxLayout(sheet)
    column.setContentsMargins(0, 0, look.px(8), 0)
    column.setSpacing(look.px(7))
    for group, rows in groups:
        column.addSpacing(look.px(6))
        column.addWidget(text_label(group, role="hint"))
        for key, text in rows:
            line = QHBoxLayout()
            line.addWidget(text_label(text, role="table"), 1)
            line.addWidget(KeyCap(key.replace(" ", "+") if key != "Ctrl +" else "Ctrl++"))
            column.addLayout(line)
    column.addStretch(1)
    return sheet
