"""A look applied to the whole program: palette, style sheet and style from the tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from centerdesk.kernel.paths import resource
from centerdesk.qtkit.focus_ring import install_focus_ring
from centerdesk.qtkit.look import ZOOM_STEPS, Look, LookHub, theme, theme_hub, use_theme
from centerdesk.qtkit.style import DeskStyle
from centerdesk.qtkit.tokens import UnknownToken

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FONT = re.compile(r"@font\(([\w]+)( bold)?\)")
_CALL = re.compile(r"@(px|scale|size|edge)\(([-\w.]+)\)")
_NAME = re.compile(r"@([a-z][\w-]*)")


@dataclass(frozen=True)
class Theme(Look):
    """One look that can be put on: `Theme.load("dark", zoom=120).apply(app)`."""

    def palette(self) -> QPalette:
        """Fusion's palette from the tokens."""
        palette = QPalette()
        roles = {
            QPalette.ColorRole.Window: "paper",
            QPalette.ColorRole.WindowText: "ink",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "surface2",
            QPalette.ColorRole.Text: "ink",
            QPalette.ColorRole.PlaceholderText: "ink3",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "ink",
            QPalette.ColorRole.BrightText: "on-red",
            QPalette.ColorRole.ToolTipBase: "surface",
            QPalette.ColorRole.ToolTipText: "ink",
            QPalette.ColorRole.Highlight: "primary",
            QPalette.ColorRole.HighlightedText: "on-primary",
            QPalette.ColorRole.Link: "primary",
            QPalette.ColorRole.LinkVisited: "primary-d",
            QPalette.ColorRole.Light: "surface2",
            QPalette.ColorRole.Midlight: "line",
            QPalette.ColorRole.Mid: "line2",
            QPalette.ColorRole.Dark: "control",
            QPalette.ColorRole.Shadow: "line2",
            QPalette.ColorRole.Accent: "primary",
        }
        for role, token in roles.items():
            palette.setColor(role, self.colour(token))
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("ink3"))
        return palette

    def style_sheet(self) -> str:
        """The one QSS file with its tokens filled in; raises UnknownToken for a name that is not there."""
        text = resource("theme", "desk.qss").read_text(encoding="utf-8")
        text = _COMMENT.sub("", text)
        text = _FONT.sub(lambda m: self._font_rule(m[1], bold=m[2] is not None), text)
        text = _CALL.sub(lambda m: str(self._length(m[1], m[2])), text)
        return _NAME.sub(lambda m: self._value(m[1]), text)

    def _font_rule(self, role: str, *, bold: bool) -> str:
        font = self.font(role, bold=bold)
        families = ", ".join(f'"{name}"' for name in font.families())
        # Points, not px: style sheets take fractions only there.
        return (
            f"font-family: {families}; font-size: {font.pointSizeF():g}pt; font-weight: {int(font.weight())}"
        )

    def _length(self, kind: str, argument: str) -> int:
        match kind:
            case "px":
                return self.px(float(argument))
            case "scale":
                return round(self.scale(float(argument)))
            case "size":
                return self.size(argument)
            case _:
                return self.edge(argument)

    def _value(self, name: str) -> str:
        # Style sheets count a height without edge and padding; the tokens count with them.
        match name:
            case "field-height":
                return f"{self.size('control') - 2 * self.edge('field') - 2 * self.px(1)}px"
            case "button-height":
                return f"{self.size('control') - 2 * self.edge('control')}px"
            case "button-tall-height":
                return f"{self.size('control-primary') - 2 * self.edge('control')}px"
            case "button-small-height":
                return f"{self.size('control-small') - 2 * self.edge('control')}px"
            # Qt adds to a tool button what it adds to no other.
            case "segment-height":
                return f"{self.size('control-small') - 2 * self.edge('control') - self.px(2)}px"
            case "tag-height":
                return f"{self.size('control-small') - 2 * self.edge('control') - self.px(10)}px"
            case _:
                return self.tokens.colour(name)

    def apply(self, app: QApplication) -> None:
        """Make this the look of the whole program, at once and live; nothing where it is already. GUI thread."""
        hub = theme_hub()
        if self == hub.worn == hub.current:
            return
        hub.worn = self
        use_theme(self)
        if hub.style is None:
            hub.style = DeskStyle()  # kept: Qt does not hold a Python style alive
            app.setStyle(hub.style)
        app.setPalette(self.palette())
        app.setFont(self.font("body"))
        app.setStyleSheet(self.style_sheet())
        install_focus_ring(app)
        hints = QGuiApplication.styleHints()
        if hasattr(hints, "setColorScheme"):  # Qt 6.8 and later
            scheme = Qt.ColorScheme.Dark if self.name == "dark" else Qt.ColorScheme.Light
            hints.setColorScheme(scheme)
        hub.changed.emit()


__all__ = ["ZOOM_STEPS", "Look", "LookHub", "Theme", "UnknownToken", "theme", "theme_hub", "use_theme"]
