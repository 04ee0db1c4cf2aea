"""Putting a station together: keys, database, manifests, bus. Desk, command line and watcher use it."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from centerdesk.app.features import manifests
from centerdesk.app.records import RESTORED, RecordLostEnd
from centerdesk.app.recovery import tags as recovery_tags
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel import journal, keyslots, lost_end
from centerdesk.kernel.anchors import AnchorFile
from centerdesk.kernel.backupfile import list_backups
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.db import Database
from centerdesk.kernel.dbfaults import Fault, classify, explain
from centerdesk.kernel.errors import EnvironmentFault, UserError
from centerdesk.kernel.files import fsync_folder
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.manifest import Manifests
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.paths import DataDir, ensure_private
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station, is_there
from centerdesk.migrations import HEAD, REVISIONS

if TYPE_CHECKING:
    from centerdesk.app.servers import Plan

_log = logging.getLogger(__name__)


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
    warnings: tuple[str, ...] = ()
    """What endangers a database on a server, in Chinese sentences for the administrator."""

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
        if self.bus.apart is not None:
            self.bus.apart.close()
        self.database.close()


def create_station(
    data: DataDir, name: str, clock: Clock, *, drill: bool = False, plan: Plan | None = None
) -> tuple[OpenStation, RecoveryCode]:
    """Set an empty data directory up: keys, encrypted database, schema. Raises EnvironmentFault.

    Nothing of an existing station is touched: the directory must not hold one; what a set-up cut off before its
    database left there is put aside. With `plan` the database is
    made on a server, and the directory keeps keys, record and what belongs to this desk.
    """
    if not is_there(data):
        put_aside_cut_off(data)
    if is_there(data) or data.keyslots.exists():
        raise EnvironmentFault(
            f"“{data.root}”里已经有一个站，没有动它。要用原来的，或上次没设完，直接打开；"
            "要新设一个站，请选一个空文件夹。"
        )
    data.prepare()
    key, code = keyslots.create(data, clock)
    station = Station(uuid7(), name, drill=drill, device=platform.node())
    if plan is not None:
        station = replace(station, database=plan.address.url, schema=plan.address.schema)
    station = recovery_tags.remember(data, station, KeyRing(key), code)
    if plan is not None:
        _keep(data, plan)
    opened = _assemble(data, station, key, clock, create=True)
    if plan is None:
        bring_up_to_date(opened)
    return opened, code


def put_aside_cut_off(data: DataDir) -> None:
    """Keys without a database and without a backup open nothing: a step one that was cut off. Kept, not deleted."""
    if not data.keyslots.exists() or list_backups([data.backups]):
        return
    folder, number = data.aside / "cut-off", 2
    while folder.exists():
        folder, number = data.aside / f"cut-off-{number}", number + 1
    ensure_private(data.aside)
    ensure_private(folder)
    for left in (data.station_file, data.keyslots):
        with suppress(FileNotFoundError):
            left.replace(folder / left.name)
    fsync_folder(folder)


def _keep(data: DataDir, plan: Plan) -> None:
    from centerdesk.kernel import server  # only a station on a server needs it

    if plan.password:
        server.keep_password(data, plan.password)
    manifests().import_models()
    plan.found()


def open_station(
    data: DataDir,
    clock: Clock | Callable[[Station], Clock],
    *,
    key: DataKey | None = None,
    backup_before: Callable[[OpenStation], None] | None = None,
    owner: tuple[str, str] | None = None,
) -> OpenStation:
    """Open with the machine's slot, or with `key` from a recovery sheet.

    An older schema is migrated after `backup_before`; without that it is refused, and on a server also without
    `owner`, the login and password that may change tables: other desks are at work there. `clock` may depend on
    the station, because only drill stations take another instant. Raises EnvironmentFault and its kinds.
    """
    station = Station.load(data.station_file)
    chosen = clock(station) if callable(clock) else clock
    opened = _assemble(data, station, key or keyslots.open_with_machine(data), chosen)
    try:
        if opened.database.revision() != HEAD:
            if backup_before is None or (opened.database.server and owner is None):
                raise EnvironmentFault(
                    "这个库是旧版程序的，要先升级版式。请运行 centerdesk migrate：会先备份，再升级。"
                )
            backup_before(opened)
            bring_up_to_date(opened, owner)
        if opened.database.server:
            opened.warnings = _warnings(opened)
        _book_lost_end(opened)
    except BaseException:
        opened.close()
        raise
    return opened


def bring_up_to_date(opened: OpenStation, owner: tuple[str, str] | None = None) -> None:
    """Migrate to the newest schema in one transaction. The caller has made the backup."""
    from centerdesk.kernel import migrate  # Alembic is heavy and hardly ever needed at a start

    opened.manifests.import_models()
    if opened.database.server:
        from centerdesk.app import servers

        servers.lift(opened.data, opened.station, *(owner or ("", "")))
    else:
        migrate.upgrade(opened.database)


def _book_lost_end(opened: OpenStation) -> None:
    """Write down that saved acts are gone, before the next ones cover the only trace of them. Blocking.

    Raises EnvironmentFault and its kinds: this is the first look into the journal, and its page may be rotten.
    """
    try:
        with opened.database.read_session() as session:
            gap = lost_end.look(session, opened.data, opened.ring)
    except DBAPIError as exc:
        if classify(exc) is Fault.BUG:
            raise
        raise explain(exc) from exc
    if gap is None:
        return
    _log.warning("acts %d to %d were saved and are gone", gap.kept + 1, gap.last)
    try:
        opened.bus.run(RecordLostEnd(gap.kept, gap.last), actor=system_actor([RESTORED], opened.site.desk))
    except UserError as exc:  # the anchor still stands: the next opening finds it again
        _log.warning("that was not booked: %s", type(exc).__name__)
        return
    with opened.database.read_session() as session:
        AnchorFile(opened.data.anchor, opened.ring).restart(*journal.head(session))


def _warnings(opened: OpenStation) -> tuple[str, ...]:
    from centerdesk.app import servers

    return servers.warnings(opened.database, opened.bus, opened.site)


def _assemble(
    data: DataDir, station: Station, key: DataKey, clock: Clock, *, create: bool = False
) -> OpenStation:
    ring = KeyRing(key)
    database = _database(data, station, ring, create=create)
    registry = manifests()
    registry.import_models()
    anchor = AnchorFile(data.anchor, ring).keep
    site = Site(station.name, station.device, clock, ring, station.drill, anchor)
    return OpenStation(data, station, ring, database, registry, site)


def _database(data: DataDir, station: Station, ring: KeyRing, *, create: bool) -> Database:
    if not station.database:
        return Database.open(data.database, ring, create=create, known_revisions=REVISIONS)
    from centerdesk.app import servers

    return servers.connect(data, station)
