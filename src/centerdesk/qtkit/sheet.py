"""What lies over a window until it is answered: a scrim that holds keys and focus, and a card on it (UI 2.4, 4.4).

Modal by covering, without a nested event loop. Questions, reports, the second person, the last backup and the
palette stand on it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QFrame,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.tab_order import tab_on


class Scrim(QWidget):
    """罩. Covers a window and follows its size; nothing below hears a key while it stands. GUI thread."""

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self._window = window
        self._before = QApplication.focusWidget()
        window.installEventFilter(self)
        self.setGeometry(window.rect())

    def rise(self, focus: QWidget) -> None:
        """Show above everything, with the focus where it is told."""
        self.show()
        self.raise_()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def escape(self) -> None:
        """What Esc does: go, unless a sheet says otherwise."""
        self.leave()

    def leave(self) -> None:
        """Go, and give the focus back to where it was."""
        self._window.removeEventFilter(self)
        self.hide()
        if self._before is not None and isValid(self._before):  # its page may have gone meanwhile
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setParent(None)
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside."""
        return tab_on(self, forward) or True

    def event(self, event: QEvent) -> bool:
        """The window's own keys sleep."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc, and Enter on the button that has the focus; no other key goes on to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = QApplication.focusWidget()
            if isinstance(focus, QAbstractButton) and self.isAncestorOf(focus):
                focus.click()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("scrim", theme().opacity("scrim")))
        painter.end()


class Sheet(Scrim):
    """盖在页上的一张卡. Words and fields go into `body`, buttons to `add_button`; the last one is what Esc does.

    What is taller than the window scrolls inside the card; the buttons stay in sight, and stand one below the
    other where they do not fit side by side.
    """

    MARGIN = 20
    """Between card and window at the least, px at 100 %."""

    def __init__(self, window: QWidget, name: str, *, wide: int = 460) -> None:
        super().__init__(window, name)
        self._wide = wide
        self._buttons: list[QAbstractButton] = []
        self._card = QFrame(self)
        self._card.setProperty("card", "plain")
        self._inside = QWidget()
        self.body = QVBoxLayout(self._inside)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        self._inside.installEventFilter(self)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addStretch(1)
        self._column = QVBoxLayout(self._card)
        self._column.addWidget(self._scroll)
        self._column.addLayout(self._row)
        theme_hub().changed.connect(self.place)

    def add_button(self, button: QAbstractButton) -> None:
        """One more at the right end of the foot."""
        self._row.addWidget(button)
        self._buttons.append(button)

    @property
    def buttons(self) -> tuple[QAbstractButton, ...]:
        return tuple(self._buttons)

    def escape(self) -> None:
        """As if the last button were pressed."""
        if self._buttons:
            self._buttons[-1].click()
        else:
            self.leave()

    def place(self) -> None:
        """Measure the card and put it a little above the middle."""
        look = theme()
        side, edge = look.px(20), look.px(self.MARGIN)
        self._column.setContentsMargins(side, look.px(18), side, look.px(16))
        self.body.setSpacing(look.px(12))
        self._column.setSpacing(look.px(14))
        self._row.setSpacing(look.px(10))
        wide = min(look.px(self._wide), max(1, self.width() - 2 * edge))
        self._card.resize(wide, self._card.height())
        self._column.activate()
        inner = self._scroll.maximumViewportSize().width()
        self._stand_buttons(inner)
        edges = wide - 2 * side - inner  # the card's own lines
        around = look.px(34) + edges + self._column.spacing() + self._row.sizeHint().height()
        room = max(1, self.height() - 2 * edge - around)
        self.body.invalidate()  # a label that follows the look too may have changed a moment ago
        needed = self._needed(inner)
        if needed > room:
            inner -= self._scroll.verticalScrollBar().sizeHint().width()
            inner -= self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollView_ScrollBarSpacing)
            needed = self._needed(inner)
        needed = max(needed, self._scroll.minimumSizeHint().height())
        self._scroll.setFixedHeight(min(needed, room))
        high = min(needed, room) + around
        self._card.setGeometry((self.width() - wide) // 2, (self.height() - high) * 2 // 5, wide, high)
        self._column.activate()
        self._inside.resize(inner, needed)

    def _needed(self, wide: int) -> int:
        high = self.body.totalHeightForWidth(wide)
        return high if high >= 0 else self.body.sizeHint().height()

    def _stand_buttons(self, room: int) -> None:
        needed = sum(b.sizeHint().width() for b in self._buttons if b.isVisibleTo(self))
        needed += self._row.spacing() * max(0, len(self._buttons) - 1)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.LeftToRight if needed <= room else ways.TopToBottom)

    def rise(self, focus: QWidget) -> None:
        self.place()
        super().rise(focus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down read on where the words are longer than the card."""
        bar, keys = self._scroll.verticalScrollBar(), Qt.Key
        steps = {
            keys.Key_Down: bar.singleStep(), keys.Key_Up: -bar.singleStep(),
            keys.Key_PageDown: bar.pageStep(), keys.Key_PageUp: -bar.pageStep(),
        }  # fmt: skip
        if step := steps.get(keys(event.key())):
            bar.setValue(bar.value() + step)
            event.accept()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self._inside:
            self.place()
        return super().eventFilter(watched, event)
