"""G36 for people: every role × every command against RELIABILITY 3.5, below any widget."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date
from uuid import UUID, uuid4

import pytest

from centerdesk.features import people
from centerdesk.features.people import commands, commands_acts, commands_merge, commands_proposals
from centerdesk.features.people.commands_care import ContactDraft, SetCareCard
from centerdesk.features.people.commands_import import DiscloseRows, ImportRoster
from centerdesk.features.people.commands_trial import TryRoster
from centerdesk.features.people.commands_verify import VerifyHouseholds
from centerdesk.features.people.exporting import export_rows
from centerdesk.features.people.importing_result import Address, RosterPerson
from centerdesk.features.people.models import Resident
from centerdesk.features.people.queries import (
    LedgerFilter,
    LedgerOrder,
    count_hits,
    count_households,
    count_residents,
    count_views,
    page_residents,
    search_people,
)
from centerdesk.features.people.queries_counts import ledger_places
from centerdesk.features.people.queries_detail import get_resident, recent_imports, timeline
from centerdesk.features.places.rules import Door
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import PermissionDenied, UserError
from tests.helpers.people import draft

pytestmark = [pytest.mark.db, pytest.mark.databases]
ROLES = ("front_desk", "grid_worker", "secretary", "administrator")

# command: for each role in order — yes, own (own grid only), two (second person), no
TABLE = {
    "AddResident": ("yes", "own", "yes", "no"),
    "EditResident": ("yes", "own", "yes", "no"),
    "VerifyUnchanged": ("yes", "own", "yes", "no"),
    "VerifyHouseholds": ("yes", "own", "yes", "no"),
    "SetCareCard": ("yes", "own", "yes", "no"),
    "RecordDeparture": ("yes", "own", "yes", "no"),
    "RevealResident": ("yes", "own", "yes", "no"),
    "RemoveResident": ("no", "no", "two", "no"),
    "RestoreResident": ("no", "no", "yes", "no"),
    "MergeResidents": ("no", "no", "two", "no"),
    "ProposeRemoval": ("yes", "own", "yes", "no"),
    "ProposeMerge": ("yes", "own", "yes", "no"),
    "DecideRecordProposal": ("no", "no", "yes", "no"),
    "ExportList": ("yes", "yes", "yes", "no"),
    "ImportRoster": ("yes", "no", "yes", "no"),
    "TryRoster": ("yes", "no", "yes", "no"),
    "DiscloseRows": ("yes", "no", "yes", "no"),
}
BY_AGE = LedgerOrder("age")
PERSON = RosterPerson("童俊", None, None, "男", (), "H1", None, None, Address(None, Door()), None, ())


def _commands(
    resident_id: UUID, version: int, door: str, household_id: UUID | None = None
) -> dict[str, Command[object]]:
    return {
        "AddResident": commands.AddResident(draft("新人", door=door)),
        "EditResident": commands.EditResident(resident_id, version, draft("改名", door=door)),
        "VerifyUnchanged": commands_acts.VerifyUnchanged(resident_id),
        "VerifyHouseholds": VerifyHouseholds((household_id or uuid4(),)),
        "SetCareCard": SetCareCard(resident_id, (ContactDraft("李强", "子"),), version=version),
        "RecordDeparture": commands_acts.RecordDeparture(resident_id, version, "迁出", date(2026, 12, 1)),
        "RevealResident": commands_acts.RevealResident(resident_id, "核对证件"),
        "RemoveResident": commands_acts.RemoveResident(resident_id, version),
        "RestoreResident": commands_acts.RestoreResident(resident_id, version),
        "MergeResidents": commands_merge.MergeResidents(resident_id, version, uuid4(), 1),
        "ProposeRemoval": commands_proposals.ProposeRemoval(resident_id, "登记重了"),
        "ProposeMerge": commands_proposals.ProposeMerge(uuid4(), resident_id, (), "同一个人"),
        "DecideRecordProposal": commands_proposals.DecideRecordProposal(uuid4(), 1, True, "同意"),
        "ExportList": commands_acts.ExportList(1, LedgerFilter(), bytes(32)),
        "ImportRoster": ImportRoster((PERSON,)),
        "TryRoster": TryRoster((PERSON,)),
        "DiscloseRows": DiscloseRows(1),
    }


def test_the_table_names_every_command_of_the_feature():
    names = (found.name for found in pkgutil.iter_modules(people.__path__))
    modules = [importlib.import_module(f"{people.__name__}.{n}") for n in names if n.startswith("commands")]
    found = {
        name
        for module in modules
        for name, thing in vars(module).items()
        if isinstance(thing, type) and issubclass(thing, Command) and thing.__module__ == module.__name__
    }
    assert found == set(TABLE)


def _allowed(town, command, **kwargs) -> bool:
    """Did the rights let it through? What the command then says about the record is another matter."""
    try:
        town.station.run(command, **kwargs)
    except PermissionDenied:
        return False
    except UserError:
        return True
    return True


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_role_by_command(town, role, name):
    station = town.station
    inside, outside = town.add("李桂兰"), town.add("李国梁", door="5-1-402")
    other = station.sign_in("secretary+front_desk")
    station.sign_in(role, scope=frozenset({town.grid_a}))
    expected = TABLE[name][ROLES.index(role)]
    mine, theirs = (
        _commands(who, town.version(who), door, town.row(Resident, who).household_id)[name]
        for who, door in ((inside, "3-2-501"), (outside, "5-1-402"))
    )
    alone = _allowed(town, theirs), _allowed(town, mine)
    assert (
        alone
        == {"yes": (True, True), "own": (False, True), "two": (False, False), "no": (False, False)}[expected]
    )
    assert _allowed(town, mine, second=other) == (expected != "no")


@pytest.mark.parametrize("name", TABLE)
def test_nobody_logged_in_means_no(town, name):
    inside = town.add("李桂兰")
    town.station.actor = None
    with pytest.raises(PermissionDenied):
        town.station.run(_commands(inside, 1, "3-2-501")[name])


@pytest.mark.parametrize(
    ("role", "list_allowed", "count_allowed", "import_allowed"),
    [
        ("front_desk", True, True, True),
        ("grid_worker", True, True, False),
        ("secretary", True, True, True),
        ("administrator", False, True, False),
    ],
)
def test_role_by_query(town, role, list_allowed, count_allowed, import_allowed):
    station = town.station
    inside = town.add("李桂兰")
    actor = station.sign_in(role, scope=frozenset({town.grid_a}))
    clock = station.clock

    def may(query) -> bool:
        with station.read() as session:
            try:
                query(session)
            except PermissionDenied:
                return False
        return True

    assert may(lambda s: page_residents(s, actor, clock, LedgerFilter(), None, 5)) is list_allowed
    assert may(lambda s: get_resident(s, actor, clock, inside)) is list_allowed
    assert may(lambda s: timeline(s, actor, "resident", inside, None, 5)) is list_allowed
    assert may(lambda s: count_residents(s, actor, clock, LedgerFilter())) is count_allowed
    assert may(lambda s: count_views(s, actor, clock)) is count_allowed
    assert may(lambda s: recent_imports(s, actor, clock, 30)) is import_allowed


SEARCHED = LedgerFilter(query="李", narrow=True)
READINGS = {
    "lines": lambda s, a, c: len(page_residents(s, a, c, LedgerFilter(), None, 9).rows),
    "lines by age": lambda s, a, c: len(page_residents(s, a, c, LedgerFilter(), None, 9, BY_AGE).rows),
    "lines found": lambda s, a, c: len(page_residents(s, a, c, SEARCHED, None, 9).rows),
    "palette": lambda s, a, _c: len(search_people(s, a, "李", 9)),
    "count": lambda s, a, c: count_residents(s, a, c, LedgerFilter()),
    "count found": lambda s, a, c: count_residents(s, a, c, SEARCHED),
    "hits": lambda s, a, c: count_hits(s, a, c, SEARCHED),
    "views": lambda s, a, c: count_views(s, a, c)["all"],
    "households": lambda s, a, _c: count_households(s, a),
    "places": lambda s, a, _c: len(ledger_places(s, a)),
    "export": lambda s, a, c: len(export_rows(s, a, c, LedgerFilter(), BY_AGE)),
}


@pytest.mark.parametrize("what", READINGS)
def test_what_is_read_and_counted_is_of_the_own_grid(town, what):
    """Lists, figures, searches and what is exported: a number of another grid tells of it too."""
    station = town.station
    town.add("李桂兰")
    town.add("李国梁", door="5-1-402")
    seen = []
    for role in ("front_desk", "grid_worker"):
        actor = station.sign_in(role, scope=frozenset({town.grid_a}))
        with station.read() as session:
            seen.append(READINGS[what](session, actor, station.clock))
    assert seen == [2, 1]


def test_a_record_nobody_knows_is_not_found_rather_than_denied(town):
    with pytest.raises(UserError):
        town.station.run(commands_acts.VerifyUnchanged(uuid4()))
