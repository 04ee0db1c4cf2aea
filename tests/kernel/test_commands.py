"""The command bus on a real encrypted file: rights, transaction, keys, journal, undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from centerdesk.features.places.commands import AddGrid
from centerdesk.features.places.models import Compound, Grid
from centerdesk.kernel import journal, undo
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import Cancelled, ConflictError, NotFound, PermissionDenied, SecondPersonNeeded
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.orm import uuid7
from tests.helpers.station import StationFixture, make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]


@dataclass(frozen=True, slots=True)
class RenameGrid(Command[None]):
    """Test command with a version, as forms have it."""

    label: ClassVar[str] = "改网格名"
    permission: ClassVar[str] = "places.write"
    grid_id: UUID
    version: int
    name: str

    def execute(self, uow: UnitOfWork) -> None:
        uow.get(Grid, self.grid_id, self.version).name = self.name


@dataclass(frozen=True, slots=True)
class DropGrid(Command[None]):
    label: ClassVar[str] = "删网格"
    permission: ClassVar[str] = "places.write"
    grid_id: UUID

    def execute(self, uow: UnitOfWork) -> None:
        uow.session.delete(uow.get(Grid, self.grid_id))


@dataclass(frozen=True, slots=True)
class ManyCompounds(Command[int]):
    label: ClassVar[str] = "批量小区"
    permission: ClassVar[str] = "people.import"
    count: int

    def execute(self, uow: UnitOfWork) -> int:
        uow.bulk_insert(Compound, [{"name": f"小区{n}", "name_key": f"{n:05}"} for n in range(self.count)])
        uow.checkpoint(self.count, self.count)
        return self.count


@dataclass(frozen=True, slots=True)
class NeedsTwo(Command[None]):
    label: ClassVar[str] = "两个人"
    permission: ClassVar[str] = "staff.manage"
    second: ClassVar[bool] = True
    second_permission: ClassVar[str | None] = "staff.approve"

    def execute(self, uow: UnitOfWork) -> None:
        return None


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


def grid_name(station: StationFixture, grid_id: UUID) -> str | None:
    with station.read() as session:
        return session.scalar(select(Grid.name).where(Grid.id == grid_id))


def test_a_command_is_one_journalled_transaction(station: StationFixture) -> None:
    outcome = station.outcome(AddGrid("第一网格"))
    with station.read() as session:
        op = session.scalars(select(journal.JournalOp)).one()
    assert (op.action, op.actor, op.seq) == ("AddGrid", "secretary", 1)
    assert outcome.changes.hits("grid")
    assert outcome.changes.touched == {("grid", outcome.value)}
    assert grid_name(station, outcome.value) == "第一网格"


def test_a_refused_command_leaves_nothing(station: StationFixture) -> None:
    station.run(AddGrid("第一网格"))
    with pytest.raises(NotFound):
        station.run(RenameGrid(uuid7(), 1, "x"))
    with station.read() as session:
        assert session.scalar(select(func.count()).select_from(journal.JournalOp)) == 1


def test_nobody_signed_in_is_refused(station: StationFixture) -> None:
    station.actor = None
    with pytest.raises(PermissionDenied):
        station.run(AddGrid("第一网格"))


def test_a_role_without_the_right_is_refused(station: StationFixture) -> None:
    station.sign_in("front_desk")
    with pytest.raises(PermissionDenied):
        station.run(AddGrid("第一网格"))


def test_the_same_key_books_once_even_after_a_restart(station: StationFixture) -> None:
    """G24: crash after commit, before the reply: the retry answers with what was booked."""
    key = uuid7()
    first = station.outcome(AddGrid("第一网格"), key=key)
    again = station.outcome(AddGrid("第一网格"), key=key)
    assert (again.value, again.repeated) == (first.value, True)
    with station.read() as session:
        assert session.scalar(select(func.count()).select_from(Grid)) == 1


def test_a_stale_form_is_told_and_changes_nothing(station: StationFixture) -> None:
    grid = station.run(AddGrid("第一网格"))
    station.run(RenameGrid(grid, 1, "东网格"))
    with pytest.raises(ConflictError):
        station.run(RenameGrid(grid, 1, "西网格"))
    assert grid_name(station, grid) == "东网格"


@pytest.mark.parametrize("second", [None, "administrator", "front_desk"])
def test_a_two_person_act_wants_another_entitled_person(station: StationFixture, second: str | None) -> None:
    other = station.sign_in(second) if second else None
    station.sign_in("administrator")
    with pytest.raises(PermissionDenied) as refused:
        station.run(NeedsTwo(), second=other)
    if second != "front_desk":
        assert isinstance(refused.value, SecondPersonNeeded)


def test_a_two_person_act_runs_with_two(station: StationFixture) -> None:
    secretary = station.sign_in("secretary")
    station.sign_in("administrator")
    station.run(NeedsTwo(), second=secretary)
    with station.read() as session:
        op = session.scalars(select(journal.JournalOp)).one()
    assert op.second_id == secretary.account_id


def test_one_person_with_two_roles_is_still_one(station: StationFixture) -> None:
    both = station.sign_in("administrator+secretary")
    with pytest.raises(SecondPersonNeeded):
        station.run(NeedsTwo(), second=replace(both))


def latest(station: StationFixture, *, redo: bool = False) -> undo.Step | None:
    assert station.actor is not None
    with station.read() as session:
        find = undo.next_redo if redo else undo.next_undo
        return find(session, station.actor, station.clock)


def take_back(station: StationFixture, *, redo: bool = False) -> None:
    step = latest(station, redo=redo)
    assert step is not None
    station.run(undo.UndoOperation(step.op_id))


def test_undo_and_redo_walk_the_history(station: StationFixture) -> None:
    grid = station.run(AddGrid("一"))
    station.run(RenameGrid(grid, 1, "二"))
    take_back(station)
    assert grid_name(station, grid) == "一"
    take_back(station, redo=True)
    assert grid_name(station, grid) == "二"
    take_back(station)
    take_back(station)
    assert grid_name(station, grid) is None
    assert latest(station) is None
    take_back(station, redo=True)
    take_back(station, redo=True)
    assert grid_name(station, grid) == "二"
    assert latest(station, redo=True) is None


def test_a_deleted_row_comes_back_with_its_id(station: StationFixture) -> None:
    grid = station.run(AddGrid("一"))
    station.run(DropGrid(grid))
    take_back(station)
    assert grid_name(station, grid) == "一"


def test_undo_never_overwrites_a_colleague(station: StationFixture) -> None:
    grid = station.run(AddGrid("一"))
    station.run(RenameGrid(grid, 1, "二"))
    step = latest(station)
    station.sign_in("administrator")
    station.run(RenameGrid(grid, 2, "三"))
    station.sign_in("secretary")
    assert step is not None
    with pytest.raises(ConflictError):
        station.run(undo.UndoOperation(step.op_id))
    assert grid_name(station, grid) == "三"


def test_undo_is_for_ones_own_acts(station: StationFixture) -> None:
    station.run(AddGrid("一"))
    step = latest(station)
    station.sign_in("administrator")
    assert latest(station) is None
    assert step is not None
    with pytest.raises(PermissionDenied):
        station.run(undo.UndoOperation(step.op_id))


def test_undo_ends_with_the_shanghai_day(station: StationFixture) -> None:
    station.run(AddGrid("一"))
    station.clock.advance(timedelta(hours=15, minutes=18))  # 23:59 in Shanghai
    assert latest(station) is not None
    station.clock.advance(timedelta(minutes=1))
    assert latest(station) is None


def test_a_new_act_ends_redo(station: StationFixture) -> None:
    station.run(AddGrid("一"))
    take_back(station)
    station.run(AddGrid("二"))
    assert latest(station, redo=True) is None


def test_a_batch_is_withdrawn_as_a_whole(station: StationFixture) -> None:
    outcome = station.outcome(ManyCompounds(1200))
    assert outcome.changes.op_id is not None
    assert station.run(undo.WithdrawBatch(outcome.changes.op_id)) == 1200
    with station.read() as session:
        assert session.scalar(select(func.count()).select_from(Compound)) == 0
    with pytest.raises(ConflictError):
        station.run(undo.WithdrawBatch(outcome.changes.op_id))


def test_only_a_batch_that_a_person_took_in_is_withdrawn_as_one(station: StationFixture) -> None:
    grid = station.outcome(AddGrid("一")).changes.op_id
    machine = station.outcome(ManyCompounds(3), actor=system_actor(["people.import"])).changes.op_id
    station.sign_in("front_desk")
    for op_id in (grid, machine):
        with pytest.raises(NotFound):
            station.run(undo.WithdrawBatch(op_id))
    with station.read() as session:
        assert session.scalar(select(func.count()).select_from(Compound)) == 3
        assert session.scalar(select(func.count()).select_from(Grid)) == 1


def test_stopping_keeps_nothing(station: StationFixture) -> None:
    with pytest.raises(Cancelled):
        station.run(ManyCompounds(1200), cancel=lambda: True)
    with station.read() as session:
        assert session.scalar(select(func.count()).select_from(Compound)) == 0


def raw(station: StationFixture, statement: str) -> None:
    with station.intruder() as connection:
        connection.execute(text(statement))


def forge(station: StationFixture, statement: str) -> None:
    """The same past the triggers."""
    with station.intruder() as connection:
        station.disarm(connection)
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_op SET label='x'",
        "DELETE FROM journal_op",
        "INSERT OR REPLACE INTO journal_op SELECT * FROM journal_op",
        "TRUNCATE journal_op",
    ],
)
def test_the_journal_is_append_only(station: StationFixture, statement: str) -> None:
    if statement.startswith("TRUNCATE" if not station.schema else "INSERT"):
        pytest.skip("the other database's statement")
    station.run(AddGrid("一"))
    with pytest.raises(DBAPIError, match="append-only"):
        raw(station, statement)


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE journal_op SET label='x' WHERE seq=2", 2),
        ("DELETE FROM journal_op WHERE seq=2", 3),
        ("UPDATE journal_op SET seq=9 WHERE seq=1", 2),
        ("UPDATE journal_op SET actor='x' WHERE seq=1", 1),
    ],
)
def test_tampering_past_the_triggers_is_found(
    station: StationFixture, statement: str, broken_at: int
) -> None:
    for name in "一二三":
        station.run(AddGrid(name))
    with station.read() as session:
        assert journal.verify_chain(session, station.ring.journal_key).ok
    forge(station, statement)
    with station.read() as session:
        assert journal.verify_chain(session, station.ring.journal_key).broken_at == broken_at


def test_an_edited_image_is_found_and_a_removed_one_is_allowed(station: StationFixture) -> None:
    station.run(AddGrid("一"))
    raw(station, "UPDATE journal_image SET after=replace(after, '一', '二')")
    with station.read() as session:
        assert journal.verify_chain(session, station.ring.journal_key).bad_images == 1
    raw(station, "DELETE FROM journal_image")
    with station.read() as session:
        assert journal.verify_chain(session, station.ring.journal_key).ok
