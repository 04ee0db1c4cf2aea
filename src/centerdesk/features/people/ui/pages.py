"""居民台账: views, filters and search, table, person (UI 6, 03)."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from centerdesk.features.people.queries import (
    LedgerFilter,
    LedgerOrder,
    ResidentRow,
    count_hits,
    count_residents,
    page_residents,
)
from centerdesk.features.people.queries_counts import LedgerCounts, ledger_counts
from centerdesk.features.people.rules import BIN
from centerdesk.features.people.ui.acts import ActionSet, LedgerActs
from centerdesk.features.people.ui.columns import ledger_columns
from centerdesk.features.people.ui.detail_pane import DetailPane
from centerdesk.features.people.ui.editing import Editing
from centerdesk.features.people.ui.filter_bar import FilterBar
from centerdesk.features.people.ui.ledger_foot import LedgerFoot
from centerdesk.features.people.ui.page_acts import PageActs
from centerdesk.features.people.ui.person_view import PersonView
from centerdesk.features.people.ui.proposing import Proposing
from centerdesk.features.people.ui.side import Side, is_narrow
from centerdesk.features.people.ui.states import never_used, nobody_fits
from centerdesk.features.people.ui.views_pane import ViewsPane
from centerdesk.kernel.clock import local, today
from centerdesk.qtkit.labels import tr
from centerdesk.qtkit.load_state import LoadState
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Page, PageHost
from centerdesk.qtkit.paged_model import PagedTableModel
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.states import State
from centerdesk.qtkit.table import LedgerTable


class LedgerPage(Page):
    """居民台账."""

    page_id = "people"
    title = "居民台账"
    permission = "people.find"
    watches = (
        "resident",
        "household",
        "resident_phone",
        "resident_tag",
        "dwelling",
        "grid",
        "compound",
        "proposal",
    )

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self._narrowed = False
        self.order = LedgerOrder()
        self._found = ("", 0)  # what was searched for last, and how many it found
        self._hits_asked: Ticket | None = None
        self._counted: LedgerFilter | None = None
        self.doing = PageActs(self)
        self._build()
        self.acts = LedgerActs(self)
        self.person = PersonView(self, self.detail)
        self.editing = Editing(self, self.side, self.detail, self.show_person)
        self.act_set = ActionSet(host.actions, self)
        self.proposing = Proposing(self, self.side, self.editing)
        self.doing.register()
        self._connect()
        self._bind_keys()

    # --- building -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.views = ViewsPane()
        self.filters = FilterBar()
        self.model: PagedTableModel[ResidentRow] = PagedTableModel(
            self.runner,
            ledger_columns(today(self.host.clock).year),
            is_hit=lambda row: row.hit,
            tickable=True,
        )
        empty = never_used(self.doing.go_import, self.doing.new)
        self.table = LedgerTable(
            self.model, "people_table", store=self.host.columns, empty=empty, clock=self.host.clock
        )
        self.model.setParent(self.table)
        self.table.setAccessibleName(tr("居民"))
        self.setFocusProxy(self.table)
        self.foot = LedgerFoot()
        card = Card(padded=False)
        card.setObjectName("ledger_card")
        for widget in (self.filters, Rule()):
            card.body.addWidget(widget)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(Rule())
        card.body.addWidget(self.foot)
        self.detail = DetailPane(self.host.clock)
        self._row = QHBoxLayout(self.body)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.views)
        self._row.addWidget(card, 1)
        self.side = Side(self.body, self._row)
        self.side.addWidget(self.detail)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        look, narrow = theme(), is_narrow(self)
        self._row.setSpacing(look.size("gap-narrow" if narrow else "gap"))
        self.views.setFixedWidth(look.px(152 if narrow else 175) if not look.large else look.px(210))
        self.views.show_note(self.height() > look.px(640))
        self.side.set_drawer(narrow)

    def _bind_keys(self) -> None:
        for keys, slot in (
            ("Alt+Up", self._previous),
            ("Alt+Down", self._next),
            ("Ctrl+F", self.focus_search),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _connect(self) -> None:
        self.views.chosen.connect(self._ask_anew)
        self.filters.changed.connect(self._ask_anew)
        search = self.filters.search
        search.searched.connect(self._ask_anew)
        search.narrowed.connect(self._narrow)
        search.left.connect(self.table.setFocus)
        self.filters.columns_button.clicked.connect(self.table.show_columns_menu)
        table = self.table
        table.typed.connect(self._on_typed)
        table.escaped.connect(self._on_escape)
        table.row_changed.connect(self._on_row)
        table.row_activated.connect(self._on_activated)
        table.row_opened.connect(self._on_activated)
        table.menu_requested.connect(self._on_menu)
        table.copied.connect(self._on_copied)
        table.selection_changed.connect(self._show_facts)
        self.model.facts_changed.connect(self._show_facts)
        self.model.state_changed.connect(self._count_hits)
        self.model.sort_requested.connect(self._on_sort)
        self.foot.copy.button.clicked.connect(table.copy_selection)
        self.foot.export.button.clicked.connect(self.doing.export)
        self.foot.print.button.clicked.connect(self.doing.print)
        self.foot.detail.button.clicked.connect(self.side.toggle)
        self.side.moved.connect(self._offer_detail)
        self.detail.edit_asked.connect(self.doing.edit)
        self.detail.verify_asked.connect(self.doing.verify)
        self.detail.reveal_asked.connect(self.doing.reveal)
        self.detail.restore_asked.connect(self.doing.restore)
        self.detail.member_asked.connect(self.show_person)
        self.views.tray.clicked.connect(self.proposing.show_tray)
        self.proposing.counted.connect(self.views.show_proposals)
        self.proposing.pane.person_asked.connect(self._leave_tray_for)

    # --- being shown ----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        self.act_set.enter()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.act_set.leave()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def can_leave(self, leave: Callable[[], None]) -> None:
        """A form with unsaved words asks first."""
        self.editing.leave_then(leave)

    def focus_record(self, row_id: Hashable) -> None:
        """Show this person, whether the list has them or not."""
        if isinstance(row_id, UUID):
            self.table.select_id(row_id)
            self.show_person(row_id)

    # --- reading --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Counts, the list, and whoever is shown."""
        self.show_state(None)
        actor, clock = self.host.actor(), self.host.clock
        self.detail.allow(write=actor.may("people.write"), reveal=actor.may("people.reveal"))
        self.foot.allow_export(actor.may("people.export"))

        self.runner.query(
            self,
            lambda session: ledger_counts(session, actor, clock),
            self._show_counts,
            self.show_failure,
        )
        if self.model.shown or self.model.total is not None:
            self.table.refresh()
        else:
            self._restore_order()
            self._ask()
        self.person.again()
        self.proposing.refresh()

    def _restore_order(self) -> None:
        by, descending = self.table.columns.sort or ("name", False)
        self.order = LedgerOrder(by, descending)
        self.model.mark_sorted(by, descending)

    def _show_counts(self, counts: LedgerCounts) -> None:
        self.views.show_counts(counts.views)
        self.filters.set_grids(counts.grids)
        self.editing.set_compounds(counts.compounds)
        at = counts.changed_at
        changed = "" if at is None else f"最近一次改动 {local(at):%m-%d %H:%M}"
        parts = [f"{counts.views['all']:,} 人", f"{counts.households:,} 户", changed]
        self.set_facts(" · ".join(p for p in parts if p))

    @property
    def wanted(self) -> LedgerFilter:
        """What is asked for now."""
        return self.filters.wanted(self.views.view, narrow=self._narrowed)

    def _ask_anew(self, *_what: object) -> None:
        self._narrowed = False
        self._ask()

    def _ask(self) -> None:
        """The newest question wins: the model drops what was asked before."""
        actor, clock, wanted, order = self.host.actor(), self.host.clock, self.wanted, self.order
        self.table.set_filtered(self._nothing_found(wanted))
        # without narrowing the others stay listed below the hits
        counted = wanted if wanted.narrow else replace(wanted, query="")
        self.model.set_query(
            lambda session, after, limit: page_residents(session, actor, clock, wanted, after, limit, order),
            lambda session: count_residents(session, actor, clock, wanted),
            total=self.model.total if counted == self._counted else None,
        )
        self._counted = counted
        self.table.scrollToTop()

    def _count_hits(self, state: LoadState) -> None:
        """Once the rows are there: somebody waits for those."""
        if state is not LoadState.READY:
            return
        if self._hits_asked is not None:
            self._hits_asked.cancel()
        actor, clock, wanted = self.host.actor(), self.host.clock, self.wanted
        self._hits_asked = self.runner.query(
            self,
            lambda session: (wanted.query, count_hits(session, actor, clock, wanted)),
            self._show_hits,
        )

    def _show_hits(self, found: tuple[str, int]) -> None:
        self._found = found
        self._show_facts()

    def _show_facts(self, *_what: object) -> None:
        ticked = len(self.model.ticked())
        selection = self.table.selection()
        chosen = (self.model.total or 0) if selection.whole_filter else len(selection.ids)
        total = self.model.total
        query, hits = self._found if self.wanted.query else ("", 0)
        self.foot.show_facts(
            query,
            hits,
            total,
            ticked or (chosen if chosen > 1 else 0),
            narrow=self._narrowed,
        )

    def _nothing_found(self, wanted: LedgerFilter) -> State | None:
        if wanted.view == "all" and not wanted.chips and not wanted.query:
            return None
        searched = bool(wanted.query) and wanted.narrow
        return nobody_fits(wanted.view, searched, self.filters.chips_on(), self._clear_all)

    def _clear_all(self) -> None:
        self.filters.clear()
        self.views.choose("all")

    # --- one person -----------------------------------------------------------------------------------------

    def show_person(self, resident_id: UUID) -> None:
        """Read one person into the pane at the right."""
        self.person.show(resident_id)

    def _on_row(self, row: ResidentRow | None) -> None:
        if row is not None and row.id != self.detail.resident_id:
            self._leave_tray_for(row.id)
        self._offer_detail()

    def _offer_detail(self) -> None:
        """Say how the person in hand is seen, where they lie in a closed drawer."""
        self.foot.offer_detail(self.side.isHidden() and self.table.currentIndex().isValid())

    def _leave_tray_for(self, resident_id: UUID) -> None:
        self.proposing.close()
        self.show_person(resident_id)

    def _on_activated(self, row: ResidentRow) -> None:
        self.side.open()
        self._on_row(row)

    # --- keys and menus -------------------------------------------------------------------------------------

    def _on_typed(self, letters: str) -> None:
        """Letters go to the search; V, with which no pinyin begins, is 核实无变化."""
        if letters in ("v", "V", "ｖ") and self.may("people.write"):
            self.doing.verify()
        else:
            self.filters.search.add_letters(letters)

    def _on_escape(self) -> None:
        if self.side.drawer and self.side.isVisible():
            self.side.close_drawer()
        elif self.filters.search.text():
            self.filters.search.clear_now()

    def _narrow(self) -> None:
        if self.wanted.query:
            self._narrowed = True
            self._ask()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_search(self) -> None:
        """F3."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def _on_sort(self, by: str, descending: bool) -> None:
        self.order = replace(self.order, by=by, descending=descending)
        self._ask()

    def _on_copied(self, rows: int) -> None:
        self.toast(f"已复制 {rows} 行，号码是打码的。")

    def _on_menu(self, row: ResidentRow, where: Any) -> None:
        self._on_row(row)
        menu = QMenu(self)
        menu.setObjectName("row_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ids = (
            ("people.restore",)
            if row.status == BIN
            else ("people.verify", "people.edit", "people.depart", "-", "people.merge", "people.remove")
        )
        self.host.actions.fill_menu(menu, ids)
        menu.popup(where)

    def _previous(self) -> None:
        self._step(-1)

    def _next(self) -> None:
        self._step(1)

    def _step(self, way: int) -> None:
        number = self.table.currentIndex().row() + way
        if 0 <= number < self.model.shown:
            self.table.setCurrentIndex(self.model.index(number, 0))

    def two_chosen(self) -> tuple[UUID, ...]:
        """The ticked people, else those that are selected."""
        ids = self.model.ticked() or self.table.selection().ids
        return tuple(i for i in ids if isinstance(i, UUID))
