"""Eight fields for the code of a recovery sheet: typed only, never pasted, covered as soon as a group is right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QFocusEvent, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.app.recovery.tags import SheetGroups, folded, letters_problem
from centerdesk.kernel.recovery import GROUP_LENGTH, GROUPS
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.painted.base import begin

_REFUSED = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
)
_DOTS = "•" * GROUP_LENGTH


class GroupField(QLineEdit):
    """One group (一组): five letters. No clipboard, no undo, no input method; covered once it is right."""

    left_back = Signal()
    """Backspace in an empty field: the person wants the group before."""

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self._kept = ""
        self.setObjectName(f"group_{index + 1}")
        self.setAccessibleName(self.tr("第 {} 组，共 8 组").format(index + 1))
        self.setMaxLength(GROUP_LENGTH + 2)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._measure()
        theme_hub().changed.connect(self._measure)

    @property
    def covered(self) -> bool:
        """Whether the group was right and is hidden now."""
        return bool(self._kept)

    @property
    def group(self) -> str:
        """What was typed, as it stands on the sheet."""
        return self._kept or folded(self.text())

    def cover(self) -> None:
        """Hide a right group; its letters leave the field and its undo history."""
        self._kept = folded(self.text())
        self.setText(_DOTS)
        self._space(6)
        self.setReadOnly(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleDescription(self.tr("敲对了，已盖住"))

    def open_again(self) -> None:
        """Empty and ready to be typed."""
        self._kept = ""
        self.clear()
        self._space(4)
        self.setReadOnly(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleDescription("")

    def _space(self, px: int) -> None:
        """Letters apart, as on the sheet; dots closer."""
        font = theme().font("body" if self.covered else "record_name")
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, theme().px(px))
        self.setFont(font)

    def _measure(self) -> None:
        self._space(6 if self.covered else 4)
        side = theme().size("icon-small")
        self.setTextMargins(side, 0, side, 0)
        self.setFixedHeight(theme().size("control-primary"))

    def sizeHint(self) -> QSize:
        """Room for five wide letters and the tick."""
        return QSize(theme().px(150), theme().size("control-primary"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters as they are; clipboard and undo keys do nothing."""
        if any(event.matches(key) for key in _REFUSED):
            event.accept()
        elif event.key() == Qt.Key.Key_Backspace and not self.text():
            self.left_back.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The window's own keys for copy and undo are not asked either."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.accept()
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """No menu: it would offer to paste."""
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Nothing is dropped here."""
        event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """X11 pastes its selection with the middle button; a selection is never made here."""
        super().focusInEvent(event)
        self.deselect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field; a green tick at its right once it is covered."""
        super().paintEvent(event)
        if self.covered:
            side = theme().size("icon-small")
            painter = begin(self)
            place = QRectF(self.width() - side - theme().px(10), (self.height() - side) / 2, side, side)
            paint_icon(painter, place, "checkmark_circle", "green")
            painter.end()


class GroupFields(QWidget):
    """The eight groups (照着纸敲). `changed` after every step; `complete` once all eight are covered. GUI thread."""

    changed = Signal()
    complete = Signal()

    def __init__(self, groups: SheetGroups | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("groups")
        self._groups = groups
        self.fields = tuple(GroupField(index, self) for index in range(GROUPS))
        self._table = QWidget()
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        for index, field in enumerate(self.fields):
            column, row = divmod(index, GROUPS // 2)
            number = text_label(str(index + 1), role="faint")
            grid.addWidget(number, row, column * 3, Qt.AlignmentFlag.AlignCenter)  # after it an empty column
            grid.addWidget(field, row, column * 3 + 1)
            grid.setColumnStretch(column * 3 + 1, 1)
            field.textEdited.connect(self._on_edited)
            field.left_back.connect(self._on_back)
        self._grid = grid
        self._hint = text_label(role="secondary", name="groups_hint", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._foot.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        self._foot.addWidget(self._hint, 1)
        box.addWidget(self._table)
        box.addLayout(self._foot)
        self._measure()
        theme_hub().changed.connect(self._measure)
        self._beside: list[QWidget] = []
        self._say()

    def tab_stops(self) -> list[QWidget]:
        """Down the first column before the second: as the code stands on the paper, and as it is typed."""
        return [*self.fields, *self._beside]

    def _measure(self) -> None:
        self._grid.setHorizontalSpacing(theme().px(8))
        self._grid.setColumnMinimumWidth(2, theme().px(2))
        self._grid.setVerticalSpacing(theme().px(7))
        below = QBoxLayout.Direction.TopToBottom if theme().large else QBoxLayout.Direction.LeftToRight
        self._foot.setDirection(below)
        rows = GROUPS // 2
        self._table.setFixedHeight(rows * theme().size("control-primary") + (rows - 1) * theme().px(7))

    def add_beside_hint(self, widget: QWidget) -> None:
        """Put something at the right of the sentence under the fields."""
        self._beside.append(widget)
        self._foot.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)

    def start(self, groups: SheetGroups | None) -> None:
        """Empty all fields, for this sheet; None: only length and letters are checked."""
        self._groups = groups
        for field in self.fields:
            field.open_again()
        self._say()
        self.changed.emit()

    @property
    def done(self) -> int:
        """How many groups are right."""
        return sum(field.covered for field in self.fields)

    @property
    def text(self) -> str:
        """All groups in one, for `RecoveryCode.parse`."""
        return "".join(field.group for field in self.fields)

    @property
    def hint(self) -> str:
        """The sentence under the fields."""
        return self._hint.text()

    def focus_next(self) -> None:
        """Into the first group that is still open."""
        for field in self.fields:
            if not field.covered:
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def refuse(self, sentence: str) -> None:
        """The eight together do not open the database: say so, and let all be typed again."""
        for field in self.fields:
            field.open_again()
        self._say(sentence, wrong=True)
        self.focus_next()
        self.changed.emit()

    def _on_edited(self, typed: str) -> None:
        field = self.sender()
        if not isinstance(field, GroupField):
            return
        text = folded(typed)
        if text != typed:
            field.setText(text)
        problem = self._problem(field.index, text)
        if len(text) < GROUP_LENGTH or (problem and len(text) != GROUP_LENGTH):
            self._say(problem)
        elif problem:
            field.clear()
            self._say(problem, wrong=True)
            announce(self, problem)
        else:
            field.cover()
            self._say()
            self.focus_next()
            if self.done == GROUPS:
                self.complete.emit()
        self.changed.emit()

    def _problem(self, index: int, text: str) -> str:
        return self._groups.problem(index, text) if self._groups else letters_problem(index, text)

    def _on_back(self) -> None:
        field = self.sender()
        if isinstance(field, GroupField):
            before = [f for f in self.fields[: field.index] if not f.covered]
            if before:
                before[-1].setFocus(Qt.FocusReason.BacktabFocusReason)

    def _say(self, sentence: str = "", *, wrong: bool = False) -> None:
        self._hint.setText(sentence or self._rest())
        self._hint.set_role("warning" if wrong else "secondary")

    def _rest(self) -> str:
        if self.done == GROUPS:
            return self.tr("八组都敲对了。")
        if self.done == 0:
            return self.tr("从第 1 组敲起，每组 5 个字。大小写都行。")
        return self.tr("敲对了 {} 组，还有 {} 组。").format(self.done, GROUPS - self.done)
