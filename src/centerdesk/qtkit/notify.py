"""Telling and asking inside the window: toasts with undo, questions with verbs, reports that stay (UI 4.4).

Everything a page says beside its own content goes through `toast`, `ask` and `report`. Tests look for the
objects named here, or put a function into `answer_with` to answer every question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import ClassVar
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit import clipboard
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.sheet import Sheet


@record
class Answer:
    """One button of a question. `verb` says what it does: 「导出 118 行」, never 是 or 确定."""

    verb: str
    key: str = ""
    urgent: bool = False  # takes something away or leaves the computer: red, never the default


@record
class Question:
    """A question in words. The first answer is what is asked about, the last one changes nothing (Esc)."""

    title: str
    text: str
    answers: Sequence[Answer]


_held: WeakKeyDictionary[QWidget, list[Callable[[], object]]] = WeakKeyDictionary()


def hold(window: QWidget) -> None:
    """From now on nothing is shown or said in this window; toasts, questions and reports wait for `release`.

    For a locked desk: what a lane answers meanwhile carries names and doors (G37).
    """
    _held.setdefault(window, [])


def release(window: QWidget) -> None:
    """Speak again, and say what came meanwhile; announcements of that time are not made up for."""
    for said in _held.pop(window, ()):
        said()


def when_free(widget: QWidget, act: Callable[[], object]) -> None:
    """Do it now, in a held window on `release`: a paper must not open over a locked desk (G37)."""
    waiting = _held.get(widget.window())
    if waiting is None:
        act()
    else:
        waiting.append(act)


def announce(widget: QWidget, text: str, *, assertive: bool = False, held: bool = False) -> None:
    """Have a screen reader say it once; politely unless a person is needed now. Silent in a held window.

    `held`: also there, for what lies over it and holds no name.
    """
    if widget.window() in _held and not held:
        return
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
        look = theme()
        row.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(8))
        row.setSpacing(look.px(12))
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
    if (waiting := _held.get(window)) is not None:
        waiting.append(partial(toast, window, text, undo, verb))
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


class Notice(Sheet):
    """问话和告知. A title, a sentence or two, and buttons that say what they do."""

    def __init__(self, window: QWidget, title: str, text: str, name: str) -> None:
        super().__init__(window, name)
        self.body.addWidget(text_label(title, role="card-title", name=f"{name}_title", wrap=True))
        self.body.addWidget(
            text_label(text, role="secondary", name=f"{name}_text", wrap=True, selectable=True)
        )
        self.setAccessibleName(f"{title} {text}")

    def offer(
        self, text: str, name: str, act: Callable[[], None], *, kind: str = "", closes: bool = True
    ) -> None:
        """One more button, left to right; the last one answers Esc."""

        def pressed() -> None:
            if closes:
                self.leave()
            act()

        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        if kind:
            button.setProperty("kind", kind)
        button.clicked.connect(pressed)
        self.add_button(button)

    def open_sheet(self, focus: int = -1) -> None:
        """Show, and put the focus on button number `focus`."""
        self.rise(self.buttons[focus])
        announce(self, self.accessibleName())


def ask(widget: QWidget | None, question: Question, answered: Callable[[str], None]) -> None:
    """Ask in the window; `answered(key)` comes later, from the event loop. Esc is the last answer.

    One at a time: what stands there unanswered is given up as by Esc. The window manager's own cross, or an alarm
    that somebody takes, may ask again while a page still waits for an answer.
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
    if (waiting := _held.get(window)) is not None:
        waiting.append(partial(ask, window, question, answered))
        return
    if (standing := window.findChild(Notice, "ask")) is not None:
        standing.escape()
    sheet = Notice(window, question.title, question.text, "ask")
    for number, (answer, key) in enumerate(zip(question.answers, keys, strict=True)):
        kind = "urgent" if answer.urgent else "primary" if number == 0 else ""
        sheet.offer(answer.verb, f"ask_{key}", _answering(answered, key), kind=kind)
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
    if (waiting := _held.get(window)) is not None:
        waiting.append(partial(report, window, title, text, copy_text=copy_text))
        return
    if (old := window.findChild(Notice, "report")) is not None:
        old.leave()
    sheet = Notice(window, title, text, "report")
    if copy_text:

        def copy() -> None:
            clipboard.copy(copy_text)

        sheet.offer(tr("复制说明给管理员"), "report_copy", copy, kind="link", closes=False)
    sheet.offer(tr("知道了"), "report_close", lambda: None)
    sheet.open_sheet()
