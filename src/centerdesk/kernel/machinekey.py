"""The machine slot's secret: opens the database after a restart with nobody logged in (RELIABILITY 3.2).

Windows: sealed by DPAPI in machine scope. Elsewhere a file that only the account, or in a shared data
directory the group of the desk's and the watcher's accounts, can read, and that opens nothing without the
system's own id: a data directory on another computer wants the recovery sheet. The security page says so.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

from centerdesk.kernel.cipher import stretch
from centerdesk.kernel.errors import EnvironmentFault, WrongKey
from centerdesk.kernel.paths import group_shared, write_private

_MAGIC = b"CDMK1\n"
_SECRET = 32

SYSTEM_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
"""Where a system keeps the id it was given when it was installed; a system without one binds nothing."""


def machine_key(path: Path) -> bytes:
    """This machine's secret, made now if there is no usable one. Raises EnvironmentFault."""
    try:
        return read_machine_key(path)
    except WrongKey:
        return new_machine_key(path)


def new_machine_key(path: Path) -> bytes:
    """Make this machine's secret and store it at `path`. Raises EnvironmentFault."""
    secret = os.urandom(_SECRET)
    stored = _dpapi(secret, protect=True) if sys.platform == "win32" else secret
    write_private(path, _MAGIC + stored, mode=0o640 if group_shared(path.parent) else 0o600)
    return _of_this_system(secret)


def read_machine_key(path: Path) -> bytes:
    """This machine's secret. Raises WrongKey when there is none or it is not this machine's."""
    try:
        data = path.read_bytes()
        _refuse_open_file(path)
    except FileNotFoundError as exc:
        raise WrongKey("这台电脑上没有本机钥匙，多半是换了电脑。资料没有动过；请用恢复单打开。") from exc
    except OSError as exc:
        raise EnvironmentFault(
            "本机钥匙读不了：这个账户没有权限。资料没有动过；请换回平时用的账户，或请管理员放开权限。"
        ) from exc
    stored = data.removeprefix(_MAGIC)
    secret = _dpapi(stored, protect=False) if sys.platform == "win32" else stored
    if not data.startswith(_MAGIC) or len(secret) != _SECRET:
        raise WrongKey("本机钥匙坏了，打不开库。资料没有动过；请用恢复单打开，程序会做一把新的。")
    return _of_this_system(secret)


def _of_this_system(secret: bytes) -> bytes:
    """What the file's secret gives on this installation of the system; DPAPI sees to it by itself."""
    for path in SYSTEM_IDS if sys.platform != "win32" else ():
        with suppress(OSError):
            return stretch(secret, "system " + path.read_text("ascii", "replace").strip())
    return secret


def _refuse_open_file(path: Path) -> None:
    """A key that everybody can read is repaired before it is used."""
    if sys.platform != "win32" and path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        path.chmod(0o640 if group_shared(path.parent) else 0o600)


if sys.platform == "win32":  # pragma: no cover - written after Microsoft's documentation, not run here
    from ctypes import wintypes

    _LOCAL_MACHINE, _UI_FORBIDDEN = 0x4, 0x1

    class _Blob(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char))]

    def _dpapi(data: bytes, *, protect: bool) -> bytes:
        """CryptProtectData in machine scope, so that the watcher's account opens it too."""
        buffer = ctypes.create_string_buffer(data, len(data))
        source = _Blob(len(data), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char)))
        result = _Blob()
        library = ctypes.windll.crypt32
        call = library.CryptProtectData if protect else library.CryptUnprotectData
        flags = _UI_FORBIDDEN | (_LOCAL_MACHINE if protect else 0)
        if not call(ctypes.byref(source), None, None, None, None, flags, ctypes.byref(result)):
            raise WrongKey("本机钥匙在这台电脑上解不开，多半是重装了系统。资料没有动过；请用恢复单打开。")
        try:
            return ctypes.string_at(result.data, result.size)
        finally:
            ctypes.windll.kernel32.LocalFree(result.data)
else:

    def _dpapi(data: bytes, *, protect: bool) -> bytes:
        raise NotImplementedError("DPAPI is Windows only")
