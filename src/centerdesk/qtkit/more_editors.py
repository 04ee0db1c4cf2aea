"""Editors with more to them than a line: dates as people write them, and tags to tick."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QToolButton, QWidget

from centerdesk.kernel.clock import Clock, today
from centerdesk.qtkit.date_input import Lean, read_back, read_date
from centerdesk.qtkit.editors import Check, FocusWatch, LineEditor


class DateEditor(LineEditor):
    """日期. Takes 20261121, 11.21, 昨天, 农历九月初九; reads back weekday and lunar date under the field.

    When it is left, what was understood is written as 2026-11-21.
    """

    def __init__(self, clock: Clock, *, lean: Lean = Lean.NEAR, check: Check | None = None) -> None:
        super().__init__(max_length=24, check=check)
        self._clock, self._lean = clock, lean
        FocusWatch(self._line).left.connect(self._write_out)

    def value(self) -> date | None:
        """The day; None when empty or not understood, and then `problem` says so."""
        text = self.text()
        if not text:
            return None
        try:
            return read_date(text, today(self._clock), self._lean)
        except ValueError:
            return None  # `problem` has the sentence

    def set_value(self, value: Any) -> None:
        super().set_value(value.isoformat() if isinstance(value, date) else value)

    def problem(self) -> str:
        text = self.text()
        if not text:
            return ""
        try:
            read_date(text, today(self._clock), self._lean)
        except ValueError as exc:
            return str(exc)
        return super().problem()

    def note(self) -> str:
        value = self.value()
        return "" if value is None else read_back(value, today(self._clock))

    def _write_out(self) -> None:
        if (value := self.value()) is not None:
            self._regroup(value.isoformat())


class FlowLayout(QLayout):
    """Widgets one after the other, line after line, as words in a text."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():  # a hidden one takes no gap either
                continue
            hint = item.sizeHint()
            if x + hint.width() > rect.right() + 1 and line:
                x, y, line = rect.x(), y + line + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + self._gap
            line = max(line, hint.height())
        return y + line - rect.y()


class TagsEditor:
    """标签. Any of a list, each a chip to tick; the value is a tuple in the order of the list."""

    def __init__(self, options: Sequence[tuple[Hashable, str]], *, check: Check | None = None) -> None:
        self._box = QWidget()
        self._box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._check = check
        self._slots: list[Callable[[], None]] = []
        self._chips: dict[Hashable, QToolButton] = {}
        flow = FlowLayout(self._box)
        for value, text in options:
            chip = QToolButton()
            chip.setObjectName(f"tag_{value}")
            chip.setText(text)
            chip.setCheckable(True)
            chip.setProperty("chip", True)
            chip.toggled.connect(self._on_toggled)
            self._chips[value] = chip
            flow.addWidget(chip)
        if self._chips:
            self._box.setFocusProxy(next(iter(self._chips.values())))

    @property
    def widget(self) -> QWidget:
        return self._box

    def value(self) -> tuple[Hashable, ...]:
        return tuple(value for value, chip in self._chips.items() if chip.isChecked())

    def set_value(self, value: Any) -> None:
        chosen = frozenset(value or ())
        for tag, chip in self._chips.items():
            chip.setChecked(tag in chosen)

    def on_edit(self, slot: Callable[[], None]) -> None:
        self._slots.append(slot)

    def problem(self) -> str:
        value = self.value()
        return self._check(value) if self._check is not None and value else ""

    def note(self) -> str:
        return ""

    def _on_toggled(self, _on: bool) -> None:
        for slot in self._slots:
            slot()
