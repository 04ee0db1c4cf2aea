"""Showing the walk in the panes: what is where at which size, and what changes each second."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from centerdesk.features.checkins.queries_round import RoundDesk, present_round
from centerdesk.features.checkins.rules import PAUSED, SLOT_TITLES, UNSEEN
from centerdesk.features.checkins.ui.alarm_words import panel_items
from centerdesk.features.checkins.ui.choices import RouteChip
from centerdesk.features.checkins.ui.houses import build
from centerdesk.features.checkins.ui.route import RouteLook, entries, waiting
from centerdesk.features.checkins.ui.words import (
    round_facts,
    route_line,
    route_titles,
    sign_off_gap,
)
from centerdesk.kernel.clock import local, minute_of_day
from centerdesk.qtkit import notify
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.sky import Sky

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

NARROW_BELOW, LOW_BELOW = 1200, 690
"""Size of the page at 100 % under which the rules for narrow and low windows hold (UI 3)."""
TIGHT_BOARD, LEAST_PANEL = 300, 340
"""What board and panel need at least, px at 100 %."""
QWIDGETSIZE_MAX = (1 << 24) - 1
ANNOUNCED = (10, 5, 1)
"""Minutes before the ladder goes on at which a screen reader is told."""


class Showing:
    """画面. Everything here only shows; nothing is read and nothing written."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page
        self._said: set[tuple[UUID, datetime, int]] = set()
        self._asked: set[tuple[UUID, datetime]] = set()
        self._signed = ""

    # --- size ---------------------------------------------------------------------------------------------

    @property
    def narrow(self) -> bool:
        return self._page.width() < theme().scale(NARROW_BELOW)

    @property
    def tight(self) -> bool:
        """No room for three panes at any size: from 150 % on a small screen. 路线 stands for 楼面 then."""
        look = theme()
        least = look.px(232) + look.px(LEAST_PANEL) + look.px(TIGHT_BOARD) + 2 * look.size("gap-narrow")
        return self._page.width() < least

    @property
    def low(self) -> bool:
        return self._page.height() < theme().scale(LOW_BELOW)

    def measure(self) -> None:
        """Give each pane its width; what is past folds in low windows when `show_now` comes."""
        page, look, narrow = self._page, theme(), self.narrow
        gap = look.size("gap-narrow" if narrow else "gap")
        page.columns.setSpacing(gap)
        route = round(look.scale(232 if narrow else 270))
        panel = look.px((LEAST_PANEL if narrow else 352) * (1.2 if look.large else 1))
        spare = page.width() - route - panel - 2 * gap - look.px(400)
        if spare < 0:  # large letters on a small screen: every pane gives a little
            route, panel = (
                max(look.px(232), route + spare // 2),
                max(look.px(LEAST_PANEL), panel + spare // 2),
            )
        view, tight = page.board.view, self.tight
        page.route.setMinimumWidth(0 if tight else route)
        page.route.setMaximumWidth(QWIDGETSIZE_MAX if tight else route)
        page.panel.setFixedWidth(round(page.width() * 0.56) if tight else panel)
        beside = view == "facade" or page.panel.form is not None
        page.columns.setStretch(0, int(tight and beside))
        page.route.setVisible(view != "month" if not tight else beside)
        page.board.setVisible(not (tight and beside))
        page.panel.setVisible(not tight or beside)
        page.board.set_narrow(narrow)

    @property
    def heading(self) -> str:
        """窗帘 · 晚间, 窗帘 · 月历; the plain title in the morning."""
        page = self._page
        if page.board.view == "month":
            return f"{page.title} · 月历"
        slot = page.walk.slot
        return page.title if slot == "morning" else f"{page.title} · {SLOT_TITLES[slot]}"

    # --- what was read ------------------------------------------------------------------------------------

    def show_now(self) -> None:
        """Everything, from the walk as it stands."""
        page = self._page
        desk = page.walk.desk
        if desk is None:
            return
        self.measure()
        self._show_route()
        self._show_board(desk)
        self._show_panel(desk)
        page.band.show_watch(desk.watch, may_confirm=page.may("checkins.acknowledge"))
        self.tick()

    def _show_route(self) -> None:
        page, walk = self._page, self._page.walk
        rows, slot = walk.rows, walk.slot
        missed = any(r.state == UNSEEN for r in rows)
        look = RouteLook(
            slot, walk.current, frozenset(walk.later), self.low or missed, frozenset(walk.toggled)
        )
        due = [r for r in rows if r.state != PAUSED]
        page.route.show_head(
            f"{walk.title} · {route_line(slot)}",
            sum(not waiting(r) for r in due),
            len(due),
            narrow=self.narrow,
        )
        page.route.show_entries(entries(rows, walk.numbers, look), walk.current)
        page.route.legend.show_keys(slot, low=self.low)
        late = "补看的记「到点后看到」：不算及时，算看过。" if missed else ""
        page.route.show_hint(late if not self.low else "")

    def _show_board(self, desk: RoundDesk) -> None:
        page, walk = self._page, self._page.walk
        rows, slot = walk.rows, walk.slot
        board = page.board
        board.show_houses(build(desk.houses, rows, walk.numbers, slot), [r.check_id for r in rows])
        board.show_current(walk.current)
        board.show_counts(rows, slot, low=self.narrow)
        self._show_chips(desk)
        _, running = present_round(page.host.clock.now())
        board.show_slots(slot, both=running == "evening")
        names = {r.worker_id: r.name for r in desk.view.routes}
        page.roll.show_rows(rows, walk.numbers, names, slot)
        if board.view == "roll" and walk.current is not None:
            page.roll.table.select_id(walk.current)

    def _show_chips(self, desk: RoundDesk) -> None:
        page, walk = self._page, self._page.walk
        titles = route_titles(desk.view, dict(desk.grids))
        chips = []
        for route in desk.view.routes:
            done = "✓" if route.signed_at is not None else f"{route.seen}/{route.due}"
            words = titles[route.worker_id]
            chosen = route.worker_id == walk.worker
            if self.narrow and not chosen:
                words = words.removesuffix("网格") or words
            chips.append(RouteChip(route.worker_id, words if chosen else f"{words} {done}"))
        if len(chips) > 1:
            chips.append(RouteChip(None, "全部"))
        page.board.show_chips(chips, walk.worker)

    def _show_panel(self, desk: RoundDesk) -> None:
        page = self._page
        items = panel_items(desk.alarms, [r.check_id for r in desk.view.rows])
        if page.board.view == "month":
            page.panel.show_month(items, page.host.clock.now())
            page.item = None
            return
        page.item = page.panel.show_alarms(
            items,
            page.chosen,
            desk.care,
            desk.colleagues,
            page.host.clock.now(),
            low=self.low,
            with_compound=len({a.compound for a in desk.alarms}) > 1,
        )
        if page.item is None:
            self._show_quiet()

    def _show_quiet(self) -> None:
        page, walk = self._page, self._page.walk
        row = walk.row()
        left = sum(waiting(r) for r in walk.rows)
        if not walk.rows:
            words = ("这一轮没有要看的窗", "")
        elif not left:
            words = (f"{walk.title}都看到了", "可以签收了。" if self.gap() == "" else "")
        else:
            here = f"现在看 {row.door}。" if row is not None and waiting(row) else ""
            words = ("没有要处置的", f"还有 {left} 户没看。{here}")
        page.panel.quiet.show_words(*words)
        acts = ["later", "back_entry"] if left and page.may("checkins.record") else []
        acts += ["pause", "enrol"] if page.home_acts.may_ask("checkins.enrol") else []
        page.panel.quiet.allow(acts)

    def show_tick(self, check_id: UUID) -> None:
        """Slide the curtains of one window."""
        page, walk = self._page, self._page.walk
        desk = walk.desk
        if desk is None:
            return
        houses = build(desk.houses, walk.rows, walk.numbers, walk.slot)
        window = houses.window_of.get(check_id)
        for house in houses.views:
            for view in house.windows:
                if view.id == window:
                    page.board.board.set_window(view)

    # --- each second --------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Countdowns, the line under the title, the sky, and what is missing before signing off."""
        page = self._page
        desk = page.walk.desk
        if desk is None:
            return
        now = page.host.clock.now()
        sky = Sky.at(minute_of_day(now), minute_of_day(desk.sun.rise), minute_of_day(desk.sun.set))
        page.board.show_sky(sky)
        if page.item is not None:
            page.panel.alarms.tick(now)
            self._announce(now)
        page.panel.tick(now)
        rising = f"日出 {local(desk.sun.rise):%H:%M}"
        setting = f"日落 {local(desk.sun.set):%H:%M}"
        sun = setting if desk.view.slot == "evening" else rising
        page.set_facts(
            self._month_facts() if page.board.view == "month" else round_facts(desk.view, now, sun)
        )
        signed = f"{self.gap()} {self.heading}"
        if signed != self._signed:
            self._signed = signed
            page.facts_changed.emit(page.facts)  # the head asks its buttons anew why they cannot act

    def _month_facts(self) -> str:
        walk = self._page.walk
        return f"{walk.title} {len(walk.rows)} 户 · 每格上半是早间，下半是晚间"

    def gap(self) -> str:
        """What is missing before the chosen route can be signed off; "" when nothing is."""
        walk = self._page.walk
        if walk.route is None and walk.rows:
            return "先选一条路线"
        return sign_off_gap(walk.rows, walk.route)

    def ladder_is_over(self) -> bool:
        """Whether a ladder has gone on since it was read; true once for each step."""
        page = self._page
        desk = page.walk.desk
        now = page.host.clock.now()
        due = {
            (a.id, a.passes_at) for a in (desk.alarms if desk else ()) if a.passes_at and a.passes_at <= now
        }
        fresh = due - self._asked
        self._asked |= fresh
        return bool(fresh)

    def _announce(self, now: datetime) -> None:
        item = self._page.item
        passes = item.lead.passes_at if item is not None else None
        if item is None or passes is None:
            return
        minutes = (passes - now).total_seconds() / 60
        for limit in ANNOUNCED:
            key = (item.key, passes, limit)
            if limit - 1 < minutes <= limit and key not in self._said:
                self._said.add(key)
                notify.announce(self._page, f"{item.title}，还有 {limit} 分钟，{item.tile_then()}")
