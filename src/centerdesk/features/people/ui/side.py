"""The right side of the ledger: a column where there is room, a drawer over the table where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from centerdesk.qtkit.look import theme, theme_hub

FORM_WIDTH = 456
NARROW = 1190
"""Page width at 100 % below which the side becomes a drawer (window below 1320)."""


def is_narrow(page: QWidget) -> bool:
    """Does the page follow the rules for narrow windows: by width, from 150 % zoom, and for 长者 earlier."""
    look = theme()
    return page.width() < NARROW * (1.3 if look.large else 1) or look.zoom >= 150


class Side(QStackedWidget):
    """右栏. One pane at a time; the first is the detail, the others are forms and wider.

    It lies over the body and a placeholder keeps its room in the row, so that a wider form covers the end of
    the table for a while and nothing moves.
    """

    closed = Signal()
    moved = Signal()
    """Opened, closed, or made a drawer or a column."""

    def __init__(self, body: QWidget, row: QHBoxLayout) -> None:
        super().__init__(body)
        self.setObjectName("side")
        self._body = body
        self._room = QWidget()
        self._drawer = False
        self._wanted = True
        row.addWidget(self._room)
        body.installEventFilter(self)
        theme_hub().changed.connect(self._place)
        self.currentChanged.connect(self._place)

    @property
    def drawer(self) -> bool:
        """Does it lie over the table?"""
        return self._drawer

    def set_drawer(self, on: bool) -> None:
        """Change between column and drawer; a drawer starts closed unless a form is open in it."""
        if on != self._drawer:
            self._drawer = on
            self._wanted = not on or self.currentIndex() > 0
        self._place()

    def open(self) -> None:
        """Show it."""
        self._wanted = True
        self._place()

    def close_drawer(self) -> None:
        """Put the drawer away; a column stays."""
        if self._drawer and self._wanted:
            self._wanted = False
            self._place()
            self.closed.emit()

    def toggle(self) -> None:
        """Ctrl+I."""
        self._wanted = not self._wanted
        self._place()
        if not self._wanted:
            self.closed.emit()

    def _width(self) -> int:
        look = theme()
        wide = (
            look.size("detail") if self.currentIndex() <= 0 else round(FORM_WIDTH * look.size("detail") / 348)
        )
        return min(wide, max(240, self._body.width() - look.px(24)))

    def _place(self, *_why: object) -> None:
        self._room.setVisible(self._wanted and not self._drawer)
        self._room.setFixedWidth(theme().size("detail"))
        wide = self._width()
        self.setGeometry(self._body.width() - wide, 0, wide, self._body.height())
        self.setVisible(self._wanted)
        self.raise_()
        self.moved.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False
