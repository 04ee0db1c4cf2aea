"""Rules of accounts: what a password must be, how wrong ones are slowed, which roles exist. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from centerdesk.kernel.record import record

ROLES = {"administrator": "管理员", "secretary": "书记", "front_desk": "前台", "grid_worker": "网格员"}
"""Role → what people call it (RELIABILITY 3.5), in the order of lists and forms."""

MIN_LENGTH = 8
FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(minutes=30)
TRIES_A_DAY = 100

_COMMON = frozenset(
    [
        "password",
        "passw0rd",
        "password1",
        "password123",
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "qwertyui",
        "qwerty123",
        "abc12345",
        "abcd1234",
        "1qaz2wsx",
        "1q2w3e4r",
        "asdfghjk",
        "zxcvbnm1",
        "iloveyou",
        "admin123",
        "administrator",
        "woaini520",
        "woaini1314",
        "5201314",
        "a1234567",
        "a12345678",
        "aa123456",
        "qq123456",
        "zhang123",
        "centerdesk",
        "yunhe123",
        "shequ123",
        "dangqun123",
    ]
)


def password_problem(password: str, login: str, name: str = "") -> str | None:
    """The sentence that says why this password will not do; None when it will (NIST 800-63B: length, blocklist)."""
    folded = password.casefold()
    if len(password) < MIN_LENGTH:
        return f"密码至少 {MIN_LENGTH} 位，再加几位。"
    if folded in _COMMON or len(set(folded)) < 4:
        return "这个密码太多人用，一猜就中。换一个，几个不相干的词连起来就好记。"
    if _is_run(folded) or (login and folded == login.casefold()) or (name and name in password):
        return "密码里别用自己的名字、账号，也别用连着的数字字母。换一个。"
    return None


def _is_run(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})


@record
class Ticks:
    """What the machine's steady clock says, seconds, and which desk it is: no two machines tick alike."""

    desk: str
    seconds: float


@record
class Guard:
    """Wrong passwords so far. `high_water`: the latest instant seen, so that setting the clock back gains nothing.

    `ticks`: the steady clock at that moment, so that setting it forward gains nothing either.
    """

    failures: int
    locked_until: datetime | None
    day: date
    tries_today: int
    high_water: datetime
    ticks: Ticks | None = None


def _ticked(guard: Guard, ticks: Ticks | None) -> timedelta | None:
    """How long ago the guard was written by the steady clock; None on another desk or after a restart of this one."""
    if ticks is None or guard.ticks is None or guard.ticks.desk != ticks.desk:
        return None
    passed = ticks.seconds - guard.ticks.seconds
    return timedelta(seconds=passed) if passed >= 0 else None


def _lock(failures: int) -> timedelta:
    """How long so many wrong ones lock: five 1 minute, then doubling to 30."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(FIRST_LOCK * (1 << min(failures - FREE_TRIES, 10)), LONGEST_LOCK)


def effective(guard: Guard | None, now: datetime, ticks: Ticks | None = None) -> datetime:
    """The instant to judge by: never earlier than any seen before and what has ticked since."""
    if guard is None:
        return now
    return max(now, guard.high_water + (_ticked(guard, ticks) or timedelta()))


def restarted(guard: Guard | None, now: datetime, ticks: Ticks) -> Guard | None:
    """The guard counted anew from now, where this machine was restarted while it locked; None where nothing changed.

    Nobody can tell how long a machine was off: its clock may have been set meanwhile.
    """
    if guard is None or guard.ticks is None or guard.ticks.desk != ticks.desk or not _lock(guard.failures):
        return None
    if ticks.seconds >= guard.ticks.seconds:
        return None
    at = effective(guard, now)
    return replace(guard, locked_until=at + _lock(guard.failures), high_water=at, ticks=ticks)


def waiting(
    guard: Guard | None, now: datetime, day: date, ticks: Ticks | None = None, *, daily: bool = True
) -> timedelta | None:
    """How long this name must wait before the next try; None when it may try now.

    The longer of what the wall clock and the steady clock leave. `daily`: no more than so many tries a day.
    """
    if guard is None:
        return None
    if daily and guard.tries_today >= TRIES_A_DAY and guard.day >= day:
        return timedelta(days=1)
    left = [timedelta()]
    if guard.locked_until is not None:
        left.append(guard.locked_until - effective(guard, now, ticks))
        ticked = _ticked(guard, ticks)
        if ticked is not None:
            left.append(_lock(guard.failures) - ticked)
        elif ticks is not None and guard.ticks is not None and guard.ticks.desk == ticks.desk:
            left.append(_lock(guard.failures))
    return max(left) or None


def after_failure(guard: Guard | None, now: datetime, day: date, ticks: Ticks | None = None) -> Guard:
    """One more wrong password: five are free, then 1 minute, doubling to 30 for each further one."""
    at = effective(guard, now, ticks)
    old = guard or Guard(0, None, day, 0, now)
    failures = old.failures + 1
    lock = at + _lock(failures) if failures >= FREE_TRIES else old.locked_until
    tries = old.tries_today + 1 if old.day >= day else 1
    return Guard(failures, lock, max(old.day, day), tries, at, ticks)


def after_success(guard: Guard | None, now: datetime, ticks: Ticks | None = None) -> Guard | None:
    """A right password clears the count; the tries of the day stay."""
    if guard is None:
        return None
    at = effective(guard, now, ticks)
    return replace(guard, failures=0, locked_until=None, high_water=at, ticks=ticks)


def stand_ins(
    booked: Mapping[UUID, UUID], left: Collection[UUID], secretaries: Sequence[UUID]
) -> dict[UUID, UUID]:
    """Who really stands in for whom on a day: nobody's work may come to somebody who is not here either.

    `booked` is what the leaves of the day say, `left` the accounts that are switched off. A deputy who is away
    hands on to the next; where the chain ends with nobody, the first secretary who is here takes it.
    """
    away = booked.keys() | set(left)
    last_resort = next((s for s in secretaries if s not in away), None)
    found: dict[UUID, UUID] = {}
    for account in away:
        seen, here = {account}, booked.get(account)
        while here in away and here not in seen:
            seen.add(here)
            here = booked.get(here)
        present = here if here is not None and here not in away else last_resort
        if (deputy := present or booked.get(account)) is not None:
            found[account] = deputy
    return found
