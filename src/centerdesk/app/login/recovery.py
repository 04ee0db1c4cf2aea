"""The face of the login card that gets in by the recovery sheet when nobody can (UI 17)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from centerdesk.app.login.facts import DeskUser
from centerdesk.app.login.panels import CardPanel, two_fields_problem
from centerdesk.app.recovery.fields import GroupFields
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.qtkit.controls import link, password_field
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.warning_band import WarningBand


class RecoveryPanel(CardPanel):
    """用恢复单进去. First the eight groups, then whose password, then the new one.

    `sheet_typed(code text)` when all groups are there; `submitted(account id, password)` at the end.
    """

    sheet_typed = Signal(str)
    submitted = Signal(object, str)
    back_wanted = Signal()

    def __init__(self) -> None:
        below = self.tr("照着保险柜里那张纸敲。只重设一位管理员的密码，会留痕；用过就要换新单。")
        super().__init__(self.tr("用恢复单进去"), below, "recovery_panel")
        self._heads: tuple[DeskUser, ...] = ()
        self.groups = GroupFields()
        self.column.addWidget(self.groups)
        self.band = WarningBand("recovery_warning")
        self._second = QWidget()
        box = QVBoxLayout(self._second)
        box.setContentsMargins(0, 0, 0, 0)
        self.head = QComboBox()
        self.head.setObjectName("recovery_account")
        self.head.setAccessibleName(self.tr("重设谁的密码"))
        self.first = password_field("recovery_password", self.tr("新密码"))
        self.again = password_field("recovery_password_again", self.tr("再输一遍"))
        for label, widget in (
            (self.tr("重设谁的密码"), self.head),
            (self.tr("新密码"), self.first),
            (self.tr("再输一遍"), self.again),
        ):
            box.addWidget(text_label(label, role="table-strong", buddy=widget))
            box.addWidget(widget)
        self.column.addWidget(self._second)
        self.column.addWidget(self.band)
        self.go = KeyButton(self.tr("重设，进去"), kind=Kind.PRIMARY, tall=True)
        self.go.setObjectName("recovery_button")
        self.column.addWidget(self.go)
        self.column.addWidget(link(self.tr("返回登录"), "recovery_back", self.back_wanted.emit))
        self.groups.complete.connect(self._on_complete)
        self.groups.changed.connect(self._say_missing)
        self.go.clicked.connect(self._submit)
        self.again.returnPressed.connect(self._submit)

    def start(self, groups: SheetGroups | None, heads: Sequence[DeskUser]) -> None:
        """From the beginning."""
        self._heads = tuple(heads)
        self.head.clear()
        for user in self._heads:
            self.head.addItem(user.name)
        self.first.clear()
        self.again.clear()
        self.band.say("")
        self._second.hide()
        self.groups.start(groups)
        self.groups.show()
        self._say_missing()

    def clear(self) -> None:
        self.start(None, ())

    def accept_sheet(self) -> None:
        """The sheet opens the database: now the password."""
        self.groups.hide()
        self._second.show()
        self.band.say("")
        self.go.set_missing("")
        self.first.setFocus()

    def refuse_sheet(self, sentence: str) -> None:
        """The eight groups do not open the database."""
        self.groups.refuse(sentence)

    def refuse(self, sentence: str) -> None:
        """Why this password will not do."""
        self.go.set_missing("")
        self.band.say(sentence)
        self.first.setFocus()

    def _say_missing(self) -> None:
        left = len(self.groups.fields) - self.groups.done
        self.go.set_missing(self.tr("还差 {} 组").format(left) if left else "")

    def _on_complete(self) -> None:
        self.go.set_missing(self.tr("正在核对"))
        self.sheet_typed.emit(self.groups.text)

    def _submit(self) -> None:
        if self.go.missing or not self._heads:
            return
        if problem := two_fields_problem(self.first, self.again):
            self.band.say(problem)
            return
        self.go.set_missing(self.tr("正在存"))
        self.submitted.emit(self._heads[self.head.currentIndex()].account_id, self.first.text())
