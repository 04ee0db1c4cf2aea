"""The homes in trouble on 今日: window, countdown, ladder, who is on it and who is next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.app.today.facts import AlarmFacts, building_name
from centerdesk.app.today.words import clocked, joined
from centerdesk.features.checkins.queries_alarm import AlarmRow
from centerdesk.features.checkins.rules import HELP, NOT_OK, UNCLEAR, UNSEEN
from centerdesk.features.checkins.rules_ladder import LadderView, Status
from centerdesk.kernel.clock import local
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import kept_whole, unbroken
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Rule
from centerdesk.qtkit.painted.ladder import LadderStep, LadderStrip, LadderTone, StepState
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window

SHOWN = 2
"""Alarms shown in full; the page of the round has them all."""
LINES = 2
"""Further ones that get a line."""
_STATES = {
    Status.DONE: StepState.DONE,
    Status.MISSED: StepState.UNTAKEN,
    Status.SKIPPED: StepState.UNTAKEN,
    Status.CURRENT: StepState.CURRENT,
    Status.AHEAD: StepState.NEXT,
}
_WINDOWS = {
    NOT_OK: WindowState.CLOSED, UNCLEAR: WindowState.UNCLEAR, HELP: WindowState.HELP, UNSEEN: WindowState.UNSEEN
}  # fmt: skip


def ladder_steps(view: LadderView) -> tuple[LadderStep, ...]:
    """The strip's steps: short words, times, exactly one current."""
    return tuple(
        LadderStep(
            s.short,
            _STATES[s.status],
            s.who,
            f"{local(s.taken_at or s.planned_at):%H:%M}",
        )
        for s in view.steps
    )


def window_state(row: AlarmRow) -> WindowState:
    """The drawing of an alarm's window; an evening one stands open."""
    if row.slot == "evening" and row.kind == NOT_OK:
        return WindowState.NOT_DRAWN
    return _WINDOWS.get(row.kind, WindowState.CLOSED)


def door_words(row: AlarmRow) -> str:
    """3 栋 2 单元 501, from the door as it is written (3-2-501); other forms stay."""
    parts = row.door.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return f"{building_name(parts[0])} {parts[1]} 单元 {parts[2]}"
    return row.door


class WindowIcon(PaintedWidget):
    """One window as a drawing beside words (窗的样子)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._state = WindowState.CLOSED

    def show_state(self, state: WindowState) -> None:
        self._state = state
        self.describe(state.word)
        self.update()

    def sizeHint(self) -> QSize:
        side = round(theme().scale(46))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        pane = QRectF(look.scale(3), look.scale(10), look.scale(32), look.scale(28))
        paint_window(painter, pane, self._state)
        painter.end()


class AlarmBlock(QFrame):
    """One alarm (一户待处置). `opened` with its id."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: AlarmFacts | None = None
        self._icon = WindowIcon()
        self._title = text_label(role="card-title", name="alarm_title", wrap=True)
        self._who = text_label(role="table", name="alarm_who", wrap=True)
        self._count = text_label(role="countdown", name="alarm_countdown")
        self._then = text_label(role="caption")
        self._ladder = LadderStrip()
        self._now = text_label(role="table", name="alarm_now", wrap=True)
        self._next = text_label(role="table", name="alarm_next", wrap=True)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._then.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._act = QHBoxLayout()
        self._button: KeyButton | None = None
        self._build()
        theme_hub().changed.connect(self._measure)
        self._measure()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._who)
        words.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._count)
        right.addWidget(self._then)
        top = QHBoxLayout()
        top.addWidget(self._icon)
        top.addLayout(words, 1)
        top.addLayout(right)
        people = QVBoxLayout()
        people.setSpacing(0)
        people.addWidget(self._now)
        people.addWidget(self._next)
        self._act.addLayout(people, 1)
        self._box = QVBoxLayout(self)
        self._box.addLayout(top)
        self._box.addWidget(self._ladder)
        self._box.addLayout(self._act)

    @property
    def alarm_id(self) -> UUID | None:
        return self._facts.row.id if self._facts else None

    def show_alarm(self, facts: AlarmFacts, now: datetime, *, first: bool, compound: bool) -> None:
        """`first` carries the only red button; `compound`: the number of the house alone does not say where."""
        self._facts = facts
        row, ladder = facts.row, facts.row.ladder
        soon = row.kind == UNCLEAR
        self._icon.show_state(window_state(row))
        kind = "到点没人看" if row.kind == UNSEEN else row.kind_title
        self._title.setText(f"{door_words(row)}\u00a0· {unbroken(kind)}")
        age = f"{row.name} {row.age} 岁" if row.age is not None else row.name
        who = joined((age, row.compound if compound else "", *row.tags[:1], facts.note))
        self._who.setText(kept_whole(who))
        self._count.set_role("countdown-warning" if soon else "countdown")
        after = ladder.next
        short = after.short if after else ""
        self._then.setText(self.tr("后转{}").format(short) if after else self.tr("最后一步"))
        self._ladder.set_steps(ladder_steps(ladder), LadderTone.SOON if soon else LadderTone.ALARM)
        step = ladder.step
        acked = f"，{local(row.acknowledged_at):%H:%M} 已接" if row.acknowledged_at else "，还没应答"
        self._now.setText(
            self.tr("现在 {} {}{}").format(ladder.now_who or self.tr("还没定"), step.short, acked)
        )
        self._next.setText(self.tr("下一位 {} {}").format(ladder.next_who or "—", short) if after else "")
        self._put_button(first=first)
        self.setAccessibleName("，".join((f"{door_words(row)} · {kind}", who, self._now.text())))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        if self._facts is not None:
            self._count.setText(clocked(self._facts.row.passes_at, now))

    def _put_button(self, *, first: bool) -> None:
        if self._button is not None and self._button.property("first") == first:
            return
        if self._button is not None:
            self._button.hide()
            self._button.deleteLater()
        kind = Kind.URGENT if first else Kind.PLAIN
        self._button = KeyButton(
            self.tr("去处置") if first else self.tr("打开"), "F8" if first else "", kind=kind
        )
        self._button.setObjectName("alarm_handle" if first else "alarm_open")
        self._button.setProperty("first", first)
        self._button.clicked.connect(self._on_open)
        self._act.addWidget(self._button, 0, Qt.AlignmentFlag.AlignBottom)

    def _on_open(self) -> None:
        if self._facts is not None:
            self.opened.emit(self._facts.row.id)

    def _measure(self) -> None:
        look = theme()
        side = look.size("card-padding")
        self._box.setContentsMargins(side, look.px(8), side, look.px(12))
        self._box.setSpacing(look.px(8))


class AlarmStack(QWidget):
    """The most urgent alarms, one below the other, and how many more there are. `opened` with an id."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alarm_stack")
        self._blocks: list[AlarmBlock] = []
        self._rules: list[Rule] = []
        self._rest: tuple[AlarmFacts, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = text_label(role="alarm", name="alarms_more", wrap=True)
        self._column.addWidget(self._more)
        theme_hub().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        look = theme()
        side = look.size("card-padding")
        self._more.setContentsMargins(side, look.px(10), side, look.px(10))

    def show_alarms(
        self, alarms: Sequence[AlarmFacts], now: datetime, shown: int = SHOWN, *, compound: bool = False
    ) -> None:
        """The first `shown` in full, the others in one line each."""
        for _ in range(len(self._blocks), min(shown, len(alarms))):
            block, rule = AlarmBlock(), Rule()
            block.opened.connect(self.opened)
            self._column.insertWidget(2 * len(self._blocks), block)
            self._column.insertWidget(2 * len(self._blocks) + 1, rule)
            self._blocks.append(block)
            self._rules.append(rule)
        for place, (block, rule) in enumerate(zip(self._blocks, self._rules, strict=True)):
            there = place < min(shown, len(alarms))
            block.setVisible(there)
            rule.setVisible(there)
            if there:
                block.show_alarm(alarms[place], now, first=place == 0, compound=compound)
        self._rest = tuple(alarms[shown:])
        self._more.setVisible(bool(self._rest))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        for block in self._blocks:
            if not block.isHidden():
                block.tick(now)
        lines = [
            f"{door_words(a.row)} · {a.row.kind_title}　{clocked(a.row.passes_at, now)}"
            for a in self._rest[:LINES]
        ]
        if len(self._rest) > LINES:
            lines.append(self.tr("另有 {} 户，都在“窗帘”里").format(len(self._rest) - LINES))
        self._more.setText("\n".join(lines))
