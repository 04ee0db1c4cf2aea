"""Pictures of what stands before the desk: login, alarm, rescue, trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QLineEdit, QPushButton

from centerdesk.app.alarm.screen import AlarmScreen
from centerdesk.app.alarm.words import alarm_words
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.demo import PASSWORD
from centerdesk.app.desk.trouble import Trouble, title_of
from centerdesk.app.first_run.setup_runner import setup_runner
from centerdesk.app.login.page import LoginPage
from centerdesk.app.pictures import wait_until
from centerdesk.app.rescue import Rescue
from centerdesk.features.checkins.api import locked_alarms
from centerdesk.kernel.errors import WrongKey
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import Way
from tests.shots.stations import MORNING, NEW, NOW, WHO, five_wrong, people_were_here, set_clock, watched
from tests.shots.views import VIEWS, Album, View, lay_out, pause

DOORS = ("login", "alarm", "rescue", "trouble")


def gone() -> None:
    """What was asked to go is gone before the next theme comes."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# --- login --------------------------------------------------------------------------------------------------


def login(station: OpenStation, empty: OpenStation, album: Album) -> None:
    """07:26, nobody there yet: plain, waiting, the first password, the recovery sheet; and a desk nobody used."""
    set_clock(station, MORNING)
    people_were_here(station)
    watched(station)
    states: dict[str, Callable[[LoginPage], None]] = {
        "filled": lambda _page: None,
        "forgot": lambda page: _press(page, "forgot"),
        "new-password": _first_time,
        "recovery": lambda page: _press(page, "use_sheet"),
    }
    for view in album.views():
        for name, do in states.items():
            _login(station, album, view, name, do)
        _login(empty, album, view, "empty", lambda _page: None)
    five_wrong(station, WHO)
    set_clock(station, MORNING + timedelta(seconds=18))
    watched(station)
    for view in album.views():
        _login(station, album, view, "waiting", _wrong_again)
    set_clock(station, NOW)


@contextmanager
def login_page(station: OpenStation, view: View) -> Iterator[LoginPage]:
    """The page as somebody finds it; everything it asked for has been answered."""
    view.put_on()
    runner = Runner(station.bus, station.database.read_session, present_error)
    page = LoginPage(station, runner)
    try:
        lay_out(page, view.size)
        page.start()
        rest(runner)
        yield page
    finally:
        page.close()
        page.deleteLater()
        runner.shutdown()
        runner.deleteLater()
        gone()


def _login(
    station: OpenStation, album: Album, view: View, name: str, do: Callable[[LoginPage], None]
) -> None:
    with login_page(station, view) as page:
        do(page)
        rest(page._runner)
        page.tick()
        pause()
        album.keep(page, "login", name, view)


def rest(runner: Runner) -> None:
    """Until nothing is asked any more, and what came was laid out."""
    for _ in range(3):
        wait_until(lambda: runner.idle)
    pause()


def _press(page: LoginPage, name: str) -> None:
    page.findChild(QPushButton, name).click()


def _wrong_again(page: LoginPage) -> None:
    names = [page.sign_in.who.itemText(n) for n in range(page.sign_in.who.count())]
    page.sign_in.who.setCurrentIndex(next(n for n, name in enumerate(names) if name.startswith(WHO)))
    page.sign_in.hint.caps = True
    page.sign_in.password.setText("NOT-THE-PASSWORD")
    _press(page, "sign_in_button")


def _first_time(page: LoginPage) -> None:
    page.sign_in.who.setCurrentIndex(page.sign_in.who.count() - 1)
    page.findChild(QLineEdit, "other_login").setText(NEW)
    page.sign_in.password.setText(PASSWORD)
    _press(page, "sign_in_button")


# --- alarm --------------------------------------------------------------------------------------------------


def alarm(station: OpenStation, album: Album) -> None:
    """Over the locked desk, on a usual screen, a small one and a wide one; it wears the same colours always."""
    now = station.clock.now()
    with station.database.read_session() as session:
        alarms = locked_alarms(session, now)
    for name, size in (("filled", (1440, 900)), ("small", (1180, 720)), ("wide", (1920, 1080))):
        screen = AlarmScreen(motion=False)
        screen.show_alarm(alarm_words(alarms[-1], len(alarms) - 1, now))
        lay_out(screen, QSize(*size))
        album.keep(screen, "alarm", name, VIEWS[0])
        screen.leave()
        gone()


# --- rescue, trouble ----------------------------------------------------------------------------------------


def rescue(station: OpenStation, album: Album, folder: Path) -> None:
    """With a database and backups there, and on a computer that has nothing."""
    for view in album.views():
        for name, data in (("filled", station.data), ("empty", DataDir(folder / "nothing"))):
            with rescue_page(station, view, data) as page:
                album.keep(page, "rescue", name, view)


@contextmanager
def rescue_page(station: OpenStation, view: View, data: DataDir) -> Iterator[Rescue]:
    """The page once it has looked around."""
    view.put_on()
    runner = setup_runner()
    page = Rescue(data, station.clock, runner)
    try:
        lay_out(page, view.size)
        rest(runner)
        yield page
    finally:
        page.close()
        page.deleteLater()
        runner.shutdown()
        runner.deleteLater()
        gone()


def trouble(album: Album) -> None:
    """A key that does not open the database."""
    exc = WrongKey("这台电脑还没有本机钥匙。资料没有动过；请用恢复单打开一次。")
    ways = [Way("再试", _nothing, "trouble_again"), Way("用恢复单打开", _nothing, "trouble_rescue")]
    for view in album.views():
        view.put_on()
        window = Trouble(title_of(exc), str(exc), ways)
        lay_out(window, window.size())
        album.keep(window, "trouble", "filled", view)
        window.close()
        window.deleteLater()
        gone()


def _nothing() -> None:
    """A way out that leads nowhere in a picture."""
