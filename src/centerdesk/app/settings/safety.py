"""数据平安 (UI 19): how much would be lost, where the backups lie, going back, checks, keys, journal, idle."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStackedLayout, QVBoxLayout, QWidget

from centerdesk.app.backups import back_up, step_text, watch_through
from centerdesk.app.diagnostics import Packed, make_pack
from centerdesk.app.first_run.backup import set_second_place
from centerdesk.app.lock.lock import IDLE_MINUTES
from centerdesk.app.records import RESTORED, AcknowledgeLostEnd
from centerdesk.app.recovery.acts import groups_of, new_sheet, note_tried
from centerdesk.app.settings.parts import Section, SectionEntry
from centerdesk.app.settings.rows import RowsTable
from centerdesk.app.settings.safety_cards import ChecksCard, IdleCard, LossCard, LostBand
from centerdesk.app.settings.safety_data import (
    BackupLine,
    SafetyView,
    journal_check,
    read_safety_view,
    run_checks,
)
from centerdesk.app.settings.safety_going_back import GoingBack
from centerdesk.app.settings.safety_keys import JournalCard, KeysCard
from centerdesk.app.settings.safety_restore import RestoreCard
from centerdesk.app.settings.safety_rows import HEADS, backup_row
from centerdesk.app.settings.safety_sheet import RenewSheet, SheetHost, TwoGroups
from centerdesk.kernel.backup import BackupResult
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.settings import SettingsReader
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.files import ask_folder, ask_save
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import Answer, Question, toast
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import scrolled

if TYPE_CHECKING:
    from centerdesk.app.settings.pages import SettingsPage
    from centerdesk.qtkit.runner import Ticket

SINGLY_BELOW = 480
"""Less room across than this, in px at 100 %: places and buttons stand below each other."""


class SafetySection(Section):
    """数据平安. Reads folders and keys on the slow lane; the figures of a restore on the read lane."""

    entry = SectionEntry(
        "safety", "数据平安", "shield_check", ("backup.now", "backup.restore", "backup.approve")
    )

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        actor = page.host.actor()
        self._view: SafetyView | None = None
        self._ticket: Ticket | None = None
        self._may_restore = actor.may("backup.restore") or actor.may("backup.approve")
        self.loss = LossCard(may_choose=actor.may("settings.change"))
        self.lost = LostBand(may_hear=actor.may(RESTORED))
        self.table = RowsTable(
            "backups_table", self.tr("备份"), HEADS, empty=self.tr("还没有一份备份。请管理员按“现在备份”。")
        )
        self.restore = RestoreCard(may=self._may_restore)
        self.checks = ChecksCard()
        self.keys = KeysCard(may_renew=actor.may("staff.manage") or actor.may("staff.approve"))
        self.journal = JournalCard()
        self.idle = IdleCard(may_change=actor.may("settings.change"))
        self.two_groups = TwoGroups()
        self._going_back = GoingBack(self)
        self._make()
        self._connect()

    def _make(self) -> None:
        backups = self._backups = Card(self.tr("备份"), listed=True)
        backups.header.insertWidget(
            0, text_label(self.tr("近 2 天全留，再往前 12 天、10 周、9 个月"), role="caption")
        )
        backups.body.addWidget(self.table)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(self._grid)
        foot = QGridLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        self._foot, self._shape = foot, (4, False)
        self._grid.addWidget(self.loss, 0, 0, 1, 2)
        bands = QVBoxLayout()
        bands.addWidget(self.lost)
        bands.addWidget(self.two_groups)
        self._grid.addLayout(bands, 1, 0, 1, 2)
        self._place_cards()
        self._grid.addLayout(foot, 4, 0, 1, 2)
        self._grid.setColumnStretch(0, 13)
        self._grid.setColumnStretch(1, 7)
        self._grid.setRowStretch(2, 1)
        self._overview = scrolled(inside)
        self._renewal = QWidget()
        self._renewal_box = QVBoxLayout(self._renewal)
        self._renewal_box.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._overview)
        self._stack.addWidget(self._renewal)
        self._measure()

    def _place_cards(self) -> None:
        """Four cards in a row, two by two in a narrow window, or one by one; the restore beside or below the table."""
        columns, below = self._shape
        self._grid.addWidget(self._backups, 2, 0, 1, 2 if below else 1)
        self._grid.addWidget(self.restore, 3 if below else 2, 0 if below else 1, 1, 2 if below else 1)
        cards = ((self.checks, 30), (self.keys, 30), (self.journal, 30), (self.idle, 21))
        for number, (card, stretch) in enumerate(cards):
            row, column = divmod(number, columns)
            self._foot.addWidget(card, row, column)
            even = 1 if number < columns else 0
            self._foot.setColumnStretch(number, stretch if columns == len(cards) else even)

    def _measure(self) -> None:
        narrow = self.width() < theme().scale(1000)
        gap = theme().size("gap-narrow" if narrow else "gap")
        below = narrow and (theme().large or self.width() < theme().scale(800))
        singly = self.width() < theme().scale(SINGLY_BELOW)
        self.restore.set_narrow(singly or (narrow and not below))
        self.loss.set_stacked(below, singly=singly)
        columns = 4 if not narrow else 2 if self.width() >= theme().px(640) else 1
        shape = columns, below
        if shape != self._shape:
            self._shape = shape
            self._place_cards()
        for grid in (self._grid, self._foot):
            grid.setSpacing(gap)
        self.table.setMinimumHeight(theme().size("header-row") + 4 * theme().size("row"))

    def _connect(self) -> None:
        self.loss.second_wanted.connect(self._choose_second)
        self.loss.stop.clicked.connect(self._stop)
        self.checks.wanted.connect(self._check)
        self.journal.wanted.connect(self._check)
        self.keys.try_wanted.connect(self._try_two)
        self.keys.renew_wanted.connect(self._renew)
        self.two_groups.proved.connect(self._proved)
        self.idle.picked.connect(self._pick_idle)
        self.lost.heard.connect(self._hear)

    # --- reading --------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.station.clock.now()

    def refresh(self) -> None:
        station = self.station
        self.page.runner.run(
            self,
            lambda _tell, _stopped: read_safety_view(station),
            self._on_view,
            self.page.show_failure,
            label="",
        )
        self.read(lambda session: SettingsReader(session).get(IDLE_MINUTES), self.idle.minutes.show_value)

    def _on_view(self, view: SafetyView) -> None:
        self._view = view
        self.loss.show_view(view, self.now)
        self.lost.show_lost(view.lost)
        self.table.show_rows([backup_row(line, view, self.now) for line in view.lines])
        when = f"{local(view.checked_at):%m-%d %H:%M}" if view.checked_at else ""
        self.checks.show_checks(view.checks, self.tr("{} 备份时").format(when) if when else "")
        self.keys.show_view(view, self.now)
        self.journal.show_view(view, self.now)
        if self.table.key is not None:
            self._going_back.show_losses()  # another `now`, and the lines are new ones
        elif view.lines:
            self.table.choose(view.lines[0].backup.path)
        else:
            self.restore.show_losses(None, (), self.now)

    def line(self) -> BackupLine | None:
        """The backup that is chosen in the table."""
        key = self.table.key
        lines = self._view.lines if self._view else ()
        return next((line for line in lines if line.backup.path == key), None)

    # --- backup ---------------------------------------------------------------------------------------------

    def back_up(self) -> None:
        """Ctrl B: a backup now, with its progress and a way to stop it."""
        if self._ticket is not None:
            return
        station = self.station
        self.loss.set_busy(self.tr("正在备份…"))
        self._ticket = self.page.runner.run(
            self,
            lambda told, stopped: back_up(station, Reason.MANUAL, watch_through(told, stopped)),
            self._backed_up,
            self._backup_failed,
            self._on_progress,
            label=self.tr("现在备份"),
        )

    def _on_progress(self, done: int, total: int) -> None:
        self.loss.set_busy(self.tr("{}…").format(step_text(done)), done, total)

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.stop()

    def _backed_up(self, result: BackupResult) -> None:
        self._ticket = None
        self.loss.set_busy("")
        second = result.second
        if second is not None and second.problem:
            toast(self, second.problem)
        else:
            where = self.tr("两处") if second is not None else self.tr("本机")
            toast(self, self.tr("备好了，{}，打开核对过。").format(where))
        self.refresh()

    def _backup_failed(self, exc: Exception) -> None:
        self._ticket = None
        self.loss.set_busy("")
        self.refresh()
        if isinstance(exc, Cancelled):
            toast(self, str(exc))
        else:
            present_error(self, exc)

    def _choose_second(self) -> None:
        ask_folder(self, self.tr("第二处放在哪个文件夹"), self.take_second)

    def take_second(self, path: str | Path) -> None:
        """The folder that was chosen: keep it and back up at once."""
        station = self.station

        def done(_value: None) -> None:
            self.back_up()

        self.run(lambda: set_second_place(station, Path(path)), done)

    # --- the diagnostics pack -------------------------------------------------------------------------------

    def choose_pack(self) -> None:
        """Where the zip for the maintainer goes."""
        name = self.tr("诊断包_{:%Y%m%d_%H%M}.zip").format(local(self.now))
        ask_save(self, self.tr("诊断包存到哪儿"), name, self.make_pack)

    def make_pack(self, path: str | Path) -> None:
        """Write it on the slow lane."""
        station = self.station

        def done(packed: Packed) -> None:
            words = self.tr("诊断包存好了：{}。里面没有人的资料，可以先打开看看再给人。")
            toast(self, words.format(packed.path.name))

        self.run(
            lambda: make_pack(Path(path), station.data, station.clock, station), done, self.tr("做诊断包")
        )

    # --- checks, keys, idle ---------------------------------------------------------------------------------

    def _check(self) -> None:
        station, began = self.station, self.station.clock.monotonic()
        for button in (self.checks.go, self.journal.go):
            button.set_missing(self.tr("正在核"))

        def over() -> None:
            for button in (self.checks.go, self.journal.go):
                button.set_missing("")

        def done(checks: tuple[CheckResult, ...]) -> None:
            over()
            seconds = max(1, round(station.clock.monotonic() - began))
            self.checks.show_checks(checks, self.tr("刚才 · 用 {} 秒").format(seconds))
            self.journal.show_chain(journal_check(checks))

        def failed(exc: Exception) -> None:
            over()
            self.page.show_failure(exc)

        self.page.runner.run(
            self, lambda _tell, _stopped: run_checks(station), done, failed, label=self.tr("核对")
        )

    def _hear(self) -> None:
        """It is told no more; the journal says who has read it."""
        lost = self._view.lost if self._view else None
        if lost is None:
            return

        def done(_value: None) -> None:
            toast(self, self.tr("记下了。登录页不再提。"))
            self.refresh()

        def failed(exc: Exception) -> None:
            present_error(self, exc)
            self.refresh()

        self.execute(AcknowledgeLostEnd(lost.entry), done, failed)

    def _try_two(self) -> None:
        station = self.station
        self.run(lambda: groups_of(station), self.two_groups.ask)

    def _proved(self) -> None:
        station = self.station

        def done(_value: None) -> None:
            toast(self, self.tr("两组都对，这张单还能用。"))
            self.refresh()

        self.run(lambda: note_tried(station), done)

    def _renew(self) -> None:
        question = Question(
            self.tr("换一张新单？"),
            self.tr("保险柜里的旧单从现在起打不开库。新的一张要打印、照纸敲回，两个人都在才算换好。"),
            (Answer(self.tr("换新单"), "renew"), Answer(self.tr("先不换"), "no")),
        )
        station = self.station

        def answered(key: str) -> None:
            if key == "renew":
                self.run(lambda: new_sheet(station)[0], self._show_renewal, self.tr("做新码"))

        self.page.ask(question, answered)

    def _show_renewal(self, code: RecoveryCode) -> None:
        self._drop_renewal()
        host = SheetHost(self.page, self._leave_renewal)
        host.code = code
        step = RenewSheet(host)
        host.step = step
        self._renewal_box.addWidget(step)
        self._stack.setCurrentWidget(self._renewal)
        host.read_again()
        step.enter()

    def _leave_renewal(self) -> None:
        self._drop_renewal()
        self._stack.setCurrentWidget(self._overview)
        self.refresh()

    def _drop_renewal(self) -> None:
        while (item := self._renewal_box.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, RenewSheet):
                widget.leave()
                widget.hide()
                widget.deleteLater()

    def _pick_idle(self, minutes: object) -> None:
        def failed(exc: Exception) -> None:
            self.refresh()
            self.page.show_failure(exc)

        self.execute(ChangeSetting(IDLE_MINUTES, minutes), lambda _none: None, failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
