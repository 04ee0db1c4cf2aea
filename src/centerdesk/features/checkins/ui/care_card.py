"""爱心联系牌: whom to call in order, what whoever knocks must know, when the curtain usually opens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.features.checkins.commands_call import OWN_PHONE
from centerdesk.features.checkins.queries_elder import HABIT_DAYS, HabitDay
from centerdesk.features.checkins.queries_round import CareRow
from centerdesk.features.checkins.rules import OK
from centerdesk.features.checkins.ui.words import clock_word, state_word
from centerdesk.kernel.clock import minute_of_day
from centerdesk.qtkit.icons import icon
from centerdesk.qtkit.labels import plain_tip, text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.one_line import OneLine, whole_parts
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, line_height
from centerdesk.qtkit.painted.card import IconLabel, Rule
from centerdesk.qtkit.painted.minibars import HabitDots


class ContactLine(QWidget):
    """One person to call (联系人). The number stays masked until 拨打 is pressed, and for thirty seconds."""

    SHOW_MS = 30_000

    wanted = Signal(int)

    def __init__(self, ordinal: int, label: str, name: str, facts: str, has_phone: bool) -> None:
        super().__init__()
        self.ordinal = ordinal
        self.setObjectName(f"contact_{ordinal}")
        self._facts = facts
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(8))
        row.addWidget(text_label(label, role="hint"))
        row.addWidget(text_label(name, role="strong"))
        self._text = _Elided(facts)
        self._text.setObjectName(f"contact_{ordinal}_facts")
        row.addWidget(self._text, 1)
        self._button = QPushButton(self.tr("拨打"))
        self._button.setObjectName(f"contact_{ordinal}_call")
        self._button.setProperty("kind", "link")
        side = theme().size("icon-small")
        self._button.setIcon(icon("phone", "primary", size=side))
        self._button.setIconSize(QSize(side, side))
        self._button.setAccessibleName(self.tr("拨打 {}").format(name))
        self._button.setEnabled(has_phone)
        self._button.clicked.connect(self._on_call)
        row.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.SHOW_MS)
        self._timer.timeout.connect(self.hide_number)
        self.setAccessibleName(f"{name}，{facts}")

    @property
    def text(self) -> str:
        return self._text.text

    def show_number(self, number: str) -> None:
        """The whole number, for thirty seconds; nothing where nobody sees the line any more."""
        if not self.isVisible():
            return
        self._text.show_text(number or self.tr("没有留电话"), strong=True)
        self._timer.start()

    def hide_number(self) -> None:
        """Back to the mask, now."""
        self._timer.stop()
        self._text.show_text(self._facts)

    def _on_call(self) -> None:
        self.wanted.emit(self.ordinal)

    def hideEvent(self, event: QHideEvent) -> None:
        self.hide_number()  # another home, another page, the lock
        super().hideEvent(event)


class _Elided(PaintedWidget):
    """A line that gives way to its neighbours, part by part from the end; all of it is in the tooltip."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._text, self._strong = "", False
        self.show_text(text)

    @property
    def text(self) -> str:
        return self._text

    def show_text(self, text: str, *, strong: bool = False) -> None:
        self._text, self._strong = text, strong
        self.setToolTip(plain_tip(text))
        self.describe(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(40), round(line_height(theme().font("body"))))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = begin(self), theme()
        font = look.font("body", bold=True) if self._strong else look.font("caption")
        ink = "ink" if self._strong else "ink2"
        words = whole_parts(QFontMetricsF(font), self._text, " · ", self.width())
        draw_text(painter, QRectF(self.rect()), words, font, ink, elide=True)
        painter.end()


class CareCard(QWidget):
    """爱心联系牌. `number_wanted(ordinal)` when somebody calls; the page answers with `show_number`."""

    number_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("care_card")
        self._care: CareRow | None = None
        self._most = 0
        self._lines: dict[int, ContactLine] = {}
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        theme_hub().changed.connect(self._again)

    def show_care(self, care: CareRow | None, *, most: int) -> None:
        """Whom to call; at most `most` persons, the rest is counted."""
        if (care, most) == (self._care, self._most):
            return
        self._care, self._most = care, most
        self._again()

    def show_number(self, alarm_id: UUID, ordinal: int, number: str) -> None:
        """The number of one contact of this alarm; dropped when another home has come up meanwhile."""
        if self._care is not None and self._care.alarm_id == alarm_id and ordinal in self._lines:
            self._lines[ordinal].show_number(number)

    def _again(self) -> None:
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._lines = {}
        self._box.setSpacing(theme().px(3))
        if self._care is None:
            self.setAccessibleName(self.tr("爱心联系牌：没有"))
            return
        lines = _contact_lines(self._care)
        self._box.addWidget(_head(self._care, len(lines) - self._most))
        self._add_contacts(lines[: self._most])
        if words := _facts(self._care):
            self._box.addSpacing(theme().px(3))
            self._box.addWidget(_chips(words))
        if any(h.look_at for h in self._care.elder.habit):
            self._box.addWidget(_habit(self._care.elder.habit))
        self.setAccessibleName(self.tr("爱心联系牌"))

    def _add_contacts(self, lines: Sequence[ContactLine]) -> None:
        for line in lines:
            line.wanted.connect(self.number_wanted)
            self._lines[line.ordinal] = line
            self._box.addWidget(line)
            self._box.addWidget(Rule())
        if not any(line.ordinal != OWN_PHONE for line in lines):
            words = self.tr("联系牌还没有写联系人，请到居民页补上。")
            self._box.addWidget(text_label(words, role="warning", wrap=True))


def _contact_lines(care: CareRow) -> list[ContactLine]:
    """In calling order; the elder first where a number was left."""
    lines = [ContactLine(OWN_PHONE, "–", "本人", care.phone_mask, True)] if care.phone_mask else []
    for n, c in enumerate(care.elder.contacts):
        minutes = f"{c.minutes_away} 分钟" if c.minutes_away is not None else ""
        key = "有钥匙" if c.has_key else ""
        facts = " · ".join(p for p in (c.relation, c.phone_mask, key, minutes) if p)  # the end gives way
        lines.append(ContactLine(n, str(n + 1), c.name, facts, bool(c.phone_mask)))
    return lines


def _head(care: CareRow, more: int) -> QWidget:
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(0, 0, 0, theme().px(2))
    row.setSpacing(theme().px(8))
    row.addWidget(IconLabel("person_support", "ink2", filled=True))
    row.addWidget(text_label(head.tr("爱心联系牌"), role="card-title"))
    row.addStretch(1)
    checked = f"{care.verified_on:%m-%d} 核实" if care.verified_on else "还没核实过"
    rest = f"还有 {more} 人 · " if more > 0 else ""
    row.addWidget(OneLine(f"{rest}{checked}", role="hint", wants=True))
    return head


def _facts(care: CareRow) -> list[tuple[str, Tone, str]]:
    facts = care.elder.care
    words: list[tuple[str, Tone, str]] = []
    if facts is not None:
        pairs = (
            (facts.key_place, Tone.LATE, "key"),
            (facts.illness, Tone.SOON, ""),
            (facts.hearing, Tone.SOON, ""),
            (facts.pets, Tone.PLAIN, ""),
            (facts.dialect, Tone.PLAIN, ""),
        )
        words = [pair for pair in pairs if pair[0]]
    for pause in care.elder.pauses:
        words.append((f"{pause.first_on:%m-%d} 至 {pause.last_on:%m-%d} 暂停", Tone.PLAIN, ""))
    return words


def _chips(words: Sequence[tuple[str, Tone, str]]) -> QWidget:
    holder = QWidget()
    flow = FlowLayout(holder, theme().px(7))
    for text, tone, icon_name in words:
        flow.addWidget(Badge(text, tone, icon_name=icon_name))
    return holder


def _habit(habit: Sequence[HabitDay]) -> QWidget:
    """Opening times of the last days. A look only bounds when the curtain opened; it is what is known."""
    mornings = [h for h in habit if h.slot == "morning"][-HABIT_DAYS - 1 :]
    waiting = bool(mornings) and mornings[-1].state != OK
    days = mornings[:-1] if waiting else mornings
    minutes = [minute_of_day(h.look_at) if h.state == OK and h.look_at else None for h in days[-HABIT_DAYS:]]
    known = [m for m in minutes if m is not None]
    usual = int(median(known)) if known else 0
    spread = int(median([abs(m - usual) for m in known]) * 3) if known else 30
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme().px(14))
    left, right = QVBoxLayout(), QVBoxLayout()
    left.setSpacing(0)
    right.setSpacing(0)
    dots = HabitDots()
    dots.setObjectName("habit")
    dots.set_times(minutes, usual, max(20, spread), waiting=waiting)
    left.addWidget(dots)
    left.addWidget(text_label(holder.tr("近 14 天开帘时刻"), role="hint"))
    if known:
        words = holder.tr("平常 {:02}:{:02} 拉开").format(usual // 60, usual % 60)
        right.addWidget(text_label(words, role="secondary"))
    if evening := _last_evening(habit):
        right.addWidget(text_label(evening, role="secondary"))
    row.addLayout(left, 5)
    row.addLayout(right, 5)
    return holder


def _last_evening(habit: Sequence[HabitDay]) -> str:
    """昨晚 18:05 已拉上."""
    evenings = [h for h in habit if h.slot == "evening" and h.look_at is not None]
    if not evenings or not habit:
        return ""
    last = evenings[-1]
    days = (habit[-1].day - last.day) // timedelta(days=1)
    when = {0: "今晚", 1: "昨晚"}.get(days, f"{last.day:%m-%d}")
    return f"{when} {clock_word(last.look_at)} {state_word(last.state, 'evening')}"
