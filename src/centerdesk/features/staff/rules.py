"""Rules of accounts: what a password must be, how wrong ones are slowed, which roles exist. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

ROLES = {"front_desk": "前台", "grid_worker": "网格员", "secretary": "书记", "administrator": "管理员"}
"""Role → what people call it (RELIABILITY 3.5)."""

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


@dataclass(frozen=True, slots=True)
class Guard:
    """Wrong passwords so far. `high_water`: the latest instant seen, so that setting the clock back gains nothing."""

    failures: int
    locked_until: datetime | None
    day: date
    tries_today: int
    high_water: datetime


def effective(guard: Guard | None, now: datetime) -> datetime:
    """The instant to judge by: never earlier than any seen before."""
    return now if guard is None else max(now, guard.high_water)


def waiting(guard: Guard | None, now: datetime, day: date) -> timedelta | None:
    """How long this name must wait before the next try; None when it may try now."""
    if guard is None:
        return None
    at = effective(guard, now)
    if guard.tries_today >= TRIES_A_DAY and guard.day >= day:
        return timedelta(days=1)
    if guard.locked_until is not None and at < guard.locked_until:
        return guard.locked_until - at
    return None


def after_failure(guard: Guard | None, now: datetime, day: date) -> Guard:
    """One more wrong password: five are free, then 1 minute, doubling to 30 for each further one."""
    at = effective(guard, now)
    old = guard or Guard(0, None, day, 0, now)
    failures = old.failures + 1
    lock = old.locked_until
    if failures >= FREE_TRIES:
        lock = at + min(FIRST_LOCK * 2 ** min(failures - FREE_TRIES, 10), LONGEST_LOCK)
    tries = old.tries_today + 1 if old.day >= day else 1
    return Guard(failures, lock, max(old.day, day), tries, at)


def after_success(guard: Guard | None, now: datetime) -> Guard | None:
    """A right password clears the count; the tries of the day stay."""
    if guard is None:
        return None
    return replace(guard, failures=0, locked_until=None, high_water=effective(guard, now))
