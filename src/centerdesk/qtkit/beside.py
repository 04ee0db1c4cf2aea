"""Two cards beside each other, or one below the other where there is no room across; together they scroll."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.room import Room

STACK_BELOW = 640
"""Less room across than this, in px at 100 %: the second card stands under the first."""
LEAST = 260
"""How high each card is then at least, in px at 100 %: what scrolls inside it shows something."""


class Beside(Room):
    """并排. The first at the left, by default; `shares` say how the width is divided.

    `least` is for cards that say themselves how high they must be, px at 100 %. Below each other a part that is a
    `Room` is as high as all that is in it: one thing scrolls, not one in another.
    """

    turned = Signal()
    """They stand the other way now; see `stacked`."""

    def __init__(
        self, first: QWidget, second: QWidget, shares: tuple[int, int], *, least: int = LEAST
    ) -> None:
        both = QWidget()
        self._parts, self._least = (first, second), least
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, both)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part, share in zip(self._parts, shares, strict=True):
            self._row.addWidget(part, share)
        super().__init__(both)
        self.stacked = False
        theme_hub().changed.connect(self._measure)
        self._measure()

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider card: beside each other they are only where there is more room than that."""
        bar = self.verticalScrollBar().sizeHint().width()
        widest = max(part.minimumSizeHint().width() for part in self._parts)
        return QSize(widest + bar, super().minimumSizeHint().height())

    def _measure(self) -> None:
        look, ways = theme(), QBoxLayout.Direction
        before, self.stacked = self.stacked, self.width() < look.scale(STACK_BELOW)
        self._row.setDirection(ways.TopToBottom if self.stacked else ways.LeftToRight)
        gap = look.size("gap")
        if self._row.spacing() != gap:  # setting it asks for another layout, which measures again
            self._row.setSpacing(gap)
        for part in self._parts:
            if isinstance(part, Room):
                part.ask_for_all(self.stacked)
            else:
                high = max(look.px(self._least), part.minimumSizeHint().height())
                part.setMinimumHeight(high if self.stacked else 0)
        if self.stacked != before:
            self.turned.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self._measure()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
