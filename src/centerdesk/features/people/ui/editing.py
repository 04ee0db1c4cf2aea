"""Opening, saving and leaving the forms of the ledger; what to say when saving was refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Qt

from centerdesk.features.people.commands import (
    AddResident,
    DuplicateResident,
    EditResident,
    ResidentDraft,
)
from centerdesk.features.people.commands_acts import RecordDeparture, RestoreResident
from centerdesk.features.people.queries_detail import LastChange, ResidentDetail, get_resident, last_change
from centerdesk.features.people.rules import BIN
from centerdesk.features.people.ui.acts import book, tell_done
from centerdesk.features.people.ui.forms import DepartureDraft, DepartureForm, FormPane, ResidentForm
from centerdesk.features.people.ui.stale import StaleChoice, by_whom, changed_there, clashes, merged
from centerdesk.kernel.errors import ConflictError, NotFound, ValidationError
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.notify import Answer, Question
from centerdesk.qtkit.states import Way

if TYPE_CHECKING:
    from centerdesk.features.people.ui.detail_pane import DetailPane
    from centerdesk.features.people.ui.side import Side
    from centerdesk.qtkit.page import Page

R = TypeVar("R")


class Editing(QObject):
    """登记和修改. At most one form is open; typed words are kept whatever saving says."""

    def __init__(self, page: Page, side: Side, detail: DetailPane, show: Callable[[UUID], None]) -> None:
        super().__init__(page)
        self._page, self._side, self._detail, self._show = page, side, detail, show
        self._now: ResidentDetail | None = None
        self.resident = ResidentForm(page.host.clock)
        self.choice = StaleChoice()
        self.choice.decided.connect(self._on_decided)
        self.choice.dropped.connect(self._on_dropped)
        self.resident.put_above(self.choice)
        self.resident.opened.connect(self.choice.hide)
        self.departure = DepartureForm(page.host.clock)
        self.adopt(self.resident, self._save_resident)
        self.adopt(self.departure, self._save_departure)

    def adopt(self, pane: FormPane[Any], save: Callable[[bool], None]) -> None:
        """Another form at the right, with the same ways in and out."""
        self._side.addWidget(pane)
        pane.save_asked.connect(save)
        pane.left.connect(self._on_left)

    def show_person(self, resident_id: UUID) -> None:
        """Read this person into the pane."""
        self._show(resident_id)

    def set_compounds(self, names: Sequence[str]) -> None:
        """The compounds the form offers."""
        self.resident.set_compounds(names)

    @property
    def open_form(self) -> FormPane[Any] | None:
        """The form on the screen."""
        widget = self._side.currentWidget()
        return widget if isinstance(widget, FormPane) else None

    # --- opening --------------------------------------------------------------------------------------------

    def new(self) -> None:
        """新增居民."""

        def opened() -> None:
            self.resident.open_new(ResidentDraft())
            self.bring(self.resident)

        self.leave_then(opened)

    def edit(self, detail: ResidentDetail) -> None:
        """修改居民."""

        def opened() -> None:
            self.resident.open_edit(detail)
            self.bring(self.resident)

        self.leave_then(opened)

    def depart(self, detail: ResidentDetail) -> None:
        """登记迁出或去世."""

        def opened() -> None:
            self.departure.open_for(detail)
            self.bring(self.departure)

        self.leave_then(opened)

    def bring(self, pane: FormPane[Any]) -> None:
        """Put a form on the screen."""
        self._side.setCurrentWidget(pane)
        self._side.open()
        pane.form.focus_first()

    # --- leaving --------------------------------------------------------------------------------------------

    def leave_then(self, then: Callable[[], None]) -> None:
        """Do `then` with no form open; asks first when something was typed."""
        pane = self.open_form
        if pane is None or not pane.form.dirty:
            self._close()
            then()
            return

        def answered(key: str) -> None:
            if key == "drop":
                self._close()
                then()

        question = Question(
            "刚才填的还没记下",
            "不记就没了。要记下，请回去按 Ctrl S。",
            (Answer("不记了", "drop", urgent=True), Answer("回去接着填", "stay")),
        )
        self._page.ask(question, answered)

    def _on_left(self) -> None:
        self.leave_then(lambda: None)

    def _close(self) -> None:
        if self.open_form is not None:
            self.back_to_person()

    def back_to_person(self) -> None:
        """The person at the right again, the focus in the table."""
        self._side.setCurrentWidget(self._detail)
        if self._side.drawer:
            self._side.close_drawer()
        self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- saving ---------------------------------------------------------------------------------------------

    def _save_resident(self, and_next: bool) -> None:
        form = self.resident
        try:
            draft = form.checked()
        except ValidationError:
            return  # the form shows it
        form.tell("")
        form.set_busy(True)
        command: AddResident | EditResident
        if form.resident_id is None:
            command = AddResident(draft)
        else:
            command = EditResident(form.resident_id, form.version, draft)

        def done(resident_id: UUID, op_id: UUID | None) -> None:
            form.form.mark_clean()
            form.set_busy(False)
            tell_done(self._page, f"已记下：{draft.name}。", op_id)
            self._show(resident_id)
            if and_next:
                form.open_new(ResidentDraft(compound=draft.compound, door=draft.door))
            else:
                self._close()

        book(self._page, command, done, self._refused, key=form.key)

    def _save_departure(self, _and_next: bool) -> None:
        form = self.departure
        try:
            draft: DepartureDraft = form.form.draft()
        except ValidationError:
            return  # the form shows it
        if form.resident_id is None or draft.left_on is None:
            return
        form.tell("")
        form.set_busy(True)
        resident_id = form.resident_id

        def done(_value: None, op_id: UUID | None) -> None:
            form.form.mark_clean()
            form.set_busy(False)
            tell_done(self._page, f"已记下：{draft.status}。", op_id)
            self._close()
            self._show(resident_id)

        command = RecordDeparture(resident_id, form.version, draft.status or "", draft.left_on)
        book(self._page, command, done, self._refused, key=form.key)

    # --- refused --------------------------------------------------------------------------------------------

    def _refused(self, exc: Exception) -> None:
        pane = self.open_form
        if pane is None:
            present_error(self._page, exc)
            return
        pane.set_busy(False)
        if isinstance(exc, DuplicateResident):
            pane.form.show_errors(exc.fields)
            self._tell_duplicate(exc.resident_id)
        elif isinstance(exc, ValidationError):
            pane.form.show_errors(exc.fields)
        elif (
            isinstance(exc, ConflictError) and pane is self.resident and self.resident.resident_id is not None
        ):
            self._tell_conflict(self.resident.resident_id)
        elif isinstance(exc, NotFound) and pane is self.resident:
            self._tell_gone()
        elif isinstance(exc, ConflictError):
            pane.tell("这条记录刚被别人改过，这次没有写进去。请先看看现在的，再来登记。")
        else:
            present_error(self._page, exc)

    def _read(self, resident_id: UUID, done: Callable[[ResidentDetail], None], gone: str) -> None:
        actor, clock = self._page.host.actor(), self._page.host.clock
        self._ask(lambda session: get_resident(session, actor, clock, resident_id), done, gone)

    def _read_with_change(
        self,
        resident_id: UUID,
        done: Callable[[tuple[ResidentDetail, LastChange | None]], None],
        gone: str,
    ) -> None:
        actor, clock = self._page.host.actor(), self._page.host.clock
        self._ask(
            lambda session: (
                get_resident(session, actor, clock, resident_id),
                last_change(session, resident_id),
            ),
            done,
            gone,
        )

    def _ask(self, read: Callable[[Any], R], done: Callable[[R], None], gone: str) -> None:
        """Read for the form; `gone` is said in it where the resident is no longer there."""

        def failed(exc: Exception) -> None:
            if isinstance(exc, NotFound):
                self.resident.tell(gone)
            else:
                present_error(self._page, exc)

        self._page.runner.query(self._page, read, done, failed)

    def _tell_duplicate(self, resident_id: UUID) -> None:
        def told(detail: ResidentDetail) -> None:
            row = detail.row
            state = "" if row.status == "在册" else f"（{row.status}）"

            def look() -> None:
                self.leave_then(lambda: self._show_and_open(resident_id))

            self.resident.tell(
                f"台账里已有这个号：{row.name}{state} · {f'{row.compound} {row.door}'.strip() or '没有门牌'}。"
                "填的还在，没有写进去。",
                Way("看这位", look, "show_duplicate"),
            )

        self._read(resident_id, told, "台账里已有这个号，在别的网格。填的还在，没有写进去。请问书记。")

    def _show_and_open(self, resident_id: UUID) -> None:
        self._show(resident_id)
        self._side.open()

    def _tell_conflict(self, resident_id: UUID) -> None:
        """Who changed it and when, and the choice field by field. Nothing typed is lost."""
        clock = self._page.host.clock

        def told(found: tuple[ResidentDetail, LastChange | None]) -> None:
            detail, change = found
            form, opened = self.resident, self.resident.shown
            by = by_whom(change, clock)
            if opened is None:
                return  # another record was opened meanwhile
            if detail.row.status == BIN:
                self._tell_binned(detail, by)
                return
            typed = form.typed()
            rows = clashes(opened, typed, detail)
            what = "、".join(changed_there(opened, detail)) or "别处"
            if not rows:
                form.go_on(detail, merged(opened, typed, detail, {}))
                form.tell(f"{by}改了这位：{what}。您填的都还在，没有写进去；再按 Ctrl S 就记下。")
                return
            form.tell(f"{by}改了这位：{what}。您填的都还在，没有写进去。请逐项选：")
            self._now = detail
            self.choice.ask(rows)

        self._read_with_change(resident_id, told, "这位刚被移到别处了，您填的还在，没有写进去。")

    def _on_decided(self, chosen: dict[str, bool]) -> None:
        opened, now = self.resident.shown, self._now
        if opened is None or now is None:
            return
        self.resident.go_on(now, merged(opened, self.resident.typed(), now, chosen))
        self.resident.tell("照您选的填好了，再看一眼，按 Ctrl S 记下。")
        self.resident.save_button.setFocus()

    def _on_dropped(self) -> None:
        if self._now is not None:
            self.resident.open_edit(self._now)

    def _tell_binned(self, detail: ResidentDetail, by: str) -> None:
        """Deleted there while it was edited here."""
        actor, form = self._page.host.actor(), self.resident
        if actor.reach(RestoreResident.permission) < RestoreResident.reach:
            words = "{}把这位移到了回收站。您填的都还在，没有写进去。要留下这位，请书记从回收站找回，再按 Ctrl S。"
            form.tell(words.format(by))
            return

        def back() -> None:
            resident_id = detail.row.id
            command = RestoreResident(resident_id, detail.row.version)
            book(self._page, command, lambda _v, _op: self._tell_conflict(resident_id), self._refused)

        form.tell(
            f"{by}把这位移到了回收站。您填的都还在，没有写进去。",
            Way("找回这位，接着改", back, "conflict_restore"),
        )

    def _tell_gone(self) -> None:
        """Its registration was taken back there while it was edited here."""

        def as_new() -> None:
            self.resident.go_on_as_new()
            self.resident.tell("现在是一条新的登记。证件号和电话请再填一次，按 Ctrl S 记下。")

        self.resident.tell(
            "这位的登记刚被整个撤掉了。您填的都还在，没有写进去。", Way("当新的登记", as_new, "conflict_new")
        )
