"""One thing and how it stands: icon, what it is, a line below, a badge."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.card import IconLabel


class StandingRow(QWidget):
    """一样东西. `small` inside a card among others; `buttons` stand at its end."""

    def __init__(self, name: str, icon_name: str, *, small: bool = False) -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme().px(2 if small else 8), 0, theme().px(2 if small else 8))
        row.setSpacing(theme().px(10 if small else 12))
        row.addWidget(IconLabel(icon_name, "ink2", size="icon-button" if small else "icon"))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = text_label(role="table-strong" if small else "card-title", name=f"{name}_title")
        self._detail = text_label(role="caption" if small else "facts", name=f"{name}_detail", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        self.badge = Badge()
        row.addWidget(self.badge)
        self.buttons = QHBoxLayout()
        row.addLayout(self.buttons)

    def show_standing(self, title: str, detail: str, badge: str = "", tone: Tone = Tone.DONE) -> None:
        """Say what this is and how it stands; an empty badge is hidden."""
        self._title.setText(title)
        self._detail.setText(detail)
        self.badge.show_words(badge, tone)
