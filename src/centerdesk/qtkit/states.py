"""What stands where data would be: never used, nothing found, still reading, could not be read (UI 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit import clipboard
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import EmptyDrawing, IconLabel


@record
class Way:
    """A way out: the words on the button and what it does. The first one is the primary."""

    text: str
    act: Callable[[], None]
    name: str = ""


@record
class State:
    """One state of a page or table in words."""

    kind: str  # empty | filtered | busy | error
    title: str
    text: str = ""
    ways: Sequence[Way] = ()
    copy_text: str = ""  # with it: 复制说明给管理员


class StateCard(QWidget):
    """A state in the middle of the place where data would be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state")
        self._state: State | None = None
        self._drawing = EmptyDrawing()
        self._sign = IconLabel("error_circle", "red", filled=True, size="mark-low")
        self._title = text_label(role="card-title", name="state_title", wrap=True)
        self._text = text_label(role="secondary", name="state_text", wrap=True)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._ways = QHBoxLayout()
        self._ways.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._card = QFrame()
        self._inner = inner = QVBoxLayout(self._card)
        for drawn in (self._drawing, self._sign):
            inner.addWidget(drawn, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addWidget(self._title)
        inner.addWidget(self._text)
        inner.addLayout(self._ways)
        middle = QHBoxLayout()  # not an alignment: that would cut texts of more than one line
        middle.addStretch(1)
        middle.addWidget(self._card, 100)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        theme_hub().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        self._card.setMaximumWidth(round(theme().scale(520)))
        for layout in (self._inner, self._ways):
            layout.setSpacing(theme().px(10))

    @property
    def state(self) -> State | None:
        return self._state

    def show_state(self, state: State | None) -> None:
        """Show these words, or nothing at all."""
        if state == self._state:
            self.setVisible(state is not None)
            return
        self._state = state
        self._clear_ways()
        self.setVisible(state is not None)
        if state is None:
            return
        self.setAccessibleName(f"{state.title} {state.text}")
        self._title.setText(state.title)
        self._title.set_role("error-title" if state.kind == "error" else "card-title")
        self._drawing.setVisible(state.kind in ("empty", "filtered"))
        self._sign.setVisible(state.kind == "error")
        self._text.setText(state.text)
        self._text.setVisible(bool(state.text))
        for number, way in enumerate(state.ways):
            button = self._add_button(way.text, way.name or f"state_way_{number}", way.act)
            if state.kind == "empty" and number == 0:
                button.setProperty("kind", "primary")
        if state.copy_text:
            button = self._add_button(tr("复制说明给管理员"), "state_copy", self._copy)
            button.setProperty("kind", "link")

    def _add_button(self, text: str, name: str, act: Callable[[], None]) -> QPushButton:
        def pressed() -> None:
            act()

        button = QPushButton(text)
        button.setObjectName(name)
        button.clicked.connect(pressed)
        self._ways.addWidget(button)
        return button

    def _clear_ways(self) -> None:
        while (item := self._ways.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _copy(self) -> None:
        if self._state is not None:
            clipboard.copy(self._state.copy_text)
