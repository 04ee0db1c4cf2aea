"""Icons by meaning: resources/icons/NAME_regular.svg and NAME_filled.svg, recoloured from tokens at load."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import resource
from centerdesk.qtkit.look import theme

_FILL = re.compile(r'fill="(?!none)[^"]*"')
_marking = Lock()


class IconMissing(LookupError):
    """No icon of that name is vendored: a programming error."""


@lru_cache(maxsize=512)
def icon_svg(name: str, *, filled: bool = False) -> str:
    """The drawing as it is vendored."""
    kind = "filled" if filled else "regular"
    try:
        return resource("icons", f"{name}_{kind}.svg").read_text(encoding="utf-8")
    except EnvironmentFault:
        raise IconMissing(f"{name}_{kind}") from None


@lru_cache(maxsize=512)
def _renderer(name: str, filled: bool, colour: str) -> QSvgRenderer:
    text = icon_svg(name, filled=filled)
    text = _FILL.sub(f'fill="{colour}"', text)
    # A path without a fill is black by default, so the root gets the colour too.
    text = text.replace("<svg ", f'<svg fill="{colour}" ', 1) if 'fill="none"' not in text[:200] else text
    renderer = QSvgRenderer(QByteArray(text.encode()))
    if not renderer.isValid():
        raise IconMissing(f"{name}: damaged drawing")
    return renderer


def paint_icon(
    painter: QPainter, rect: QRectF, name: str, colour: str | QColor = "ink2", *, filled: bool = False
) -> None:
    """Draw an icon into `rect`, sharp at any scale. `colour` is a token or a colour."""
    shade = theme().colour(colour) if isinstance(colour, str) else colour
    _renderer(name, filled, shade.name()).render(painter, rect)


def icon_pixmap(name: str, colour: str | QColor = "ink2", *, size: int, filled: bool = False) -> QPixmap:
    """A pixmap of `size` logical px at the screen's own pixel ratio."""
    icon_svg(name, filled=filled)  # a missing icon must not raise while a painter is open on the pixmap
    screen = QGuiApplication.primaryScreen()
    ratio = screen.devicePixelRatio() if screen else 1.0
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, QRectF(0, 0, size, size), name, colour, filled=filled)
    painter.end()
    return pixmap


def icon(name: str, colour: str | QColor = "ink2", *, filled: bool = False, size: int | None = None) -> QIcon:
    """An icon for a stock Qt control, in the current theme's colours; ask again after a change of theme."""
    side = size or theme().size("icon")
    made = QIcon(icon_pixmap(name, colour, size=side, filled=filled))
    made.addPixmap(icon_pixmap(name, "ink3", size=side, filled=filled), QIcon.Mode.Disabled)
    return made


def paint_mark(painter: QPainter, rect: QRectF) -> None:
    """The mark of the desk (窗明), in its own colours: the one place where the Party's red stands still.

    Any thread: it goes onto paper too, and two must not use one renderer at a time.
    """
    with _marking:
        _mark_renderer().render(painter, rect)


def mark_icon() -> QIcon:
    """The mark as a window icon, in the sizes that task bars ask for."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        pixmap = QPixmap(QSize(side, side))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_mark(painter, QRectF(0, 0, side, side))
        painter.end()
        made.addPixmap(pixmap)
    return made


@lru_cache(maxsize=1)
def _mark_renderer() -> QSvgRenderer:
    return QSvgRenderer(str(resource("icons", "mark.svg")))
