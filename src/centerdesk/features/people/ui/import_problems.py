"""The problems of a roster, worst first; a click or F8 goes to the cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from centerdesk.features.people.importing_desk import row_of
from centerdesk.features.people.importing_result import FIX, KIND_TEXTS, REFUSE, WARN, Problem
from centerdesk.features.people.ui.import_words import ICONS, SEVERITY_TEXTS
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import draw_text, line_height

Index = QModelIndex | QPersistentModelIndex
PROBLEM = Qt.ItemDataRole.UserRole + 1
_INKS = {REFUSE: "red", WARN: "dawn-ink", FIX: "green"}


class _Problems(QStringListModel):
    """Qt counts the rows itself: to lay the list out it asks for the number of them at each row."""

    def __init__(self) -> None:
        super().__init__()
        self._problems: tuple[Problem, ...] = ()

    def show(self, problems: Sequence[Problem]) -> None:
        order = {REFUSE: 0, WARN: 1, FIX: 2}
        self._problems = tuple(sorted(problems, key=lambda p: order[p.severity]))
        self.setStringList([""] * len(problems))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == PROBLEM:
            return problem
        title = f"{row_of(problem)} 行 {KIND_TEXTS.get(problem.kind, tr('别的'))}"
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{SEVERITY_TEXTS[problem.severity]}，{title}。{problem.message}"
        return plain_tip(problem.message) if role == Qt.ItemDataRole.ToolTipRole else None


class _ProblemDelegate(QStyledItemDelegate):
    """Icon, what it is in bold, what to do in a few lines; what is longer still ends in ….

    All rows are equally high: thousands of them are laid out at once.
    """

    @staticmethod
    def lines() -> int:
        """Large letters need one more for the same sentence."""
        return 4 if theme().large else 3

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        look = theme()
        high = (
            line_height(look.font("table", bold=True))
            + self.lines() * line_height(look.font("caption"))
            + look.scale(26)
        )
        return QSize(look.px(200), round(high))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = theme(), QRectF(option.rect)
        problem: Problem = index.data(PROBLEM)
        ink = _INKS[problem.severity]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, look.colour("wash" if chosen else "surface"))
        edge = look.edge("line")
        painter.fillRect(QRectF(rect.left(), rect.bottom() - edge, rect.width(), edge), look.colour("line"))
        side, pad = look.scale(16), look.scale(14)
        name, filled = ICONS[problem.severity]
        top = rect.top() + look.scale(10)
        paint_icon(
            painter, QRectF(rect.left() + pad, top + look.scale(1), side, side), name, ink, filled=filled
        )
        left = rect.left() + pad + side + look.scale(9)
        font = look.font("table", bold=True)
        upper = QRectF(left, top, rect.right() - left - look.scale(10), line_height(font))
        draw_text(painter, upper, str(index.data()), font, "ink", elide=True)
        small = look.font("caption")
        high = self.lines() * line_height(small) + look.scale(4)
        lower = QRectF(left, upper.bottom() + look.scale(2), upper.width(), high)
        metrics = QFontMetricsF(small)
        room = self.lines() * (upper.width() - metrics.horizontalAdvance("国"))
        words = metrics.elidedText(problem.message, Qt.TextElideMode.ElideRight, room)
        painter.setFont(small)
        painter.setPen(look.colour("ink2"))
        how = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.setClipRect(lower)
        painter.drawText(lower, words, how)
        painter.restore()


class ProblemList(QListView):
    """问题清单. `chosen` with the problem to look at."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problems")
        self.setAccessibleName(tr("问题"))
        self._model = _Problems()
        self._model.setParent(self)
        self.setModel(self._model)
        self.setItemDelegate(_ProblemDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current)
        theme_hub().changed.connect(self.doItemsLayout)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Another list; the place in it is kept as far as it goes."""
        row = self.currentIndex().row()
        self._model.show(problems)
        if 0 <= row < self._model.rowCount():
            self.selectionModel().blockSignals(True)
            self.setCurrentIndex(self._model.index(row))
            self.selectionModel().blockSignals(False)

    def first_problem(self) -> None:
        """Another file: begin with the worst."""
        self.setCurrentIndex(QModelIndex())
        self.next_problem()

    def next_problem(self) -> None:
        """F8: the next one, round and round."""
        if count := self._model.rowCount():
            self.setCurrentIndex(self._model.index((self.currentIndex().row() + 1) % count))

    def _on_current(self, current: QModelIndex) -> None:
        if (problem := current.data(PROBLEM)) is not None:
            self.chosen.emit(problem)
