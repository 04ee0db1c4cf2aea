"""The first set-up (第一次设置): six steps, each kept by itself, resumed wherever it was left (UI 18)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.first_run import state
from centerdesk.app.first_run.accounts import AccountsStep
from centerdesk.app.first_run.backup import BackupStep
from centerdesk.app.first_run.drafts import Typed, forget_typed, keep_typed, read_typed
from centerdesk.app.first_run.head import LOW_BELOW, Head
from centerdesk.app.first_run.help import help_for
from centerdesk.app.first_run.intake import ImportStep
from centerdesk.app.first_run.parts import StepPage
from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.app.first_run.sheet import SheetStep
from centerdesk.app.first_run.site import GridsStep, SiteStep
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.first_run.status import SetUpStatus
from centerdesk.app.first_run.step_card import StepCard
from centerdesk.app.rescue import Rescue
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.qtkit import notify
from centerdesk.qtkit.errors import present_error, tell
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import begin
from centerdesk.qtkit.room import Shelf
from centerdesk.qtkit.runner import Runner, Ticket
from centerdesk.qtkit.tab_order import tab_on

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.kernel.desklock import DeskLock
    from centerdesk.kernel.paths import DataDir
    from centerdesk.kernel.recovery import RecoveryCode
    from centerdesk.qtkit.runner import IsCancelled
    from centerdesk.qtkit.runner import Progress as Tell

R = TypeVar("R")
TYPED_MS = 1000
"""What is typed is written down this long after the first key."""
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
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPED_MS)
        self._later.timeout.connect(self.keep_typed)
        self._opened = False

    # --- layout ---------------------------------------------------------------------------------------------

    def _make(self) -> None:
        self.compact = False
        self._head = Head()
        self._head.why_asked.connect(self._show_help)
        self._head.stop_asked.connect(self._on_stop)
        self._list = StepCard()
        self.steps = self._list.steps
        self.steps.back_asked.connect(self._on_step)
        self.pages: dict[Step, StepPage] = {}
        self._stack = Shelf()
        for kind in (SiteStep, GridsStep, AccountsStep, ImportStep, BackupStep, SheetStep):
            page: StepPage = kind(self)
            page.typed_on.connect(self._on_typed)
            page.fit_now()
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
        self.status = SetUpStatus(self)
        self.look = self.status.look
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._shelf, 1)
        box.addWidget(self.status)
        theme_hub().changed.connect(self._measure)
        self._measure()
        self._show(Progress())

    def _measure(self) -> None:
        look = theme()
        narrow = self.width() < look.scale(1320)
        self.compact = self.width() < look.scale(COMPACT_BELOW)
        self._list.setHidden(self.compact)
        self._head.set_compact(self.compact, low=self.height() < look.scale(LOW_BELOW))
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
    def typing(self) -> bool:
        """Whether something was typed that is not written down yet."""
        return self._later.isActive()

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

        def job(_tell: object, _stopped: object) -> tuple[OpenStation | None, Progress, dict[Step, Typed]]:
            station = state.open_unfinished(data, clock)
            progress = state.read_progress(station) if station is not None else Progress()
            return station, progress, read_typed(data, clock, station)

        def done(answer: tuple[OpenStation | None, Progress, dict[Step, Typed]]) -> None:
            self.station, progress, typed = answer
            self._list.say_resume(
                state.stopped_words(progress, self.clock.now())
                or self.tr("每一步自己存。关掉窗口、断电，都从停的地方继续。")
            )
            self._show(progress)
            for step, values in typed.items():
                self.pages[step].type_again(values)
            self.turn_to(progress.at)

        self.work(job, done, self._cannot_open, label=self.tr("打开"), page=self.pages[Step.SITE])

    def _cannot_open(self, exc: Exception) -> None:
        told = tell(exc)
        notify.report(self, told.title, told.text, copy_text=told.details if told.code else "")

    def _on_typed(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def keep_typed(self) -> None:
        """Write down what stands in the fields, without secrets: a power cut must not cost it."""
        self._later.stop()
        data, clock, station, step = self.data, self.clock, self.station, self._step
        typed = self.pages[step].typed()

        def job(_tell: object, _stopped: object) -> None:
            keep_typed(data, clock, station, step, typed)

        self.work(job, lambda _value: None, label="", page=self.pages[step])

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
        data, clock, here = self.data, self.clock, self._step
        typed = self.pages[here].typed()

        def job(_tell: object, _stopped: object) -> Progress:
            keep_typed(data, clock, station, here, typed)
            if not self.progress.only_sheet:
                state.keep_place(station, to)
            return state.read_progress(station)

        def done(progress: Progress) -> None:
            self._show(progress)
            self.turn_to(to)

        self.work(job, done, label=self.tr("记下"), page=self.pages[to])

    def finish(self) -> None:
        """Everything is there: forget the wizard, close the station, hand over."""
        data, clock, station = self.data, self.clock, self.require_station()

        def job(_tell: object, _stopped: object) -> None:
            state.forget_wizard(station)
            forget_typed(data, clock, station)
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
        if self._later.isActive():  # the window went away within a second of the last key
            self._later.stop()
            with suppress(EnvironmentFault):
                keep_typed(self.data, self.clock, self.station, self._step, self.pages[self._step].typed())
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
        self._list.say_done(done)
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
        page.fit_now()  # before it is asked how much room it wants
        self._stack.setCurrentWidget(page)
        self._say_facts()
        self.steps.show_steps(self.progress, step)
        self._list.bring(step)
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
        self.status.tell(self.progress, self.clock.now())

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

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order one reads."""
        return tab_on(self, forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The paper under the cards."""
        painter = begin(self)
        painter.fillRect(self.rect(), theme().colour("paper"))
        painter.end()
