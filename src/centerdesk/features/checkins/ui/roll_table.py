"""名单: the round as a table, with everything the board says in words (UI 8.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.ui.words import clock_word, state_column, state_word
from centerdesk.kernel.paging import Page
from centerdesk.qtkit.columns import Align, Badge, Column, Tone
from centerdesk.qtkit.paged_model import PagedTableModel
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import State
from centerdesk.qtkit.table import ColumnStore, LedgerTable

if TYPE_CHECKING:
    from centerdesk.kernel.clock import Clock

_TONES = {
    OK: Tone.DONE, NOT_OK: Tone.LATE, HELP: Tone.LATE, UNSEEN: Tone.LATE, UNCLEAR: Tone.SOON, DUE: Tone.BLUE,
    PAUSED: Tone.PLAIN,
}  # fmt: skip


class Roll(QObject):
    """名单的数据. One row a home in walking order; the table is `table`."""

    def __init__(self, runner: Runner, columns: ColumnStore, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._slot = "morning"
        self._numbers: Mapping[UUID, str] = {}
        self._workers: Mapping[UUID, str] = {}
        self._rows: tuple[RoundRow, ...] = ()
        self._model: PagedTableModel[RoundRow] = PagedTableModel(
            runner, self._columns(), row_id=lambda row: row.check_id, parent=self
        )
        empty = State("empty", "这一轮没有要看的窗。")
        self.table = LedgerTable(self._model, "checkins_roll", store=columns, empty=empty, clock=clock)
        self.table.setAccessibleName(self.tr("名单"))

    def show_rows(
        self, rows: Sequence[RoundRow], numbers: Mapping[UUID, str], workers: Mapping[UUID, str], slot: str
    ) -> None:
        """Another reading; the row in hand and the place in the list stay."""
        fresh = (tuple(rows), dict(numbers), slot)
        if fresh == (self._rows, self._numbers, self._slot):
            return
        self._rows, self._numbers, self._slot = fresh
        self._workers = dict(workers)
        shown = self._rows

        def load(_session: Any, _after: object, _limit: int) -> Page[RoundRow]:
            return Page(shown, None)

        self._model.set_query(load)

    def _columns(self) -> tuple[Column[RoundRow], ...]:
        return (
            Column("number", "次序", self._number, align=Align.RIGHT, width=48, fixed=True),
            Column("door", "门牌", lambda r: r.door, width=84, bold=True, fixed=True),
            Column("state", "看到", self._state, width=78, badges=self._badge),
            Column("at", "几点", lambda r: clock_word(r.look_at), width=58),
            Column("note", "说明", self._note, width=100, stretch=True),
            Column("compound", "小区", lambda r: r.compound, width=84, visible=False),
            Column("stand", "站在哪里", lambda r: r.stand, width=76),
            Column("worker", "谁看", lambda r: self._workers.get(r.worker_id, ""), width=66, visible=False),
        )

    def _number(self, row: RoundRow) -> str:
        return self._numbers.get(row.check_id, "") or "–"

    def _state(self, row: RoundRow) -> str:
        return state_word(row.state, self._slot)

    def _badge(self, row: RoundRow) -> tuple[Badge, ...]:
        return (Badge(self._state(row), _TONES.get(row.state, Tone.PLAIN)),)

    def _note(self, row: RoundRow) -> str:
        parts = [
            "报警还没结" if row.alarm_id is not None else "",
            "到点后看到" if row.late else "",
            state_column(row, self._slot) if row.state == PAUSED else "",
        ]
        return "，".join(p for p in parts if p)
