"""Forms of the round that a crash or a locked desk cut short: opened anew on the same home, with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from centerdesk.features.checkins.queries_alarm import AlarmRow, get_alarm
from centerdesk.features.checkins.queries_elder import ElderDetail, get_elder
from centerdesk.features.checkins.queries_resident import candidate
from centerdesk.features.checkins.queries_round import Candidate
from centerdesk.features.checkins.ui.forms import CLOSE_DRAFT
from centerdesk.features.checkins.ui.record_acts import once_read
from centerdesk.kernel.clock import today
from centerdesk.kernel.drafts import DraftName
from centerdesk.kernel.errors import NotFound
from centerdesk.qtkit.drafts import draft_hub
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.page import Errand, PageHost

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

CLOSED_MEANWHILE = "那个报警已经结案了，没记下的那份不要了。"

Values = Mapping[str, Any]


def close(host: PageHost, alarm_id: UUID | None, values: Values) -> None:
    """给报警结案. An alarm that somebody else closed meanwhile takes the draft with it."""
    if alarm_id is None:
        return

    def do(page: RoundPage) -> None:
        actor, now = host.actor(), host.clock.now()

        def read(alarm: AlarmRow) -> None:
            if alarm.outcome:
                gone()
                return
            page.focus_record(alarm.id)
            page.alarm_acts.close(alarm)
            _put_back(page, values)

        def gone() -> None:
            draft_hub().settled.emit(DraftName(CLOSE_DRAFT, alarm_id))
            page.toast(CLOSED_MEANWHILE)

        def failed(exc: Exception) -> None:
            if isinstance(exc, NotFound):
                gone()
            else:
                present_error(page, exc)

        host.runner.query(page, lambda s: get_alarm(s, actor, alarm_id, now), read, failed)

    host.go("checkins", Errand(do))


def pause(host: PageHost, enrolment_id: UUID | None, values: Values) -> None:
    """暂停这一户, or the next one of a home that is paused."""

    def opened(page: RoundPage, elder: ElderDetail) -> None:
        first_on = values.get("first_on")
        day = max(first_on, today(host.clock)) if isinstance(first_on, date) else today(host.clock)
        page.home_acts.open_pause(elder.enrolment.id, elder.enrolment.door, day)
        _put_back(page, values)

    _with_elder(host, enrolment_id, opened)


def withdraw(host: PageHost, enrolment_id: UUID | None, values: Values) -> None:
    """撤销登记."""

    def opened(page: RoundPage, elder: ElderDetail) -> None:
        page.home_acts.open_withdraw(elder)
        _put_back(page, values)

    _with_elder(host, enrolment_id, opened)


def enrol(host: PageHost, resident_id: UUID | None, values: Values) -> None:
    """登记一户, with the resident chosen where one was."""

    def do(page: RoundPage) -> None:
        actor, clock = host.actor(), host.clock

        def opened(row: Candidate | None) -> None:
            page.home_acts.enrol_chosen(row)
            _put_back(page, values)

        def read() -> None:  # who may look is known to the page only then
            if resident_id is None:
                opened(None)
            else:
                host.runner.query(page, lambda s: candidate(s, actor, resident_id, clock), opened)

        once_read(page, read)

    host.go("checkins", Errand(do))


def _with_elder(
    host: PageHost, enrolment_id: UUID | None, then: Callable[[RoundPage, ElderDetail], None]
) -> None:
    if enrolment_id is None:
        return

    def do(page: RoundPage) -> None:
        actor, now = host.actor(), host.clock.now()

        def read(elder: ElderDetail) -> None:
            page.focus_record(elder.enrolment.id)
            then(page, elder)

        host.runner.query(page, lambda s: get_elder(s, actor, enrolment_id, now), read)

    host.go("checkins", Errand(do))


def _put_back(page: RoundPage, values: Values) -> None:
    pane = page.panel.form
    if pane is not None and pane.form is not None:
        pane.form.restore(values)
