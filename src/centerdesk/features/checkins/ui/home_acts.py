"""What is done with a home beside looking: pause, back entry, enrol, withdraw; each a form in the right pane."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from centerdesk.features.checkins.commands import RecordRound
from centerdesk.features.checkins.commands_enrol import ENROL, WITHDRAW, EndPause
from centerdesk.features.checkins.queries_elder import ElderDetail, PauseRow, get_elder
from centerdesk.features.checkins.queries_round import Candidate, find_candidates
from centerdesk.features.checkins.rules import PAUSED, PauseSpan, joined_to
from centerdesk.features.checkins.ui.back_entry import BackEntry, Exceptions
from centerdesk.features.checkins.ui.enrol_pane import FindResident
from centerdesk.features.checkins.ui.forms import (
    ENROL_DRAFT,
    PAUSE_DRAFT,
    WITHDRAW_DRAFT,
    EnrolDraft,
    PauseDraft,
    WithdrawDraft,
    enrol_form,
    enrol_start,
    pause_form,
    withdraw_form,
)
from centerdesk.features.checkins.ui.task_pane import TaskPane
from centerdesk.features.checkins.ui.words import long_door
from centerdesk.kernel.clock import today
from centerdesk.kernel.identity import Reach
from centerdesk.qtkit.notify import Answer, Question
from centerdesk.qtkit.runner import Ticket

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

ASKED = "提上去了，等书记或前台来定。定之前照常看。"


class HomeActs:
    """户上的事. Each opens its form; the page closes it once it was done."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page

    def proposes(self, right: str) -> bool:
        """May this person only ask for it?"""
        return self._page.host.actor().reach(right) == Reach.PROPOSE

    def allows(self, act: str) -> bool:
        """May this person begin this act of the list?"""
        if act == "back_entry":
            return self._page.may("checkins.record")
        return act == "withdraw" or self.may_ask(ENROL)

    def may_ask(self, right: str) -> bool:
        """May this person do it, or ask for it?"""
        return self._page.host.actor().may(right, Reach.PROPOSE)

    def _with_elder(self, enrolment_id: UUID, then: str) -> None:
        """Read the elder first: pauses and versions are not on the route."""
        page = self._page
        actor, now = page.host.actor(), page.host.clock.now()

        def read(elder: ElderDetail) -> None:
            if then == "withdraw":
                self.open_withdraw(elder)
            else:
                self._ask_about_pause(elder)

        page.runner.query(page, lambda s: get_elder(s, actor, enrolment_id, now), read)

    # --- pause --------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """P: a pause with the day of return; on a paused home, its end or the next one."""
        row = self._page.walk.row()
        if row is None:
            return
        if row.state == PAUSED:
            self._with_elder(row.enrolment_id, "paused")
            return
        self.open_pause(row.enrolment_id, row.door, today(self._page.host.clock))

    def open_pause(self, enrolment_id: UUID, door: str, first_on: date) -> None:
        """The form of a pause that begins on this day."""
        asks = self.proposes(ENROL)
        form = pause_form(self._page.host.clock, first_on, proposes=asks)
        form.load(PauseDraft(first_on=first_on))
        form.keep_as(PAUSE_DRAFT, lambda: enrolment_id, whole=True)
        text = f"{long_door(door)}。暂停的日子不看、不算漏看；到期自己恢复。"
        pane: TaskPane[PauseDraft] = TaskPane(
            "pause", f"{'提议' if asks else ''}暂停这一户", text, form, "提上去" if asks else "设暂停"
        )

        def wanted(draft: PauseDraft) -> None:
            if asks:
                self._page.doing.run(draft.proposal(enrolment_id), f"{door} {ASKED}")
                return
            self._page.doing.run(
                draft.command(enrolment_id), f"{door} 已暂停，{draft.back_on:%m-%d} 起照常看。"
            )

        pane.wanted.connect(wanted)
        self._page.begin_form(pane)

    def _ask_about_pause(self, elder: ElderDetail) -> None:
        """A home that is paused now: back before the day, or away for longer."""
        day, asks = today(self._page.host.clock), self.proposes(ENROL)
        running = next((p for p in elder.pauses if p.first_on <= day <= p.last_on), None)
        if running is None:
            self._page.toast("这户今天没有暂停。")
            return
        last = _last_joined(elder, running)
        longer = day >= last.prolonged_from
        if asks and not longer:
            self._page.toast(f"{_standing(last)}。提前回来了，请书记或前台来结束暂停。")
            return

        def answered(key: str) -> None:
            if key == "end":
                self._end(elder, running)
            elif key == "longer":
                self.open_pause(elder.enrolment.id, elder.enrolment.door, last.last_on + timedelta(days=1))

        door = long_door(elder.enrolment.door)
        leave, more = Answer("先不动", "leave"), Answer("提议再续" if asks else "再续一段", "longer")
        if asks:
            question = Question(f"{door} 还要再停一段？", f"{_standing(last)}。", (more, leave))
        else:
            question = Question(
                f"{door} 提前回来了？",
                f"{_standing(last)}（{running.reason}）。结束后，还没收窗的这一轮就要看。",
                (Answer("结束暂停", "end"), *((more,) if longer else ()), leave),
            )
        self._page.ask(question, answered)

    def _end(self, elder: ElderDetail, pause: PauseRow) -> None:
        said = f"{elder.enrolment.door} 的暂停结束了，接着看。"
        self._page.doing.run(EndPause(pause.id, pause.version), said)

    # --- the whole route ----------------------------------------------------------------------------------

    def back_entry(self) -> None:
        """A: everything that waits is open, except what is named."""
        walk = self._page.walk
        route, desk = walk.route, walk.desk
        if desk is None or route is None:
            self._page.toast("先选一条路线：补录一次记一个人的一轮。")
            return
        pane = BackEntry(walk.rows, walk.numbers, walk.slot, walk.title)
        slot = desk.view.slot

        def wanted(exceptions: Exceptions) -> None:
            command = RecordRound(route.worker_id, slot, pane.homes, exceptions)
            self._page.doing.run(command, "补录好了。")

        pane.wanted.connect(wanted)
        self._page.begin_form(pane)

    # --- enrolling ----------------------------------------------------------------------------------------

    def enrol_chosen(self, row: Candidate | None) -> None:
        """The form with this resident chosen already; None chooses nobody."""
        self.enrol()
        find = self._page.panel.findChild(FindResident)
        if row is not None and isinstance(find, FindResident):
            find.choose(row)

    def enrol(self) -> None:
        """Ctrl N: who agreed, who looks, when."""
        page = self._page
        desk = page.walk.desk
        workers = desk.colleagues if desk else ()
        form = enrol_form(page.host.clock, workers)
        mine = page.walk.worker or next((c.id for c in workers if c.works), None)
        form.load(enrol_start(page.host.clock, mine))
        find = FindResident()
        form.keep_as(ENROL_DRAFT, lambda: find.resident_id, whole=True)
        asks = self.proposes(ENROL)
        title, verb = ("提议登记一户", "提上去") if asks else ("登记一户", "登记")
        pane: TaskPane[EnrolDraft] = TaskPane("enrol", title, "", form, verb, above=find)

        asked: list[Ticket] = []

        def look(text: str) -> None:
            for older in asked:
                older.cancel()  # two read lanes answer in any order
            actor, day = page.host.actor(), today(page.host.clock)

            def found(rows: tuple[Candidate, ...]) -> None:
                find.show_found(rows)

            asked[:] = [page.runner.query(find, lambda s: find_candidates(s, actor, text, day), found)]

        def wanted(draft: EnrolDraft) -> None:
            if find.chosen is None:
                find.complain()
                return
            if asks:
                page.doing.run(draft.proposal(find.chosen.resident_id), f"{find.chosen.door} {ASKED}")
                return
            said = f"{find.chosen.door} 登记好了，从 {draft.first_on:%m-%d} 起看。"
            page.doing.run(draft.command(find.chosen.resident_id), said)

        find.wanted.connect(look)
        find.chosen_changed.connect(form.focus_first)
        pane.wanted.connect(wanted)
        page.begin_form(pane)
        find.field.setFocus()

    def withdraw(self) -> None:
        """Take a home off the list, from a day on."""
        row = self._page.walk.row()
        if row is not None:
            self._with_elder(row.enrolment_id, "withdraw")

    def open_withdraw(self, elder: ElderDetail) -> None:
        """The form of leaving the list."""
        asks = self.proposes(WITHDRAW)
        form = withdraw_form(self._page.host.clock, proposes=asks)
        form.load(WithdrawDraft(today(self._page.host.clock)))
        form.keep_as(WITHDRAW_DRAFT, lambda: elder.enrolment.id, whole=True)
        door = elder.enrolment.door
        text = f"{long_door(door)}。撤销以后不再看这扇窗，也不再报警。"
        pane: TaskPane[WithdrawDraft] = TaskPane(
            "withdraw",
            "提议撤销登记" if asks else "撤销登记",
            text,
            form,
            "提上去" if asks else "撤销登记",
            urgent=not asks,
            leave="接着看",
        )

        def wanted(draft: WithdrawDraft) -> None:
            if asks:
                self._page.doing.run(draft.proposal(elder.enrolment.id), f"{door} {ASKED}")
                return
            command = draft.command(elder.enrolment.id, elder.enrolment.version)
            self._page.doing.run(command, f"{door} 看到 {draft.last_on:%m-%d} 为止。")

        pane.wanted.connect(wanted)
        self._page.begin_form(pane)


def _last_joined(elder: ElderDetail, running: PauseRow) -> PauseSpan:
    """The last of the pauses that run on from this one; itself where none does."""

    def span(row: PauseRow) -> PauseSpan:
        return PauseSpan(row.first_on, row.first_slot, row.last_on, row.last_slot)

    slots = [window.slot for window in elder.enrolment.windows]
    return [span(running), *joined_to(span(running), map(span, elder.pauses), slots)][-1]


def _standing(pause: PauseSpan) -> str:
    until, anew = (f"{day.month} 月 {day.day} 日" for day in (pause.last_on, pause.prolonged_from))
    return f"原来暂停到 {until}，{anew}起可以再续"
