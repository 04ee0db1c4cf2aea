"""Idle lock: the content goes, plain blocks come, the password brings it back; alarms come through (UI 4.3, 15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from centerdesk.app.alarm.curtain import AlarmCurtain
from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.lock.rights import RightsKeeper
from centerdesk.app.lock.screen import LockScreen
from centerdesk.app.lock.system import SystemLock
from centerdesk.app.pulse import CHECKINS, Pulse
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.settings import Scope, Setting, SettingsReader, between
from centerdesk.qtkit import notify
from centerdesk.qtkit.clipboard import ClipboardKeeper
from centerdesk.qtkit.hands import Hands

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow

IDLE_MINUTES = Setting(
    "desk.idle_minutes", 5, Scope.SITE, "几分钟没人动就锁屏", check=between(1, 60), hint="1 到 60 分钟。"
)
SETTINGS: tuple[Setting[int], ...] = (IDLE_MINUTES,)
"""Declared here because no feature owns them; the settings pages list them beside the manifests'."""


class DeskGuard(QObject):
    """看着没人的服务台. Locks when nobody touches it, and lets alarms through. GUI thread.

    Idle time is read from both clocks: the wall's, so that a machine that slept wakes up locked; the monotonic
    one, so that setting the wall clock back does not keep the desk open. The two drifting apart is a sleep too.
    """

    TICK_MS = 1000
    SLEPT = timedelta(seconds=10)
    """How far apart the clocks may run between two ticks before it counts as a sleep."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setInterval(self.TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._touched_at: datetime = window.host.clock.now()
        self._touched_ticks = self._last_ticks = window.host.clock.monotonic()
        self._last_look = self._touched_at
        self._system = SystemLock(self)
        self._system.locking.connect(self.lock)
        self._listen = QTimer(self)
        self._listen.setSingleShot(True)
        self._listen.setInterval(self.TICK_MS)
        self._listen.timeout.connect(self._system.start)
        self._clipboard = ClipboardKeeper(self)
        self._rights = RightsKeeper(window.desk, self)
        self._rights.changed.connect(window.rights_changed)
        self._rights.gone.connect(self.lock)
        self._idle = timedelta(minutes=IDLE_MINUTES.default)
        self._hands = Hands(self)
        self._hands.moved.connect(self.touched)
        self._covered: list[tuple[QWidget, QWidget | None]] = []
        self._focus: QWidget | None = None
        self._pulse: Pulse | None = None
        self._known: frozenset[UUID] = frozenset()
        self._taking: UUID | None = None
        self.curtain = AlarmCurtain(window.host.clock, self, motion=window.memory.look.motion)
        self.curtain.taken.connect(self._take)
        self.lock_screen: LockScreen | None = None

    @property
    def locked(self) -> bool:
        return self.lock_screen is not None

    def start(self) -> None:
        self._hands.start()
        self._read_setting()
        self._window.runner.changed.connect(self._on_changed)
        self._window.runner.changed.connect(self._rights.heed)
        self._listen.start()  # after the first picture: it takes 10 ms
        self._clipboard.start()
        self._look_at_clocks()
        self.touched()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._listen.stop()
        self._system.stop()
        self._clipboard.stop()
        self.curtain.lower()
        self._hands.stop()

    # --- idle -----------------------------------------------------------------------------------------------

    def touched(self) -> None:
        """Somebody is here."""
        self._touched_at = self._window.host.clock.now()
        self._touched_ticks = self._window.host.clock.monotonic()

    def tick(self) -> None:
        """Each second: lock when nobody was here for long enough, count down, sound if nobody else does."""
        slept = self._look_at_clocks()
        if not self.locked and (slept or self._idle_for() >= self._idle):
            self.lock()
        self.curtain.tick(covering=self.locked)
        self._rights.tick()

    def _look_at_clocks(self) -> bool:
        """Whether the wall clock ran ahead of the other one since the last look."""
        clock = self._window.host.clock
        now, ticks = clock.now(), clock.monotonic()
        ahead = (now - self._last_look) - timedelta(seconds=ticks - self._last_ticks)
        self._last_look, self._last_ticks = now, ticks
        return ahead > self.SLEPT

    def _idle_for(self) -> timedelta:
        clock = self._window.host.clock
        return max(clock.now() - self._touched_at, timedelta(seconds=clock.monotonic() - self._touched_ticks))

    def _read_setting(self) -> None:
        self._window.runner.query(self, lambda s: SettingsReader(s).get(IDLE_MINUTES), self._set_idle)

    def _set_idle(self, minutes: int) -> None:
        self._idle = timedelta(minutes=minutes)

    def _on_changed(self, changes: object) -> None:
        if "setting" in getattr(changes, "tables", ()):
            self._read_setting()

    # --- locking --------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Take everything away at once: pages, sheets, toasts, other windows, keys, our clipboard."""
        if self.locked:
            return
        window = self._window
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass  # a menu's own menus, one after the other
        notify.hold(window)
        self._clipboard.clear()
        window.registry.set_silent(True)
        self._focus = window.focusWidget()  # its own, also while another program is in front
        self._covered = [(w, w.parentWidget()) for w in _coverable(window) if w.isVisible()]
        for widget, _parent in self._covered:
            widget.hide()
        window.setWindowTitle(self.tr("已锁屏 — 窗明 · 党群服务台"))
        self.lock_screen = LockScreen(window)
        self.lock_screen.unlocked.connect(self._unlocked)
        self.lock_screen.sign_out_wanted.connect(window.signed_out)
        self.lock_screen.cover()
        window.repaint()  # now, not with the next event: after a sleep the old picture would be seen first
        if self._pulse is not None:
            self.lock_screen.show_pulse(self._pulse)
            self.curtain.heed(self._pulse, covering=True)

    def _unlocked(self, actor: Actor) -> None:
        """The right password: everything comes back as it was, drafts and all."""
        screen, self.lock_screen = self.lock_screen, None
        if screen is not None:
            screen.leave()
        self.curtain.lower()
        window = self._window
        if actor != window.actor():
            window.desk.station.actor = actor
            window.rights_changed()
        self._uncover()
        window.registry.set_silent(False)
        window.restore_title()
        notify.release(window)
        self.touched()
        taking, self._taking = self._taking, None
        if taking is not None:
            self.open_alarm(taking)
        window.pulses.take()

    def _uncover(self) -> None:
        """Show what was covered and did not go meanwhile, with the focus where it was."""
        covered, self._covered = self._covered, []
        for widget, parent in covered:
            if isValid(widget) and widget.parentWidget() is parent and not _is_tip(widget):
                widget.show()
        focus, self._focus = self._focus, None
        if focus is None or not isValid(focus) or not focus.isVisible():
            focus = self._window.frame.page if self._window.frame is not None else None  # it went meanwhile
        if focus is not None:
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_alarm(self, alarm_id: UUID) -> None:
        """Write down who took it, and show it."""
        from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm  # a start takes no alarm

        self._window.runner.execute(self._window, AcknowledgeAlarm(alarm_id))
        self._window.go(CHECKINS, alarm_id)

    # --- alarms ---------------------------------------------------------------------------------------------

    def heed(self, pulse: Pulse) -> None:
        """A new pulse: say what is new, and let the lock screen and the alarm screens know."""
        fresh = frozenset(a.alarm_id for a in pulse.alarms) - self._known
        self._known = frozenset(a.alarm_id for a in pulse.alarms)
        first = self._pulse is None
        self._pulse = pulse
        if self.lock_screen is not None:
            self.lock_screen.show_pulse(pulse)
        if fresh and not self.locked and not first:
            self._call_attention(len(fresh))
        self.curtain.heed(pulse, covering=self.locked)

    def _call_attention(self, count: int) -> None:
        window = self._window
        if window.isMinimized():
            window.showNormal()
        window.raise_()
        QApplication.alert(window)
        notify.announce(window, self.tr("报警：{} 户要处置。按 F8 去处置。").format(count), assertive=True)

    def _take(self, alarm_id: UUID) -> None:
        """我来接: the password next, then the alarm itself."""
        self._taking = alarm_id
        self.touched()
        if self.lock_screen is not None:
            self._window.raise_()
            self._window.activateWindow()
            self.lock_screen.ask(self.tr("输密码，马上看联系牌"))


def _coverable(window: QWidget) -> list[QWidget]:
    """All that may show a name: the window's own children, and every other window of the program."""
    inside = [w for w in window.children() if isinstance(w, QWidget)]
    outside = [
        w for w in QApplication.topLevelWidgets() if w is not window and not isinstance(w, AlarmScreen)
    ]
    return [*inside, *outside]


def _is_tip(widget: QWidget) -> bool:
    """Whether it is a tooltip: it belongs to where the pointer was, not to the desk."""
    return widget.windowType() == Qt.WindowType.ToolTip
