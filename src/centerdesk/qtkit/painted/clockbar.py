"""A deadline as a bar: 0 to 150 % of the limit in working time, computed by the caller."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import RIGHT, PaintedWidget, begin, draw_text, line_height, text_width
from centerdesk.qtkit.pens import pen

WARN, LIMIT, END = 0.75, 1.0, 1.5


def paint_clock_bar(painter: QPainter, rect: QRectF, part: float, *, ticks: bool = True) -> None:
    """Segments blue to 75 %, yellow to 100 %, red beyond. `part` is time used over the limit."""
    look = theme()
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("sunken"))
    painter.drawPath(clip)
    used = QRectF(rect)
    used.setWidth(rect.width() * min(max(part, 0.0), END) / END)
    body = QPainterPath()
    body.addRoundedRect(used, rect.height() / 2, rect.height() / 2)
    painter.setClipPath(body.intersected(clip))
    for start, stop, token in ((0.0, WARN, "c3"), (WARN, LIMIT, "dawn"), (LIMIT, END, "redfill")):
        if part > start:
            left, right = (rect.left() + rect.width() * x / END for x in (start, min(stop, part)))
            painter.fillRect(QRectF(left, rect.top(), right - left, rect.height()), look.colour(token))
    painter.restore()
    if ticks:
        for at, width in ((WARN, 1.5), (LIMIT, 1.0)):
            x = rect.left() + rect.width() * at / END
            painter.setPen(pen("ink", look.scale(width)))
            reach = look.scale(3)
            painter.drawLine(QPointF(x, rect.top() - reach), QPointF(x, rect.bottom() + reach))


class ClockBar(PaintedWidget):
    """时钟条 with the remaining time in words at its right: 「剩 1 时 57 分」, 「超 12 分钟」."""

    def __init__(self, part: float = 0.0, words: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._part, self._words = part, words
        self.show_time(part, words)

    def show_time(self, part: float, words: str) -> None:
        """`part`: working time used over the limit; `words`: what is left or over."""
        self._part, self._words = part, words
        self.describe(f"时限 {round(part * 100)}%", words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        look = theme()
        return QSize(look.px(240), round(max(line_height(look.font("caption")), look.scale(16))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bar and words; late words are bold and coloured, early ones quiet."""
        look, painter = theme(), begin(self)
        late, soon = self._part > LIMIT, self._part > WARN
        font = look.font("caption", bold=soon)
        room = max(text_width(font, self._words) + look.scale(10), look.scale(96))
        high = look.scale(8)
        bar = QRectF(0, (self.height() - high) / 2, self.width() - room, high)
        paint_clock_bar(painter, bar, self._part)
        ink = "red" if late else "dawn-ink" if soon else "ink3"
        draw_text(painter, QRectF(bar.right(), 0, room, self.height()), self._words, font, ink, RIGHT)
        painter.end()
