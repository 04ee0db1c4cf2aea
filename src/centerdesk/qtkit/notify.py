"""Telling and asking inside the window: toasts with undo, questions with verbs, reports that stay (UI 4.4).

Everything a page says beside its own content goes through `toast`, `ask` and `report`. Tests look for the
objects named here, or put a function into `answer_with` to answer every question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme


@dataclass(frozen=True, slots=True)
class Answer:
    """One button of a question. `verb` says what it does: 「导出 118 行」, never 是 or 确定."""

    verb: str
    key: str = ""
    urgent: bool = False  # takes something away or leaves the computer: red, never the default


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words. The first answer is what is asked about, the last one changes nothing (Esc)."""

    title: str
    text: str
    answers: Sequence[Answer]


def announce(widget: QWidget, text: str, *, assertive: bool = False) -> None:
    """Have a screen reader say it once; politely unless a person is needed now."""
    event = QAccessibleAnnouncementEvent(widget, text)
    levels = QAccessible.AnnouncementPoliteness
    event.setPoliteness(levels.Assertive if assertive else levels.Polite)
    QAccessible.updateAccessibility(event)


def _window_of(widget: QWidget | None) -> QWidget | None:
    """The window to speak in: the widget's own, else whatever stands open."""
    if widget is not None:
        return widget.window()
    return QApplication.activeWindow() or next(
        (w for w in QApplication.topLevelWidgets() if w.isVisible()), None
    )


# --- toasts -------------------------------------------------------------------------------------------------


class Toast(QFrame):
    """提示条. A child of the window, so the focus stays where it was; goes by itself after eight seconds."""

    _numbers: ClassVar[Iterator[int]] = count()
    LIFE_MS: ClassVar[int] = 8000
    AT_MOST: ClassVar[int] = 2
    MARGIN = 20
    FOOT = 46  # the status bar and a gap

    def __init__(self, window: QWidget, text: str, undo: Callable[[], None] | None, verb: str) -> None:
        super().__init__(window)
        self.setObjectName("toast")
        self.setProperty("toast", True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.text = text
        self.number = next(self._numbers)  # raising reorders the children of a window
        self._undo = undo
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(text_label(text, role="on-toast", name="toast_text"))
        if undo is not None:
            button = QPushButton(verb)
            button.setObjectName("toast_undo")
            button.setProperty("kind", "toast")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(self.take_back)
            row.addWidget(button)
            row.addWidget(text_label("Ctrl Z", role="on-toast-quiet"))
        self._life = QTimer(self)
        self._life.setSingleShot(True)
        self._life.timeout.connect(self.leave)
        self._life.start(self.LIFE_MS)
        window.installEventFilter(self)
        self.setAccessibleName(text)

    def take_back(self) -> None:
        """Do what its button says, once, and go."""
        undo, self._undo = self._undo, None
        self.leave()
        if undo is not None:
            undo()

    @property
    def can_take_back(self) -> bool:
        return self._undo is not None

    def leave(self) -> None:
        """Go away now."""
        self._life.stop()
        self.hide()
        window = self.parentWidget()
        self.setParent(None)
        self.deleteLater()
        if window is not None:
            _place_toasts(window)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("ink"))
        radius = theme().size("radius-control")
        painter.drawRoundedRect(self.rect(), radius, radius)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            _place_toasts(watched)
        return False


def toasts(window: QWidget) -> list[Toast]:
    """The toasts a window shows, oldest first."""
    found = window.findChildren(Toast, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return sorted(found, key=lambda one: one.number)


def toast(
    widget: QWidget | None, text: str, undo: Callable[[], None] | None = None, verb: str = "撤销"
) -> Toast | None:
    """Say in one sentence what was done, with a way back. Never for an error that needs work."""
    window = _window_of(widget)
    if window is None:
        return None
    for old in toasts(window)[: 1 - Toast.AT_MOST]:
        old.leave()
    made = Toast(window, text, undo, verb)
    _place_toasts(window)
    made.show()
    announce(made, text)
    return made


def take_back_newest(window: QWidget) -> bool:
    """Ctrl Z while a toast stands: its undo. False when there is none, then the window asks the journal."""
    for one in reversed(toasts(window)):
        if one.can_take_back:
            one.take_back()
            return True
    return False


def _place_toasts(window: QWidget) -> None:
    bottom = window.height() - theme().px(Toast.FOOT)
    for one in reversed(toasts(window)):
        one.adjustSize()
        bottom -= one.height()
        one.move(theme().px(Toast.MARGIN), bottom)
        one.raise_()
        bottom -= theme().px(8)


# --- questions ----------------------------------------------------------------------------------------------

answer_with: Callable[[Question], str] | None = None
"""Tests set this to answer every question with the key of an answer, without a click."""


class Sheet(QWidget):
    """A panel over a scrim inside the window: modal by covering and holding the focus, no nested loop."""

    def __init__(self, window: QWidget, title: str, text: str, name: str) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self._before = QApplication.focusWidget()
        self._buttons: list[QPushButton] = []
        self._escape: Callable[[], None] | None = None
        card = QFrame()
        card.setProperty("card", "plain")
        card.setFixedWidth(min(theme().px(460), max(280, window.width() - 40)))
        inner = QVBoxLayout(card)
        inner.setContentsMargins(20, 18, 20, 16)
        inner.setSpacing(12)
        inner.addWidget(text_label(title, role="card-title", name=f"{name}_title", wrap=True))
        inner.addWidget(text_label(text, role="secondary", name=f"{name}_text", wrap=True, selectable=True))
        self._row = QHBoxLayout()
        self._row.setSpacing(10)
        self._row.addStretch()
        inner.addLayout(self._row)
        middle = QHBoxLayout()  # not an alignment: that would cut texts of more than one line
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.setAccessibleName(f"{title} {text}")

    def add_button(
        self, text: str, name: str, act: Callable[[], None], *, kind: str = "", closes: bool = True
    ) -> QPushButton:
        """One more button, left to right; the last one added answers Esc."""

        def pressed() -> None:
            if closes:
                self.close_sheet()
            act()

        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(pressed)
        self._row.addWidget(button)
        self._buttons.append(button)
        self._escape = pressed
        return button

    def open_sheet(self, focus: int = -1) -> None:
        """Show, and put the focus on button number `focus`."""
        self.show()
        self.raise_()
        self._buttons[focus].setFocus(Qt.FocusReason.PopupFocusReason)
        announce(self, self.accessibleName())

    def close_sheet(self) -> None:
        """Go, and give the focus back."""
        self.hide()
        if self._before is not None:
            try:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            except RuntimeError:
                self._before = None  # its page closed meanwhile: the window finds a new place itself
        self.setParent(None)
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the sheet."""
        here = next((n for n, b in enumerate(self._buttons) if b.hasFocus()), 0)
        target = self._buttons[(here + (1 if forward else -1)) % len(self._buttons)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # the window's shortcuts sleep while the sheet stands
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._escape is not None:
            self._escape()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            for button in self._buttons:
                if button.hasFocus():
                    button.click()
                    return
        event.accept()  # nothing below hears a key while the sheet stands

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("ink", 0.38))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False


def ask(widget: QWidget | None, question: Question, answered: Callable[[str], None]) -> None:
    """Ask in the window; `answered(key)` comes later, from the event loop. Esc is the last answer.

    At most one level: a second question while one stands is a fault of the page and raises.
    """
    keys = [answer.key or answer.verb for answer in question.answers]
    if answer_with is not None:
        key = answer_with(question)
        if key not in keys:
            raise LookupError(f"no such answer: {key!r}")
        answered(key)
        return
    window = _window_of(widget)
    if window is None:
        answered(keys[-1])
        return
    if window.findChild(Sheet, "ask") is not None:
        raise RuntimeError("a question is already being asked in this window")
    sheet = Sheet(window, question.title, question.text, "ask")
    for number, (answer, key) in enumerate(zip(question.answers, keys, strict=True)):
        kind = "urgent" if answer.urgent else "primary" if number == 0 else ""
        sheet.add_button(answer.verb, f"ask_{key}", _answering(answered, key), kind=kind)
    # What takes something away is never under the finger already.
    sheet.open_sheet(len(keys) - 1 if question.answers[0].urgent else 0)


def _answering(answered: Callable[[str], None], key: str) -> Callable[[], None]:
    def act() -> None:
        answered(key)

    return act


def report(widget: QWidget | None, title: str, text: str, *, copy_text: str = "") -> None:
    """Tell of an error that needs work; stands until it is closed. The next one takes its place."""
    window = _window_of(widget)
    if window is None:
        return
    if (old := window.findChild(Sheet, "report")) is not None:
        old.close_sheet()
    sheet = Sheet(window, title, text, "report")
    if copy_text:

        def copy() -> None:
            QGuiApplication.clipboard().setText(copy_text)

        sheet.add_button(tr("复制说明给管理员"), "report_copy", copy, kind="link", closes=False)
    sheet.add_button(tr("知道了"), "report_close", lambda: None)
    sheet.open_sheet()
