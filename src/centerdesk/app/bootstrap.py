"""Putting a station together: keys, database, manifests, bus. Desk, command line and watcher use it."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.app.features import manifests
from centerdesk.app.recovery import tags as recovery_tags
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel import keyslots
from centerdesk.kernel.anchors import AnchorFile
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.manifest import Manifests
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station
from centerdesk.migrations import HEAD, REVISIONS


@dataclass
class OpenStation:
    """站点. What one process holds of a station while it is open. `actor`: who is signed in, if anybody."""

    data: DataDir
    station: Station
    ring: KeyRing
    database: Database
    manifests: Manifests
    site: Site
    bus: CommandBus = field(init=False)
    actor: Actor | None = None

    def __post_init__(self) -> None:
        self.bus = CommandBus(self.database.write_session, self.site, lambda: self.actor)

    @property
    def clock(self) -> Clock:
        return self.site.clock

    def sign_in(self, login: str, password: str) -> Actor:
        """Check a password, book the try and become that person. Blocking. Raises SignInRefused."""
        self.actor = self.authenticate(login, password)
        return self.actor

    def authenticate(self, login: str, password: str) -> Actor:
        """The same without becoming that person: the second of a two-person act."""
        return staff.sign_in(self.database.read_session, self.bus, login, password, self.scope_of)

    def scope_of(self, session: Session, account_id: UUID) -> frozenset[UUID]:
        """Grids the account answers for today, with those of absent colleagues."""
        day = today(self.clock)
        return places.grid_scope(session, account_id, day, staff.deputies(session, day))

    def close(self) -> None:
        """Bring the log into the file and close the connections."""
        self.actor = None
        self.database.close()


def create_station(
    data: DataDir, name: str, clock: Clock, *, drill: bool = False
) -> tuple[OpenStation, RecoveryCode]:
    """Set an empty data directory up: keys, encrypted database, schema. Raises EnvironmentFault.

    Nothing of an existing station is touched: the directory must not hold one.
    """
    if data.database.exists() or data.keyslots.exists():
        raise EnvironmentFault(
            f"“{data.root}”里已经有一个站，没有动它。要新设一个站，请选一个空文件夹；要用原来的，直接打开。"
        )
    data.prepare()
    key, code = keyslots.create(data, clock)
    station = Station(uuid7(), name, drill=drill, device=platform.node())
    station = recovery_tags.remember(data, station, KeyRing(key), code)
    opened = _assemble(data, station, key, clock, create=True)
    bring_up_to_date(opened)
    return opened, code


def open_station(
    data: DataDir,
    clock: Clock | Callable[[Station], Clock],
    *,
    key: DataKey | None = None,
    backup_before: Callable[[OpenStation], None] | None = None,
) -> OpenStation:
    """Open with the machine's slot, or with `key` from a recovery sheet.

    An older schema is migrated after `backup_before`; without that it is refused. `clock` may depend on the
    station, because only drill stations take another instant. Raises EnvironmentFault and its kinds.
    """
    station = Station.load(data.station_file)
    chosen = clock(station) if callable(clock) else clock
    opened = _assemble(data, station, key or keyslots.open_with_machine(data), chosen)
    try:
        if opened.database.revision() != HEAD:
            if backup_before is None:
                raise EnvironmentFault(
                    "这个库是旧版程序的，要先升级版式。请运行 centerdesk migrate：会先备份，再升级。"
                )
            backup_before(opened)
            bring_up_to_date(opened)
    except BaseException:
        opened.close()
        raise
    return opened


def bring_up_to_date(opened: OpenStation) -> None:
    """Migrate to the newest schema in one transaction. The caller has made the backup."""
    from centerdesk.kernel import migrate  # Alembic is heavy and hardly ever needed at a start

    opened.manifests.import_models()
    migrate.upgrade(opened.database)


def _assemble(
    data: DataDir, station: Station, key: DataKey, clock: Clock, *, create: bool = False
) -> OpenStation:
    ring = KeyRing(key)
    database = Database.open(data.database, ring, create=create, known_revisions=REVISIONS)
    registry = manifests()
    registry.import_models()
    anchor = AnchorFile(data.anchor, ring).keep
    site = Site(station.name, station.device, clock, ring, station.drill, anchor)
    return OpenStation(data, station, ring, database, registry, site)
