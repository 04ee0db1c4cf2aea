"""除了这几户都开着: a whole route booked at once, with the exceptions named (补录)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import HELP, NOT_OK, OK, UNCLEAR
from centerdesk.features.checkins.ui.route import RouteEntry, waiting
from centerdesk.features.checkins.ui.route_list import RouteList
from centerdesk.features.checkins.ui.task_pane import TaskPane
from centerdesk.features.checkins.ui.words import door_words, glyph, state_word
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.window_glyph import WindowState

NOT_LOOKED = ""
"""The mark of a home that was passed without looking: it stays as it is."""
Exceptions = tuple[tuple[UUID, str | None], ...]

_KEYS = {
    Qt.Key.Key_Space: OK, Qt.Key.Key_X: NOT_OK, Qt.Key.Key_U: UNCLEAR, Qt.Key.Key_H: HELP,
    Qt.Key.Key_Delete: NOT_LOOKED,
}  # fmt: skip
_TONES = {OK: "ink3", NOT_OK: "red", HELP: "red", UNCLEAR: "dawn-ink", NOT_LOOKED: "ink3"}


class BackEntry(TaskPane[object]):
    """补录. `wanted` carries the exceptions: (check, state), None for “not looked at”."""

    def __init__(self, rows: Sequence[RoundRow], numbers: Mapping[UUID, str], slot: str, whose: str) -> None:
        self._slot = slot
        self._rows = [row for row in rows if waiting(row)]
        self._numbers = numbers
        self._marks: dict[UUID, str] = {}
        self._at = self._rows[0].check_id if self._rows else None
        self.list = RouteList()
        self.list.setObjectName("back_entry_list")
        self.list.setMinimumHeight(theme().px(260))
        super().__init__(
            "back_entry",
            "除了这几户都开着" if slot != "evening" else "除了这几户都拉上了",
            f"{whose}还没看的 {len(self._rows)} 户。先把例外标出来，其余一次记下。每一户都算这会儿看的。",
            None,
            "",
            above=self._middle(),
        )
        self.set_draft(self.exceptions)
        self.list.home_picked.connect(self._on_picked)
        self.list.walked.connect(self._on_walked)
        self._show()

    @property
    def homes(self) -> tuple[UUID, ...]:
        """What stands on the list, in walking order."""
        return tuple(row.check_id for row in self._rows)

    def exceptions(self) -> Exceptions:
        """What was marked, in walking order."""
        marked = [
            (row.check_id, self._marks[row.check_id]) for row in self._rows if row.check_id in self._marks
        ]
        return tuple((check, mark or None) for check, mark in marked)

    def mark(self, state: str) -> None:
        """Give the home in hand this state and go on to the next."""
        if self._at is None:
            return
        if state == OK:
            self._marks.pop(self._at, None)
        else:
            self._marks[self._at] = state
        self._on_walked(1)

    def _middle(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(8))
        column.addWidget(self.list, 1)
        keys = QWidget()
        row = FlowLayout(keys, theme().px(6))
        marks = (
            ("X", NOT_OK, state_word(NOT_OK, self._slot)), ("U", UNCLEAR, "看不清"), ("H", HELP, "求助"),
            ("Del", NOT_LOOKED, "没看"),
        )  # fmt: skip
        for key, state, words in marks:
            row.addWidget(self._mark_button(key, state, words))
        column.addWidget(keys)
        self._count = text_label(role="hint", name="back_entry_count", wrap=True)
        column.addWidget(self._count)
        return holder

    def _mark_button(self, key: str, state: str, words: str) -> KeyButton:
        button = KeyButton(words, key, small=True)
        button.setObjectName(f"back_entry_mark_{state or 'none'}")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        def pressed() -> None:
            self.mark(state)

        button.clicked.connect(pressed)
        return button

    def _show(self) -> None:
        self.list.show_entries([self._entry(row) for row in self._rows], self._at)
        odd = len(self._marks)
        good = len(self._rows) - odd
        word = state_word(OK, self._slot)
        self.save.setText(self.tr("记下 {} 户").format(len(self._rows) - self._passed()))
        self.save.set_missing("" if self._rows else "这一轮都看过了")
        self._count.setText(self.tr("{} 户{}，{} 户例外。空格改回{}。").format(good, word, odd, word))

    def _passed(self) -> int:
        return sum(mark == NOT_LOOKED for mark in self._marks.values())

    def _entry(self, row: RoundRow) -> RouteEntry:
        mark = self._marks.get(row.check_id, OK)
        here = row.check_id == self._at
        words = "没看" if mark == NOT_LOOKED else state_word(mark, self._slot)
        state = WindowState.TO_DO if mark == NOT_LOOKED else glyph(mark, self._slot)
        number = self._numbers.get(row.check_id, "")
        spoken = f"{door_words(row.building, row.unit, row.room, row.door)}，{words}，第 {number} 户"
        entry = RouteEntry(
            row.check_id, row.door, words, _TONES[mark], mark not in (OK, NOT_LOOKED), row.check_id, number,
            state, here, spoken=spoken,
        )  # fmt: skip
        return replace(entry, tone="red") if mark in (NOT_OK, HELP) else entry

    def _on_picked(self, home: UUID) -> None:
        self._at = home
        self._show()

    def _on_walked(self, step: int) -> None:
        ids = [row.check_id for row in self._rows]
        if self._at in ids:
            self._at = ids[max(0, min(len(ids) - 1, ids.index(self._at) + step))]
        self._show()

    def focus_first(self) -> None:
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        state = _KEYS.get(Qt.Key(event.key()))
        if state is not None and not event.modifiers():
            if not event.isAutoRepeat():
                self.mark(state)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not _with_control(event):
            event.accept()  # it ends a scanned number too: a whole route is not booked by what a scanner sends
        else:
            super().keyPressEvent(event)


def _with_control(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
