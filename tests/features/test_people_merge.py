"""Merging two records of one person, through the bus on a real file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from centerdesk.features.checkins.commands_enrol import EnrolElder, WithdrawElder
from centerdesk.features.checkins.models import Enrolment, ExpectedCheck
from centerdesk.features.people.api import find_by_id_no
from centerdesk.features.people.commands_acts import RemoveResident, RestoreResident
from centerdesk.features.people.commands_care import ContactDraft, SetCareCard
from centerdesk.features.people.commands_import import ImportRoster
from centerdesk.features.people.commands_merge import MergeResidents
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Contact, Household, Resident, ResidentPhone, ResidentTag
from centerdesk.features.people.queries import LedgerFilter, page_residents
from centerdesk.features.people.rules import BIN, PRESENT
from centerdesk.features.places.rules import Door
from centerdesk.kernel.errors import ConflictError, SecondPersonNeeded, ValidationError
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.undo import UndoOperation
from tests.helpers.people import id_number

pytestmark = [pytest.mark.db, pytest.mark.databases]
NUMBER = id_number(date(1948, 4, 12), 24)
OTHER = id_number(date(1948, 4, 12), 25)
DAY = date(2026, 12, 3)
PERSON = RosterPerson(
    "李桂蘭",
    None,
    None,
    "女",
    (),
    "H1",
    None,
    None,
    Address("云和里", Door("3", "2", "5", "501")),
    None,
    ("独居",),
)


@pytest.fixture
def two(town):
    """The same woman twice: once without her number, once in another home with it."""
    keep = town.add("李桂蘭", phones="13812345678", tags=("独居",), remark="腿脚不便")
    drop = town.add("李桂兰", door="5-1-402", id_no=NUMBER, phones="13812345678、13912347702", tags=("低保",))
    return keep, drop


def _second(town):
    one, other = town.station.actor, town.station.sign_in("secretary+front_desk")
    town.station.actor = one
    return other


def _merge(town, keep, drop, *take):
    command = MergeResidents(keep, town.version(keep), drop, town.version(drop), take)
    return town.station.outcome(command, second=_second(town))


def _masks(town, resident_id):
    with town.station.read() as session:
        stmt = select(ResidentPhone.mask).where(ResidentPhone.resident_id == resident_id)
        return list(session.scalars(stmt.order_by(ResidentPhone.ordinal)))


def _tags(town, resident_id):
    with town.station.read() as session:
        return set(session.scalars(select(ResidentTag.tag).where(ResidentTag.resident_id == resident_id)))


def _since(town, resident_id):
    with town.station.read() as session:
        stmt = select(ResidentTag.tag, ResidentTag.first_on).where(ResidentTag.resident_id == resident_id)
        return dict(session.execute(stmt).all())


def _found(town, query):
    station = town.station
    with station.read() as session:
        wanted = LedgerFilter(query=query, narrow=True)
        page = page_residents(session, station.actor, station.clock, wanted, None, 50)
        return [row.name for row in page.rows]


def test_field_by_field_and_nothing_of_either_is_lost(town, two):
    keep, drop = two
    _merge(town, keep, drop, "name", "id_no")
    row, gone = town.row(Resident, keep), town.row(Resident, drop)
    assert (row.name, row.remark, row.birth_on, row.sex) == ("李桂兰", "腿脚不便", date(1948, 4, 12), 2)
    assert (gone.status, gone.merged_into, gone.id_digest) == (BIN, keep, None)
    with town.station.read() as session:
        assert find_by_id_no(session, town.station.ring, NUMBER) == keep
    assert _masks(town, keep) == ["138****5678", "139****7702"], "each number once, the survivor's first"
    assert _tags(town, keep) == {"独居", "低保"}
    assert _found(town, NUMBER[-4:]) == _found(town, "lgl") == ["李桂兰"]


def test_what_is_not_taken_stays_with_the_survivor(town, two):
    keep, drop = two
    _merge(town, keep, drop)
    row = town.row(Resident, keep)
    assert (row.name, row.id_digest) == ("李桂蘭", None)
    assert town.row(Resident, drop).id_mask.endswith(NUMBER[-4:]), (
        "the number waits in the bin with its record"
    )


def test_the_home_moves_with_its_head(town):
    keep = town.add("李桂蘭", relation="户主")
    drop = town.add("李桂兰", door="5-1-402", relation="户主")
    old, new = town.row(Resident, keep).household_id, town.row(Resident, drop).household_id
    _merge(town, keep, drop, "home")
    assert town.row(Resident, keep).household_id == new
    assert (town.row(Household, old).head_id, town.row(Household, new).head_id) == (None, keep)


@pytest.mark.parametrize("younger_stays", [False, True])
def test_a_tag_of_both_holds_since_the_earlier_day(town, younger_stays):
    elder = town.add("李桂蘭", tags=("独居",))
    town.station.clock.advance(timedelta(days=40))
    younger = town.add("李桂兰", door="5-1-402", tags=("独居",))
    pair = (younger, elder) if younger_stays else (elder, younger)
    _merge(town, *pair)
    assert _since(town, pair[0]) == {"独居": DAY}


@pytest.mark.parametrize("imported_stays", [False, True])
def test_a_tag_of_both_that_nobody_dated_in_one_stays_undated(town, imported_stays):
    town.station.run(ImportRoster((PERSON,)))
    with town.station.read() as session:
        imported = session.scalars(select(Resident.id)).one()
    added = town.add("李桂兰", door="5-1-402", tags=("独居",))
    pair = (imported, added) if imported_stays else (added, imported)
    _merge(town, *pair)
    assert _since(town, pair[0]) == {"独居": None}


def test_contacts_follow_and_keep_their_order(town, two):
    keep, drop = two
    for who, names in ((keep, ("甲",)), (drop, ("乙", "丙"))):
        town.station.run(SetCareCard(who, tuple(ContactDraft(n, "邻居", "13912340000") for n in names)))
    _merge(town, keep, drop)
    with town.station.read() as session:
        stmt = select(Contact.name).where(Contact.resident_id == keep).order_by(Contact.ordinal)
        assert list(session.scalars(stmt)) == ["甲", "乙", "丙"]


def _enrol(town, resident_id):
    return town.station.run(EnrolElder(resident_id, town.station.actor.account_id, DAY, DAY))


def test_the_history_of_the_windows_follows_and_nobody_falls_off_the_list(town, two):
    keep, drop = two
    enrolment = _enrol(town, drop)
    _merge(town, keep, drop, "id_no", "home")
    assert town.row(Enrolment, enrolment).resident_id == keep
    with town.station.read() as session:
        due = session.scalars(
            select(ExpectedCheck.state).where(ExpectedCheck.enrolment_id == enrolment)
        ).all()
    assert due
    assert set(due) == {"due"}


def test_two_running_registrations_are_not_thrown_together(town, two):
    keep, drop = two
    _enrol(town, keep)
    enrolment = _enrol(town, drop)
    with pytest.raises(ConflictError, match="看窗登记"):
        _merge(town, keep, drop)
    last = date(2026, 12, 2)
    town.station.run(WithdrawElder(enrolment, town.row(Enrolment, enrolment).version, last))
    town.station.clock.advance(date(2026, 12, 5) - DAY)
    _merge(town, keep, drop)
    assert town.row(Enrolment, enrolment).resident_id == keep


def test_an_enrolled_person_is_not_removed(town, two):
    keep, _drop = two
    _enrol(town, keep)
    with pytest.raises(ConflictError, match="看窗登记"):
        town.station.run(RemoveResident(keep, town.version(keep)), second=_second(town))


def test_it_takes_two_and_is_journalled_without_a_value(town, two):
    keep, drop = two
    command = MergeResidents(keep, town.version(keep), drop, town.version(drop), ("name",))
    with pytest.raises(SecondPersonNeeded):
        town.station.run(command)
    _merge(town, keep, drop, "name")
    with town.station.read() as session:
        op = session.scalars(select(JournalOp).where(JournalOp.action == "MergeResidents")).one()
        assert (op.object_id, op.counts, op.reason) == (keep, {"taken": 1}, "")
        assert op.second_id is not None


def test_undo_brings_both_records_back(town, two):
    keep, drop = two
    enrolment = _enrol(town, drop)
    out = _merge(town, keep, drop, "name", "id_no", "phones", "home", "remark")
    assert _masks(town, keep)[0] == "138****5678"
    town.station.run(UndoOperation(out.changes.op_id))
    row, back = town.row(Resident, keep), town.row(Resident, drop)
    assert (row.name, row.id_digest, row.remark) == ("李桂蘭", None, "腿脚不便")
    assert (back.status, back.merged_into, back.id_mask[-4:]) == (PRESENT, None, NUMBER[-4:])
    assert town.row(Enrolment, enrolment).resident_id == drop
    assert (_tags(town, keep), _tags(town, drop)) == ({"独居"}, {"低保"})
    assert _masks(town, drop) == ["138****5678", "139****7702"]
    assert sorted(_found(town, "lgl")) == sorted(["李桂兰", "李桂蘭"])


def test_a_merged_record_can_still_be_found_again_as_its_own(town, two):
    keep, drop = two
    _merge(town, keep, drop)
    town.station.run(RestoreResident(drop, town.version(drop)))
    assert (town.row(Resident, drop).status, town.row(Resident, drop).merged_into) == (PRESENT, None)


def test_what_makes_no_sense_is_refused(town, two):
    keep, drop = two
    version = town.version(keep)
    with pytest.raises(ValidationError):
        town.station.run(MergeResidents(keep, version, keep, version), second=_second(town))
    with pytest.raises(ValidationError):
        _merge(town, keep, drop, "sort_key")
    with pytest.raises(ConflictError):
        town.station.run(MergeResidents(keep, version + 5, drop, town.version(drop)), second=_second(town))
    _merge(town, keep, drop)
    with pytest.raises(ConflictError, match="回收站"):
        _merge(town, keep, drop)
