"""Sky, sun, snow and houses: the light of the real day behind façades, in 今日 and on the login page."""

from __future__ import annotations

import enum
import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath, QPaintEvent, QRadialGradient
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.pens import pen


class SkyLight(enum.Enum):
    """What light lies on the houses (天色)."""

    DAY = ("sky1", "sky2", "sky3")
    NIGHT = ("night1", "night2", "night3")

    @property
    def tokens(self) -> tuple[str, str, str]:
        """Left, middle and right of the sky."""
        return self.value


@record
class Sky:
    """A sky. `sun` is the part of the day from sunrise (0) to sunset (1); None: no sun in the picture."""

    light: SkyLight = SkyLight.DAY
    sun: float | None = 0.08

    @classmethod
    def at(cls, minute: int, sunrise: int, sunset: int) -> Sky:
        """The sky at a minute of the day, given minutes of sunrise and sunset."""
        if not sunrise <= minute <= sunset:
            return cls(SkyLight.NIGHT, None)
        return cls(SkyLight.DAY, (minute - sunrise) / max(1, sunset - sunrise))


def paint_sky(
    painter: QPainter,
    rect: QRectF,
    sky: Sky,
    *,
    sun_at: QPointF | None = None,
    glow: float = 0.0,
    disc: bool = True,
) -> None:
    """Fill `rect` with sky. `sun_at` overrides the sun's place; `glow` its radius in px, 0 = by height."""
    look = theme()
    first, middle, last = (look.colour(token) for token in sky.light.tokens)
    if not look.gradients:
        painter.fillRect(rect, first)
        return
    if sky.light is SkyLight.DAY and (sky.sun or 0) > 0.5:
        first, last = last, first
    slope = QLinearGradient(rect.topLeft(), QPointF(rect.right(), rect.top() + rect.height() * 0.35))
    slope.setColorAt(0, first)
    slope.setColorAt(0.45, middle)
    slope.setColorAt(1, last)
    painter.fillRect(rect, slope)
    if sky.sun is None and sun_at is None:
        return
    if sun_at is None:
        part = sky.sun or 0.0
        rise = math.sin(math.pi * min(1.0, max(0.0, part)))
        sun_at = QPointF(
            rect.left() + rect.width() * (0.03 + 0.94 * part),
            rect.top() + rect.height() * (0.42 - 0.3 * rise),
        )
    radius = glow or max(rect.height() * 0.3, look.scale(80))
    _paint_glow(painter, rect, sun_at, radius)
    if disc and look.opacity("sun") > 0.3:
        paint_sun(painter, sun_at, radius * 0.2)


def _paint_glow(painter: QPainter, rect: QRectF, at: QPointF, radius: float) -> None:
    look = theme()
    strength = look.opacity("sun")
    light = QRadialGradient(at, radius)
    light.setColorAt(0, look.colour("sun", strength))
    light.setColorAt(0.5, look.colour("sun", strength * 0.5))
    light.setColorAt(1, look.colour("sun", 0.0))
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(light)
    painter.drawEllipse(at, radius, radius)
    painter.restore()


def paint_sun(painter: QPainter, at: QPointF, radius: float) -> None:
    """The disc of the sun itself."""
    look = theme()
    if look.gradients:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("sun", min(1.0, look.opacity("sun") * 1.5)))
        painter.drawEllipse(at, radius, radius)


def paint_ground(painter: QPainter, rect: QRectF, *, wave: float = 3.0) -> None:
    """Snow on the ground: fills `rect` under a softly waved upper edge."""
    look = theme()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("snow"))
    path = QPainterPath(QPointF(rect.left(), rect.top() + wave))
    third = rect.width() / 3
    path.cubicTo(
        QPointF(rect.left() + third * 0.6, rect.top() - wave * 0.4),
        QPointF(rect.left() + third * 1.2, rect.top() + wave * 1.6),
        QPointF(rect.left() + third * 1.7, rect.top() + wave * 0.7),
    )
    path.cubicTo(
        QPointF(rect.left() + third * 2.2, rect.top() - wave * 0.3),
        QPointF(rect.left() + third * 2.6, rect.top() + wave * 1.2),
        QPointF(rect.right(), rect.top() - wave * 0.6),
    )
    path.lineTo(rect.bottomRight())
    path.lineTo(rect.bottomLeft())
    path.closeSubpath()
    painter.drawPath(path)
    if not look.gradients:
        painter.setPen(pen("line2", look.edge("line")))
        painter.drawLine(rect.topLeft(), rect.topRight())


def paint_tree(painter: QPainter, foot: QPointF, height: float) -> None:
    """A bare tree standing on `foot`."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen(theme().colour("roof", 0.9), height * 0.075, rounded=True))
    top = foot.y() - height
    painter.drawLine(foot, QPointF(foot.x(), top))
    for start, side, length in ((0.42, -1, 0.3), (0.36, 1, 0.32), (0.7, -1, 0.2), (0.66, 1, 0.26)):
        y = foot.y() - height * start
        painter.drawLine(
            QPointF(foot.x(), y), QPointF(foot.x() + side * height * length, y - height * length * 1.05)
        )


class SkyBand(PaintedWidget):
    """The band of 今日 (天光带): sky and snow; headline, figures and day strip are laid out upon it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sky_band")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._sky = Sky()
        self._low = False

    def set_sky(self, sky: Sky) -> None:
        """Show another light."""
        if sky != self._sky:
            self._sky = sky
            self.update()

    def set_low(self, low: bool) -> None:
        """Below 800 px of window height the band keeps only headline and strip."""
        self._low = low
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """182 px high, 128 when low."""
        look = theme()
        return QSize(
            look.px(900), max(round(look.scale(128 if self._low else 182)), self.minimumSizeHint().height())
        )

    def minimumSizeHint(self) -> QSize:
        """What the content needs."""
        layout = self.layout()
        return layout.minimumSize() if layout is not None else QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sky within a card's edge."""
        look, painter = theme(), begin(self)
        edge = look.edge("line")
        frame = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        clip = QPainterPath()
        clip.addRoundedRect(frame, look.size("radius-card"), look.size("radius-card"))
        painter.save()
        painter.setClipPath(clip)
        paint_sky(painter, QRectF(self.rect()), self._sky, disc=False)
        ground = look.scale(20)
        paint_ground(painter, QRectF(0, self.height() - ground, self.width(), ground), wave=look.scale(2))
        painter.restore()
        painter.setPen(pen("line", edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(clip)
        painter.end()
