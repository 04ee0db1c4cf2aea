"""One of a few, laid open: numbered choices for the keyboard, in place of a list that must be unfolded."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.buttons import Chip
from centerdesk.qtkit.style import paint_focus_ring

Option = tuple[Hashable, str]


class Picks(QWidget):
    """选项. Digits choose, arrow keys walk; one stop for Tab."""

    picked = Signal()

    def __init__(self, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_role(self, Role.Grouping)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        held = QWidget()
        self._flow = FlowLayout(held, theme().px(7))
        outer = QVBoxLayout(self)
        around = theme().px(5)  # room for the ring
        outer.setContentsMargins(around, around, around, around)
        outer.addWidget(held)
        self._chips: list[Chip] = []
        self._options: tuple[Option, ...] = ()
        self._chosen: Hashable | None = None
        self.set_options(options)

    @property
    def chosen(self) -> Hashable | None:
        return self._chosen

    def set_options(self, options: Sequence[Option]) -> None:
        """Another list; what was chosen stays where it still stands."""
        if tuple(options) == self._options:
            return
        self._options = tuple(options)
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._chips = []
        for number, (_value, words) in enumerate(self._options, start=1):
            chip = Chip(f"{number} {words}", plain=True)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.setAccessibleName(words)
            chip.clicked.connect(self._on_chip)
            self._flow.addWidget(chip)
            self._chips.append(chip)
        if self._chosen not in [value for value, _ in self._options]:
            self._chosen = None
        self._mark()
        self.updateGeometry()

    def choose(self, value: Hashable | None) -> None:
        """Choose; one that is not offered leaves nothing chosen."""
        known = [v for v, _ in self._options]
        self._chosen = value if value in known else None
        self._mark()
        self.picked.emit()

    def _mark(self) -> None:
        for chip, (value, words) in zip(self._chips, self._options, strict=True):
            chip.setChecked(value == self._chosen)
            if value == self._chosen:
                self.setAccessibleDescription(words)

    def _on_chip(self) -> None:
        for chip, (value, _) in zip(self._chips, self._options, strict=True):
            if chip is self.sender():
                self.choose(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        values = [value for value, _ in self._options]
        digit = event.text()
        if digit.isascii() and digit.isdigit() and 1 <= int(digit) <= len(values):
            self.choose(values[int(digit) - 1])
            return
        step = {
            Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1,
        }.get(Qt.Key(event.key()))  # fmt: skip
        if step is None or not values:
            super().keyPressEvent(event)
            return
        here = values.index(self._chosen) if self._chosen in values else (-1 if step > 0 else len(values))
        self.choose(values[max(0, min(len(values) - 1, here + step))])

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The focus ring around all choices."""
        if self.hasFocus():
            painter = QPainter(self)
            paint_focus_ring(painter, QRectF(self.rect()))
            painter.end()


class PickEditor:
    """A form field of `Picks`: `options` are (value, words)."""

    def __init__(self, options: Sequence[Option]) -> None:
        self._picks = Picks(options)

    @property
    def widget(self) -> Picks:
        return self._picks

    def value(self) -> Any:
        return self._picks.chosen

    def set_value(self, value: Any) -> None:
        self._picks.choose(value or None)

    def on_edit(self, slot: Callable[[], None]) -> None:
        self._picks.picked.connect(slot)

    def problem(self) -> str:
        return ""

    def note(self) -> str:
        return ""
