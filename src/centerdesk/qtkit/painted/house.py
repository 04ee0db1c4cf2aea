"""A building as data and as a drawing: floors, units, doors, roof with snow, stair bays, entrances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPainterPath

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, RIGHT, draw_text, line_height, text_width
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window
from centerdesk.qtkit.pens import pen

_WINDOW, _TALL = 30.0, 26.0
_BAY, _BETWEEN, _SIDE, _PITCH = 22.0, 9.0, 10.5, 37.0
_ROOF, _EAVES, _TOP, _BOTTOM, _FOLD = 9.0, 6.0, 11.0, 19.0, 20.0
FOLD_ABOVE = 12
"""Buildings with more floors fold runs of floors without enrolled homes into one line."""


@record
class WindowView:
    """An enrolled window (登记的窗). `door` counts from 1 within the unit; `number` is of the route."""

    id: object
    floor: int
    unit: int
    door: int
    state: WindowState
    number: str = ""
    label: str = ""
    accessible: str = ""


@dataclass(frozen=True)  # `cached_property` wants a `__dict__`
class BuildingView:
    """A building as it is seen from its standing point (站位). `mirror` when seen from behind."""

    name: str
    floors: int
    units: int
    doors_per_unit: int
    windows: tuple[WindowView, ...] = ()
    standing_point: str = ""
    mirror: bool = False

    @cached_property
    def rows(self) -> tuple[tuple[int, int], ...]:
        """Floors from the top: (n, n) is drawn, (low, high) with low < high is one folded line."""
        if self.floors <= FOLD_ABOVE:
            return tuple((floor, floor) for floor in range(self.floors, 0, -1))
        lived, rows = {w.floor for w in self.windows} | {1}, list[tuple[int, int]]()
        for floor in range(self.floors, 0, -1):
            empty = floor not in lived
            if empty and rows and rows[-1][0] == floor + 1 and floor + 1 not in lived:
                rows[-1] = (floor, rows[-1][1])
            else:
                rows.append((floor, floor))
        return tuple(rows)


@dataclass(frozen=True)
class HouseLayout:
    """Where the parts of a building lie, from the wall's top left; `unit` is px per px of the drawing."""

    building: BuildingView
    unit: float
    _cells: dict[tuple[int, int, int], QRectF] = field(default_factory=dict, repr=False, compare=False)

    @property
    def wall_width(self) -> float:
        """Width of the wall, px."""
        units = self.building.units
        return (2 * _SIDE + units * self._unit_width + (units - 1) * _BETWEEN) * self.unit

    @property
    def wall_height(self) -> float:
        """Height of the wall, px."""
        return (
            _TOP + sum(self._row_height(row) for row in self.building.rows) + _BOTTOM - (_PITCH - _TALL)
        ) * self.unit

    @property
    def roof_height(self) -> float:
        """Roof and snow above the wall, px."""
        return (_ROOF + 7) * self.unit

    @property
    def eaves(self) -> float:
        """How far the roof reaches beyond the wall, px."""
        return _EAVES * self.unit

    @property
    def _unit_width(self) -> float:
        return self.building.doors_per_unit * _WINDOW + (self.building.doors_per_unit - 1) * 1.0 + _BAY + 1.0

    @staticmethod
    def _row_height(row: tuple[int, int]) -> float:
        return _PITCH if row[0] == row[1] else _FOLD

    def row_tops(self) -> Iterator[tuple[tuple[int, int], float]]:
        """Each row of `rows` with the top of its windows, px."""
        top = _TOP
        for row in self.building.rows:
            yield row, top * self.unit
            top += self._row_height(row)

    def _column(self, unit: int, door: int) -> float:
        """Left of a door's window in px of the drawing; the stair bay lies after half of the doors."""
        doors = self.building.doors_per_unit
        place = unit - 1 if not self.building.mirror else self.building.units - unit
        slot = door - 1 if not self.building.mirror else doors - door
        left = _SIDE + place * (self._unit_width + _BETWEEN) + slot * (_WINDOW + 1.0)
        return left + (_BAY + 1.0 if slot >= (doors + 1) // 2 else 0.0)

    def bay(self, place: int) -> tuple[float, float]:
        """Left and width of the stair bay of the unit drawn at `place` (from 0, left to right), px."""
        before = (self.building.doors_per_unit + 1) // 2
        left = _SIDE + place * (self._unit_width + _BETWEEN) + before * (_WINDOW + 1.0)
        return left * self.unit, _BAY * self.unit

    def window_rect(self, floor: int, unit: int, door: int) -> QRectF:
        """Frame of a window; raises KeyError for a floor that is folded or a door the building has not."""
        if not self._cells:
            for row, top in self.row_tops():
                if row[0] != row[1]:
                    continue
                for u in range(1, self.building.units + 1):
                    for d in range(1, self.building.doors_per_unit + 1):
                        left = self._column(u, d) * self.unit
                        self._cells[row[0], u, d] = QRectF(left, top, _WINDOW * self.unit, _TALL * self.unit)
        return self._cells[floor, unit, door]

    def cells(self) -> dict[tuple[int, int, int], QRectF]:
        """All windows that are drawn, by (floor, unit, door)."""
        self.window_rect(self.building.rows[-1][0], 1, 1)
        return self._cells

    def unit_at(self, place: int) -> int:
        """Number of the unit drawn at `place`, from the left."""
        return self.building.units - place if self.building.mirror else place + 1


def natural_size(building: BuildingView) -> tuple[float, float]:
    """Width with eaves and height with roof of a building at 100 %, px of the drawing."""
    layout = HouseLayout(building, 1.0)
    return layout.wall_width + 2 * layout.eaves, layout.wall_height + layout.roof_height


def paint_house(painter: QPainter, origin: QPointF, layout: HouseLayout, *, plain: bool = True) -> None:
    """Wall (top left at `origin`), roof, stairs, entrances and, with `plain`, the windows not enrolled."""
    painter.save()
    painter.translate(origin)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _wall(painter, layout)
    _bays(painter, layout)
    _roof(painter, layout)
    enrolled = {(w.floor, w.unit, w.door) for w in layout.building.windows}
    for cell, rect in layout.cells().items():
        if plain and cell not in enrolled:
            paint_window(painter, rect, WindowState.NOT_ENROLLED)
    _folds(painter, layout)
    painter.restore()


def _wall(painter: QPainter, layout: HouseLayout) -> None:
    look = theme()
    wall = QRectF(0, 0, layout.wall_width, layout.wall_height)
    shade = QLinearGradient(wall.topLeft(), wall.bottomRight())
    shade.setColorAt(0, look.colour("wall"))
    shade.setColorAt(1, look.colour("wall2"))
    painter.setPen(pen("wall-line", look.edge("line")))
    painter.setBrush(shade)
    painter.drawRect(wall)


def _bays(painter: QPainter, layout: HouseLayout) -> None:
    look, u = theme(), layout.unit
    ground = layout.wall_height
    for place in range(layout.building.units):
        left, width = layout.bay(place)
        painter.fillRect(QRectF(left, 8 * u, width, ground - 8 * u), look.colour("bay"))
        middle = left + width / 2
        for row, top in layout.row_tops():
            if row[0] == row[1]:
                _stair_window(painter, QRectF(middle - 5 * u, top + 10 * u, 10 * u, 16.5 * u), u)
        door = QRectF(middle - 9 * u, ground - 20 * u, 18 * u, 20 * u)
        painter.fillRect(door, look.colour("roof"))
        painter.fillRect(
            QRectF(middle - 13.5 * u, door.top() - 2.5 * u, 27 * u, 3 * u), look.colour("wall-line")
        )


def _stair_window(painter: QPainter, rect: QRectF, unit: float) -> None:
    painter.setPen(pen("glass-line", max(0.8, 0.9 * unit)))
    painter.setBrush(theme().colour("glass"))
    painter.drawRoundedRect(rect, unit, unit)


def _roof(painter: QPainter, layout: HouseLayout) -> None:
    look, u = theme(), layout.unit
    roof = QRectF(-layout.eaves, -_ROOF * u, layout.wall_width + 2 * layout.eaves, _ROOF * u)
    snow = QPainterPath(QPointF(roof.left() + 2 * u, roof.top() + u))
    w = roof.width()
    snow.cubicTo(
        QPointF(roof.left() + w * 0.14, roof.top() - 8 * u),
        QPointF(roof.left() + w * 0.26, roof.top() - 6 * u),
        QPointF(roof.left() + w * 0.4, roof.top() - 2 * u),
    )
    snow.cubicTo(
        QPointF(roof.left() + w * 0.52, roof.top() - 2 * u),
        QPointF(roof.left() + w * 0.72, roof.top() - 11 * u),
        QPointF(roof.right() - 2 * u, roof.top() + u),
    )
    snow.closeSubpath()
    painter.setPen(Qt.PenStyle.NoPen if look.gradients else pen("line2", 1))
    painter.setBrush(look.colour("snow"))
    painter.drawPath(snow)
    painter.fillRect(roof, look.colour("roof"))


def _folds(painter: QPainter, layout: HouseLayout) -> None:
    look, u = theme(), layout.unit
    for (low, high), top in layout.row_tops():
        if low == high:
            continue
        band = QRectF(_SIDE * u, top - 3 * u, layout.wall_width - 2 * _SIDE * u, (_FOLD - 7) * u)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("wall"))
        painter.drawRoundedRect(band, 3 * u, 3 * u)
        words = f"{low}–{high} 层 无登记"
        tall = max(band.height(), line_height(look.font("small-mark")))
        room = QRectF(band.left(), band.center().y() - tall / 2, band.width(), tall)
        draw_text(painter, room, words, look.font("small-mark"), "ink2", CENTRE)


def paint_labels(painter: QPainter, origin: QPointF, layout: HouseLayout) -> None:
    """Name plate over the roof, floor numbers at the left, unit labels at the ground."""
    look, u = theme(), layout.unit
    building = layout.building
    font = look.font("card_title")
    width = max(look.scale(44), text_width(font, building.name) + look.scale(30))
    plate = QRectF(origin.x() + layout.wall_width / 2 - width / 2, 0, width, look.scale(22))
    plate.moveBottom(origin.y() - layout.roof_height - look.scale(1))
    painter.setPen(pen("line2", look.edge("line")))
    painter.setBrush(look.colour("surface"))
    painter.drawRoundedRect(plate, look.scale(4), look.scale(4))
    draw_text(painter, plate, building.name, font, "ink", CENTRE)
    small = look.font("caption")
    for (low, high), top in layout.row_tops():
        if low == high:
            box = QRectF(origin.x() - look.scale(40), origin.y() + top, look.scale(32), _TALL * u)
            draw_text(painter, box, str(low), small, "ink3", RIGHT)
    for place in range(building.units):
        left, bay = layout.bay(place)
        box = QRectF(
            origin.x() + left - look.scale(40),
            origin.y() + layout.wall_height,
            bay + look.scale(80),
            look.scale(22),
        )
        draw_text(painter, box, f"{layout.unit_at(place)}单元", small, "snow-label", CENTRE)
