"""Pictures of pages: a real desk on a real station, drawn without a screen. Shots, demo and reviews use it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.window import DeskWindow
from centerdesk.app.display import has_display
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.fonts import BUNDLED_VARIABLE
from centerdesk.qtkit.i18n import install_chinese
from centerdesk.qtkit.theme import Theme
from centerdesk.qtkit.tokens import ThemeName

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation

SIZE = QSize(1440, 868)
"""The design's window without the 32 px of its drawn title bar."""
OFFSCREEN_NOISE = "This plugin does not support propagateSizeHints()"
PATIENCE_MS = 15_000
"""How long a page may read before its picture is taken as it stands."""


def application() -> QApplication:
    """The process's application, made without a screen where there is none; always with the bundled faces."""
    os.environ[BUNDLED_VARIABLE] = "1"
    if not isinstance(made := QCoreApplication.instance(), QApplication):
        if not has_display():
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        made = QApplication([])
        if made.platformName() == "offscreen":
            qInstallMessageHandler(_without_noise)
        install_chinese(made)
    return made


def _without_noise(_kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
    """Qt's own words on stderr, but for the one that the offscreen plugin says of every window."""
    if text != OFFSCREEN_NOISE:
        sys.stderr.write(f"{text}\n")


def page_pictures(
    station: OpenStation,
    actor: Actor,
    out: Path,
    theme: ThemeName = "light",
    *,
    large: bool = False,
    zoom: int = 100,
    size: QSize = SIZE,
    pages: Sequence[str] = (),
) -> list[Path]:
    """One PNG of each page this person may open, named `PAGE-THEME.png`; GUI thread, own event loop.

    `pages` narrows the choice. The station's own memory of looks is neither read nor written.
    """
    out.mkdir(parents=True, exist_ok=True)
    tail = f"{theme}{'-large' if large else ''}{f'-{zoom}' if zoom != 100 else ''}"
    made: list[Path] = []
    with open_window(station, actor, theme, large=large, zoom=zoom, size=size) as window:
        allowed = window.pages.allowed(actor)
        for entry in window.pages.entries:
            if entry.id in allowed and (not pages or entry.id in pages):
                window.go(entry.id)
                settle(window)
                made.append(grab(window, out / f"{entry.id.replace('.', '-')}-{tail}.png"))
    return made


@contextmanager
def open_window(
    station: OpenStation,
    actor: Actor,
    theme: ThemeName = "light",
    *,
    large: bool = False,
    zoom: int = 100,
    size: QSize = SIZE,
) -> Iterator[DeskWindow]:
    """The desk's window for one person, laid out but on no screen; its lanes are down afterwards."""
    app = application()
    Theme.load(theme, large=large, zoom=zoom, bundled_fonts=True).apply(app)
    before, station.actor = station.actor, actor
    desk = DeskSession.start(station)
    window = DeskWindow(desk)
    try:
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(size)
        window.show()
        window.open_first()
        settle(window)
        yield window
    finally:
        window.leave()
        desk.runner.shutdown()
        desk.runner.deleteLater()
        station.actor = before
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle(window: DeskWindow) -> None:
    """Run the event loop until nothing is being read any more, and what came was laid out."""
    for _ in range(3):  # an answer may ask again
        wait_until(lambda: window.runner.idle)
    wait_until(lambda: False, 60)


def wait_until(done: Callable[[], bool], patience: int = PATIENCE_MS) -> None:
    """Run the application until `done`, or until patience (ms) ends; no other loop runs meanwhile."""
    app = application()
    poll, end = QTimer(), QTimer()

    def look() -> None:
        if done():
            app.exit()  # quitting would first ask every window, and an alarm refuses to close

    poll.timeout.connect(look)
    poll.start(5)
    end.setSingleShot(True)
    end.timeout.connect(app.exit)
    end.start(patience)
    app.exec()
    poll.stop()
    end.stop()


def grab(widget: QWidget, path: Path) -> Path:
    """Write what a widget shows."""
    widget.grab().save(str(path))
    return path
