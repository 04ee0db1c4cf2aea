"""What a database error means: try again, wait, ask what happened, or repair the program.

Sorted by SQLite primary code and PostgreSQL SQLSTATE, never by exception class: a missing table is an
OperationalError too.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError

from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, OutcomeUnknown, Unavailable


class Fault(Enum):
    """What the caller may do about a database error."""

    RETRY = "retry"
    """The whole unit of work may run again at once."""
    OUTAGE = "outage"
    """Nothing was written; the surroundings must change first."""
    UNKNOWN = "unknown"
    """The connection broke: the idempotency key settles whether it was written (F23)."""
    BUG = "bug"


_BUSY, _LOCKED, _NOMEM, _READONLY, _INTERRUPT, _IOERR = 5, 6, 7, 8, 9, 10
_PERM, _CORRUPT, _FULL, _CANTOPEN, _PROTOCOL, _NOLFS, _NOTADB = 3, 11, 13, 14, 15, 22, 26

_SQLITE = {_BUSY: Fault.RETRY, _LOCKED: Fault.RETRY, _PROTOCOL: Fault.RETRY} | dict.fromkeys(
    (_PERM, _NOMEM, _READONLY, _INTERRUPT, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOLFS, _NOTADB), Fault.OUTAGE
)

_SQLSTATE_RETRY = frozenset(("40001", "40P01", "55P03"))
_SQLSTATE_UNKNOWN = frozenset(("08006", "08007", "57P01", "57P02"))
"""The connection died under a statement that may have been the COMMIT."""
_SQLSTATE_OUTAGE_CLASSES = ("08", "28", "53", "57", "58")


def classify(exc: BaseException) -> Fault:
    """Sort an error of SQLAlchemy or of the driver below it."""
    driver: object = exc.orig if isinstance(exc, DBAPIError) else exc
    if (code := sqlite_code(driver)) is not None:
        return _SQLITE.get(code, Fault.BUG)
    state = getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None)
    if isinstance(state, str):
        return _by_sqlstate(state)
    if isinstance(exc, DBAPIError) and (exc.connection_invalidated or _is_operational(driver)):
        return Fault.UNKNOWN
    return Fault.BUG


def sqlite_code(exc: object) -> int | None:
    """The primary SQLite result code an exception carries, or None."""
    code = getattr(exc, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def explain(exc: BaseException) -> EnvironmentFault:
    """The sentence for an error that is no bug: what happened, what is safe, what to do."""
    driver: object = exc.orig if isinstance(exc, DBAPIError) else exc
    if classify(exc) is Fault.UNKNOWN:
        return OutcomeUnknown(
            "连接断了，刚才这一笔不知道有没有写进去。程序会自己核对，请先别重复办；等连上后看一眼。"
        )
    match sqlite_code(driver):
        case 5 | 6 | 15:
            return Unavailable("库正被别的程序占着，这一笔没有写进去。已填的内容还在，等一会儿再试。")
        case 13:
            return Unavailable("磁盘满了，这一笔没有写进去，以前的都在。请清出至少 200 MB 空间，再试一次。")
        case 10:
            return Unavailable(
                "硬盘读写出错，这一笔没有写进去，以前存好的都在。"
                "请看移动盘是否松了；磁盘满了，就清出至少 200 MB 空间，再试一次。"
            )
        case 8 | 3:
            return Unavailable(
                "库文件或它所在的文件夹只能读不能写，这一笔没有写进去。请管理员放开写权限后再试。"
            )
        case 14:
            return Unavailable(
                "库文件打不开：文件夹不在、没有权限，或移动盘拔掉了。这一笔没有写进去，以前的都在。"
                "请插好盘或放开权限，再试一次。"
            )
        case 11 | 26:
            return DamagedDatabase("库文件有损坏。请不要再写，用最近的好备份退回；坏的这份会另外留着。")
        case 7:
            return Unavailable("内存不够，这一笔没有写进去，以前的都在。请关掉几个程序后再试。")
    return Unavailable("数据库现在用不了，这一笔没有写进去。已填的内容还在，过一会儿再试。")


def _by_sqlstate(state: str) -> Fault:
    if state in _SQLSTATE_RETRY:
        return Fault.RETRY
    if state in _SQLSTATE_UNKNOWN:
        return Fault.UNKNOWN
    return Fault.OUTAGE if state.startswith(_SQLSTATE_OUTAGE_CLASSES) else Fault.BUG


def _is_operational(driver: object) -> bool:
    """By the PEP 249 name of the driver's class: without SQLSTATE the server never answered."""
    return any(kind.__name__ == "OperationalError" for kind in type(driver).__mro__)
