"""The first set-up (第一次设置): six steps, each kept by itself, resumed wherever it was left (UI 18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.first_run import state
from centerdesk.app.first_run.accounts import AccountsStep
from centerdesk.app.first_run.backup import BackupStep
from centerdesk.app.first_run.head import Head
from centerdesk.app.first_run.help import help_for
from centerdesk.app.first_run.intake import ImportStep
from centerdesk.app.first_run.parts import StepList, StepPage, scrolled
from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.app.first_run.sheet import SheetStep
from centerdesk.app.first_run.site import GridsStep, SiteStep
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.login.look_switch import LookSwitch, quiet
from centerdesk.app.rescue import Rescue
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.errors import Cancelled
from centerdesk.qtkit import notify
from centerdesk.qtkit.errors import present_error, tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import begin
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusTone
from centerdesk.qtkit.room import Shelf
from centerdesk.qtkit.runner import Runner, Ticket

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.kernel.desklock import DeskLock
    from centerdesk.kernel.paths import DataDir
    from centerdesk.kernel.recovery import RecoveryCode
    from centerdesk.qtkit.runner import IsCancelled
    from centerdesk.qtkit.runner import Progress as Tell

R = TypeVar("R")
COMPACT_BELOW = 1000
"""Less room across than this, in px at 100 %: the list of steps gives way to a line in the head."""
needed = state.needed
__all__ = ["FirstRun", "needed", "setup_runner"]


class FirstRun(QWidget):
    """第一次设置. `finished` comes when the station is set up; it is closed again then, for the desk to open.

    `stopped` comes at 先停在这里: nothing is lost, the window may close. Everything slow runs on the slow lane of
    `runner`. `shutdown` closes the station when the window goes away half-way. `held`: the caller's own lock on
    the data directory, for a restore.
    """

    finished = Signal()
    stopped = Signal()

    def __init__(
        self,
        data: DataDir,
        clock: Clock,
        runner: Runner,
        parent: QWidget | None = None,
        *,
        held: DeskLock | None = None,
    ) -> None:
        super().__init__(parent)
        self._held = held
        self.setObjectName("first_run")
        self.setAccessibleName(self.tr("第一次设置"))
        self.data, self.clock, self.runner = data, clock, runner
        self.station: OpenStation | None = None
        self.code: RecoveryCode | None = None
        self.progress = Progress()
        self._step = Step.SITE
        self._busy = 0
        self._make()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self._opened = False

    # --- layout ---------------------------------------------------------------------------------------------

    def _make(self) -> None:
        self.compact = False
        self._head = Head()
        self._head.why_asked.connect(self._show_help)
        self._head.stop_asked.connect(self._on_stop)
        self.steps = StepList()
        self.steps.back_asked.connect(self._on_step)
        self._list = Card(self.tr("第一次设置"), padded=False)
        self._count = text_label(role="facts", name="first_run_count")
        self._list.header.addWidget(self._count)
        holder = QVBoxLayout()
        holder.setContentsMargins(theme().px(9), theme().px(9), theme().px(9), 0)
        self._area = scrolled(self.steps)
        holder.addWidget(self._area)
        inside = QVBoxLayout()
        inside.setSpacing(0)
        inside.addLayout(holder, 1)
        inside.addWidget(Rule())
        inside.addWidget(self._make_foot())
        self._list.body.addLayout(inside)
        self.pages: dict[Step, StepPage] = {}
        self._stack = Shelf()
        for kind in (SiteStep, GridsStep, AccountsStep, ImportStep, BackupStep, SheetStep):
            page: StepPage = kind(self)
            self.pages[page.step] = page
            self._stack.addWidget(page)
        row = QHBoxLayout()
        row.addWidget(self._list)
        row.addWidget(self._stack, 1)
        self._row = row
        inner = QVBoxLayout()
        inner.addWidget(self._head)
        inner.addLayout(row, 1)
        self._inner = inner
        self._set_up = QWidget()
        self._set_up.setLayout(inner)
        self._shelf = Shelf()
        self._shelf.addWidget(self._set_up)
        self.status = StatusBar()
        for name, icon_name in (("station", "building"), ("person", "person")):
            quiet(self.status.add_item(name, icon_name))
        for name, icon_name in (("encryption", "lock"), ("backup", "save")):
            quiet(self.status.add_item(name, icon_name, right=True))
        self.look = LookSwitch(self.status, self)
        quiet(self.status.add_item("clock", "clock", right=True))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._shelf, 1)
        box.addWidget(self.status)
        theme_hub().changed.connect(self._measure)
        self._measure()
        self._show(Progress())

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("first_run_foot")
        foot.setProperty("ground", "surface2")
        box = QVBoxLayout(foot)
        box.setContentsMargins(theme().px(14), theme().px(10), theme().px(14), theme().px(12))
        box.setSpacing(theme().px(3))
        box.addWidget(text_label(self.tr("随时可以停"), role="table-strong"))
        self._resume = text_label(role="caption", name="first_run_resume", wrap=True)
        box.addWidget(self._resume)
        return foot

    def _measure(self) -> None:
        look = theme()
        narrow = self.width() < look.scale(1320)
        self.compact = self.width() < look.scale(COMPACT_BELOW)
        self._list.setHidden(self.compact)
        self._head.set_compact(self.compact)
        side = look.px(14 if narrow else 28)
        self._inner.setContentsMargins(side, look.px(8), side, look.px(14 if narrow else 22))
        self._inner.setSpacing(look.px(8))
        self._row.setSpacing(look.size("gap-narrow" if narrow else "gap"))
        self.steps.set_low(self.height() < look.scale(800))
        self._list.setFixedWidth(look.px((230 if narrow else 300) * (1.25 if look.large else 1)))
        self._say_facts()

    # --- doing ----------------------------------------------------------------------------------------------

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
        """Run something slow for a step; without `failed` its error stands in a panel over the window."""

        def ended(answer: R) -> None:
            self._busy -= 1
            done(answer)

        def fell(exc: Exception) -> None:
            self._busy -= 1
            if failed is not None:
                failed(exc)
            elif not isinstance(exc, Cancelled):
                present_error(page, exc)

        self._busy += 1
        return self.runner.run(self, job, ended, fell, progress, label=label)

    @property
    def busy(self) -> bool:
        """Whether something is under way: the window waits for it before it closes."""
        return self._busy > 0

    def require_station(self) -> OpenStation:
        """The open station; step one is done by then."""
        if self.station is None:
            raise RuntimeError("no station before the first step is kept")
        return self.station

    def adopt(self, station: OpenStation, code: RecoveryCode | None) -> None:
        """Step one made (or renamed) the station; a new one brings its code, which stays in memory."""
        self.station = station
        if code is not None:
            self.code = code

    def open(self) -> None:
        """Read how far it is; called by itself when the widget is shown the first time."""
        self._opened = True
        data, clock = self.data, self.clock

        def job(_tell: object, _stopped: object) -> tuple[OpenStation | None, Progress]:
            station = state.open_unfinished(data, clock)
            return station, state.read_progress(station) if station is not None else Progress()

        def done(answer: tuple[OpenStation | None, Progress]) -> None:
            self.station, progress = answer
            self._resume.setText(
                state.stopped_words(progress, self.clock.now())
                or self.tr("每一步自己存。关掉窗口、断电，都从停的地方继续。")
            )
            self._show(progress)
            self.turn_to(progress.at)

        self.work(job, done, self._cannot_open, label=self.tr("打开"), page=self.pages[Step.SITE])

    def _cannot_open(self, exc: Exception) -> None:
        told = tell(exc)
        notify.report(self, told.title, told.text, copy_text=told.details if told.code else "")

    def read_again(self) -> None:
        """Something was kept: show what stands now, on the same step."""
        self._read(self._step)

    def go_on(self, step: Step) -> None:
        """`step` is kept: to the one after it."""
        after = list(Step)[min(step.number, len(Step) - 1)]
        self._read(after)

    def go_back(self, step: Step) -> None:
        """To the step before."""
        self._read(list(Step)[max(0, step.number - 2)])

    def _read(self, to: Step) -> None:
        station = self.station
        if station is None:
            self.turn_to(to)
            return

        def job(_tell: object, _stopped: object) -> Progress:
            if not self.progress.only_sheet:
                state.keep_place(station, to)
            return state.read_progress(station)

        def done(progress: Progress) -> None:
            self._show(progress)
            self.turn_to(to)

        self.work(job, done, label=self.tr("记下"), page=self.pages[to])

    def finish(self) -> None:
        """Everything is there: forget the wizard, close the station, hand over."""
        station = self.require_station()

        def job(_tell: object, _stopped: object) -> None:
            state.forget_wizard(station)
            station.close()

        def done(_value: None) -> None:
            self.station = self.code = None
            self._timer.stop()
            self.finished.emit()

        self.work(job, done, label=self.tr("装好"), page=self.pages[Step.SHEET])

    def rescue(self) -> None:
        """Another computer: a backup and the sheet are at hand instead of a new station."""
        if self.station is not None or self.busy:
            return
        made = Rescue(self.data, self.clock, self.runner, held=self._held)
        made.opened.connect(self.finished)
        made.left.connect(self._leave_rescue)
        self._shelf.addWidget(made)
        self._shelf.setCurrentWidget(made)

    def _leave_rescue(self) -> None:
        made = self._shelf.currentWidget()
        self._shelf.setCurrentWidget(self._set_up)
        if isinstance(made, Rescue):
            self._shelf.removeWidget(made)
            made.deleteLater()

    def shutdown(self) -> None:
        """Close the station; call it after the runner was shut down, or when nothing is under way."""
        if self.station is not None:
            self.station.close()
            self.station = self.code = None

    # --- what is shown --------------------------------------------------------------------------------------

    def _show(self, progress: Progress) -> None:
        self.progress = progress
        for page in self.pages.values():
            page.show_progress(progress)
        self.steps.show_steps(progress, self._step)
        done = sum(progress.done(step) for step in Step)
        self._count.setText(f"{done} / {len(Step)}")
        self._tick()

    def turn_to(self, step: Step) -> None:
        """Put a step on show; a station made by `init` has only the last one, and accounts for its second person."""
        if self.progress.only_sheet and step not in (Step.SHEET, Step.ACCOUNTS):
            step = Step.SHEET
        if step is not self._step:
            self.pages[self._step].leave()
        self._step = step
        page = self.pages[step]
        page.resize(self._stack.size())
        page.fit()  # before it is asked how much room it wants
        self._stack.setCurrentWidget(page)
        self._say_facts()
        self.steps.show_steps(self.progress, step)
        top, high = self.steps.place(step)
        self._area.ensureVisible(0, top + high // 2, 0, high)
        page.enter()

    def _say_facts(self) -> None:
        parts = [self.progress.name or self.tr("新站")]
        wall = local(self.clock.now())
        parts.append(self.tr("{} 月 {} 日").format(wall.month, wall.day))
        administrator, secretary = self.progress.holder("administrator"), self.progress.holder("secretary")
        if administrator is not None:
            parts.append(self.tr("{} 在装").format(administrator.name))
        if secretary is not None and secretary is not administrator:
            parts.append(self.tr("{} 在旁").format(secretary.name))
        if self.compact:
            parts.insert(0, self.tr("第 {} 步，共 6 步").format(self._step.number))
        self._head.say(self.pages[self._step].heading, parts)

    def _tick(self) -> None:
        self.status.show_fact("station", self.progress.name or self.tr("还没有站"))
        who = self.progress.holder("administrator")
        self.status.show_fact(
            "person", self.tr("{} · 管理员").format(who.name) if who else self.tr("第一次设置")
        )
        stands = bool(self.progress.name)
        self.status.show_fact("encryption", self.tr("数据已加密") if stands else "")
        made = self.progress.backup_at
        places = self.tr("两处") if self.progress.second_good else self.tr("本机")
        told = self.tr("试备 {} 成功 · {}").format(f"{local(made):%H:%M}", places) if made else ""
        self.status.show_fact("backup", told, StatusTone.PLAIN)
        self.status.show_fact("clock", f"{local(self.clock.now()):%H:%M}")

    def _on_step(self, step: Step) -> None:
        if not self.busy:
            self._read(step)

    def _on_stop(self) -> None:
        if not self.busy:
            self.stopped.emit()

    def _show_help(self) -> None:
        notify.report(self, self.tr("为什么要{}").format(self._step.value), help_for(self._step))

    # --- events ---------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        if not self._opened:
            self.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The paper under the cards."""
        painter = begin(self)
        painter.fillRect(self.rect(), theme().colour("paper"))
        painter.end()
