"""What a table says beside its rows: nothing here, still reading, could not be read; and its footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from centerdesk.kernel.clock import local
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.paged_model import LoadState
from centerdesk.qtkit.states import State, StateCard, Way

if TYPE_CHECKING:
    from centerdesk.kernel.clock import Clock
    from centerdesk.qtkit.table import LedgerTable


class _BusyLine(QWidget):
    """2 px under the header while rows are on their way. It stands still."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme().colour("c3"))


class _Band(QFrame):
    """One line over the rows with one button: the rows below are old, or still coming."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._label = text_label(name=f"{name}_text")
        self._button = QPushButton()
        self._button.setObjectName(f"{name}_way")
        self._button.setProperty("extent", "small")
        self._way: Way | None = None
        self._button.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        self.hide()

    def say(self, text: str, way: Way, kind: str) -> None:
        self._label.setText(text)
        self._button.setText(way.text)
        self._way = way
        self.setProperty("band", kind)
        self.style().polish(self)
        self.show()
        self.raise_()

    def _act(self) -> None:
        if self._way is not None:
            self._way.act()


class TableOverlay(QObject):
    """Follows the model's state and shows it over the viewport. GUI thread."""

    BUSY_MS = 300  # shorter waits show nothing
    STOP_MS = 1000  # longer ones offer 停下

    def __init__(self, table: LedgerTable, empty: State | None, clock: Clock | None) -> None:
        super().__init__(table)
        self._table, self._model = table, table.ledger
        self._empty, self._clock = empty, clock
        self.filtered: State | None = None
        self._as_of = ""
        self.card = StateCard(table.viewport())
        self.card.hide()
        self._line = _BusyLine(table)
        self._line.setObjectName("busy_line")
        self._line.hide()
        self._band = _Band(table.viewport(), "table_band")
        self._busy_timer = QTimer(self)
        self._busy_timer.setSingleShot(True)
        self._busy_timer.timeout.connect(self._on_busy)
        table.viewport().installEventFilter(self)
        self._model.state_changed.connect(self._on_state)
        self._model.swapped.connect(self._on_swapped)

    def _on_swapped(self) -> None:
        if self._clock is not None:
            self._as_of = f"{local(self._clock.now()):%H:%M}"
        self._show_ready()

    def _on_state(self, state: LoadState) -> None:
        if state is LoadState.LOADING:
            self._busy_timer.start(self.BUSY_MS)
            return
        self._busy_timer.stop()
        self._line.hide()
        if state is LoadState.FAILED:
            self._show_failed()
        else:
            self._show_ready()

    def _on_busy(self) -> None:
        """After 0.3 s a line, after 1 s a way to stop."""
        if not self._line.isVisible():
            self._place()
            self._line.show()
            self._line.raise_()
            self._busy_timer.start(self.STOP_MS - self.BUSY_MS)
            return
        stop = Way(tr("停下"), self._model.stop, "state_stop")
        if self._model.shown:
            self._band.say(tr("还在读……"), stop, "info")
            self._place()
        else:
            self.card.show_state(State("busy", tr("还在读……"), "", (stop,)))

    def _show_ready(self) -> None:
        self._band.hide()
        self._dim(False)
        none = self._model.shown == 0 and self._model.tail is None and self._model.state is LoadState.READY
        self.card.show_state(self._nothing() if none else None)

    def _nothing(self) -> State:
        if self.filtered is not None:
            return self.filtered
        return self._empty or State("empty", tr("这里还没有内容。"))

    def _show_failed(self) -> None:
        error = self._model.error
        told = tell(error) if error is not None else None
        again = Way(tr("再试"), self._model.retry, "state_retry")
        if self._model.shown:
            since = tr("下面是 {} 的内容。").format(self._as_of) if self._as_of else tr("下面是先前的内容。")
            self._band.say(f"{told.text if told else ''}{since}", again, "error")
            self.card.show_state(None)
            self._dim(True)
            self._place()
        elif told is not None:
            details = told.details if told.code else ""
            self.card.show_state(State("error", told.title, told.text, (again,), details))

    def _dim(self, on: bool) -> None:
        if self._table.dimmed != on:
            self._table.dimmed = on
            self._table.viewport().update()

    def _place(self) -> None:
        viewport = self._table.viewport()
        self.card.setGeometry(viewport.rect())
        self._band.setGeometry(0, 0, viewport.width(), self._band.sizeHint().height())
        self._line.setGeometry(viewport.x(), viewport.y(), viewport.width(), theme().px(2))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False


def facts_of(table: LedgerTable) -> str:
    """The footer: how many there are, are listed, are chosen, and the sums over the chosen."""
    model = table.ledger
    parts: list[str] = []
    if model.total is not None:
        parts.append(tr("共 {} 条").format(f"{model.total:,}"))
    if model.total is None or model.shown < model.total:
        parts.append(tr("已列出 {} 条").format(f"{model.shown:,}"))
    selection = table.selection()
    if selection.whole_filter:
        parts.append(tr("已选全部"))
    elif len(selection.ids) > 1:
        parts.append(tr("已选 {} 条").format(f"{len(selection.ids):,}"))
        parts += _sums(table, frozenset(selection.ids))
    if ticked := len(model.ticked()):
        parts.append(tr("已勾 {} 条").format(f"{ticked:,}"))
    return " · ".join(parts)


def _sums(table: LedgerTable, ids: frozenset[Any]) -> list[str]:
    model = table.ledger
    numeric = [c for c in model.columns if c.number is not None]
    if not numeric:
        return []
    rows = [model.row(n) for n in model.find(ids)]
    return [
        f"{c.title} {sum(c.number(row) for row in rows if row is not None):,g}"
        for c in numeric
        if c.number is not None
    ]
