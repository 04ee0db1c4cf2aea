"""The coloured head of an alarm and the small tiles of further ones, with their countdowns."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from centerdesk.features.checkins.ui.alarm_words import PanelItem
from centerdesk.features.checkins.ui.words import glyph
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import whole_parts
from centerdesk.qtkit.painted.base import (
    RIGHT,
    PaintedWidget,
    begin,
    draw_text,
    follow_look,
    line_height,
    text_width,
)
from centerdesk.qtkit.painted.ladder import LadderTone
from centerdesk.qtkit.painted.window_glyph import paint_window
from centerdesk.qtkit.pens import pen

_GROUND = {LadderTone.ALARM: ("redfill", "on-red"), LadderTone.SOON: ("dawn", "on-dawn")}


class AlarmHead(PaintedWidget):
    """报警头. Where and what, who and when, and how long until the ladder goes on by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alarm_head")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = self._short = self._line = self._left = self._then = ""
        self._tone = LadderTone.ALARM

    @property
    def left(self) -> str:
        """The countdown as it stands."""
        return self._left

    def show_alarm(self, title: str, short: str, line: str, tone: LadderTone) -> None:
        """Whose alarm this is; `short` is the title where there is little room."""
        self._title, self._short, self._line, self._tone = title, short, line, tone
        self.setToolTip(plain_tip(f"{title}\n{line}"))
        self._describe()

    def show_left(self, left: str, then: str) -> None:
        """The time left; the words are announced by the page only at 10, 5 and 1 minutes."""
        if (left, then) != (self._left, self._then):
            self._left, self._then = left, then
            self._describe()

    def _describe(self) -> None:
        self.describe(self.tr("报警 {}").format(self._title), f"{self._line}，{self._left} {self._then}")
        self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        high = line_height(look.font("countdown")) + line_height(look.font("caption")) + look.scale(12)
        return QSize(look.px(300), round(max(high, look.scale(60))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        ground, ink = _GROUND[self._tone]
        radius = float(look.size("radius-card") - 1)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, self.width(), self.height() + radius), radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(ground))
        painter.drawPath(shape)
        side, margin = look.scale(20), look.scale(12)
        middle = self.height() / 2
        paint_icon(painter, QRectF(margin, middle - side / 2, side, side), "alert", ink, filled=True)
        right = self._paint_countdown(painter, ink)
        left = margin + side + look.scale(9)
        room = right - left - look.scale(6)
        title, small = look.font("card_title"), look.font("caption")
        high, low = line_height(title), line_height(small)
        top = middle - (high + low + look.scale(3)) / 2
        words = self._title if text_width(title, self._title) <= room else self._short
        draw_text(painter, QRectF(left, top, room, high), words, title, ink, elide=True)
        below = QRectF(left, top + high + look.scale(3), room, low)
        draw_text(
            painter, below, whole_parts(QFontMetricsF(small), self._line, " · ", room), small, ink, elide=True
        )
        painter.end()

    def _paint_countdown(self, painter: QPainter, ink: str) -> float:
        """Figure over words at the right; answers where they begin."""
        look = theme()
        big, small = look.font("countdown"), look.font("caption")
        wide = max(text_width(big, self._left), text_width(small, self._then)) + 2
        right = self.width() - look.scale(12)
        high, low = line_height(big) * 0.9, line_height(small)
        top = (self.height() - high - low) / 2
        draw_text(painter, QRectF(right - wide, top, wide, high), self._left, big, ink, RIGHT)
        draw_text(painter, QRectF(right - wide, top + high, wide, low), self._then, small, ink, RIGHT)
        return right - wide


class AlarmTile(QAbstractButton):
    """下一个报警. A further alarm below the present one; choosing it brings it up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item: PanelItem | None = None
        self._left = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        follow_look(self)

    def show_item(self, item: PanelItem, left: str) -> None:
        """Which alarm, and its time left."""
        if item == self.item and left == self._left:
            return
        self.item, self._left = item, left
        self.setText(item.title)
        self.setAccessibleName(self.tr("报警 {}").format(item.title))
        self.setAccessibleDescription(f"{item.tile_line()}，{left} {item.tile_then()}")
        self.setToolTip(plain_tip(f"{item.title}\n{item.tile_line()}"))
        self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        high = line_height(look.font("card_title")) + line_height(look.font("caption")) + look.scale(24)
        return QSize(look.px(300), round(high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter, item = theme(), begin(self), self.item
        if item is None:
            painter.end()
            return
        alarm = item.tone is LadderTone.ALARM
        edge, ink = ("redfill", "red") if alarm else ("dawn", "dawn-ink")
        width = look.edge("line")
        body = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(pen(edge, width))
        painter.setBrush(look.colour("surface2" if self.underMouse() else "surface"))
        radius = look.size("radius-card")
        painter.drawRoundedRect(body, radius, radius)
        margin, middle = look.scale(15), self.height() / 2
        wide, high = look.scale(29), look.scale(25)
        pane = QRectF(margin, middle - high / 2, wide, high)
        paint_window(painter, pane, glyph(item.lead.kind, item.lead.slot), sill=False)
        right = self._paint_left(painter, ink, item)
        left = margin + wide + look.scale(14)
        room = right - left - look.scale(8)
        title, small = look.font("card_title"), look.font("caption")
        one, two = line_height(title), line_height(small)
        top = middle - (one + two + look.scale(2)) / 2
        words = item.title if text_width(title, item.title) <= room else item.short
        draw_text(painter, QRectF(left, top, room, one), words, title, "ink", elide=True)
        below = QRectF(left, top + one + look.scale(2), room, two)
        line = item.tile_line()
        if text_width(small, line) > room:
            line = whole_parts(QFontMetricsF(small), item.tile_short(), " · ", room)
        draw_text(painter, below, line, small, "ink2", elide=True)
        painter.end()

    def _paint_left(self, painter: QPainter, ink: str, item: PanelItem) -> float:
        look = theme()
        big, small = look.font("record_name"), look.font("caption")
        then = item.tile_then()
        wide = max(text_width(big, self._left), min(text_width(small, then), self.width() * 0.32)) + 2
        right = self.width() - look.scale(15)
        high, low = line_height(big), line_height(small)
        top = (self.height() - high - low) / 2
        draw_text(painter, QRectF(right - wide, top, wide, high), self._left, big, ink, RIGHT)
        draw_text(
            painter, QRectF(right - wide, top + high, wide, low), then, small, "ink3", RIGHT, elide=True
        )
        return right - wide

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
