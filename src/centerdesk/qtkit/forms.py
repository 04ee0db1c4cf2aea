"""The form binder: draft dataclass in, draft dataclass out (ARCHITECTURE 4.6, UI 4.5). Knows no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from centerdesk.kernel.drafts import DraftName
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.qtkit.drafts import TypedDraft, draft_hub, given_up
from centerdesk.qtkit.editors import Editor, PasswordEditor, popup_took_focus
from centerdesk.qtkit.icons import icon_pixmap
from centerdesk.qtkit.labels import set_state, text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import announce

D = TypeVar("D")


@record
class Field:
    """One line of a form. `name` is the attribute of the draft and the key in `ValidationError.fields`."""

    name: str
    label: str
    editor: Callable[[], Editor]
    required: bool = False
    help: str = ""
    wide: bool = False  # takes the whole row of a form with several columns


class _Row(QWidget):
    """Label, control, what it reads back, what is wrong with it."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self.editor = field.editor()
        control = self.editor.widget
        control.setObjectName(field.name)
        control.setAccessibleName(field.label)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(text_label(field.label, role="field-label", name=f"{field.name}_label", buddy=control))
        if not field.required:
            head.addWidget(text_label(self.tr("可不填"), role="optional", name=f"{field.name}_optional"))
        head.addStretch()
        self._note = text_label(role="hint", name=f"{field.name}_note", wrap=True)
        self._error = text_label(role="error", name=f"{field.name}_error", wrap=True)
        self._icon = text_label(role="error", name=f"{field.name}_icon")
        self._icon.setAccessibleName(self.tr("{}要改").format(field.label))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(control)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._error, 1)
        box.addLayout(line)
        box.addWidget(self._note)
        self.error = ""
        self.show_error("")
        self.show_note()

    def show_error(self, sentence: str) -> None:
        """Write the sentence under the field and turn its edge; "" takes both away."""
        self.error = sentence
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._icon.setVisible(bool(sentence))
        if sentence:
            self._icon.setPixmap(
                icon_pixmap("error_circle", "red", size=theme().size("icon-small"), filled=True)
            )
        self._note.setVisible(not sentence and bool(self._note.text()))
        set_state(self.editor.widget, "invalid", bool(sentence))
        self.editor.widget.setAccessibleDescription(sentence or self._note.text())

    def show_note(self) -> None:
        """Read back what was understood; the help text stands there until something was typed."""
        text = self.editor.note() or self.field.help
        self._note.setText(text)
        self._note.setVisible(bool(text) and not self.error)
        if not self.error:
            self.editor.widget.setAccessibleDescription(text)

    def missing(self) -> bool:
        value = self.editor.value()
        return self.field.required and (value is None or value in ("", (), frozenset()))


class Form(QWidget, Generic[D]):
    """Draft dataclass in, draft dataclass out. Attributes of the draft without a field pass through."""

    AUTOSAVE_MS = 3000

    edited = Signal()
    """A value was changed by hand."""
    problems_changed = Signal(int)
    """How many fields have a sentence under them (还有 2 处)."""
    draft_due = Signal(object)
    """Three seconds after an edit: the unchecked draft, for whoever keeps drafts over a crash."""

    def __init__(
        self, form_fields: Sequence[Field], *, columns: int = 1, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = {field.name: _Row(field) for field in form_fields}
        self._draft: D | None = None
        self._loading = False
        self._dirty = False
        self._kind = ""
        self._record: Callable[[], UUID | None] = _no_record
        self._key: Callable[[], UUID | None] = _no_record
        self._kept: DraftName | None = None
        self._whole = False
        self._problems = 0
        self._columns = 0
        self._banner = text_label(role="error", name="form_error", wrap=True)
        self._foot = text_label(role="problem-count", name="form_foot")
        self._lay_out(columns)
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(self.AUTOSAVE_MS)
        self._autosave.timeout.connect(self._on_autosave)
        next_key = QShortcut(QKeySequence(Qt.Key.Key_F8), self)
        next_key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        next_key.activated.connect(self.next_problem)
        self._count_problems()

    def set_columns(self, columns: int) -> None:
        """Lay the fields out anew, for a window that became narrower or wider."""
        if columns == self._columns:
            return
        self._columns = columns
        line, column = 0, 0
        for row in self._rows.values():
            if row.field.wide and column:
                line, column = line + 1, 0
            span = columns if row.field.wide else 1
            self._grid.addWidget(row, line, column, 1, span, Qt.AlignmentFlag.AlignTop)
            column = columns if row.field.wide else column + 1
            if column >= columns:
                line, column = line + 1, 0
        for number in range(self._grid.columnCount()):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)

    def _lay_out(self, columns: int) -> None:
        grid = self._grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(12)
        self.set_columns(columns)
        for row in self._rows.values():
            self._connect(row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._banner)
        box.addLayout(grid)
        box.addWidget(self._foot)
        box.addStretch()

    def _connect(self, row: _Row) -> None:
        def on_edit() -> None:
            self._on_edit(row)

        row.editor.on_edit(on_edit)
        row.editor.widget.installEventFilter(self)

    # --- in and out -----------------------------------------------------------------------------------------

    def load(self, draft: D) -> None:
        """Show a draft; whatever was typed before is gone."""
        assert is_dataclass(draft), "a draft is a dataclass"
        self._settle()
        self._draft, self._loading = draft, True
        try:
            for name, row in self._rows.items():
                row.editor.set_value(getattr(draft, name))
                row.show_error("")
                row.show_note()
        finally:
            self._loading = False
        self._banner.hide()
        self._autosave.stop()
        self._dirty = False
        self._count_problems()

    def draft(self) -> D:
        """What stands in the form, checked. Raises ValidationError after showing it at the fields."""
        found = {}
        for name, row in self._rows.items():
            if row.missing():
                found[name] = self.tr("「%1」要填。").replace("%1", row.field.label)
            elif sentence := row.editor.problem():
                found[name] = sentence
        if found:
            self.show_errors(found)
            raise ValidationError(found)
        return self.loose_draft()

    def loose_draft(self) -> D:
        """What stands in the form, unchecked: for keeping unfinished work."""
        assert self._draft is not None, "load() comes first"
        empties = _text_attributes(self._draft)
        values = {name: row.editor.value() for name, row in self._rows.items()}
        values = {name: "" if v is None and name in empties else v for name, v in values.items()}
        return replace(self._draft, **values)  # type: ignore[type-var]  # load() saw to it that it is a dataclass

    @property
    def dirty(self) -> bool:
        """Was anything changed by hand since `load` or `mark_clean`?"""
        return self._dirty

    def mark_clean(self) -> None:
        """What stands here is stored now."""
        self._dirty = False
        self._autosave.stop()
        self._settle()

    # --- over a crash ---------------------------------------------------------------------------------------

    def keep_as(
        self,
        kind: str,
        record: Callable[[], UUID | None] | None = None,
        *,
        whole: bool = False,
        key: Callable[[], UUID | None] | None = None,
    ) -> None:
        """Have the desk keep what is typed here, sealed, until it is saved or given up; never a password.

        `kind` is a `DraftKind`; `record` answers which record the form is about, None for a new one. `whole` keeps
        the fields nobody touched too, where they are filled in from the day or the way the form was opened. `key`
        answers under which key it will be booked: what was saved without an answer is not offered again (G24).
        """
        self._kind, self._record, self._whole = kind, record or _no_record, whole
        self._key = key or _no_record

    def restore(self, values: Mapping[str, Any]) -> None:
        """Put back what was typed before a crash, over what is loaded; names that are no field are passed over."""
        for name, row in self._rows.items():
            if name in values:
                row.editor.set_value(values[name])
                row.show_note()
        self._dirty = True
        self._kept = DraftName(self._kind, self._record()) if self._kind else None
        self.edited.emit()

    def _keep(self) -> None:
        if not (self._kind and self._dirty and self._draft is not None):
            return
        name = DraftName(self._kind, self._record())
        if self._kept != name:
            self._settle()  # it is about somebody else now
        now, before = self.loose_draft(), self._draft
        open_fields = [n for n, row in self._rows.items() if not isinstance(row.editor, PasswordEditor)]
        changed = [n for n in open_fields if getattr(now, n) != getattr(before, n)]
        if not changed:
            self._settle()
            return
        self._kept = name
        kept = {n: getattr(now, n) for n in (open_fields if self._whole else changed)}
        draft_hub().typed.emit(TypedDraft(name, kept, self._key()))

    def _settle(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            draft_hub().settled.emit(kept)

    def hideEvent(self, event: QHideEvent) -> None:
        """Put away by its page: given up. Hidden with the page (the desk is locked): kept at once."""
        super().hideEvent(event)
        if given_up(self):
            self._autosave.stop()
            self._settle()
        elif self._dirty:
            self._keep()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self._autosave.start()

    def editor(self, name: str) -> Editor:
        return self._rows[name].editor

    def set_read_only(self, on: bool) -> None:
        """Lock every field (a locked month, another grid); the texts stay readable and can be copied."""
        for row in self._rows.values():
            control = row.editor.widget
            if isinstance(control, QLineEdit | QPlainTextEdit):
                control.setReadOnly(on)
            else:
                control.setEnabled(not on)

    # --- problems -------------------------------------------------------------------------------------------

    def show_errors(self, found: Mapping[str, str]) -> None:
        """Put each sentence under its field, the focus into the first; "" and unknown names go on top."""
        for name, row in self._rows.items():
            row.show_error(found.get(name, ""))
        rest = [sentence for name, sentence in found.items() if name not in self._rows]
        self._banner.setText("\n".join(rest))
        self._banner.setVisible(bool(rest))
        self._count_problems()
        if rest:
            announce(self, "\n".join(rest))
        if first := next((row for row in self._rows.values() if row.error), None):
            first.editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def problems(self) -> int:
        return self._problems

    def next_problem(self) -> None:
        """F8: to the next field with a sentence under it, round and round."""
        rows = list(self._rows.values())
        here = next((n for n, row in enumerate(rows) if row.editor.widget.hasFocus()), -1)
        for row in rows[here + 1 :] + rows[: here + 1]:
            if row.error:
                row.editor.widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def focus_first(self) -> None:
        if rows := list(self._rows.values()):
            rows[0].editor.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _count_problems(self) -> None:
        count = sum(bool(row.error) for row in self._rows.values())
        self._foot.setText(self.tr("还有 %n 处，按 F8 到下一处", "", count))
        self._foot.setVisible(count > 0)
        if count != self._problems:
            self._problems = count
            self.problems_changed.emit(count)

    # --- events ---------------------------------------------------------------------------------------------

    def _on_edit(self, row: _Row) -> None:
        row.show_note()
        if self._loading:
            return
        if row.error:
            row.show_error(row.editor.problem())
            self._count_problems()
        self._dirty = True
        if not self._autosave.isActive():
            self._autosave.start()
        self.edited.emit()

    def _on_autosave(self) -> None:
        if self._draft is not None:
            self.draft_due.emit(self.loose_draft())
            self._keep()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and not popup_took_focus(event):
            for row in self._rows.values():
                if row.editor.widget is watched and (row.error or self._dirty):
                    self._check(row)
        return False

    def _check(self, row: _Row) -> None:
        """On leaving a field. An empty required field is no reproach before somebody wants to save."""
        if row.error and row.missing():
            return
        row.show_error(row.editor.problem())
        self._count_problems()


def _no_record() -> None:
    """A form that is about no record yet."""


def _text_attributes(draft: Any) -> frozenset[str]:
    """Attributes whose empty value is "" and not None, as their annotation says."""
    return frozenset(f.name for f in fields(draft) if f.type in (str, "str"))
