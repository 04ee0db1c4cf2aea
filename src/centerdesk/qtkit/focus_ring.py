"""The ring around the button that has the focus: outside it, where neither it nor a style sheet can paint."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget
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


def ring_rect(target: QWidget, ground: QWidget) -> QRect:
    """Where the ring around `target` lies in one of the widgets it stands in."""
    margin = ring_margin()
    place = QRect(target.mapTo(ground, QPoint()), target.size())
    return place.adjusted(-margin, -margin, margin, margin)


def grounds(target: QWidget) -> list[QWidget]:
    """From the target's parent up to the first that has room for the ring, at most to the window."""
    found: list[QWidget] = []
    ground = target.parentWidget()
    while ground is not None:
        found.append(ground)
        if ground.isWindow() or ground.rect().contains(ring_rect(target, ground)):
            break
        ground = ground.parentWidget()
    return found


class RingWidget(QWidget):
    """A transparent widget above the control that has the focus; the mouse goes through it.

    It keeps nothing that it stands in: as the last to hold a window it would take it along with itself, in the
    middle of its own end.
    """

    def __init__(self, target: QWidget, ground: QWidget) -> None:
        """`ground` is one of the widgets that the target stands in; it carries the ring."""
        super().__init__(ground)
        self._target = target
        self.setObjectName("focus_ring_widget")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.follow()

    def follow(self) -> None:
        """Lie around the target, above its siblings; what is scrolled out of sight has no ring."""
        ground, margin = self.parentWidget(), ring_margin()
        assert ground is not None
        whole = seen = ring_rect(self._target, ground)
        each = self._target.parentWidget()
        while each is not None and each is not ground:
            area = each.parentWidget()
            if isinstance(area, QAbstractScrollArea) and area.viewport() is each:
                view = QRect(each.mapTo(ground, QPoint()), each.size())
                seen = seen.intersected(view.adjusted(-margin, -margin, margin, margin))
            each = area
        self._ring = whole.translated(-seen.topLeft())
        self.setGeometry(seen)
        self.setVisible(self._target.isVisibleTo(ground) and not seen.isEmpty())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded ring."""
        radius = self._target.property(RADIUS_PROPERTY)
        painter = QPainter(self)
        paint_focus_ring(painter, QRectF(self._ring), None if radius is None else float(radius))


class FocusRing(QObject):
    """Moves the ring to the button that has the focus. Fields and painted widgets show their own."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName("focus_ring")
        self._ring: RingWidget | None = None
        self._followed: list[QWidget] = []
        app.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the target, and to what carries it."""
        if event.type() in _FOLLOWED and watched in self._followed and self._ring and isValid(self._ring):
            self._ring.follow()
        return False

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._let_go()
        plain = isinstance(new, QAbstractButton) and not new.property("own_focus")
        if plain and new is not None and new.parentWidget() is not None:
            around = grounds(new)
            self._followed = [new, *around[:-1]]
            self._ring = RingWidget(new, around[-1])
            for each in self._followed:
                each.installEventFilter(self)

    def _let_go(self) -> None:
        for each in self._followed:
            if isValid(each):
                each.removeEventFilter(self)
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring, self._followed = None, []


def install_focus_ring(app: QApplication) -> None:
    """Give the application its ring; a second call does nothing."""
    if app.findChild(FocusRing, "focus_ring") is None:
        FocusRing(app)
