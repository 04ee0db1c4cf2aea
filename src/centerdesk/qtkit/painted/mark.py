"""The mark of the desk (窗明) as a widget."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent

from centerdesk.qtkit.icons import paint_mark
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import PaintedWidget, begin


class Mark(PaintedWidget):
    """The mark of the desk."""

    def __init__(self) -> None:
        super().__init__()
        self._measure()
        theme_hub().changed.connect(self._measure)

    def _measure(self) -> None:
        side = theme().size("mark") + theme().px(4)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = begin(self)
        paint_mark(painter, self.rect().toRectF())
        painter.end()
