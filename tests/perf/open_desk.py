"""A desk that is open and signed in, for measuring what goes on in a running program."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import centerdesk.app.desk  # noqa: F401  # as at every start, before anything else imports Qt
from centerdesk.app.desk.program import _application
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.window import DeskWindow
from centerdesk.qtkit.collect import Collector
from tests.perf.stations import opened
from tests.perf.ticking import wait


def _fail(kind: Any, exc: Any, trace: Any) -> None:
    """An error in a slot ends the measuring: nobody would wait for what comes after it."""
    traceback.print_exception(kind, exc, trace)
    os._exit(1)


@contextmanager
def open_desk(root: Path, page: str) -> Iterator[Any]:
    """The window on one of its pages, at rest."""
    sys.excepthook = _fail
    app = _application()
    desk = DeskSession.start(opened(root))
    desk.dress(app)
    window = DeskWindow(desk)
    window.resize(1440, 900)
    window.show()
    window.open_first()
    window.go(page)
    collector = Collector(None, lambda: not desk.runner.idle)
    collector.start()
    wait(lambda: desk.runner.idle)
    try:
        yield window
    finally:
        collector.stop()
        window.leave()
        desk.close()
