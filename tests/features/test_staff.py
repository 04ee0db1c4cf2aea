"""Accounts: passwords, sign-in and its guard (G35), roles that take one another over, two-person acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands import (
    FOUND,
    CreateAccount,
    DeactivateAccount,
    FoundAccount,
    ResetPassword,
    SetRoles,
    TakeLeave,
)
from centerdesk.features.staff.queries import holders, list_accounts
from centerdesk.features.staff.rules import (
    LONGEST_LOCK,
    TRIES_A_DAY,
    Guard,
    after_failure,
    after_success,
    password_problem,
    waiting,
)
from centerdesk.kernel.errors import ConflictError, PermissionDenied, SecondPersonNeeded, ValidationError
from centerdesk.kernel.identity import Actor, Reach, system_actor
from centerdesk.kernel.journal import JournalOp
from tests.helpers.station import StationFixture, make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

NOW = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
DAY = date(2026, 12, 3)
GOOD = "窗外有六棵大榆树"
OTHER = "kuai-le-de-yi-tian"


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("窗外有六棵大树", False),  # seven characters
        ("窗外有六棵大榆树", True),
        ("12345678", False),
        ("Password", False),
        ("abcdefgh", False),
        ("87654321", False),
        ("zzzzzzzz", False),
        ("zhoumin-2026", True),
        ("周敏的密码是这个", False),  # holds the person's name
        ("correct horse battery", True),
    ],
)
def test_what_a_password_must_be(password: str, fine: bool) -> None:
    assert (password_problem(password, "zhoumin", "周敏") is None) is fine


def test_five_wrong_are_free_then_the_wait_doubles_to_half_an_hour() -> None:
    guard, now, waits = None, NOW, []
    for _ in range(12):
        guard = after_failure(guard, now, DAY)
        wait = waiting(guard, now, DAY)
        waits.append(int(wait.total_seconds()) // 60 if wait else 0)
        now += wait or timedelta()
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]


def test_a_right_password_clears_the_count_but_not_the_day() -> None:
    guard = Guard(7, NOW + timedelta(minutes=4), DAY, 7, NOW)
    after = after_success(guard, NOW + timedelta(hours=1))
    assert after is not None
    assert (after.failures, after.locked_until, after.tries_today) == (0, None, 7)


def test_no_more_than_a_hundred_tries_a_day() -> None:
    guard = Guard(0, None, DAY, TRIES_A_DAY, NOW)
    assert waiting(guard, NOW + timedelta(hours=5), DAY) == timedelta(days=1)
    assert waiting(guard, NOW + timedelta(days=1), DAY + timedelta(days=1)) is None


@given(st.lists(st.integers(-86_400 * 400, 7200), max_size=60))
def test_setting_the_clock_back_never_shortens_a_wait(steps: list[int]) -> None:
    """The wait is judged by the latest instant ever seen."""
    guard, now = None, NOW
    for step in steps:
        guard = after_failure(guard, now, DAY)
        before = waiting(guard, now, DAY)
        now = now + timedelta(seconds=step)
        after = waiting(guard, now, DAY)
        if step <= 0 and before is not None:
            assert after is not None
            assert after >= before or after <= LONGEST_LOCK


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


def found(station: StationFixture, login: str, *roles: str) -> UUID:
    return station.run(FoundAccount(login, login, GOOD, roles), actor=system_actor([FOUND]))


def seen(station: StationFixture, account: UUID) -> staff.AccountRow:
    """The account as a list shows it now."""
    with station.read() as session:
        return next(row for row in list_accounts(session) if row.id == account)


def sign_in(station: StationFixture, login: str, password: str) -> Actor:
    return staff.sign_in(
        station.database.read_session, station.bus, login, password, lambda _s, _a: frozenset()
    )


def test_signing_in_gives_the_roles_of_the_account(station: StationFixture) -> None:
    account = found(station, "周敏", "grid_worker")
    actor = sign_in(station, " 周敏 ", GOOD)
    assert (actor.account_id, actor.roles) == (account, ("grid_worker",))
    assert actor.reach("people.find") == Reach.OWN
    assert actor.reach("people.import") == Reach.NONE


def test_unknown_name_and_wrong_password_say_the_same(station: StationFixture) -> None:
    found(station, "周敏", "grid_worker")
    said = set()
    for login in ("周敏", "没有这个人"):
        with pytest.raises(staff.SignInRefused) as refused:
            sign_in(station, login, "不是这个密码呀")
        said.add(str(refused.value))
    assert len(said) == 1


def test_the_lock_holds_for_the_right_password_and_survives_a_reopening(station: StationFixture) -> None:
    found(station, "周敏", "grid_worker")
    for _ in range(5):
        with pytest.raises(staff.SignInRefused):
            sign_in(station, "周敏", "不是这个密码呀")
    with pytest.raises(staff.SignInRefused) as refused:
        sign_in(station, "周敏", GOOD)
    assert refused.value.wait is not None
    station.clock.advance(timedelta(seconds=61))
    assert sign_in(station, "周敏", GOOD).login == "周敏"


def test_each_try_is_journalled_without_the_password(station: StationFixture) -> None:
    found(station, "周敏", "grid_worker")
    with pytest.raises(staff.SignInRefused):
        sign_in(station, "周敏", "秘密的错误密码")
    with station.read() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "RecordSignIn")).one()
        texts = [str(v) for row in session.execute(select(JournalOp.__table__)) for v in row]
    assert op.reason == "密码不对"
    assert not any("秘密" in text for text in texts)


def test_the_second_account_takes_one_role_over(station: StationFixture) -> None:
    """RELIABILITY 3.5: who set the station up is both until another takes one of the two."""
    founder = found(station, "高翔", "administrator", "secretary")
    secretary = found(station, "许文静", "secretary")
    with station.read() as session:
        roles = {a.id: a.roles for a in list_accounts(session)}
        assert set(holders(session, "secretary")) >= {secretary}
    assert roles[founder] == ("administrator",)
    assert roles[secretary] == ("secretary",)


def test_making_an_account_wants_administrator_and_secretary(station: StationFixture) -> None:
    secretary = station.sign_in("secretary")
    station.sign_in("administrator")
    command = CreateAccount("赵雪", "赵雪", GOOD, ("front_desk",))
    with pytest.raises(SecondPersonNeeded):
        station.run(command)
    station.run(command, second=secretary)
    with station.read() as session:
        row = next(a for a in list_accounts(session) if a.login == "赵雪")
    assert row.must_change
    station.sign_in("secretary")
    with pytest.raises(PermissionDenied):
        station.run(CreateAccount("甲", "甲", GOOD, ("front_desk",)), second=station.sign_in("administrator"))


@pytest.mark.parametrize(
    ("login", "name", "password", "roles", "field"),
    [
        ("", "赵雪", GOOD, ("front_desk",), "login"),
        ("secretary", "赵雪", GOOD, ("front_desk",), "login"),
        ("a", "", GOOD, ("front_desk",), "name"),
        ("a", "赵雪", "短", ("front_desk",), "password"),
        ("a", "赵雪", GOOD, (), "roles"),
        ("a", "赵雪", GOOD, ("root",), "roles"),
    ],
)
def test_a_bad_account_is_refused_at_its_field(
    station: StationFixture, login: str, name: str, password: str, roles: tuple[str, ...], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        station.run(FoundAccount(login, name, password, roles), actor=system_actor([FOUND]))
    assert set(refused.value.fields) == {field}


def test_the_last_secretary_and_administrator_stay(station: StationFixture) -> None:
    secretary = station.sign_in("secretary")
    administrator = station.sign_in("administrator")
    assert secretary.account_id is not None
    version = seen(station, secretary.account_id).version
    with pytest.raises(ConflictError):
        station.run(SetRoles(secretary.account_id, version, ("front_desk",)), second=secretary)
    assert administrator.account_id is not None
    with pytest.raises(ConflictError):
        station.run(DeactivateAccount(administrator.account_id, 1), second=secretary)


def test_roles_that_another_administrator_has_changed_since_stay(station: StationFixture) -> None:
    account = found(station, "周敏", "grid_worker")
    secretary, _administrator = station.sign_in("secretary"), station.sign_in("administrator")
    before = seen(station, account).version
    station.run(SetRoles(account, before, ("grid_worker", "front_desk")), second=secretary)
    with pytest.raises(ConflictError, match="刷新"):
        station.run(SetRoles(account, before, ("grid_worker",)), second=secretary)
    assert seen(station, account).roles == ("front_desk", "grid_worker")
    station.run(SetRoles(account, seen(station, account).version, ("grid_worker",)), second=secretary)
    assert seen(station, account).roles == ("grid_worker",)


def test_a_role_that_went_to_somebody_else_makes_an_older_form_stale(station: StationFixture) -> None:
    """建站 leaves both leading roles with one person; a new account takes one of them over."""
    both = found(station, "许文静", "secretary", "administrator")
    before = seen(station, both).version
    found(station, "高翔", "administrator")
    assert seen(station, both).roles == ("secretary",)
    secretary, _administrator = station.sign_in("secretary"), station.sign_in("administrator")
    with pytest.raises(ConflictError, match="刷新"):
        station.run(SetRoles(both, before, ("secretary", "front_desk")), second=secretary)


def test_a_reset_password_must_be_changed(station: StationFixture) -> None:
    account = found(station, "周敏", "grid_worker")
    station.sign_in("administrator")
    station.run(ResetPassword(account, OTHER))
    station.actor = sign_in(station, "周敏", OTHER)
    with station.read() as session:
        assert staff.must_change_password(session, account)
    with pytest.raises(ValidationError) as refused:
        staff.change_password(station.bus, "不对的旧密码", GOOD)
    assert set(refused.value.fields) == {"old"}
    staff.change_password(station.bus, OTHER, GOOD)
    with station.read() as session:
        assert not staff.must_change_password(session, account)
    assert sign_in(station, "周敏", GOOD).account_id == account


def test_leave_names_who_stands_in(station: StationFixture) -> None:
    away, deputy = found(station, "周敏", "grid_worker"), found(station, "赵雪", "grid_worker")
    station.sign_in("secretary")
    station.run(TakeLeave(away, deputy, DAY, DAY + timedelta(days=2)))
    with station.read() as session:
        assert staff.deputies(session, DAY + timedelta(days=2)) == {away: deputy}
        assert staff.deputies(session, DAY + timedelta(days=3)) == {}
    with pytest.raises(ValidationError):
        station.run(TakeLeave(away, away, DAY, DAY))


def test_wrong_old_passwords_count_as_wrong_ones(station: StationFixture) -> None:
    found(station, "周敏", "grid_worker")
    station.actor = sign_in(station, "周敏", GOOD)
    for _ in range(5):
        with pytest.raises(ValidationError):
            staff.change_password(station.bus, "不对的旧密码", OTHER)
    with pytest.raises(staff.SignInRefused) as refused:
        staff.change_password(station.bus, GOOD, OTHER)
    assert refused.value.wait == timedelta(minutes=1)
    with pytest.raises(staff.SignInRefused):
        sign_in(station, "周敏", GOOD)
    station.clock.advance(timedelta(minutes=1))
    staff.change_password(station.bus, GOOD, OTHER)
    assert sign_in(station, "周敏", OTHER).login == "周敏"
