"""A station on a server: making it there, lifting its schema, joining it from another desk, its clock (服务器).

Imported only when a station's record names a server, or one is given on the command line.
"""

from __future__ import annotations

import logging
import platform
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from centerdesk.app.recovery.tags import TAGS
from centerdesk.kernel import journal, keyslots, server
from centerdesk.kernel.anchors import AnchorFile
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.commands import Command, CommandBus, Site, UnitOfWork
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import EnvironmentFault, Unavailable
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station
from centerdesk.migrations import REVISIONS

CLOCK_LIMIT_S = 60
_log = logging.getLogger(__name__)


@dataclass
class Plan:
    """Where a new station shall lie (设在哪里). `owner`: the login that makes tables, else the desk's own."""

    address: server.Address
    password: str
    owner: str = ""
    owner_password: str = ""
    made: bool = False
    """Whether this run made the schema's tables, and so may take them away again."""

    def found(self) -> None:
        """Make the schema and give the station's roles their rights. Raises EnvironmentFault when it is taken."""
        from centerdesk.kernel import migrate

        with self._making() as connection:
            server.refuse_occupied(connection, self.address.schema)
            migrate.upgrade_connection(connection)
        self.made = True

    def take_away(self) -> None:
        """Empty the schema again after a set-up that failed."""
        if not self.made:
            return
        with self._making(rights=False) as connection:
            server.empty(connection, self.address.schema)
        self.made = False

    def _making(self, *, rights: bool = True) -> server.Making:
        owner = self.address.as_user(self.owner) if self.owner else self.address
        return server.making(owner, self.owner_password or self.password, rights=rights)


def address_of(station: Station) -> server.Address:
    """The address in the station's record."""
    return server.Address(station.database, station.schema)


def connect(data: DataDir, station: Station) -> server.ServerDatabase:
    """The station's database, as this desk. Raises Unavailable, EnvironmentFault and its kinds."""
    return server.ServerDatabase.connect(
        address_of(station), server.password_for(data), known_revisions=REVISIONS
    )


def lift(data: DataDir, station: Station, owner: str, owner_password: str) -> None:
    """Bring the schema to the newest revision, under the writers' lock and as its owner."""
    from centerdesk.kernel import migrate

    address = address_of(station)
    as_owner = address.as_user(owner) if owner else address
    with server.making(as_owner, owner_password or server.password_for(data)) as connection:
        migrate.upgrade_connection(connection)


def join(data: DataDir, folder: Path, code: RecoveryCode, clock: Clock, password: str) -> Station:
    """Make this machine one more desk of a station, from copies of its two public files and its recovery sheet.

    `folder` holds `keyslots.json` and `station.toml` of a desk that is already there. Raises EnvironmentFault
    and its kinds; the caller takes away what was made.
    """
    there = DataDir(folder)
    station = Station.load(there.station_file)
    if not station.database:
        raise EnvironmentFault("那个站的库是文件，只能在一台电脑上用。几台一起用，请先把站设在服务器上。")
    key = keyslots.open_with_recovery(there, code)
    data.prepare()
    shutil.copyfile(there.keyslots, data.keyslots)
    keyslots.new_machine_slot(data, key, clock)
    kept = {name: value for name, value in station.settings.items() if name == TAGS}
    mine = replace(station, device=platform.node(), second_place=None, settings=kept)
    mine.save(data.station_file)
    if password:
        server.keep_password(data, password)
    with connect(data, mine) as database, database.read_session() as session:
        AnchorFile(data.anchor, KeyRing(key)).restart(*journal.head(session))
    return mine


@record
class NoteClock(Command[None]):
    """时钟差. Keeps in the journal that this desk's clock and the server's were too far apart."""

    label: ClassVar[str] = "这台电脑的时钟和服务器不一样"
    permission: ClassVar[str] = "desk.use"
    undoable: ClassVar[bool] = False
    seconds: int

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(seconds=self.seconds)


def warnings(database: Database, bus: CommandBus, site: Site) -> tuple[str, ...]:
    """What endangers the station there, in sentences; clocks too far apart are kept in the journal as well."""
    there = _server(database)
    told = () if site.drill else _clocks(there, bus, site)
    return (*there.warnings, *told)


def _clocks(database: server.ServerDatabase, bus: CommandBus, site: Site) -> tuple[str, ...]:
    offset = round(database.clock_offset(site.clock.now()))
    if abs(offset) <= CLOCK_LIMIT_S:
        return ()
    _log.warning("clock offset to the server: %d s", offset)
    try:
        bus.run(NoteClock(offset), actor=system_actor(["desk.use"], site.desk))
    except Unavailable:
        _log.warning("the clock offset was not kept")
    return (
        f"这台电脑的时钟比服务器{'慢' if offset > 0 else '快'} {abs(offset)} 秒。到点、报警和记录会跟着错，"
        "请把时钟调准。",
    )


def _server(database: Database) -> server.ServerDatabase:
    assert isinstance(database, server.ServerDatabase)
    return database
