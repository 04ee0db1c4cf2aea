"""The status bar: each item is a button that opens its page."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLayout, QSizePolicy, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip
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


class Extent(enum.IntEnum):
    """How much of an item is written."""

    FULL = 0
    SHORT = 1
    ICON = 2


class StatusItem(QAbstractButton):
    """One fact of the status bar (状态项)."""

    def __init__(
        self, item_id: str, icon_name: str, parent: QWidget, *, key: str = "", rank: int | None = 0
    ) -> None:
        super().__init__(parent)
        self.item_id, self.rank = item_id, rank
        self._icon, self._key = icon_name, key_words(key) if key else ""
        self._tone, self._short, self._extent = StatusTone.PLAIN, "", Extent.FULL
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
        self.setToolTip(plain_tip(f"{text}  {self._key}".rstrip()))
        self.updateGeometry()
        self.update()

    def set_extent(self, extent: Extent) -> None:
        """Everything, what is short of it, or the icon alone."""
        if extent is not self._extent:
            self._extent = extent
            self.updateGeometry()
            self.update()

    def wide_at(self, extent: Extent) -> int:
        """Its width in px if so much of it is written."""
        look = theme()
        font = look.font("caption", bold=self._tone.value[1])
        wide = look.size("icon-small") + text_width(font, self._words(extent)) + look.px(30)
        wide += keycap_width(self._key) + look.px(5) if self._keyed(extent) else 0
        return round(wide)

    def _words(self, extent: Extent) -> str:
        return {Extent.FULL: self.text(), Extent.SHORT: self._short, Extent.ICON: ""}[extent]

    def _keyed(self, extent: Extent) -> bool:
        return bool(self._key) and extent is not Extent.ICON

    def sizeHint(self) -> QSize:
        """Icon, words, key, and the line at its right."""
        return QSize(self.wide_at(self._extent), theme().size("status-bar"))

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
        wide = text_width(font, self._words(self._extent))
        draw_text(painter, QRectF(left, 0, wide + 2, self.height()), self._words(self._extent), font, ink)
        if self._keyed(self._extent):
            cap, high = keycap_width(self._key), look.size("keycap") - look.px(1)
            paint_keycap(painter, QRectF(left + wide + look.px(5), middle - high / 2, cap, high), self._key)
        painter.setPen(pen("line", look.edge("hair")))
        x = self.width() - 0.5
        inset = self.height() * 0.24
        painter.drawLine(int(x), int(inset), int(x), int(self.height() - inset))
        painter.end()


class StatusBar(PaintedWidget):
    """状态栏: who and the state that matters most at the left; safety of data, clock, lock at the right.

    Where the words do not fit, items give theirs up in the order of their rank; those without one never do.
    """

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status_bar")
        self.describe("状态栏")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._row.addStretch(1)
        self._left: list[StatusItem] = []
        self._right: list[StatusItem] = []
        self._narrow = False
        self._measure()
        theme_hub().changed.connect(self._measure)

    def add_item(
        self, item_id: str, icon_name: str, *, right: bool = False, key: str = "", rank: int | None = 0
    ) -> StatusItem:
        """Add an item at the end of the left or right group; it shows once it has words.

        Where it is tight, items of the smallest `rank` shrink first; None: never.
        """
        item = StatusItem(item_id, icon_name, self, key=key, rank=rank)
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
                self._fit()
                return
        raise KeyError(item_id)

    def set_narrow(self, narrow: bool) -> None:
        """Below 1320 the right group shows icons and numbers."""
        self._narrow = narrow
        self._fit()

    def _fit(self) -> None:
        """As many words as there is room for."""
        shown = [item for item in (*self._left, *self._right) if not item.isHidden()]
        extents = {
            item: Extent.SHORT if self._narrow and item in self._right else Extent.FULL for item in shown
        }
        room = self.width() - self._row.contentsMargins().left() - self._row.contentsMargins().right()
        taken = sum(item.wide_at(extent) for item, extent in extents.items())
        yielding = sorted((i for i in shown if i.rank is not None), key=lambda i: i.rank or 0)
        for extent in (Extent.SHORT, Extent.ICON):
            for item in yielding:
                if taken > room and extents[item] < extent:
                    taken += item.wide_at(extent) - item.wide_at(extents[item])
                    extents[item] = extent
        for item, extent in extents.items():
            item.set_extent(extent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width: the words follow."""
        return QSize(1, theme().size("status-bar"))

    def _measure(self) -> None:
        self.setFixedHeight(theme().size("status-bar"))
        self._row.setContentsMargins(theme().px(12), 0, theme().px(12), 0)
        self._fit()

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
