"""The cards of 今日 below the band: homes in trouble, what falls due, month, ledger, safety of the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from centerdesk.app.today.alarms import AlarmStack
from centerdesk.app.today.due import DueGroup
from centerdesk.app.today.facts import DayFacts, RoundFacts
from centerdesk.app.today.list import INK, DueList
from centerdesk.app.today.month import LedgerFacts, Line, MonthFacts
from centerdesk.app.today.words import joined, rate_words
from centerdesk.features.checkins.queries import DaysFigure
from centerdesk.kernel.clock import local
from centerdesk.kernel.manifest import Tone
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine, kept_whole
from centerdesk.qtkit.painted.badge import Badge
from centerdesk.qtkit.painted.badge import Tone as BadgeTone
from centerdesk.qtkit.painted.base import text_width
from centerdesk.qtkit.painted.buttons import Chip, KeyButton
from centerdesk.qtkit.painted.card import Card, IconLabel
from centerdesk.qtkit.painted.minibars import DayBar, DayBars, Meter
from centerdesk.qtkit.states import State, StateCard, Way

_BADGES = {Tone.GOOD: BadgeTone.DONE, Tone.WARN: BadgeTone.SOON, Tone.ALARM: BadgeTone.LATE}


_LONGEST = "今日值班"
"""Of the words before a fact."""


class FactRow(QWidget):
    """An icon, a quiet word, and what it says (一行事实)."""

    def __init__(self, icon: str, word: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strong = text_label(role="table-strong", name=f"{name}_strong")
        self.value = text_label(role="table", name=name, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(9))
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(IconLabel(icon, "ink2", size="icon-small", line="table"), 0, top)
        self._label = text_label(word, role="faint")
        row.addWidget(self._label, 0, top)
        row.addWidget(self.strong, 0, top)
        row.addWidget(self.value, 1)
        theme_hub().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        """What they say stands in one column, behind the longest word."""
        self._label.setMinimumWidth(ceil(text_width(theme().font("table"), _LONGEST)))

    def say(self, text: str, strong: str = "") -> None:
        """`strong` is what counts and stands before the rest."""
        self.strong.setText(strong)
        self.strong.setVisible(bool(strong))
        self.value.setText(kept_whole(text, "　" if "　" in text else " · "))
        self.value.setAccessibleName(text)
        self.setVisible(bool(text or strong))


class LineRow(QWidget):
    """A line of a card: how it stands, in icon and words."""

    def __init__(self, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(9))
        ink = INK[line.tone] if line.tone is not Tone.PLAIN else "ink2"
        row.addWidget(
            IconLabel(line.icon, ink, size="icon-small", line="table"), 0, Qt.AlignmentFlag.AlignTop
        )
        text = text_label(line.text, role="table", wrap=True)
        row.addWidget(text, 1)


class WatchCard(Card):
    """待处置, and below it how the last days went and who is here. `opened` with an alarm's id."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("待处置", parent, icon_name="alert", padded=False)
        self.setObjectName("card_alarms")
        self._hint = OneLine(
            self.tr("一步到时没人接，自动转下一位"),
            role="caption",
            name="alarms_hint",
            wants=True,
            between="，",
        )
        self.header.addWidget(self._hint)
        self.stack = AlarmStack()
        self.stack.opened.connect(self.opened)
        self._calm = StateCard()
        self.bars = DayBars()
        self.bars.setObjectName("day_bars")
        self._rate = FactRow("curtain", self.tr("近 13 天"), "today_rate")
        self._duty = FactRow("people_team", self.tr("今日值班"), "today_duty")
        self._evening = FactRow("moon", self.tr("今晚"), "today_evening")
        self._foot_box = foot = QFrame()
        foot.setObjectName("watch_foot")
        foot.setProperty("ground", "surface2")
        self._foot = QVBoxLayout(foot)
        self._foot.addWidget(self.bars)
        for row in (self._rate, self._duty, self._evening):
            self._foot.addWidget(row)
        self.body.addWidget(self.stack)
        self.body.addWidget(self._calm, 1)
        self.body.addStretch(0)
        self.body.addWidget(foot)
        theme_hub().changed.connect(self._pad)
        self._pad()

    def _pad(self) -> None:
        look = theme()
        self._foot.setContentsMargins(
            look.size("card-padding"), look.px(14), look.size("card-padding"), look.px(12)
        )
        self._foot.setSpacing(look.px(8))
        radius = look.size("radius-card") - 1
        self._foot_box.setStyleSheet(
            f"#watch_foot {{ border-bottom-left-radius: {radius}px; border-bottom-right-radius: {radius}px; }}"
        )

    def show_round(self, facts: RoundFacts, now: datetime, shown: int) -> None:
        count = len(facts.alarms)
        self.set_title(self.tr("待处置 {} 户").format(count) if count else self.tr("待处置"))
        self.set_token("red" if count else "ink")
        self._hint.setVisible(bool(count))
        self.stack.setVisible(bool(count))
        self.stack.show_alarms(facts.alarms, now, shown, compound=facts.compounds > 1)
        self._calm.show_state(None if count else self._calm_state(facts))
        self._show_days(facts.days)

    def _calm_state(self, facts: RoundFacts) -> State:
        if facts.watch.silent and facts.view.expected:
            return State(
                "error",
                self.tr("看护程序没在跑"),
                self.tr("漏看了不会响。请叫管理员看看，先按名单自己盯着。"),
            )
        return State("empty", self.tr("没有要处置的"), self.tr("有人没开窗，或到点没人看，就出现在这里。"))

    def _show_days(self, days: DaysFigure) -> None:
        bars = []
        for day in days.days:
            part = day.seen / day.due if day.due else 0.0
            spoken = self.tr("{} 日漏 {} 户次").format(day.day.day, day.missed) if day.missed else ""
            bars.append(DayBar(str(day.day.day), part if day.due else 0.04, day.missed > 0, spoken))
        self.bars.set_days(bars)
        self.bars.setVisible(bool(days.due))
        rate, parts = rate_words(days.seen, days.due)
        if days.due:
            missed = self.tr("漏看 {} 户次").format(days.missed) if days.missed else self.tr("一扇没漏")
            self._rate.say(f"{parts}　{missed}", self.tr("看护率 {}").format(rate))
        else:
            self._rate.say(self.tr("还没有看过的窗"))

    def show_day(self, day: DayFacts, evening: str) -> None:
        """Who is on duty, and the evening's window."""
        self._duty.say(" · ".join(f"{name} {role}" for name, role in day.duty[:3]))
        sunset = self.tr("日落 {}").format(f"{local(day.set):%H:%M}")
        self._evening.say(joined((evening, sunset)))

    def tick(self, now: datetime) -> None:
        self.stack.tick(now)


class DueCard(Card):
    """今天到期, 我的 first and 全站 one click away. `chosen` with a target."""

    chosen = Signal(object)
    import_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("今天到期", parent, listed=True)
        self.setObjectName("card_due")
        self._people, self._imports = -1, False  # nobody has counted yet
        self._failed = False
        self._groups: tuple[DueGroup, ...] = ()
        self.mine, self.all = Chip(self.tr("我的"), plain=True), Chip(self.tr("全站"), plain=True)
        self.mine.setObjectName("due_mine")
        self.all.setObjectName("due_all")
        self._choice = QButtonGroup(self)
        self._choice.setExclusive(True)
        for chip in (self.mine, self.all):
            self._choice.addButton(chip)
            self.header.addWidget(chip)
        self.mine.setChecked(True)
        self._choice.buttonClicked.connect(self._show)
        self.list = DueList()
        self.list.chosen.connect(self.chosen)
        self._done = StateCard()
        self._done.hide()
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self._done, 1)

    def show_groups(self, groups: Sequence[DueGroup]) -> None:
        self._groups, self._failed = tuple(groups), False
        whole = sum(g.count for g in groups)
        mine = sum(g.mine for g in groups)
        self.mine.setText(self.tr("我的 {}").format(f"{mine:,}"))
        self.all.setText(self.tr("全站 {}").format(f"{whole:,}"))
        for chip in (self.mine, self.all):
            chip.setVisible(mine != whole)
        self._show()

    def _show(self, _chip: object = None) -> None:
        self.list.show_groups(self._groups, mine=self.mine.isChecked() and not self.mine.isHidden())
        empty = not self.list.model_.entries
        self.list.setVisible(not empty)
        self._done.show_state(self._nothing() if empty else None)

    def _nothing(self) -> State:
        if self._people == 0:
            ways = (
                (Way(self.tr("导入居民表"), self.import_wanted.emit, "due_import"),) if self._imports else ()
            )
            text = self.tr("名单进来以后，看窗、核实、生日到了期都排在这里。")
            return State("empty", self.tr("还没有居民名单。"), text, ways)
        return State("empty", self.tr("今天的都办完了。"), self.tr("有新的到期，会排到这里来。"))

    def show_people(self, count: int, *, imports: bool) -> None:
        """How many are in the ledger; `imports`: this person may bring a list in."""
        if (count, imports) != (self._people, self._imports):
            self._people, self._imports = count, imports
            if not self._failed:
                self._show()

    def set_whole(self, whole: bool) -> None:
        """All of the list at once, where the page scrolls as a whole."""
        self.list.set_whole(whole)

    def show_failure(self, state: State) -> None:
        """Only this card fails; the others stay."""
        self._failed = True
        self.list.hide()
        self._done.show_state(state)


class SideCard(Card):
    """A card of the right column: three of them share the window's height, so they are set tight."""

    def _measure(self) -> None:
        super()._measure()
        look = theme()
        side = look.size("card-padding")
        self.body.setContentsMargins(side, look.px(9), side, look.px(10))
        self.body.setSpacing(look.px(6))


class MonthCard(SideCard):
    """The return that is due next. `wanted` when somebody wants to go on with it."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("月报", parent)
        self.setObjectName("card_month")
        self._badge = Badge()
        self.header.addWidget(self._badge)
        self._value = text_label(role="figure", name="month_value")
        self._of = text_label(role="secondary", name="month_of")
        self._due = OneLine(role="caption", name="month_due", wants=True, between=" ")
        top = QHBoxLayout()
        top.setSpacing(theme().px(6))
        for label in (self._value, self._of):
            top.addWidget(label, 0, Qt.AlignmentFlag.AlignBottom)
        top.addStretch(1)
        top.addWidget(self._due, 0, Qt.AlignmentFlag.AlignBottom)
        self._meter = Meter()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme().px(5))
        self._button = KeyButton("", small=True)
        self._button.setObjectName("month_go_on")
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.wanted)
        self.body.addLayout(top)
        self.body.addWidget(self._meter)
        self.body.addLayout(self._lines)
        self.body.addWidget(self._button)

    def show_month(self, facts: MonthFacts) -> None:
        self.set_title(self.tr("{} 月月报").format(facts.month.month))
        self._badge.show_words(facts.state, _BADGES.get(facts.tone, BadgeTone.PLAIN))
        self._value.setText(facts.value)
        self._of.setText(f"/ {facts.of}" if facts.of else "")
        self._due.setText(facts.due)
        done, total = facts.part
        self._meter.show_part(done, total)
        self._meter.setVisible(total > 0)
        _fill(self._lines, facts.lines)
        self._button.setText(facts.act)


class LedgerCard(SideCard):
    """台账 in figures. `wanted` opens the ledger."""

    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("台账", parent)
        self.setObjectName("card_ledger")
        self._way = _link(self.tr("打开 ›"), "ledger_open", self.wanted.emit)
        self.header.addWidget(self._way)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme().px(5))
        self.body.addLayout(self._lines)
        self.body.addStretch(1)

    def show_ledger(self, facts: LedgerFacts, *, opens: bool) -> None:
        """`opens`: this person may see more than the figures."""
        self._way.setVisible(opens)
        houses = self.tr("{:,} 人 · {:,} 户").format(facts.people, facts.households)
        only = self.tr("{:,} 人").format(facts.people)
        views = " · ".join(self.tr("{} {:,} 人").format(title, count) for title, count in facts.views)
        _fill(self._lines, [Line("people", houses if facts.households else only), Line("home_heart", views)])


class SafetyCard(SideCard):
    """数据平安 in lines that say how each stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("数据平安", parent)
        self.setObjectName("card_safety")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme().px(5))
        self.body.addLayout(self._lines)
        self.body.addStretch(1)

    def show_lines(self, lines: Sequence[Line]) -> None:
        _fill(self._lines, lines)


def _fill(column: QVBoxLayout, lines: Sequence[Line]) -> None:
    """Put these lines into a column in the place of the last ones; the same ones stay."""
    known = column.property("lines")
    if known == repr(lines):
        return
    column.setProperty("lines", repr(lines))
    while (item := column.takeAt(0)) is not None:
        if (old := item.widget()) is not None:
            old.hide()
            old.deleteLater()
    for line in lines:
        column.addWidget(LineRow(line))


def _link(text: str, name: str, act: Callable[[], None]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("kind", "link")
    button.clicked.connect(act)
    return button
