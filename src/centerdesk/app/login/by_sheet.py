"""Getting in by the recovery sheet: the face of the login card, and what it asks of the station."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.login.facts import DeskUser
from centerdesk.app.login.panels import sentence_of
from centerdesk.app.login.recovery import RecoveryPanel
from centerdesk.app.recovery.acts import SHEET_USED, groups_of, opens
from centerdesk.app.recovery.tags import SheetGroups
from centerdesk.features.staff.commands_recovery import RECOVER, ResetByRecovery
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.runner import Failed, Runner


class BySheet(QObject):
    """用恢复单进去. `entered(Actor)` once the sheet was right and the new password stored. GUI thread.

    `heads` answers the administrators of this moment.
    """

    entered = Signal(object)

    def __init__(
        self, station: OpenStation, runner: Runner, heads: Callable[[], Sequence[DeskUser]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._station, self._runner, self._heads = station, runner, heads
        self._code: RecoveryCode | None = None
        self.panel = RecoveryPanel()
        self.panel.sheet_typed.connect(self._on_sheet)
        self.panel.submitted.connect(self._on_reset)
        self.panel.back_wanted.connect(self.clear)

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self._code = None
        self.panel.clear()

    def begin(self, shown: Callable[[], None], failed: Failed) -> None:
        """From the first group on; `shown` when the panel is ready to be looked at."""
        station = self._station

        def done(groups: SheetGroups) -> None:
            self.panel.start(groups, self._heads())
            shown()
            self.panel.groups.focus_next()

        self._runner.run(self, lambda _tell, _stopped: groups_of(station), done, failed, label="")

    def _on_sheet(self, typed: str) -> None:
        station = self._station

        def done(code: RecoveryCode) -> None:
            self._code = code
            self.panel.accept_sheet()

        def failed(exc: Exception) -> None:
            self.panel.refuse_sheet(sentence_of(exc))

        self._runner.run(
            self, lambda _tell, _stopped: opens(station, typed), done, failed, label=self.tr("核对恢复单")
        )

    def _on_reset(self, account_id: UUID, password: str) -> None:
        """The sheet was right: set the password, keep that the sheet was used, and sign in as that person."""
        station = self._station
        if self._code is None:
            return
        login = next((u.login for u in self._heads() if u.account_id == account_id), "")
        if not login:
            self.panel.refuse(self.tr("这个账号刚被停用了。请返回登录，再选一位管理员。"))
            return

        def job(_tell: object, _stopped: object) -> Actor:
            actor = system_actor([RECOVER], station.site.desk)
            station.bus.run(ResetByRecovery(account_id, password), actor=actor)
            used = station.clock.now().isoformat(timespec="seconds")
            station.station = station.station.with_setting(SHEET_USED, used)
            station.station.save(station.data.station_file)
            return station.authenticate(login, password)

        def failed(exc: Exception) -> None:
            self.panel.refuse(sentence_of(exc))

        def done(actor: Actor) -> None:
            self.clear()
            self.entered.emit(actor)

        self._runner.run(self, job, done, failed, label=self.tr("重设密码"))
