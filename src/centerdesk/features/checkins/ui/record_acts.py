"""What can be done with a resident from anywhere in the desk (palette): each opens the page of the round on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt

from centerdesk.features.checkins.queries_resident import candidate, enrolled_as
from centerdesk.qtkit.page import Errand, PageHost

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

NOT_ENROLLED = "这位还没登记看窗。要登记，请按 Ctrl N。"
NOT_TODAY = "这家今天没有要看的窗，先看看“名单”里的登记。"


def show(host: PageHost, resident_id: UUID) -> None:
    """看这家的窗: the home in hand, its card at the right."""

    def shown(page: RoundPage, enrolment_id: UUID) -> None:
        page.focus_record(enrolment_id)

    _with_home(host, resident_id, shown)


def pause(host: PageHost, resident_id: UUID) -> None:
    """暂停看窗: the page's own form, on this home."""

    def opened(page: RoundPage, enrolment_id: UUID) -> None:
        _in_hand(page, enrolment_id, page.home_acts.pause)

    _with_home(host, resident_id, opened)


def month(host: PageHost, resident_id: UUID) -> None:
    """看这家这个月的记录: the month's matrix, the cursor on this home."""

    def opened(page: RoundPage, enrolment_id: UUID) -> None:
        page.month.matrix.want_row(enrolment_id)
        page.focus_record(enrolment_id)
        page.turn_to("month")

    _with_home(host, resident_id, opened)


def enrol(host: PageHost, resident_id: UUID) -> None:
    """登记看窗: the form of enrolling, with this resident chosen already."""

    def do(page: RoundPage) -> None:
        actor, clock = host.actor(), host.clock
        host.runner.query(
            page, lambda s: candidate(s, actor, resident_id, clock), page.home_acts.enrol_chosen
        )

    host.go("checkins", Errand(do))


def _with_home(host: PageHost, resident_id: UUID, then: Callable[[RoundPage, UUID], None]) -> None:
    """Open the page, and go on there with the enrolment of this resident."""

    def do(page: RoundPage) -> None:
        actor, clock = host.actor(), host.clock

        def found(enrolment_id: UUID | None) -> None:
            if enrolment_id is None:
                page.toast(NOT_ENROLLED)
            else:
                then(page, enrolment_id)

        host.runner.query(page, lambda s: enrolled_as(s, actor, resident_id, clock), found)

    host.go("checkins", Errand(do))


def _in_hand(page: RoundPage, enrolment_id: UUID, then: Callable[[], None]) -> None:
    """Do `then` with this home in hand; a page that has read nothing yet does it after its first reading."""

    def go_on() -> None:
        page.focus_record(enrolment_id)
        row = page.walk.row()
        if row is not None and row.enrolment_id == enrolment_id:
            then()
        else:
            page.toast(NOT_TODAY)

    once_read(page, go_on)


def once_read(page: RoundPage, then: Callable[[], None]) -> None:
    """Do it now, or after the first reading of a page that has just been opened."""

    def read(_facts: str) -> None:
        then()

    if page.walk.desk is not None:
        then()
    else:
        page.facts_changed.connect(read, Qt.ConnectionType.SingleShotConnection)
