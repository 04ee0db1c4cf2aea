"""The large clock of the login page, and the mark of the desk."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, line_height


class ClockFace(PaintedWidget):
    """The large clock (钟). Text is set by the page, from the station's own clock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clock_face")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._text = self._date = ""
        self._measure()
        theme_hub().changed.connect(self._measure)

    def _measure(self) -> None:
        self.setFixedHeight(round(theme().scale(92) + line_height(theme().font_px(18)) + theme().px(14)))

    @property
    def text(self) -> str:
        """Time and date as shown."""
        return f"{self._text} {self._date}"

    def show_time(self, text: str, date: str) -> None:
        """`07:26`, and the line below."""
        if (text, date) != (self._text, self._date):
            self._text, self._date = text, date
            self.describe(self.tr("现在 {}，{}").format(text, date))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Figures without the leading of their face, the date below them."""
        look, painter = theme(), begin(self)
        painter.setFont(look.font("clock_face"))
        painter.setPen(look.colour("ink"))
        ink = painter.fontMetrics().tightBoundingRect("0")
        base = ink.height() + look.px(4)
        painter.drawText(QPointF(-look.scale(4), base), self._text)
        small = look.font_px(18)
        below = QRectF(0, self.height() - line_height(small), self.width(), line_height(small))
        draw_text(painter, below, self._date, small, "ink")
        painter.end()
