"""What all steps of the first set-up share: the list at the left, the row at the foot, the page of one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.app.first_run.state import Progress, Step
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import whole_parts
from centerdesk.qtkit.painted.base import (
    PaintedWidget,
    begin,
    draw_in_middle,
    draw_text,
    line_height,
)
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, IconLabel
from centerdesk.qtkit.painted.ladder import StepState, paint_step_disc
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.room import Room

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.kernel.clock import Clock
    from centerdesk.kernel.paths import DataDir
    from centerdesk.kernel.recovery import RecoveryCode
    from centerdesk.qtkit.runner import IsCancelled, Ticket
    from centerdesk.qtkit.runner import Progress as Tell

R = TypeVar("R")
STACK_BELOW = 700
"""A step with less room across than this, in px at 100 %, puts its cards one below the other."""


class Wizard(Protocol):
    """What a step is given: the set-up itself, or the settings page that renews a sheet."""

    data: DataDir
    clock: Clock
    station: OpenStation | None
    code: RecoveryCode | None

    def work(
        self,
        job: Callable[[Tell, IsCancelled], R],
        done: Callable[[R], None],
        failed: Callable[[Exception], None] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        label: str,
        page: StepPage,
    ) -> Ticket:
        """Run something slow; without `failed` its error stands in a panel over the window."""
        ...

    def require_station(self) -> OpenStation: ...

    def adopt(self, station: OpenStation, code: RecoveryCode | None) -> None: ...

    def read_again(self) -> None:
        """Something was kept: show what stands now."""
        ...

    def go_on(self, step: Step) -> None: ...

    def go_back(self, step: Step) -> None: ...

    def turn_to(self, step: Step) -> None: ...

    def finish(self) -> None: ...

    def rescue(self) -> None:
        """There was a station before: get it back from a backup with the recovery sheet."""
        ...


class StepList(PaintedWidget):
    """The six steps with what each brought (步骤单). `back_asked` with a step that was reached before."""

    back_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("step_list")
        self._progress = Progress()
        self._current = Step.SITE
        self._low = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_steps(self, progress: Progress, current: Step) -> None:
        """Say what stands and which step is in hand."""
        self._progress, self._current = progress, current
        words = "；".join(f"{s.number} {s.value} {self._state(s).value} {progress.notes(s)[0]}" for s in Step)
        self.describe(self.tr("第 {} 步，共 6 步：{}").format(current.number, current.value), words)
        self.updateGeometry()
        self.update()

    def set_low(self, low: bool) -> None:
        """Where there is little height every step keeps one line of notes."""
        if low != self._low:
            self._low = low
            self.updateGeometry()
            self.update()

    def place(self, step: Step) -> tuple[int, int]:
        """Top and height of a step's row, to scroll to it."""
        return round((step.number - 1) * self._row()), round(self._row())

    def _state(self, step: Step) -> StepState:
        if step is self._current:
            return StepState.CURRENT
        reached = step.number < max(self._current.number, self._progress.first_open.number)
        return StepState.DONE if reached and self._progress.done(step) else StepState.NEXT

    def _row(self) -> float:
        look = theme()
        lines = 1 if self._low else 2
        gaps = look.px(18 if self._low else 26)
        return line_height(look.font("card_title")) + lines * line_height(look.font("table")) + gaps

    def _top(self) -> int:
        """From the edge of a row to its title."""
        return theme().px(9 if self._low else 13)

    def sizeHint(self) -> QSize:
        """Six rows."""
        return QSize(theme().px(220), round(self._row() * len(Step)))

    def minimumSizeHint(self) -> QSize:
        """The same: it is put into a scroll area where there is no room."""
        return QSize(theme().px(150), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Discs on one line; the step in hand on its ground."""
        look, painter, high = theme(), begin(self), self._row()
        radius, left = look.scale(12), look.scale(22)
        for index, step in enumerate(Step):
            row = QRectF(0, index * high, self.width(), high)
            state = self._state(step)
            centre = QPointF(left, row.top() + self._top() + line_height(look.font("card_title")) / 2)
            if state is StepState.CURRENT:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("wash"))
                painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), look.px(8), look.px(8))
            if index + 1 < len(Step):
                painter.setPen(pen("done" if state is StepState.DONE else "line2", look.scale(2)))
                foot = row.bottom() + self._top() - look.scale(4)
                painter.drawLine(QPointF(left, centre.y() + radius + look.scale(3)), QPointF(left, foot))
            self._disc(painter, centre, radius, step, state)
            self._words(painter, row, left + radius + look.px(11), step, state)
        painter.end()

    def _disc(self, painter: QPainter, centre: QPointF, radius: float, step: Step, state: StepState) -> None:
        look = theme()
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        if state is StepState.CURRENT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("primary"))
            painter.drawEllipse(box)
            draw_in_middle(painter, box, str(step.number), look.font("table", bold=True), "on-primary")
            return
        paint_step_disc(painter, centre, radius, state)
        if state is StepState.NEXT:
            draw_in_middle(painter, box, str(step.number), look.font("table", bold=True), "ink3")

    def _words(self, painter: QPainter, row: QRectF, left: float, step: Step, state: StepState) -> None:
        look = theme()
        title, small = look.font("card_title"), look.font("table")
        ink = "primary" if state is StepState.CURRENT else "ink" if state is StepState.DONE else "ink2"
        top, width = row.top() + self._top(), row.width() - left - look.px(8)
        draw_text(painter, QRectF(left, top, width, line_height(title)), step.value, title, ink)
        top += line_height(title) + look.px(1)
        first, second = self._progress.notes(step)
        shown = state is not StepState.NEXT
        if not (shown or self._progress.done(step)):
            return
        noted = ((first, "ink" if shown else "ink3"), (second, "ink2" if shown else "ink3"))
        lines = [(text, colour) for text, colour in noted if text]
        for text, colour in lines[:1] if self._low else lines:
            box = QRectF(left, top, width, line_height(small))
            text = whole_parts(QFontMetricsF(small), text, "，", width)
            draw_text(painter, box, text, small, colour, elide=True)
            top += line_height(small)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Going back by a click on a step that is done."""
        index = int(event.position().y() // self._row())
        if 0 <= index < len(Step):
            step = list(Step)[index]
            if self._state(step) is StepState.DONE:
                self.back_asked.emit(step)


class FootRow(QWidget):
    """上一步, a quiet note, and the one blue button, which says why it cannot go on yet."""

    def __init__(self, forward: str, name: str) -> None:
        super().__init__()
        self.back = KeyButton(self.tr("上一步"), icon_name="chevron_left", tall=True)
        self.back.setObjectName(f"{name}_back")
        self.forward = KeyButton(forward, kind=Kind.PRIMARY, tall=True)
        self.forward.setObjectName(f"{name}_next")
        self.note = text_label(role="facts", name=f"{name}_note", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(10))
        row.addWidget(self.back)
        row.addWidget(self.note, 1)
        row.addWidget(self.forward)


class StepPage(QWidget):
    """One step. Builds its widgets in the constructor; `show_progress` fills them; `save` runs at 下一步.

    `typed_on` after each change by hand: what `typed` gives is written down and comes back after a restart.
    """

    typed_on = Signal()
    step: ClassVar[Step]
    heading: ClassVar[str] = ""
    forward: ClassVar[str] = "记下，下一步"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__()
        self.wizard = wizard
        self.name = self.step.name.lower()
        self.setObjectName(f"step_{self.name}")
        self.setAccessibleName(self.step.value)
        self.progress = Progress()
        self._cards: QBoxLayout | None = None
        self._gaps: tuple[QBoxLayout, ...] = ()
        theme_hub().changed.connect(self.fit)
        self.foot = FootRow(self.forward, self.name)
        self.foot.back.setVisible(self.step is not Step.SITE)
        self.foot.back.clicked.connect(self._on_back)
        self.foot.forward.clicked.connect(self.save)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):  # as in every form
            on = QShortcut(QKeySequence(keys), self)
            on.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            on.activated.connect(self._on_keys)

    def _on_keys(self) -> None:
        if not self.foot.forward.missing:
            self.foot.forward.click()

    def show_progress(self, progress: Progress) -> None:
        """What stands in the station now."""
        self.progress = progress

    def save(self) -> None:
        """Keep what was typed and go on; the subclass says what that is."""
        self.wizard.go_on(self.step)

    def typed(self) -> dict[str, Any]:
        """What stands here and is not kept yet, without secrets; empty when there is nothing of the kind."""
        return {}

    def type_again(self, typed: Mapping[str, Any]) -> None:
        """Put back what an earlier run left; unknown names are passed over."""

    def enter(self) -> None:
        """The step comes on show."""

    def leave(self) -> None:
        """Another step comes on show, or the window closes."""

    def _on_back(self) -> None:
        self.wizard.go_back(self.step)

    def two_cards(self, main: Card, aside: Card) -> None:
        """The usual layout: what is asked at the left, what it is for at the right, the row below.

        Where there is no room beside each other they stand one below the other, and scroll.
        """
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.addWidget(main, 5)
        self._cards.addWidget(aside, 3)
        both = QWidget()
        both.setLayout(self._cards)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(Room(both), 1)
        box.addWidget(self.foot)
        self._gaps = (self._cards, box)

    @property
    def stacked(self) -> bool:
        """Whether cards stand one below the other: too narrow for two."""
        return self.width() < theme().scale(STACK_BELOW)

    def fit(self) -> None:
        """Another width or look: the subclass lays out what else depends on them."""
        way = QBoxLayout.Direction.TopToBottom if self.stacked else QBoxLayout.Direction.LeftToRight
        if self._cards is not None and self._cards.direction() != way:
            self._cards.setDirection(way)
        for layout in self._gaps:
            layout.setSpacing(theme().size("gap"))

    def fit_now(self) -> None:
        """`fit`, and what it changed is known to the layouts around."""
        self.fit()
        for room in self.findChildren(Room):
            room.measure_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_now()


class Bullets(QWidget):
    """Short sentences, each with a quiet icon (说明)."""

    def __init__(self, sentences: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(12))
        for icon_name, sentence in sentences:
            row = QHBoxLayout()
            row.setSpacing(theme().px(9))
            icon = IconLabel(icon_name, "ink2", size="icon-button", line="body")
            row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(text_label(sentence, role="secondary", wrap=True), 1)
            box.addLayout(row)


def topped(widget: QWidget) -> QWidget:
    """`widget` at the top of its holder, what is left over below it."""
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.addWidget(widget)
    box.addStretch(1)
    return holder


def aside_card(title: str, sentences: Sequence[tuple[str, str]]) -> Card:
    """The card at the right that says what a step is for."""
    card = Card(title)
    card.body.addWidget(Bullets(sentences))
    return card
