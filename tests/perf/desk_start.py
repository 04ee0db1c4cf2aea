"""One start of the desk: process start to painted Today page, the password typed into the login page itself.

`python -m tests.perf.desk_start DATA [settled]`. With `settled` it opens the ledger too, waits until
nothing is asked for any more, and tells the memory it lies in.
"""

from __future__ import annotations

import gc
import sys
from datetime import UTC, datetime
from typing import Any


def main() -> None:
    """The desk's own start (`centerdesk desk --data …`), with a pair of hands once its event loop runs."""
    data, settled = sys.argv[1], "settled" in sys.argv
    from centerdesk.__main__ import GARBAGE_AFTER

    gc.set_threshold(GARBAGE_AFTER)  # as it does before it imports anything
    import centerdesk.app.desk  # noqa: F401, I001  # as at every start, before anything else imports Qt
    from PySide6.QtWidgets import QApplication

    running = QApplication.exec
    kept: list[Any] = []

    def with_hands() -> int:
        from tests.perf.hands import Hands

        kept.append(Hands(settled=settled))
        return running()

    QApplication.exec = staticmethod(with_hands)
    # on a drill station `--now` keeps the watcher from being started: it runs before the desk on a real one
    at = datetime.now(UTC).isoformat(timespec="seconds")
    sys.argv = ["centerdesk", "--data", data, "desk", "--now", at]
    from centerdesk.__main__ import main as desk

    sys.exit(desk() or kept[0].failed)


if __name__ == "__main__":
    main()
