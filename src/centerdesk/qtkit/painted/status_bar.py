"""The status bar: each item is a button that opens its page."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, follow_look, text_width
from centerdesk.qtkit.painted.keycap import key_words, keycap_width, paint_keycap
from centerdesk.qtkit.pens import pen


class StatusTone(enum.Enum):
    """How an item is written: (ink, bold)."""

    PLAIN = ("ink2", False)
    DONE = ("green", False)
    SOON = ("dawn-ink", True)
    ALARM = ("red", True)


class StatusItem(QAbstractButton):
    """One fact of the status bar (状态项)."""

    def __init__(self, item_id: str, icon_name: str, parent: QWidget, *, key: str = "") -> None:
        super().__init__(parent)
        self.item_id = item_id
        self._icon, self._key = icon_name, key_words(key) if key else ""
        self._tone, self._short, self._narrow = StatusTone.PLAIN, "", False
        self.setObjectName(f"status_{item_id}")
        self.setProperty("ring_radius", 4)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        follow_look(self)

    def show_fact(self, text: str, tone: StatusTone, short: str) -> None:
        """`short` is what stays of it in a narrow window."""
        self._tone, self._short = tone, short
        self.setText(text)
        self.setVisible(bool(text))
        self.setAccessibleName(text)
        self.setToolTip(f"{text}  {self._key}".rstrip())
        self.updateGeometry()
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Icon and number only."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def _shown(self) -> str:
        return self._short if self._narrow else self.text()

    def sizeHint(self) -> QSize:
        """Icon, words, key, and the line at its right."""
        look = theme()
        font = look.font("caption", bold=self._tone.value[1])
        wide = look.size("icon-small") + text_width(font, self._shown()) + look.px(30)
        wide += keycap_width(self._key) + look.px(5) if self._key else 0
        return QSize(round(wide), look.size("status-bar"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Icon, words, key, hairline."""
        look, painter = theme(), begin(self)
        ink, bold = self._tone.value
        if self.underMouse():
            painter.fillRect(self.rect(), look.colour("sunken"))
        side, middle = look.size("icon-small"), self.height() / 2
        left = look.px(12)
        paint_icon(painter, QRectF(left, middle - side / 2, side, side), self._icon, ink)
        left += side + look.px(6)
        font = look.font("caption", bold=bold)
        wide = text_width(font, self._shown())
        draw_text(painter, QRectF(left, 0, wide + 2, self.height()), self._shown(), font, ink)
        if self._key:
            cap, high = keycap_width(self._key), look.size("keycap") - look.px(1)
            paint_keycap(painter, QRectF(left + wide + look.px(5), middle - high / 2, cap, high), self._key)
        painter.setPen(pen("line", look.edge("hair")))
        x = self.width() - 0.5
        inset = self.height() * 0.24
        painter.drawLine(int(x), int(inset), int(x), int(self.height() - inset))
        painter.end()


class StatusBar(PaintedWidget):
    """状态栏: who and the state that matters most at the left; safety of data, clock, lock at the right."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self.describe("状态栏")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._left: list[StatusItem] = []
        self._right: list[StatusItem] = []
        self._measure()
        theme_hub().changed.connect(self._measure)

    def add_item(self, item_id: str, icon_name: str, *, right: bool = False, key: str = "") -> StatusItem:
        """Add an item at the end of the left or right group; it shows once it has words."""
        item = StatusItem(item_id, icon_name, self, key=key)
        item.hide()
        item.clicked.connect(self._on_clicked)
        side = self._right if right else self._left
        self._row.insertWidget(len(self._left) + (1 + len(self._right) if right else 0), item)
        side.append(item)
        return item

    def show_fact(
        self, item_id: str, text: str, tone: StatusTone = StatusTone.PLAIN, *, short: str | None = None
    ) -> None:
        """Say something in an item; "" hides it. Raises KeyError for an item that was not added."""
        for item in (*self._left, *self._right):
            if item.item_id == item_id:
                item.show_fact(text, tone, text if short is None else short)
                return
        raise KeyError(item_id)

    def set_narrow(self, narrow: bool) -> None:
        """Below 1320 the right group shows icons and numbers."""
        for item in self._right:
            item.set_narrow(narrow)

    def _measure(self) -> None:
        self.setFixedHeight(theme().size("status-bar"))
        self._row.setContentsMargins(theme().px(12), 0, theme().px(12), 0)

    def _on_clicked(self) -> None:
        item = self.sender()
        if isinstance(item, StatusItem):
            self.opened.emit(item.item_id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground and upper edge."""
        look, painter = theme(), begin(self)
        painter.fillRect(self.rect(), look.colour("surface2"))
        painter.fillRect(QRectF(0, 0, self.width(), look.edge("line")), look.colour("line"))
        painter.end()
