"""What is done at an open alarm from the panel: taking it, writing acts down, closing it with a sighting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm
from centerdesk.features.checkins.commands_call import ShowNumber
from centerdesk.features.checkins.commands_watch import ConfirmGap
from centerdesk.features.checkins.queries_alarm import AlarmRow
from centerdesk.features.checkins.rules import UNSEEN
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.features.checkins.rules_watch import CLOCK
from centerdesk.features.checkins.ui.alarm_words import PanelItem
from centerdesk.features.checkins.ui.forms import CLOSE_DRAFT, CloseDraft, close_form, close_start
from centerdesk.features.checkins.ui.task_pane import TaskPane
from centerdesk.features.checkins.ui.words import long_door, state_word
from centerdesk.kernel.clock import local
from centerdesk.qtkit.notify import Answer, Question

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage


class AlarmActs:
    """处置. One alarm at a time, the one the panel shows; nothing here ends one but closing (G17)."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page
        card = page.panel.alarms.card
        card.act_wanted.connect(page.do_alarm_act)
        card.assign_wanted.connect(page.assign)
        card.number_wanted.connect(page.show_number)

    def do(self, act: str, item: PanelItem) -> None:
        """One of the card's acts."""
        match act:
            case "seen":
                self.close(item.lead)
            case "phone" if item.is_list:
                self.close(item.lead, by_phone=True)
            case "phone":
                self._ask_phone(item.lead)
            case "no_answer":
                self.advance(item.lead, Act.NO_ANSWER_DOOR, "记下了：敲门无人应。")
            case "entry":
                self._ask_entry(item.lead)
            case "take":
                self._take(item)
            case "start":
                self._page.go_to(item.lead.check_id)

    def advance(self, alarm: AlarmRow, act: Act, said: str, who: UUID | None = None) -> None:
        """Write one act down and say so; what was done cannot be taken back."""

        def done(_step: str) -> None:
            self._page.toast(said)

        self._page.runner.execute(self._page, AdvanceAlarm(alarm.id, act, assignee_id=who), done)

    def assign(self, item: PanelItem, who: UUID, name: str) -> None:
        """Send somebody else, to every home of the list."""
        for alarm in item.alarms:
            self.advance(alarm, Act.ASSIGN, f"已请 {name} 去。", who)

    def _take(self, item: PanelItem) -> None:
        def done(_none: None) -> None:
            self._page.toast(f"您接了：{item.title}。")

        for alarm in item.alarms:
            if alarm.acknowledged_at is None:
                self._page.runner.execute(self._page, AcknowledgeAlarm(alarm.id), done)

    def _ask_phone(self, alarm: AlarmRow) -> None:
        def answered(key: str) -> None:
            match key:
                case "elder":
                    self.close(alarm, by_phone=True)
                case "none":
                    self.advance(alarm, Act.NO_ANSWER_PHONE, "记下了：电话无人接。")
                case "other":
                    self.advance(alarm, Act.ANSWERED_PHONE, "记下了：电话通了，没听到本人。")

        question = Question(
            f"{long_door(alarm.door)}，电话里怎么样？",
            "听到本人说话才算平安；家人、邻居说没事不算，要接着去看。",
            (
                Answer("没人接", "none"),
                Answer("通了，没听到本人", "other"),
                Answer("听到本人，平安", "elder"),
                Answer("先不记", "leave"),
            ),
        )
        self._page.ask(question, answered)

    def _ask_entry(self, alarm: AlarmRow) -> None:
        def answered(key: str) -> None:
            if key == "entry":
                self.advance(alarm, Act.ENTRY, "记下了：入户。请两人见证，进门后再结案。")

        question = Question(
            f"直接入户：{long_door(alarm.door)}？",
            "要两人在场见证，最好有民警或物业；有危险先打 120。记下后，阶梯直接到“入户”。",
            (Answer("记下入户", "entry", urgent=True), Answer("先不入户", "leave")),
        )
        self._page.ask(question, answered)

    # --- closing ------------------------------------------------------------------------------------------

    def close(self, alarm: AlarmRow, *, by_phone: bool = False) -> None:
        """The form that ends an alarm: what it was, how the elder was seen, by whom."""
        form = close_form(alarm)
        form.load(close_start(alarm, self._page.host.actor().name, by_phone=by_phone))
        form.keep_as(CLOSE_DRAFT, lambda: alarm.id, whole=True)
        said = state_word(alarm.kind, alarm.slot) if alarm.kind != UNSEEN else "到点没人看"
        pane: TaskPane[CloseDraft] = TaskPane(
            "close_alarm",
            "给报警结案",
            f"{long_door(alarm.door)} · {alarm.name}，{said}。结了就不能撤销，想好再记。",
            form,
            "记下，结案",
            leave="还没完",
        )

        def wanted(draft: CloseDraft) -> None:
            self._page.doing.run(draft.command(alarm), f"结案了：{long_door(alarm.door)}。")

        pane.wanted.connect(wanted)
        self._page.begin_form(pane)

    def show_number(self, item: PanelItem, ordinal: int) -> None:
        """The whole number of one contact, for thirty seconds; the look is written down."""

        def done(number: str) -> None:
            self._page.panel.alarms.card.care.show_number(item.key, ordinal, number)

        self._page.runner.execute(self._page, ShowNumber(item.key, ordinal), done)

    def confirm_gap(self, gap_id: UUID) -> None:
        """Take note of a stretch that nobody watched; of a clock that was set, after a look at what it shows.

        From then on alarms go by that clock: one that is a day behind would stay silent for a day.
        """
        desk, now = self._page.walk.desk, local(self._page.host.clock.now())
        gap = next((g for g in desk.watch.gaps if g.id == gap_id), None) if desk else None
        if gap is None or gap.cause != CLOCK:
            self._confirm(gap_id)
            return

        def answered(key: str) -> None:
            if key == "right":
                self._confirm(gap_id)

        question = Question(
            f"现在是 {now.month} 月 {now.day} 日 {now:%H:%M} 吗？",
            f"电脑的钟上是 {now.year} 年 {now.month} 月 {now.day} 日 {now:%H:%M}。确认以后，到点报警都照它算；"
            "不对的，先把钟调准，再来确认。",
            (Answer("对，就是现在", "right"), Answer("不对，先调钟", "leave")),
        )
        self._page.ask(question, answered)

    def _confirm(self, gap_id: UUID) -> None:
        def done(_none: None) -> None:
            self._page.toast("记下了：您已知道这一段没人看。")
            self._page.mark_dirty()  # the stretches are no tracked rows: nobody else tells

        self._page.runner.execute(self._page, ConfirmGap(gap_id), done)
