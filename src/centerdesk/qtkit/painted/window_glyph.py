"""One window of a façade: the drawings of UI.md 4.2, used by board, strip, route, legends and print."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import draw_in_middle, snapped
from centerdesk.qtkit.pens import pen

WINDOW_WIDTH, WINDOW_HEIGHT = 29, 25
"""Size of a window at 100 %, px."""
SMALLEST_WIDTH, SMALLEST_HEIGHT = 20, 18
_SMALL_BELOW = 24  # narrower than this (before zoom) there is no room for a number or a tick


class WindowState(enum.Enum):
    """What is known of a window (看窗状态). The drawings differ by shape, not only by colour."""

    NOT_ENROLLED = "未登记"
    TO_DO = "待看"
    OPEN = "已开"
    CLOSED = "未开"
    UNCLEAR = "看不清"
    HELP = "求助"
    UNSEEN = "未看"
    PAUSED = "暂停"
    DRAWN = "已拉上"
    NOT_DRAWN = "没拉"

    @property
    def word(self) -> str:
        """The word the desk uses for it."""
        return self.value

    @property
    def troubled(self) -> bool:
        """Whether somebody has to go on: these windows stand out."""
        return self in (WindowState.CLOSED, WindowState.NOT_DRAWN, WindowState.HELP, WindowState.UNSEEN)


def paint_window(
    painter: QPainter,
    rect: QRectF,
    state: WindowState,
    *,
    number: str = "",
    selected: bool = False,
    openness: float = 1.0,
    sill: bool = True,
    ticked: bool = True,
) -> None:
    """Draw a window into `rect`, its outer frame; sill, disc, red frame and ring reach up to 8 px beyond.

    `number` is the route number of a window still to do. `openness` 0 to 1 is how far the curtains of an open
    window have slid aside (motion of a tick); `ticked=False` leaves the tick out, for houses that are decoration.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = snapped(rect, 0, painter.device().devicePixelRatio())
    unit = box.width() / WINDOW_WIDTH
    if selected:
        _ring(painter, box)
    if sill and state is not WindowState.NOT_ENROLLED:
        _sill(painter, box, unit)
    if state is WindowState.TO_DO:
        _to_do(painter, box, unit, number)
    elif state is WindowState.OPEN:
        _open(painter, box, unit, openness, ticked=ticked and not _small(box))
    else:
        _DRAWINGS[state](painter, box, unit)
    painter.restore()


def _small(box: QRectF) -> bool:
    return box.width() < theme().scale(_SMALL_BELOW)


def _flat_edge(width: float) -> float:
    """Edges are at least 2 px in high contrast."""
    return max(width, theme().edge("line") if not theme().gradients else 1.0)


def _fill(painter: QPainter, box: QRectF, fill: str, unit: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour(fill))
    painter.drawRoundedRect(box, 2 * unit, 2 * unit)


def _frame(painter: QPainter, box: QRectF, colour: str, width: float, radius: float = 2.0) -> None:
    width = _flat_edge(width)
    half = width / 2
    painter.setPen(pen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(half, half, -half, -half), radius, radius)


def _sill(painter: QPainter, box: QRectF, unit: float) -> None:
    height = max(1.5, 1.8 * unit)
    painter.fillRect(
        QRectF(box.left() - 1.3 * unit, box.bottom() - 0.2 * unit, box.width() + 2.6 * unit, height),
        theme().colour("sill"),
    )


def _pane(painter: QPainter, box: QRectF, unit: float) -> None:
    _fill(painter, box, "glass", unit)
    painter.setPen(pen("glass-line", _flat_edge(0.9 * unit)))
    across = box.top() + box.height() * 0.36
    painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))
    painter.drawLine(QPointF(box.left(), across), QPointF(box.right(), across))
    _frame(painter, box, "glass-line", 1.1 * unit)


def _to_do(painter: QPainter, box: QRectF, unit: float, number: str) -> None:
    _fill(painter, box, "pane", unit)
    width = _flat_edge(1.6 * max(unit, 0.8))
    half = width / 2
    dash = theme().scale(2.9) * max(1.0, unit / theme().scale(1)) / width
    painter.setPen(pen("c4", width, dashes=(dash, dash * 0.68)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(half, half, -half, -half), 1.5 * unit, 1.5 * unit)
    if number and not _small(box):
        font = theme().font_px(12.5 if len(number) < 3 else 11, bold=True)
        draw_in_middle(painter, box, number, font, "primary-d")
    else:
        side = min(box.width(), box.height())
        painter.setPen(pen("c4", max(1.3, side * 0.08)))
        painter.drawEllipse(box.center(), side * 0.15, side * 0.15)


def _light_path(box: QRectF, openness: float) -> QPainterPath:
    """The light between two curtains that are gathered at about two thirds of their height."""
    width, height, middle = box.width(), box.height(), box.center().x()

    def x(part: float) -> float:
        return middle + part * width * openness

    def y(part: float) -> float:
        return box.top() + part * height

    path = QPainterPath(QPointF(x(-0.17), y(0)))
    path.lineTo(x(0.17), y(0))
    path.cubicTo(x(0.18), y(0.22), x(0.25), y(0.42), x(0.32), y(0.63))
    path.cubicTo(x(0.28), y(0.76), x(0.25), y(0.88), x(0.25), y(1))
    path.lineTo(x(-0.25), y(1))
    path.cubicTo(x(-0.25), y(0.88), x(-0.28), y(0.76), x(-0.32), y(0.63))
    path.cubicTo(x(-0.25), y(0.42), x(-0.18), y(0.22), x(-0.17), y(0))
    path.closeSubpath()
    return path


def _open(
    painter: QPainter, box: QRectF, unit: float, openness: float, *, ticked: bool, framed: bool = True
) -> None:
    _fill(painter, box, "c2", unit)
    inner = box.adjusted(unit * 0.6, unit * 0.6, -unit * 0.6, -unit * 0.6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_dawn(inner))
    painter.drawPath(_light_path(inner, openness))
    painter.setPen(pen("dawn2", max(1.0, 1.0 * unit)))
    painter.drawLine(QPointF(box.center().x(), inner.top()), QPointF(box.center().x(), inner.bottom()))
    _side_folds(painter, box, unit)
    if framed:
        _frame(painter, box, "c4", 1.4 * unit)
    if ticked and openness > 0.6:
        _tick(painter, box, unit)


def _dawn(box: QRectF) -> QLinearGradient | QColor:
    if not theme().gradients:
        return theme().colour("dawn")
    light = QLinearGradient(box.topLeft(), box.bottomLeft())
    light.setColorAt(0, theme().colour("dawn2"))
    light.setColorAt(1, theme().colour("dawn"))
    return light


def _side_folds(painter: QPainter, box: QRectF, unit: float) -> None:
    painter.setPen(pen(theme().colour("c4", 0.55), 0.9 * unit))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (-1, 1):
        edge = box.center().x() + side * box.width() * 0.365
        path = QPainterPath(QPointF(edge, box.top() + unit))
        bend = edge + side * box.width() * 0.055
        path.quadTo(
            QPointF(edge, box.top() + box.height() * 0.4), QPointF(bend, box.top() + box.height() * 0.66)
        )
        painter.drawPath(path)


def _tick(painter: QPainter, box: QRectF, unit: float) -> None:
    centre = box.center()
    path = QPainterPath(QPointF(centre.x() - 4.4 * unit, centre.y() + 0.4 * unit))
    path.lineTo(centre.x() - 1.0 * unit, centre.y() + 3.7 * unit)
    path.lineTo(centre.x() + 5.2 * unit, centre.y() - 3.4 * unit)
    painter.setPen(pen("tick", 1.9 * unit, rounded=True))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _cloth(painter: QPainter, box: QRectF, unit: float) -> None:
    look = theme()
    _fill(painter, box, "c2", unit)
    painter.setPen(Qt.PenStyle.NoPen)
    step = box.width() / 12
    for fold in (1.6, 3.5, 7.6, 9.5):
        painter.setBrush(look.colour("c1", 0.42))
        painter.drawRect(QRectF(box.left() + (fold - 0.95) * step, box.top(), step * 0.9, box.height()))
        painter.setBrush(look.colour("c3", 0.85))
        painter.drawRect(QRectF(box.left() + fold * step, box.top(), step * 0.42, box.height()))
    painter.setPen(pen("c4", max(1.0, 1.0 * unit)))
    painter.drawLine(QPointF(box.center().x(), box.top()), QPointF(box.center().x(), box.bottom()))
    painter.fillRect(QRectF(box.left(), box.top(), box.width(), 2.2 * unit), look.colour("c4"))


def _trouble(painter: QPainter, box: QRectF, unit: float) -> None:
    """A red frame, a line of light ground inside it, and a disc with ! at the corner."""
    look = theme()
    width = max(1.8, 1.9 * unit)
    gap = max(0.8, 0.8 * unit)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen("surface", gap))
    half = gap / 2
    painter.drawRoundedRect(box.adjusted(-half, -half, half, half), 2 * unit, 2 * unit)
    reach = gap + width / 2
    painter.setPen(pen("redfill", width))
    painter.drawRoundedRect(box.adjusted(-reach, -reach, reach, reach), 3.2 * unit, 3.2 * unit)
    radius = 7.0 * max(unit, look.scale(0.72))
    disc(painter, QPointF(box.right() + 0.8 * unit, box.top() - 1.6 * unit), radius, "!", "redfill", "on-red")


def disc(painter: QPainter, centre: QPointF, radius: float, text: str, fill: str, ink: str) -> None:
    """A filled disc with one character and an edge of the ground around it."""
    edge = radius * 0.19
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("surface"))
    painter.drawEllipse(centre, radius + edge, radius + edge)
    painter.setBrush(theme().colour(fill))
    painter.drawEllipse(centre, radius, radius)
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    font = theme().font_px(radius * 1.75 / theme().scale(1), bold=True)
    draw_in_middle(painter, box, text, font, ink)


def _unclear(painter: QPainter, box: QRectF, unit: float) -> None:
    look = theme()
    _fill(painter, box, "surface", unit)
    painter.save()
    clip = QPainterPath()
    clip.addRoundedRect(box, 2 * unit, 2 * unit)
    painter.setClipPath(clip)
    painter.setPen(pen("hatch", 2.5 * unit))
    x = box.left() - box.height()
    while x < box.right():
        painter.drawLine(
            QPointF(x, box.bottom() + unit), QPointF(x + box.height() + 2 * unit, box.top() - unit)
        )
        x += 6.4 * unit
    painter.restore()
    radius = min(box.width(), box.height()) * 0.33
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("surface"))
    painter.drawEllipse(box.center(), radius, radius)
    draw_in_middle(painter, box, "?", look.font_px(radius * 1.72 / look.scale(1), bold=True), "dawn-ink")
    _frame(painter, box, "dawn-ink", 1.9 * unit)


def _character(painter: QPainter, box: QRectF, text: str, colour: str) -> None:
    side = min(box.height() * 0.6, box.width() * 0.56)
    draw_in_middle(painter, box, text, theme().font_px(side / theme().scale(1), bold=True), colour)


def _unseen(painter: QPainter, box: QRectF, unit: float) -> None:
    look = theme()
    _fill(painter, box, "unseen", unit)
    if box.width() < look.scale(18):
        painter.setPen(pen("on-unseen", max(1.3, 2 * unit), rounded=True))
        inner = box.adjusted(*(side * box.width() * 0.26 for side in (1, 1, -1, -1)))
        painter.drawLine(inner.bottomLeft(), inner.topRight())
    else:
        _character(painter, box, "漏", "on-unseen")
    width = _flat_edge(1.5 * max(unit, 0.8))
    half = width / 2
    dash = 2.9 * unit / width
    painter.setPen(pen("red" if look.name == "dark" else "redfill", width, dashes=(dash, dash * 0.68)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(half, half, -half, -half), 1.5 * unit, 1.5 * unit)


def _paused(painter: QPainter, box: QRectF, unit: float) -> None:
    _fill(painter, box, "pane-rest", unit)
    _frame(painter, box, "pane-rest-line", 1.3 * unit)
    side = min(box.width(), box.height())
    bar, tall, gap = side * 0.1, side * 0.4, side * 0.11
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colour("ink3"))
    for x in (box.center().x() - gap - bar, box.center().x() + gap):
        painter.drawRect(QRectF(x, box.center().y() - tall / 2, bar, tall))


def _ring(painter: QPainter, box: QRectF) -> None:
    look = theme()
    width = look.edge("ring")
    offset = look.scale(3.0)
    reach = offset + width / 2
    painter.setPen(pen("primary", width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corner = look.scale(4.5)
    painter.drawRoundedRect(box.adjusted(-reach, -reach, reach, reach), corner, corner)


def _closed(painter: QPainter, box: QRectF, unit: float) -> None:
    _cloth(painter, box, unit)
    _trouble(painter, box, unit)


def _not_drawn(painter: QPainter, box: QRectF, unit: float) -> None:
    _open(painter, box, unit, 1.0, ticked=False, framed=False)
    _trouble(painter, box, unit)


def _drawn(painter: QPainter, box: QRectF, unit: float) -> None:
    _cloth(painter, box, unit)
    _frame(painter, box, "c4", 1.3 * unit)


def _help(painter: QPainter, box: QRectF, unit: float) -> None:
    _fill(painter, box, "redfill", unit)
    _character(painter, box, "求", "on-red")


_DRAWINGS: Mapping[WindowState, Callable[[QPainter, QRectF, float], None]] = {
    WindowState.NOT_ENROLLED: _pane,
    WindowState.CLOSED: _closed,
    WindowState.NOT_DRAWN: _not_drawn,
    WindowState.DRAWN: _drawn,
    WindowState.UNCLEAR: _unclear,
    WindowState.HELP: _help,
    WindowState.UNSEEN: _unseen,
    WindowState.PAUSED: _paused,
}
