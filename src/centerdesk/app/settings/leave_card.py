"""请假 of one account: the days, who stands in, and what is booked already; the secretary books it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.features.staff.api import LeaveRow
from centerdesk.features.staff.commands import EndLeave, TakeLeave
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.qtkit.date_input import Lean
from centerdesk.qtkit.editors import ChoiceEditor
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import DateEditor
from centerdesk.qtkit.painted.buttons import KeyButton


@record
class LeaveDraft:
    """请假."""

    deputy_id: UUID | None = None
    first_on: date | None = None
    last_on: date | None = None


class LeaveCard(QWidget):
    """请假和顶岗. `wanted` with the command once the fields are right. GUI thread."""

    wanted = Signal(object)

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.setObjectName("leave_card")
        self._account: UUID | None = None
        self._said = text_label(role="facts", name="leave_said", wrap=True)
        self._deputy = ChoiceEditor(blank=tr("请选顶岗的人"))
        self.form: Form[LeaveDraft] = Form(
            [
                Field("first_on", self.tr("从哪天"), lambda: DateEditor(clock, lean=Lean.FUTURE), required=True),
                Field("last_on", self.tr("到哪天（含）"), lambda: DateEditor(clock, lean=Lean.FUTURE), required=True),
                Field("deputy_id", self.tr("谁顶岗"), lambda: self._deputy, required=True),
            ]
        )  # fmt: skip
        self.form.setObjectName("leave_form")
        self.book = KeyButton(self.tr("登记请假"))
        self.book.setObjectName("leave_book")
        self.book.clicked.connect(self._book)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        box.addWidget(text_label(self.tr("请假"), role="table-strong"))
        box.addWidget(self._said)
        box.addWidget(self.form)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        self.end = KeyButton(self.tr("销假，今天起在岗"))
        self.end.setObjectName("leave_end")
        self.end.clicked.connect(self._end)
        row.addWidget(self.book)
        row.addWidget(self.end)
        row.addStretch(1)
        box.addLayout(row)

    def show_account(
        self, account_id: UUID, others: Sequence[tuple[UUID, str]], leaves: Sequence[LeaveRow]
    ) -> None:
        """Another account; `others` may stand in."""
        self._account = account_id
        names = dict(others)
        mine = [leave for leave in leaves if leave.account_id == account_id]
        words = [leave_words(leave, names.get(leave.deputy_id, "")) for leave in mine]
        self._said.setText("；".join(words) if words else self.tr("没有登记请假。"))
        self.end.setVisible(bool(mine))
        self._deputy.set_options(others)
        self.form.load(LeaveDraft())

    def _book(self) -> None:
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        if self._account and draft.deputy_id and draft.first_on and draft.last_on:
            self.wanted.emit(TakeLeave(self._account, draft.deputy_id, draft.first_on, draft.last_on))

    def _end(self) -> None:
        if self._account is not None:
            self.wanted.emit(EndLeave(self._account))


def leave_words(leave: LeaveRow, deputy: str) -> str:
    """`12-05 到 12-08 请假，周敏顶岗`."""
    return tr("{:%m-%d} 到 {:%m-%d} 请假，{}顶岗").format(leave.first_on, leave.last_on, deputy)
