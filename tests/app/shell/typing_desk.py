"""A desk in a process of its own in which somebody types: `python -m tests.app.shell.typing_desk FOLDER LOGIN`.

Opens 新增居民, types a name, and waits with the words unsaved until it is killed. Prints `typed` when it typed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from centerdesk.app.bootstrap import open_station
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.desk.window import DeskWindow
from centerdesk.app.pictures import application
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.forms import Form
from tests.app.conftest import MORNING, PASSWORD
from tests.helpers.desk import type_text

NAME = "祁望春"


def main(folder: str, login: str) -> None:
    """Runs until it is killed."""
    app = application()
    station = open_station(DataDir(Path(folder)), FixedClock(MORNING))
    station.sign_in(login, PASSWORD)
    Form.AUTOSAVE_MS = 1  # three seconds for a person; the test has none
    window = DeskWindow(DeskSession.start(station))
    window.show()
    window.open_first()

    def begin() -> None:
        window.go("people")
        window.registry.trigger("people.new")
        page = window.frame.page
        type_text(page.editing.resident.form.editor("name").widget, NAME)
        sys.stdout.write("typed\n")
        sys.stdout.flush()

    QTimer.singleShot(0, begin)
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
