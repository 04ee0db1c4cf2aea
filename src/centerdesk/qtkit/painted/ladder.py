"""The ladder of an alarm (阶梯): what was tried, what is being done, who comes next."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import whole_parts
from centerdesk.qtkit.painted.base import (
    RIGHT,
    PaintedWidget,
    begin,
    draw_text,
    line_height,
    text_width,
)
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.style import tick_path


class StepState(enum.Enum):
    """Where a step stands. UNTAKEN: its time passed and nobody took it; the step is kept and says so."""

    DONE = "已办"
    CURRENT = "正在办"
    NEXT = "还没到"
    UNTAKEN = "没人接"


class LadderTone(enum.Enum):
    """How pressing the current step is: (fill, ink)."""

    ALARM = ("redfill", "red")
    SOON = ("dawn", "dawn-ink")


@record
class LadderStep:
    """One step. `time` is when it was done or is planned; `progress` 0 to 1 of the current step's time."""

    title: str
    state: StepState
    detail: str = ""
    time: str = ""
    progress: float | None = None

    @property
    def spoken(self) -> str:
        """What a screen reader says of the step."""
        return "，".join(part for part in (self.title, self.state.value, self.detail, self.time) if part)


class _LadderBase(PaintedWidget):
    def __init__(
        self,
        steps: Sequence[LadderStep] = (),
        parent: QWidget | None = None,
        *,
        tone: LadderTone = LadderTone.ALARM,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._steps: tuple[LadderStep, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    @property
    def steps(self) -> tuple[LadderStep, ...]:
        """The steps in order."""
        return self._steps

    def set_steps(self, steps: Sequence[LadderStep], tone: LadderTone | None = None) -> None:
        """Show these steps. At most one may be current: raises ValueError otherwise."""
        if sum(step.state is StepState.CURRENT for step in steps) > 1:
            raise ValueError("a ladder has one current step")
        self._steps = tuple(steps)
        self._tone = tone or self._tone
        self.describe("处置阶梯", "；".join(step.spoken for step in self._steps))
        self.updateGeometry()
        self.update()


class LadderStrip(_LadderBase):
    """The ladder lying down, for cards and the alarm screen: one segment a step with its word below."""

    def sizeHint(self) -> QSize:
        """Bar and one line."""
        look = theme()
        high = look.scale(6 + 6) + line_height(look.font("caption"))
        wide = sum(text_width(look.font("caption", bold=True), s.title) + look.scale(26) for s in self._steps)
        return QSize(round(wide), round(high) + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Segments: done grey with ✓, current filled and bold, later ones pale."""
        look, painter = theme(), begin(self)
        count = max(1, len(self._steps))
        gap, bar = look.scale(4), look.scale(6)
        wide = (self.width() - gap * (count - 1)) / count
        for index, step in enumerate(self._steps):
            segment = QRectF(index * (wide + gap), 0, wide, bar)
            fill, ink = self._colours(step)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour(fill))
            painter.drawRoundedRect(segment, bar / 2, bar / 2)
            below = QRectF(segment.left(), bar + look.scale(5), wide, self.height() - bar - look.scale(5))
            self._paint_word(painter, below, step, ink)
        painter.end()

    def _colours(self, step: LadderStep) -> tuple[str, str]:
        match step.state:
            case StepState.DONE:
                return "done", "ink"
            case StepState.CURRENT:
                return self._tone.value
            case StepState.UNTAKEN:
                return "line2", "ink2"
            case _:
                return "sunken", "ink3"

    @staticmethod
    def _paint_word(painter: QPainter, rect: QRectF, step: LadderStep, ink: str) -> None:
        look = theme()
        current = step.state is StepState.CURRENT
        font = look.font("caption", bold=current)
        sign = step.state in (StepState.DONE, StepState.UNTAKEN)
        side = look.scale(13) if sign else 0.0
        wide = text_width(font, step.title)
        left = rect.center().x() - (wide + side) / 2
        if sign:
            box = QRectF(left - look.scale(1), rect.center().y() - side / 2, side, side)
            painter.setPen(pen(ink, look.scale(1.15), rounded=True))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if step.state is StepState.DONE:
                painter.drawPath(tick_path(box))
            else:
                _cross(painter, box)
        draw_text(painter, QRectF(left + side, rect.top(), wide + 2, rect.height()), step.title, font, ink)


class Ladder(_LadderBase):
    """The ladder standing, for the alarm panel: name, what happened and time of each step."""

    _corner: QWidget | None = None

    def set_corner(self, corner: QWidget) -> None:
        """Put a widget into the corner at the right above; only the first row gives way to it."""
        self._corner = corner
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addStretch(1)
        box.addWidget(corner, 0, Qt.AlignmentFlag.AlignTop)

    def _room(self, index: int) -> float:
        """How far a row reaches to the right."""
        if index or self._corner is None or self._corner.isHidden():
            return self.width()
        return self.width() - self._corner.sizeHint().width() - theme().scale(8)

    def _row_height(self, step: LadderStep) -> float:
        look = theme()
        high = line_height(look.font("body")) + (line_height(look.font("caption")) if step.detail else 0)
        bar = look.scale(16) if step.progress is not None else 0.0
        return max(high + look.scale(5), look.scale(24)) + bar

    def sizeHint(self) -> QSize:
        """All steps, one below the other."""
        high = sum(self._row_height(step) for step in self._steps)
        return QSize(theme().px(300), round(high) + 1)

    def minimumSizeHint(self) -> QSize:
        """Texts are shortened, by what stands in brackets first; rows never."""
        return QSize(theme().px(180), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Line first, then discs and words."""
        look, painter = theme(), begin(self)
        radius = look.scale(9.5)
        top = 0.0
        for index, step in enumerate(self._steps):
            high = self._row_height(step)
            centre = QPointF(radius + 1, top + radius + look.scale(1))
            if index + 1 < len(self._steps):
                done = step.state in (StepState.DONE, StepState.UNTAKEN)
                painter.setPen(pen("done" if done else "line", look.scale(2)))
                painter.drawLine(centre, QPointF(centre.x(), centre.y() + high))
            self._paint_row(painter, QRectF(0, top, self._room(index), high), step)
            paint_step_disc(painter, centre, radius, step.state, self._tone)
            top += high
        painter.end()

    def _paint_row(self, painter: QPainter, rect: QRectF, step: LadderStep) -> None:
        look = theme()
        current = step.state is StepState.CURRENT
        ink = self._tone.value[1] if current else "ink"
        left = rect.left() + look.scale(30)
        title_font, small = look.font("body", bold=current), look.font("caption", bold=current)
        title_high = line_height(title_font)
        stamp = ("限 " if current and step.time else "") + step.time
        stamp_wide = text_width(small, stamp)
        stamp_rect = QRectF(rect.right() - stamp_wide - 2, rect.top(), stamp_wide + 2, title_high)
        draw_text(painter, stamp_rect, stamp, small, ink if current else "ink3", RIGHT)
        words = QRectF(left, rect.top(), stamp_rect.left() - left - look.scale(6), title_high)
        title = f"{step.title} · 没人接" if step.state is StepState.UNTAKEN else step.title
        title = whole_parts(QFontMetricsF(title_font), title, "（", words.width())
        draw_text(painter, words, title, title_font, ink, elide=True)
        below = QRectF(left, words.bottom(), rect.right() - left, line_height(look.font("caption")))
        draw_text(painter, below, step.detail, look.font("caption"), "ink2", elide=True)
        if step.progress is not None:
            bar = QRectF(left, below.bottom() + look.scale(5), rect.right() - left, look.scale(6))
            paint_meter(painter, bar, step.progress, self._tone.value[0])


def paint_step_disc(
    painter: QPainter, centre: QPointF, radius: float, state: StepState, tone: LadderTone = LadderTone.ALARM
) -> None:
    """Done: grey disc with tick; current: disc with a light centre; next: ring; untaken: ring with ✕."""
    look = theme()
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    if state is StepState.DONE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("done"))
        painter.drawEllipse(box)
        painter.setPen(pen("on-done", radius * 0.13, rounded=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(tick_path(box))
    elif state is StepState.CURRENT:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(tone.value[0]))
        painter.drawEllipse(box)
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(centre, radius * 0.36, radius * 0.36)
    else:
        width = look.scale(2)
        painter.setPen(pen("line2" if state is StepState.NEXT else "ink2", width))
        painter.setBrush(look.colour("surface"))
        painter.drawEllipse(centre, radius - width / 2, radius - width / 2)
        if state is StepState.UNTAKEN:
            painter.setPen(pen("ink2", radius * 0.17, rounded=True))
            _cross(painter, box.adjusted(*(side * radius * 0.34 for side in (1, 1, -1, -1))))


def paint_meter(painter: QPainter, rect: QRectF, part: float, fill: str) -> None:
    """A filled part of a track; its number always stands beside it."""
    look = theme()
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(look.colour("sunken"))
    painter.drawRoundedRect(rect, radius, radius)
    if part > 0:
        painter.setBrush(look.colour(fill))
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * min(1.0, part)))
        painter.drawRoundedRect(filled, radius, radius)


def _cross(painter: QPainter, box: QRectF) -> None:
    inner = box.adjusted(*(side * box.width() * 0.22 for side in (1, 1, -1, -1)))
    painter.drawLine(inner.topLeft(), inner.bottomRight())
    painter.drawLine(inner.topRight(), inner.bottomLeft())
