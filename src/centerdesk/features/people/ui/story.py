"""这一户的事: what happened in a home, newest first, painted (UI 4.2, timeline row)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from centerdesk.kernel.clock import local
from centerdesk.kernel.manifest import TimelineRow, Tone
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import RIGHT, PaintedWidget, begin, draw_text, line_height, text_width
from centerdesk.qtkit.pens import pen

_ICONS = {
    "record": "edit", "verify": "home_heart", "import": "import", "alarm": "alert", "checkin": "curtain",
    "curtain": "curtain", "enrol": "curtain", "pause": "pause", "visit": "home_heart", "wish": "star",
    "whistle": "megaphone",
}  # fmt: skip


def when(row: TimelineRow, today: date) -> str:
    """今天 08:17, 昨 15:05, 11-26, or with the year."""
    at = local(row.at)
    days = (today - at.date()).days
    if days in (0, 1):
        return f"{'今天' if days == 0 else '昨'} {at:%H:%M}"
    return f"{at:%m-%d}" if at.year == today.year else f"{at:%Y-%m-%d}"


class StoryList(PaintedWidget):
    """时间轴. One row a thing that happened; only alarms are coloured."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("story")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: tuple[TimelineRow, ...] = ()
        self._today = date.min

    def show_rows(self, rows: Sequence[TimelineRow], today: date) -> None:
        """Newest first."""
        self._rows, self._today = tuple(rows), today
        words = "；".join(" ".join(p for p in (when(r, today), r.title, r.detail) if p) for r in self._rows)
        self.describe(f"这一户的事，{len(self._rows)} 条", words)
        self.updateGeometry()
        self.update()

    def _step(self) -> float:
        look = theme()
        return line_height(look.font("table")) + line_height(look.font("caption")) + look.scale(13)

    def sizeHint(self) -> QSize:
        """As many rows as there are."""
        return QSize(theme().px(240), round(self._step() * len(self._rows)) + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Circles on a line, words beside them."""
        look, painter = theme(), begin(self)
        step, circle = self._step(), look.scale(25)
        if len(self._rows) > 1:
            x = circle / 2
            painter.setPen(pen("line2", look.edge("line")))
            painter.drawLine(QPointF(x, circle), QPointF(x, step * (len(self._rows) - 1) + circle / 2))
        for number, row in enumerate(self._rows):
            self._paint_row(painter, QRectF(0, number * step, self.width(), step), row, circle)
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRectF, row: TimelineRow, circle: float) -> None:
        look, alarm = theme(), row.tone is Tone.ALARM
        disc = QRectF(0.5, rect.top() + 0.5, circle - 1, circle - 1)
        painter.setPen(pen("red" if alarm else "line2", look.edge("line")))
        painter.setBrush(look.colour("red-wash" if alarm else "surface2"))
        painter.drawEllipse(disc)
        side = look.scale(14)
        place = QRectF(disc.center().x() - side / 2, disc.center().y() - side / 2, side, side)
        paint_icon(painter, place, _ICONS.get(row.kind, "note"), "red" if alarm else "ink2")
        font, small = look.font("table"), look.font("caption")
        day = when(row, self._today)
        day_wide, left = text_width(small, day), circle + look.scale(9)
        upper = QRectF(left, rect.top(), rect.width() - left, line_height(font) + 2)
        draw_text(painter, upper, day, small, "ink2", RIGHT)
        upper.setWidth(upper.width() - day_wide - look.scale(8))
        draw_text(painter, upper, row.title, font, "ink", elide=True)
        lower = QRectF(left, upper.bottom(), rect.width() - left, line_height(small))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_text(painter, lower, row.detail, small, "ink3", elide=True)
