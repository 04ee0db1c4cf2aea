"""Where things lie: resources of the program, the station's data directory, and which disks may hold it."""

from __future__ import annotations

import ctypes
import os
import stat
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path

import platformdirs

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.record import record

_PACKAGE = Path(__file__).resolve().parents[1]
SHARED_ROOT = Path("/var/lib/centerdesk")
"""Data of a machine with several accounts (STANDARDS 5): group centerdesk, mode 2770."""

_NETWORK_TYPES = frozenset(
    {"cifs", "smb3", "smbfs", "nfs", "nfs4", "afs", "ceph", "glusterfs", "lustre", "ncpfs", "davfs"}
    | {"9p", "fuse", "virtiofs", "vboxsf"}
)
_SANDBOX_ROOTS = frozenset(("9p", "fuse", "virtiofs"))
"""Types that a container's own root may have: refused everywhere but at `/`."""

_DRIVE_REMOTE = 4
"""What GetDriveTypeW says of a mapped drive. Written after Microsoft's documentation, not run here."""

_SYNC_NAMES = (
    "onedrive",
    "dropbox",
    "nutstore",
    "坚果云",
    "我的坚果云",
    "百度网盘",
    "百度云同步盘",
    "baidusyncdisk",
    "baidunetdisk",
    "google drive",
    "icloud",
    "微云同步",
    "wps云盘",
    "wpsdrive",
    "阿里云盘",
    "360云盘",
    "天翼云盘",
)


def resource(*parts: str) -> Path:
    """A file or folder that ships with the program; nothing else knows where it was put.

    Raises EnvironmentFault when the installation is incomplete.
    """
    for base in (_PACKAGE / "_resources", _PACKAGE.parents[1] / "resources"):
        found = base.joinpath(*parts)
        if found.exists():
            return found
    raise EnvironmentFault(f"程序文件不全，缺“{'/'.join(parts)}”。资料没有动过；请重新安装一次程序。")


@record
class DataDir:
    """One station's data directory (数据目录). The paths in it, and no claim that they exist."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "centerdesk.db"

    @property
    def keyslots(self) -> Path:
        """Wrapped keys; public, travels with every backup."""
        return self.root / "keyslots.json"

    @property
    def machine_key(self) -> Path:
        """The machine slot's secret; never leaves this machine and is in no backup."""
        return self.root / "machine.key"

    @property
    def anchor(self) -> Path:
        """Where the journal's chain ended, as this machine last saw it; is in no backup."""
        return self.root / "journal.anchor"

    @property
    def restoring(self) -> Path:
        """A restore that put its database in place and has not yet written its journal entry."""
        return self.root / "restoring.note"

    @property
    def station_file(self) -> Path:
        return self.root / "station.toml"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock_file(self) -> Path:
        return self.root / "desk.lock"

    @property
    def drafts(self) -> Path:
        """Encrypted form drafts."""
        return self.root / "drafts"

    @property
    def spool(self) -> Path:
        """Documents on their way to a printer or another folder."""
        return self.root / "spool"

    @property
    def aside(self) -> Path:
        """What a restore replaced, one dated folder each."""
        return self.root / "aside"

    def prepare(self) -> None:
        """Make the directory and its private folders. Raises EnvironmentFault."""
        for folder in (self.root, self.backups, self.logs, self.drafts, self.spool):
            ensure_private(folder)


def default_data_dir() -> Path:
    """The machine's shared directory where an installer made one, else this account's own."""
    shared = Path(platformdirs.site_data_dir("CenterDesk", appauthor=False))
    if sys.platform != "win32":
        shared = SHARED_ROOT
    if shared.is_dir() and os.access(shared, os.R_OK | os.W_OK | os.X_OK):
        return shared
    return Path(platformdirs.user_data_dir("centerdesk", appauthor=False))


def group_shared(folder: Path) -> bool:
    """Whether the folder is set up for one group of accounts (setgid, as the installer makes it)."""
    try:
        return sys.platform != "win32" and bool(folder.stat().st_mode & stat.S_ISGID)
    except OSError:  # not there: whoever writes to it will say so
        return False


def private_mode(folder: Path) -> int:
    """The mode for files in `folder`: owner only, or owner and group in a shared directory."""
    return 0o660 if group_shared(folder) else 0o600


def ensure_private(folder: Path) -> None:
    """Make `folder` and shut other people out of it: 0700, or 2770 below a shared directory.

    A folder that already belongs to a group keeps its group. Raises EnvironmentFault.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sys.platform == "win32":  # pragma: no cover - the installer sets the ACL there
            return
        wanted = 0o2770 if group_shared(folder) else 0o700
        if stat.S_IMODE(folder.stat().st_mode) != wanted:
            folder.chmod(wanted)
    except FileExistsError as exc:
        raise EnvironmentFault(f"“{folder}”是一个文件，不是文件夹。请换一个位置，或先把它改名。") from exc
    except OSError as exc:
        raise EnvironmentFault(
            f"文件夹“{folder}”建不了，或改不了权限。请换一个自己能写的文件夹，或请管理员放开权限。"
        ) from exc


def write_private(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Replace a small file as a whole, durably; `mode` defaults to the private mode of its folder.

    Raises EnvironmentFault.
    """
    wanted = private_mode(path.parent) if mode is None else mode
    with atomic_write(path) as partial:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, flags, wanted), "wb") as out:
            if sys.platform != "win32":
                with suppress(PermissionError):  # a stick's file system has no modes
                    os.fchmod(out.fileno(), wanted)  # the umask may have taken the group's bits
            out.write(data)


def refuse_shared_storage(path: Path, mounts: str | None = None) -> None:
    """Raise EnvironmentFault when a live database at `path` would lie on a share or in a sync folder (G7).

    `mounts` is the text of /proc/mounts, read from the machine when None. Finished backups may lie there.
    """
    text = str(path)
    if text.startswith(("\\\\", "//")):
        raise EnvironmentFault(_on_a_share("网络共享文件夹"))
    full = path.resolve()
    if name := _sync_name(full):
        raise EnvironmentFault(
            f"这个文件夹归“{name}”同步，正在用的库放进去会被同步软件改坏。"
            "还没有写入任何东西。请换一个本机文件夹；做好的备份可以放在同步文件夹里。"
        )
    if sys.platform == "win32":  # pragma: no cover
        kind = "映射的网络盘" if ctypes.windll.kernel32.GetDriveTypeW(full.anchor) == _DRIVE_REMOTE else ""
    else:
        kind = _mount_problem(full, _proc_mounts() if mounts is None else mounts)
    if kind:
        raise EnvironmentFault(_on_a_share(kind))


def _on_a_share(kind: str) -> str:
    return (
        f"这个位置在{kind}上，正在用的库放在那里会坏。还没有写入任何东西。"
        "请换一个本机硬盘上的文件夹；几台电脑一起用，请改用 PostgreSQL。做好的备份可以放在那里。"
    )


def _sync_name(path: Path) -> str:
    for part in path.parts:
        folded = unicodedata.normalize("NFKC", part).casefold()
        if folded.startswith(_SYNC_NAMES):
            return part
    return ""


def _proc_mounts() -> str:
    try:
        return Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:  # no /proc: nothing can be known about the disk
        return ""


def _mount_problem(path: Path, mounts: str) -> str:
    """The Chinese name of the unsuitable file system that holds `path`, or ""."""
    best, best_type = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point, kind = _unescape(fields[1]), fields[2]
        inside = point == "/" or str(path) == point or str(path).startswith(point + "/")
        if inside and len(point) >= len(best):  # a later mount on the same point hides the earlier one
            best, best_type = point, kind
    family = "fuse" if best_type.startswith("fuse.") else best_type
    if family not in _NETWORK_TYPES or (best == "/" and family in _SANDBOX_ROOTS):
        return ""
    return f"网络或外挂文件系统（{best_type}）"


def _unescape(point: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, char)
    return point
