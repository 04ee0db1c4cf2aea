"""Unfinished forms on the disk: sealed, for one account, for a while."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.drafts import KEPT_FOR, DraftName, DraftStore
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.keys import DataKey, KeyRing

NOW = datetime(2026, 12, 3, 0, 41, tzinfo=UTC)
ME, OTHER, RECORD = UUID(int=1), UUID(int=2), UUID(int=3)
NEW = DraftName("people.resident")
VALUES = {
    "name": "祁望春",
    "sex": 2,
    "empty": None,
    "agreed": True,
    "birth_on": date(1948, 5, 12),
    "at": NOW,
    "starts": time(7, 30),
    "worker": OTHER,
    "tags": ("独居", "高血压"),
    "days": frozenset({1, 4}),
}


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def ring():
    return KeyRing(DataKey.generate())


@pytest.fixture
def store(tmp_path, ring, clock):
    return DraftStore(tmp_path, ring, clock)


def test_every_kind_of_value_comes_back(store):
    store.keep(ME, NEW, VALUES)
    (kept,) = store.found(ME)
    assert kept.name == NEW
    assert kept.at == NOW
    assert kept.values == VALUES


def test_a_value_nobody_knows_to_write_is_left_out(store):
    store.keep(ME, NEW, {"name": "祁望春", "sum": Decimal("1.5"), "nested": (("a",),)})
    assert store.found(ME)[0].values == {"name": "祁望春"}


def test_the_newest_stands_for_the_form_and_the_newest_form_first(store, clock):
    store.keep(ME, NEW, {"name": "甲"})
    store.keep(ME, DraftName("people.resident", RECORD), {"name": "乙"})
    clock.set(NOW + timedelta(minutes=1))
    store.keep(ME, NEW, {"name": "丙"})
    assert [(d.name.record, d.values["name"]) for d in store.found(ME)] == [(None, "丙"), (RECORD, "乙")]


def test_what_was_settled_is_gone_and_twice_is_no_harm(store, tmp_path):
    store.keep(ME, NEW, VALUES)
    store.drop(ME, NEW)
    store.drop(ME, NEW)
    assert store.found(ME) == ()
    assert list(tmp_path.iterdir()) == []


def test_only_whose_it_is(store):
    store.keep(ME, NEW, VALUES)
    assert store.found(OTHER) == ()


def test_the_folder_tells_nothing(store, tmp_path):
    store.keep(ME, NEW, VALUES)
    (path,) = tmp_path.iterdir()
    inside = path.name.encode() + path.read_bytes()
    for said in ("祁望春", "独居", "resident", "1948", str(ME)):
        assert said.encode() not in inside


def test_another_stations_key_and_a_damaged_file_are_passed_over(store, tmp_path, clock):
    store.keep(ME, NEW, VALUES)
    assert DraftStore(tmp_path, KeyRing(DataKey.generate()), clock).found(ME) == ()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    (tmp_path / "half.draft").write_bytes(b"")
    assert store.found(ME) == ()


def test_a_file_under_another_name_does_not_open(store, tmp_path):
    """A draft cannot be handed to another account by renaming it."""
    store.keep(ME, NEW, VALUES)
    store.keep(OTHER, NEW, {"name": "别人"})
    mine = next(p for p in tmp_path.iterdir() if store.found(ME))
    mine.rename(tmp_path / f"{'0' * 32}.draft")
    assert len(store.found(ME)) + len(store.found(OTHER)) == 1


def test_nobody_is_asked_after_a_fortnight(store, tmp_path, clock):
    store.keep(ME, NEW, VALUES)
    clock.set(NOW + KEPT_FOR + timedelta(seconds=1))
    assert store.found(ME) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_says_so(ring, clock, tmp_path):
    store = DraftStore(tmp_path / "gone", ring, clock)
    with pytest.raises(EnvironmentFault):
        store.keep(ME, NEW, VALUES)
