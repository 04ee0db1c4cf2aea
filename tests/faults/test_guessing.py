"""G35: wrong passwords are slowed and locked, whatever is done to the clock and however often the desk starts."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from centerdesk.app.watcher import watch_once
from centerdesk.features.staff import api as staff
from centerdesk.features.staff import passwords
from centerdesk.features.staff.commands import FOUND, FoundAccount, ResetPassword
from centerdesk.features.staff.commands_sign_in import SIGN_IN, RecordSignIn, name_guard
from centerdesk.features.staff.rules import TRIES_A_DAY
from centerdesk.kernel.identity import system_actor
from tests.faults.guesser import GOOD, LOGINS, Counting, Machine
from tests.helpers.elders import at, small_town
from tests.helpers.station import NOW, StationFixture, make_station

pytestmark = [pytest.mark.faults, pytest.mark.db]

ROOT = Path(__file__).resolve().parents[2]
GUESSES = 10_000
LIVES = 40 if os.environ.get("CENTERDESK_TEST_TARGETS") == "full" else 10


@pytest.fixture
def station(tmp_path: Path):
    made = make_station(tmp_path)
    for login in LOGINS:
        made.run(FoundAccount(login, login, GOOD, ("front_desk",)), actor=system_actor([FOUND]))
    yield made
    made.close()


def try_as(station: StationFixture, login: str, password: str) -> staff.SignInRefused | None:
    try:
        staff.sign_in(station.database.read_session, station.bus, login, password, lambda _s, _a: frozenset())
    except staff.SignInRefused as refused:
        return refused
    return None


def allowed(seconds: float) -> int:
    """How many tries the rule leaves in so much real time: five, then after 1, 2, 4, 8, 16, 30, 30 … minutes."""
    tries, wait, left = 5, 60.0, seconds
    while left >= wait:
        tries, left, wait = tries + 1, left - wait, min(wait * 2, 1800.0)
    return tries


@pytest.mark.skipif(sys.platform == "win32", reason="the harness forks")
def test_ten_thousand_guesses_with_restarts_and_clocks_set_get_no_more_than_the_rule(
    station: StationFixture, tmp_path: Path
) -> None:
    """Ten processes (full: forty), one after the other on the same file; every second one after a reboot."""
    seed = int(os.environ.get("CENTERDESK_SEED", random.randrange(10**6)))
    (tmp_path / "key.hex").write_text(station.ring.data_key.expose().hex())
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.guesser", str(tmp_path), str(seed), str(GUESSES // LIVES), str(LIVES),
         NOW.isoformat()],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert run.returncode == 0, f"seed {seed}: {run.stderr[-2000:]}"
    found = json.loads(run.stdout)
    times, words = found["checked"], found["words"]
    told = f"seed {seed}: {len(times)} guesses were checked"
    assert 5 <= len(times) <= allowed(found["took"]), told
    for n, when in enumerate(times):
        assert n + 1 <= allowed(when - times[0] + 1), f"{told}, the {n + 1}th after {when:.0f} s"
    assert words["known"] == words["unknown"]
    assert len(words["known"]) == 1


def test_three_names_in_turn_lock_the_desk_for_each_of_them(station: StationFixture) -> None:
    for n in range(5):
        refused = try_as(station, LOGINS[n % 3], "猜一猜猜一猜")
        assert refused is not None
    assert refused.wait == timedelta(minutes=1)
    locked = try_as(station, LOGINS[0], GOOD)
    assert locked is not None
    assert locked.wait == timedelta(minutes=1)
    station.clock.advance(timedelta(minutes=1))
    assert try_as(station, LOGINS[0], GOOD) is None
    assert try_as(station, LOGINS[1], GOOD) is None


def test_a_right_password_that_was_being_checked_while_the_name_was_locked_opens_nothing(
    station: StationFixture,
) -> None:
    """Many at once: each was let in to the check before the fifth of the others was booked."""
    with station.read() as session:
        account = next(a.id for a in staff.list_accounts(session) if a.login == LOGINS[0])
    for _ in range(5):
        try_as(station, LOGINS[0], "猜一猜猜一猜")
    late = RecordSignIn(name_guard(station.ring.cipher, LOGINS[0]), account, right=True)
    assert not station.bus.run(late, actor=system_actor([SIGN_IN], station.site.desk)).value
    refused = try_as(station, LOGINS[0], GOOD)
    assert refused is not None
    assert refused.wait == timedelta(minutes=1)


def test_another_desk_is_not_locked_but_the_name_is(station: StationFixture) -> None:
    for _ in range(5):
        try_as(station, LOGINS[0], "猜一猜猜一猜")
    object.__setattr__(station.site, "desk", "前台二号")
    assert try_as(station, LOGINS[1], GOOD) is None
    refused = try_as(station, LOGINS[0], GOOD)
    assert refused is not None
    assert refused.wait is not None


def test_a_hundred_wrong_ones_end_the_day_although_the_owner_signs_in_between(
    station: StationFixture,
) -> None:
    wrong = 0
    while wrong <= TRIES_A_DAY:
        refused = try_as(station, LOGINS[0], "猜一猜猜一猜")
        assert refused is not None
        if refused.wait is not None and refused.wait >= timedelta(days=1):
            break
        wrong += 1
        if wrong % 4 == 0 and wrong < TRIES_A_DAY:
            assert try_as(station, LOGINS[0], GOOD) is None
    assert wrong == TRIES_A_DAY - 1  # the hundredth says so itself
    assert "明天" in str(refused)
    assert try_as(station, LOGINS[1], GOOD) is None


def test_unknown_locked_wrong_and_right_cost_the_same_work(
    station: StationFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hash calls are counted, not time: one for every try that is looked at, none for one that must wait."""
    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for login, password in (
        ("没有这个人", "猜一猜猜一猜"),
        (LOGINS[0], "猜一猜猜一猜"),
        (LOGINS[0], GOOD),
        ("测试", ""),
    ):
        before = Counting.works
        try_as(station, login, password)
        assert Counting.works - before == 1, login
    for login in ("没有这个人", LOGINS[0]):
        for _ in range(5):
            try_as(station, login, "猜一猜猜一猜")
        before = Counting.works
        refused = try_as(station, login, "猜一猜猜一猜")
        assert refused is not None
        assert refused.wait is not None
        assert Counting.works == before
        station.clock.advance(timedelta(hours=2))


def test_a_clock_that_was_set_back_does_not_lock_for_ever(station: StationFixture) -> None:
    """A dead battery: the year 2000 after a lock; a minute of real time ends it."""
    for _ in range(5):
        try_as(station, LOGINS[0], "猜一猜猜一猜")
    station.clock.set(at("2000-01-01 00:00"))
    refused = try_as(station, LOGINS[0], GOOD)
    assert refused is not None
    assert refused.wait == timedelta(minutes=1)
    station.clock.advance(timedelta(minutes=1))
    assert try_as(station, LOGINS[0], GOOD) is None


def test_a_lock_is_counted_anew_after_a_restart_and_ends(station: StationFixture) -> None:
    """Not at once, whatever the clock says by then, and not never: a minute after the machine came up again."""
    for _ in range(5):
        try_as(station, LOGINS[0], "猜一猜猜一猜")
    machine = Machine(station.clock.now() + timedelta(hours=3), ticks=20.0)
    object.__setattr__(station.site, "clock", machine)
    for seconds in (59, 1):
        refused = try_as(station, LOGINS[0], GOOD)
        assert refused is not None
        assert refused.wait is not None
        machine.pass_by(seconds)
    assert try_as(station, LOGINS[0], GOOD) is None


def test_a_new_password_from_the_administrator_opens_at_once(station: StationFixture) -> None:
    for _ in range(5):
        try_as(station, LOGINS[0], "猜一猜猜一猜")
    station.clock.advance(timedelta(minutes=1))  # the desk's own lock
    try_as(station, LOGINS[0], "猜一猜猜一猜")
    with station.read() as session:
        account = next(a.id for a in staff.list_accounts(session) if a.login == LOGINS[0])
    station.sign_in("administrator")
    station.run(ResetPassword(account, "kuai-le-de-yi-tian"))
    object.__setattr__(station.site, "desk", "前台二号")
    assert try_as(station, LOGINS[0], "kuai-le-de-yi-tian") is None


def test_alarms_are_raised_and_ring_while_everybody_is_locked_out(tmp_path: Path) -> None:
    made = make_station(tmp_path, at=at("2026-12-03 07:00"))
    town = small_town(made, homes=1)
    town.enrol("老人1", "甲")
    try:
        for n in range(300):
            try_as(made, f"没有的人{n}", "猜一猜猜一猜")
        made.clock.set(at("2026-12-03 11:00"))
        refused = try_as(made, "甲", GOOD)
        assert refused is not None
        assert refused.wait is not None
        seen = watch_once(lambda: made, play=lambda: True)
        assert len(seen.raised) == 1
        assert seen.ringing == seen.raised
    finally:
        made.close()
