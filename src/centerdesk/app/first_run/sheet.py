"""The last step of the set-up: the recovery sheet goes onto paper, is typed back, and is put away (UI 18)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.first_run.parts import StepPage
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.recovery.acts import (
    confirm,
    new_sheet,
    note_made,
    note_places,
    opens,
    witnesses,
)
from centerdesk.app.recovery.checklist import SheetChecklist
from centerdesk.app.recovery.fields import GroupFields
from centerdesk.app.recovery.paper import SheetPaper
from centerdesk.app.recovery.sheet import SheetFacts, paper_printers
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.hands import Hands
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import Answer, Question, ask
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import Room

if TYPE_CHECKING:
    from centerdesk.app.first_run.parts import Wizard
    from centerdesk.qtkit.runner import IsCancelled, Ticket
    from centerdesk.qtkit.runner import Progress as Tell


class SheetStep(StepPage):
    """恢复单. The code lives in `wizard.code` while it is needed, on paper, and nowhere else.

    Groups are checked through their tags, so that typing goes on after a restart without the code.
    """

    FORGET_MS: ClassVar[int] = 300_000
    """Idle time after which the code is dropped and both people must come again."""

    step = Step.SHEET
    heading = "最后一步：恢复单"
    forward = "装好，开始用"
    act: ClassVar[str] = "敲回"
    """What the journal says of it."""

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._groups: SheetGroups | None = None
        self._typed: RecoveryCode | None = None
        self._two: tuple[Actor, Actor] | None = None
        self.paper = SheetPaper(self._print)
        self.fields = GroupFields()
        self.checks = SheetChecklist(self.tr("做完这几样，才算装好"))
        self._make()
        self.paper.code_wanted.connect(self._on_code_wanted)
        self.paper.made.connect(self._on_made)
        self.paper.failed.connect(self._warn)
        self.fields.changed.connect(self._say_missing)
        self.fields.complete.connect(self._on_complete)
        self.checks.people_given.connect(self._on_people)
        self.checks.places_given.connect(self._on_places)
        self.checks.second_wanted.connect(self._on_second)
        self.checks.two_places.edited.connect(self.typed_on)
        self._idle = QTimer(self)
        self._idle.setObjectName("sheet_idle")
        self._idle.setSingleShot(True)
        self._hands = Hands(self)
        self._hands.moved.connect(self._stay)
        self._idle.timeout.connect(self.forget)

    def _make(self) -> None:
        typing = Card()
        self._title_row = QHBoxLayout()
        self._title_row.addWidget(text_label(self.tr("照着纸，敲一遍"), role="matter-title"))
        self._title_row.addStretch(1)
        typing.body.addLayout(self._title_row)
        words = self.tr("码只印在纸上，屏幕上不出现。敲对一组，那组就盖住。")
        self._below = text_label(words, role="facts", wrap=True)
        typing.body.addWidget(self._below)
        typing.body.addWidget(self.fields, 1)
        self.reprint = KeyButton(self.tr("没印清，重印一张新码"), icon_name="print", small=True)
        self.reprint.setObjectName("sheet_renew")
        self.reprint.clicked.connect(self._on_renew)
        self.fields.add_beside_hint(self.reprint)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(typing)
        self._column.addWidget(self.checks, 1)
        right = QWidget()
        right.setLayout(self._column)
        self._room = Room(right)
        self.checks.opened.connect(self._room.bring)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self.paper, 0, 0, 2, 1)
        self._grid.addWidget(self._room, 0, 1)
        self._grid.addWidget(self.foot, 1, 1)
        self._grid.setColumnStretch(0, 9)
        self._grid.setColumnStretch(1, 10)

    def fit(self) -> None:
        """The paper beside what is typed; above it, and scrolled, where there is no room for both."""
        inside = self._column.indexOf(self.paper) >= 0
        if self.stacked and not inside:
            self._grid.removeWidget(self.paper)
            self._column.insertWidget(0, self.paper)
        elif inside and not self.stacked:
            self._column.removeWidget(self.paper)
            self._grid.addWidget(self.paper, 0, 0, 2, 1)
        self._grid.setColumnStretch(0, 0 if self.stacked else 9)
        for layout in (self._grid, self._column):
            layout.setSpacing(theme().size("gap"))
        low = self.height() < theme().scale(620)
        self._below.setHidden(low)
        short = low and theme().large
        self.reprint.setText(self.tr("重印新码") if short else self.tr("没印清，重印一张新码"))

    def typed(self) -> dict[str, Any]:
        """Where the copies shall lie; the code is a secret."""
        return self.checks.two_places.typed

    def type_again(self, typed: Mapping[str, Any]) -> None:
        self.checks.type_places(typed)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        station, groups = self.wizard.station, progress.sheet
        if station is None or groups is None:
            return
        if self._groups is None or self._groups.number != groups.number:
            self._groups, self._typed = groups, None
            self.fields.start(groups)
        facts = SheetFacts(
            progress.name or station.station.name,
            groups.name,
            progress.printed_at or self.wizard.clock.now(),
            progress.by_hand,
        )
        self.paper.show_sheet(facts, progress.printed_at, has_code=self.wizard.code is not None)
        self.foot.back.setVisible(not progress.only_sheet)
        self._say_missing()

    def _say_missing(self) -> None:
        progress, done = self.progress, self.fields.done
        if progress.printed_at is not None:
            told = self.tr("手抄的") if progress.by_hand else self.tr("打印的")
            self.checks.paper.show_state(True, self.tr("{}，页数对").format(told))
        elif progress.only_sheet:
            self.checks.paper.show_state(True, self.tr("建站时抄下的那张；没有就打一张新的"))
        else:
            self.checks.paper.show_state(False, self.tr("左边按一下就打"))
        typed = self._typed is not None
        self.checks.typed.show_state(
            typed, self.tr("八组都对") if typed else self.tr("敲了 {} 组").format(done)
        )
        present = ""
        if self._two is not None:
            one, two = self._two
            present = self.tr("书记 {} 作证 · 管理员 {}").format(two.name, one.name)
        self.checks.show_people(progress.people, present)
        self.checks.show_places(progress.places)
        self.checks.say_left()
        left = self.checks.left
        self.foot.forward.set_missing(self.tr("还差 {} 样").format(left) if left else "")

    def _warn(self, sentence: str) -> None:
        self.checks.band.say(sentence)

    def _failed(self, exc: Exception) -> None:
        self._warn(tell(exc).text)

    # --- paper ----------------------------------------------------------------------------------------------

    def _print(
        self,
        job: Callable[[Tell, IsCancelled], int],
        done: Callable[[int], None],
        failed: Callable[[Exception], None],
        progress: Tell,
    ) -> Ticket:
        return self.wizard.work(job, done, failed, progress, label=self.tr("打印恢复单"), page=self)

    def _on_code_wanted(self, by_hand: bool) -> None:
        if self.wizard.code is not None:
            self.paper.take_code(self.wizard.code, by_hand=by_hand)
            return
        self._renew(by_hand)

    def _on_renew(self) -> None:
        question = Question(
            self.tr("重印一张新码？"),
            self.tr("手上的那张（{}）作废，请当面撕掉。已敲的也要重敲。").format(
                self._groups.name if self._groups else ""
            ),
            (Answer(self.tr("打新的一张"), "new"), Answer(self.tr("先不"), "no")),
        )

        def answered(key: str) -> None:
            if key == "new":
                self._renew(not self.paper.printer.count())

        ask(self, question, answered)

    def _renew(self, by_hand: bool) -> None:
        station = self.wizard.require_station()
        self.paper.forget()

        def done(answer: tuple[RecoveryCode, SheetGroups]) -> None:
            self.wizard.code, self._groups = answer
            self._typed = None
            self.fields.start(self._groups)
            self.wizard.read_again()
            self.paper.take_code(answer[0], by_hand=by_hand)

        self.wizard.work(
            lambda _tell, _stopped: new_sheet(station), done, self._failed, label=self.tr("做新码"), page=self
        )

    def _on_made(self, by_hand: bool) -> None:
        station = self.wizard.require_station()
        self.checks.band.say("")
        self._keep(lambda: note_made(station, by_hand=by_hand))

    def _keep(self, what: Callable[[], None]) -> None:
        def job(_tell: object, _stopped: object) -> None:
            what()

        def done(_value: None) -> None:
            self.wizard.read_again()

        self.wizard.work(job, done, self._failed, label=self.tr("记下"), page=self)

    # --- typing back, people, places ------------------------------------------------------------------------

    def _on_complete(self) -> None:
        station, typed = self.wizard.require_station(), self.fields.text

        def done(code: RecoveryCode) -> None:
            self._typed = code
            self.paper.forget()
            self._say_missing()

        def failed(exc: Exception) -> None:
            self.fields.refuse(tell(exc).text)

        self.wizard.work(
            lambda _tell, _stopped: opens(station, typed),
            done,
            failed,
            label=self.tr("核对恢复单"),
            page=self,
        )

    def _on_people(self, one: str, first: str, two: str, second: str) -> None:
        station = self.wizard.require_station()

        def done(people: tuple[Actor, Actor]) -> None:
            self._two = people
            self.checks.two_people.clear()
            self.checks.band.say("")
            self._say_missing()

        def failed(exc: Exception) -> None:
            self.checks.two_people.clear()
            self._failed(exc)

        self.wizard.work(
            lambda _tell, _stopped: witnesses(station, (one, first), (two, second)),
            done,
            failed,
            label=self.tr("核对两个人"),
            page=self,
        )

    def _on_places(self, places: str) -> None:
        station = self.wizard.require_station()
        self._keep(lambda: note_places(station, places))

    def _on_second(self) -> None:
        self.wizard.turn_to(Step.ACCOUNTS)

    def save(self) -> None:
        """装好: the sheet counts from now on."""
        code, two = self._typed, self._two
        if self.foot.forward.missing or code is None or two is None:
            return
        station = self.wizard.require_station()
        self.foot.forward.set_missing(self.tr("正在收尾"))

        def job(_tell: object, _stopped: object) -> None:
            confirm(station, code, two, self.act)

        def done(_value: None) -> None:
            self._drop()
            self.wizard.finish()

        def failed(exc: Exception) -> None:
            self._say_missing()
            self._failed(exc)

        self.wizard.work(job, done, failed, label=self.tr("装好"), page=self)

    # --- leaving it alone -----------------------------------------------------------------------------------

    def enter(self) -> None:
        self.wizard.work(
            lambda _tell, _stopped: paper_printers(), self.paper.show_printers, label="", page=self
        )
        self._idle.start(self.FORGET_MS)
        self._hands.start()
        if self.progress.printed_at is not None or self.progress.only_sheet:
            self.fields.focus_next()

    def leave(self) -> None:
        self._idle.stop()
        self._hands.stop()
        self.paper.forget()

    def _stay(self) -> None:
        """Somebody is there: the idle time begins anew."""
        self._idle.start(self.FORGET_MS)

    def forget(self) -> None:
        """Nobody touched it for five minutes: the code leaves memory, both people must come again.

        With nothing typed yet the paper is void too: it may lie in the printer for anybody to read.
        """
        self.wizard.code, self._two = None, None
        self.paper.give_up()
        self.paper.forget()
        if self.fields.done == 0 and self.progress.printed_at is not None:
            self._void()
        else:
            self._warn(self.tr("五分钟没人动，请两位再输一次密码。敲对的几组还在。"))
        self._say_missing()

    def _void(self) -> None:
        station = self.wizard.require_station()

        def done(_answer: tuple[RecoveryCode, SheetGroups]) -> None:
            self._warn(self.tr("五分钟没人动，刚才那张作废了。请撕掉，再打一张。"))
            self.wizard.read_again()

        self.wizard.work(
            lambda _tell, _stopped: new_sheet(station), done, self._failed, label=self.tr("作废"), page=self
        )

    def _drop(self) -> None:
        """Nothing of the code is kept once it is confirmed."""
        self._typed, self._two, self.wizard.code = None, None, None
        self._idle.stop()
        for field in self.fields.fields:
            field.open_again()
