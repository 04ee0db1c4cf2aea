"""The ring around the button that has the focus: outside it, where neither it nor a style sheet can paint."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from centerdesk.qtkit.style import paint_focus_ring, ring_margin

RADIUS_PROPERTY = "ring_radius"
"""Name of the widget property (or attribute) with the control's own corner radius, px."""

_FOLLOWED = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.ZOrderChange,
    QEvent.Type.StyleChange,
)


class RingWidget(QWidget):
    """A transparent sibling of the focused control; the mouse goes through it."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target.parentWidget())
        self._target = target
        self.setObjectName("focus_ring_widget")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.follow()

    def follow(self) -> None:
        """Lie around the target, above its siblings."""
        margin = ring_margin()
        self.setGeometry(self._target.geometry().adjusted(-margin, -margin, margin, margin))
        self.setVisible(not self._target.isHidden())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded ring."""
        radius = self._target.property(RADIUS_PROPERTY)
        painter = QPainter(self)
        paint_focus_ring(painter, QRectF(self.rect()), None if radius is None else float(radius))


class FocusRing(QObject):
    """Moves the ring to the button that has the focus. Fields and painted widgets show their own."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._ring: RingWidget | None = None
        self._target: QWidget | None = None
        app.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the target."""
        if event.type() in _FOLLOWED and watched is self._target and self._ring and isValid(self._ring):
            self._ring.follow()
        return False

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._let_go()
        plain = isinstance(new, QAbstractButton) and not new.property("own_focus")
        if plain and new is not None and new.parentWidget() is not None:
            self._target = new
            self._ring = RingWidget(new)
            new.installEventFilter(self)

    def _let_go(self) -> None:
        if self._target is not None and isValid(self._target):
            self._target.removeEventFilter(self)
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._target = self._ring = None


def install_focus_ring(app: QApplication) -> None:
    """Give the application its ring; a second call does nothing."""
    if app.findChild(FocusRing, "focus_ring") is None:
        FocusRing(app)
