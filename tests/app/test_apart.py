"""Heavy acts in a process of their own: what comes of them is what would have come of them in the desk."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from centerdesk.app.apart import beside
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.checks import content_checks
from centerdesk.features.people import api as people
from centerdesk.features.people.commands_import import HEAVY_FROM, ImportRoster
from centerdesk.features.people.commands_trial import TryRoster
from centerdesk.features.people.models import Resident
from centerdesk.features.people.ui.import_page import ImportPage
from centerdesk.features.people.ui.pages import LedgerPage
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands import DeactivateAccount, SetRoles
from centerdesk.kernel.apart import Apart
from centerdesk.kernel.apart_pipe import WorkerBug
from centerdesk.kernel.errors import Cancelled, PermissionDenied, SecondPersonNeeded, UserError
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.journal import JournalOp, verify_chain
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.undo import WithdrawBatch
from tests.app.conftest import PASSWORD
from tests.helpers.apart import ENDS, SECRET, ByTwo, Dawdles, EndsIn, WhoAndWhere, named, persons
from tests.helpers.pagehost import page_host, settle, show_page

pytestmark = [pytest.mark.db, pytest.mark.faults]


@pytest.fixture
def station(made) -> Iterator[OpenStation]:
    """The secretary is at the desk, and heavy acts go to a worker."""
    opened = beside(made[0])
    opened.sign_in("许文静", PASSWORD)
    yield opened
    assert opened.bus.apart is not None
    opened.bus.apart.close()


def _residents(station: OpenStation) -> int:
    with station.database.read_session() as session:
        return session.scalar(select(func.count()).select_from(Resident)) or 0


def _chain_holds(station: OpenStation) -> bool:
    with station.database.read_session() as session:
        return verify_chain(session, station.ring.journal_key).ok


def test_a_heavy_act_is_done_elsewhere_by_the_same_person_and_clock(station):
    done = station.bus.run(WhoAndWhere()).value.split()
    assert int(done[0]) != os.getpid()
    assert done[1:] == ["许文静", "secretary", station.clock.now().isoformat()]
    assert station.bus.run(WhoAndWhere()).value.split()[0] == done[0], "the worker stays for the next"
    with station.database.read_session() as session:
        op = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc())).first()
    assert (op.action, op.actor, op.station) == ("WhoAndWhere", "许文静", "云和社区")
    assert _chain_holds(station)


def test_without_a_worker_it_is_done_here(made):
    station = made[0]
    station.bus.apart = Apart([str(station.data.root / "no such program")])
    station.sign_in("许文静", PASSWORD)
    assert station.bus.run(WhoAndWhere()).value.split()[0] == str(os.getpid())


def test_a_worker_that_cannot_open_the_station_leaves_it_to_the_desk(station):
    station.data.machine_key.unlink()
    assert station.bus.run(WhoAndWhere()).value.split()[0] == str(os.getpid())


@pytest.mark.parametrize("end", ENDS)
def test_refusals_cross_over_as_they_are(station, end):
    before = _ops(station)
    with pytest.raises(UserError) as caught:
        station.bus.run(EndsIn(end))
    assert type(caught.value) is type(ENDS[end])
    assert (str(caught.value), vars(caught.value)) == (str(ENDS[end]), vars(ENDS[end]))
    assert _ops(station) == before


def test_an_unforeseen_error_crosses_over_without_its_words(station):
    with pytest.raises(WorkerBug) as caught:
        station.bus.run(EndsIn())
    assert SECRET not in repr(caught.value)
    assert str(caught.value) in "".join(path.name for path in station.data.logs.glob("crash-*.txt"))
    assert not [path for path in station.data.logs.iterdir() if SECRET in path.read_text("utf-8")]
    assert station.bus.run(WhoAndWhere()).value


def test_rights_are_those_of_the_database_not_of_the_desk(station):
    """The administrator took the role away, and then the account, since somebody signed in here."""
    clerk = station.authenticate("赵雪", PASSWORD)
    by = {"actor": station.authenticate("高翔", PASSWORD), "second": station.actor}
    assert station.bus.run(WhoAndWhere(), actor=clerk).value.split()[1] == "赵雪"
    station.bus.run(SetRoles(clerk.account_id, _version(station, clerk), ("grid_worker",)), **by)
    with pytest.raises(PermissionDenied):
        station.bus.run(WhoAndWhere(), actor=clerk)
    station.bus.run(DeactivateAccount(clerk.account_id, _version(station, clerk)), **by)
    with pytest.raises(PermissionDenied, match="已经停用"):
        station.bus.run(WhoAndWhere(), actor=clerk)


def _version(station: OpenStation, actor: Actor) -> int:
    with station.database.read_session() as session:
        return next(row.version for row in staff.list_accounts(session) if row.id == actor.account_id)


def test_the_second_person_is_asked_for_there_too(station):
    second = station.authenticate("赵雪", PASSWORD)
    assert station.bus.run(ByTwo(), second=second).value == "赵雪"
    with pytest.raises(SecondPersonNeeded):
        station.bus.run(ByTwo(), second=replace(second, account_id=station.actor.account_id))
    promoted = replace(station.authenticate("周敏", PASSWORD), grants=station.actor.grants)
    with pytest.raises(PermissionDenied):
        station.bus.run(ByTwo(), second=promoted)


def test_a_stop_is_heard_and_nothing_is_kept(station):
    before, moved = _ops(station), []
    with pytest.raises(Cancelled):
        station.bus.run(Dawdles(), progress=lambda *now: moved.append(now), cancel=lambda: bool(moved))
    assert moved[0] == (1, 2)
    assert _ops(station) == before
    many = persons(HEAVY_FROM)
    assert station.bus.run(ImportRoster(many)).value["new"] == HEAVY_FROM, "the next one does not stop"


def test_a_large_roster_is_tried_and_booked_and_the_ledger_is_the_same(station):
    told, many = [], persons(HEAVY_FROM)
    trial = station.bus.run(TryRoster(many)).value
    assert (trial.new, trial.changed, trial.same) == (HEAVY_FROM, 0, 0)
    key = uuid7()
    out = station.bus.run(ImportRoster(many), key=key, progress=lambda *now: told.append(now))
    assert out.value == {"new": HEAVY_FROM, "changed": 0, "same": 0}
    assert out.changes.hits("resident", "household")
    assert told[-1] == (HEAVY_FROM, HEAVY_FROM)
    again = station.bus.run(ImportRoster(many), key=key)
    assert (again.value, again.repeated) == (out.value, True)
    assert station.bus.run(ImportRoster(persons(HEAVY_FROM))).value["same"] == HEAVY_FROM
    assert _residents(station) == HEAVY_FROM
    known = station.bus.known(key)
    assert known is not None
    assert known.changes.hits("resident", "household", "dwelling")
    station.bus.run(WithdrawBatch(out.changes.op_id))
    assert _residents(station) == 0
    assert _chain_holds(station)


def test_a_large_batch_is_withdrawn_elsewhere(station):
    """Every table is empty again, and so is the index; the person is told how far it is."""
    batch = station.bus.run(ImportRoster(persons(HEAVY_FROM))).changes.op_id
    station.bus.apart.close()
    told, key = [], uuid7()
    out = station.bus.run(WithdrawBatch(batch, HEAVY_FROM), key=key, progress=lambda *now: told.append(now))
    assert station.bus.apart.pid is not None
    assert _residents(station) == 0
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert {total for _done, total in told} == {out.value}
    assert told[0][0] < told[-1][0] == out.value
    assert out.changes.hits("resident", "household", "resident_tag")
    again = station.bus.run(WithdrawBatch(batch, HEAVY_FROM), key=key)
    assert (again.value, again.repeated) == (out.value, True)
    with station.database.read_session() as session:
        checks = [check(session) for check in content_checks(station.ring, station.clock)]
        assert [check.name for check in checks if not check.ok] == []
        assert people.count_indexed(session) == 0


def test_a_withdrawal_that_is_stopped_leaves_the_batch_whole(station):
    batch = station.bus.run(ImportRoster(persons(HEAVY_FROM))).changes.op_id
    ops, moved = _ops(station), []
    command = WithdrawBatch(batch, HEAVY_FROM)
    with pytest.raises(Cancelled):
        station.bus.run(command, progress=lambda *now: moved.append(now), cancel=lambda: bool(moved))
    assert (_residents(station), _ops(station)) == (HEAVY_FROM, ops)
    with station.database.read_session() as session:
        assert people.count_indexed(session) == HEAVY_FROM
    station.bus.run(command)
    assert _residents(station) == 0


def test_another_roster_is_not_taken_for_the_one_before(station):
    station.bus.run(TryRoster(persons(HEAVY_FROM)))
    station.bus.run(ImportRoster(named(HEAVY_FROM, "别")))
    with station.database.read_session() as session:
        assert set(session.scalars(select(func.substr(Resident.name, 1, 1)).distinct())) == {"别"}


@pytest.mark.gui
def test_what_a_worker_had_that_is_gone_is_not_kept(qtbot, station):
    roster = persons(HEAVY_FROM)
    last = roster[-1]
    station.bus.run(TryRoster(roster))
    del roster
    assert sys.getrefcount(last) > 2, "it is booked next, most likely"
    os.kill(station.bus.apart.pid, signal.SIGTERM)
    qtbot.waitUntil(lambda: sys.getrefcount(last) == 2)


@pytest.mark.gui
def test_the_pages_show_what_the_worker_wrote(qtbot, station, tmp_path):
    with page_host(station) as host:
        ledger = show_page(qtbot, LedgerPage, host)
        assert not ledger.model.rows()
        page = show_page(qtbot, ImportPage, host)
        page.start(_roster(tmp_path / "名单.xlsx"))
        settle(qtbot, host)
        assert station.bus.apart.pid is not None
        page.jobs.write()
        settle(qtbot, host)
        assert host.errors == []
        ledger.window().activateWindow()
        settle(qtbot, host)
        assert len(ledger.model.rows()) > 10
        assert _residents(station) == HEAVY_FROM


def _roster(path: Path) -> Path:
    book = Workbook()
    book.active.append(["姓名", "身份证号", "小区", "门牌", "联系电话"])
    for one in persons(HEAVY_FROM):
        book.active.append([one.name, one.id, one.address.compound, one.address.door.text, *one.phones])
    book.save(path)
    return path


def _ops(station: OpenStation) -> int:
    with station.database.read_session() as session:
        return session.scalar(select(func.count()).select_from(JournalOp)) or 0
