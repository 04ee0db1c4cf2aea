"""A form in the right pane: title, what it is about, fields, and two buttons. Esc is always the harmless one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from centerdesk.kernel.errors import ValidationError
from centerdesk.qtkit.forms import Form
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Rule

D = TypeVar("D")


class TaskPane(Card, Generic[D]):
    """办一件事. `wanted(draft)` when it is to be done; the page closes the pane once it was."""

    wanted = Signal(object)
    given_up = Signal()

    def __init__(
        self,
        name: str,
        title: str,
        text: str,
        form: Form[D] | None,
        verb: str,
        *,
        above: QWidget | None = None,
        urgent: bool = False,
        leave: str = "先不记",
    ) -> None:
        super().__init__(title, padded=False)
        self.setObjectName(name)
        self.form = form
        self._draft: Callable[[], Any] | None = None
        inner = QWidget()
        inner.setProperty("ground", "surface")
        inner.setMinimumWidth(1)
        self._inner = QVBoxLayout(inner)
        pad, side = theme().px(14), theme().px(12)
        self._inner.setContentsMargins(side, pad, side, pad)
        self._inner.setSpacing(theme().px(12))
        if text:
            self._inner.addWidget(text_label(text, role="secondary", name=f"{name}_text", wrap=True))
        if above is not None:
            self._inner.addWidget(above)
        if form is not None:
            self._inner.addWidget(form)
        self._inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self.body.addWidget(scroll, 1)
        self.body.addWidget(Rule(self))
        self.body.addWidget(self._foot(name, verb, urgent=urgent, leave=leave))

    def _foot(self, name: str, verb: str, *, urgent: bool, leave: str) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        pad = theme().px(11)
        row.setContentsMargins(pad, theme().px(10), pad, theme().px(10))
        row.setSpacing(theme().px(8))
        self.save = KeyButton(verb, "Ctrl+Return", kind=Kind.URGENT if urgent else Kind.PRIMARY, tall=True)
        self.save.setObjectName(f"{name}_save")
        self.save.clicked.connect(self.submit)
        self._leave = KeyButton(leave, "Esc", tall=True)
        self._leave.setObjectName(f"{name}_leave")
        self._leave.clicked.connect(self.given_up)
        row.addWidget(self.save, 1)
        row.addWidget(self._leave)
        return foot

    def set_draft(self, draft: Callable[[], Any]) -> None:
        """Where the draft comes from when there is no form."""
        self._draft = draft

    def submit(self) -> None:
        """Check and hand over; problems are shown at their fields."""
        try:
            draft = self.form.draft() if self.form is not None else self._draft() if self._draft else None
        except ValidationError:
            return  # the form has written the sentences under its fields
        self.wanted.emit(draft)

    def focus_first(self) -> None:
        if self.form is not None:
            self.form.focus_first()
        else:
            self.save.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field goes on like Ctrl Enter; nothing below hears a letter while the form stands."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        elif event.key() in (Qt.Key.Key_F6, Qt.Key.Key_F1):
            super().keyPressEvent(event)
        else:
            event.accept()
