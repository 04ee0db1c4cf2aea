"""看全号 and 导出: reasons, limits, scope, and a journal without a personal value."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from centerdesk.features.people.commands_acts import ExportList, RevealResident
from centerdesk.features.people.queries import LedgerFilter
from centerdesk.features.people.queries_detail import get_resident, timeline
from centerdesk.kernel.canonical import dumps
from centerdesk.kernel.errors import PermissionDenied, ValidationError
from centerdesk.kernel.journal import JournalImage, JournalOp, verify_chain
from tests.helpers.people import id_number

pytestmark = [pytest.mark.db, pytest.mark.databases]
NUMBER = id_number(date(1948, 4, 12), 24)


def _ops(town, action):
    with town.station.read() as session:
        return session.scalars(select(JournalOp).where(JournalOp.action == action)).all()


def test_a_reveal_answers_all_numbers_and_is_booked_without_them(town):
    resident_id = town.add(id_no=NUMBER, phones="13812345678、0454-8618888")
    shown = town.station.run(RevealResident(resident_id, "核对证件"))
    assert (shown.id_no, shown.phones) == (NUMBER, ("13812345678", "0454-8618888"))
    assert NUMBER not in repr(shown)
    (op,) = _ops(town, "RevealResident")
    assert (op.object_id, op.reason, op.undoable) == (resident_id, "核对证件", False)
    with town.station.read() as session:
        entries = [
            dumps({c.key: getattr(o, c.key) for c in JournalOp.__table__.columns})
            for o in session.scalars(select(JournalOp))
        ]
        images = session.scalars(select(JournalImage).where(JournalImage.op_id == op.id)).all()
        assert verify_chain(session, town.station.ring.journal_key).ok
    assert images == []
    assert not any(
        secret in entry for entry in entries for secret in (NUMBER, "13812345678", "8618888", "李桂兰")
    )


def test_the_reason_is_asked_once_a_record_and_day(town):
    station = town.station
    first, other = town.add("李桂兰", id_no=NUMBER), town.add("吴凤琴", door="3-2-502")
    for reason in ("", "好奇", "核对证件 "):
        with pytest.raises(ValidationError):
            station.run(RevealResident(first, reason))
    station.run(RevealResident(first, "帮办业务"))
    station.run(RevealResident(first, ""))
    assert [op.reason for op in _ops(town, "RevealResident")] == ["帮办业务", "帮办业务"]
    with pytest.raises(ValidationError):
        station.run(RevealResident(other, ""))
    station.sign_in("front_desk")
    with pytest.raises(ValidationError):
        station.run(RevealResident(first, ""))
    station.sign_in("secretary")
    station.clock.advance(timedelta(days=1))
    with station.read() as session:
        assert get_resident(session, station.actor, station.clock, first).reveal_reason == ""
    with pytest.raises(ValidationError):
        station.run(RevealResident(first, ""))


@pytest.mark.parametrize(("role", "limit"), [("front_desk", 60), ("grid_worker", 20), ("secretary", None)])
def test_the_days_limit_of_each_role(town, role, limit):
    station = town.station
    resident_id = town.add(id_no=NUMBER)
    station.sign_in(role, scope=frozenset({town.grid_a}))
    for _ in range(limit or 61):
        station.run(RevealResident(resident_id, "核对证件"))
    if limit is None:
        return
    with pytest.raises(PermissionDenied, match=f"{limit} 次"):
        station.run(RevealResident(resident_id, "核对证件"))
    station.clock.advance(timedelta(days=1))
    station.run(RevealResident(resident_id, "核对证件"))


def test_a_grid_worker_reveals_only_the_own_grid_and_an_administrator_nobody(town):
    station = town.station
    mine, other = town.add("李桂兰", id_no=NUMBER), town.add("李国梁", door="5-1-402")
    station.sign_in("grid_worker", scope=frozenset({town.grid_a}))
    station.run(RevealResident(mine, "核对证件"))
    with pytest.raises(PermissionDenied):
        station.run(RevealResident(other, "核对证件"))
    station.sign_in("administrator")
    with pytest.raises(PermissionDenied):
        station.run(RevealResident(mine, "核对证件"))


def test_looking_is_no_news_in_the_timeline(town):
    station = town.station
    resident_id = town.add(id_no=NUMBER)
    station.run(RevealResident(resident_id, "核对证件"))
    with station.read() as session:
        rows = timeline(session, station.actor, "resident", resident_id, None, 10)
    assert [(row.title, row.detail) for row in rows] == [("新增居民", "测试secretary")]


def test_an_export_is_booked_with_count_filter_and_checksum_but_no_words(town):
    digest = hashlib.sha256(b"file").digest()
    wanted = LedgerFilter("alone", "李桂兰", frozenset({"低保"}), frozenset({town.grid_a}), 70)
    town.station.run(ExportList(118, wanted, digest))
    (op,) = _ops(town, "ExportList")
    kept = op.reason.removeprefix("sha256 ")
    assert base64.urlsafe_b64decode(kept + "=" * (-len(kept) % 4)) == digest
    assert len(op.reason) <= 60
    assert op.counts == {
        "rows": 118, "masked": 1, "searched": 1, "view:alone": 1, "tag:低保": 1, "grids": 1, "min_age": 70,
    }  # fmt: skip
    assert "李桂兰" not in dumps({"reason": op.reason, "counts": op.counts})
    town.station.sign_in("administrator")
    with pytest.raises(PermissionDenied):
        town.station.run(ExportList(1, wanted, digest))
