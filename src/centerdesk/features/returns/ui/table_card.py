"""The card with the figures: chips over the table, and what stands there before a month was built."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QWidget,
)

from centerdesk.features.returns.ui.figure_rows import Counts, Only
from centerdesk.features.returns.ui.figure_table import FigureTable
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import Chip
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.states import State, StateCard

_WORDS = {Only.ALL: "全部", Only.CHANGED: "只看变了的", Only.WRONG: "有问题"}


class TableCard(Card):
    """月报表的卡. `only_changed` carries the chip that was chosen."""

    only_changed = Signal(object)
    stop_asked = Signal()
    side_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, listed=True)
        self.setObjectName("table_card")
        self.table = FigureTable()
        self._only = Only.ALL
        self._chips = {only: Chip(words, plain=True) for only, words in _WORDS.items()}
        self._bar = QHBoxLayout()
        for only, chip in self._chips.items():
            chip.setObjectName(f"only_{only.value}")
            chip.clicked.connect(self._choosing(only))
            self._bar.addWidget(chip)
        self._bar.addStretch(1)
        self._hint = text_label(self.tr("点一个数，看它由哪些记录组成"), role="hint", name="table_hint")
        self._bar.addWidget(self._hint)
        self._side = QPushButton(self.tr("校验、明细、打印"))
        self._side.setObjectName("side_button")
        self._side.setProperty("extent", "small")
        self._side.setToolTip("Ctrl I")
        self._side.clicked.connect(self.side_asked)
        self._bar.addWidget(self._side)
        self._make_progress()
        self._empty = QFrame()
        self._empty.setProperty("band", "info")
        row = QHBoxLayout(self._empty)
        row.setContentsMargins(12, 6, 12, 6)
        self._empty_words = text_label(role="table", name="empty_month", wrap=True)
        row.addWidget(self._empty_words)
        self._state = StateCard()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._state)
        self.body.addLayout(self._bar)
        self.body.addWidget(Rule())
        self.body.addWidget(self._progress)
        self.body.addWidget(self._empty)
        self.body.addWidget(holder, 1)
        theme_hub().changed.connect(self._fit)
        self._fit()
        self.show_empty("")
        self.show_only(Only.ALL)

    def _make_progress(self) -> None:
        self._progress = QFrame()
        self._progress.setObjectName("build_progress")
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(14, 5, 14, 5)
        row.setSpacing(12)
        self._doing = text_label(role="table", name="build_words")
        self._done = QProgressBar()
        self._done.setObjectName("build_bar")
        self._done.setTextVisible(False)
        stop = QPushButton(self.tr("停下"))
        stop.setObjectName("build_stop")
        stop.setProperty("extent", "small")
        stop.clicked.connect(self.stop_asked)
        row.addWidget(self._doing)
        row.addWidget(self._done, 1)
        row.addWidget(stop)
        self._progress.hide()

    def _fit(self) -> None:
        look = theme()
        self._bar.setContentsMargins(look.px(12), look.px(8), look.px(12), look.px(8))
        self._bar.setSpacing(look.px(6))

    def set_narrow(self, narrow: bool) -> None:
        """Without room for the side its button stands here instead of the hint."""
        self._hint.setVisible(not narrow)
        self._side.setVisible(narrow)

    # --- chips ------------------------------------------------------------------------------------------------

    def show_counts(self, found: Counts) -> None:
        """How many lines each chip would list."""
        for only, number in ((Only.ALL, found.all), (Only.CHANGED, found.changed), (Only.WRONG, found.wrong)):
            self._chips[only].setText(f"{_WORDS[only]} {number}")

    def show_only(self, only: Only) -> None:
        """Which chip is on."""
        self._only = only
        for one, chip in self._chips.items():
            chip.setChecked(one is only)

    def _choosing(self, only: Only) -> object:
        def choose() -> None:
            self.show_only(only)
            self.only_changed.emit(only)

        return choose

    # --- states -----------------------------------------------------------------------------------------------

    def show_state(self, state: State | None) -> None:
        """Words where the table would be; None: the table."""
        self._state.show_state(state)
        self._stack.setCurrentWidget(self.table if state is None else self._state)
        for chip in self._chips.values():
            chip.setEnabled(state is None)

    def show_empty(self, words: str) -> None:
        """The sentence over a table of zeros."""
        self._empty_words.setText(words)
        self._empty.setVisible(bool(words))

    def show_progress(self, words: str, done: int = 0, total: int = 0) -> None:
        """Counting is under way; "" when it ended."""
        self._progress.setVisible(bool(words))
        self._doing.setText(words)
        self._done.setRange(0, total)
        self._done.setValue(done)
        self._done.setVisible(total > 0)

    def focus_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
