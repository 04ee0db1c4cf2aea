"""The morning behind the login page: sky, sun and houses that are decoration and show no real home."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.painted.house import BuildingView, HouseLayout, paint_house
from centerdesk.qtkit.painted.sky import Sky, SkyLight, paint_ground, paint_sky
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window


@dataclass(frozen=True)
class _Decor:
    """A fixed house: `left` of the scene's width, px of the drawing for the rest."""

    left: float
    floors: int
    units: int
    unit: float
    faint: float = 1.0


_HOUSES = (
    _Decor(-0.06, 5, 3, 1.0, 0.45),
    _Decor(0.98, 5, 2, 1.0, 0.45),
    _Decor(0.182, 6, 3, 1.2),
    _Decor(0.461, 5, 2, 1.2),
    _Decor(0.666, 6, 4, 1.2),
)
_LIT = ((0.182, 5, 1, 2), (0.461, 2, 1, 2), (0.461, 1, 1, 2), (0.666, 2, 4, 2))


class HouseScene(PaintedWidget):
    """Ground of the login page (登录底图). Curtains drawn, no tick, no number; content is laid out upon it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("house_scene")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._sky = Sky()

    def set_sky(self, sky: Sky) -> None:
        """The light of the hour."""
        if sky != self._sky:
            self._sky = sky
            self.update()

    def sizeHint(self) -> QSize:
        """A window's worth."""
        return QSize(theme().px(1180), theme().px(690))

    def minimumSizeHint(self) -> QSize:
        """What lies upon it decides."""
        layout = self.layout()
        return layout.minimumSize() if layout is not None else QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Sky with the sun between the houses, houses, snow."""
        look, painter = theme(), begin(self)
        ground = self.height() - look.scale(140)
        whole = QRectF(self.rect())
        sun = QPointF(self.width() * 0.445, ground - look.scale(180))
        shown = sun if self._sky.light is SkyLight.DAY else None
        paint_sky(painter, whole, self._sky, sun_at=shown, glow=look.scale(270))
        for decor in _HOUSES:
            self._paint_house(painter, decor, ground)
        snow = QRectF(0, ground, whole.width(), whole.height() - ground)
        paint_ground(painter, snow, wave=look.scale(5))
        painter.end()

    def _paint_house(self, painter: QPainter, decor: _Decor, ground: float) -> None:
        building = BuildingView("", decor.floors, decor.units, 2)
        layout = HouseLayout(building, theme().scale(decor.unit))
        origin = QPointF(decor.left * self.width(), ground - layout.wall_height + theme().scale(6))
        painter.save()
        painter.setOpacity(decor.faint)
        paint_house(painter, origin, layout, plain=decor.faint < 1)
        if decor.faint == 1:
            for (floor, unit, door), rect in layout.cells().items():
                state = _decor_state(decor.left, floor, unit, door)
                paint_window(painter, rect.translated(origin), state, ticked=False)
        painter.restore()


def _decor_state(left: float, floor: int, unit: int, door: int) -> WindowState:
    """A fixed pattern that looks unplanned: mostly drawn, some without curtains, four lit."""
    if (left, floor, unit, door) in _LIT:
        return WindowState.OPEN
    bare = (floor * 7 + unit * 5 + door * 3 + round(left * 10)) % 8 < 3
    return WindowState.NOT_ENROLLED if bare else WindowState.DRAWN
