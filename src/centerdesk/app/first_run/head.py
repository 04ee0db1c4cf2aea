"""The head of the set-up: what this step is, who is at it, why it is so, and a way to stop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.login.clock import Mark
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton


class Head(QWidget):
    """页头. `why_asked` at F1 and its button, `stop_asked` at 先停在这里."""

    why_asked = Signal()
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = text_label(role="page-title", name="first_run_title", wrap=True)
        self._facts = text_label(role="facts", name="first_run_facts", wrap=True)
        self._why = KeyButton(self.tr("为什么要这样"), "F1", icon_name="question_circle")
        self._why.setObjectName("first_run_why")
        self._why.setShortcut(QKeySequence("F1"))
        self._why.clicked.connect(self.why_asked)
        stop = KeyButton(self.tr("先停在这里"))
        stop.setObjectName("first_run_stop")
        stop.clicked.connect(self.stop_asked)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Mark())
        row.addLayout(words, 1)
        row.addWidget(self._why)
        row.addWidget(stop)

    def say(self, title: str, facts: Sequence[str]) -> None:
        """The heading of the step, and the line below it."""
        self._title.setText(title)
        self._facts.setText(" · ".join(facts))

    def set_compact(self, compact: bool) -> None:
        """Where there is little room, why is only its sign."""
        self._why.set_only_icon(compact)
        self._row.setSpacing(theme().px(14))
