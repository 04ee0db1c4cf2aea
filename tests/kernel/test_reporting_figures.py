"""Rates, changes and counts as FEATURES 3.3 has them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel.reporting.figures import change, rate, rate_text, signed_text


@pytest.mark.parametrize(
    ("n", "d", "text"),
    [
        (36, 37, "97.3%"),  # the reference value of FEATURES 3.3
        (35, 37, "94.6%"),
        (1169, 1176, "99.4%"),
        (126, 302, "41.7%"),
        (0, 37, "0.0%"),
        (37, 37, "100.0%"),
        (0, 0, "—"),
        (2999, 3000, "99.9%"),  # never 100.0 while one is missing
        (1, 3000, "0.1%"),  # never 0.0 while there is one
        (1, 800, "0.1%"),  # 0.125 down
        (3, 800, "0.4%"),  # 0.375 up
        (1, 16, "6.3%"),  # 6.25: half up, not half even
        (5, 4, "125.0%"),
    ],
)
def test_rate(n: int, d: int, text: str) -> None:
    assert rate_text(n, d) == text
    assert rate_text(n, d, sign=False) == text.removesuffix("%")


@pytest.mark.parametrize(("n", "d"), [(-1, 3), (1, -3)])
def test_negative_counts_are_refused(n: int, d: int) -> None:
    with pytest.raises(ValueError, match="never negative"):
        rate(n, d)


counts = st.integers(0, 10**9)


@given(counts, st.integers(1, 10**9))
def test_a_rate_says_neither_all_nor_none_unless_it_is_so(n: int, d: int) -> None:
    n = min(n, d)
    value = rate(n, d)
    assert value is not None
    assert (value == 100) == (n == d)
    assert (value == 0) == (n == 0)
    assert value == value.quantize(Decimal("0.1"))
    if 0 < n < d and Decimal("0.1") < value < Decimal("99.9"):
        exact = Decimal(n) * 100 / d
        assert Decimal("-0.05") < value - exact <= Decimal("0.05")


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_of_the_same_base_is_never_less(d: int, first: int, second: int) -> None:
    low, high = sorted((min(first, d), min(second, d)))
    low_rate, high_rate = rate(low, d), rate(high, d)
    assert low_rate is not None
    assert high_rate is not None
    assert low_rate <= high_rate


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (1176, 1203, "−2.2"),
        (13482, 13010, "+3.6"),
        (2, 1, "+100.0"),
        (5, 5, "0.0"),
        (100_000, 100, "+99,900.0"),
        (2001, 2000, "+0.1"),
        (1999, 2000, "−0.1"),
    ],
)
def test_change(now: int, before: int, text: str) -> None:
    value = change(now, before)
    assert value is not None
    assert signed_text(value) == text


@pytest.mark.parametrize("before", [0, None])
def test_no_base_no_change(before: int | None) -> None:
    assert change(7, before) is None
