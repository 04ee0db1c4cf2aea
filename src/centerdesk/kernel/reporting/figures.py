"""How a figure is rounded and written: the one place for rates, changes and counts (FEATURES 3.3)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

NO_BASE = "—"
"""Printed where there is nothing to divide by (STANDARDS 3.2)."""

_TENTH = Decimal("0.1")
_LEAST = Decimal("0.1")
_MOST = Decimal("99.9")


def rate(n: int, d: int) -> Decimal | None:
    """n ÷ d in percent with one decimal, half up; None for a base of 0.

    Never 100.0 while n < d, never 0.0 while n > 0. Raises ValueError for a negative n or d.
    """
    if n < 0 or d < 0:
        raise ValueError("a rate counts cases: n and d are never negative")
    if d == 0:
        return None
    value = (Decimal(n) * 100 / Decimal(d)).quantize(_TENTH, ROUND_HALF_UP)
    if 0 < n < d:
        return min(max(value, _LEAST), _MOST)
    return value


def rate_text(n: int, d: int, *, sign: bool = True) -> str:
    """The rate as printed: `97.3%`, without the sign `97.3`, `—` for a base of 0."""
    value = rate(n, d)
    if value is None:
        return NO_BASE
    return f"{value}%" if sign else str(value)


def change(now: Decimal | int, before: Decimal | int | None) -> Decimal | None:
    """(now − before) ÷ before in percent, one decimal, half up; None where there is no base (环比, 同比)."""
    if not before:
        return None
    return (Decimal(now - before) * 100 / Decimal(before)).quantize(_TENTH, ROUND_HALF_UP)


def signed_text(value: Decimal) -> str:
    """`+3.6`, `−2.2` with the minus sign U+2212, `0.0` for no change."""
    if value == 0:
        return f"{abs(value)}"
    return f"{'+' if value > 0 else '−'}{abs(value):,}"
