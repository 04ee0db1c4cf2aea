"""`centerdesk desk`: opens the station, shows the set-up, the login page and the desk, and closes it all again."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.desk.closing import ClosingSheet
from centerdesk.app.desk.memory import DeskMemory, LookChoice
from centerdesk.app.desk.opening import ClockOf, Opening
from centerdesk.app.desk.session import PROGRAM, SMALLEST, DeskSession
from centerdesk.app.desk.single import PATIENCE_MS, FirstDesk, raise_other
from centerdesk.app.desk.trouble import OnClose, Trouble, title_of
from centerdesk.app.excepthook import DeskCrash
from centerdesk.app.login.machine_look import keep_machine_look, machine_look, sign_in_look, wear
from centerdesk.app.login.watch import LoginWatch
from centerdesk.app.watching.start import WatchKeeper
from centerdesk.app.watching.stop import living_watcher
from centerdesk.kernel.clock import Clock, SystemClock
from centerdesk.kernel.crash import frames_only
from centerdesk.kernel.db import DeskHeld, DeskLock
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, UserError, WrongKey
from centerdesk.kernel.logs import start_logging, stop_logging
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.collect import Collector
from centerdesk.qtkit.errors import write_down
from centerdesk.qtkit.i18n import install_chinese
from centerdesk.qtkit.icons import mark_icon
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import Way
from centerdesk.qtkit.theme import Theme

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow
    from centerdesk.app.restoring import Order

_log = logging.getLogger(__name__)
DONE, ENVIRONMENT = 0, 3


def desk_verb(args: argparse.Namespace, _console: object) -> int:
    """The verb of the command line: `--now` only on a drill station, and then the watcher is not started."""
    from centerdesk.app import cli, display

    display.need_display()
    return open_desk(cli.data_dir(args), lambda s: cli.clock_for(args, drill=s.drill), real=args.now is None)


def open_desk(data: DataDir, clock: Clock | ClockOf, *, real: bool | None = None) -> int:
    """Run the desk until its window is closed; the exit code of the verb. GUI thread, owns the event loop.

    `real` False: the clock does not follow the machine's, so no watcher is started. Guessed when None.
    """
    app = _application()
    clock_of: ClockOf = clock if callable(clock) else lambda _station: clock
    follows = isinstance(clock, SystemClock) or callable(clock) if real is None else real
    program = DeskProgram(app, data, clock_of, real=follows)
    return program.run()


def _application() -> QApplication:
    made = QApplication.instance()
    if isinstance(made, QApplication):
        app = made
    else:
        app = QApplication(sys.argv[:1])
        install_chinese(app)
    app.setApplicationName("centerdesk")
    app.setApplicationDisplayName("")
    app.setQuitOnLastWindowClosed(False)
    app.setWindowIcon(mark_icon())
    Theme.load("light").apply(app)
    return app


class DeskProgram(QObject):
    """服务台程序. One run: trouble, set-up, login, desk, backup, end. GUI thread."""

    def __init__(self, app: QApplication, data: DataDir, clock_of: ClockOf, *, real: bool) -> None:
        super().__init__()
        self._app, self._data = app, data
        self._memory = DeskMemory(data)
        self._code = DONE
        self._lock: DeskLock | None = None
        self._first: FirstDesk | None = None
        self._log_handler: logging.Handler | None = None
        self._crash: DeskCrash | None = None
        self._opening = Opening(data, clock_of, self)
        self._desk: DeskSession | None = None
        self._front: QWidget | None = None
        self._window: DeskWindow | None = None
        self._setup_runner: Runner | None = None
        self._night: LoginWatch | None = None
        self._keeper = WatchKeeper(data, self, real=real)
        self._collector = Collector(self, lambda: self._desk is not None and not self._desk.runner.idle)
        self._opening.opened.connect(self._on_opened, Qt.ConnectionType.QueuedConnection)
        self._opening.refused.connect(self._trouble, Qt.ConnectionType.QueuedConnection)
        self._opening.set_up_wanted.connect(self._show_set_up, Qt.ConnectionType.QueuedConnection)

    # --- the run --------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Everything, from the lock to the last log line."""
        try:
            self._take()
        except EnvironmentFault as exc:
            if isinstance(exc, DeskHeld) and raise_other(self._data, PATIENCE_MS):
                return DONE
            self._trouble(exc)
        else:
            self._opening.look()
        app = self._app
        try:
            app.exec()
        finally:
            self._end()
        return self._code

    def _take(self) -> None:
        """The folder, the lock, the log, the crash hooks. Raises EnvironmentFault and its kinds."""
        self._data.prepare()
        self._lock = DeskLock.acquire(self._data.lock_file, SystemClock())
        self._first = FirstDesk(self._data, self)
        self._first.wanted.connect(self._come_forward)
        self._log_handler = start_logging(self._data.logs, "desk")
        self._crash = DeskCrash(self._data, SystemClock(), self)
        _log.info("desk begins, pid %d", os.getpid())

    def _end(self) -> None:
        """Down in the reverse order; each step alone, because the one before may have failed."""
        if self._front is not None:
            self._front.hide()
        self._collector_stop()
        if self._night is not None:
            self._night.stop()
        self._opening.finish()
        if self._setup_runner is not None:
            self._setup_runner.shutdown()
        self._memory.finish()
        for part in (self._desk, self._first, self._crash):
            if part is not None:
                part.close()
        _log.info("desk ended with %d", self._code)
        if self._log_handler is not None:
            stop_logging(self._log_handler)
        if self._lock is not None:
            self._lock.release()

    # --- opening --------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_opened(self, station: OpenStation) -> None:
        self._code = DONE
        report = self._crash.report if self._crash is not None else write_down
        self._desk = DeskSession.start(station, self, report, self._memory)
        self._show_login()

    @Slot(object)
    def _trouble(self, exc: Exception) -> None:
        """One sentence in a plain window; nothing of the station was touched."""
        self._code = ENVIRONMENT
        if isinstance(exc, UserError):
            text, details = str(exc), ""
        else:
            code = (self._crash.report if self._crash is not None else write_down)(exc)
            text = tr("库里的资料没有动过。请再开一次；还不行，把编号 {} 告诉管理员。").format(code)
            details = f"{code}\n{frames_only(exc)}"
        ways = [Way(tr("再试"), self._again, "trouble_again")] if self._lock is not None else []
        if self._lock is not None and isinstance(exc, WrongKey | DamagedDatabase):
            ways.append(Way(tr("用恢复单打开"), self._rescue, "trouble_rescue"))
        window = Trouble(title_of(exc), text, ways, details)
        window.left.connect(self._app.exit)
        self._show(window)

    def _again(self) -> None:
        """Look once more; the window stays until that is known, and may be closed meanwhile."""
        if isinstance(self._front, Trouble):
            self._front.card.setEnabled(False)
        self._opening.look()

    def _rescue(self) -> None:
        """The recovery sheet, where this machine's key does not open the database or the database is damaged."""
        from centerdesk.app.first_run.setup_runner import setup_runner
        from centerdesk.app.rescue import Rescue

        self._setup_runner = setup_runner(None)
        page = Rescue(self._data, SystemClock(), self._setup_runner, held=self._lock)
        page.opened.connect(self._rescued, Qt.ConnectionType.QueuedConnection)
        page.left.connect(self._rescued, Qt.ConnectionType.QueuedConnection)
        page.installEventFilter(OnClose(page, self._leave_set_up))
        self._show(page)

    def _rescued(self) -> None:
        """Try again with whatever stands now."""
        if self._setup_runner is not None:
            self._setup_runner.shutdown()
            self._setup_runner = None
        self._again()

    # --- set-up and login -----------------------------------------------------------------------------------

    def _show_set_up(self) -> None:
        from centerdesk.app.first_run.wizard import FirstRun, setup_runner

        self._code = DONE
        self._setup_runner = setup_runner(None)
        wear(self._app, look := machine_look(self._memory))
        wizard = FirstRun(self._data, SystemClock(), self._setup_runner, held=self._lock)
        wizard.look.show_look(look)
        wizard.look.chosen.connect(self._wear)
        wizard.finished.connect(self._set_up)
        wizard.stopped.connect(wizard.close)
        wizard.installEventFilter(OnClose(wizard, self._leave_set_up))
        self._show(wizard)

    def _set_up(self) -> None:
        """The wizard closed the station: the desk opens it for good."""
        if self._setup_runner is not None:
            self._setup_runner.shutdown()
            self._setup_runner = None
        self._opening.begin()

    def _leave_set_up(self) -> None:
        from centerdesk.app.first_run.wizard import FirstRun

        wizard = self._front
        if self._setup_runner is not None and wizard is not None:
            wizard.hide()  # nobody watches it wait for what is under way
            self._setup_runner.shutdown()
            self._setup_runner = None
            if isinstance(wizard, FirstRun):
                wizard.shutdown()
            self._app.exit()

    def _show_login(self) -> None:
        from centerdesk.app.login.page import LoginPage

        assert self._desk is not None
        self._desk.station.actor = None
        look = machine_look(self._memory)
        self._desk.dress(self._app, look)
        page = LoginPage(self._desk.station, self._desk.runner)
        page.look.show_look(look)
        page.look.chosen.connect(self._wear)
        page.signed_in.connect(self._enter)
        page.installEventFilter(OnClose(page, self._app.exit))
        self._show(page)
        page.start()
        self._night = LoginWatch(self._desk, page)
        self._night.taken.connect(self._come_forward)
        self._night.pulses.taken.connect(self._keeper.heed)
        self._night.start()
        self._opening.load_desk()

    @Slot(object)
    def _wear(self, look: LookChoice) -> None:
        """Somebody chose a look before signing in: it is the machine's."""
        keep_machine_look(self._memory, look)
        wear(self._app, look)

    @Slot(object)
    def _enter(self, _actor: object) -> None:
        """Somebody is at the desk."""
        desk = self._desk
        assert desk is not None
        from centerdesk.app.desk.window import DeskWindow  # loaded while the password was typed

        wanted, self._night = self._night.stop() if self._night is not None else None, None
        sign_in_look(self._memory, desk.actor.account_id if desk.actor else None)
        desk.dress(self._app)
        self._window = window = DeskWindow(desk)
        window.signed_out.connect(self._sign_out)
        window.closing.connect(self._close)
        window.restore_ordered.connect(self._restore, Qt.ConnectionType.QueuedConnection)
        window.pulses.taken.connect(self._keeper.heed)
        window.restore_place()
        self._show(window, placed=True)
        window.open_first()
        if wanted is not None:
            window.guard.open_alarm(wanted)
        self._collector.start()

    def _sign_out(self) -> None:
        if self._window is not None:
            self._window.keep_place()
            self._let_window_go()
            self._show_login()

    def _let_window_go(self) -> None:
        self._collector_stop()
        if self._window is not None:
            self._window.leave()
            self._window = self._front = None

    # --- going back -----------------------------------------------------------------------------------------

    @Slot(object)
    def _restore(self, order: Order) -> None:
        """Everything is closed, the backup takes the database's place, and the login page comes back."""
        if self._desk is None:
            return
        self._desk.runner.query(
            self,
            partial(living_watcher, clock=self._desk.station.clock),
            lambda watcher: self._close_for(order, watcher),
            lambda _exc: self._close_for(order, None),  # a database that cannot be read is why people go back
        )

    def _close_for(self, order: Order, watcher: int | None) -> None:
        if self._desk is None or self._window is None:
            return
        desk, self._desk = self._desk, None
        from centerdesk.app.desk.restore import RestoringWindow

        waiting = RestoringWindow(self._data, order, self._lock, watcher, desk.let_go)
        for ended, then in ((waiting.done, self._opening.begin), (waiting.failed, self._trouble)):
            for each in (waiting.finish, desk.runner.shutdown, then):
                ended.connect(each, Qt.ConnectionType.QueuedConnection)
        self._let_window_go()
        desk.runner.hang_up()
        self._show(waiting)
        waiting.begin()

    # --- the end --------------------------------------------------------------------------------------------

    def _close(self) -> None:
        """The window was asked to close: first the backup, where the database is a file of ours."""
        window, desk = self._window, self._desk
        if window is None or desk is None or window.findChild(ClosingSheet) is not None:
            return
        if desk.station.database.server:
            self._leave()
            return
        sheet = ClosingSheet(window, desk)
        sheet.done.connect(self._leave)
        sheet.begin()

    def _leave(self) -> None:
        self._let_window_go()
        self._app.exit()  # not `quit`: that asks every window, and an alarm refuses to close

    def _collector_stop(self) -> None:
        if self._collector.running:
            self._collector.stop()

    # --- windows --------------------------------------------------------------------------------------------

    def _show(self, window: QWidget, *, placed: bool = False) -> None:
        """One window at a time stands in front."""
        old, self._front = self._front, window
        if not placed:
            screen = QGuiApplication.primaryScreen()
            room = screen.availableSize() if screen else SMALLEST
            if not isinstance(window, Trouble):
                window.setMinimumSize(SMALLEST.boundedTo(room))
                window.setWindowTitle(PROGRAM)
                window.resize(QSize(1440, 900).boundedTo(room))
        window.show()
        if old is not None and old is not window:
            old.hide()
            old.deleteLater()

    def _come_forward(self) -> None:
        """A second start on this machine wants to see us."""
        if self._front is not None:
            if self._front.isMinimized():
                self._front.showNormal()
            self._front.raise_()
            self._front.activateWindow()
            QApplication.alert(self._front)
