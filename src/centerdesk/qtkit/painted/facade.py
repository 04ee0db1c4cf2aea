"""The façade board: buildings as one sees them from their standing points, windows as children on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import begin, draw_in_middle, text_width
from centerdesk.qtkit.painted.house import BuildingView, HouseLayout, natural_size, paint_house, paint_labels
from centerdesk.qtkit.painted.sky import Sky, paint_ground, paint_sky, paint_tree
from centerdesk.qtkit.painted.window_list import WindowList, hide_quietly
from centerdesk.qtkit.pens import pen

PER_PAGE = 4
LARGEST, SMALLEST = 1.6, 0.7
"""How far a building is enlarged to fill the board, and how small it may get (a window of 20×18)."""
_ABOVE, _BELOW = 34.0, 33.0  # sky over the roof with the name plate; ground with the unit labels
_LEFT, _RIGHT, _GAP = 36.0, 14.0, 14.0  # floor numbers and a tree; the last pin; between two roofs


@dataclass(frozen=True)
class _Stand:
    """A building with its place on the board."""

    building: BuildingView
    layout: HouseLayout
    origin: QPointF  # left top corner of the wall


class FacadeBoard(WindowList):
    """楼面: up to four buildings a page by standing point; arrows walk, PgUp and PgDn turn pages."""

    page_changed = Signal(int, int)  # page from 0, number of pages

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("facade_board")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._sky = Sky()
        self._page = 0
        self._per_page = PER_PAGE
        self._point = ""
        self._stands: tuple[_Stand, ...] = ()
        self._ground: QPixmap | None = None
        theme_hub().changed.connect(self._arrange)

    @property
    def page(self) -> int:
        """Page on show, from 0."""
        return self._page

    @property
    def page_count(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-len(self._buildings) // self._per_page))

    def set_sky(self, sky: Sky) -> None:
        """The light of the real sun."""
        if sky != self._sky:
            self._sky = sky
            self._repaint_all()

    def set_standing_point(self, point: str) -> None:
        """Fill the pin of the point where one stands now."""
        if point != self._point:
            self._point = point
            self._repaint_all()

    def set_single(self, single: bool) -> None:
        """Narrow windows show one building, enlarged until it fills the height."""
        self._per_page = 1 if single else PER_PAGE
        self.set_page(min(self._page, self.page_count - 1))
        self._arrange()

    def set_page(self, page: int) -> None:
        """Turn to a page; beyond the ends nothing happens."""
        if 0 <= page < self.page_count and page != self._page:
            self._page = page
            self._arrange()
            self.page_changed.emit(page, self.page_count)

    def sizeHint(self) -> QSize:
        """Two buildings beside each other, two rows."""
        return QSize(theme().px(640), theme().px(640))

    def minimumSizeHint(self) -> QSize:
        """What is on show at the smallest legible size; a scroll area serves where that does not fit."""
        look, rows = theme(), self._rows()
        if not rows or not rows[0]:
            return QSize(look.px(240), look.px(220))
        wide = max(sum(natural_size(b)[0] for b in row) for row in rows) * self._smallest()
        high = max(natural_size(b)[1] for row in rows for b in row) * self._smallest()
        gaps = look.scale(_LEFT + _RIGHT + _GAP)
        return QSize(round(wide + gaps), round((high + look.scale(_ABOVE + _BELOW)) * len(rows)))

    @property
    def least_height(self) -> float:
        """Below this the tallest house on show loses its upper floors, px."""
        tallest = max((natural_size(building)[1] for building in self._shown()), default=0.0)
        return tallest * self._smallest() + theme().scale(_ABOVE + _BELOW)

    def _smallest(self) -> float:
        return SMALLEST if self._per_page == 1 else theme().scale(SMALLEST)  # alone, whole before large

    def _bring_into_view(self, window_id: object) -> None:
        for index, building in enumerate(self._buildings):
            if any(view.id == window_id for view in building.windows):
                self.set_page(index // self._per_page)

    def _shown(self) -> tuple[BuildingView, ...]:
        start = self._page * self._per_page
        return self._buildings[start : start + self._per_page]

    def _rows(self) -> list[tuple[BuildingView, ...]]:
        """The page's buildings in as many columns as let them be largest; two when it makes no difference."""
        shown = self._shown()

        def rows(columns: int) -> list[tuple[BuildingView, ...]]:
            return [shown[i : i + columns] for i in range(0, len(shown), columns)]

        if not shown:
            return []
        choices = [rows(columns) for columns in sorted(range(1, len(shown) + 1), key=lambda n: abs(n - 2))]
        return max(choices, key=lambda choice: round(self._fit(choice)[0], 2))

    def _arrange(self) -> None:
        self._page = min(self._page, self.page_count - 1)
        self._stands = tuple(self._stand_all(self._rows()))
        here = set()
        for stand in self._stands:
            for view in stand.building.windows:
                pane = stand.layout.window_rect(view.floor, view.unit, view.door).translated(stand.origin)
                self._windows[view.id].place(pane)
                here.add(view.id)
        focus_lost = False
        for window_id, child in self._windows.items():
            if window_id in here:
                child.show()
            else:
                focus_lost = hide_quietly(child) or focus_lost
        if focus_lost and here:
            # Whoever walked to another page with the keys goes on there.
            target = self._current if self._current in here else next(k for k in self._windows if k in here)
            self._windows[target].setFocus(Qt.FocusReason.OtherFocusReason)
        self._repaint_all()

    def _row_rect(self, index: int, rows: list[tuple[BuildingView, ...]]) -> QRectF:
        height = self.height() / max(1, len(rows))
        return QRectF(0, index * height, self.width(), height)

    def _stand_all(self, rows: list[tuple[BuildingView, ...]]) -> Iterator[_Stand]:
        """Columns as wide as their widest building, all buildings at one scale, feet on the ground."""
        if not rows or not rows[0]:
            return
        look = theme()
        columns = _column_widths(rows)
        unit, free = self._fit(rows)
        for index, row in enumerate(rows):
            ground = self._row_rect(index, rows).bottom() - look.scale(_BELOW)
            left = look.scale(_LEFT) + free / (len(columns) + 1)
            for building, column in zip(row, columns, strict=False):
                layout = HouseLayout(building, unit)
                yield _Stand(building, layout, QPointF(left + layout.eaves, ground - layout.wall_height))
                left += column * unit + look.scale(_GAP) + free / (len(columns) + 1)

    def _fit(self, rows: list[tuple[BuildingView, ...]]) -> tuple[float, float]:
        """The scale at which everything fits, and the width that is left over."""
        look, columns = theme(), _column_widths(rows)
        room = self.width() - look.scale(_LEFT + _RIGHT + _GAP * (len(columns) - 1))
        tallest = max(natural_size(building)[1] for row in rows for building in row)
        high = self.height() / len(rows) - look.scale(_ABOVE + _BELOW)
        largest = look.scale(LARGEST if self._per_page == 1 else 1.15)
        unit = max(self._smallest(), min(room / sum(columns), high / tallest, largest))
        return unit, max(0.0, room - sum(columns) * unit)

    def _repaint_all(self) -> None:
        self._ground = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One static picture under the windows; a changed window repaints only its own place in it."""
        ratio = self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = QPixmap((self.size() * ratio).expandedTo(QSize(1, 1)))
            self._ground.setDevicePixelRatio(ratio)
            painter = QPainter(self._ground)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_static(painter)
            painter.end()
        painter = begin(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.end()

    def _paint_static(self, painter: QPainter) -> None:
        look, rows = theme(), self._rows()
        painter.fillRect(self.rect(), look.colour("surface"))
        for index in range(max(1, len(rows))):
            rect = self._row_rect(index, rows)
            painter.save()
            painter.setClipRect(rect)
            sky = self._sky if index == 0 else Sky(self._sky.light, None)
            paint_sky(painter, rect, sky)
            ground = QRectF(rect.left(), rect.bottom() - look.scale(_BELOW), rect.width(), look.scale(_BELOW))
            paint_ground(painter, ground)
            painter.restore()
        for stand in self._stands:
            self._paint_tree_beside(painter, stand)
        for stand in self._stands:
            paint_house(painter, stand.origin, stand.layout)
            paint_labels(painter, stand.origin, stand.layout)
            self._paint_pin(painter, stand)

    def _paint_tree_beside(self, painter: QPainter, stand: _Stand) -> None:
        look = theme()
        ground = stand.origin.y() + stand.layout.wall_height + look.scale(1)
        same_row = [
            other for other in self._stands if abs(other.origin.y() - stand.origin.y()) < self.height() / 3
        ]
        if stand is same_row[0] and stand.origin.x() > look.scale(40):
            number = text_width(look.font("caption"), "1") + look.scale(12)  # of the lowest floor, and air
            foot = QPointF(stand.origin.x() - number - look.scale(8), ground)
            paint_tree(painter, foot, look.scale(26))
        right = stand.origin.x() + stand.layout.wall_width
        next_left = min((s.origin.x() for s in same_row if s.origin.x() > right), default=float(self.width()))
        if next_left - right > look.scale(110):
            middle = (right + next_left) / 2
            paint_tree(painter, QPointF(middle, ground), look.scale(40))
            paint_tree(painter, QPointF(middle + look.scale(30), ground), look.scale(29))

    def _paint_pin(self, painter: QPainter, stand: _Stand) -> None:
        point = stand.building.standing_point
        if not point:
            return
        look = theme()
        radius = look.scale(11)
        right = stand.origin.x() + stand.layout.wall_width + radius + look.scale(2)
        centre = QPointF(
            min(right, self.width() - radius - 2),
            stand.origin.y() + stand.layout.wall_height + look.scale(11),
        )
        paint_pin(painter, centre, radius, point, current=point == self._point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PgUp and PgDn turn pages; the rest goes on to the page."""
        match event.key():
            case Qt.Key.Key_PageDown:
                self.set_page(self._page + 1)
            case Qt.Key.Key_PageUp:
                self.set_page(self._page - 1)
            case _:
                super().keyPressEvent(event)


def _column_widths(rows: list[tuple[BuildingView, ...]]) -> list[float]:
    """Width of the widest building of each column, px of the drawing."""
    count = max(map(len, rows), default=0)
    return [max(natural_size(row[i])[0] for row in rows if i < len(row)) for i in range(count)]


def paint_pin(painter: QPainter, centre: QPointF, radius: float, letter: str, *, current: bool) -> None:
    """A standing point: lettered circle with a point below, filled where one stands now."""
    look = theme()
    edge = "primary" if current else "ink3"
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour(edge))
    tip = radius * 0.42
    below = centre.y() + radius * 1.38
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(centre.x() - tip, centre.y() + radius * 0.92),
                QPointF(centre.x() + tip, centre.y() + radius * 0.92),
                QPointF(centre.x(), below),
            ]
        )
    )
    painter.setPen(pen(edge, max(1.5, radius * 0.15)))
    painter.setBrush(look.colour("primary" if current else "surface"))
    painter.drawEllipse(centre, radius * 0.93, radius * 0.93)
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    draw_in_middle(painter, box, letter, look.font_px(13, bold=True), "on-primary" if current else "ink2")
