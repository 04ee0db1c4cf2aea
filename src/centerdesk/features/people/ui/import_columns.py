"""列怎么对: what each column of the file stands for, to be changed where it was guessed wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from centerdesk.features.people.importing_desk import Roster, cell_text
from centerdesk.features.people.ui.import_words import FIELD_TEXTS, NOT_IMPORTED
from centerdesk.kernel.spreadsheet_in_limits import column_letters
from centerdesk.qtkit.labels import TextLabel, plain_tip, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Card, IconLabel

_QUIET = frozenset({"seq", "pno"})
"""Columns that number the rows: there is nothing to import in them and nothing to ask."""


AT_ONCE = 2
"""Entries made before the window has its turn again."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the file: its title, what it stands for, and whether nobody could tell."""

    number: int
    title: str
    field: str | None
    doubtful: bool


class ColumnsCard(Card):
    """列怎么对. `changed(sheet column, field or None)`; one entry a column of the file."""

    changed = Signal(int, object)

    def __init__(self) -> None:
        super().__init__("列怎么对", padded=False)
        self.setObjectName("columns_card")
        self._hint: TextLabel = text_label(role="secondary", name="columns_hint")
        self.header.addWidget(self._hint)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._scroll)
        self.doubtful = 0
        self._shown: list[_Column] = []
        self._waiting: list[_Column] = []
        self._choices = _choices(self)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        look = theme()
        self._scroll.setFixedHeight(round(look.scale(86)) + look.px(8))

    def show_roster(self, roster: Roster, sheet: str) -> None:
        """The columns of one sheet, for `building`; what stands already stays."""
        layout = next(s.layout for s in roster.sheets if s.name == sheet)
        assert layout is not None, "only sheets with people are offered"
        source, ignored = roster.source(sheet), dict(layout.ignored)
        columns = []
        for column in range(1, source.width + 1):
            field = layout.columns.get(column)
            titles = [cell_text(source, number, column) for number in layout.header_rows]
            title = next(("".join(t.split()) for t in reversed(titles) if t.strip()), "")
            if field is not None or title:
                columns.append(_Column(column, title, field, field is None and column in ignored))
        if columns != self._shown:
            self._begin(columns)
        self.doubtful = sum(one.doubtful for one in columns)
        known = sum(one.field is not None and one.field not in _QUIET for one in columns)
        asks = f"，{self.doubtful} 列没认出来，请看一眼" if self.doubtful else ""
        self._hint.setText(tr("{} 列已对好{}").format(known, asks))

    def _begin(self, columns: list[_Column]) -> None:
        self._shown, self._waiting = columns, list(columns)
        inside = QWidget()
        inside.setProperty("ground", "")
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addStretch(1)
        self._scroll.setWidget(inside)

    def building(self) -> Iterator[None]:
        """The entries, a few at a time: all at once hold the window for 0.1 s."""
        while self._waiting:
            for one in self._waiting[:AT_ONCE]:
                self._row.insertWidget(self._row.count() - 1, self._entry(one))
            del self._waiting[:AT_ONCE]
            yield

    def _entry(self, one: _Column) -> QWidget:
        look, column, title, field = theme(), one.number, one.title, one.field
        box = QFrame()
        head = QHBoxLayout()
        head.setSpacing(look.px(5))
        head.addWidget(text_label(column_letters(column), role="strong"))
        name = text_label(title, role="secondary")
        name.setMaximumWidth(round(look.scale(86)))
        name.setToolTip(plain_tip(title))
        head.addWidget(name)
        head.addStretch(1)
        head.addStrut(look.size("icon-small"))
        if one.doubtful:
            head.addWidget(IconLabel("question_circle", "dawn-ink", size="icon-small"))
        elif field is not None and field not in _QUIET:
            head.addWidget(IconLabel("checkmark_circle", "green", size="icon-small"))
        choice = QComboBox()
        choice.setObjectName(f"column_{column_letters(column)}")
        choice.setAccessibleName(tr("{} 列 {} 对到").format(column_letters(column), title))
        choice.setModel(self._choices)
        choice.setCurrentIndex(max(0, choice.findData(field)) if field not in _QUIET else 0)
        choice.setFixedWidth(round(look.scale(118)))
        choice.activated.connect(self._changing(column, choice))
        lines = QVBoxLayout(box)
        lines.setContentsMargins(look.px(9), look.px(8), look.px(9), look.px(8))
        lines.setSpacing(look.px(5))
        lines.addLayout(head)
        lines.addWidget(choice)
        lines.addStretch(1)  # heads with and without an icon stay on one line
        return box

    def _changing(self, column: int, choice: QComboBox) -> Callable[[int], None]:
        def changed(index: int) -> None:
            self.changed.emit(column, choice.itemData(index))

        return changed


def _choices(owner: ColumnsCard) -> QStandardItemModel:
    """What a column can stand for, one for all entries: each with its own takes a millisecond to fill."""
    made = QStandardItemModel(owner)
    made.appendRow(QStandardItem(NOT_IMPORTED))
    for key, text in FIELD_TEXTS.items():
        item = QStandardItem(text)
        item.setData(key, Qt.ItemDataRole.UserRole)
        made.appendRow(item)
    return made
