"""Words on the screen: the one place that makes labels, always as plain text (RELIABILITY F20)."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def text_label(
    text: str = "",
    parent: QWidget | None = None,
    *,
    name: str = "",
    role: str = "",
    wrap: bool = False,
    selectable: bool = False,
    buddy: QWidget | None = None,
) -> QLabel:
    """A label that never reads its text as HTML. `role` is what the style sheet selects by."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if wrap:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if name:
        label.setObjectName(name)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if buddy is not None:
        label.setBuddy(buddy)
    return label


def plain_tip(text: str) -> str:
    """Tooltip text that is shown as written, although a tooltip reads HTML by itself."""
    if "<" not in text and "&" not in text:
        return text
    return "<qt>{}</qt>".format(escape(text).replace("\n", "<br>"))


def set_role(widget: QWidget, role: str) -> None:
    """Change the `role` the style sheet selects by, and have it looked at again."""
    set_state(widget, "role", role)


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property the style sheet selects by; nothing happens when it already stands so."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def tr(text: str, context: str = "qtkit") -> str:
    """The text in the language of the desk; for code that is no QObject and so has no `self.tr`."""
    return QCoreApplication.translate(context, text)
