"""Charts drawn with QPainter: bars, lines, ring and a calendar of days. Values always stand in words too."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import (
    CENTRE,
    RIGHT,
    PaintedWidget,
    begin,
    draw_text,
    line_height,
    text_width,
)
from centerdesk.qtkit.pens import pen

SERIES_TOKENS = ("c4", "dawn-ink", "green", "ink3")
"""Colours of series in order; each series also has its own dash or dot, so that a grey print can be read."""
_DASHES: tuple[tuple[float, ...] | None, ...] = (None, (5, 2.5), (1.5, 2), (7, 2, 1.5, 2))


@record
class Point:
    """One value under its label; `value` None is a gap, never a zero. `note` goes into the spoken text."""

    label: str
    value: float | None
    note: str = ""


@record
class Series:
    """Values of one name, in the order they are drawn."""

    name: str
    points: tuple[Point, ...]


def nice_ceiling(value: float) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ that is not below `value`; 1 for nothing or less."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    base = 10.0 ** math.floor(math.log10(value))
    for factor in (1, 2, 2.5, 5, 10):
        if factor * base >= value * (1 - 1e-9):
            return float(factor * base)
    return float(10 * base)


def number_words(value: float | None) -> str:
    """A value as it is read: no trailing zeros, thousands apart, — for a gap."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


class _Chart(PaintedWidget):
    def __init__(self, title: str = "", unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._unit = title, unit
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._series: tuple[Series, ...] = ()
        self.set_series(())

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these series; labels come from the first."""
        self._series = tuple(series)
        said = "；".join(
            f"{one.name} "
            + "，".join(f"{p.label} {number_words(p.value)}{self._unit}{p.note}" for p in one.points)
            for one in self._series
        )
        self.describe(self._title or "图", said or "没有数")
        self.update()

    def sizeHint(self) -> QSize:
        """A card's width."""
        return QSize(theme().px(320), theme().px(180))

    def minimumSizeHint(self) -> QSize:
        """Still legible."""
        return QSize(theme().px(160), theme().px(110))

    def _labels(self) -> tuple[str, ...]:
        return tuple(point.label for point in self._series[0].points) if self._series else ()

    def _ceiling(self) -> float:
        return nice_ceiling(1.1 * max((p.value or 0.0 for s in self._series for p in s.points), default=0.0))

    def _plot(self, painter: QPainter) -> QRectF:
        """Paint scale, grid, labels and legend; answers the room of the values."""
        look = theme()
        small = look.font("small-mark")
        top = self._ceiling()
        scale_wide = text_width(small, number_words(top)) + look.px(8)
        legend = line_height(small) + look.px(6) if len(self._series) > 1 else 0
        foot = line_height(small) + look.px(6)
        plot = QRectF(scale_wide, legend + look.px(6), self.width() - scale_wide - look.px(4), 0)
        plot.setBottom(self.height() - foot)
        for step in range(3):
            y = plot.bottom() - plot.height() * step / 2
            painter.setPen(pen("line2" if step == 0 else "line", look.edge("hair")))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            room = QRectF(0, y - foot / 2, scale_wide - look.px(6), foot)
            draw_text(painter, room, number_words(top * step / 2), small, "ink3", RIGHT)
        self._paint_labels(painter, plot)
        if legend:
            self._paint_legend(painter, QRectF(plot.left(), 0, plot.width(), legend))
        return plot

    def _paint_labels(self, painter: QPainter, plot: QRectF) -> None:
        look, labels = theme(), self._labels()
        small = look.font("small-mark")
        widest = max((text_width(small, label) for label in labels), default=1.0) + look.px(4)
        slot = plot.width() / max(1, len(labels))
        every = max(1, math.ceil(widest / max(1.0, slot)))
        for index, label in enumerate(labels):
            # Counted from the right: the newest label is the one that must stand.
            if (len(labels) - 1 - index) % every == 0:
                wide = slot * every
                box = QRectF(
                    plot.left() + (index + 0.5) * slot - wide / 2, plot.bottom() + look.px(3), wide, 0
                )
                box.setBottom(self.height())
                draw_text(painter, box, label, small, "ink3", CENTRE)

    def _paint_legend(self, painter: QPainter, rect: QRectF) -> None:
        look = theme()
        small, x = look.font("small-mark"), rect.left()
        for index, series in enumerate(self._series):
            self._paint_key(painter, QRectF(x, rect.top(), look.px(18), rect.height() - look.px(4)), index)
            wide = text_width(small, series.name)
            draw_text(
                painter,
                QRectF(x + look.px(22), rect.top(), wide + 2, rect.height() - look.px(4)),
                series.name,
                small,
                "ink2",
            )
            x += wide + look.px(38)

    def _paint_key(self, painter: QPainter, rect: QRectF, index: int) -> None:
        painter.fillRect(
            rect.adjusted(0, rect.height() * 0.25, 0, -rect.height() * 0.25), theme().colour(_token(index))
        )


class BarChart(_Chart):
    """Columns by label (柱图), several series side by side, the value above each while there is room."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, columns, values."""
        look, painter = theme(), begin(self)
        plot, top = self._plot(painter), self._ceiling()
        count, groups = len(self._series), len(self._labels())
        slot = plot.width() / max(1, groups)
        wide = min(slot * 0.66 / max(1, count), look.scale(34))
        small = look.font("small-mark")
        for order, series in enumerate(self._series):
            for index, point in enumerate(series.points):
                if point.value is None:
                    continue
                left = plot.left() + (index + 0.5) * slot + (order - count / 2) * wide
                high = plot.height() * max(0.0, point.value) / top
                bar = QRectF(left, plot.bottom() - high, wide - look.px(1), high)
                painter.setPen(pen(_token(order), look.edge("line")))
                painter.setBrush(look.colour("c2" if order == 0 else _token(order)))
                painter.drawRect(bar)
                words = number_words(point.value)
                if text_width(small, words) <= wide + look.px(6):
                    above = QRectF(left - wide, bar.top() - line_height(small), wide * 3, line_height(small))
                    draw_text(painter, above, words, small, "ink2", CENTRE)
        painter.end()


class LineChart(_Chart):
    """Lines by label (折线); a gap stays a gap, the last value of each is written at its end."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Grid, lines, dots."""
        painter = begin(self)
        plot, top = self._plot(painter), self._ceiling()
        slot = plot.width() / max(1, len(self._labels()))
        for order, series in enumerate(self._series):
            places = [
                None
                if p.value is None
                else QPointF(plot.left() + (i + 0.5) * slot, plot.bottom() - plot.height() * p.value / top)
                for i, p in enumerate(series.points)
            ]
            self._paint_line(painter, places, order, series)
        painter.end()

    def _paint_line(
        self, painter: QPainter, places: list[QPointF | None], order: int, series: Series
    ) -> None:
        look, token = theme(), _token(order)
        run: list[QPointF] = []
        for place in (*places, None):
            if place is not None:
                run.append(place)
                continue
            painter.setPen(pen(token, look.scale(1.8), dashes=_DASHES[order % len(_DASHES)]))
            painter.drawPolyline(QPolygonF(run))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(token))
            for dot in run:
                painter.drawEllipse(dot, look.scale(2.6), look.scale(2.6))
            run = []
        last = next((i for i in range(len(places) - 1, -1, -1) if places[i] is not None), None)
        if last is not None and (end := places[last]) is not None:
            small = look.font("small-mark")
            words = number_words(series.points[last].value)
            wide = text_width(small, words)
            box = QRectF(
                min(end.x() - wide / 2, self.width() - wide - 2),
                end.y() - line_height(small) - 3,
                wide + 2,
                line_height(small),
            )
            draw_text(painter, box, words, small, "ink2")

    def _paint_key(self, painter: QPainter, rect: QRectF, index: int) -> None:
        painter.setPen(pen(_token(index), theme().scale(1.8), dashes=_DASHES[index % len(_DASHES)]))
        painter.drawLine(QPointF(rect.left(), rect.center().y()), QPointF(rect.right(), rect.center().y()))


def _token(index: int) -> str:
    return SERIES_TOKENS[index % len(SERIES_TOKENS)]


class RingChart(PaintedWidget):
    """A share as a ring (环图) with the percentage in it and n/d below."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._n, self._d = title, 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_share(0, 0)

    def show_share(self, n: int, d: int) -> None:
        """`n` of `d`; d 0 is shown as —, not as nought per cent."""
        self._n, self._d = n, d
        self.describe(self._title or "占比", f"{self._percent()}（{n}/{d}）")
        self.update()

    def _percent(self) -> str:
        return f"{100 * self._n / self._d:.1f}%" if self._d else "—"

    def sizeHint(self) -> QSize:
        """110 px square."""
        side = round(theme().scale(110))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track, arc from the top, words."""
        look, painter = theme(), begin(self)
        side = min(self.width(), self.height())
        thick = side * 0.11
        inset = thick / 2 + 1
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side).adjusted(
            inset, inset, -inset, -inset
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen("sunken", thick))
        painter.drawEllipse(box)
        if self._d and self._n > 0:
            painter.setPen(pen("c4", thick))
            painter.drawArc(box, 90 * 16, -round(360 * 16 * min(1.0, self._n / self._d)))
        big, small = look.font("record_name"), look.font("caption")
        upper = QRectF(box.left(), box.center().y() - line_height(big) * 0.8, box.width(), line_height(big))
        draw_text(painter, upper, self._percent(), big, "ink", CENTRE)
        lower = QRectF(box.left(), upper.bottom() - look.px(2), box.width(), line_height(small))
        draw_text(painter, lower, f"{self._n}/{self._d}", small, "ink3", CENTRE)
        painter.end()


class HeatCalendar(PaintedWidget):
    """A month of days (月历热图): darker means more, and the number of the day's value is written in the cell."""

    def __init__(self, title: str = "", unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._unit = title, unit
        self._year, self._month = 2000, 1
        self._values: dict[dt.date, float] = {}
        self._today: dt.date | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_month(
        self, year: int, month: int, values: Mapping[dt.date, float], *, today: dt.date | None = None
    ) -> None:
        """Values by day; a day that is absent is blank, not nought. `today` gets a frame."""
        self._year, self._month, self._values, self._today = year, month, dict(values), today
        said = "，".join(
            f"{day.day} 日 {number_words(value)}{self._unit}" for day, value in sorted(self._values.items())
        )
        self.describe(f"{self._title} {year} 年 {month} 月".strip(), said or "没有数")
        self.updateGeometry()
        self.update()

    def _weeks(self) -> list[list[dt.date]]:
        return calendar.Calendar(firstweekday=0).monthdatescalendar(self._year, self._month)

    def sizeHint(self) -> QSize:
        """Seven columns under their weekdays."""
        look = theme()
        head = line_height(look.font("small-mark")) + look.px(4)
        return QSize(round(look.scale(38) * 7), round(head + look.scale(32) * len(self._weeks())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Weekdays, cells, values."""
        look, painter = theme(), begin(self)
        small = look.font("small-mark")
        head = line_height(small) + look.px(4)
        wide, high = self.width() / 7, look.scale(32)
        for column, name in enumerate("一二三四五六日"):
            draw_text(painter, QRectF(column * wide, 0, wide, head), name, small, "ink3", CENTRE)
        largest = max((*self._values.values(), 1.0))
        for row, week in enumerate(self._weeks()):
            for column, day in enumerate(week):
                if day.month == self._month:
                    cell = QRectF(column * wide, head + row * high, wide, high).adjusted(1, 1, -1, -1)
                    self._paint_day(painter, cell, day, largest)
        painter.end()

    def _paint_day(self, painter: QPainter, cell: QRectF, day: dt.date, largest: float) -> None:
        look, value = theme(), self._values.get(day)
        tiny = look.font("small-mark")
        painter.setPen(pen("line", look.edge("hair")))
        painter.setBrush(look.colour("surface2"))
        painter.drawRoundedRect(cell, look.scale(3), look.scale(3))
        if value:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("c2", 0.12 + 0.78 * max(0.0, value) / largest))
            painter.drawRoundedRect(cell, look.scale(3), look.scale(3))
        if day == self._today:
            painter.setPen(pen("primary", look.edge("focus")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell, look.scale(3), look.scale(3))
        inner = cell.adjusted(look.px(4), look.px(1), -look.px(4), -look.px(1))
        draw_text(
            painter, inner, str(day.day), tiny, "ink2", Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        )
        if value is not None:
            corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            draw_text(painter, inner, number_words(value), look.font("caption", bold=True), "ink", corner)
