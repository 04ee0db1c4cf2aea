"""An enrolled window as a widget: paints itself, takes focus, tells a screen reader what it shows."""

from __future__ import annotations

from PySide6.QtCore import Property, QEasingCurve, QPropertyAnimation, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.painted.house import WindowView
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window

SLIDE_MS = 180
"""How long the curtains take to slide aside at a tick."""


class FacadeWindow(PaintedWidget):
    """One window (窗) of a board or strip; `taken` when it becomes the current one, `activated` on Enter."""

    taken = Signal(object, bool)  # id, whether somebody meant it (not merely the window manager)
    activated = Signal(object)
    moved = Signal(object, int)  # id, Qt.Key of the arrow

    def __init__(
        self, view: WindowView, parent: QWidget | None = None, *, sill: bool = True, click_opens: bool = False
    ) -> None:
        super().__init__(parent)
        give_role(self, Role.ListItem)
        self._view, self._sill, self._click_opens = view, sill, click_opens
        self._current = False
        self._openness = 1.0
        self._motion: QPropertyAnimation | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setObjectName(f"window_{view.id}")
        self._describe()

    @staticmethod
    def margin() -> int:
        """Room around the pane for disc, red frame and ring, px."""
        return round(theme().scale(9))

    @property
    def view(self) -> WindowView:
        """What is shown."""
        return self._view

    @property
    def current(self) -> bool:
        """Whether the ring is on it."""
        return self._current

    def place(self, pane: QRectF) -> None:
        """Lie so that the pane falls on `pane`, in the parent's coordinates."""
        margin = self.margin()
        self.setGeometry(pane.toAlignedRect().adjusted(-margin, -margin, margin, margin))

    def set_view(self, view: WindowView, *, motion: bool = True) -> None:
        """Show another state; the curtains slide when it has just been seen open."""
        opened = view.state is WindowState.OPEN and self._view.state is not WindowState.OPEN
        if view == self._view:
            return
        self._view = view
        self._describe()
        if opened and motion and self.isVisible():
            self._slide()
        self.update()

    def set_current(self, current: bool) -> None:
        """Put the ring on or off."""
        if current != self._current:
            self._current = current
            self._describe()
            self.update()

    def _describe(self) -> None:
        view = self._view
        spoken = view.accessible or f"{view.label}，{view.state.word}"
        self.describe(spoken, "已选中" if self._current else "")
        self.setToolTip(plain_tip(view.label or view.state.word))

    def _slide(self) -> None:
        self._motion = QPropertyAnimation(self, b"openness", self)
        self._motion.setDuration(SLIDE_MS)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.start()

    def _get_openness(self) -> float:
        return self._openness

    def _set_openness(self, value: float) -> None:
        self._openness = value
        self.update()

    openness = Property(float, _get_openness, _set_openness)

    def sizeHint(self) -> QSize:
        """Pane and margin."""
        side = 2 * self.margin()
        return QSize(round(theme().scale(30)) + side, round(theme().scale(26)) + side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The drawing of the state."""
        margin, painter = self.margin(), begin(self)
        pane = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        view = self._view
        paint_window(
            painter,
            pane,
            view.state,
            number=view.number,
            selected=self._current,
            openness=self._openness,
            sill=self._sill,
        )
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Focus makes it the current one."""
        super().focusInEvent(event)
        self.taken.emit(self._view.id, event.reason() is not Qt.FocusReason.ActiveWindowFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click takes it, also when it has the focus already."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.taken.emit(self._view.id, True)
            if self._click_opens:
                self.activated.emit(self._view.id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click opens it."""
        if event.button() is Qt.MouseButton.LeftButton and not self._click_opens:
            self.activated.emit(self._view.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk by position, Enter opens; everything else goes on to the page."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.moved.emit(self._view.id, int(event.key()))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activated.emit(self._view.id)
            case _:
                super().keyPressEvent(event)
