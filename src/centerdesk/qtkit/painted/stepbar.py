"""Steps of a piece of work (步骤): what is done, what is in hand, what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import (
    PaintedWidget,
    begin,
    draw_in_middle,
    draw_text,
    line_height,
    text_width,
)
from centerdesk.qtkit.painted.ladder import StepState, paint_step_disc
from centerdesk.qtkit.pens import pen


@record
class Step:
    """One step; `note` is who or when, shown under it."""

    title: str
    note: str = ""


class StepBar(PaintedWidget):
    """Numbered steps in one line. `back_asked` with the index of a done step that was clicked.

    One that may be short names only the step in hand where there is no room for all words.
    """

    back_asked = Signal(int)

    def __init__(
        self,
        steps: Sequence[Step] = (),
        current: int = 0,
        parent: QWidget | None = None,
        *,
        may_be_short: bool = False,
    ) -> None:
        super().__init__(parent)
        self._may_be_short = may_be_short
        self._steps: tuple[Step, ...] = ()
        self._current = 0
        self._lefts: list[float] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_steps(steps, current)

    def set_steps(self, steps: Sequence[Step], current: int) -> None:
        """Show steps; those before `current` (from 0) are done. `current` = len(steps): all done."""
        self._steps, self._current = tuple(steps), current
        words = "；".join(
            f"{i + 1} {s.title} {self._state(i).value} {s.note}".strip() for i, s in enumerate(self._steps)
        )
        self.describe(f"第 {min(current + 1, len(self._steps))} 步，共 {len(self._steps)} 步", words)
        self.updateGeometry()
        self.update()

    def _state(self, index: int) -> StepState:
        if index < self._current:
            return StepState.DONE
        return StepState.CURRENT if index == self._current else StepState.NEXT

    def _two_lines(self) -> bool:
        return any(step.note for step in self._steps)

    def _cell(self, step: Step) -> float:
        look = theme()
        title = text_width(look.font("table", bold=True), step.title)
        return look.scale(27) + max(title, text_width(look.font("caption"), step.note))

    def sizeHint(self) -> QSize:
        """One line, two with notes."""
        look = theme()
        wide = sum(self._cell(step) + look.scale(34) for step in self._steps)
        high = line_height(look.font("table")) + (
            line_height(look.font("caption")) if self._two_lines() else 0
        )
        return QSize(round(wide), round(max(high + look.scale(2), look.scale(22))))

    def minimumSizeHint(self) -> QSize:
        """Lines between steps may shrink, words not; those of other steps may go where that was allowed."""
        return QSize(self._least(self._cells(short=self._may_be_short)), self.sizeHint().height())

    def _cells(self, *, short: bool) -> list[float]:
        disc = theme().scale(20)
        return [
            disc if short and index != self._current else self._cell(step)
            for index, step in enumerate(self._steps)
        ]

    @staticmethod
    def _least(cells: Sequence[float]) -> int:
        return round(sum(cells) + theme().scale(12) * len(cells))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Disc, words, line to the next."""
        look, painter = theme(), begin(self)
        cells = self._cells(short=False)
        short = self._may_be_short and self._least(cells) > self.width()
        if short:
            cells = self._cells(short=True)
        free = (self.width() - sum(cells)) / max(1, len(cells) - 1) if len(cells) > 1 else 0.0
        left, middle = 0.0, self.height() / 2
        self._lefts = []
        for index, (step, wide) in enumerate(zip(self._steps, cells, strict=True)):
            self._lefts.append(left)
            place = QRectF(left, 0, wide, self.height())
            self._paint_step(painter, place, index, step, named=not short or index == self._current)
            if index + 1 < len(cells):
                painter.setPen(pen("done" if index < self._current else "line2", look.scale(1.5)))
                inset = min(look.scale(8), free / 4)
                painter.drawLine(
                    QPointF(left + wide + inset, middle), QPointF(left + wide + free - inset, middle)
                )
            left += wide + free
        painter.end()

    def _paint_step(self, painter: QPainter, rect: QRectF, index: int, step: Step, *, named: bool) -> None:
        look, state = theme(), self._state(index)
        radius = look.scale(10)
        centre = QPointF(rect.left() + radius + 0.5, rect.center().y())
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        number = str(index + 1)
        if state is StepState.CURRENT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("primary"))
            painter.drawEllipse(box)
            draw_in_middle(painter, box, number, look.font("caption", bold=True), "on-primary")
        else:
            paint_step_disc(painter, centre, radius, state)
            if state is StepState.NEXT:
                draw_in_middle(painter, box, number, look.font("caption", bold=True), "ink3")
        if not named:
            return
        ink = {StepState.DONE: "ink", StepState.CURRENT: "primary"}.get(state, "ink3")
        font = look.font("table", bold=state is StepState.CURRENT)
        left = rect.left() + look.scale(27)
        if not self._two_lines() or not step.note:
            draw_text(painter, QRectF(left, 0, rect.right() - left + 2, rect.height()), step.title, font, ink)
            return
        upper = line_height(font)
        top = (rect.height() - upper - line_height(look.font("caption"))) / 2
        draw_text(painter, QRectF(left, top, rect.right() - left + 2, upper), step.title, font, ink)
        below = QRectF(left, top + upper, rect.right() - left + 2, line_height(look.font("caption")))
        draw_text(
            painter,
            below,
            step.note,
            look.font("caption"),
            "primary" if state is StepState.CURRENT else "ink3",
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Going back is asked for by a click on a done step."""
        hit = [i for i, left in enumerate(self._lefts) if event.position().x() >= left]
        if hit and hit[-1] < self._current:
            self.back_asked.emit(hit[-1])
