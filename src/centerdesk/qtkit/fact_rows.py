"""Rows of facts: words at the left, a detail at the right, a line between two."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import TextLabel, text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.card import Rule


class FactRows(QWidget):
    """Rows of words and a detail at the right, made anew each time (已经有的)."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)

    def show_rows(self, rows: Sequence[tuple[str, str]], empty: str = "") -> None:
        """(words, detail) each; `empty` stands where there is none."""
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not rows and empty:
            self._box.addWidget(text_label(empty, role="faint", wrap=True))
        for number, (words, detail) in enumerate(rows):
            if number:
                self._box.addWidget(Rule())
            self._box.addWidget(_fact_row(words, detail))

    def texts(self) -> list[str]:
        """All words, for tests and screen readers."""
        return [label.text() for label in self.findChildren(TextLabel) if not label.isHidden()]


def _fact_row(words: str, detail: str) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, theme().px(8), 0, theme().px(8))
    row.setSpacing(theme().px(12))
    row.addWidget(text_label(words, role="table-strong"))
    told = text_label(detail, role="facts", wrap=True)
    told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(told, 1)
    return holder
