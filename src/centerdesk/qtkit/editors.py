"""One adapter per kind of value: what a form field needs of a control (ARCHITECTURE 4.6, UI 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from centerdesk.qtkit.labels import text_label, tr

Check = Callable[[Any], str]
"""Answers "" when the value is good, else one sentence that says what to do."""


class Editor(Protocol):
    """What a field needs of a control. `value` answers None for empty."""

    @property
    def widget(self) -> QWidget: ...

    def value(self) -> Any: ...

    def set_value(self, value: Any) -> None: ...

    def on_edit(self, slot: Callable[[], None]) -> None:
        """Call `slot` after every change made by hand or by `set_value`."""
        ...

    def problem(self) -> str:
        """What is wrong with what was typed, "" if nothing is; emptiness is the form's business."""
        ...

    def note(self) -> str:
        """What the field reads back under it, "" for nothing."""
        ...


class FocusWatch(QObject):
    """Tells when a control gets or loses the focus; a popup of its own is not leaving."""

    entered = Signal()
    left = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        elif event.type() == QEvent.Type.FocusOut and not popup_took_focus(event):
            self.left.emit()
        return False


def popup_took_focus(event: QEvent) -> bool:
    """Did the focus only go to a list or menu that belongs to the control itself?"""
    return isinstance(event, QFocusEvent) and event.reason() == Qt.FocusReason.PopupFocusReason


class LineEditor:
    """Base of all one-line fields: text in, text out, inner blanks kept, outer ones dropped."""

    def __init__(
        self, *, placeholder: str = "", max_length: int = 200, unit: str = "", check: Check | None = None
    ) -> None:
        self._line = QLineEdit()
        self._line.setMaxLength(max_length)
        self._line.setPlaceholderText(placeholder)
        self._check = check
        if unit:
            self._show_unit(unit)
        self._slots: list[Callable[[], None]] = []
        self._line.textChanged.connect(self._on_text)

    @property
    def widget(self) -> QLineEdit:
        return self._line

    def _show_unit(self, unit: str) -> None:
        """The unit stands inside the field, at its right end."""
        label = text_label(unit, self._line, role="unit")
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 8, 0)
        row.addStretch()
        row.addWidget(label)
        self._line.setTextMargins(0, 0, label.sizeHint().width() + 10, 0)

    def _regroup(self, text: str) -> None:
        """Write the same value in another shape: nothing was edited."""
        if text != self._line.text():
            self._line.blockSignals(True)
            self._line.setText(text)
            self._line.blockSignals(False)

    def _on_text(self, _text: str) -> None:
        for slot in self._slots:
            slot()

    def on_edit(self, slot: Callable[[], None]) -> None:
        self._slots.append(slot)

    def text(self) -> str:
        return self._line.text().strip()

    def value(self) -> Any:
        return self.text() or None

    def set_value(self, value: Any) -> None:
        self._line.setText("" if value is None else str(value))

    def problem(self) -> str:
        value = self.value()
        return self._check(value) if self._check is not None and value is not None else ""

    def note(self) -> str:
        return ""


class TextEditor(LineEditor):
    """One line of text."""


class PasswordEditor(LineEditor):
    """A password: not echoed, not trimmed, never read back, no undo of the platform's clipboard kind."""

    def __init__(self, *, placeholder: str = "", check: Check | None = None) -> None:
        super().__init__(placeholder=placeholder, check=check)
        self._line.setEchoMode(QLineEdit.EchoMode.Password)
        self._line.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText)

    def text(self) -> str:
        return self._line.text()


class IntEditor(LineEditor):
    """A whole number between two bounds (inclusive)."""

    def __init__(
        self, low: int = 0, high: int = 999_999, *, unit: str = "", check: Check | None = None
    ) -> None:
        super().__init__(max_length=9, unit=unit, check=check)
        self._low, self._high = low, high
        self._line.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._line.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)

    def value(self) -> int | None:
        """The number; None when empty or when `problem` has something to say about its digits."""
        digits = to_half_width(self.text())
        return int(digits) if _is_whole(digits) else None

    def problem(self) -> str:
        text = to_half_width(self.text())
        if not text:
            return ""
        if not _is_whole(text):
            return tr("这里只填数字，请照原件改。")
        if not self._low <= int(text) <= self._high:
            return tr("要在 {} 到 {} 之间，请核对。").format(self._low, self._high)
        return super().problem()


class IdNumberEditor(LineEditor):
    """身份证号. Blanks and full-width digits are taken in their stride; what is right is for `check` to say.

    While it has no focus it stands in groups of 6-8-4, which is how people read it back.
    """

    def __init__(self, *, check: Check | None = None) -> None:
        super().__init__(max_length=40, check=check)
        self._line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhUppercaseOnly
        )
        self._leave = FocusWatch(self._line)
        self._leave.left.connect(self._group)
        self._leave.entered.connect(self._ungroup)

    def value(self) -> str | None:
        text = to_half_width(self.text()).upper()
        return "".join(ch for ch in text if not ch.isspace() and ch not in "-·") or None

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        if not self._line.hasFocus():
            self._group()

    def _group(self) -> None:
        value = self.value() or ""
        if len(value) == 18:
            self._regroup(f"{value[:6]} {value[6:14]} {value[14:]}")

    def _ungroup(self) -> None:
        if value := self.value():
            self._regroup(value)


class DoorEditor(LineEditor):
    """门牌. `read(text)` answers the door as read back (3 栋 2 单元 501) or raises ValueError(sentence)."""

    def __init__(self, read: Callable[[str], str] | None = None, *, check: Check | None = None) -> None:
        super().__init__(placeholder="3-2-501", max_length=60, check=check)
        self._read = read

    def problem(self) -> str:
        text = self.text()
        if text and self._read is not None:
            try:
                self._read(to_half_width(text))
            except ValueError as exc:
                return str(exc)
        return super().problem()

    def note(self) -> str:
        text = self.text()
        if not text or self._read is None:
            return ""
        try:
            return self._read(to_half_width(text))
        except ValueError:
            return ""  # said by `problem` when the field is left


class _Lines(QPlainTextEdit):
    """A text field that is so many lines high in any size of letters."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setTabChangesFocus(True)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """As high as its lines; Qt's own answer leaves room for scroll bars that it does not have."""
        return QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.fontMetrics().lineSpacing() * self._lines + 16)


class MultilineEditor:
    """Several lines of text. Tab leaves the field."""

    def __init__(self, *, lines: int = 3, max_length: int = 2000, check: Check | None = None) -> None:
        self._edit = _Lines(lines)
        self._max, self._check = max_length, check

    @property
    def widget(self) -> QPlainTextEdit:
        return self._edit

    def value(self) -> str | None:
        return self._edit.toPlainText().strip() or None

    def set_value(self, value: Any) -> None:
        self._edit.setPlainText("" if value is None else str(value))

    def on_edit(self, slot: Callable[[], None]) -> None:
        self._edit.textChanged.connect(slot)

    def problem(self) -> str:
        value = self.value()
        if value is None:
            return ""
        if len(value) > self._max:
            return tr("最多 {} 字，现在 {} 字，请删短一些。").format(self._max, len(value))
        return self._check(value) if self._check else ""

    def note(self) -> str:
        return ""


class ChoiceEditor:
    """One of a list. `options` are (value, text); `blank` is the text of “nothing chosen”, "" for none."""

    def __init__(
        self,
        options: Sequence[tuple[Hashable, str]] = (),
        *,
        blank: str = "请选择",
        check: Check | None = None,
    ) -> None:
        self._box = QComboBox()
        self._blank, self._check = blank, check
        self.set_options(options)

    @property
    def widget(self) -> QComboBox:
        return self._box

    def set_options(self, options: Sequence[tuple[Hashable, str]]) -> None:
        """Another list; the chosen value stays if it is still there."""
        chosen = self.value() if self._box.count() else None
        self._box.blockSignals(True)
        self._box.clear()
        self._values: list[Hashable | None] = []
        if self._blank:
            self._values.append(None)
            self._box.addItem(self._blank)
        for value, text in options:
            self._values.append(value)
            self._box.addItem(text)
        self._box.blockSignals(False)
        self.set_value(chosen)

    def value(self) -> Any:
        number = self._box.currentIndex()
        return self._values[number] if 0 <= number < len(self._values) else None

    def set_value(self, value: Any) -> None:
        """Choose `value`; one that is not in the list leaves nothing chosen."""
        fallback = 0 if self._blank else -1
        self._box.setCurrentIndex(self._values.index(value) if value in self._values else fallback)

    def on_edit(self, slot: Callable[[], None]) -> None:
        def changed(_number: int) -> None:
            slot()

        self._box.currentIndexChanged.connect(changed)

    def problem(self) -> str:
        value = self.value()
        return self._check(value) if self._check is not None and value is not None else ""

    def note(self) -> str:
        return ""


def to_half_width(text: str) -> str:
    """Full-width ASCII and blanks as half-width: １２３（Ｘ） → 123(X)."""
    return "".join(
        chr(ord(ch) - 0xFEE0) if "\uff01" <= ch <= "\uff5e" else " " if ch == "\u3000" else ch for ch in text
    )


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit()
