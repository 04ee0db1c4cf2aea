"""The morning behind the login card: sky, sun, houses with their curtains still drawn. Decoration only (UI 17).

No house is a real one: the same windows every day, no tick, no number.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.house import BuildingView, HouseLayout, WindowView, paint_house
from centerdesk.qtkit.painted.sky import Sky, SkyLight, paint_ground, paint_sky
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window

_WIDE, _HIGH, _GROUND = 1440.0, 840.0, 705.0
"""Size of the picture and where its snow begins, px, that the places below are written in."""
_TALLEST = 290.0
"""Height of the tallest house with its roof."""
_SMALL = 0.76
"""Houses are drawn this small and enlarged: windows narrower than 24 px have no tick."""

# Floors from the top, one letter a window from left to right: D drawn, o open, . not enrolled.
_PLANS = {
    "left": ("......",) * 5,
    "first": ("D.DDDD", ".oDDDD", "D..DDD", "DDD.D.", "D...D.", "..D..D"),
    "second": (".DD.", "D..D", "DDD.", ".oD.", "Do.."),
    "third": ("DD.D..DD", ".DD.DD.D", "D..DDD..", ".DDDD.DD", "D.DD.D.o", ".D.D..DD"),
}
_STREET = (("left", -68.0, 0.87, 0.45), ("first", 262.0, 1.13, 1.0), ("second", 662.0, 1.13, 1.0),
           ("third", 958.0, 1.13, 1.0))  # fmt: skip
_STREET_LENGTH = 1466.0
"""Plan, left edge, scale, opacity, back to front; the street goes on with the same houses in wide windows."""
_STATES = {"D": WindowState.DRAWN, "o": WindowState.OPEN, ".": WindowState.NOT_ENROLLED}


def _building(plan: str) -> BuildingView:
    rows = _PLANS[plan]
    windows = tuple(
        WindowView((row, place), len(rows) - row, place // 2 + 1, place % 2 + 1, _STATES[letter])
        for row, line in enumerate(rows)
        for place, letter in enumerate(line)
        if letter != "."
    )
    return BuildingView(plan, len(rows), len(rows[0]) // 2, 2, windows)


def scene(width: int, height: int, sky: Sky, ratio: float, *, below: float = 0.0) -> QPixmap:
    """The picture for a window of this size; roofs stay under `below`, where the words end.

    The page keeps it until size, hour or look change.
    """
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme().colour("paper"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = max(height * _GROUND / _HIGH, height - (_HIGH - _GROUND) * 1.1)
    scale = max(0.4, min(width / _WIDE, height / _HIGH * 1.25, (ground - below) / _TALLEST))
    sun = QPointF(width * 0.445, ground - 190 * scale) if sky.light is SkyLight.DAY else None
    paint_sky(painter, QRectF(0, 0, width, height), sky, sun_at=sun, glow=258 * scale)
    for start in range(int(width / scale / _STREET_LENGTH) + 1):
        for plan, left, size, opacity in _STREET:
            painter.setOpacity(opacity)
            at = (left + start * _STREET_LENGTH) * scale
            _house(painter, plan, QPointF(at, ground + 3 * scale), size * scale)
    painter.setOpacity(1)
    paint_ground(painter, QRectF(0, ground, width, height - ground), wave=5 * scale)
    painter.end()
    return picture


def _house(painter: QPainter, plan: str, foot: QPointF, scale: float) -> None:
    """A house standing on `foot`, its left corner. Drawn small and enlarged: no tick."""
    building = _building(plan)
    layout = HouseLayout(building, _SMALL)
    painter.save()
    painter.translate(foot)
    painter.scale(scale / _SMALL, scale / _SMALL)
    top = QPointF(0, -layout.wall_height)
    paint_house(painter, top, layout)
    painter.translate(top)
    painter.setPen(Qt.PenStyle.NoPen)
    for window in building.windows:
        rect = layout.window_rect(window.floor, window.unit, window.door)
        paint_window(painter, rect, window.state)
    painter.restore()
