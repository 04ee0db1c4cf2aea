"""The strip of all enrolled windows by building: small, on the snow of 今日 or above the board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import CENTRE, begin, draw_text
from centerdesk.qtkit.painted.house import BuildingView
from centerdesk.qtkit.painted.window_list import WindowList
from centerdesk.qtkit.pens import pen

_WIDE, _HIGH, _STEP = 20.0, 22.0, 25.0
_PAD, _WALL, _TOP, _ROOF, _EAVES, _GAP = 8.0, 44.0, 10.0, 6.5, 3.0, 19.0
_LABEL, _SNOW = 20.0, 9.0


class DayStrip(WindowList):
    """今日 strip: buildings side by side with their enrolled windows; a click opens the home on the board.

    One stop for Tab, arrows walk: forty stops would stand between the head of a page and its cards.
    """

    building_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, labels_above: bool = False) -> None:
        super().__init__(parent, sills=False, click_opens=True)
        self.setObjectName("day_strip")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._above = labels_above
        theme_hub().changed.connect(self._arrange)

    def tab_stops(self) -> list[QWidget]:
        """The window with the ring, else the first of the route."""
        if self._current in self._windows:
            return [self._windows[self._current]]
        return super().tab_stops()[:1]

    def set_buildings(self, buildings: Sequence[BuildingView], route: Iterable[object] = ()) -> None:
        """As the list does, with one stop for Tab."""
        super().set_buildings(buildings, route)
        self._mark_stop()

    def set_current(self, window_id: object | None) -> None:
        """Put the ring on a window; Tab stops there."""
        super().set_current(window_id)
        self._mark_stop()

    def _mark_stop(self) -> None:
        stops = self.tab_stops()
        for window in self._windows.values():
            policies = Qt.FocusPolicy
            window.setFocusPolicy(policies.StrongFocus if window in stops else policies.ClickFocus)

    def sizeHint(self) -> QSize:
        """Everything at full size."""
        look = theme()
        wide = sum(self._wall_width(b) for b in self._buildings) + _GAP * (len(self._buildings) + 1)
        return QSize(round(look.scale(wide)), round(look.scale(_WALL + _ROOF + _SNOW + _LABEL)))

    def minimumSizeHint(self) -> QSize:
        """Windows may shrink to two thirds."""
        hint = self.sizeHint()
        return QSize(hint.width() * 2 // 3, hint.height())

    @staticmethod
    def _wall_width(building: BuildingView) -> float:
        return 2 * _PAD + max(1, len(building.windows)) * _STEP - (_STEP - _WIDE)

    def _scale(self) -> float:
        """px per px of the drawing; smaller than the zoom only when the strip would not fit."""
        look = theme()
        wide = sum(self._wall_width(b) for b in self._buildings) + _GAP * (len(self._buildings) + 1)
        return min(look.scale(1), max(look.scale(2 / 3), self.width() / max(1.0, wide)))

    def _walls(self) -> Iterator[tuple[BuildingView, QRectF]]:
        unit = self._scale()
        walls = [self._wall_width(building) * unit for building in self._buildings]
        free = self.width() - sum(walls)
        gap = free / (len(walls) + 1) if walls else 0.0
        if self._above:
            gap = min(gap, theme().scale(26))
            top = theme().scale(_LABEL + _SNOW) + _ROOF * unit
        else:
            top = theme().scale(_SNOW + _ROOF + _WALL) - _WALL * unit  # all stand on the snow, small ones too
        left = gap
        for building, wide in zip(self._buildings, walls, strict=True):
            yield building, QRectF(left, top, wide, _WALL * unit)
            left += wide + gap

    def _arrange(self) -> None:
        unit = self._scale()
        for building, wall in self._walls():
            for index, view in enumerate(building.windows):
                left = wall.left() + (_PAD + index * _STEP) * unit
                pane = QRectF(left, wall.top() + _TOP * unit, _WIDE * unit, _HIGH * unit)
                self._windows[view.id].place(pane)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the windows chooses the building."""
        for building, wall in self._walls():
            reach = theme().scale(_LABEL)
            if wall.adjusted(0, -reach, 0, reach).contains(event.position()):
                self.building_clicked.emit(building.name)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Walls with roofs and snow; the windows paint themselves."""
        look, painter, unit = theme(), begin(self), self._scale()
        for building, wall in self._walls():
            _paint_low_house(painter, wall, unit)
            label = QRectF(
                wall.left() - wall.width() / 2, wall.bottom(), wall.width() * 2, look.scale(_LABEL)
            )
            if self._above:
                label.moveBottom(wall.top() - _ROOF * unit - look.scale(2))
                label.setLeft(wall.left())
                draw_text(painter, label, building.name, look.font("caption"), "ink")
            else:
                draw_text(painter, label, building.name, look.font("caption"), "snow-label", CENTRE)
        painter.end()


def _paint_low_house(painter: QPainter, wall: QRectF, unit: float) -> None:
    look = theme()
    painter.setPen(pen("wall-line", look.edge("line")))
    painter.setBrush(look.colour("wall2" if look.gradients else "wall"))
    painter.drawRect(wall)
    roof = QRectF(
        wall.left() - _EAVES * unit, wall.top() - _ROOF * unit, wall.width() + 2 * _EAVES * unit, _ROOF * unit
    )
    snow = QPainterPath(QPointF(roof.left() + unit, roof.top() + 1))
    for index in range(2):
        start = roof.left() + roof.width() * index / 2
        snow.cubicTo(
            QPointF(start + roof.width() * 0.12, roof.top() - 5 * unit),
            QPointF(start + roof.width() * 0.3, roof.top() - (5 - index) * unit),
            QPointF(start + roof.width() / 2 - unit * index, roof.top() + 1 - (1 - index) * 2 * unit),
        )
    snow.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen if look.gradients else pen("line2", 1))
    painter.setBrush(look.colour("snow"))
    painter.drawPath(snow)
    painter.fillRect(roof, look.colour("roof"))
