"""Booking rosters: all of it or nothing, the same file again changes nothing, withdrawn whole (G3)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from centerdesk.features.checkins.commands_enrol import EnrolElder
from centerdesk.features.people.commands import EditResident
from centerdesk.features.people.commands_import import FRONT_DESK_ROWS, ImportRoster
from centerdesk.features.people.commands_trial import TryRoster
from centerdesk.features.people.importing import RosterPerson, read_roster
from centerdesk.features.people.importing_result import Address
from centerdesk.features.people.importing_roster import compare_roster
from centerdesk.features.people.models import Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries import LedgerFilter, page_residents
from centerdesk.features.people.queries_detail import recent_imports
from centerdesk.features.places import api as places
from centerdesk.features.places.models import Dwelling
from centerdesk.features.places.rules import Door
from centerdesk.kernel.errors import Cancelled, ConflictError, PermissionDenied, ValidationError
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import resource
from centerdesk.kernel.spreadsheet_in import read_workbook
from centerdesk.kernel.undo import BATCH_DAYS, WithdrawBatch
from tests.helpers.people import id_number
from tests.helpers.station import make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "rosters"
GRIDS = [f"云和{n}网格" for n in "一二三四五六七八"]
COMPOUNDS = ["气象花园", "云和小区", "松涛里", "望江苑", "铁道家属楼"]


def _reading(path: Path):
    day = date(2026, 12, 3)
    return read_roster(read_workbook(path), known_grids=GRIDS, known_compounds=COMPOUNDS, today=day)


@pytest.fixture(scope="module")
def yunhe():
    return _reading(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"))


@pytest.fixture
def station(tmp_path):
    made = make_station(tmp_path)
    for name in GRIDS:
        made.run(places.AddGrid(name))
    for name in COMPOUNDS:
        made.run(places.AddCompound(name))
    yield made
    made.close()


def _count(station, model, *where):
    with station.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def _taken(reading):
    return tuple(row.person for row in reading.taken)


def test_the_whole_ledger_goes_in_once_and_only_once(station, yunhe):
    """G3, the part of the same file: the second run is 0 new, 0 changed; then it can be withdrawn whole."""
    persons = _taken(yunhe)
    done = station.outcome(ImportRoster(persons))
    assert done.value == {"new": 5928, "changed": 0, "same": 0}
    assert _count(station, Resident) == 5928
    assert _count(station, Household) == 2543
    assert _count(station, Resident, Resident.sex == 1) == 2827
    assert _count(station, ResidentTag, ResidentTag.tag == "独居") == 379
    assert _count(station, Resident, Resident.id_digest.is_(None)) == 8
    heads = _count(station, Household, Household.head_id.is_not(None))
    assert heads == len({p.household for p in persons if p.relation == "户主"}), "every head is known"
    trial = station.run(TryRoster(persons))
    assert (trial.new, trial.changed, trial.same, trial.samples) == (0, 0, 5928, ())
    assert station.run(ImportRoster(persons)) == {"new": 0, "changed": 0, "same": 5928}
    assert _count(station, Resident) == 5928
    with station.read() as session:
        assert compare_roster(session, station.actor, station.ring, persons) == {
            "new": 0,
            "changed": 0,
            "same": 5928,
        }
        page = page_residents(
            session, station.actor, station.clock, LedgerFilter(query=persons[0].name, narrow=True), None, 5
        )
        assert persons[0].name in [row.name for row in page.rows]
    changes = station.outcome(WithdrawBatch(done.changes.op_id)).changes
    assert changes.hits("resident"), "the pages hear of it"
    for model in (Resident, Household, ResidentPhone, ResidentTag, Dwelling):
        assert _count(station, model) == 0, model
    with station.read() as session:
        page = page_residents(
            session, station.actor, station.clock, LedgerFilter(query=persons[0].name, narrow=True), None, 5
        )
        assert page.rows == (), "the index is clean again"


@pytest.mark.parametrize("name", ["qixiang_register_trad.xls", "songtao_export_gb18030.csv"])
def test_the_other_rosters_alone_and_over_the_ledger(station, yunhe, name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the sample rosters are not beside this checkout")
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))["counts"]
    reading = _reading(path)
    persons = _taken(reading)
    assert len(persons) == expected["accepted"]
    assert station.run(ImportRoster(persons))["new"] == expected["accepted"]
    assert _count(station, Household) == expected["households_with_accepted_person"]
    assert station.run(ImportRoster(persons)) == {"new": 0, "changed": 0, "same": expected["accepted"]}


def _person(name="李桂兰", number=None, **values) -> RosterPerson:
    defaults = {
        "birth": date(1948, 4, 12), "sex": "女", "phones": ("13812345678",), "household": "H1", "relation": "户主",
        "relation_code": "02", "address": Address("云和小区", Door("3", "2", "5", "501")), "grid": "云和一网格",
        "tags": ("独居",),
    }  # fmt: skip
    return RosterPerson(name=name, id=number or id_number(date(1948, 4, 12), 24), **{**defaults, **values})


@pytest.mark.parametrize(
    ("change", "field", "before", "after"),
    [
        ({"name": "李桂蘭"}, "姓名", "李桂兰", "李桂蘭"),
        ({"phones": ("13912345678",)}, "电话", "138****5678", "139****5678"),
        ({"tags": ("低保",)}, "标签", "独居", "独居、低保"),
        (
            {"address": Address("云和小区", Door("3", "2", "5", "502"))},
            "门牌",
            "云和小区 3-2-501",
            "云和小区 3-2-502",
        ),
        ({"residence": "人户分离"}, "人户情况", "常住", "人户分离"),
        ({"relation": "母亲", "relation_code": "52"}, "与户主关系", "户主", "母亲"),
    ],
)
def test_what_changed_is_found_told_masked_and_written(station, change, field, before, after):
    person = _person()
    station.run(ImportRoster((person,)))
    changed = (replace(person, **change),)
    trial = station.run(TryRoster(changed))
    assert (trial.new, trial.changed, trial.same) == (0, 1, 0)
    assert [(s.name, s.change.field, s.change.before, s.change.after) for s in trial.samples] == [
        ("李桂兰", field, before, after)
    ]
    assert station.run(ImportRoster(changed)) == {"new": 0, "changed": 1, "same": 0}
    assert station.run(TryRoster(changed)).same == 1
    assert _count(station, Resident) == 1


@pytest.mark.parametrize(
    "silent",
    [{"phones": ()}, {"tags": ()}, {"residence": None}, {"address": Address(None, Door())}, {"remark": None}],
)
def test_a_file_that_says_nothing_takes_nothing_away(station, silent):
    person = _person(residence="人户分离", remark="腿脚不便")
    station.run(ImportRoster((person,)))
    assert station.run(ImportRoster((replace(person, **silent),))) == {"new": 0, "changed": 0, "same": 1}


def test_without_a_number_name_birth_and_door_say_who_it_is(station):
    person = replace(_person(), id=None)
    station.run(ImportRoster((person,)))
    assert station.run(ImportRoster((person,)))["same"] == 1
    assert station.run(ImportRoster((replace(person, birth=date(1950, 1, 1)),)))["new"] == 1


def test_whoever_an_import_changed_is_found_under_what_it_says(station):
    before, after = _person(), _person("李桂蓝", phones=("13912347702",))
    station.run(ImportRoster((before,)))
    assert station.run(ImportRoster((after,)))["changed"] == 1

    def finds(words):
        wanted = LedgerFilter(query=words, narrow=True)
        with station.read() as session:
            return bool(page_residents(session, station.actor, station.clock, wanted, None, 5).rows)

    assert {words: finds(words) for words in ("李桂蓝", "7702", after.id[-4:], "李桂兰", "5678")} == {
        "李桂蓝": True, "7702": True, after.id[-4:]: True, "李桂兰": False, "5678": False,
    }  # fmt: skip


def test_a_batch_with_later_edits_is_not_withdrawn(station):
    done = station.outcome(ImportRoster((_person(),)))
    with station.read() as session:
        row = page_residents(session, station.actor, station.clock, LedgerFilter(), None, 5).rows[0]
    from tests.helpers.people import draft

    station.run(EditResident(row.id, row.version, draft("李桂兰", compound="云和小区", remark="后来改的")))
    with pytest.raises(ConflictError, match="1 条后来改过"):
        station.run(WithdrawBatch(done.changes.op_id))
    assert _count(station, Resident) == 1


def test_a_batch_of_which_somebody_was_enrolled_is_not_withdrawn(station):
    """What hangs on its rows since leaves their counters alone; it is told all the same, and nothing goes."""
    done = station.outcome(ImportRoster((_person(), replace(_person(), id=None, name="王秀珍"))))
    with station.read() as session:
        elder = session.scalar(select(Resident.id).where(Resident.name == "王秀珍"))
    day = date(2026, 12, 3)
    station.run(EnrolElder(elder, station.actor.account_id, day, day))
    with pytest.raises(ConflictError, match="后来又有记录用到了它"):
        station.run(WithdrawBatch(done.changes.op_id))
    assert _count(station, Resident) == 2


def test_imports_that_can_be_withdrawn_are_listed_until_they_are(station):
    from datetime import timedelta

    first = station.outcome(ImportRoster((_person(),)))
    station.run(ImportRoster((_person(),)))  # nothing new: nothing to withdraw
    station.clock.advance(timedelta(days=5))

    def listed():
        with station.read() as session:
            return recent_imports(session, station.actor, station.clock, BATCH_DAYS)

    (batch,) = listed()
    assert (batch.op_id, batch.new, batch.by, batch.left) == (first.changes.op_id, 1, "测试secretary", 25)
    station.clock.advance(timedelta(days=25))
    assert listed() == ()
    station.clock.advance(timedelta(days=-20))
    station.run(WithdrawBatch(first.changes.op_id))
    assert listed() == ()


def test_stopping_leaves_nothing(station, yunhe):
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Cancelled):
        station.run(ImportRoster(_taken(yunhe)), cancel=cancel)
    assert (_count(station, Resident), _count(station, Dwelling)) == (0, 0)


def test_the_front_desk_takes_small_files_only_and_nobody_an_empty_one(station):
    station.sign_in("front_desk")
    many = tuple(
        _person(
            f"李{n}", id_number(date(1948, 4, 12), n % 90 + 1, 2, f"2308{n // 90 + 11}"), household=f"H{n}"
        )
        for n in range(FRONT_DESK_ROWS + 1)
    )
    with pytest.raises(PermissionDenied, match="请书记来导"):
        station.run(ImportRoster(many))
    assert station.run(ImportRoster(many[:3]))["new"] == 3
    with pytest.raises(ValidationError, match="台账没有变"):
        station.run(ImportRoster(()))


def test_the_journal_of_an_import_holds_counts_only(station):
    station.run(ImportRoster((_person(),)))
    with station.read() as session:
        op = session.scalar(select(JournalOp).where(JournalOp.action == "ImportRoster"))
    assert (op.counts["new"], op.undoable, op.object_id) == (1, False, None)
    assert "李桂兰" not in repr(vars(op))
