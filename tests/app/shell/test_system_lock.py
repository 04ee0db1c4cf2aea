"""The desk goes dark with the system: real D-Bus signals on a bus of our own, made-up messages of Windows."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from ctypes import wintypes

import pytest
from PySide6.QtCore import QObject

from centerdesk.app.lock.windows import (
    MESSAGE,
    WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE,
    WindowsEars,
    says_away,
)

pytestmark = pytest.mark.gui
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is Linux's")


@pytest.fixture(scope="module")
def bus_address(tmp_path_factory):
    """A message bus that only this test talks on."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed")
    socket = tmp_path_factory.mktemp("bus") / "s"
    running = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address", f"--address=unix:path={socket}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    yield running.stdout.readline().strip()
    running.terminate()
    running.wait()
    running.stdout.close()


@pytest.fixture
def bus(bus_address, qtbot):
    """(our ears on it, somebody who plays logind and the screen lockers)."""
    from PySide6.QtDBus import QDBusConnection

    from centerdesk.app.lock.linux import LOGIN, BusEars

    ours = QDBusConnection.connectToBus(bus_address, "ours")
    theirs = QDBusConnection.connectToBus(bus_address, "theirs")
    assert theirs.registerService(LOGIN)
    owner = QObject()
    ears = BusEars(owner)
    ears.listen(ours, ours)
    yield ears, theirs
    ears.close()
    owner.deleteLater()
    theirs.unregisterService(LOGIN)
    for name in ("ours", "theirs"):
        QDBusConnection.disconnectFromBus(name)


def say(theirs, path: str, interface: str, name: str, *values: object) -> None:
    from PySide6.QtDBus import QDBusMessage

    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments(list(values))
    assert theirs.send(message)


@linux
@pytest.mark.parametrize(
    ("path", "interface", "name", "values"),
    [
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", (True,)),
        ("/org/freedesktop/login1/session/_32", "org.freedesktop.login1.Session", "Lock", ()),
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", (True,)),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", (True,)),
        ("/", "org.ukui.ScreenSaver", "lock", ()),
        ("/com/deepin/dde/lockFront", "com.deepin.dde.lockFront", "Visible", (True,)),
    ],
)
def test_every_voice_of_linux_is_heard(bus, qtbot, path, interface, name, values):
    ears, theirs = bus
    with qtbot.waitSignal(ears.heard):
        say(theirs, path, interface, name, *values)


@linux
def test_the_end_of_a_sleep_or_of_a_lock_is_no_reason_to_lock(bus, qtbot):
    ears, theirs = bus
    heard = []
    ears.heard.connect(lambda: heard.append(1))
    with qtbot.waitSignal(ears.heard):
        say(theirs, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep", False)
        say(theirs, "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", False)
        say(theirs, "/", "org.ukui.ScreenSaver", "lock")
    assert heard == [1]


def played_session(said: dict[str, bool]):
    """logind's object for our session; `asked` are the properties somebody wanted."""
    from PySide6.QtDBus import QDBusVariant, QDBusVirtualObject

    class Session(QDBusVirtualObject):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[str] = []

        def introspect(self, _path: str) -> str:
            return ""

        def handleMessage(self, message, connection) -> bool:
            _interface, name = message.arguments()
            self.asked.append(name)
            return connection.send(message.createReply(QDBusVariant(said[name])))

    return Session()


@linux
@pytest.mark.parametrize(
    ("said", "away"),
    [
        ({"Active": False, "LockedHint": False}, True),
        ({"Active": True, "LockedHint": True}, True),
        ({"Active": True, "LockedHint": False}, False),
    ],
)
def test_when_the_session_changes_logind_is_asked_whether_it_is_still_ours(bus, qtbot, said, away):
    """A change of user is no signal of its own: the session stops being the active one."""
    from centerdesk.app.lock.linux import OURS, PROPERTIES, SESSION

    ears, theirs = bus
    session = played_session(said)
    assert theirs.registerVirtualObject(OURS, session)
    heard = []
    ears.heard.connect(lambda: heard.append(1))
    say(theirs, "/org/freedesktop/login1/session/_32", PROPERTIES, "PropertiesChanged", SESSION)
    qtbot.waitUntil(lambda: sorted(session.asked) == ["Active", "LockedHint"])
    with qtbot.waitSignal(ears.heard):  # what was answered before has arrived when this has
        say(theirs, "/", "org.ukui.ScreenSaver", "lock")
    assert len(heard) == (2 if away else 1)
    theirs.unregisterObject(OURS)


@pytest.mark.parametrize(
    ("message", "what", "away"),
    [
        (WM_WTSSESSION_CHANGE, 0x7, True),  # lock
        (WM_WTSSESSION_CHANGE, 0x2, True),  # another user at the console
        (WM_WTSSESSION_CHANGE, 0x4, True),  # the remote session was left
        (WM_WTSSESSION_CHANGE, 0x8, False),  # unlock
        (WM_WTSSESSION_CHANGE, 0x1, False),  # back at the console
        (WM_POWERBROADCAST, 0x4, True),  # suspend
        (WM_POWERBROADCAST, 0x12, True),  # woke up by itself
        (WM_POWERBROADCAST, 0xA, False),  # the mains were plugged in
        (0x0200, 0x7, False),  # a mouse move
    ],
)
def test_what_windows_says_is_understood(qtbot, message, what, away):
    assert says_away(message, what) is away
    ears = WindowsEars()
    qtbot.addWidget(ears)
    heard = []
    ears.heard.connect(lambda: heard.append(1))
    made = wintypes.MSG()
    made.message, made.wParam = message, what
    ears.nativeEvent(MESSAGE, ctypes.addressof(made))
    ears.nativeEvent(b"xcb_generic_event_t", 0)
    assert heard == ([1] if away else [])
