"""A desk with a form open that goes and comes again, for the tests of drafts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from centerdesk.kernel.drafts import DraftStore
from centerdesk.qtkit.notify import Notice


class Kept:
    """A desk with a form open that goes and comes again."""

    def __init__(self, fixture) -> None:
        self.fixture, self.qtbot = fixture, fixture.qtbot
        self.folder: Path = fixture.station.data.drafts
        self.folder.mkdir(parents=True, exist_ok=True)
        self.up()

    def up(self) -> None:
        self.window = self.fixture.open()
        self.qtbot.waitUntil(lambda: self.window.drafts.looked, timeout=10_000)

    def go(self, page: str):
        self.window.go(page)
        self.fixture.settle()
        return self.window.frame.page

    def files(self) -> list[Path]:
        return list(self.folder.glob("*.draft"))

    def wait(self, count: int) -> None:
        self.qtbot.waitUntil(lambda: len(self.files()) == count, timeout=5000)

    def again(self) -> None:
        """The desk goes with the form open, and another comes."""
        self.wait(1)
        self.window.leave()
        self.fixture.desk.runner.shutdown()
        self.up()

    def go_on(self):
        """接着填."""
        notice = self.window.findChild(Notice, "drafts")
        assert notice is not None, "nothing was offered"
        self.fixture.find(QPushButton, "drafts_go_on").click()
        self.fixture.settle()
        return self.window.frame.page

    def text(self) -> str:
        """What the files hold, opened."""
        station = self.fixture.station
        store = DraftStore(self.folder, station.ring, station.clock)
        return "".join(str(draft.values) for draft in store.found(self.window.actor().account_id))
