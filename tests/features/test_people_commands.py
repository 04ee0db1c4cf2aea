"""Residents one at a time, through the bus, on a real encrypted file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from centerdesk.features.people import queries
from centerdesk.features.people.commands import AddResident, DuplicateResident, EditResident
from centerdesk.features.people.commands_acts import (
    RecordDeparture,
    RemoveResident,
    RestoreResident,
    VerifyUnchanged,
)
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries import LedgerFilter, LedgerOrder, count_hits, page_residents
from centerdesk.features.people.queries_detail import get_resident, timeline
from centerdesk.features.places.rules import Door
from centerdesk.kernel.chinese import name_key
from centerdesk.kernel.clock import today
from centerdesk.kernel.errors import (
    ConflictError,
    NotFound,
    PermissionDenied,
    SecondPersonNeeded,
    ValidationError,
)
from centerdesk.kernel.journal import JournalImage, JournalOp
from centerdesk.kernel.undo import UndoOperation
from tests.helpers.people import COMPOUND, draft, id_number

pytestmark = [pytest.mark.db, pytest.mark.databases]
BORN = date(1948, 4, 12)
NUMBER = id_number(BORN, 24)


def _names(town, **wanted):
    station = town.station
    with station.read() as session:
        page = page_residents(session, station.actor, station.clock, LedgerFilter(**wanted), None, 50)
    return [row.name for row in page.rows]


def test_adding_derives_birth_and_sex_and_keeps_numbers_sealed(town):
    resident_id = town.add(
        id_no=f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}", phones="13812345678、0454-8618888", sex=1
    )
    row = town.row(Resident, resident_id)
    assert (row.birth_on, row.sex, row.id_mask) == (BORN, 2, f"230811********{NUMBER[-4:]}")
    assert NUMBER.encode() not in row.id_sealed
    assert row.phone_mask == "138****5678"
    with town.station.read() as session:
        masks = session.scalars(select(ResidentPhone.mask).order_by(ResidentPhone.ordinal)).all()
        images = session.scalars(select(JournalImage.after)).all()
    assert masks == ["138****5678", "0454-***8888"]
    assert not any(NUMBER in (image or "") or "13812345678" in (image or "") for image in images)


def test_a_new_door_takes_the_grid_of_its_building(town):
    detail = _detail(town, town.add(door="3-2-501"))
    assert (detail.row.door, detail.row.grid) == ("3-2-501", "云和一网格")
    assert _detail(town, town.add("吴凤琴", door="7-1-101")).row.grid == "", (
        "an unknown building is in no grid"
    )


def _detail(town, resident_id):
    station = town.station
    with station.read() as session:
        return get_resident(session, station.actor, station.clock, resident_id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"id_no": NUMBER[:-1] + "5"}, "id_no"),
        ({"id_no": NUMBER[:-1]}, "id_no"),
        ({"phones": "1381234"}, "phones"),
        ({"door": "三楼那家"}, "door"),
        ({"compound": "没有的小区"}, "compound"),
        ({"tags": ("独居", "有猫")}, "tags"),
        ({"residence": "外星"}, "residence"),
        ({"birth_on": date(2027, 1, 1)}, "birth_on"),
        ({"move_in_on": date(2026, 12, 4)}, "move_in_on"),
        ({"relation": "关" * 21}, "relation"),
        ({"remark": "备" * 501}, "remark"),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_nothing_is_written(town, values, field):
    with pytest.raises(ValidationError) as caught:
        town.station.run(AddResident(draft(**{"name": "李桂兰", **values})))
    assert set(caught.value.fields) == {field}
    with town.station.read() as session:
        assert session.scalar(select(Resident.id)) is None


def test_the_same_number_twice_is_told_with_the_record_and_no_value(town):
    first = town.add(id_no=NUMBER)
    with pytest.raises(DuplicateResident) as caught:
        town.add("李桂蘭", id_no=NUMBER.lower())
    assert caught.value.resident_id == first
    assert NUMBER not in str(caught.value)
    assert "李桂兰" not in str(caught.value)
    second = town.add("吴凤琴", id_no="")
    with pytest.raises(DuplicateResident):
        town.station.run(EditResident(second, town.version(second), draft("吴凤琴", id_no=NUMBER)))


def test_editing_keeps_numbers_that_the_form_does_not_show(town):
    resident_id = town.add(id_no=NUMBER, phones="13812345678")
    town.station.run(EditResident(resident_id, town.version(resident_id), draft("李桂蓝", remark="改了名")))
    row = town.row(Resident, resident_id)
    assert (row.name, row.id_mask[-4:], row.phone_mask) == ("李桂蓝", NUMBER[-4:], "138****5678")
    assert _names(town, query=NUMBER[-4:], narrow=True) == ["李桂蓝"], "the last four still find the person"
    assert _names(town, query="5678", narrow=True) == ["李桂蓝"]


def test_a_stale_version_is_refused_and_nothing_changes(town):
    resident_id = town.add()
    before = town.version(resident_id)
    town.station.run(EditResident(resident_id, before, draft("李桂兰", remark="先到的")))
    with pytest.raises(ConflictError, match="刚被别人改过"):
        town.station.run(EditResident(resident_id, before, draft("李桂兰", remark="后到的")))
    assert town.row(Resident, resident_id).remark == "先到的"


def test_an_odd_door_need_not_be_read_again(town):
    resident_id = town.add(door="3-5楼西")
    door = _detail(town, resident_id).row.door
    town.station.run(EditResident(resident_id, town.version(resident_id), draft(door=door, remark="没搬")))
    assert _detail(town, resident_id).row.door == door


def test_one_head_a_household(town):
    head = town.add("李桂兰", relation="户主")
    with pytest.raises(ValidationError) as caught:
        town.add("李强", relation="户主")
    assert set(caught.value.fields) == {"relation"}
    home = town.row(Resident, head).household_id
    assert town.row(Household, home).head_id == head
    town.station.run(EditResident(head, town.version(head), draft("李桂兰", relation="父母")))
    assert town.row(Household, home).head_id is None
    son = town.add("李强", relation="户主")
    assert town.row(Resident, son).household_id == home
    assert town.row(Household, home).head_id == son
    assert town.row(Resident, head).relation_code == "50", "the code follows the word"


def test_a_relation_of_no_code_drops_the_old_one(town):
    resident_id = town.add(relation="户主")
    town.station.run(EditResident(resident_id, town.version(resident_id), draft(relation="表姨")))
    assert (town.row(Resident, resident_id).relation_code, town.row(Resident, resident_id).relation) == (
        "",
        "表姨",
    )


def test_a_head_that_moves_away_leaves_the_household_without_one(town):
    head = town.add(relation="户主")
    home = town.row(Resident, head).household_id
    town.station.run(EditResident(head, town.version(head), draft(relation="户主", door="3-2-502")))
    assert town.row(Household, home).head_id is None
    assert town.row(Household, town.row(Resident, head).household_id).head_id == head


def _tags(town, resident_id):
    with town.station.read() as session:
        rows = session.scalars(
            select(ResidentTag).where(ResidentTag.resident_id == resident_id).order_by(ResidentTag.id)
        ).all()
    return [(r.tag, r.first_on, r.last_on) for r in rows]


def test_tags_open_and_close_by_the_day(town):
    clock = town.station.clock
    day = today(clock)
    resident_id = town.add(tags=("独居", "低保"))
    clock.advance(timedelta(days=10))
    town.station.run(EditResident(resident_id, town.version(resident_id), draft(tags=("独居", "残疾"))))
    assert _tags(town, resident_id) == [
        ("独居", day, None),
        ("低保", day, day + timedelta(days=9)),
        ("残疾", day + timedelta(days=10), None),
    ]
    town.station.run(EditResident(resident_id, town.version(resident_id), draft(tags=("独居",))))
    assert [t for t in _tags(town, resident_id) if t[0] == "残疾"] == [], (
        "put on and off on one day never held"
    )
    assert _names(town, tags=frozenset({"低保"})) == []
    assert _names(town, tags=frozenset({"低保", "独居"})) == ["李桂兰"], "inside one chip it is an or"


def test_verifying_dates_person_and_household_with_the_name(town):
    resident_id = town.add()
    town.station.clock.advance(timedelta(days=70))
    assert _detail(town, resident_id).row.stale
    town.station.run(VerifyUnchanged(resident_id))
    detail = _detail(town, resident_id)
    assert (detail.row.stale, detail.verified_by) == (False, "测试secretary")


def test_departure_keeps_the_person_with_the_day(town):
    resident_id = town.add(relation="户主", move_in_on=date(2020, 1, 1))
    home = town.row(Resident, resident_id).household_id
    version = town.version(resident_id)
    for status, day in (("搬家", date(2026, 12, 1)), ("迁出", date(2026, 12, 4)), ("迁出", date(2019, 1, 1))):
        with pytest.raises(ValidationError):
            town.station.run(RecordDeparture(resident_id, version, status, day))
    town.station.run(RecordDeparture(resident_id, version, "迁出", date(2026, 12, 1)))
    row = town.row(Resident, resident_id)
    assert (row.status, row.left_on) == ("迁出", date(2026, 12, 1))
    assert town.row(Household, home).head_id is None
    assert _names(town) == []
    with pytest.raises(ConflictError, match="不在册"):
        town.station.run(VerifyUnchanged(resident_id))


def test_removing_takes_two_and_restoring_brings_back_what_was(town):
    station = town.station
    resident_id = town.add(relation="户主")
    town.station.run(RecordDeparture(resident_id, town.version(resident_id), "死亡", date(2026, 12, 1)))
    remove = RemoveResident(resident_id, town.version(resident_id))
    with pytest.raises(SecondPersonNeeded):
        station.run(remove)
    with pytest.raises(SecondPersonNeeded):
        station.run(remove, second=station.actor)
    one, other = station.actor, station.sign_in("secretary+front_desk")
    front = station.sign_in("front_desk")
    station.actor = one
    with pytest.raises(PermissionDenied):
        station.run(remove, second=front)
    station.run(remove, second=other)
    assert _names(town, view="bin") == ["李桂兰"]
    with station.read() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "RemoveResident"))
        assert (op.actor_id, op.second_id) == (one.account_id, other.account_id)
    with pytest.raises(ConflictError):
        station.run(RemoveResident(resident_id, town.version(resident_id)), second=other)
    station.run(RestoreResident(resident_id, town.version(resident_id)))
    assert town.row(Resident, resident_id).status == "死亡"
    with pytest.raises(ConflictError):
        station.run(RestoreResident(resident_id, town.version(resident_id)))


def test_restoring_a_head_waits_for_the_new_one(town):
    station = town.station
    head = town.add(relation="户主")
    one, other = station.actor, station.sign_in("secretary+front_desk")
    station.actor = one
    station.run(RemoveResident(head, town.version(head)), second=other)
    son = town.add("李强", relation="户主")
    with pytest.raises(ConflictError, match="别的户主"):
        station.run(RestoreResident(head, town.version(head)))
    station.run(EditResident(son, town.version(son), draft("李强", relation="子")))
    station.run(RestoreResident(head, town.version(head)))
    assert town.row(Household, town.row(Resident, head).household_id).head_id == head


def test_undo_brings_back_the_record_and_the_timeline_forgets_the_act(town):
    station = town.station
    resident_id = town.add(remark="原来")
    done = station.outcome(
        EditResident(resident_id, town.version(resident_id), draft(name="李改", remark="改过"))
    )
    station.run(UndoOperation(done.changes.op_id))
    assert (town.row(Resident, resident_id).name, town.row(Resident, resident_id).remark) == (
        "李桂兰",
        "原来",
    )
    assert _names(town, query="ligui", narrow=True) == ["李桂兰"], "the index was taken back too"
    with station.read() as session:
        rows = timeline(session, station.actor, "resident", resident_id, None, 10)
    assert [row.title for row in rows] == ["新增居民"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lgl", ["李桂兰", "李国梁"]),
        ("liguilan", ["李桂兰"]),
        ("桂兰", ["李桂兰"]),
        ("dan", ["单玉华"]),
        ("shan", ["单玉华"]),
        ("3-2-501", ["李桂兰"]),
        ("三栋二单元五零一", ["李桂兰"]),
        (NUMBER[-4:], ["李桂兰"]),
        ("7702", ["李国梁"]),
        ("无此人", []),
    ],
)
def test_search_puts_hits_first_and_narrows_on_demand(town, query, found):
    station = town.station
    town.add("李桂兰", id_no=NUMBER)
    town.add("李国梁", door="5-1-402", phones="13912347702")
    town.add("单玉华", door="5-1-301")
    assert sorted(_names(town, query=query, narrow=True)) == sorted(found)
    everybody = _names(town, query=query)
    assert sorted(everybody[: len(found)]) == sorted(found)
    assert len(everybody) == 3, "the rest follow"
    with station.read() as session:
        assert count_hits(session, station.actor, station.clock, LedgerFilter(query=query)) == len(found)


@pytest.mark.parametrize("by", ["name", "age", "door", "verified"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_any_order_neither_repeat_nor_slip(town, by, descending):
    station = town.station
    for n in range(9):
        born = date(1940 + n % 4, 1, 1) if n % 3 else None
        town.add(f"李{'甲乙丙丁戊己庚辛壬'[n]}", door=f"3-1-{n % 5 + 1}01" if n % 4 else "", birth_on=born)
    seen, key = [], None
    while True:
        with station.read() as session:
            page = page_residents(
                session,
                station.actor,
                station.clock,
                LedgerFilter(query="李甲"),
                key,
                2,
                LedgerOrder(by, descending),
            )
        seen += page.rows
        key = page.next_key
        if key is None:
            break
    assert len(seen) == len({row.id for row in seen}) == 9
    assert [row.hit for row in seen] == [True] + [False] * 8
    rest = [
        getattr(row, {"name": "sort_key", "age": "age", "door": "door", "verified": "verified_on"}[by])
        for row in seen[1:]
    ]
    if by == "name":
        assert rest == sorted(rest, reverse=descending)
    if by == "age":
        known = [age for age in rest if age is not None]
        assert known == sorted(known, reverse=not descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("chips", [{}, {"tags": frozenset({"独居"})}, {"min_age": 70}, {"view": "separated"}])
@pytest.mark.parametrize("query", ["李", "li", "3-1-2", "z"])
def test_hits_of_a_view_come_first_and_each_person_once(town, query, chips, descending):
    """Whatever the page: those the search finds in the order of names, then the others in the same order."""
    station = town.station
    for n, name in enumerate(
        ("李桂兰", "张立", "李国梁", "王丽", "李思", "赵强", "李甲", "周莉", "黎明", "孙二")
    ):
        town.add(
            name,
            door=f"3-1-{n % 3 + 1}01",
            birth_on=date(1940 + n * 4, 1, 1),
            tags=("独居",) if n % 2 else (),
            residence="人户分离" if n % 3 else "常住",
        )
    order = LedgerOrder("name", descending)

    def walk(limit, **more):
        seen, key = [], None
        while True:
            with station.read() as session:
                wanted = LedgerFilter(**chips, **more)
                page = page_residents(session, station.actor, station.clock, wanted, key, limit, order)
            seen += page.rows
            if (key := page.next_key) is None:
                return seen

    everybody = walk(50)
    hits = {row.id for row in walk(50, query=query, narrow=True)}
    wanted = sorted(everybody, key=lambda row: row.id not in hits)
    for limit in (1, 2, 3, 50):
        seen = walk(limit, query=query)
        assert [row.id for row in seen] == [row.id for row in wanted], limit
        assert [row.id for row in seen if row.hit] == [row.id for row in wanted if row.id in hits]
    assert [row.sort_key for row in everybody] == sorted(
        (row.sort_key for row in everybody), reverse=descending
    )


@pytest.mark.parametrize("descending", [False, True])
def test_hits_of_a_view_are_the_same_however_few_of_them_it_holds(town, descending):
    """Hits are looked at in steps; how large the next one is follows from how many of those seen are held."""
    station, year = town.station, today(town.station.clock).year
    persons = [
        RosterPerson(
            f"{'王' if n % 7 == 3 else '李'}{chr(0x4E00 + n)}", None, date(year - 20 - n * 37 % 70, 1, 1), "男",
            (), "H1", None, None, Address(None, Door()), None, (),
        )
        for n in range(70)
    ]  # fmt: skip
    station.run(ImportRoster(tuple(persons)))
    for oldest, limit in product((20, 40, 70, 87, 89, 99), (1, 2, 5, 40)):
        wanted = [
            (name_key(p.name), p.name) for p in persons if p.birth and p.birth <= date(year - oldest, 1, 1)
        ]
        hits = [name for _key, name in sorted(wanted, reverse=descending) if name[0] == "李"]
        rest = [name for _key, name in sorted(wanted, reverse=descending) if name[0] != "李"]
        asked = LedgerFilter(query="李", min_age=oldest)
        with station.read() as session:
            page = page_residents(
                session, station.actor, station.clock, asked, None, limit, LedgerOrder("name", descending)
            )
        assert [row.name for row in page.rows] == (hits + rest)[:limit]
        assert [row.hit for row in page.rows] == ([True] * len(hits) + [False] * len(rest))[:limit]
        assert (page.next_key is None) == (len(wanted) <= limit)


def test_hits_are_counted_up_to_a_bound(town, monkeypatch):
    station = town.station
    for name in ("李桂兰", "李国梁", "李思", "王丽"):
        town.add(name)
    for most, counted in ((9, 3), (3, 3), (2, 3), (1, 2)):
        monkeypatch.setattr(queries, "MOST_HITS", most)
        with station.read() as session:
            found = count_hits(session, station.actor, station.clock, LedgerFilter(query="李"))
        assert found == counted, most


def test_views_count_what_they_show(town):
    from centerdesk.features.people.queries import VIEWS, count_views

    station = town.station
    town.add("李桂兰", birth_on=date(1948, 12, 5), tags=("独居",))
    town.add("任桂英", birth_on=date(1938, 1, 1), residence="人户分离", tags=("独居",))
    town.add("李思齐", birth_on=date(2002, 1, 1), move_in_on=date(2026, 12, 1))
    town.station.clock.advance(timedelta(days=0))
    with station.read() as session:
        counts = count_views(session, station.actor, station.clock)
    assert counts == {view: len(_names(town, view=view)) for view in VIEWS}
    assert (counts["all"], counts["alone"], counts["aged80"], counts["separated"]) == (3, 1, 1, 1)
    assert (counts["moved_in"], counts["birthday"], counts["stale"]) == (1, 1, 0)


def test_a_grid_worker_sees_and_changes_only_the_own_grid(town):
    station = town.station
    mine, other = town.add("李桂兰"), town.add("李国梁", door="5-1-402")
    station.sign_in("grid_worker", scope=frozenset({town.grid_a}))
    assert _names(town) == ["李桂兰"]
    with pytest.raises(NotFound):
        _detail(town, other)
    for command in (
        EditResident(other, 1, draft("李国梁", door="5-1-402")),
        VerifyUnchanged(other),
        RecordDeparture(other, 1, "迁出", date(2026, 12, 1)),
        AddResident(draft("李外", door="5-1-101")),
        AddResident(draft("李无门", door="", compound="")),
    ):
        with pytest.raises((PermissionDenied, ValidationError)):
            station.run(command)
    station.run(VerifyUnchanged(mine))
    assert town.add("李强", door="3-2-502")


def test_moving_into_another_grid_is_not_for_its_worker(town):
    station = town.station
    mine = town.add("李桂兰")
    station.sign_in("grid_worker", scope=frozenset({town.grid_a}))
    with pytest.raises(PermissionDenied):
        station.run(
            EditResident(
                mine, town.version(mine), replace(draft("李桂兰"), door="5-1-101", compound=COMPOUND)
            )
        )
