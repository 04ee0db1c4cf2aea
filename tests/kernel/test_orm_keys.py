"""Keys: time-ordered, unique; repeatable where the demo asks for it, and only there."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from centerdesk.kernel.orm import repeatable_keys, uuid7

START = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


def drawn(seed: str, count: int = 10_000) -> list:
    with repeatable_keys(seed, START):
        return [uuid7() for _ in range(count)]


def test_same_seed_same_keys_in_making_order() -> None:
    first, second = drawn("云和社区"), drawn("云和社区")
    assert first == second == sorted(set(first))
    assert {key.version for key in first} == {7}


def test_other_seed_other_keys() -> None:
    assert not set(drawn("云和社区")) & set(drawn("松涛社区"))


def test_usual_keys_come_back_even_after_an_error() -> None:
    with pytest.raises(RuntimeError), repeatable_keys("云和社区", START):
        raise RuntimeError
    assert not set(drawn("云和社区", 100)) & {uuid7() for _ in range(100)}
