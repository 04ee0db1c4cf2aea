"""The band of 今日: headline, what is left, the two figures, 继续看窗, and every enrolled window by house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.today.facts import DayFacts, RoundFacts, house_names
from centerdesk.app.today.words import headline, round_line, safe_count
from centerdesk.features.checkins.queries import RoundRow, RoundView
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.kernel.chinese import natural_key
from centerdesk.kernel.clock import local, minute_of_day
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.base import text_width
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Stat
from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.house import BuildingView, WindowView
from centerdesk.qtkit.painted.sky import Sky, SkyBand
from centerdesk.qtkit.painted.window_glyph import WindowState

_MORNING = {
    DUE: WindowState.TO_DO, OK: WindowState.OPEN, NOT_OK: WindowState.CLOSED, UNCLEAR: WindowState.UNCLEAR,
    HELP: WindowState.HELP, UNSEEN: WindowState.UNSEEN, PAUSED: WindowState.PAUSED,
}  # fmt: skip
_NO_DOOR = "门牌待补"
HOUSES = 10
"""More houses than this stand by compound: their names would lie over each other."""
GROUND = 20
"""Snow at the foot of the band, px at 100 %: words of folded houses stand above it."""
_EVENING = _MORNING | {OK: WindowState.DRAWN, NOT_OK: WindowState.NOT_DRAWN}


class TodayBand(SkyBand):
    """天光带. `go_on` is 继续看窗; `home_chosen` comes with the enrolment of a window that was clicked."""

    go_on = Signal()
    home_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("today_band")
        self._facts: RoundFacts | None = None
        self._headline = OneLine(role="headline", name="today_headline")
        self._line = OneLine(role="table", name="today_line", between=" · ")
        self._seen = Stat()
        self._seen.setObjectName("today_seen")
        self._safe = Stat()
        self._safe.setObjectName("today_safe")
        self.button = KeyButton(self.tr("继续看窗"), "F2", kind=Kind.PRIMARY, tall=True)
        self.button.setObjectName("today_go_on")
        self.button.clicked.connect(self.go_on)
        self.strip = DayStrip()
        self.strip.activated.connect(self.home_chosen)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._headline)
        words.addWidget(self._line)
        self._top = QHBoxLayout()
        self._top.addLayout(words, 1)
        for figure in (self._seen, self._safe):
            self._top.addWidget(figure, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._box.addLayout(self._top)
        self._box.addStretch(1)
        self.strip.setMinimumWidth(1)
        self._folded = OneLine(role="table", name="today_folded")
        self._folded.hide()
        self._box.addWidget(self.strip)
        self._box.addWidget(self._folded)
        theme_hub().changed.connect(self._measure)
        self._measure()

    def show_day(self, day: DayFacts, now: datetime) -> None:
        """The light of the hour."""
        self.set_sky(Sky.at(minute_of_day(now), minute_of_day(day.rise), minute_of_day(day.set)))

    def show_round(self, facts: RoundFacts, now: datetime, *, may_enrol: bool = False) -> None:
        """The round as it stands; without one the button leads to the first enrolment."""
        self._facts = facts
        view = facts.view
        safe, word = safe_count(view)
        self._seen.show_value(str(view.seen), of=str(view.expected), label=self.tr("已看 / 应看"))
        self._safe.show_value(str(safe), label=word)
        self.button.setVisible(bool(view.rows) or may_enrol)
        on = self.tr("继续看窗") if view.seen and view.left else self.tr("去看窗")
        self.button.setText(on if view.rows else self.tr("登记一户"))
        shown = houses(view)
        self.strip.set_buildings(shown, [row.check_id for row in view.rows])
        self._folded.setText("　".join(_counted(house) for house in shown))
        self._fold()
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """The sentences that count down."""
        if self._facts is not None:
            self._headline.setText(headline(self._facts, now))
            self._make_room()
            self._line.setText(round_line(self._facts, now))

    def set_low(self, low: bool) -> None:
        """Below 800 px: headline and strip only."""
        super().set_low(low)
        self._fold()

    def _fold(self) -> None:
        """Where the windows would be too small, one line of counts for each house stands for them."""
        room = self.width() - 2 * theme().px(24)
        folded = bool(self.strip.buildings) and room < self.strip.minimumSizeHint().width()
        self.strip.setVisible(not folded)
        self._folded.setVisible(folded)
        self._line.setVisible(folded or not self._low)  # the strip's room is free for the sentence
        self._make_room()
        self._measure()

    def _make_room(self) -> None:
        """The sentence has both counts: where it would be cut, the figures beside it go."""
        if self._facts is None:
            return
        look = theme()
        figures = sum(f.sizeHint().width() + look.px(24) for f in (self._seen, self._safe))
        taken = 2 * look.px(24) + self.button.sizeHint().width() + look.px(24)
        needed = text_width(self._headline.font(), self._headline.full) + look.px(8)
        fits = self.width() - taken - figures >= needed
        for figure in (self._seen, self._safe):
            figure.setVisible(fits and bool(self._facts.view.expected))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _measure(self) -> None:
        look = theme()
        below = 1 if self._folded.isHidden() else round(look.scale(GROUND)) + look.px(4)
        self._box.setContentsMargins(look.px(24), look.px(12), look.px(24), below)
        self._top.setSpacing(look.px(24))


def houses(view: RoundView) -> tuple[BuildingView, ...]:
    """Every window of a round by house number, inside in walking order; ids are those of the expected checks."""
    windows: dict[str, list[WindowView]] = {}
    for name, row in _named(view):
        windows.setdefault(name, []).append(_window(row, view.slot))
    return tuple(
        BuildingView(name, 1, 1, 1, tuple(inside))
        for name, inside in sorted(windows.items(), key=lambda house: natural_key(house[0]))
    )


def _counted(house: BuildingView) -> str:
    """3 栋 5/6 未开 1: what a folded house says."""
    waiting = (WindowState.TO_DO, WindowState.UNSEEN, WindowState.PAUSED)
    due = [w for w in house.windows if w.state is not WindowState.PAUSED]
    trouble = Counter(
        w.state.word for w in house.windows if w.state.troubled or w.state is WindowState.UNCLEAR
    )
    words = [f"{house.name} {sum(w.state not in waiting for w in due)}/{len(due)}"]
    return " ".join((*words, *(f"{word} {count}" for word, count in trouble.items())))


def _named(view: RoundView) -> Iterator[tuple[str, RoundRow]]:
    """Each window with the word below it: its house, or its compound where there are too many houses."""
    names = house_names(view)
    many = len(names) > HOUSES and len({row.compound for row in view.rows}) > 1
    order = {key: place for place, key in enumerate(sorted(names, key=lambda k: natural_key(names[k])))}
    rows = sorted(view.rows, key=lambda row: order.get(row.building_id, len(order))) if many else view.rows
    for row in rows:
        yield (row.compound if many and row.compound else names.get(row.building_id, _NO_DOOR)), row


def _window(row: RoundRow, slot: str) -> WindowView:
    states = _EVENING if slot == "evening" else _MORNING
    state = states.get(row.state, WindowState.TO_DO)
    spoken = _spoken(row, state)
    return WindowView(row.check_id, 1, 1, 1, state, "", spoken, spoken)


def _spoken(row: RoundRow, state: WindowState) -> str:
    """3 栋 2 单元 501，已开，08:19: what a screen reader and the tooltip say."""
    if state is WindowState.TO_DO:
        tail = f"第 {row.number} 户" if row.number else ""
    elif state is WindowState.PAUSED and row.paused_to is not None:
        tail = f"{row.paused_to.month} 月 {row.paused_to.day} 日回来"
    else:
        tail = f"{local(row.look_at):%H:%M}" if row.look_at else ""
    return "，".join(part for part in (row.door, state.word, tail) if part)
