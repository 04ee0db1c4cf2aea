"""明细: the records behind the number in hand, appended page by page."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from centerdesk.features.returns.queries_records import RecordRow, page_records
from centerdesk.features.returns.rules import Figure
from centerdesk.features.returns.rules_document import value_text
from centerdesk.features.returns.ui.figure_rows import LineRow
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.columns import Align, Column, Tone
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.paged_model import PagedTableModel
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.states import State
from centerdesk.qtkit.table import LedgerTable

COLUMNS: tuple[Column[RecordRow], ...] = (
    Column("door", "门牌", lambda r: r.door, width=84, tone=lambda _r: Tone.PLAIN),
    Column(
        "title",
        "谁",
        lambda r: f"{r.title}　{r.mark}".rstrip(),
        width=72,
        stretch=True,
        tooltip=lambda r: r.detail,
    ),
    Column("note", "哪天、几岁", lambda r: r.note, align=Align.RIGHT, width=92, tone=lambda _r: Tone.PLAIN),
)


def made_of(f: Figure) -> str:
    """The number in words, and how many records it is made of."""
    unit = "" if f.month.n is not None or f.month.value is None else f" {f.unit}"
    value = f"{value_text(f.month)}{unit}"
    if f.month.n is not None:
        return f"{value} · 分母 {f.count:,} 条都列在这里"
    if f.count:
        return f"{value} · 由 {f.count:,} 条记录组成"
    return f"{value} · 没有记录" if not f.month.value else f"{value} · 按天算出来的，不是一条条加的"


class RecordsCard(Card):
    """明细. `opened` carries the row of Enter or a double click; `print_asked` wants the list on paper."""

    opened = Signal(object)
    print_asked = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("明细", parent, listed=True)
        self.setObjectName("records_card")
        self._shown: tuple[UUID, str] | None = None
        self.print_button = QPushButton(self.tr("附件打印"))
        self.print_button.setObjectName("records_print")
        self.print_button.setProperty("kind", "link")
        self.print_button.clicked.connect(self.print_asked)
        self.header.addWidget(self.print_button)
        self._words = text_label(role="hint", name="records_words", wrap=True)
        self.model: PagedTableModel[RecordRow] = PagedTableModel(runner, COLUMNS)
        self.table = LedgerTable(
            self.model, "return_records", empty=State("empty", self.tr("这个数后面没有记录。"))
        )
        self.model.setParent(self.table)
        self.table.setAccessibleName(self.tr("这个数由哪些记录组成"))
        self.table.horizontalHeader().hide()
        policies = QSizePolicy.Policy  # what is left over, lest the cards above it give way to a wish
        self.table.setSizePolicy(policies.Expanding, policies.Ignored)
        self._detail = text_label(role="hint", name="record_detail", wrap=True)
        self.body.addWidget(self._words)
        self._inset = QHBoxLayout()
        self._inset.addWidget(self.table)
        self.body.addLayout(self._inset, 1)
        self._rule = Rule()
        self.body.addWidget(self._rule)
        self.body.addWidget(self._detail)
        self.table.row_changed.connect(self._on_row)
        self.table.row_activated.connect(self.opened)
        self.table.row_opened.connect(self.opened)
        theme_hub().changed.connect(self._fit)
        self._fit()
        self.show_nothing()

    def _fit(self) -> None:
        look = theme()
        pad = look.px(14)
        self._words.setContentsMargins(pad, look.px(7), pad, look.px(4))
        self._detail.setContentsMargins(pad, look.px(6), pad, look.px(7))
        self._inset.setContentsMargins(look.px(6), 0, look.px(2), 0)
        self.table.setMinimumHeight(2 * look.size("row-compact"))
        self.table.verticalHeader().setMinimumSectionSize(look.size("row-compact"))
        self.table.verticalHeader().setDefaultSectionSize(look.size("row-compact"))

    def show_nothing(self) -> None:
        """No number is in hand."""
        self._shown = None
        self.set_title(self.tr("明细"))
        self._words.setText(self.tr("在左边点一个数，这里列出它由哪些记录组成。"))
        self.print_button.hide()
        self.model.clear()
        self._on_row(None)

    def show_line(self, actor: Actor, edition_id: UUID, line: LineRow, *, printable: bool) -> None:
        """Read the records behind the month's number of this line; the newest question wins."""
        figure = line.figure
        key = figure.key
        self.set_title(self.tr("{} 行 {}").format(line.number, figure.title))
        self._words.setText(made_of(figure))
        self.print_button.setVisible(printable and figure.count > 0)
        if self._shown == (edition_id, key):
            return
        self._shown = (edition_id, key)
        self._on_row(None)
        self.model.set_query(
            lambda session, after, limit: page_records(session, actor, edition_id, key, after, limit),
            lambda _session: figure.count,
        )
        self.table.scrollToTop()

    def _on_row(self, row: RecordRow | None) -> None:
        self._detail.setText(row.detail if row is not None else "")
        for widget in (self._rule, self._detail):
            widget.setVisible(row is not None and bool(row.detail))
