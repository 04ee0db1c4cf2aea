"""How a page is looked at: theme, size of type, zoom, window. Names of files end in the view's name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from centerdesk.app.pictures import SIZE, application, wait_until
from centerdesk.qtkit.theme import Theme
from centerdesk.qtkit.tokens import ThemeName

NARROW = QSize(1180, 688)
"""1180×720 less the title bar that the design draws."""


@dataclass(frozen=True)
class View:
    """One way to look at a page."""

    name: str
    theme: ThemeName = "light"
    large: bool = False
    zoom: int = 100
    size: QSize = SIZE

    def put_on(self) -> None:
        """Dress the program, for widgets that are made afterwards."""
        Theme.load(self.theme, large=self.large, zoom=self.zoom, bundled_fonts=True).apply(application())


VIEWS = (
    View("light"),
    View("dark", "dark"),
    View("contrast", "contrast"),
    View("large", large=True),
    View("narrow", size=NARROW),
    View("narrow-dark", "dark", size=NARROW),
    View("narrow-contrast", "contrast", size=NARROW),
    View("narrow-large", large=True, size=NARROW),
    View("zoom150", zoom=150),
    View("zoom200", zoom=200),
)
FEW = frozenset(("light", "dark", "contrast", "large", "narrow-large"))
"""The views of what is seldom seen: empty pages, panels over a page."""


@dataclass(frozen=True)
class Album:
    """Where pictures go, and which views were asked for (none: all)."""

    out: Path
    wanted: frozenset[str] = frozenset()

    def views(self, among: frozenset[str] | None = None) -> list[View]:
        """Those to be taken; `among` narrows them to some."""
        return [
            view
            for view in VIEWS
            if (not self.wanted or view.name in self.wanted) and (among is None or view.name in among)
        ]

    def keep(self, widget: QWidget, page: str, state: str, view: View) -> None:
        """What a widget shows, as `PAGE/STATE-VIEW.png`."""
        path = self.out / page / f"{state}-{view.name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        widget.grab().save(str(path))


def lay_out(widget: QWidget, size: QSize) -> None:
    """As if it were on a screen, in this size."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(size)
    widget.show()
    pause()


def pause(milliseconds: int = 60) -> None:
    """Let the event loop run, for layouts and what slides."""
    wait_until(lambda: False, milliseconds)
