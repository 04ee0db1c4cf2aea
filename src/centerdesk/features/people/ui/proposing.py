"""Merging, deleting and proposals on the ledger's page: what this person may do themselves, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from centerdesk.features.people.commands_merge import MergeResidents
from centerdesk.features.people.commands_proposals import ProposeMerge, ProposeRemoval
from centerdesk.features.people.queries_detail import ResidentDetail, get_resident
from centerdesk.features.people.queries_proposals import ProposalRow, proposals
from centerdesk.features.people.rules_proposals import OPEN
from centerdesk.features.people.ui.acts import book, tell_done
from centerdesk.features.people.ui.merge_form import MergeForm, ProposeRemovalForm
from centerdesk.features.people.ui.proposals_pane import ProposalsPane
from centerdesk.kernel.errors import UserError, ValidationError
from centerdesk.kernel.identity import Actor, Reach
from centerdesk.qtkit.errors import present_error

if TYPE_CHECKING:
    from centerdesk.features.people.ui.editing import Editing
    from centerdesk.features.people.ui.side import Side
    from centerdesk.qtkit.page import Page

RIGHT = "people.merge"


class Proposing(QObject):
    """提议、合并. `counted(waiting, all)` after each reading of the proposals."""

    counted = Signal(int, int)

    def __init__(self, page: Page, side: Side, editing: Editing) -> None:
        super().__init__(page)
        self._page, self._side, self._editing = page, side, editing
        self.pane = ProposalsPane()
        self.merge_form = MergeForm(proposes=self.only_proposes)
        self.removal_form = ProposeRemovalForm()
        side.addWidget(self.pane)
        editing.adopt(self.merge_form, self._save_merge)
        editing.adopt(self.removal_form, self._save_removal)
        self.pane.answered.connect(self._answer)
        self.pane.left.connect(self.close)

    @property
    def only_proposes(self) -> bool:
        """Front desk and grid workers ask; a secretary does."""
        return self._page.host.actor().reach(RIGHT) == Reach.PROPOSE

    # --- the tray -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the proposals this person may see."""
        actor = self._page.host.actor()
        self._page.runner.query(self._page, lambda session: proposals(session, actor), self._show)

    def _show(self, rows: Sequence[ProposalRow]) -> None:
        self.pane.show_rows(rows)
        self.counted.emit(sum(row.decides and row.state == OPEN for row in rows), len(rows))

    @property
    def open(self) -> bool:
        """Is the tray on the screen?"""
        return self._side.currentWidget() is self.pane

    def show_tray(self) -> None:
        """Turn the right side to the proposals."""

        def opened() -> None:
            self._side.setCurrentWidget(self.pane)
            self._side.open()
            self.pane.focus_first()

        self._editing.leave_then(opened)

    def close(self) -> None:
        """Back to the person."""
        if self.open:
            self._editing.back_to_person()

    def _answer(self, row: ProposalRow, accept: bool, word: str) -> None:
        command = self._page.host.manifests.opener(f"proposal.{row.kind}")(row.id, row.version, accept, word)

        def done(_value: None, op_id: UUID | None) -> None:
            said = f"同意了，{row.title}办好了。" if accept else "记下了，没有同意。"
            tell_done(self._page, said, op_id)

        book(self._page, command, done)

    # --- asking and doing -----------------------------------------------------------------------------------

    def propose_removal(self, detail: ResidentDetail) -> None:
        """提议删到回收站."""

        def opened() -> None:
            self.removal_form.open_for(detail)
            self._editing.bring(self.removal_form)

        self._editing.leave_then(opened)

    def _save_removal(self, _and_next: bool) -> None:
        form = self.removal_form
        try:
            word = form.form.draft().word or ""
        except ValidationError:
            return  # the form shows it
        if form.resident_id is not None:
            self._propose(form, ProposeRemoval(form.resident_id, word))

    def merge(self, ids: Sequence[UUID]) -> None:
        """合并: the two that are ticked or chosen in the table."""
        if len(ids) != 2:
            self._page.toast("先在表里勾上两位（空格），再来合并。")
            return
        actor, clock = self._page.host.actor(), self._page.host.clock

        def read(session: Any) -> tuple[ResidentDetail, ResidentDetail]:
            return get_resident(session, actor, clock, ids[0]), get_resident(session, actor, clock, ids[1])

        def got(pair: tuple[ResidentDetail, ResidentDetail]) -> None:
            def opened() -> None:
                self._editing.bring(self.merge_form)
                self.merge_form.open_for(*pair)

            self._editing.leave_then(opened)

        self._page.runner.query(self._page, read, got)

    def _save_merge(self, _and_next: bool) -> None:
        form = self.merge_form
        if form.keep is None or form.drop is None:
            return
        try:
            draft = form.form.draft()
        except ValidationError:
            return  # the form shows it
        keep, drop = form.keep.row, form.drop.row
        if self.only_proposes:
            self._propose(form, ProposeMerge(keep.id, drop.id, form.take, draft.word or ""))
            return
        command = MergeResidents(keep.id, keep.version, drop.id, drop.version, form.take)
        self._page.host.second_person(
            self._page, RIGHT, "合并两条记录要两个人", lambda second: self._merge(command, second)
        )

    def _merge(self, command: MergeResidents, second: Actor) -> None:
        form = self.merge_form
        form.tell("")
        form.set_busy(True)

        def done(kept: UUID, op_id: UUID | None) -> None:
            form.set_busy(False)
            tell_done(self._page, "合成一条了，多出来的在回收站里。", op_id)
            self._editing.back_to_person()
            self._editing.show_person(kept)

        book(self._page, command, done, self._refused, second=second, key=form.key)

    def _propose(self, form: MergeForm | ProposeRemovalForm, command: ProposeMerge | ProposeRemoval) -> None:
        form.tell("")
        form.set_busy(True)

        def done(_proposal: UUID, op_id: UUID | None) -> None:
            form.form.mark_clean()
            form.set_busy(False)
            tell_done(self._page, "提上去了，等书记来定。", op_id)
            self._editing.back_to_person()

        book(self._page, command, done, self._refused, key=form.key)

    def _refused(self, exc: Exception) -> None:
        form = self._editing.open_form
        if form is not None:
            form.set_busy(False)
        if form is not None and isinstance(exc, UserError):
            form.tell(str(exc))
        else:
            present_error(self._page, exc)
