"""今日: what is left of the round, homes in trouble, what falls due, the month, the safety of the data (UI 01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from centerdesk.app.desk.host import DeskHost
from centerdesk.app.lock.lock import IDLE_MINUTES
from centerdesk.app.pulse import CHECKINS, Safety, read_safety
from centerdesk.app.today.band import TodayBand
from centerdesk.app.today.cards import DueCard, LedgerCard, MonthCard, SafetyCard, WatchCard
from centerdesk.app.today.due import DueGroup, read_due
from centerdesk.app.today.facts import DayFacts, RoundFacts, read_day, read_round
from centerdesk.app.today.month import (
    PEOPLE,
    RETURNS,
    CareFacts,
    LedgerFacts,
    MonthFacts,
    read_care,
    read_ledger,
    read_month,
    safety_lines,
)
from centerdesk.app.today.words import date_facts, evening_words, greeting
from centerdesk.features.checkins.queries_alarm import AlarmRow
from centerdesk.kernel import keyslots
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.manifest import Target
from centerdesk.kernel.settings import SettingsReader
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Page
from centerdesk.qtkit.painted.nav_rail import LOW_BELOW
from centerdesk.qtkit.states import State, Way

T = TypeVar("T")
LIVE_MS = 10_000
IMPORT = "people.import"
"""Page and permission."""
SLIM, SLIM_LARGE = 1020, 1160
"""Widths in px at 100 % under which the cards at the right go below the others."""
SINGLE, SINGLE_LARGE = 740, 960
"""Widths under which every card has the whole width."""
_SIDE, _LEFT, _MIDDLE = 300, 423, 564


class TodayPage(Page):
    """今日页. Each card reads for itself, so that one that fails leaves the others."""

    page_id = "today"
    title = "今日"
    permission = "desk.use"
    watches = (
        "expected_check", "look", "alarm", "alarm_step", "round_sign_off", "enrolment", "pause", "watch_gap",
        "resident", "household", "return_edition", "setting",
    )  # fmt: skip

    host: DeskHost

    def __init__(self, host: DeskHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self._day: DayFacts | None = None
        self._round: RoundFacts | None = None
        self._ledger: LedgerFacts | None = None
        self._sheet_words = self._greeted = ""
        self._below = self._single = False
        self._safety, self._care, self._idle = Safety(), CareFacts("", False), IDLE_MINUTES.default
        self.ask_ahead()  # a large ledger is counted while the cards are made
        self.band = TodayBand()
        self.watch_card, self.due_card = WatchCard(), DueCard()
        self.month_card, self.ledger_card, self.safety_card = MonthCard(), LedgerCard(), SafetyCard()
        self._lay_out()
        self.due_card.setVisible(self.may("checkins.read") or self.may("people.find"))
        self._connect()
        self._add_actions()
        self._live = QTimer(self)
        self._live.setInterval(LIVE_MS)
        self._live.timeout.connect(self.refresh)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.tick)

    def _lay_out(self) -> None:
        self._side_box = QWidget()
        self._side = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._side_box)
        self._side.setContentsMargins(0, 0, 0, 0)
        for card in (self.month_card, self.ledger_card, self.safety_card):
            self._side.addWidget(card)
        self._side.setStretchFactor(self.safety_card, 1)  # the columns end on one line
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addWidget(self.watch_card, _LEFT)
        self._row.addWidget(self.due_card, _MIDDLE)
        self._row.addWidget(self._side_box, _SIDE)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.band)
        self._column.addLayout(self._row, 1)
        self._column.addStretch(0)
        scroll = QScrollArea()  # large type and high zoom need more than the window has
        scroll.setObjectName("today_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        scroll.setWidget(content)
        box = QVBoxLayout(self.body)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scroll)
        theme_hub().changed.connect(self._fit)
        self._fit()

    def _connect(self) -> None:
        self.band.go_on.connect(self.go_on)
        self.band.home_chosen.connect(self._open_home)
        self.watch_card.opened.connect(self._open_alarm)
        self.due_card.chosen.connect(self._open_target)
        self.due_card.import_wanted.connect(self._open_import)
        self.month_card.wanted.connect(self._open_month)
        self.ledger_card.wanted.connect(self._open_ledger)

    def _add_actions(self) -> None:
        registry = self.host.actions
        register = DeskAction(
            "today.register",
            self.tr("登记"),
            self.register,
            "people.write",
            "Ctrl+N",
            group=self.title,
            icon="add",
        )
        registry.add(register)
        self.set_actions(None, register)
        registry.add(
            DeskAction(
                "today.go_on", self.tr("继续看窗"), self.go_on, "checkins.read", "F2", group=self.title
            )
        )
        registry.add(
            DeskAction(
                "today.handle",
                self.tr("去处置最急的一户"),
                self.handle,
                "checkins.read",
                "F8",
                group=self.title,
            )
        )

    # --- reading --------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        return greeting(self.host.clock.now(), self.host.actor().name)

    def refresh(self) -> None:
        """Ask for every card, what takes longest first; each answers by itself."""
        actor, clock = self.host.actor(), self.host.clock
        station = self.host.desk.station
        self._ask(lambda s: read_due(s, actor, clock), self._got_due, self._due_failed)
        self._ask(lambda s: read_ledger(s, actor, clock), self._got_ledger)
        self._ask(lambda s: (read_day(s, clock), SettingsReader(s).get(IDLE_MINUTES)), self._got_day)
        self._ask(lambda s: read_round(s, actor, clock), self._got_round)
        self._ask(lambda s: read_month(s, actor, clock), self._got_month)
        self._ask(lambda s: read_care(s, actor, clock), self._got_care)

        def look(_progress: object, _cancelled: object) -> tuple[Safety, str]:
            return read_safety(station.data, station.station, station.ring), _sheet(station.data)

        self.runner.run(self, look, self._got_safety, self._card_failed, label="")

    def _ask(
        self,
        read: Callable[[Session], T],
        got: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self.runner.query(self, read, got, failed or self._card_failed)

    def _card_failed(self, exc: Exception) -> None:
        """What a card shows stays, with its time; a bug is written down."""
        tell(exc, self.host.desk.report)

    def _due_failed(self, exc: Exception) -> None:
        told = tell(exc, self.host.desk.report)
        again = Way(self.tr("再试"), self.refresh, "due_retry")
        self.due_card.show_failure(State("error", told.title, told.text, (again,)))

    def _got_day(self, found: tuple[DayFacts, int]) -> None:
        self._day, self._idle = found
        self.set_facts(date_facts(self._day))
        self.band.show_day(self._day, self.host.clock.now())
        self._show_evening()
        self._show_safety()

    def _got_round(self, facts: RoundFacts | None) -> None:
        self._round = facts
        for card in (self.band, self.watch_card):
            card.setVisible(facts is not None)
        if facts is None:
            self._fit()
            return
        now = self.host.clock.now()
        somebody = self._ledger is None or self._ledger.people > 0
        self.band.show_round(facts, now, may_enrol=somebody and self.may("checkins.enrol"))
        self.watch_card.show_round(facts, now, 1 if self._low else 2)
        self._show_evening()

    def _show_evening(self) -> None:
        if self._day is not None:
            evening = evening_words(self._round.evening) if self._round else ""
            self.watch_card.show_day(self._day, evening)

    def _got_due(self, groups: tuple[DueGroup, ...]) -> None:
        self.due_card.show_groups(groups)

    def _got_month(self, facts: MonthFacts | None) -> None:
        self.month_card.setVisible(facts is not None)
        if facts is not None:
            self.month_card.show_month(facts)

    def _got_ledger(self, facts: LedgerFacts | None) -> None:
        first = (self._ledger is None) != (facts is None)
        self._ledger = facts
        if first and self._round is not None:
            self._got_round(self._round)  # whether there is anybody to enrol
        self.ledger_card.setVisible(facts is not None and not self._low)
        if facts is not None:
            self.ledger_card.show_ledger(facts, opens=self.may("people.find"))
            self.due_card.show_people(facts.people, imports=self.may(IMPORT))

    def _got_care(self, care: CareFacts) -> None:
        self._care = care
        self._show_safety()

    def _got_safety(self, found: tuple[Safety, str]) -> None:
        self._safety, self._sheet_words = found
        self._show_safety()

    def _show_safety(self) -> None:
        self.safety_card.show_lines(
            safety_lines(self._safety, self._care, self._idle, self._sheet_words, self.host.clock)
        )

    # --- doing ----------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """F2: the round, where it was left."""
        self.host.go(CHECKINS)

    def register(self) -> None:
        """Ctrl N: a new resident, on the ledger's own form."""
        self.host.go(PEOPLE)
        self.host.actions.trigger("people.new")

    def handle(self) -> None:
        """F8: the most urgent alarm, or the round when there is none."""
        alarms = self._round.alarms if self._round else ()
        self.host.go(CHECKINS, alarms[0].row.id if alarms else None)

    def _open_alarm(self, alarm_id: UUID) -> None:
        self.host.go(CHECKINS, alarm_id)

    def _open_home(self, check_id: UUID) -> None:
        alarm = self._alarm_at(check_id)
        self.host.go(CHECKINS, alarm.id if alarm else check_id)

    def _alarm_at(self, check_id: UUID) -> AlarmRow | None:
        alarms = self._round.alarms if self._round else ()
        return next((a.row for a in alarms if a.row.check_id == check_id), None)

    def _open_target(self, target: Target | None) -> None:
        if target is not None:
            self.host.navigate(target)

    def _open_month(self) -> None:
        self.host.go(RETURNS)

    def _open_import(self) -> None:
        self.host.go(IMPORT)

    def _open_ledger(self) -> None:
        self.host.go(PEOPLE)

    # --- life -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Each second: the countdowns, and the greeting when it is another one."""
        now = self.host.clock.now()
        self.band.tick(now)
        self.watch_card.tick(now)
        if self.heading != self._greeted:
            self._greeted = self.heading
            self.facts_changed.emit(self.facts)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._live.start()
        self._second.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._live.stop()
        self._second.stop()

    def _place(self, *, below: bool, single: bool) -> None:
        """Three columns; the right one below where there is no room for it; all below each other at last."""
        if (below, single) == (self._below, self._single):
            return
        if below != self._below:
            (self._row if below else self._column).removeWidget(self._side_box)
            if below:
                self._column.insertWidget(2, self._side_box)
            else:
                self._row.addWidget(self._side_box, _SIDE)
        self._below, self._single = below, single
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if single else ways.LeftToRight)
        self.due_card.set_whole(single)
        beside = below and not single
        self._side.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        for card in (self.month_card, self.ledger_card, self.safety_card):
            self._side.setStretchFactor(card, 1 if beside or card is self.safety_card else 0)

    @property
    def _low(self) -> bool:
        return self.window().height() * 100 / theme().zoom < LOW_BELOW

    def _fit(self) -> None:
        look = theme()
        low = self._low
        alone = self.watch_card.isHidden() and self.due_card.isHidden()
        wide = self.width() * 100 / look.zoom
        slim = wide < (SLIM_LARGE if look.large else SLIM)
        self._place(below=slim or alone, single=wide < (SINGLE_LARGE if look.large else SINGLE))
        self._column.setStretchFactor(self._row, 0 if alone else 1)
        self._column.setStretch(self._column.count() - 1, 1 if alone else 0)
        gap = look.px(10 if low else 14)
        for layout in (self._row, self._side, self._column):
            layout.setSpacing(gap)
        self.band.set_low(low)
        self.ledger_card.setVisible(self._ledger is not None and not low)
        if self._round is not None:
            self.watch_card.show_round(self._round, self.host.clock.now(), 1 if low else 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _sheet(data: Any) -> str:
    """The recovery sheet in words: whether somebody typed it back."""
    try:
        slot = keyslots.read(data.keyslots).find("recovery")
    except EnvironmentFault:
        return ""
    if slot is None or not slot.tried_at:
        return ""
    tried = local(datetime.fromisoformat(slot.tried_at))
    return f"恢复单 {keyslots.sheet_name(slot.number)} {tried:%m-%d} 对过"
