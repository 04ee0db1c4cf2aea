"""The paper side of the recovery sheet: the preview, printing both copies, or copying them by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.recovery.hand_copy import HandCopy
from centerdesk.app.recovery.sheet import SheetFacts, SheetPreview, print_on
from centerdesk.kernel.clock import local
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, IconLabel, Rule

if TYPE_CHECKING:
    from centerdesk.qtkit.runner import IsCancelled, Progress, Ticket

    Lane: TypeAlias = Callable[
        [
            Callable[[Progress, IsCancelled], int],
            Callable[[int], None],
            Callable[[Exception], None],
            Progress,
        ],
        Ticket,
    ]


class SheetPaper(Card):
    """纸上是这样. Asks for a code with `code_wanted(by_hand)` when it has none; `made(by_hand)` once it is on paper.

    `failed(sentence)` when the printer took nothing. The code is held only while its owner hands it in, or until
    the printer has it: `lane` runs a job off the GUI thread, with done, failed and progress.
    """

    code_wanted = Signal(bool)
    made = Signal(bool)
    failed = Signal(str)

    def __init__(self, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("纸上是这样"), parent, padded=False)
        self._lane = lane
        self._ticket: Ticket | None = None
        self.setObjectName("sheet_paper")
        self._note = text_label(self.tr("A5 · 不存成文件，不进打印记录"), role="facts")
        self.header.addWidget(self._note)
        self._facts: SheetFacts | None = None
        self._made_at: datetime | None = None
        self._by_hand = self._has_code = False
        self._printers: tuple[str, ...] | None = None  # nobody has answered yet
        self.hand = HandCopy()
        self.hand.hide()
        self.hand.copied.connect(self._on_copied)
        self._holder = QHBoxLayout()
        self.preview: SheetPreview | None = None
        inside = QVBoxLayout()
        inside.setSpacing(0)
        inside.addWidget(self.hand)
        inside.addLayout(self._holder, 1)
        inside.addWidget(Rule())
        inside.addWidget(self._make_foot())
        self.body.addLayout(inside)

    def _make_foot(self) -> QWidget:
        foot = QFrame()
        foot.setProperty("ground", "surface2")
        self._icon = IconLabel("print", "ink2", size="icon-button")
        self._said = text_label(role="body", name="sheet_said", wrap=True)
        self.printer = QComboBox()
        self.printer.setObjectName("sheet_printer")
        self.printer.setAccessibleName(self.tr("打印机"))
        self.print = KeyButton(self.tr("打印 2 份"), icon_name="print")
        self.print.setObjectName("sheet_print")
        self.print.clicked.connect(self._on_print)
        self.stop = KeyButton(self.tr("停下"))
        self.stop.setObjectName("sheet_print_stop")
        self.stop.clicked.connect(self._on_stop)
        self.stop.hide()
        self.by_hand = KeyButton(self.tr("抄在格子纸上"), icon_name="edit")
        self.by_hand.setObjectName("sheet_by_hand")
        self.by_hand.clicked.connect(self._on_by_hand)
        row = QHBoxLayout(foot)
        row.setContentsMargins(theme().px(14), theme().px(9), theme().px(14), theme().px(9))
        row.setSpacing(theme().px(8))
        row.addWidget(self._icon)
        row.addWidget(self._said, 1)
        for widget in (self.printer, self.by_hand, self.print, self.stop):
            row.addWidget(widget)
        return foot

    # --- what is shown --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The note in the head goes where large letters leave no room for it."""
        super().resizeEvent(event)
        self._note.setHidden(self.width() < theme().scale(380))
        self._fit(copying=not self.hand.isHidden())

    def _fit(self, *, copying: bool) -> None:
        """While groups are copied by hand in a low window, the preview gives its room away."""
        if self.preview is not None:
            self.preview.setHidden(copying and self.height() < theme().scale(560))

    def show_sheet(self, facts: SheetFacts, made_at: datetime | None, *, has_code: bool) -> None:
        """Which sheet it is, when it came onto paper, and whether its code is still held."""
        self._facts, self._made_at, self._by_hand = facts, made_at, facts.by_hand
        self._has_code = has_code
        if self.preview is None:
            self.preview = SheetPreview(facts)
            self._holder.addWidget(self.preview)
        else:
            self.preview.show_facts(facts)
        self._say()

    def show_printers(self, names: Sequence[str]) -> None:
        """Which printers there are, once the system has answered (`paper_printers`, which may take its time)."""
        self._printers = tuple(names)
        if [self.printer.itemText(n) for n in range(self.printer.count())] != list(names):
            self.printer.clear()
            self.printer.addItems(list(names))
        self._say()

    def _say(self) -> None:
        printers, has_code, printing = self._printers, self._has_code, self._ticket is not None
        self.printer.setVisible(len(printers or ()) > 1)
        self.printer.setEnabled(not printing)
        self.stop.setVisible(printing)
        self.print.setVisible(bool(printers) and not printing)
        self.by_hand.setVisible(printers == ())
        if printing:
            self._icon.show_icon("print", "ink2")
            self._said.setText(self.tr("正在交给打印机…"))
        elif self._made_at is None:
            self._icon.show_icon("print", "ink2")
            unknown = self.tr("正在找打印机…") if printers is None else self.tr("没有找到打印机")
            self._said.setText("" if printers else unknown)
        else:
            self._icon.show_icon("checkmark_circle", "green")
            how = self.tr("{} 手抄了 2 份") if self._by_hand else self.tr("{} 已打印 2 份")
            self._said.setText(how.format(f"{local(self._made_at):%H:%M}"))
        done = self._made_at is not None
        self.print.setText(self.tr("再打一份") if done else self.tr("打印 2 份"))
        self.print.set_missing("" if has_code or not done else self.tr("码已收起"))
        self.by_hand.setVisible(self.by_hand.isVisibleTo(self) and (has_code or not done))

    def take_code(self, code: RecoveryCode, *, by_hand: bool) -> None:
        """The code for what was asked: print it, or begin to show it group by group."""
        if by_hand:
            self.hand.start(code)
            self._fit(copying=True)
            self.hand.show()
            if self.preview is not None and self._facts is not None:
                self.preview.show_facts(replace(self._facts, by_hand=True))
            return
        self._put_on_paper(code)

    def give_up(self) -> None:
        """What the printer has not taken yet it shall not get."""
        if self._ticket is not None:
            self._ticket.stop()

    def forget(self) -> None:
        """Nothing of the code stays here."""
        self.hand.forget()
        self.hand.hide()
        self._fit(copying=False)

    def _put_on_paper(self, code: RecoveryCode) -> None:
        facts, name = self._facts, self.printer.currentText()
        if facts is None or self._ticket is not None:
            return

        def job(told: Progress, stopped: IsCancelled) -> int:
            return print_on(name, facts, code, told, stopped)

        self._ticket = self._lane(job, self._printed, self._not_printed, self._printing)
        had_focus = self.print.hasFocus()
        self._say()
        if had_focus:
            self.stop.setFocus()

    def _printing(self, done: int, total: int) -> None:
        if self._ticket is not None:
            self._said.setText(self.tr("正在交给打印机：第 {} 份，共 {} 份").format(done + 1, total))

    def _printed(self, _copies: int) -> None:
        self._rest()
        self.made.emit(False)

    def _not_printed(self, exc: Exception) -> None:
        self._rest()
        self.failed.emit(tell(exc).text)

    def _rest(self) -> None:
        had_focus, self._ticket = self.stop.hasFocus(), None
        self._say()
        if had_focus:
            self.print.setFocus()

    def _on_stop(self) -> None:
        self.give_up()
        self._said.setText(self.tr("正在停下…"))

    def _on_print(self) -> None:
        if not self.print.missing:
            self.code_wanted.emit(False)

    def _on_by_hand(self) -> None:
        self.code_wanted.emit(True)

    def _on_copied(self) -> None:
        self.made.emit(True)
