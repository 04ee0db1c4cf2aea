"""看问题: columns, rows and problems of one roster, with the line that corrects a cell."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from centerdesk.features.people.importing_desk import Roster, column_of, row_of
from centerdesk.features.people.importing_result import FIX, REFUSE, WARN, Problem
from centerdesk.features.people.ui.import_columns import ColumnsCard
from centerdesk.features.people.ui.import_grid import NOTE, RosterGrid, RosterModel
from centerdesk.features.people.ui.import_problems import ProblemList
from centerdesk.features.people.ui.import_side import TrialCard
from centerdesk.features.people.ui.import_words import FIELD_TEXTS
from centerdesk.qtkit.beside import Beside
from centerdesk.qtkit.labels import TextLabel, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.buttons import Chip
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.keycap import KeyCap
from centerdesk.qtkit.room import Room
from centerdesk.qtkit.turns import Turns

_SECRET = frozenset({"id", "phone"})
"""Fields whose old value is not put into the line: it is typed anew, from the paper."""


class CellLine(QLineEdit):
    """The line that corrects a cell: Enter writes it, Esc goes back to the rows."""

    taken = Signal(str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cell_line")
        self.setMaxLength(500)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()


class ReviewStage(QWidget):
    """名册在桌上. Tells what the person wants changed; shows what comes back."""

    edited = Signal(object, str)
    skipped = Signal(str, int)
    column_changed = Signal(str, int, object)

    def __init__(self) -> None:
        super().__init__()
        self._roster: Roster | None = None
        self._sheet = ""
        self._narrow = self._low = False
        self.open_problems = 0
        self._turns = Turns(self)
        self.columns = ColumnsCard()
        self.model = RosterModel()
        self.grid = RosterGrid(self.model)
        self.model.setParent(self.grid)
        self.problems = ProblemList()
        self.trial = TrialCard()
        self._problem_card = Card("问题", padded=False)
        self._problem_card.header.addWidget(text_label("改完自动消失", role="secondary"))
        self._problem_card.body.addWidget(self.problems)
        self._quiet = text_label("没有要看的了。", role="secondary", name="no_problems")
        self._quiet.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem_card.body.addWidget(self._quiet)
        self._rows_card = Card(padded=False)
        self._rows_card.body.setSpacing(0)
        self._rows_card.body.addLayout(self._make_head())
        self._rows_card.body.addWidget(Rule())
        self._rows_card.body.addWidget(self.grid, 1)
        self._rows_card.body.addWidget(Rule())
        self._rows_card.body.addWidget(self._make_line())
        rows = QWidget()
        left = QVBoxLayout(rows)
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self.columns)
        left.addWidget(self._rows_card, 1)
        column = QWidget()
        right = QVBoxLayout(column)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self._problem_card, 1)
        right.addWidget(self.trial)
        self._right = Room(column)
        self._both = Beside(rows, self._right, (1, 0), least=0)
        self._both.turned.connect(self._fit_right)
        self._boxes = (left, right)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._both)
        self._connect()
        self.set_narrow(False, low=False)
        theme_hub().changed.connect(self._dress)
        self._dress()

    # --- building -------------------------------------------------------------------------------------------

    def _make_head(self) -> QHBoxLayout:
        self._all = Chip("全部", plain=True)
        self._all.setObjectName("rows_all")
        self._all.setChecked(True)
        self._some = Chip("只看有问题", plain=True)
        self._some.setObjectName("rows_problems")
        self._which = QComboBox()
        self._which.setObjectName("sheet")
        self._which.setAccessibleName(tr("哪张表"))
        self._legend: dict[str, TextLabel] = {
            REFUSE: text_label(role="error", name="count_refuse"),
            WARN: text_label(role="warning", name="count_warn"),
            FIX: text_label(role="done", name="count_fix"),
            "changed": text_label(role="hint", name="count_changed"),
        }
        self._head = QHBoxLayout()
        for widget in (self._all, self._some, self._which):
            self._head.addWidget(widget)
        self._head.addStretch(1)
        for label in self._legend.values():
            self._head.addWidget(label)
        return self._head

    def _make_line(self) -> QFrame:
        box = QFrame()
        box.setObjectName("cell_box")
        box.setProperty("ground", "surface2")
        self._line_box = box
        self._where = text_label("在表里选一格", role="strong", name="cell_where")
        self.line = CellLine()
        self._note = OneLine(role="hint", name="cell_note", between="，")
        self._foot = QHBoxLayout(box)
        self._foot.addWidget(self._where)
        self._foot.addWidget(self.line, 4)
        self._foot.addWidget(self._note, 5)
        self._keys: list[QWidget] = []
        for key, text in (("F2", "改这格"), ("F8", "下一处"), ("Del", "跳过这行")):
            for widget in (KeyCap(key), text_label(text, role="hint")):
                self._foot.addWidget(widget)
                self._keys.append(widget)
        return box

    def _connect(self) -> None:
        self._all.clicked.connect(self._show_all)
        self._some.clicked.connect(self._show_some)
        self._which.activated.connect(self._on_sheet)
        self.columns.changed.connect(self._on_column)
        self.grid.cell_changed.connect(self._on_cell)
        self.grid.edit_asked.connect(self._on_edit)
        self.grid.skip_asked.connect(self._on_skip)
        self.line.taken.connect(self._on_taken)
        self.line.given_up.connect(self.grid.setFocus)
        self.problems.chosen.connect(self._on_problem)

    def _dress(self) -> None:
        look = theme()
        self._head.setContentsMargins(look.px(12), look.px(8), look.px(14), look.px(8))
        self._head.setSpacing(look.px(9))
        self._foot.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        self._foot.setSpacing(look.px(7))
        radius = look.size("radius-card") - 1
        self._line_box.setStyleSheet(
            f"#cell_box {{ border-bottom-left-radius: {radius}px; border-bottom-right-radius: {radius}px; }}"
        )

    def set_narrow(self, narrow: bool, *, low: bool) -> None:
        """Narrow windows: a slimmer right side, fewer words in the line; low ones fold the columns away."""
        look, self._narrow, self._low = theme(), narrow, low
        for box in self._boxes:
            box.setSpacing(look.size("gap-narrow" if narrow else "gap"))
        self._fit_right()
        for widget in self._keys:
            widget.setVisible(not narrow)
        self.columns.setVisible(not low or self.columns.doubtful > 0)
        self._fit_legend()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_legend()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_right()
        return super().event(event)

    def _fit_right(self) -> None:
        """As drawn, and never narrower than what is in it; under the rows it takes the room it wants."""
        look, stacked = theme(), self._both.stacked
        self.trial.set_low(self._low and not stacked)
        self.problems.setMinimumHeight(look.px(180 if stacked else 100))
        seen = (
            look.size("header-row")
            + 2 * look.size("row")
            + self.grid.horizontalScrollBar().sizeHint().height()
        )
        self.grid.setMinimumHeight(seen if stacked else 0)
        share, line = 8 if stacked else 4, self._foot.indexOf(self.line)  # its hint is read whole
        if self._foot.stretch(line) != share:  # else each layout asks for another
            self._foot.setStretch(line, share)
        headed = stacked or self.height() >= look.px(300)
        self._problem_card.set_header_shown(headed)
        corner = look.px(6)  # the card's rounded corners stay free
        self._problem_card.body.setContentsMargins(0, 0 if headed else corner, 0, corner)
        wide = look.px(400 if look.large else 296 if self._narrow else 340)
        self._right.setMinimumWidth(0 if stacked else max(wide, self._right.minimumSizeHint().width()))

    def _fit_legend(self) -> None:
        """As many counts as the line holds; what blocks goes last."""
        look = theme()
        room = self._rows_card.width() - 2 * look.px(14)
        for widget in (self._all, self._some, self._which):
            room -= 0 if widget.isHidden() else widget.sizeHint().width() + look.px(9)
        for label in self._legend.values():
            room -= label.sizeHint().width() + look.px(9)
            label.setVisible(bool(label.text()) and room >= 0)
        # Now: before it is shown nobody else asks again, and the window would make room for what is not there.
        self._head.invalidate()
        if (whole := self._rows_card.layout()) is not None:
            whole.activate()

    # --- showing --------------------------------------------------------------------------------------------

    def showing(self, roster: Roster, *, may_add_places: bool) -> Iterator[None]:
        """Show rows that were judged, in pieces; of rows already on show the place is kept. On show after the first."""
        here = self.model.place(self.grid.currentIndex())
        other = self._roster is None or self._roster.path != roster.path
        self._roster = roster
        names = [s.name for s in roster.sheets]
        if self._sheet not in names:
            self._sheet = names[0]
        self._which.clear()
        self._which.addItems(names)
        self._which.setCurrentText(self._sheet)
        self._which.setVisible(len(names) > 1)
        self.columns.show_roster(roster, self._sheet)
        if other:
            self._all.setChecked(True)
            self._some.setChecked(False)
        self._fill()
        self.trial.show_roster(roster, may_add_places=may_add_places)
        yield  # a place is scrolled to where it is known how much is in sight
        if other:
            self.problems.first_problem()
        elif here is not None and here[0] == self._sheet:
            self.grid.go_to(here[1], here[2])
        self._on_cell()
        yield
        yield from self.columns.building()

    def clear(self) -> None:
        """Nothing lies on the table."""
        self._roster = None
        self.model.clear()
        self.problems.show_problems(())

    def show_trial(self, roster: Roster, *, may_add_places: bool) -> None:
        """Nothing but its trial is new: a hundred thousand rows are not laid out again."""
        self._roster = roster
        if self._some.isChecked():
            self._fill()  # rows that change old data are among those with something to look at
        else:
            self.model.show_trial(roster)
            self._show_legend(roster)
        self.trial.show_roster(roster, may_add_places=may_add_places)

    def _fill(self) -> None:
        roster = self._roster
        if roster is None:
            return
        self.model.show_roster(roster, self._sheet, only_problems=self._some.isChecked())
        here = roster.seen.to_see.get(self._sheet, ())
        self.open_problems = sum(map(len, roster.seen.to_see.values()))
        self.problems.show_problems(here)
        self.problems.setVisible(self.open_problems > 0)
        self._quiet.setVisible(not self.open_problems)
        rows = roster.seen.sheets.get(self._sheet, ())
        wrong = {row_of(p) for p in here}
        self._all.setText(tr("全部 {:,} 行").format(len(rows)))
        self._some.setText(tr("只看有问题 {:,}").format(len(wrong)))
        self._show_legend(roster)

    def _show_legend(self, roster: Roster) -> None:
        counted = roster.seen.problems
        words = {REFUSE: "挡住", WARN: "要看", FIX: "已整理"}
        for severity, word in words.items():
            self._legend[severity].setText(f"{word} {counted[severity]:,}" if counted.get(severity) else "")
        changed = roster.trial.changed if roster.trial is not None else 0
        self._legend["changed"].setText(tr("会改旧数据 {:,}").format(changed) if changed else "")
        self._fit_legend()

    def _show_rows(self, *, only: bool) -> None:
        self._all.setChecked(not only)
        self._some.setChecked(only)
        self._fill()

    def _show_all(self) -> None:
        self._show_rows(only=False)

    def _show_some(self) -> None:
        self._show_rows(only=True)

    def _on_sheet(self, _index: int) -> None:
        self._sheet = self._which.currentText()
        if self._roster is not None:
            self.columns.show_roster(self._roster, self._sheet)
            self._turns.begin(self.columns.building())
        self._fill()

    def next_problem(self) -> None:
        """F8."""
        self.problems.next_problem()

    # --- cells ----------------------------------------------------------------------------------------------

    def _on_problem(self, problem: Problem) -> None:
        if not self.grid.go_to(row_of(problem), column_of(problem)):
            self._show_rows(only=False)
            self.grid.go_to(row_of(problem), column_of(problem))
        # The list stands under the rows: what corrects the cell comes into sight, once somebody looks at it.
        if self._both.stacked and self.isVisible():
            for part in (self._rows_card, self._line_box):
                self._both.ensureWidgetVisible(part, 0, 0)

    def _field(self) -> str:
        number = self.grid.currentIndex().column()
        return self.model.fields[number] if 0 <= number < len(self.model.fields) else ""

    def _on_cell(self) -> None:
        index = self.grid.currentIndex()
        place = self.model.place(index)
        if place is None:
            self._where.setText(tr("在表里选一格"))
            self.line.clear()
            self.line.setEnabled(False)
            self._note.setText("")
            return
        field = self._field()
        self._where.setText(tr("第 {} 行 {}").format(place[1], FIELD_TEXTS.get(field, "")))
        self.line.setEnabled(True)
        secret = field in _SECRET
        self.line.setText("" if secret else self.model.raw(index))
        self.line.setPlaceholderText(self._hint() if secret else "")
        left_out = self.model.is_left_out(index)
        note = "这行跳过了，再按 Del 收回来" if left_out else str(index.data(NOTE) or "")
        self._note.setText(note.split("\n")[0])

    def _hint(self) -> str:
        return "照证件重输" if self._narrow else "照证件重输，回车改上"

    def _on_edit(self) -> None:
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    def _on_taken(self, text: str) -> None:
        place = self.model.place(self.grid.currentIndex())
        if place is not None and (text or self._field() not in _SECRET):
            self.edited.emit(place, text)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_skip(self) -> None:
        place = self.model.place(self.grid.currentIndex())
        if place is not None:
            self.skipped.emit(place[0], place[1])

    def _on_column(self, column: int, field: str | None) -> None:
        self.column_changed.emit(self._sheet, column, field)
