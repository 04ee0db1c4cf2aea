"""登记一户: find the resident, then consent, who looks, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries_round import Candidate
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class _Candidates(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Candidate, ...] = ()

    def set_rows(self, rows: Sequence[Candidate]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or not 0 <= index.row() < len(self.rows):
            return None
        return candidate_words(self.rows[index.row()])

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.rows[index.row()] if 0 <= index.row() < len(self.rows) else None
        usable = row is not None and not row.why_not
        both = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return both if usable else Qt.ItemFlag.NoItemFlags


def candidate_words(row: Candidate) -> str:
    """李桂兰 78 岁 · 3-2-501 · 独居."""
    head = f"{row.name} {row.age} 岁" if row.age is not None else row.name
    return " · ".join(p for p in (head, row.door, *row.tags[:2], row.why_not) if p)


class FindResident(QWidget):
    """找人. `wanted(text)` while typing; the page answers with `show_found`. One resident is chosen."""

    WAIT_MS = 180

    wanted = Signal(str)
    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chosen: Candidate | None = None
        self.field = QLineEdit()
        self.field.setObjectName("enrol_find")
        self.field.setAccessibleName(self.tr("登记谁"))
        self.field.setPlaceholderText(self.tr("姓名、拼音、门牌"))
        self._found = _Candidates(self)
        self._list = QListView()
        self._list.setObjectName("enrol_found")
        self._list.setAccessibleName(self.tr("找到的居民"))
        self._list.setModel(self._found)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setFixedHeight(theme().px(132))
        self._list.clicked.connect(self._choose)
        self._list.activated.connect(self._choose)
        self._list.hide()
        self._who = text_label(role="strong", name="enrol_who", wrap=True)
        self._problem = text_label(role="error", name="enrol_who_error", wrap=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.field.textEdited.connect(self._on_typed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(6))
        box.addWidget(text_label(self.tr("登记谁"), role="field-label", buddy=self.field))
        for widget in (self.field, self._list, self._who, self._problem):
            box.addWidget(widget)
        self._say("")

    def show_found(self, rows: Sequence[Candidate]) -> None:
        """The answer to `wanted`; the first usable one is under the cursor."""
        self._found.set_rows(rows)
        self._list.setVisible(bool(rows))
        if not rows and self.field.text().strip():
            self._say(self.tr("没有找到这个人。先到居民页新增，再回来登记。"))
        usable = next((n for n, r in enumerate(rows) if not r.why_not), None)
        if usable is not None:
            self._say("")
            self._list.setCurrentIndex(self._found.index(usable))

    def complain(self) -> None:
        """Nobody was chosen yet."""
        self._say(self.tr("先选登记谁：写姓名或门牌，再从下面选。"))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def resident_id(self) -> UUID | None:
        return self.chosen.resident_id if self.chosen else None

    def _on_typed(self, _text: str) -> None:
        self._timer.start()

    def _ask(self) -> None:
        self.wanted.emit(self.field.text().strip())

    def _choose(self, index: QModelIndex) -> None:
        self.choose(self._found.rows[index.row()])

    def choose(self, row: Candidate) -> None:
        """Take this one, unless it cannot be enrolled now."""
        if row.why_not:
            return
        self.chosen = row
        self._who.setText(candidate_words(row))
        self._list.hide()
        self._say("")
        self.chosen_changed.emit()

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._who.setVisible(self.chosen is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes to what was found; Enter takes the first of it."""
        listed = self._list.isVisible()
        if event.key() == Qt.Key.Key_Down and listed and self.field.hasFocus():
            self._list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and listed:
            if self._list.currentIndex().isValid():
                self._choose(self._list.currentIndex())
        else:
            super().keyPressEvent(event)
