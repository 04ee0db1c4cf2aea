"""月历 as a pane: which month, the matrix, what the cell in hand says; and the month's figures beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries_elder import MonthCell, MonthRow
from centerdesk.features.checkins.queries_round import MonthDesk
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.rules_rates import Rates
from centerdesk.features.checkins.ui.month_cells import paint_half
from centerdesk.features.checkins.ui.month_matrix import MonthMatrix, MonthSheet, cell_words
from centerdesk.kernel.clock import Month, local
from centerdesk.qtkit.icons import icon
from centerdesk.qtkit.labels import plain_tip, text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine, unbroken
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, text_width
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.minibars import Part, SplitBar
from centerdesk.qtkit.room import Room
from centerdesk.qtkit.segments import Segments

_LEGEND = (
    (OK, "morning", "早 已开"), (OK, "evening", "晚 已拉上"), (NOT_OK, "morning", "没开 / 没拉"),
    (UNCLEAR, "morning", "看不清"), (HELP, "morning", "求助"), (UNSEEN, "morning", "没人看"),
    (PAUSED, "morning", "暂停"), (DUE, "morning", "还没到点"),
)  # fmt: skip
_OUTCOME_TOKENS = ("c2", "c3", "line2", "dawn", "dawn-ink", "ink3", "red", "control")


class MonthLegend(PaintedWidget):
    """月历图例. All where there is room, else what occurs this month, as far as it goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._present: frozenset[str] = frozenset()
        self.describe(self.tr("图例"), "，".join(words for _, _, words in _LEGEND))

    def show_present(self, states: frozenset[str]) -> None:
        """Which states stand in the matrix."""
        self._present = states
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(260), round(theme().scale(40)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), round(theme().scale(40)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        font, side, chip = look.font("caption"), look.scale(14), look.scale(22)
        wide = {item: chip + text_width(font, item[2]) for item in _LEGEND}
        room = self.width() - 2 * side
        shown = list(_LEGEND)
        if sum(wide.values()) + look.scale(8) * (len(shown) - 1) > room:
            shown = [item for item in _LEGEND if item[0] in self._present]
        while shown and sum(wide[item] for item in shown) + look.scale(8) * (len(shown) - 1) > room:
            shown.pop()
        spare = room - sum(wide[item] for item in shown)
        gap = min(look.scale(72), spare / max(1, len(shown) - 1))
        left = side
        for state, slot, words in shown:
            box = QRectF(left, self.height() / 2 - look.scale(5.5), look.scale(15), look.scale(11))
            paint_half(painter, box, MonthCell(UUID(int=0), state, None, False, ""), slot)
            place = QRectF(left + chip, 0, wide[state, slot, words], self.height())
            draw_text(painter, place, words, font, "ink2")
            left += wide[state, slot, words] + gap
        painter.end()


class MonthPane(QWidget):
    """月历栏. `month_wanted(Month)` when another month is turned to."""

    month_wanted = Signal(object)
    cell_chosen = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("month_pane")
        self._month: Month | None = None
        self._title = text_label(role="card-title", name="month_title")
        self._back = self._arrow("month_back", "chevron_left", self.tr("上个月"))
        self._on = self._arrow("month_on", "chevron_right", self.tr("下个月"))
        self._cell = OneLine(role="secondary", name="month_cell", wants=True)
        self.matrix = MonthMatrix()
        self.matrix.cell_chosen.connect(self.cell_chosen)
        self.matrix.cursor_moved.connect(self._say_cell)
        self._empty = text_label(self.tr("这个月还没有记录。"), role="secondary", name="month_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nav = QWidget()
        row = QHBoxLayout(nav)
        row.setContentsMargins(theme().px(12), theme().px(4), theme().px(14), theme().px(4))
        for widget in (self._back, self._title, self._on):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._cell)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(nav)
        box.addWidget(Rule(self))
        box.addWidget(self.matrix, 1)
        box.addWidget(self._empty, 1)
        box.addWidget(Rule(self))
        self._legend = MonthLegend()
        box.addWidget(self._legend)
        theme_hub().changed.connect(self._dress)
        self._dress()

    def _arrow(self, name: str, icon_name: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("icon_name", icon_name)
        button.setAccessibleName(words)
        button.setToolTip(plain_tip(words))
        button.clicked.connect(self._on_arrow)
        return button

    def show_month(self, desk: MonthDesk, rows: Sequence[MonthRow], today: date) -> None:
        """`rows` are those of the chosen route."""
        self._month = desk.month
        self._title.setText(self.tr("{} 年 {} 月").format(desk.month.year, desk.month.month))
        self.matrix.show_sheet(MonthSheet(desk.month, tuple(rows), today, desk.as_of, desk.until))
        self._legend.show_present(frozenset(c.state for row in rows for c in row.cells.values()))
        self.matrix.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._say_cell()

    def turn(self, step: int) -> None:
        """So many months on."""
        if self._month is not None:
            self.month_wanted.emit(self._month.next if step > 0 else self._month.previous)

    def _on_arrow(self) -> None:
        self.turn(1 if self.sender() is self._on else -1)

    def _say_cell(self) -> None:
        at = self.matrix.cursor_cell
        self._cell.setText(cell_words(*at) if at is not None else "")

    def _dress(self) -> None:
        side = theme().size("icon-small")
        for button in (self._back, self._on):
            button.setIcon(icon(str(button.property("icon_name")), size=side))
            button.setIconSize(QSize(side, side))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_PageUp:
                self.turn(-1)
            case Qt.Key.Key_PageDown:
                self.turn(1)
            case _:
                super().keyPressEvent(event)


class MonthCard(Card):
    """这个月的数. Mornings and evenings are never added; every rate prints n/d and the month before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=True)
        self.setObjectName("month_card")
        self._desk: MonthDesk | None = None
        self._slot = "morning"
        self._words_top = text_label(role="card-title")
        self._slots = Segments("month_slots", self.tr("哪一趟"), (("morning", "早间"), ("evening", "晚间")))
        self._slots.show_value("morning")
        self._slots.picked.connect(self._on_slot)
        head = QHBoxLayout()
        head.addWidget(self._words_top)
        head.addStretch(1)
        head.addWidget(self._slots)
        self.body.addLayout(head)
        self.body.addWidget(Rule(self))
        figures = QWidget()
        column = QVBoxLayout(figures)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(theme().px(12))
        self._grid.setHorizontalSpacing(theme().px(14))
        self._grid.setColumnStretch(0, 1)
        column.addLayout(self._grid)
        self._times = text_label(role="secondary", name="month_times", wrap=True)
        self._runs = text_label(role="secondary", name="month_runs", wrap=True)
        self._closed = text_label(role="secondary", name="month_closed", wrap=True)
        self._split = SplitBar()
        self._parts = text_label(role="hint", name="month_outcomes", wrap=True)
        for widget in (Rule(), self._times, self._runs, self._closed, self._split, self._parts):
            column.addWidget(widget)
        column.addStretch(1)
        self.body.addWidget(Room(figures), 1)
        self.body.addWidget(Rule(self))
        self._foot = text_label(role="hint", name="month_foot", wrap=True)
        self.body.addWidget(self._foot)

    def show_month(self, desk: MonthDesk) -> None:
        self._desk = desk
        self._words_top.setText(self.tr("{} 月的数").format(desk.month.month))
        self._fill()

    def _on_slot(self, slot: str) -> None:
        self._slot = slot
        self._fill()

    def _fill(self) -> None:
        desk = self._desk
        if desk is None:
            return
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        now, before = desk.rates[self._slot], desk.before[self._slot]
        heads = ("", self.tr("率"), self.tr("几分之几"), self.tr("{} 月").format(desk.month.previous.month))
        self._line(0, heads, "hint")
        for number, (words, pick) in enumerate(_RATES.items(), start=1):
            self._line(number, (words, *_rate_words(pick(now)), _rate_words(pick(before))[0]), "table")
        self._times.setText(self._times_words(now))
        self._runs.setText(
            self.tr("连着没漏：到期末 {} 天，最长 {} 天").format(now.days_at_end, now.days_longest)
        )
        self._show_outcomes(desk)
        said = local(desk.as_of)
        self._foot.setText(
            self.tr("看得到的各户，和月报同一口径：应看减去批准的暂停；到点的才算。数到 {}。").format(
                f"{said:%m-%d %H:%M}"
            )
        )
        self.setAccessibleName(self._words_top.text())

    def _line(self, number: int, words: Sequence[str], role: str) -> None:
        for column, text in enumerate(words):
            shown = "strong" if column == 1 and number else "hint" if column > 1 else role
            label = text_label(text, role=shown)
            if column:
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(label, number, column)

    def _times_words(self, now: Rates) -> str:
        if now.handling_median is None or now.handling_max is None:
            return self.tr("处置时长：没有结案的报警")
        return self.tr("处置时长：中位 {:.0f} 分，最长 {:.0f} 分").format(
            now.handling_median, now.handling_max
        )

    def _show_outcomes(self, desk: MonthDesk) -> None:
        counts = Counter(
            cell.outcome
            for row in desk.rows
            for (day, slot), cell in row.cells.items()
            if cell.outcome and slot == self._slot and day <= desk.month.last
        )
        total = counts.total()
        self._closed.setText(self.tr("{} 件是怎么结的").format(total) if total else "")
        common = counts.most_common(len(_OUTCOME_TOKENS))
        parts = [Part(word, n, token) for (word, n), token in zip(common, _OUTCOME_TOKENS, strict=False)]
        self._split.set_parts(parts)
        self._split.setVisible(bool(total))
        self._parts.setText("　".join(f"{unbroken(word)}\u00a0{n}" for word, n in common))


def _share(part: Sequence[object], whole: Sequence[object]) -> tuple[int, int]:
    return len(part), len(whole)


_RATES: dict[str, Callable[[Rates], tuple[int, int]]] = {
    "看护率": lambda r: _share(r.seen, r.due),
    "及时率": lambda r: _share(r.in_time, r.due),
    "漏看率": lambda r: _share(r.missed, r.due),
    "异常率": lambda r: _share(r.look_alarms, r.seen),
    "误报率": lambda r: _share(r.false_alarms, r.look_alarms),
}


def _rate_words(share: tuple[int, int]) -> tuple[str, str]:
    """97.3% and 36/37; a dash where nothing was due."""
    n, d = share
    return (f"{n / d:.1%}" if d else "—"), f"{n}/{d}"
