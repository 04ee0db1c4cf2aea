"""月报: a month's figures, what is behind each, what the checks say, and its papers (UI 6, 07)."""

from __future__ import annotations

from collections.abc import Hashable
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.features.returns.queries import EditionRow, MonthView, editions, month_of, month_view
from centerdesk.features.returns.queries_records import RecordRow
from centerdesk.features.returns.rules_checks import Finding, Level, findings
from centerdesk.features.returns.ui import states
from centerdesk.features.returns.ui.acts import ReturnActs
from centerdesk.features.returns.ui.checks_card import ChecksCard
from centerdesk.features.returns.ui.exports import Exports
from centerdesk.features.returns.ui.figure_rows import LineRow, Only, counts, rows_of
from centerdesk.features.returns.ui.month_bar import MonthBar, month_words
from centerdesk.features.returns.ui.paper_card import PaperCard
from centerdesk.features.returns.ui.records_card import RecordsCard
from centerdesk.features.returns.ui.side import Side, is_narrow
from centerdesk.features.returns.ui.table_card import TableCard
from centerdesk.kernel.clock import Month, today
from centerdesk.kernel.errors import ValidationError
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Page, PageHost, ReadOnly
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.states import State, Way

MONTHS = 13
"""Months the chooser offers: this one and the year before."""


class ReturnPage(Page):
    """月报."""

    page_id = "returns"
    title = "月报"
    permission = "returns.read"
    watches = ("return_edition",)

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self.month = Month.of(today(host.clock)).previous
        self.place: UUID | None = None
        self.view: MonthView | None = None
        self._only = Only.ALL
        self._edition: UUID | None = None
        self._found: tuple[Finding, ...] = ()
        self._asked: Ticket | None = None
        self._build()
        self.exports = Exports(self, self.paper)
        self.acts = ReturnActs(self)
        self._connect()
        self.acts.offer()

    def _build(self) -> None:
        self.bar = MonthBar()
        self.card = TableCard()
        self.table = self.card.table
        self.checks, self.records, self.paper = ChecksCard(), RecordsCard(self.runner), PaperCard()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.card, 1)
        lower = QWidget()
        lower.setLayout(self._row)
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.bar)
        self._column.addWidget(lower, 1)
        self.side = Side(lower, self._row, self.checks, self.records, self.paper)
        self.setFocusProxy(self.table)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _connect(self) -> None:
        self.bar.stepped.connect(self._on_stepped)
        self.bar.month_chosen.connect(self.show_month)
        self.bar.place_chosen.connect(self._on_place)
        self.bar.edition_chosen.connect(self._on_edition)
        self.card.only_changed.connect(self._on_only)
        self.card.side_asked.connect(self.side.toggle)
        self.card.stop_asked.connect(self.acts.stop)
        self.table.line_changed.connect(self._on_line)
        self.table.opened.connect(self._on_opened)
        self.table.changed_only.connect(self._on_changed_only)
        self.checks.wanted.connect(self._on_finding)
        self.records.opened.connect(self._on_record)
        self.records.print_asked.connect(self._on_annex)
        self.records.table.escaped.connect(self._on_escape)
        self.paper.wanted.connect(self.write_paper)

    def _fit(self) -> None:
        narrow = is_narrow(self)
        gap = theme().size("gap-narrow" if narrow else "gap")
        self._row.setSpacing(gap)
        self._column.setSpacing(gap)
        self.card.set_narrow(narrow)
        self.side.set_drawer(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @property
    def heading(self) -> str:
        return self.tr("{}月报").format(month_words(self.month))

    # --- reading ----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The month in hand: its editions, and the newest one or the one chosen."""
        if self._asked is not None:
            self._asked.cancel()
        actor, month, edition = self.host.actor(), self.month, self._edition
        self._asked = self.runner.query(
            self,
            lambda session: (month_view(session, actor, month, edition), editions(session, actor)),
            self._take,
            self.show_failure,
        )

    def _take(self, answer: tuple[MonthView, tuple[EditionRow, ...]]) -> None:
        self.show_state(None)
        self.view, known = answer
        self._found = findings(self.view.figures)
        self._show_bar(known)
        self._show_state_of_month()
        self._show_lines()
        self._show_side()
        self.set_facts(states.facts(self.view))
        self.facts_changed.emit(self.facts)  # the heading may have changed although the facts did not
        self.acts.offer()

    def _show_bar(self, known: tuple[EditionRow, ...]) -> None:
        view = self.view
        assert view is not None
        notes: dict[str, str] = {}
        for one in known:
            notes.setdefault(one.period, "草稿" if one.is_draft else "已签发")
        self.bar.show_month(self.month, [(m, notes.get(str(m), "")) for m in self._months()])
        places: list[tuple[UUID | None, str]] = [(None, self.tr("全站"))]
        places += dict.fromkeys((f.where_id, f.where or "") for f in view.figures if f.where_id is not None)
        if self.place not in {place for place, _name in places}:
            self.place = None
        self.bar.show_places(self.place, places)
        shown = view.edition.id if view.edition else None
        self.bar.show_editions(shown, [(e.id, states.edition_words(e)) for e in view.editions])
        self.bar.show_steps(*states.steps(view))

    def _months(self) -> list[Month]:
        month = Month.of(today(self.host.clock))
        months = []
        for _ in range(MONTHS):
            months.append(month)
            month = month.previous
        return months

    def _show_state_of_month(self) -> None:
        view = self.view
        assert view is not None
        if view.edition is not None:
            self.card.show_state(None)
            self.card.show_empty(states.emptiness(view.figures))
            signed = states.signed_line(view)
            again = Way(self.tr("重新编一版"), self.acts.build) if self.may("returns.draft") else None
            self.set_read_only(ReadOnly(signed, again) if signed else None)
            return
        self.set_read_only(None)
        self.card.show_empty("")
        title = self.tr("{}月报还没编").format(month_words(self.month))
        ways: tuple[Way, ...] = ()
        text = self.tr("请前台或书记来编，编好这里就看得到。")
        if self.may("returns.draft"):
            ways = (Way(self.tr("编这个月"), self.acts.build, "build_now"),)
            text = self.tr("数从居民台账和看窗记录里数出来，不用填。编好先是草稿。")
        self.card.show_state(State("empty", title, text, ways))

    def _show_lines(self) -> None:
        view = self.view
        assert view is not None
        self.card.show_counts(counts(view.figures, self.place, self._found))
        self.table.show_rows(rows_of(view.figures, self.place, self._only, self._found))

    def _show_side(self) -> None:
        view = self.view
        assert view is not None
        if view.edition is None:
            self.checks.show_nothing()
            self.records.show_nothing()
            self.paper.show_nothing()
        else:
            self.checks.show_findings(self._found)
            draft = self.tr("印着“草稿”，没有校验码") if view.edition.is_draft else ""
            stamp = draft or self.tr("每页尾有校验码 {}").format(view.edition.code)
            self.paper.show_edition(self.tr("月报表 A4 和附表"), stamp)
        self.side.place()

    # --- which month, grid, edition, lines --------------------------------------------------------------------

    def show_month(self, month: Month) -> None:
        """Another month; one that has not begun is refused with the reason."""
        try:
            month_of(str(month), self.host.clock)
        except ValidationError as exc:
            self.toast(str(exc))
            return
        if month != self.month:
            self.month, self._edition = month, None
            self.mark_dirty()

    def previous_month(self) -> None:
        self.show_month(self.month.previous)

    def next_month(self) -> None:
        self.show_month(self.month.next)

    def _on_stepped(self, step: int) -> None:
        self.show_month(self.month.previous if step < 0 else self.month.next)

    def _on_place(self, place: UUID | None) -> None:
        self.place = place
        self.mark_dirty()

    def _on_edition(self, edition: UUID) -> None:
        self.show_edition(edition)

    def show_edition(self, edition: UUID | None) -> None:
        """One edition of this month; None: the newest."""
        self._edition = edition
        self.mark_dirty()

    def focus_record(self, row_id: Hashable) -> None:
        """Somebody came for a month (Month or its text)."""
        if isinstance(row_id, Month):
            self.show_month(row_id)

    def _on_only(self, only: Only) -> None:
        self._only = only
        if self.view is not None:
            self._show_lines()

    def _on_changed_only(self) -> None:
        only = Only.ALL if self._only is Only.CHANGED else Only.CHANGED
        self.card.show_only(only)
        self._on_only(only)

    def _on_finding(self, finding: Finding) -> None:
        """Show the lines of a finding: the one alone, or all that have something."""
        if self.place is not None:
            self.place = None
            self._only = Only.ALL
            self.mark_dirty()
        only = Only.WRONG if len(finding.keys) > 1 else self._only
        self.card.show_only(only)
        self._on_only(only)
        if not self.table.go_to(finding.keys[0]):
            self.card.show_only(Only.ALL)
            self._on_only(Only.ALL)
            self.table.go_to(finding.keys[0])
        if self.side.drawer:
            self.side.close_drawer()
        self.card.focus_table()

    # --- what is behind a number ------------------------------------------------------------------------------

    def _on_line(self, line: LineRow | None) -> None:
        view = self.view
        if line is None or view is None or view.edition is None:
            self.records.show_nothing()
            return
        printable = self.may("people.export")
        self.records.show_line(self.host.actor(), view.edition.id, line, printable=printable)

    def _on_opened(self) -> None:
        self.side.open()
        self.records.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_escape(self) -> None:
        self.side.close_drawer()
        self.card.focus_table()

    def _on_record(self, row: RecordRow) -> None:
        if row.page and row.target_id is not None:
            self.host.go(row.page, row.target_id)

    def _on_annex(self) -> None:
        line = self.table.current_line
        if self.view is not None and line is not None:
            self.exports.write_annex(self.view, line)

    # --- papers, checks ---------------------------------------------------------------------------------------

    def write_paper(self, paper: str) -> None:
        """Excel, the form as PDF, or the letter."""
        if self.view is not None:
            self.exports.write(self.view, paper)

    @property
    def errors(self) -> int:
        """How many findings keep the edition from being signed."""
        return sum(f.level is Level.ERROR for f in self._found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.side.close_drawer():
            self.card.focus_table()
            return
        super().keyPressEvent(event)
