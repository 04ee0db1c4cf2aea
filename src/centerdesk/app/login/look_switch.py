"""大字 and 高对比 in the status bar of the pages before the desk, and the keys that make everything larger."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from centerdesk.app.desk.memory import LookChoice
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusItem, StatusTone

_ZOOMS = (("Ctrl++", 10), ("Ctrl+=", 10), ("Ctrl+-", -10), ("Ctrl+0", 0), ("Ctrl+Alt+0", 0))


def quiet(item: StatusItem) -> None:
    """A fact that leads nowhere before the desk: not a stop of the Tab key, no hand over it."""
    item.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item.unsetCursor()


class LookSwitch(QObject):
    """外观开关. `chosen` with the look that somebody wants now; the owner puts it on and remembers it.

    It belongs to the machine: nobody has signed in yet. GUI thread.
    """

    chosen = Signal(object)

    def __init__(self, bar: StatusBar, page: QWidget) -> None:
        super().__init__(page)
        self._bar = bar
        self._look = LookChoice()
        for name, icon_name in (("large", "text_size"), ("contrast", "accessibility")):
            bar.add_item(name, icon_name, right=True, rank=None)
        bar.opened.connect(self._on_opened)
        for key, step in _ZOOMS:
            shortcut = QShortcut(QKeySequence(key), page)
            shortcut.setProperty("step", step)
            shortcut.activated.connect(self._on_zoom)
        self.show_look(self._look)

    @property
    def look(self) -> LookChoice:
        """What is worn now."""
        return self._look

    def show_look(self, look: LookChoice) -> None:
        """Say which of the two is on; in words, not by a colour."""
        self._look = look
        for name, words, on in (
            ("large", self.tr("大字"), look.large),
            ("contrast", self.tr("高对比"), look.theme == "contrast"),
        ):
            told = self.tr("{}开着").format(words) if on else words
            self._bar.show_fact(name, told, StatusTone.DONE if on else StatusTone.PLAIN)

    def _on_opened(self, item: str) -> None:
        if item == "large":
            self._choose(replace(self._look, large=not self._look.large))
        elif item == "contrast":
            theme = "light" if self._look.theme == "contrast" else "contrast"
            self._choose(replace(self._look, theme=theme))

    def _on_zoom(self) -> None:
        shortcut = self.sender()
        step = int(shortcut.property("step")) if shortcut is not None else 0
        self._choose(self._look.zoomed(step))

    def _choose(self, look: LookChoice) -> None:
        self.show_look(look)
        self.chosen.emit(look)
