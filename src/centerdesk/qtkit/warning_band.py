"""A band that says what is not as it should be, where no harm is done yet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import IconLabel


class WarningBand(QFrame):
    """A brown band with an icon: nobody is in danger, so it is never red (提醒)."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("band", "warning")
        self._strong = text_label(role="card-title-dawn-ink", name=f"{name}_title", wrap=True)
        self._rest = text_label(role="warning", name=name, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.addWidget(
            IconLabel("warning", "dawn-ink", size="icon-button"), 0, Qt.AlignmentFlag.AlignTop
        )
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._strong)
        words.addWidget(self._rest)
        self._row.addLayout(words, 1)
        self._measure()
        theme_hub().changed.connect(self._measure)
        self.say("")

    @property
    def text(self) -> str:
        """Both sentences."""
        return f"{self._strong.text()}{self._rest.text()}"

    def say(self, strong: str, rest: str = "") -> None:
        """Show these sentences; "" hides the band."""
        self._strong.setText(strong)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.setVisible(bool(strong))
        self.setAccessibleName(f"{strong}{rest}")

    def add_button(self, button: QWidget) -> None:
        """What can be done about it, at the right."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _measure(self) -> None:
        look = theme()
        self._row.setContentsMargins(look.px(12), look.px(9), look.px(12), look.px(9))
        self._row.setSpacing(look.px(9))
