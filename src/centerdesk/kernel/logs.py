"""The program's log: rotating files in the data directory, without a single personal value.

Whatever is logged passes `redact`; an exception is written as types and stack lines, its message is dropped.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from centerdesk.kernel.crash import frames_only
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import ensure_private, private_mode
from centerdesk.kernel.redaction import HiddenWords, redact

FILE_BYTES, FILES = 5_000_000, 9
"""Nine old files and the present one: 50 MB at most (G44)."""

hidden_words = HiddenWords()
"""Names of the records open just now, for every log of this process."""

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class RedactingFormatter(logging.Formatter):
    """One line per record in UTC, masked; exceptions without their messages."""

    def __init__(self, hidden: HiddenWords) -> None:
        super().__init__("%(levelname)s %(name)s [%(threadName)s] %(message)s")
        self._hidden = hidden

    def format(self, record: logging.LogRecord) -> str:
        """The stamp is put before the masked text: it is digits itself."""
        record.exc_text = None  # another handler may have cached the full text
        stamp = f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"
        return f"{stamp} {redact(super().format(record), self._hidden)}"

    def formatException(self, ei: _ExcInfo) -> str:
        return frames_only(ei[1]) if ei[1] is not None else ""

    def formatStack(self, _stack_info: str) -> str:
        return "  stack left out"


class PrivateFileHandler(RotatingFileHandler):
    """Rotating file that only the data directory's own account or group can read."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        Path(self.baseFilename).chmod(private_mode(Path(self.baseFilename).parent))
        return stream


def start_logging(folder: Path, name: str = "desk", level: int = logging.INFO) -> logging.Handler:
    """Write the root logger to `<folder>/<name>.log`; one name for each process. Raises EnvironmentFault.

    Gives the handler, for `stop_logging`.
    """
    ensure_private(folder)
    try:
        handler = PrivateFileHandler(
            folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
        )
    except OSError as exc:
        raise EnvironmentFault(
            f"日志文件夹“{folder}”写不进去。资料没有动过；请清出空间，或请管理员放开权限。"
        ) from exc
    handler.setFormatter(RedactingFormatter(hidden_words))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    logging.raiseExceptions = False  # a failing log must not print the record to stderr
    return handler


def stop_logging(handler: logging.Handler) -> None:
    """Take the handler away again and close its file, also on a disk that cannot take the last line."""
    logging.getLogger().removeHandler(handler)
    with suppress(OSError):
        handler.close()
