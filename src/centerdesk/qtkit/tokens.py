"""Design tokens: the values of resources/theme/tokens.toml, without Qt. Their meaning is written there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from centerdesk.kernel.record import record

T = TypeVar("T")
ThemeName = Literal["light", "dark", "contrast"]
THEMES: tuple[ThemeName, ...] = ("light", "dark", "contrast")


class UnknownToken(KeyError):
    """A widget asked for a token that tokens.toml does not have: a programming error."""


@record
class TypeRole:
    """One row of UI.md 2.3. `px` and `large` at 100 % zoom; `spacing` in px between letters."""

    px: float
    large: float
    weight: int
    face: Literal["sans", "serif"]
    spacing: float = 0.0


@record
class Pair:
    """A foreground on a ground. `need` 0: never alone, so no minimum. `expect`: what UI.md 2.2 prints."""

    fg: str
    bg: str
    need: float
    expect: tuple[float, float, float] | None = None


@record
class Tokens:
    """All values of one theme in one size set; nothing here knows the zoom."""

    name: ThemeName
    large: bool
    colours: Mapping[str, str]
    opacity: Mapping[str, float]
    flags: Mapping[str, bool]
    sizes: Mapping[str, float]
    edges: Mapping[str, float]
    roles: Mapping[str, TypeRole]
    large_scale: float

    def colour(self, name: str) -> str:
        """`#RRGGBB` of a token."""
        return _find(self.colours, name)

    def size(self, name: str) -> float:
        """A named length in px at 100 %, already that of 长者 when `large`."""
        return _find(self.sizes, name)

    def edge(self, name: str) -> float:
        """A named line width in px at 100 %."""
        return _find(self.edges, name)

    def role(self, name: str) -> TypeRole:
        """The type role of that name."""
        return _find(self.roles, name)

    def role_px(self, name: str) -> float:
        """Type size in px at 100 % for this size set."""
        role = self.role(name)
        return role.large if self.large else role.px

    def flag(self, name: str) -> bool:
        """A yes/no property of the theme, such as `gradients`."""
        return _find(self.flags, name)


def load_tokens(path: Path, name: ThemeName, *, large: bool = False) -> Tokens:
    """Read one theme out of the token file."""
    raw, column = _read(path), THEMES.index(name)
    return Tokens(
        name=name,
        large=large,
        colours={key: values[column] for key, values in raw["colour"].items()},
        opacity={key: values[column] for key, values in raw["opacity"].items()},
        flags={key: values[column] for key, values in raw["flag"].items()},
        sizes={key: float(values[1 if large else 0]) for key, values in raw["size"].items()},
        edges={key: float(values[1 if name == "contrast" else 0]) for key, values in raw["edge"].items()},
        roles={key: TypeRole(**values) for key, values in raw["type"].items()},
        large_scale=float(raw["scale"]["large"]),
    )


def load_pairs(path: Path) -> tuple[Pair, ...]:
    """The contrast pairs of UI.md 2.2 and those the drawings add."""
    return tuple(
        Pair(p["fg"], p["bg"], float(p["need"]), tuple(p["expect"]) if "expect" in p else None)
        for p in _read(path)["pair"]
    )


def contrast(first: str, second: str) -> float:
    """WCAG 2.2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _find(table: Mapping[str, T], name: str) -> T:
    try:
        return table[name]
    except KeyError:
        raise UnknownToken(name) from None


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
