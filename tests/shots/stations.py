"""The two stations of the pictures: the demo after its morning, and one that has nothing yet."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from sqlalchemy import update

from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.app.cli import Console
from centerdesk.app.demo import DAY, PASSWORD, build
from centerdesk.app.demo import _actors as demo_actors
from centerdesk.features.checkins.models import WatcherBeat
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import FixedClock, instant
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.migrations import versions

HEAD, MACHINE, WHO = "许文静", "高翔", "周敏"
NEW = "韩雪梅"
"""Signs in for the first time and has to take a password of her own."""
MORNING = instant(DAY, time(7, 26))
NOW = instant(DAY, time(8, 41, 14))


@contextmanager
def demo_station(folder: Path, kept: Path | None = None) -> Iterator[tuple[OpenStation, dict[str, Actor]]]:
    """The demo station after its morning, with the clock at 08:41:14. `kept`: built there once, then copied."""
    data = DataDir(folder / "demo")
    there = kept / _schema() if kept is not None else None
    if there is not None and there.exists():
        shutil.copytree(there, data.root)
    else:
        build(data, folder / "out", Console(json_only=True)).close()
        if there is not None:
            shutil.copytree(data.root, there)
    station = open_station(data, FixedClock(NOW))
    try:
        yield station, demo_actors(station)
    finally:
        station.close()


def _schema() -> str:
    """Which schema a kept station has: before the first release the one revision is written anew."""
    texts = [each.read_bytes() for each in sorted(Path(versions.__path__[0]).glob("*.py"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


@contextmanager
def empty_station(folder: Path) -> Iterator[tuple[OpenStation, Actor]]:
    """A station of the same morning with one person and nothing else."""
    station, _code = create_station(DataDir(folder / "empty"), "云和社区", FixedClock(NOW), drill=True)
    try:
        founder = system_actor([staff.FOUND], station.site.desk)
        account = station.bus.run(
            staff.FoundAccount(WHO, WHO, PASSWORD, ("secretary",), must_change=False), actor=founder
        ).value
        with station.database.read_session() as session:
            actor = staff.actor_for(session, account, frozenset(), station.site.desk)
        yield station, actor
    finally:
        station.close()


def set_clock(station: OpenStation, at: datetime) -> None:
    """Another instant; the stations of the pictures stand still between."""
    assert isinstance(station.clock, FixedClock)
    station.clock.set(at)


def people_were_here(station: OpenStation) -> None:
    """Four people used this desk; a fifth has an account and was never here."""
    founder = system_actor([staff.FOUND], station.site.desk)
    station.bus.run(staff.FoundAccount(NEW, NEW, PASSWORD, ("front_desk",), must_change=True), actor=founder)
    for name in ("赵雪", HEAD, MACHINE, WHO):
        station.authenticate(name, PASSWORD)


def watched(station: OpenStation) -> None:
    """The watcher signed eight seconds ago and tried its sound at 07:20."""
    at = station.clock.now() - timedelta(seconds=8)
    with station.database.write_session() as session:
        session.execute(
            update(WatcherBeat).values(
                at=at, high_water=at, sound_ok=True, sound_checked_at=MORNING - timedelta(minutes=6)
            )
        )
        session.commit()


def five_wrong(station: OpenStation, name: str) -> None:
    """Five wrong passwords: the name must wait."""
    for _ in range(5):
        try:
            station.authenticate(name, "not-the-password")
        except UserError:
            continue
