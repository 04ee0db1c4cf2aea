"""The values of the current look: what a painted widget asks while painting.

There is exactly one current look per process (`theme()`), because there is one screen-wide look: painted
widgets read it while painting, so a change needs no wiring, only a repaint. Nothing outside qtkit may set it
except the start of the program and the settings page, through `Theme.apply`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QProxyStyle

from centerdesk.kernel.paths import resource
from centerdesk.qtkit.fonts import Faces, choose_faces, install_fonts, make_font
from centerdesk.qtkit.tokens import ThemeName, Tokens, load_tokens

ZOOM_STEPS = range(100, 201, 10)


@dataclass(frozen=True)
class Look:
    """One look in one size at one zoom. Colours by token, lengths in device-independent px, zoom applied."""

    tokens: Tokens
    zoom: int = 100
    bundled_fonts: bool | None = None
    _colours: dict[str, QColor] = field(default_factory=dict, repr=False, compare=False)
    _fonts: dict[tuple[str, bool], QFont] = field(default_factory=dict, repr=False, compare=False)
    _faces: list[Faces] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def load(
        cls,
        name: ThemeName = "light",
        *,
        large: bool = False,
        zoom: int = 100,
        bundled_fonts: bool | None = None,
    ) -> Self:
        """Read a theme. `zoom` in percent is clamped to 100–200; `large` is 长者."""
        tokens = load_tokens(resource("theme", "tokens.toml"), name, large=large)
        return cls(tokens, max(ZOOM_STEPS[0], min(ZOOM_STEPS[-1], zoom)), bundled_fonts)

    @property
    def name(self) -> ThemeName:
        """light, dark or contrast."""
        return self.tokens.name

    @property
    def large(self) -> bool:
        """Whether the sizes of 长者 hold."""
        return self.tokens.large

    @property
    def gradients(self) -> bool:
        """False in high contrast: every fill is flat there."""
        return self.tokens.flag("gradients")

    def colour(self, token: str, opacity: float = 1.0) -> QColor:
        """The colour of a token; raises UnknownToken. The answer is the caller's own copy."""
        if token not in self._colours:
            self._colours[token] = QColor(self.tokens.colour(token))
        colour = QColor(self._colours[token])
        if opacity < 1:
            colour.setAlphaF(opacity)
        return colour

    def opacity(self, name: str) -> float:
        """A named opacity, 0 to 1."""
        return self.tokens.opacity[name]

    def scale(self, length: float) -> float:
        """A painted length of the 100 % drawing, zoomed (and larger for 长者)."""
        return length * self.zoom / 100 * (self.tokens.large_scale if self.large else 1)

    def px(self, length: float) -> int:
        """`length` px at 100 % as whole px at this zoom; for margins and the like. Not enlarged for 长者."""
        return round(length * self.zoom / 100)

    def size(self, name: str) -> int:
        """A named length of tokens.toml, zoomed."""
        return round(self.tokens.size(name) * self.zoom / 100)

    def edge(self, name: str) -> int:
        """A named line width, zoomed, never under 1."""
        return max(1, round(self.tokens.edge(name) * self.zoom / 100))

    def font(self, role: str, *, bold: bool = False) -> QFont:
        """The font of a role of UI.md 2.3; `bold` is the 600 of that row. The caller gets a copy."""
        key = (role, bold)
        if key not in self._fonts:
            spec = self.tokens.role(role)
            families = self._chosen_faces().serif if spec.face == "serif" else self._chosen_faces().sans
            px = self.tokens.role_px(role) * self.zoom / 100
            self._fonts[key] = make_font(
                families, px, max(spec.weight, 600) if bold else spec.weight, spec.spacing
            )
        return QFont(self._fonts[key])

    def font_px(self, px: float, *, bold: bool = False, serif: bool = False) -> QFont:
        """A sans (or serif) font at a painted size of the 100 % drawing: numbers inside drawings only."""
        faces = self._chosen_faces()
        return make_font(faces.serif if serif else faces.sans, self.scale(px), 600 if bold else 400)

    def _chosen_faces(self) -> Faces:
        if not self._faces:
            install_fonts(resource("fonts"))
            self._faces.append(choose_faces(bundled=self.bundled_fonts))
        return self._faces[0]


class LookHub(QObject):
    """Tells painted widgets that the look changed. `changed` comes after palette, font and sheet are set."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.current: Look | None = None
        self.style: QProxyStyle | None = None
        self.worn: Look | None = None
        """What palette, font and sheet of the program were last made of."""


_hub = LookHub()


def theme_hub() -> LookHub:
    """Where to connect for a change of look."""
    return _hub


def theme() -> Look:
    """The current look; light at 100 % until the program has set one."""
    if _hub.current is None:
        _hub.current = Look.load("light")
    return _hub.current


def use_theme(new: Look) -> None:
    """Set the current look without touching the application; `Theme.apply` does both."""
    _hub.current = new
