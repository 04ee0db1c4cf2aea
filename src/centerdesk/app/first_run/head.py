"""The head of the set-up: what this step is, who is at it, why it is so, and a way to stop."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.mark import Mark

LOW_BELOW = 320
"""Less room down than this in the window, in px at 100 %: the head keeps to the step and what it asks."""


class Head(QWidget):
    """页头. `why_asked` at F1 and its button, `stop_asked` at 先停在这里."""

    why_asked = Signal()
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[str, ...] = ()
        self._low = False
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
        self._mark = Mark()
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self._why)
        row.addWidget(stop)

    def say(self, title: str, facts: Sequence[str]) -> None:
        """The heading of the step, and the line below it."""
        self._title.setText(title)
        self._said = tuple(facts)
        self._say_facts()

    def _say_facts(self) -> None:
        self._facts.setText(" · ".join(self._said[:1] if self._low else self._said))

    def set_compact(self, compact: bool, *, low: bool = False) -> None:
        """Where there is little room, why is only its sign; `low`: no mark, and only which step it is."""
        self._why.set_only_icon(compact)
        self._low = low
        self._mark.setHidden(low)
        self._say_facts()
        self._row.setSpacing(theme().px(14))
