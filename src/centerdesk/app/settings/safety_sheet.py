"""The recovery sheet within the settings: typing two groups now and then, and changing it for a new one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from centerdesk.app.first_run.sheet import SheetStep
from centerdesk.app.first_run.state import Progress, Step, read_progress
from centerdesk.app.recovery.fields import GroupField
from centerdesk.app.recovery.tags import SheetGroups, folded
from centerdesk.kernel.recovery import GROUP_LENGTH, GROUPS, RecoveryCode
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.app.first_run.parts import StepPage
    from centerdesk.app.settings.pages import SettingsPage
    from centerdesk.qtkit.runner import IsCancelled, Ticket
    from centerdesk.qtkit.runner import Progress as Tell

R = TypeVar("R")


class TwoGroups(QFrame):
    """抽两组敲敲看: two groups chosen by lot. `proved` when both are as on the paper. GUI thread."""

    proved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("two_groups")
        self.setProperty("band", "info")
        self._groups: SheetGroups | None = None
        self._words = text_label(role="secondary", name="two_groups_words", wrap=True)
        self._row = QHBoxLayout()
        self._row.setSpacing(theme().px(10))
        self._leave = KeyButton(self.tr("先不"), small=True)
        self._leave.setObjectName("two_groups_leave")
        self._leave.clicked.connect(self.close_panel)
        self.fields: list[GroupField] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(theme().px(14), theme().px(10), theme().px(14), theme().px(10))
        box.addWidget(self._words)
        box.addLayout(self._row)
        self._row.addWidget(self._leave)
        self._row.addStretch(1)
        self.hide()

    def ask(self, groups: SheetGroups) -> None:
        """Two others each time."""
        self.close_panel()
        self._groups = groups
        if not groups.checkable:
            self._words.setText(self.tr("这张单是旧程序做的，抽不了两组。请换一张新单。"))
            self.show()
            return
        chosen = sorted(secrets.SystemRandom().sample(range(GROUPS), 2))
        for place, index in enumerate(chosen):
            field = GroupField(index, self)
            field.setFixedWidth(theme().px(170))
            field.textEdited.connect(self._on_edited)
            self._row.insertWidget(place, field)
            self.fields.append(field)
        one, two = (number + 1 for number in chosen)
        self._words.setText(
            self.tr("从保险柜取一张 {}，敲第 {} 组和第 {} 组。").format(groups.name, one, two)
        )
        self.show()
        self.fields[0].setFocus()

    def close_panel(self) -> None:
        """Away, with nothing left in the fields."""
        for field in self.fields:
            self._row.removeWidget(field)
            field.open_again()
            field.hide()
            field.deleteLater()
        self.fields = []
        self.hide()

    def _on_edited(self, typed: str) -> None:
        field = self.sender()
        if not isinstance(field, GroupField) or self._groups is None:
            return
        if len(folded(typed)) < GROUP_LENGTH:
            return
        problem = self._groups.problem(field.index, typed)
        if problem:
            field.clear()
            self._words.setText(problem)
            self._words.set_role("warning")
            return
        field.cover()
        open_fields = [each for each in self.fields if not each.covered]
        if open_fields:
            open_fields[0].setFocus()
            return
        self.close_panel()
        self.proved.emit()


class RenewSheet(SheetStep):
    """换一张新单. The same page as the last step of the set-up."""

    heading = "换一张恢复单"
    forward = "换好了"
    act = "新单"

    def show_progress(self, progress: Progress) -> None:
        """The paper of the sheet before does not count."""
        super().show_progress(replace(progress, only_sheet=False))


class SheetHost:
    """What `RenewSheet` needs of a set-up, given by the settings page. `left` when it is over or put off."""

    def __init__(self, page: SettingsPage, left: Callable[[], None]) -> None:
        self._page, self._left = page, left
        self.data, self.clock = page.station.data, page.station.clock
        self.station: OpenStation | None = page.station
        self.code: RecoveryCode | None = None
        self.step: RenewSheet | None = None

    def work(
        self,
        job: Callable[[Tell, IsCancelled], R],
        done: Callable[[R], None],
        failed: Callable[[Exception], None] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        label: str,
        page: StepPage,
    ) -> Ticket:
        def fell(exc: Exception) -> None:
            present_error(page, exc)

        return self._page.runner.run(page, job, done, failed or fell, progress, label=label)

    def require_station(self) -> OpenStation:
        return self._page.station

    def adopt(self, station: OpenStation, code: RecoveryCode | None) -> None:
        """Only a set-up makes stations."""

    def read_again(self) -> None:
        step, station = self.step, self._page.station
        if step is None:
            return

        def done(progress: Progress) -> None:
            step.show_progress(progress)

        self.work(lambda _tell, _stopped: read_progress(station), done, label="", page=step)

    def go_on(self, _step: Step) -> None:
        self._left()

    def go_back(self, _step: Step) -> None:
        self._left()

    def turn_to(self, _step: Step) -> None:
        self._page.open_section("accounts")

    def finish(self) -> None:
        self._left()

    def rescue(self) -> None:
        """Only a set-up has no station yet."""
