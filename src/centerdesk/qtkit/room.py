"""Room in any window: what does not fit is scrolled to, never squeezed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedWidget, QWidget

from centerdesk.qtkit.look import theme, theme_hub


class Room(QScrollArea):
    """One widget that scrolls up and down where it has to (滚动区); sideways it gets what it needs.

    What takes the focus comes into sight. `asks` is the height it wants at least, px at 100 %.
    """

    def __init__(self, inner: QWidget, *, asks: int = 64) -> None:
        super().__init__()
        self._inner, self._asks, self._all = inner, asks, False
        self._wanted: QWidget | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inner)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        theme_hub().changed.connect(self.updateGeometry)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]  # GUI thread

    def sizeHint(self) -> QSize:
        """No more than it must have: what is left over comes by stretch."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The inner widget's width, with its scroll bar; a few lines high, or as high as all that is in it."""
        bar = self.verticalScrollBar().sizeHint().width()  # the style's own figure knows no zoom
        least = self._inner.minimumSizeHint()
        whole = max(least.height(), self._inner.heightForWidth(self.width()))  # -1 where nothing wraps
        return QSize(least.width() + bar, whole if self._all else theme().px(self._asks))

    def ask_for_all(self, whole: bool) -> None:
        """In something that scrolls already it wants room for all that is in it, and never scrolls itself."""
        if whole != self._all:
            self._all = whole
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._all and event.size().width() != event.oldSize().width():
            self.updateGeometry()  # words in another width take other lines

    def measure_anew(self) -> None:
        """What is inside was laid out otherwise: ask all of it again, now, before a window is fitted around it."""
        for part in self._inner.findChildren(QWidget):
            part.updateGeometry()
        self._inner.updateGeometry()
        self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is inside wants another size: the layout around is asked anew too."""
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def bring(self, part: QWidget) -> None:
        """Scroll until all of `part`, which was just shown, is in sight: its beginning where it is too high."""
        self._wanted = part
        QTimer.singleShot(0, self, self._bring_wanted)  # it has no place before it is laid out

    def _bring_wanted(self) -> None:
        part, self._wanted = self._wanted, None
        if part is None or not part.isVisibleTo(self) or not self._inner.isAncestorOf(part):
            return
        top = part.mapTo(self._inner, part.rect().topLeft()).y()
        margin = theme().px(8)
        low = min(part.height(), self.viewport().height() - 2 * margin)
        self.ensureVisible(0, top + low, 0, margin)
        self.ensureVisible(0, top, 0, margin)

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isVisible() and self._inner.isAncestorOf(now):
            margin = theme().px(16)
            self.ensureWidgetVisible(now, 0, margin)


class Shelf(QStackedWidget):
    """One page at a time (页架), and only the one on show asks for room: hidden ones were never laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        here = self.currentWidget()
        return here.sizeHint() if here is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        here = self.currentWidget()
        return here.minimumSizeHint() if here is not None else super().minimumSizeHint()


def scrolled(widget: QWidget) -> QScrollArea:
    """`widget` in an area that scrolls up and down where there is no room, on the ground of its card."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    area.setMinimumHeight(theme().px(44))
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area
