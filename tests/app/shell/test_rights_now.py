"""Rights follow the books while somebody sits at the desk: leave, roles, an account that is switched off (S1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centerdesk.features.staff.api import list_accounts
from centerdesk.features.staff.commands import DeactivateAccount, SetRoles, TakeLeave
from tests.app.conftest import PASSWORD
from tests.helpers.elders import at

pytestmark = pytest.mark.qt_log_ignore("does not support raise")
DAY = date(2026, 12, 3)


class Office:
    """A desk with one person at it, and the administrator and the secretary at another one."""

    def __init__(self, desk, clock, who: str) -> None:
        self.desk, self.clock, self.station = desk, clock, desk.station
        self.others = {name: self.station.authenticate(name, PASSWORD) for name in ("高翔", "许文静")}
        self.station.sign_in(who, PASSWORD)
        self.window = desk.open()
        self.window.guard._timer.stop()
        with self.station.database.read_session() as session:
            self.accounts = {a.name: a for a in list_accounts(session)}

    def elsewhere(self, command, who: str, second: str | None = None) -> None:
        """The other desk writes; this one looks at the journal, as it does every two seconds."""
        self.station.bus.run(command, actor=self.others[who], second=self.others.get(second))
        self.window.pulses._feed.look()
        self.desk.settle()


@pytest.fixture
def office(founded_desk, clock):
    return lambda who: Office(founded_desk, clock, who)


def test_who_stands_in_from_now_on_has_the_grid_at_once(office):
    made = office("赵雪")
    assert made.window.actor().scope == frozenset()
    leave = TakeLeave(made.accounts["周敏"].id, made.accounts["赵雪"].id, DAY, DAY)
    made.elsewhere(leave, "许文静")
    assert len(made.window.actor().scope) == 1


def test_the_day_turns_while_the_desk_is_open(office):
    made = office("赵雪")
    tomorrow = DAY + timedelta(days=1)
    leave = TakeLeave(made.accounts["周敏"].id, made.accounts["赵雪"].id, tomorrow, tomorrow)
    made.elsewhere(leave, "许文静")
    assert made.window.actor().scope == frozenset()
    for text, grids in (("2026-12-04 00:00", 1), ("2026-12-05 00:00", 0)):
        made.clock.advance(at(text) - made.clock.now())
        made.window.guard.touched()
        made.window.guard.tick()
        made.desk.settle()
        assert len(made.window.actor().scope) == grids


def test_a_role_that_was_taken_away_is_gone_from_the_desk(office):
    made = office("赵雪")
    made.window.go("people")
    made.desk.settle()
    account = made.accounts["赵雪"]
    made.elsewhere(SetRoles(account.id, account.version, ("administrator",)), "高翔", "许文静")
    assert not made.window.actor().may("people.find")
    assert made.window.frame.page_id == "today"
    assert not made.window._rail.entry("people").isVisible()
    assert not made.window.registry.q_action("go.people", made.window).isVisible()


def test_an_account_that_was_switched_off_locks_the_desk_for_good(office):
    made = office("周敏")
    account = made.accounts["周敏"]
    made.elsewhere(DeactivateAccount(account.id, account.version), "高翔", "许文静")
    assert made.window.guard.locked
