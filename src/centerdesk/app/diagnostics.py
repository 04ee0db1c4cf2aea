"""诊断包: what a maintainer needs to find a fault, in one zip that holds nobody's data.

Only what is named here goes in. Versions, the doctor's findings, the schema's revision, numbers of rows, what the
backups say of themselves, the tails of the logs and the crash files. No settings, no station file, no key, no
name of a person, a folder or an imported file. Logs and crash files are written without personal values already;
here they are cleaned once more, as if they were not: whatever is not plain ASCII, a path or a file name goes.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import platform
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.records import PACK, RecordPack
from centerdesk.app.verbs.doctor import findings
from centerdesk.kernel.backup import list_backups
from centerdesk.kernel.clock import Clock, local
from centerdesk.kernel.crash import crash_files
from centerdesk.kernel.errors import EnvironmentFault, UserError
from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.orm import Base
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.redaction import redact
from centerdesk.kernel.soundness import count_rows

_log = logging.getLogger(__name__)

TAIL_BYTES = 1_000_000
"""Of each log, from its end."""
LOGS = 6
"""Log files that go in, the newest first."""
CRASHES = 20
GONE = "***"

_PACKAGES = (
    "centerdesk", "pyside6-essentials", "sqlalchemy", "sqlcipher3", "alembic", "openpyxl", "python-calamine",
    "reportlab", "argon2-cffi", "cryptography", "psycopg",
)  # fmt: skip
_ABSOLUTE = re.compile(r"(?<![\w./*-])(?:[A-Za-z]:[\\/]|\\\\|~?/)[^\s\"'<>|:*?]+")
_FILE_NAMES = re.compile(
    r"(?<![^\s\"'/\\:])[^\s\"'/\\:]{1,200}\."  # from the start of a word only: a long line must not cost its square
    r"(?:xlsx?|xlsm|xlsb|et|ett|csv|tsv|ods|docx?|wps|pdf|png|jpe?g|zip|db|json|toml)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?<!\S)\S+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

_READ_ME = """诊断包

给维护的人看的，{made}做的。里面有：
  about.json    程序、系统、部件的版本，库的版式号，各表有几行，备份的时间和大小
  doctor.json   “检查这台机器”的结果
  logs/         程序日志的末尾
  crashes/      出错时记下的位置

里面没有：居民、同事的姓名，证件号，电话，门牌，密码，钥匙，恢复单，导入的文件名，设置的内容。
都是文字，用记事本就能打开看。看过再给人。
"""


@record
class Packed:
    """一个诊断包. Where it lies, and the names inside."""

    path: Path
    names: tuple[str, ...] = field(default=())


def make_pack(path: Path, data: DataDir, clock: Clock, station: OpenStation | None = None) -> Packed:
    """Write the pack to `path`; without a station what is said of the database is left out. Blocking, slow lane.

    Raises EnvironmentFault where it cannot be written.
    """
    made = f"{local(clock.now()):%Y-%m-%d %H:%M}"
    parts = [
        ("请先看我.txt", _READ_ME.format(made=made)),
        ("about.json", _json({"made": made, **about(data, station)})),
        ("doctor.json", _json(_doctor(data))),
        *_logs(data),
        *_crashes(data),
    ]
    stamp = local(clock.now()).timetuple()[:6]
    with atomic_write(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in parts:
            pack.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    if station is not None:
        _book(station)
    _log.info("diagnostics pack written, %d parts", len(parts))
    return Packed(path, tuple(name for name, _content in parts))


def _book(station: OpenStation) -> None:
    """Into the journal; a database too damaged for it is what the pack was made for."""
    try:
        station.bus.run(RecordPack(), actor=station.actor or system_actor([PACK], station.site.desk))
    except (UserError, DBAPIError) as exc:
        _log.warning("the diagnostics pack is not in the journal: %s", type(exc).__name__)


def clean(words: str) -> str:
    """A log or a crash file without anything that could be somebody's: numbers, names, paths, files."""
    words = _WORD.sub(_no_path, _ABSOLUTE.sub(_own_source, redact(words)))
    for pattern in (_FILE_NAMES, _NOT_ASCII):
        words = pattern.sub(GONE, words)
    return words


def _no_path(found: re.Match[str]) -> str:
    """What is left of a path with blanks in it, unless it names source as our own crash files do."""
    word = found[0]
    if not ("/" in word or "\\" in word) or not re.search("[A-Za-z]", word):
        return word
    return word if re.search(r"^\"?[\w/\\.+-]+\.pyc?\b", word) else GONE


def _own_source(found: re.Match[str]) -> str:
    """Where a path leads into installed code, the part below its folder is what the fault is found by."""
    inside = re.search(r"(?:site-packages|src)[/\\]([\w/\\]+\.pyc?)$", found[0])
    return inside[1] if inside else GONE


def about(data: DataDir, station: OpenStation | None) -> dict[str, Any]:
    """Versions and numbers."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "database_bytes": data.database.stat().st_size if data.database.exists() else None,
        "backups": _backups(data),
    }
    if station is not None:
        found |= {"drill": station.station.drill, **_of_database(station)}
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _of_database(station: OpenStation) -> dict[str, Any]:
    try:
        revision = station.database.revision()
    except (DBAPIError, EnvironmentFault) as exc:  # a damaged file is what the pack is made for
        revision = type(exc).__name__
    with station.database.read_session() as session:
        rows = {table.name: _rows(session, table.name) for table in Base.metadata.sorted_tables}
    return {"schema_revision": revision, "rows": rows}


def _rows(session: Session, table: str) -> int | None:
    """None for a table that cannot be read."""
    try:
        return count_rows(session, table)
    except DBAPIError:
        session.rollback()
        return None


def _backups(data: DataDir) -> list[dict[str, Any]]:
    """What each backup says of itself, without its name."""
    return [
        {
            "made": f"{local(m.made_at):%Y-%m-%d %H:%M}", "reason": m.reason.value, "bytes": m.size,
            "revision": m.revision, "version": m.app_version,
            "checks": {check.name: check.ok for check in m.checks},
        }
        for m in (backup.manifest for backup in list_backups([data.backups]))
    ]  # fmt: skip


def _doctor(data: DataDir) -> list[dict[str, Any]]:
    """The doctor's findings; folders are left out of the words."""
    return [
        {"name": f.name, "ok": f.ok, "fact": _without_folders(f.fact, data), "advice": _without_folders(f.advice, data)}
        for f in findings(data)
    ]  # fmt: skip


def _without_folders(words: str, data: DataDir) -> str:
    for folder in (data.root, data.root.resolve(), Path.home()):
        words = words.replace(str(folder), GONE)
    return _ABSOLUTE.sub(GONE, words)


def _logs(data: DataDir) -> Iterator[tuple[str, str]]:
    """The ends of the newest logs: `desk.log`, `watch.log.1`, …; files of other names stay where they are."""
    found = [path for path in data.logs.glob("*.log*") if re.fullmatch(r"[a-z-]+\.log(\.\d)?", path.name)]
    for path in sorted(found, key=_changed, reverse=True)[:LOGS]:
        yield f"logs/{path.name}", clean(_tail(path))


def _crashes(data: DataDir) -> Iterator[tuple[str, str]]:
    native = [path for path in [data.logs / "native.txt"] if path.exists() and path.stat().st_size]
    for path in [*native, *_last(list(crash_files(data.logs)))]:
        yield f"crashes/{path.name}", clean(_tail(path))


def _last(paths: Sequence[Path]) -> Sequence[Path]:
    return paths[-CRASHES:]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # rotated away meanwhile
        return 0.0


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - TAIL_BYTES))
            return handle.read().decode("utf-8", "replace")
    except OSError as exc:
        return f"not readable: {type(exc).__name__}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
