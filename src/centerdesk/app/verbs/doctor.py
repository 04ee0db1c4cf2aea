"""`doctor`: what this machine offers the program, and whether the end of its database is there."""

from __future__ import annotations

import argparse
import errno
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from centerdesk.app.cli import DONE, ENVIRONMENT, Console, data_dir
from centerdesk.kernel import keyslots, lost_end
from centerdesk.kernel.db import key_fits, make_engine, sqlite
from centerdesk.kernel.dbfaults import explain
from centerdesk.kernel.errors import UserError, WrongKey
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir, refuse_shared_storage, resource
from centerdesk.kernel.record import record
from centerdesk.kernel.station import Station, is_there

NEEDED_MB = 500
"""Free disk space below which the doctor warns: a year of a large station and its backups."""
FULL_MB = 50
"""Free disk space below which the next backup or paper is refused."""
_PROBE_BYTES = 1_000_000
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

FONTS = ("NotoSansSC-Regular", "NotoSansSC-Bold", "NotoSerifSC-Regular", "NotoSerifSC-SemiBold")


@record
class Finding:
    """One thing looked at. `fact` is what was found, `advice` what to do; only a `grave` one stops the work."""

    name: str
    fact: str
    advice: str = ""
    grave: bool = False

    @property
    def ok(self) -> bool:
        return not self.grave


def doctor_verb(args: argparse.Namespace, console: Console) -> int:
    """Look at the machine; nothing is changed and no station is opened for work."""
    found = list(findings(data_dir(args)))
    ok = all(f.ok for f in found)
    if args.json:
        console.answer(
            {
                "ok": ok,
                "checks": [{"name": f.name, "ok": f.ok, "fact": f.fact, "advice": f.advice} for f in found],
            }
        )
    for f in found:
        mark = "坏" if f.grave else "看" if f.advice else "好"
        console.say(f"{mark}  {f.name}：{f.fact}{'　' + f.advice if f.advice else ''}")
    return DONE if ok else ENVIRONMENT


def findings(data: DataDir) -> Iterator[Finding]:
    """Every check of the doctor, in the order shown."""
    yield Finding("程序", f"centerdesk {_version('centerdesk')}")
    yield Finding("Python", platform.python_version())
    yield Finding("系统", f"{platform.system()} {platform.release()} {platform.machine()}{_glibc()}")
    yield _database_library()
    yield _qt()
    yield _input_method()
    yield _fonts()
    yield _sound()
    refused = _try_writing(data.root)
    yield _folder(data, refused)
    yield _space(data, refused)
    if refused is None:  # else that comes first: what lies in the folder cannot even be opened
        yield from _server(data)
        yield from _lost_end(data)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "没有装"


def _glibc() -> str:
    name, version = platform.libc_ver()
    return f"，{name} {version}" if name else ""


def _database_library() -> Finding:
    from centerdesk.kernel.db import Durability, default_durability

    connection = sqlite.connect(":memory:")
    cipher = connection.execute("PRAGMA cipher_version").fetchone()
    connection.close()
    fact = f"SQLite {sqlite.sqlite_version}，SQLCipher {cipher[0] if cipher else '没有'}"
    if cipher is None:
        return Finding("数据库", fact, "这台机器的库不能加密。请重新安装程序。", grave=True)
    if default_durability() is not Durability.WAL:
        return Finding("数据库", fact, "SQLite 太旧，改用慢一点但稳的写法。升级程序可以变快。")
    return Finding("数据库", fact)


def _qt() -> Finding:
    version = _version("pyside6-essentials")
    if importlib.util.find_spec("PySide6") is None:
        return Finding("界面", version, "界面库没有装好。请重新运行安装。", grave=True)
    return Finding("界面", f"PySide6 {version}")


def _input_method() -> Finding:
    wanted = os.environ.get("QT_IM_MODULE", "")
    if sys.platform == "win32" or not wanted:
        return Finding("输入法", wanted or "系统自带")
    spec = importlib.util.find_spec("PySide6")
    folder = Path(spec.origin or "").parent / "Qt" / "plugins" / "platforminputcontexts" if spec else Path()
    names = sorted(p.stem for p in folder.glob("*")) if folder.is_dir() else []
    there = any(wanted.rstrip("5") in name for name in names)
    advice = (
        "" if there or wanted == "ibus" else "没有对应的插件；开服务台时会改用 ibus，打不出字再找管理员。"
    )
    return Finding("输入法", f"{wanted}；插件 {'、'.join(names) or '没有'}", advice)


def _fonts() -> Finding:
    missing = [name for name in FONTS if not _there("fonts", f"{name}.ttf")]
    if missing:
        return Finding("字体", f"缺 {'、'.join(missing)}", "请重新安装程序。", grave=True)
    return Finding("字体", "自带字体齐全")


def _there(*parts: str) -> bool:
    try:
        return resource(*parts).exists()
    except (UserError, OSError):  # this account may not look there: the desk will not find it either
        return False


def _sound() -> Finding:
    if sys.platform == "win32":
        return Finding("铃声", "Windows 自带")
    player = next((name for name in ("pw-play", "paplay", "aplay") if shutil.which(name)), None)
    advice = "" if player else "没有放声音的程序，报警只能看屏幕。请装 alsa-utils 或 pulseaudio-utils。"
    return Finding("铃声", player or "没有", advice)


def _try_writing(folder: Path) -> OSError | None:
    """What the system says to a file without a name in this folder; nothing of it stays."""
    if not os.access(folder, os.F_OK):
        return None
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as exc:
        return exc
    return None


def _folder(data: DataDir, refused: OSError | None) -> Finding:
    name, place = "数据位置", str(data.root)
    try:
        refuse_shared_storage(data.database)
    except UserError as exc:
        return Finding(name, place, str(exc), grave=True)
    above = _existing(data.root)
    if above != data.root and not os.access(above, os.W_OK | os.X_OK):
        return Finding(
            name, place, f"这里建不了站点：“{above}”不让写。请换一个自己能写的文件夹。", grave=True
        )
    if refused is not None and refused.errno == errno.EIO:
        advice = "写进去时硬盘出错。请看移动盘是否松了，先把备份拷到别的盘上，再换盘。"
        return Finding(name, f"{place} 读写出错", advice, grave=True)
    closed = _closed(data)
    if closed or (refused is not None and refused.errno not in _NO_ROOM):
        advice = "服务台开不了，或存不进东西；资料没有动过。请管理员放开写权限，或把盘的写保护拨开。"
        return Finding(name, f"{'、'.join(closed) or place} 只能读不能写", advice, grave=True)
    return Finding(name, place)


def _closed(data: DataDir) -> list[str]:
    """What is there and may not be written, of what a desk writes: the folder alone does not tell."""
    files = [data.database.with_name(data.database.name + end) for end in ("", "-wal", "-shm", "-journal")]
    parts = [data.root, *files, data.station_file, data.backups, data.logs]
    return [str(each) for each in parts if os.access(each, os.F_OK) and not os.access(each, os.W_OK)]


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    while not os.access(folder, os.F_OK) and folder != folder.parent:
        folder = folder.parent
    return folder


def _space(data: DataDir, refused: OSError | None) -> Finding:
    free = shutil.disk_usage(_existing(data.root)).free // 1_000_000
    if free < FULL_MB or (refused is not None and refused.errno in _NO_ROOM):
        advice = f"磁盘或账户的配额满了，存不进东西；以前的都在。请清出 {NEEDED_MB} MB 以上。"
        return Finding("磁盘空间", f"还剩 {free:,} MB", advice, grave=True)
    advice = "" if free >= NEEDED_MB else f"空间不多了，请清出 {NEEDED_MB} MB 以上，不然备份会做不成。"
    return Finding("磁盘空间", f"还剩 {free:,} MB", advice)


def _server(data: DataDir) -> Iterator[Finding]:
    """The server of a station that has one: whether it answers, and what its settings endanger."""
    try:
        station = Station.load(data.station_file) if data.station_file.exists() else None
        if station is None or not station.database:
            return
        from centerdesk.app import servers

        with servers.connect(data, station) as database:
            yield Finding("服务器", servers.address_of(station).place)
            for sentence in database.warnings:
                yield Finding("服务器的设置", "", sentence)
    except UserError as exc:
        yield Finding("服务器", "用不了", str(exc), grave=True)


def _lost_end(data: DataDir) -> Iterator[Finding]:
    """Acts that this machine saw saved and the database no longer has. The desk books that, not the doctor."""
    name = "办过的事"
    try:
        if not (data.station_file.exists() and data.keyslots.exists() and is_there(data)):
            return
        station, ring = Station.load(data.station_file), KeyRing(keyslots.open_with_machine(data))
        with _reading(data, station, ring) as session:
            lost = lost_end.told_unbooked(session, data, ring)
    except UserError as exc:
        yield Finding(name, "看不了", str(exc), grave=True)
    except DBAPIError as exc:
        yield Finding(name, "看不了", str(explain(exc)), grave=True)
    else:
        yield Finding(name, f"少了 {lost.acts} 件", lost.sentence) if lost else Finding(name, "一件没少")


@contextmanager
def _reading(data: DataDir, station: Station, ring: KeyRing) -> Iterator[Session]:
    """A session that only reads, past the desk's own opening: that one books, and brings the log into the file."""
    if station.database:
        from centerdesk.app import servers

        with servers.connect(data, station) as database, database.read_session() as session:
            yield session
        return
    if not key_fits(data.database, ring.database_key):
        raise WrongKey("本机的钥匙打不开这个库。请确认文件夹没有拿错；换了电脑，请用恢复单打开。")
    engine = make_engine(data.database, ring.database_key, write=False, size=1)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
