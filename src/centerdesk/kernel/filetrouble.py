"""What befalls the file of an open database: another program holds it, or it is no longer where it was (G5, G6).

`Database` hooks both engines up. Nothing here opens the file: that would drop this process's own locks on it.
"""

from __future__ import annotations

import os
import platform
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError

from centerdesk.kernel.dbfaults import sqlite_code
from centerdesk.kernel.desklock import DeskLock, Holder
from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.paths import DataDir

_BUSY, _LOCKED = 5, 6
_WRITE_LOCK_BYTE = 120
"""The byte of the `-shm` file that the writer locks. Source: SQLite, os_unix.c and wal.c."""


def watch_file(engine: Engine, path: Path) -> None:
    """Let this engine's errors name who holds the file, and refuse to work on one that was taken away.

    One that came back is opened anew, without anybody noticing.
    """

    @event.listens_for(engine, "connect")
    def _remember(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def _still_there(_connection: Any, record: Any, _proxy: Any) -> None:
        now = _identity(path)
        if now is None:
            raise Unavailable(
                f"库文件不在“{path.parent}”里了：文件夹被移走、删掉，或盘拔掉了。这一笔没有写进去，"
                "已填的内容还在。请把文件夹放回原处或插好盘，再试一次。"
            )
        if record.info.get("file") != now:  # put back, or plugged in again: the pool opens it anew
            raise DisconnectionError

    @event.listens_for(engine, "handle_error")
    def _named(context: ExceptionContext) -> BaseException | None:
        if sqlite_code(context.original_exception) not in (_BUSY, _LOCKED):
            return None
        return Unavailable(
            f"{held_by(path)}正占着库，等了 10 秒还没放，这一步没有办成。已填的内容还在，请等它办完再试。"
        )


def held_by(database: Path) -> str:
    """Who keeps the database from being used, for a sentence."""
    holder = blocker(database)
    return holder.describe() if holder else "另一个程序"


def blocker(database: Path) -> Holder | None:
    """Who holds the database: by the system's list of locks, else whoever has the desk open; never this process.

    None when nobody can be named. Only Linux has the list.
    """
    desk = DeskLock.holder_of(DataDir(database.parent).lock_file)
    for pid in _writing(database):
        if desk is not None and desk.pid == pid:
            return desk
        with suppress(OSError, ValueError, IndexError):  # it has ended just now: then it holds nothing
            return _process(pid)
    return desk if desk is not None and desk.pid != os.getpid() else None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _writing(database: Path) -> list[int]:
    """Processes other than this one that hold the writer's lock on the file or on its index."""
    if not sys.platform.startswith("linux"):
        return []
    suffix_of: dict[str, str] = {}
    for suffix in ("", "-shm"):
        with suppress(OSError):
            suffix_of[str(database.with_name(database.name + suffix).stat().st_ino)] = suffix
    try:
        lines = Path("/proc/locks").read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        # "1: POSIX  ADVISORY  WRITE 4711 fe:00:131090 120 120"; one that waits has "->" in second place
        _number, kind, _advisory, mode, pid, place, first, last, *_ = (*line.split(), *[""] * 8)
        beside = suffix_of.get(place.rpartition(":")[2])
        if (kind, mode) != ("POSIX", "WRITE") or beside is None or not pid.isdigit():
            continue
        if (not beside or _covers(first, last)) and int(pid) not in (0, os.getpid()):
            found.append(int(pid))
    return found


def _covers(first: str, last: str) -> bool:
    return int(first) <= _WRITE_LOCK_BYTE and (last == "EOF" or int(last) >= _WRITE_LOCK_BYTE)


def _process(pid: int) -> Holder:
    """A process as the system knows it. Raises OSError, ValueError or IndexError when it is gone."""
    import pwd

    folder = Path("/proc", str(pid))
    uid = folder.stat().st_uid
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:  # an account of a container, without a name here
        user = str(uid)
    ticks = int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19])
    booted = next(
        int(line.split()[1])
        for line in Path("/proc/stat").read_text("ascii").splitlines()
        if line.startswith("btime ")
    )
    since = datetime.fromtimestamp(booted + ticks / os.sysconf("SC_CLK_TCK"), UTC)
    return Holder(platform.node(), user, pid, since.isoformat(timespec="seconds"))
