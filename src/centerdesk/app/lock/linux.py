"""What Linux says of its lock, its sleep and a change of user on D-Bus: logind, and the desktops' screen lockers."""

from __future__ import annotations

import logging
import os
from typing import Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

_log = logging.getLogger(__name__)

LOGIN = "org.freedesktop.login1"
SESSION = f"{LOGIN}.Session"
PROPERTIES = "org.freedesktop.DBus.Properties"
OURS = "/org/freedesktop/login1/session/auto"
"""logind's own name for the session of whoever asks."""
LOGIN_SIGNALS = (
    (f"{LOGIN}.Manager", "PrepareForSleep"),
    (SESSION, "Lock"),
    (PROPERTIES, "PropertiesChanged"),
)
SCREEN_SIGNALS = (
    ("org.freedesktop.ScreenSaver", "ActiveChanged"),  # KDE, LXQt, Xfce
    ("org.gnome.ScreenSaver", "ActiveChanged"),
    ("org.ukui.ScreenSaver", "lock"),  # Kylin
    ("com.deepin.dde.lockFront", "Visible"),  # UOS
    ("org.deepin.dde.LockFront1", "Visible"),
)
_AWAY = {"Active": False, "LockedHint": True}
"""Properties of our session, and the value that means nobody of ours is before the screen."""
_ON_HEARD: Any = SLOT("on_heard(QDBusMessage)")  # PySide wants str here, its stubs bytes


class BusEars(QObject):
    """总线上的锁屏消息. Connects without waiting for an answer; a bus that is not there is left out. GUI thread."""

    heard = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._login: QDBusConnection | None = None
        self._screens: QDBusConnection | None = None

    def open(self) -> None:
        """The buses of this machine and of this session."""
        own = os.environ.get("DBUS_SESSION_BUS_ADDRESS")  # without it Qt would go and start a bus
        self.listen(QDBusConnection.systemBus(), QDBusConnection.sessionBus() if own else None)

    def listen(self, login: QDBusConnection, screens: QDBusConnection | None) -> None:
        """Hear logind on the one bus and the screen lockers on the other."""
        if login.isConnected():
            self._login = login
            for interface, signal in LOGIN_SIGNALS:
                login.connect(LOGIN, "", interface, signal, self, _ON_HEARD)
        if screens is not None and screens.isConnected():
            self._screens = screens
            for interface, signal in SCREEN_SIGNALS:
                screens.connect("", "", interface, signal, self, _ON_HEARD)
        _log.info("the system's lock: logind %s, screens %s", bool(self._login), bool(self._screens))

    def close(self) -> None:
        """Hear nothing any more."""
        if self._login is not None:
            for interface, signal in LOGIN_SIGNALS:
                self._login.disconnect(LOGIN, "", interface, signal, self, _ON_HEARD)
        if self._screens is not None:
            for interface, signal in SCREEN_SIGNALS:
                self._screens.disconnect("", "", interface, signal, self, _ON_HEARD)
        self._login = self._screens = None

    @Slot(QDBusMessage)
    def on_heard(self, message: QDBusMessage) -> None:
        """A signal of one of the buses. One that carries False tells of the end."""
        if message.interface() == PROPERTIES:
            self._ask()
        elif not message.arguments() or message.arguments()[0] is True:
            self.heard.emit()

    def _ask(self) -> None:
        """Something of logind changed: is our session still before the screen? Answered later."""
        if self._login is None:
            return
        for name, away in _AWAY.items():
            question = QDBusMessage.createMethodCall(LOGIN, OURS, PROPERTIES, "Get")
            question.setArguments([SESSION, name])
            watcher = QDBusPendingCallWatcher(self._login.asyncCall(question), self)
            watcher.setProperty("away", away)
            watcher.finished.connect(self._on_answer)

    @Slot(QDBusPendingCallWatcher)
    def _on_answer(self, watcher: QDBusPendingCallWatcher) -> None:
        reply = watcher.reply()
        watcher.deleteLater()
        found = reply.arguments() if reply.type() is QDBusMessage.MessageType.ReplyMessage else []
        if found and found[0].variant() is watcher.property("away"):
            self.heard.emit()
