"""The import page before and after the table: choosing a file, waiting, what was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from centerdesk.features.people.queries_detail import ImportBatch
from centerdesk.kernel.clock import local
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, CardKind, EmptyDrawing, IconLabel, Rule


class ChooseStage(QWidget):
    """选文件. A place to drop a file on, and the imports that can still be withdrawn."""

    choose_asked = Signal()
    withdraw_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._drop = Card()
        self._drop.setObjectName("drop_card")
        self._problem = Card(kind=CardKind.WARNING)
        self._problem.setObjectName("file_problem")
        self._problem_title = text_label(role="error-title", name="file_problem_title", wrap=True)
        self._problem_text = text_label(
            role="secondary", name="file_problem_text", wrap=True, selectable=True
        )
        row = QHBoxLayout()
        row.addWidget(IconLabel("error_circle", "red", filled=True), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(self._problem_title)
        words.addWidget(self._problem_text)
        row.addLayout(words, 1)
        self._problem.body.addLayout(row)
        self.choose_button = KeyButton("选文件", "Ctrl+O", kind=Kind.PRIMARY, tall=True)
        self.choose_button.setObjectName("choose_file")
        self.choose_button.clicked.connect(self.choose_asked)
        self._fill_drop()
        self._recent = Card("近 30 天的导入", padded=False)
        self._recent.setObjectName("recent_imports")
        self._recent.header.addWidget(text_label("写错了可以整批撤回", role="secondary"))
        self._lines = QVBoxLayout()
        self._recent.body.addLayout(self._lines)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._problem)
        box.addWidget(self._drop, 1)
        box.addWidget(self._recent)
        self._box = box
        self._fit()
        theme_hub().changed.connect(self._fit)
        self.tell("", "")
        self.show_recent(())

    def _fit(self) -> None:
        self._box.setSpacing(theme().size("gap"))

    def _fill_drop(self) -> None:
        body = self._drop.body
        body.addStretch(2)
        body.addWidget(EmptyDrawing(), 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role in (
            ("把居民表拖到这里，或者选文件", "matter-title"),
            (
                "Excel（xlsx、xls、xlsb）、WPS 和 LibreOffice 的表（ods）、csv 都行。一户一行、一人一行都认。",
                "secondary",
            ),
            ("先试算给您看，确认之前什么都不写。", "secondary"),
        ):
            label = text_label(text, role=role, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            body.addWidget(label)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.choose_button)
        row.addStretch(1)
        body.addLayout(row)
        body.addStretch(3)

    def tell(self, title: str, text: str) -> None:
        """Why the last file could not be used; "" for nothing."""
        self._problem_title.setText(title)
        self._problem_text.setText(text)
        self._problem.setVisible(bool(title))

    def show_recent(self, batches: Sequence[ImportBatch]) -> None:
        """Imports that can be withdrawn."""
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, batch in enumerate(batches):
            if number:
                self._lines.addWidget(Rule())
            self._lines.addWidget(self._line(number, batch))
        self._recent.setVisible(bool(batches))

    def _line(self, number: int, batch: ImportBatch) -> QWidget:
        look, box = theme(), QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(look.px(14), look.px(7), look.px(14), look.px(7))
        row.addWidget(text_label(f"{local(batch.at):%m-%d %H:%M} {batch.by}", role="table"))
        row.addWidget(text_label(f"新增 {batch.new:,} · 更新 {batch.changed:,}", role="secondary"), 1)
        row.addWidget(text_label(f"还能撤 {batch.left} 天", role="hint"))
        button = QPushButton(tr("整批撤回"))
        button.setObjectName(f"withdraw_{number}")
        button.clicked.connect(self._asking(batch))
        row.addWidget(button)
        return box

    def _asking(self, batch: ImportBatch) -> Callable[[], None]:
        def ask() -> None:
            self.withdraw_asked.emit(batch)

        return ask


class BusyStage(QWidget):
    """正在读. A bar and 停下."""

    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        card = Card()
        self._text = text_label("正在读这个文件", role="matter-title", name="busy_text")
        self._text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setObjectName("read_progress")
        self._bar.setTextVisible(False)
        self._bar.setMaximumWidth(360)
        self.stop = QPushButton(tr("停下"))
        self.stop.setObjectName("read_stop")
        self.stop.clicked.connect(self.stop_asked)
        card.body.addStretch(2)
        card.body.addWidget(self._text)
        for widget in (self._bar, self.stop):
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(widget, 2 if widget is self._bar else 0)
            row.addStretch(1)
            card.body.addLayout(row)
        card.body.addStretch(3)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card, 1)

    def show_progress(self, done: int, total: int) -> None:
        """How far it is; a total of 0 means nobody knows."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)


class DoneStage(QWidget):
    """写入好了. What was written, and the ways on."""

    ledger_asked = Signal()
    again_asked = Signal()
    withdraw_asked = Signal()
    refused_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.op_id: UUID | None = None
        self.written = 0
        card = Card()
        card.setObjectName("done_card")
        self._title = text_label(role="matter-title", name="done_title", wrap=True)
        self._counts = text_label(role="body", name="done_counts", wrap=True)
        self._hint = text_label(
            "30 天内可以整批撤回，后来改过的人会拦住它，不会被盖掉。", role="secondary", wrap=True
        )
        for label in (self._title, self._counts, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.ledger = KeyButton("看台账", kind=Kind.PRIMARY, tall=True)
        self.again = KeyButton("再导一份")
        self.refused = KeyButton("存红格表")
        self.withdraw = KeyButton("整批撤回", kind=Kind.DANGER)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for name, button, signal in (
            ("done_ledger", self.ledger, self.ledger_asked),
            ("done_again", self.again, self.again_asked),
            ("done_refused", self.refused, self.refused_asked),
            ("done_withdraw", self.withdraw, self.withdraw_asked),
        ):
            button.setObjectName(name)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        card.body.addStretch(2)
        card.body.addWidget(
            IconLabel("checkmark_circle", "green", filled=True), 0, Qt.AlignmentFlag.AlignHCenter
        )
        for label in (self._title, self._counts, self._hint):
            card.body.addWidget(label)
        card.body.addLayout(buttons)
        card.body.addStretch(3)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card, 1)

    def show_result(self, counts: Mapping[str, int], blocked: int, op_id: UUID | None) -> None:
        """What the command answered."""
        self.op_id = op_id
        self.written = written = counts["new"] + counts["changed"]
        self._title.setText(f"写好了，{written:,} 位进了台账。" if written else "和台账一样，什么都没有改。")
        parts = [f"新增 {counts['new']:,}", f"更新 {counts['changed']:,}", f"不变 {counts['same']:,}"]
        self._counts.setText(" · ".join([*parts, f"没收 {blocked:,}"]))
        self.refused.setVisible(blocked > 0)
        self.withdraw.setVisible(op_id is not None and written > 0)
        self._hint.setVisible(self.withdraw.isVisibleTo(self))

    def show_withdrawn(self, rows: int) -> None:
        """The batch was taken back."""
        self._title.setText(tr("整批撤回了，台账和导入前一样。"))
        self._counts.setText(tr("拿走了 {:,} 条记录。").format(rows))
        self.withdraw.hide()
        self._hint.hide()
