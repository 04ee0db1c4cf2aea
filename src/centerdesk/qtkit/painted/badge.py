"""Badges: a word on a tinted ground, always words, a percent where there is one."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, text_width
from centerdesk.qtkit.pens import pen


class Tone(enum.Enum):
    """What a badge says (UI 4.2), always beside words, never alone: (ground, ink, bold)."""

    PLAIN = ("sunken", "ink2", False)
    BLUE = ("wash", "primary-d", False)  # a fact, or in progress
    SOON = ("dawn-wash", "dawn-ink", False)
    DONE = ("green-wash", "green", False)
    LATE = ("red-wash", "red", False)  # or blocked
    YELLOW_CARD = ("dawn", "on-dawn", True)  # 黄牌
    RED_CARD = ("redfill", "on-red", True)  # 红牌


_PAD, _ICON, _GAP = 6, 13, 3
"""Beside the words, the icon's side, and between icon and words, px at 100 %."""


def badge_width(text: str, tone: Tone, icon_name: str = "") -> float:
    """Width of a badge, px."""
    look = theme()
    icon = look.scale(_ICON + _GAP) if icon_name else 0
    return text_width(look.font("caption", bold=tone.value[2]), text) + 2 * look.scale(_PAD) + icon


def paint_badge(painter: QPainter, rect: QRectF, text: str, tone: Tone, icon_name: str = "") -> None:
    """Draw a badge into `rect`; delegates use it too."""
    look = theme()
    ground, ink, bold = tone.value
    painter.save()
    edge = look.tokens.flag("badge-edge")
    painter.setPen(pen(ink if ground != "redfill" else "redfill", 1) if edge else Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(ground))
    radius = look.size("radius-badge")
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5) if edge else rect, radius, radius)
    x = rect.left() + look.scale(_PAD)
    if icon_name:
        side = look.scale(_ICON)
        paint_icon(painter, QRectF(x, rect.center().y() - side / 2, side, side), icon_name, ink)
        x += side + look.scale(_GAP)
    room = QRectF(x, rect.top(), rect.right() - x, rect.height())
    draw_text(painter, room, text, look.font("caption", bold=bold), ink)
    painter.restore()


class Badge(PaintedWidget):
    """A badge as a widget (标记)."""

    def __init__(
        self, text: str = "", tone: Tone = Tone.PLAIN, parent: QWidget | None = None, *, icon_name: str = ""
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon = text, tone, icon_name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.describe(text)

    @property
    def text(self) -> str:
        """The words."""
        return self._text

    def show_words(self, text: str, tone: Tone) -> None:
        """Say something else; an empty text hides the badge."""
        self._text, self._tone = text, tone
        self.describe(text)
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Words with their padding."""
        return QSize(round(badge_width(self._text, self._tone, self._icon)) + 1, theme().size("badge"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The badge."""
        painter = begin(self)
        paint_badge(painter, QRectF(self.rect()), self._text, self._tone, self._icon)
        painter.end()
