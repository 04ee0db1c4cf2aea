"""进度条: an act that takes longer than a second, with 停下 (UI 4.3)."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.runner import Runner, Ticket


class ActBar(QFrame):
    """Shows the oldest slow act of a runner; not there while nothing is slow. GUI thread."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("act_bar")
        self.setProperty("ground", "surface2")
        self._runner = runner
        self._ticket: Ticket | None = None
        self._label = text_label(name="act_label")
        self._bar = QProgressBar()
        self._bar.setObjectName("act_progress")
        self._bar.setTextVisible(False)
        self._count = text_label(role="facts", name="act_count")
        self._stop = QPushButton(self.tr("停下"))
        self._stop.setObjectName("act_stop")
        self._stop.setProperty("extent", "small")
        self._stop.clicked.connect(self._on_stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 4, 14, 4)
        row.setSpacing(12)
        for widget in (self._label, self._bar, self._count, self._stop):
            row.addWidget(widget)
        row.setStretchFactor(self._bar, 1)
        runner.acts_changed.connect(self._show_acts)
        self._show_acts()

    def _show_acts(self) -> None:
        acts = self._runner.acts()
        self.setVisible(bool(acts))
        if not acts:
            self._ticket = None
            return
        act = acts[0]
        self._ticket = act.ticket
        more = self.tr("（后面还有 {} 件）").format(len(acts) - 1) if len(acts) > 1 else ""
        self._label.setText(f"{act.label}{more}")
        self._bar.setAccessibleName(act.label)
        self._bar.setRange(0, act.total)
        self._bar.setValue(act.done)
        self._bar.setVisible(act.total > 0)  # a bar that only swings says nothing
        self._count.setText(f"{act.done:,}/{act.total:,}" if act.total else "")
        self._stop.setEnabled(not act.ticket.stopping)
        self._stop.setText(self.tr("正在停下") if act.ticket.stopping else self.tr("停下"))

    def _on_stop(self) -> None:
        if self._ticket is not None:
            self._ticket.stop()
            self._show_acts()
