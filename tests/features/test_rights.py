"""G36: rights are enforced below the screen. The table is RELIABILITY 3.5 typed by hand; the rest is generated."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import centerdesk
from centerdesk.app.features import manifests
from centerdesk.features.staff.api import role_grants
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import PermissionDenied
from centerdesk.kernel.identity import Reach
from tests.helpers.station import StationFixture, make_station

pytestmark = [pytest.mark.db, pytest.mark.databases]

ROLES = ("front_desk", "grid_worker", "secretary", "administrator")
_, C, P, O, A = Reach.NONE, Reach.COUNT, Reach.PROPOSE, Reach.OWN, Reach.ALL  # noqa: E741

DESIGN = {
    # permission                front desk, grid worker, secretary, administrator
    "desk.use": (A, A, A, A),
    "people.find": (A, O, A, C),
    "people.reveal": (A, O, A, _),
    "people.write": (A, O, A, _),
    "people.merge": (P, P, A, _),
    "people.import": (A, _, A, _),
    "people.export": (A, O, A, _),
    "people.export_full": (_, _, A, _),
    "places.read": (A, A, A, A),
    "places.write": (_, _, A, A),
    "checkins.read": (A, O, A, _),
    "checkins.record": (A, O, A, _),
    "checkins.acknowledge": (A, O, A, _),
    "checkins.close": (A, O, A, _),
    "checkins.enrol": (A, P, A, _),
    "checkins.withdraw": (_, P, A, _),
    "checkins.rules": (_, _, A, _),
    "returns.read": (A, _, A, _),
    "returns.draft": (A, _, A, _),
    "returns.sign": (_, _, A, _),
    "staff.manage": (_, _, _, A),
    "staff.approve": (_, _, A, _),
    "settings.change": (_, _, _, A),
    "backup.now": (A, _, _, A),
    "backup.restore": (_, _, _, A),
    "backup.approve": (_, _, A, _),
    "audit.read": (O, O, A, C),
}

TWO_PERSONS = {
    "RemoveResident",
    "MergeResidents",
    "CreateAccount",
    "SetRoles",
    "DeactivateAccount",
    "SetWindows",
    "RecordSheet",
}
"""The “2” cells that commands exist for."""


@pytest.mark.parametrize("permission", DESIGN)
def test_roles_reach_as_far_as_the_design_says(permission: str) -> None:
    found = tuple(role_grants([role]).get(permission, Reach.NONE) for role in ROLES)
    assert found == DESIGN[permission]


def test_no_permission_stands_outside_the_table() -> None:
    named = {p.id for p in manifests().permissions()}
    assert named - set(DESIGN) <= {"checkins.watch"}  # the watcher's own: no role has it
    assert not any("checkins.watch" in role_grants([role]) for role in ROLES)


def all_commands() -> Iterator[type[Command[Any]]]:
    """Every command of the program."""
    root = Path(centerdesk.__file__).parent
    for found in pkgutil.walk_packages([str(root)], "centerdesk."):
        parts = found.name.split(".")
        if ".ui" in found.name or parts[1] in ("qtkit", "migrations") or parts[-1] == "__main__":
            continue
        if parts[-1].startswith(("commands", "undo", "change_setting")) or parts[-1].endswith("records"):
            importlib.import_module(found.name)
    waiting = list(Command.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        home = sys.modules[kind.__module__]
        if getattr(home, kind.__name__, None) is kind and home.__name__.startswith("centerdesk."):
            yield kind  # not what a record was made of: until it is collected, that is a subclass too


COMMANDS = sorted(all_commands(), key=lambda c: c.__name__)


def test_the_commands_were_found() -> None:
    names = {c.__name__ for c in COMMANDS}
    assert {
        "AddResident",
        "ImportRoster",
        "RecordLook",
        "CloseAlarm",
        "KeepEdition",
        "CreateAccount",
    } <= names


@pytest.fixture
def station(tmp_path: Path) -> Iterator[StationFixture]:
    made = make_station(tmp_path)
    yield made
    made.close()


class Reached(Exception):
    """The bus let the command through to `execute`."""


@pytest.mark.db
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_the_bus_lets_through_exactly_who_may(
    station: StationFixture, command: type[Command[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each role against each command: refused below the command's reach, let through from there on."""

    def execute(self: object, uow: object) -> None:
        raise Reached

    probe = type(
        command.__name__, (command,), {"execute": execute, "__init__": object.__init__, "second": False}
    )()
    for role in ROLES:
        station.sign_in(role)
        may = role_grants([role]).get(command.permission, Reach.NONE) >= command.reach
        with pytest.raises(Reached if may else PermissionDenied):
            station.run(probe)
    station.actor = None
    with pytest.raises(PermissionDenied):
        station.run(probe)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_says_what_it_is(command: type[Command[Any]]) -> None:
    assert command.label
    assert command.__doc__
    system_only = command.permission.startswith("station.") or command.permission == "checkins.watch"
    assert system_only or command.permission in DESIGN


def test_two_person_acts_are_those_of_the_design() -> None:
    assert {c.__name__ for c in COMMANDS if c.second} == TWO_PERSONS
