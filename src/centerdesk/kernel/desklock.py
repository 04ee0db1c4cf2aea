"""One writer at a time: an operating-system lock on a small file that names who holds it (G5, G8)."""

from __future__ import annotations

import getpass
import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Self

from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.errors import EnvironmentFault, Unavailable
from centerdesk.kernel.paths import private_mode
from centerdesk.kernel.record import record

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl

_LOCK_BYTE = 1 << 20
"""Windows locks are mandatory: the locked byte lies beyond the text, so that others can read the name."""


@record
class Holder:
    """Who holds a lock: computer, account, process, since when (UTC, ISO)."""

    host: str
    user: str
    pid: int
    since: str

    def describe(self) -> str:
        """`前台一号 的 gaoxiang，18:02 起` in Shanghai time."""
        try:
            since = f"{local(datetime.fromisoformat(self.since)):%m-%d %H:%M} 起"
        except ValueError:
            since = "时间不明"
        return f"电脑“{self.host}”的账户“{self.user}”（进程 {self.pid}，{since}）"


class DeskHeld(Unavailable):
    """Another desk has the lock. `holder` is None when it has not written its name yet."""

    def __init__(self, holder: Holder | None) -> None:
        who = holder.describe() if holder else "另一个窗口"
        super().__init__(f"{who}正开着这个库，同时只能开一个。请回到那个窗口，或等它关掉再来。")
        self.holder = holder


class DeskLock:
    """Single-writer lock (独占锁). The operating system drops it when the process dies, however it dies."""

    def __init__(self, path: Path, descriptor: int, holder: Holder) -> None:
        self.path = path
        self.holder = holder
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, path: Path, clock: Clock) -> DeskLock:
        """Take the lock without waiting.

        Raises DeskHeld naming the holder, Unavailable on a full disk, EnvironmentFault without folder or right.
        """
        try:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
            descriptor = os.open(path, flags, private_mode(path.parent))
        except OSError as exc:
            raise EnvironmentFault(
                f"文件夹“{path.parent}”不在，或不能写，打不开库。资料没有动过；请放开写权限或换回原来的盘。"
            ) from exc
        try:
            _lock(descriptor)
        except OSError as exc:
            os.close(descriptor)
            raise DeskHeld(_read(path)) from exc
        holder = Holder(platform.node(), _account(), os.getpid(), clock.now().isoformat(timespec="seconds"))
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps(asdict(holder), ensure_ascii=False).encode())
        except OSError as exc:
            os.close(descriptor)
            raise Unavailable(
                "磁盘满了或坏了，写不下锁文件。资料没有动过，都在；请清出至少 200 MB 空间，再试一次。"
            ) from exc
        return cls(path, descriptor, holder)

    @staticmethod
    def holder_of(path: Path) -> Holder | None:
        """Who holds the lock just now; None when nobody does."""
        try:
            descriptor = os.open(path, os.O_RDWR)
        except OSError:
            return None
        try:
            _lock(descriptor)
        except OSError:
            return _read(path)
        finally:
            os.close(descriptor)  # lets go of the lock if it was free
        return None

    def release(self) -> None:
        """Let go; a second call does nothing. The file stays: else two processes could lock two files."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":  # pragma: no cover
        os.lseek(descriptor, _LOCK_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _read(path: Path) -> Holder | None:
    try:
        held = json.loads(path.read_bytes())
        return Holder(str(held["host"]), str(held["user"]), int(held["pid"]), str(held["since"]))
    except (OSError, ValueError, KeyError, TypeError):  # being written just now, or emptied
        return None


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a service account without a name
        return "无名"
