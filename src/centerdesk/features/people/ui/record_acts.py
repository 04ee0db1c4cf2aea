"""What can be done with a resident from anywhere in the desk (palette): each opens the ledger on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from centerdesk.features.people.queries_detail import ResidentDetail, get_resident
from centerdesk.qtkit.page import Errand, PageHost

if TYPE_CHECKING:
    from centerdesk.features.people.ui.pages import LedgerPage


def edit(host: PageHost, resident_id: UUID) -> None:
    """改这位的资料: the form, with what is known."""
    _with_person(host, resident_id, lambda page, detail: page.editing.edit(detail))


def verify(host: PageHost, resident_id: UUID) -> None:
    """核实，没变化: booked at once, with a way back."""
    _with_person(host, resident_id, lambda page, detail: page.acts.verify(detail))


def depart(host: PageHost, resident_id: UUID) -> None:
    """登记迁出或去世: the form."""
    _with_person(host, resident_id, lambda page, detail: page.editing.depart(detail))


def resume_resident(host: PageHost, resident_id: UUID | None, values: Mapping[str, Any]) -> None:
    """A form that a crash or a locked desk cut short: opened anew, with what was typed."""

    def begun(page: LedgerPage) -> None:
        page.editing.new()
        page.editing.resident.form.restore(values)

    def opened(page: LedgerPage, detail: ResidentDetail) -> None:
        page.editing.edit(detail)
        page.editing.resident.form.restore(values)

    if resident_id is None:
        host.go("people", Errand(begun))
    else:
        _with_person(host, resident_id, opened)


def resume_departure(host: PageHost, resident_id: UUID | None, values: Mapping[str, Any]) -> None:
    """The same for 登记迁出或去世."""

    def opened(page: LedgerPage, detail: ResidentDetail) -> None:
        page.editing.depart(detail)
        page.editing.departure.form.restore(values)

    if resident_id is not None:
        _with_person(host, resident_id, opened)


def _with_person(
    host: PageHost, resident_id: UUID, then: Callable[[LedgerPage, ResidentDetail], None]
) -> None:
    """Open the ledger on this person, and go on there with what is known of them."""

    def do(page: LedgerPage) -> None:
        actor, clock = host.actor(), host.clock
        page.focus_record(resident_id)

        def read(detail: ResidentDetail) -> None:
            then(page, detail)

        host.runner.query(page, lambda s: get_resident(s, actor, clock, resident_id), read, page.show_failure)

    host.go("people", Errand(do))
