"""Words on the screen: the one place that makes labels, always as plain text (RELIABILITY F20)."""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from centerdesk.qtkit.look import theme, theme_hub

# role: (font role of UI 2.3, the 600 of that row, colour token)
_ROLES: dict[str, tuple[str, bool, str]] = {
    "": ("body", False, "ink"),
    "body": ("body", False, "ink"),
    "strong": ("body", True, "ink"),
    "secondary": ("body", False, "ink2"),
    "hint": ("caption", False, "ink3"),
    "caption": ("caption", False, "ink3"),
    "error": ("caption", False, "red"),
    "error-title": ("body", True, "red"),
    "warning": ("caption", False, "dawn-ink"),
    "done": ("caption", False, "green"),
    "unit": ("body", False, "ink3"),
    "field-label": ("table", False, "ink2"),
    "optional": ("caption", False, "ink3"),
    "problem-count": ("caption", True, "red"),
    "facts": ("table", False, "ink3"),
    "page-title": ("page_title", False, "ink"),
    "card-title": ("card_title", False, "ink"),
    "record-name": ("record_name", False, "ink"),
    "matter-title": ("matter_title", False, "ink"),
    "headline": ("day_headline", False, "ink"),
    "figure": ("key_figure", False, "ink"),
    "table": ("table", False, "ink"),
    "table-strong": ("table", True, "ink"),
    "faint": ("table", False, "ink3"),
    "alarm": ("body", True, "red"),
    "card-title-red": ("card_title", False, "red"),
    "card-title-dawn-ink": ("card_title", False, "dawn-ink"),
    "card-title-green": ("card_title", False, "green"),
    "card-title-primary": ("card_title", False, "primary"),
    "countdown": ("countdown", False, "red"),
    "countdown-warning": ("countdown", False, "dawn-ink"),
    "on-toast": ("body", False, "surface"),
    "on-toast-quiet": ("caption", False, "surface"),
}


class TextLabel(QLabel):
    """A label that never reads its text as HTML and follows the look. GUI thread."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, role: str = "") -> None:
        super().__init__(parent)
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.restyle()
        theme_hub().changed.connect(self.restyle)

    def set_role(self, role: str) -> None:
        """Another of the roles: a hint becomes an error."""
        self._role = role
        self.restyle()

    def restyle(self) -> None:
        """Font from the look, colour through the style sheet, which would win over a palette."""
        font_role, bold, colour = _ROLES[self._role]
        self.setFont(theme().font(font_role, bold=bold))
        set_state(self, "ink", colour)


_PARTS = re.compile(r"(?<=[/\\_.-])")


def in_parts(path: object) -> str:
    """A path that may go on in the next line after each of its parts, for a label that wraps."""
    return _PARTS.sub("\u200b", str(path))


def text_label(
    text: str = "",
    parent: QWidget | None = None,
    *,
    name: str = "",
    role: str = "",
    wrap: bool = False,
    selectable: bool = False,
    buddy: QWidget | None = None,
) -> TextLabel:
    """A plain-text label in one of the roles above; `name` is its objectName."""
    label = TextLabel(text, parent, role=role)
    label.setWordWrap(wrap)
    if wrap:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if name:
        label.setObjectName(name)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if buddy is not None:
        label.setBuddy(buddy)
    return label


def plain_tip(text: str) -> str:
    """Tooltip text that is shown as written, although a tooltip reads HTML by itself."""
    if "<" not in text and "&" not in text:
        return text
    from html import escape  # brings a table of two thousand names along

    return "<qt>{}</qt>".format(escape(text).replace("\n", "<br>"))


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property the style sheet selects by; nothing happens when it already stands so."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # Qt asks the style sheet before it first shows it
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def tr(text: str, context: str = "qtkit") -> str:
    """The text in the language of the desk; for code that is no QObject and so has no `self.tr`."""
    return QCoreApplication.translate(context, text)
