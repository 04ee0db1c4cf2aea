"""Small drawings beside numbers: 13 days, opening times of 14 days, parts of a whole, a progress."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text, line_height
from centerdesk.qtkit.painted.ladder import paint_meter
from centerdesk.qtkit.pens import pen


@record
class DayBar:
    """One day: `part` 0 to 1 of what was due, `flawed` when something was missed that day."""

    label: str
    part: float
    flawed: bool = False
    spoken: str = ""


class DayBars(PaintedWidget):
    """近 13 天: a column a day; a day with a miss is lower and yellow, its words say how many."""

    def __init__(self, days: Sequence[DayBar] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._days: tuple[DayBar, ...] = ()
        self.set_days(days)

    def set_days(self, days: Sequence[DayBar]) -> None:
        """Oldest first."""
        self._days = tuple(days)
        flawed = [day.spoken or f"{day.label} 日有漏" for day in self._days if day.flawed]
        self.describe(f"近 {len(self._days)} 天", "；".join(flawed) or "每天都齐")
        self.update()

    def sizeHint(self) -> QSize:
        """Columns and day numbers."""
        look = theme()
        return QSize(look.px(280), round(look.scale(38) + line_height(look.font("small-mark"))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Columns on one foot."""
        look, painter = theme(), begin(self)
        count = max(1, len(self._days))
        gap = look.scale(4)
        wide = (self.width() - gap * (count - 1)) / count
        foot = self.height() - line_height(look.font("small-mark")) - look.scale(4)
        width = look.edge("line")
        for index, day in enumerate(self._days):
            # A miss takes at least a tenth off the column, so that it shows without its colour.
            part = min(max(day.part, 0.12), 0.9) if day.flawed else max(day.part, 0.12)
            left = index * (wide + gap)
            body = QRectF(left, foot - (foot - 1) * part, wide, (foot - 1) * part)
            painter.setPen(pen("dawn-ink" if day.flawed else "c3", width))
            painter.setBrush(look.colour("dawn" if day.flawed else "c2"))
            half = width / 2
            painter.drawRoundedRect(body.adjusted(half, half, -half, -half), look.scale(2.5), look.scale(2.5))
            label = QRectF(
                left - gap, foot + look.scale(3), wide + 2 * gap, self.height() - foot - look.scale(3)
            )
            draw_text(painter, label, day.label, look.font("small-mark"), "ink3", CENTRE)
        painter.end()


class HabitDots(PaintedWidget):
    """开帘时刻 of the last days as dots with the usual band; a red line when today has not opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._minutes: tuple[int | None, ...] = ()
        self._usual, self._spread, self._waiting = 0, 30, False

    def set_times(self, minutes: Sequence[int | None], usual: int, spread: int, *, waiting: bool) -> None:
        """Minutes of the day, oldest first (None: not opened or paused); `waiting`: today is still closed."""
        self._minutes = tuple(minutes)
        self._usual, self._spread, self._waiting = usual, max(5, spread), waiting
        seen = sum(m is not None for m in self._minutes)
        today = "，今天还没开" if waiting else ""
        self.describe(
            f"近 {len(self._minutes)} 天开帘时刻",
            f"平常 {usual // 60:02}:{usual % 60:02}，看到 {seen} 天{today}",
        )
        self.update()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(theme().px(150), round(theme().scale(22)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Band, dots, and the line of today."""
        look, painter = theme(), begin(self)
        middle, high = self.height() / 2, look.scale(12)
        painter.fillRect(QRectF(0, middle - high / 2, self.width(), high), look.colour("dawn-wash"))
        slots = len(self._minutes) + 1
        step = self.width() / max(1, slots)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, minute in enumerate(self._minutes):
            if minute is None:
                continue
            off = max(-1.6, min(1.6, (minute - self._usual) / self._spread))
            painter.setBrush(look.colour("c4"))
            # Later stands higher, as in the rhythm strip.
            at = QPointF((index + 0.5) * step, middle - off * high / 2)
            painter.drawEllipse(at, look.scale(2.6), look.scale(2.6))
        if self._waiting:
            painter.setPen(pen("red", look.scale(2)))
            x = (slots - 0.5) * step
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()


@record
class Part:
    """One part of a whole; `token` colours it, `label` names it."""

    label: str
    value: float
    token: str


class SplitBar(PaintedWidget):
    """Parts of a whole in one bar, each at least a hair wide (分段条)."""

    def __init__(self, parts: Sequence[Part] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._parts: tuple[Part, ...] = ()
        self.set_parts(parts)

    def set_parts(self, parts: Sequence[Part]) -> None:
        """Left to right."""
        self._parts = tuple(parts)
        self.describe("、".join(f"{part.label} {part.value:g}" for part in self._parts))
        self.update()

    def sizeHint(self) -> QSize:
        """10 px high."""
        return QSize(theme().px(160), round(theme().scale(10)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Parts with a hair of ground between them."""
        look, painter = theme(), begin(self)
        total = sum(part.value for part in self._parts) or 1.0
        gap, left = look.scale(2), 0.0
        shown = [part for part in self._parts if part.value > 0]
        room = self.width() - gap * max(0, len(shown) - 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for part in shown:
            wide = max(look.scale(2), room * part.value / total)
            painter.setBrush(look.colour(part.token))
            painter.drawRoundedRect(QRectF(left, 0, wide, self.height()), look.scale(2), look.scale(2))
            left += wide + gap
        painter.end()


class MiniBars(PaintedWidget):
    """A few values as small columns beside their number, such as six months (小柱)."""

    def __init__(self, values: Sequence[float] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._values: tuple[float, ...] = ()
        self.set_values(values)

    def set_values(self, values: Sequence[float]) -> None:
        """Oldest first; the last is emphasised."""
        self._values = tuple(values)
        self.describe("、".join(f"{value:g}" for value in self._values))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """8 px a column."""
        look = theme()
        return QSize(round(look.scale(9) * max(1, len(self._values))), round(look.scale(22)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Columns from zero."""
        look, painter = theme(), begin(self)
        largest = max((*self._values, 0.0)) or 1.0
        step = look.scale(9)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, value in enumerate(self._values):
            high = max(look.scale(1.5), self.height() * value / largest)
            painter.setBrush(look.colour("c4" if index == len(self._values) - 1 else "c2"))
            painter.drawRect(QRectF(index * step, self.height() - high, step - look.scale(2), high))
        painter.end()


class Meter(PaintedWidget):
    """How far something is (进度); the number stands beside it in the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._part, self._token = 0.0, "c3"

    def show_part(self, done: int, total: int, token: str = "c3") -> None:
        """`done` of `total`."""
        self._part, self._token = (done / total if total else 0.0), token
        self.describe(f"{done}/{total}")
        self.update()

    def sizeHint(self) -> QSize:
        """9 px high."""
        return QSize(theme().px(160), round(theme().scale(9)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Track and fill."""
        painter = begin(self)
        paint_meter(painter, QRectF(self.rect()), self._part, self._token)
        painter.end()
