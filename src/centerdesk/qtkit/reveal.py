"""按住查看: a masked value shown on purpose, with a reason, for thirty seconds (UI 4.2, STANDARDS 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme

REASONS = ("核对证件", "打电话联系", "上门前准备", "填报材料", "本人来问")
"""What a clerk may say; the journal keeps the words, never free text."""


class _Drain(QWidget):
    """The thin line that says how much of the thirty seconds is left."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(3)
        self.left = 0.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.left > 0:
            painter = QPainter(self)
            painter.fillRect(0, 0, round(self.width() * self.left), self.height(), theme().colour("c3"))


class _HoldButton(QPushButton):
    """Tells of a press that lasted: by the pointer, or by Space held down."""

    held = Signal()
    HOLD_MS = 400

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.held)
        self.pressed.connect(self._on_pressed)
        self.released.connect(self._timer.stop)

    def _on_pressed(self) -> None:
        if not self._timer.isActive():
            self._timer.start(self.HOLD_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            super().keyReleaseEvent(event)


class RevealField(QWidget):
    """A masked value with its 按住查看. Knows no number until the page hands it one, and forgets it again.

    The page answers `wanted(reason)` with a command that records the access and gives `show_value` the value.
    `needs_reason` says whether this record was not yet looked at today.
    """

    SHOW_MS = 30_000
    TICK_MS = 250

    wanted = Signal(str)
    """The reason, "" when none was needed."""
    masked_again = Signal()

    def __init__(
        self,
        masked: str,
        needs_reason: Callable[[], bool],
        reasons: Sequence[str] = REASONS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._masked, self._needs_reason, self._reasons = masked, needs_reason, tuple(reasons)
        self._text = text_label(masked, name="reveal_text")
        self._note = text_label(role="hint", name="reveal_note")
        self._button = _HoldButton(self.tr("按住查看"))
        self._button.setObjectName("reveal_button")
        self._button.setProperty("extent", "small")
        self._button.held.connect(self._on_held)
        self._drain = _Drain()
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(self.TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        line = QHBoxLayout()
        line.addWidget(self._text, 1)
        line.addWidget(self._button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addLayout(line)
        box.addWidget(self._drain)
        box.addWidget(self._note)
        self._note.hide()

    @property
    def shown(self) -> bool:
        return self._timer.isActive()

    def set_masked(self, masked: str) -> None:
        """Another record: what was shown is gone."""
        self._masked = masked
        self.hide_value()

    def show_value(self, value: str) -> None:
        """Show the whole value for thirty seconds. Does nothing when the field is not to be seen any more."""
        if not self.isVisible():
            return
        self._text.setText(value)
        self._note.setText(self.tr("已记下这次查看。"))
        self._note.show()
        self._button.setEnabled(False)
        self._since.start()
        self._drain.left = 1.0
        self._drain.update()
        self._timer.start()

    def hide_value(self) -> None:
        """Back to the mask, now."""
        was_shown = self.shown
        self._timer.stop()
        self._text.setText(self._masked)
        self._note.hide()
        self._button.setEnabled(True)
        self._drain.left = 0.0
        self._drain.update()
        if was_shown:
            self.masked_again.emit()

    def _on_held(self) -> None:
        if not self._needs_reason():
            self.wanted.emit("")
            return
        menu = QMenu(self)
        menu.setObjectName("reveal_reasons")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for reason in self._reasons:
            menu.addAction(reason).triggered.connect(self._wanting(reason))
        menu.popup(self._button.mapToGlobal(self._button.rect().bottomLeft()))

    def _wanting(self, reason: str) -> Callable[[], None]:
        def chosen() -> None:
            self.wanted.emit(reason)

        return chosen

    def _on_tick(self) -> None:
        left = 1 - self._since.elapsed() / self.SHOW_MS
        if left <= 0:
            self.hide_value()
            return
        self._drain.left = left
        self._drain.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.hide_value()  # another page, the lock, a minimised window
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self.shown:
            self.hide_value()
        super().changeEvent(event)
