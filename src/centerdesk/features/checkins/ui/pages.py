"""窗帘: the round at the desk. Route, board and the most urgent alarm, all by keyboard (UI 02, 20, 21, 26)."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries_elder import MonthRow
from centerdesk.features.checkins.queries_round import (
    MonthDesk,
    RoundDesk,
    month_to_show,
    present_round,
    read_desk,
    read_month,
)
from centerdesk.features.checkins.ui.alarm_acts import AlarmActs
from centerdesk.features.checkins.ui.alarm_words import PanelItem, panel_items
from centerdesk.features.checkins.ui.board_pane import BoardPane
from centerdesk.features.checkins.ui.doing import Doing
from centerdesk.features.checkins.ui.gap_band import GapBand
from centerdesk.features.checkins.ui.home_acts import HomeActs
from centerdesk.features.checkins.ui.key_pad import KeyPad
from centerdesk.features.checkins.ui.keys import act_of
from centerdesk.features.checkins.ui.month_pane import MonthCard, MonthPane
from centerdesk.features.checkins.ui.page_acts import register
from centerdesk.features.checkins.ui.panel import SidePanel
from centerdesk.features.checkins.ui.roll_table import Roll
from centerdesk.features.checkins.ui.round_view import Showing
from centerdesk.features.checkins.ui.route_pane import RoutePane
from centerdesk.features.checkins.ui.sheets import Sheets
from centerdesk.features.checkins.ui.task_pane import TaskPane
from centerdesk.features.checkins.ui.ticking import Ticking
from centerdesk.features.checkins.ui.walk import Walk
from centerdesk.kernel.clock import Month, today
from centerdesk.kernel.commands import Changes
from centerdesk.qtkit import notify
from centerdesk.qtkit.look import theme_hub
from centerdesk.qtkit.page import Page, PageHost
from centerdesk.qtkit.states import State, Way

BEAT_MS = 1000
READ_EVERY = 10
"""Beats between two readings: the watcher writes in a process of its own and cannot tell this one."""


class RoundPage(Page):
    """窗帘页. The page owns the readings; panes show, `walk` knows where one is, the acts write."""

    page_id: ClassVar[str] = "checkins"
    title: ClassVar[str] = "窗帘"
    permission: ClassVar[str] = "checkins.read"
    watches: ClassVar[tuple[str, ...]] = (
        "expected_check", "look", "alarm", "alarm_step", "enrolment", "enrolment_window", "pause",
        "round_sign_off", "watch_gap", "contact", "care_fact", "dwelling", "building",
    )  # fmt: skip

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self.walk = Walk()
        self._reads, self._reading, self._again = 0, False, False
        self._beats = 0
        self._round: tuple[date, str] | None = None
        self._month: Month | None = None
        self._month_desk: MonthDesk | None = None
        self.chosen: UUID | None = None
        self._wanted: Hashable | None = None
        self._known_alarms: set[UUID] = set()
        self.item: PanelItem | None = None
        self.roll = Roll(self.runner, host.columns, host.clock, self)
        self.month = MonthPane()
        self.month_card = MonthCard()
        self.route = RoutePane()
        self.board = BoardPane(self.roll.table, self.month)
        self.panel = SidePanel(self.month_card)
        self.band = GapBand()
        self._lay_out()
        self.view = Showing(self)
        self.doing = Doing(self)
        self.keys = self.parts = KeyPad(self)
        self.ticking = Ticking(self)
        self.alarm_acts = AlarmActs(self)
        self.home_acts = HomeActs(self)
        self.sheets = Sheets(self)
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self.beat)
        register(self)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.band)
        self.columns = QHBoxLayout()
        self.columns.addWidget(self.route)
        self.columns.addWidget(self.board, 1)
        self.columns.addWidget(self.panel)
        column.addLayout(self.columns, 1)
        self.setFocusProxy(self.route.list)

    def _connect(self) -> None:
        route, board = self.route.list, self.board
        route.home_picked.connect(self.go_to)
        route.walked.connect(self._on_walked)
        route.station_toggled.connect(self._on_station)
        route.menu_wanted.connect(self._on_menu)
        board.home_picked.connect(self.go_to)
        board.home_opened.connect(self.open_home)
        board.route_chosen.connect(self._on_route)
        board.view_chosen.connect(self.turn_to)
        board.slot_chosen.connect(self._on_slot)
        self.roll.table.row_changed.connect(self._on_roll_row)
        self.roll.table.row_activated.connect(self._on_roll_opened)
        self.roll.table.installEventFilter(self)
        self.month.month_wanted.connect(self._on_month)
        self.panel.alarms.chosen.connect(self._on_alarm_chosen)
        self.panel.alarm_wanted.connect(self._on_alarm_wanted)
        self.panel.quiet.act_wanted.connect(self.do_home_act)
        self.band.confirmed.connect(self.alarm_acts.confirm_gap)
        theme_hub().changed.connect(self._on_look)

    # --- reading ------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        return self.view.heading

    @property
    def next_reading(self) -> int:
        """Number of the first reading that holds what was written until now."""
        return self._reads + 1 if self._again else self._reads

    def refresh(self) -> None:
        """Read the round, and the month where it is shown; one reading at a time, never one too few."""
        if self._reading:
            self._again = True
            return
        self._reads += 1
        self._reading, number = True, self._reads
        actor, now, chosen = self.host.actor(), self.host.clock.now(), self.chosen
        if self._round is not None and self._round[0] != present_round(now)[0]:
            self._round = None  # chosen on another day: nobody may take that round for today's
        day, slot = self._round or (None, None)

        def taken(desk: RoundDesk) -> None:
            self._took(desk, number)

        self.runner.query(
            self, lambda s: read_desk(s, actor, now, alarm_id=chosen, day=day, slot=slot), taken, self._failed
        )
        if self.board.view == "month":
            month = self._month or month_to_show(today(self.host.clock))
            self.runner.query(self, lambda s: read_month(s, actor, month, now), self._took_month)

    def _took(self, desk: RoundDesk, number: int) -> None:
        self._reading = False
        self.walk.take(desk, number, self.host.actor().account_id)
        if self._wanted is not None:
            self.focus_record(self._wanted)
        self._tell_new_alarms(desk)
        self._show_emptiness(desk)
        self.show_now()
        if self._again:
            self._again = False
            self.refresh()

    def _failed(self, exc: Exception) -> None:
        self._reading = self._again = False
        self.show_failure(exc)

    def _took_month(self, desk: MonthDesk) -> None:
        self._month_desk = desk
        self.month_card.show_month(desk)
        self.month.show_month(desk, self._month_rows(desk), today(self.host.clock))

    def _month_rows(self, desk: MonthDesk) -> list[MonthRow]:
        return [r for r in desk.rows if self.walk.worker in (None, r.worker_id)]

    def _show_emptiness(self, desk: RoundDesk) -> None:
        if desk.anybody or self.panel.form is not None:
            self.show_state(None)
            return
        ways = (Way("登记一户", self.home_acts.enrol, "enrol_first"),) if self.may("checkins.enrol") else ()
        self.show_state(State("empty", "还没有登记的窗。", "登记要本人同意。", ways))

    def _tell_new_alarms(self, desk: RoundDesk) -> None:
        fresh = [a for a in desk.alarms if a.id not in self._known_alarms]
        self._known_alarms |= {a.id for a in desk.alarms}
        for item in panel_items(fresh):
            notify.announce(self, f"报警：{item.title}", assertive=True)

    def show_now(self) -> None:
        """Show what is known, with what is still being written."""
        self.view.show_now()

    def beat(self) -> None:
        """Once a second: countdowns by the wall clock, and now and then a reading."""
        self._beats += 1
        self.view.tick()
        if self._beats % READ_EVERY == 0 or self.view.ladder_is_over():
            self.mark_dirty()

    # --- moving about -------------------------------------------------------------------------------------

    def go_to(self, check_id: UUID) -> None:
        """Take a home in hand."""
        if (self.walk.current != check_id or self.walk.jumped) and self.walk.go(check_id):
            self.show_now()

    def turn_to(self, view: str) -> None:
        """楼面, 名单 or 月历."""
        self.board.show_view(view)
        self.view.measure()
        self.facts_changed.emit(self.facts)
        if view == "month":
            self.mark_dirty()
        self.show_now()
        self.keys.focus(self.board if view != "facade" else self.route)

    def focus_record(self, row_id: Hashable) -> None:
        """An alarm, a window or an enrolled home; asked for before the first reading it is kept."""
        desk = self.walk.desk
        self._wanted = row_id if desk is None else None
        if desk is None or self.sheets.open_entry(row_id):
            return
        alarm = next((a for a in desk.alarms if a.id == row_id), None)
        if alarm is not None:
            self._on_alarm_chosen(alarm.id)
            self.walk.go(alarm.check_id)
        for row in desk.view.rows:
            if row_id in (row.check_id, row.enrolment_id):
                self.walk.go(row.check_id)
        self.show_now()

    def show_tick(self, check_id: UUID) -> None:
        """Let the curtains of one window slide before everything else is shown anew."""
        self.view.show_tick(check_id)

    def alarm_stands(self, alarm_id: UUID) -> bool:
        """Was this alarm open at the last reading?"""
        desk = self.walk.desk
        return desk is not None and any(a.id == alarm_id for a in desk.alarms)

    # --- acts ---------------------------------------------------------------------------------------------

    def do_home_act(self, act: str) -> None:
        """later, pause, back_entry, enrol, withdraw."""
        if act == "later":
            self.walk.put_off()
            self.show_now()
        elif self.home_acts.allows(act):
            getattr(self.home_acts, act)()
        else:
            self.toast("登记和暂停要请书记或前台来办。")

    def do_alarm_act(self, act: str) -> None:
        """One of the answers of the alarm in the panel."""
        if self.item is not None:
            self.alarm_acts.do(act, self.item)

    def assign(self, account_id: UUID) -> None:
        """Send this colleague to the alarm in the panel."""
        desk = self.walk.desk
        name = next((c.name for c in desk.colleagues if c.id == account_id), "") if desk else ""
        if self.item is not None:
            self.alarm_acts.assign(self.item, account_id, name)

    def show_number(self, ordinal: int) -> None:
        if self.item is not None:
            self.alarm_acts.show_number(self.item, ordinal)

    def do_primary(self) -> None:
        """Enter in the panel: 见到本人，平安."""
        if self.item is not None:
            self.alarm_acts.do("start" if self.item.is_list else "seen", self.item)

    # --- forms --------------------------------------------------------------------------------------------

    def begin_form(self, pane: TaskPane[Any]) -> None:
        """Put a form into the right pane; what stood there waits."""
        self.show_state(None)
        pane.given_up.connect(self.end_form)
        self.panel.open_form(pane)
        self.view.measure()
        pane.focus_first()

    def end_form(self) -> None:
        """Take the form away and go back to the route."""
        if self.panel.form is not None:
            self.panel.close_form()
            self.view.measure()
            self.route.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.mark_dirty()

    # --- signals ------------------------------------------------------------------------------------------

    def _on_changed(self, changes: Changes) -> None:
        if changes.origin is self:
            self.doing.last = changes
        super()._on_changed(changes)

    def _on_walked(self, step: int) -> None:
        self.walk.walk(step)
        self.show_now()

    def _on_station(self, key: tuple[str, str, str]) -> None:
        self.walk.toggled ^= {key}
        self.show_now()

    def _on_route(self, worker: UUID | None) -> None:
        self.walk.choose(worker)
        if self._month_desk is not None:
            self._took_month(self._month_desk)
        self.show_now()

    def _on_slot(self, slot: str) -> None:
        day, _ = present_round(self.host.clock.now())
        self._round = None if (day, slot) == present_round(self.host.clock.now()) else (day, slot)
        self.mark_dirty()

    def _on_month(self, month: Month) -> None:
        self._month = month
        self.mark_dirty()

    def _on_alarm_chosen(self, alarm_id: UUID) -> None:
        self.chosen = alarm_id
        self.mark_dirty()
        self.show_now()

    def _on_alarm_wanted(self, alarm_id: UUID) -> None:
        self.turn_to("facade")
        self._on_alarm_chosen(alarm_id)

    def open_home(self, check_id: UUID) -> None:
        """Enter on a home: its alarm comes up, and the focus goes there."""
        self.go_to(check_id)
        row = self.walk.row(check_id)
        if row is not None and row.alarm_id is not None:
            self._on_alarm_chosen(row.alarm_id)
            self.keys.focus(self.panel)

    def _on_roll_row(self, row: Any) -> None:
        if row is not None and self.roll.table.hasFocus():
            self.go_to(row.check_id)

    def _on_roll_opened(self, row: Any) -> None:
        self.open_home(row.check_id)

    def _on_menu(self, home: UUID, where: QPoint) -> None:
        self.go_to(home)
        menu = QMenu(self)
        menu.setObjectName("route_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.host.actions.fill_menu(menu, ("checkins.pause", "checkins.withdraw", "-", "checkins.back_entry"))
        menu.popup(where)

    def _on_look(self) -> None:
        self.view.measure()
        self.show_now()

    # --- events -------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the round work in 名单 as they do on the board."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and act_of(event) is not None
        ):
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keys.take(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.measure()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        if self.focusWidget() is None:
            self.route.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)
