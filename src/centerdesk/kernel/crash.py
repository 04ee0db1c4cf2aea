"""Unexpected errors: a local file of types and stack lines, and a short code to tell the maintainer.

No messages, locals or parameters: they hold residents (RELIABILITY 3.11). Nothing is sent anywhere.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import centerdesk
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.paths import ensure_private
from centerdesk.kernel.record import record

KEPT = 50
"""Crash files kept; the oldest go first."""

_PACKAGE = Path(centerdesk.__file__).parent.parent
_log = logging.getLogger(__name__)


def fingerprint(exc: BaseException) -> str:
    """8 hex digits, the same for the same kind of error at the same place: crc32 of type, file, function.

    The place is the innermost frame of our own code, else the innermost of all.
    """
    frames = traceback.extract_tb(exc.__traceback__, limit=None)
    own = [frame for frame in frames if _short(frame.filename).startswith("centerdesk/")]
    last = (own or frames)[-1:]
    place = "".join(f"{_short(frame.filename)}:{frame.name}" for frame in last)
    return f"{zlib.crc32(f'{type(exc).__qualname__}:{place}'.encode()):08x}"


def frames_only(exc: BaseException) -> str:
    """Types and `file:line in function` of the error and of those it came from, oldest first; no messages."""
    blocks = []
    for each in _chain(exc):
        lines = [
            f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(each.__traceback__)
        ]
        blocks.append("\n".join([f"{type(each).__module__}.{type(each).__qualname__}", *lines]))
    return "\n".join(blocks)


def _chain(exc: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = exc
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found[::-1]


def _short(filename: str) -> str:
    """The file below its package folder: full paths hold account names."""
    path = Path(filename)
    if path.is_relative_to(_PACKAGE):
        return path.relative_to(_PACKAGE).as_posix()
    for anchor in ("site-packages", "lib"):
        if anchor in path.parts:
            return "/".join(path.parts[len(path.parts) - path.parts[::-1].index(anchor) :])
    return path.name


@record
class _Hooks:
    main: Callable[[type[BaseException], BaseException, TracebackType | None], Any]
    thread: Callable[[threading.ExceptHookArgs], Any]
    unraisable: Callable[[Any], Any]


class CrashReporter:
    """Installs the hooks of the process (崩溃记录); `close` puts the former ones back.

    `told` is called on the failing thread with the code, after the file was written.
    """

    def __init__(
        self, folder: Path, clock: Clock, told: Callable[[str, BaseException], None] | None = None
    ) -> None:
        ensure_private(folder)
        self._folder, self._clock, self._told = folder, clock, told
        self._before = _Hooks(sys.excepthook, threading.excepthook, sys.unraisablehook)
        # binary death (segfault, abort): faulthandler writes file names and functions, never values
        self._native: IO[str] = (folder / "native.txt").open("a", encoding="utf-8")
        faulthandler.enable(self._native)
        sys.excepthook = self._on_main
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable

    def close(self) -> None:
        """Put the former hooks back."""
        sys.excepthook, sys.unraisablehook = self._before.main, self._before.unraisable
        threading.excepthook = self._before.thread
        faulthandler.disable()
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def report(self, exc: BaseException, thread: str = "main") -> str:
        """Write one crash file and a log line; gives the code. Never raises: the disk may be what failed."""
        code = fingerprint(exc)
        at = self._clock.now()
        text = f"{code}\n{at:%Y-%m-%dT%H:%M:%SZ} thread {thread}\n{frames_only(exc)}\n"
        try:
            (self._folder / f"crash-{at:%Y%m%d-%H%M%S-%f}-{code}.txt").write_text(text, "utf-8")
            for old in list(crash_files(self._folder))[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError as problem:
            _log.error("crash %s not written: %s", code, type(problem).__name__)
        _log.error("unexpected error %s", code, exc_info=exc)
        if self._told:
            self._told(code, exc)
        return code

    def _on_main(self, kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before.main(kind, exc, trace)
            return
        self.report(exc)

    def _on_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value, args.thread.name if args.thread else "gone")

    def _on_unraisable(self, args: Any) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value, "unraisable")


def crash_files(folder: Path) -> Iterator[Path]:
    """The crash files, oldest first."""
    yield from sorted(folder.glob("crash-*.txt"))
