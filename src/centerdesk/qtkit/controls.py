"""Stock Qt controls in our dress: a field for a password, a button that looks like a link."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton


def password_field(name: str, label: str) -> QLineEdit:
    """A field for a password: not echoed, no suggestions of an input method."""
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(label)
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText)
    return field


def link(text: str, name: str, act: Callable[[], None]) -> QPushButton:
    """A button that looks like a link."""

    def pressed() -> None:
        act()

    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("kind", "link")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.clicked.connect(pressed)
    return made
