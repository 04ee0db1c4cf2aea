"""The command line: running one verb, and what is said when it fails (ARCHITECTURE section 2).

0 done, 1 the input was refused, 2 usage, 3 the environment failed. With `--json` stdout holds one JSON object
and nothing else; sentences for people go to stderr then, and a run without an answer gives
`{"ok": false, "error": …}` with the same words. Heavy imports happen inside the verb that needs them.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from centerdesk.app.verbs.parser import USAGE, VERBS, Misuse, build_parser, opens_desk
from centerdesk.kernel.clock import SHANGHAI, Clock, FixedClock, SystemClock
from centerdesk.kernel.errors import EnvironmentFault, UserError, ValidationError
from centerdesk.kernel.paths import DataDir, default_data_dir

__all__ = [
    "DONE", "ENVIRONMENT", "REFUSED", "USAGE", "VERBS", "Console", "build_parser", "clock_for", "data_dir",
    "find_verb", "run",
]  # fmt: skip

DONE, REFUSED, ENVIRONMENT = 0, 1, 3

YEARS = range(1950, 2150)
"""Of a drill: an instant at the end of the calendar has no day after it."""

_SURROUNDINGS = frozenset(
    (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENODEV)
)
"""What the disk or its owner must change; any other OSError is a bug of ours."""

_OWN_RECORDS = ("desk", "demo", "init", "doctor", "self-test")
"""Verbs that keep their own log, or have no station to keep one in."""

_log = logging.getLogger(__name__)


class CannotTell(EnvironmentFault):
    """What the verb says cannot leave the process: the disk behind a redirection is full, say."""

    def __init__(self) -> None:
        super().__init__(
            "结果写不出去：输出的那个位置满了，或不能写。库里的资料都在；请换一个位置，再来一次。"
        )


@dataclass
class Console:
    """Where a verb's words go. `json_only`: stdout is for one object, sentences go to stderr."""

    json_only: bool = False
    answered: bool = False
    complaints: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        _print(text, sys.stderr if self.json_only else sys.stdout)

    def complain(self, text: str) -> None:
        self.complaints.append(text)
        with suppress(BrokenPipeError, CannotTell):  # nobody can be told; the exit code still says it
            _print(text, sys.stderr)

    def answer(self, value: dict[str, Any]) -> None:
        """The one JSON object."""
        self.answered = True
        _print(json.dumps(value, ensure_ascii=False, indent=1), sys.stdout)


def _print(text: str, stream: TextIO | None) -> None:
    """Raises BrokenPipeError when the reader has gone, CannotTell when it cannot take more."""
    if stream is None:  # closed from the start; `print` would take the other one
        return
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise CannotTell from exc


def run(argv: Sequence[str]) -> int:
    """Parse, run one verb, turn every failure into its sentence and exit code."""
    parser = build_parser(for_desk=opens_desk(argv))
    try:
        args = parser.parse_args(argv)
        if args.verb is None:
            args = parser.parse_args([*argv, "desk"])
    except SystemExit as exc:
        if isinstance(exc, Misuse) and "--json" in argv:
            _speak(console := Console(json_only=True))
            console.complaints.append(exc.sentence)
            _tell_json(console)
        return int(exc.code or 0)
    console = Console(getattr(args, "json", False))
    _speak(console)
    with _records(args):
        code = _answered(args, console)
        if code != DONE and console.json_only and not console.answered:
            _tell_json(console)
        _log.info("%s ended with %d", args.verb, code)
        return code


def _tell_json(console: Console) -> None:
    """What went wrong, for the program that reads stdout; where that is closed the exit code must do."""
    try:
        console.answer({"ok": False, "error": "".join(console.complaints)})
    except (BrokenPipeError, CannotTell):
        _silence(sys.stdout)


def _speak(console: Console) -> None:
    """JSON is UTF-8 wherever it goes; on a terminal that lacks a character the rest is still said."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # in JSON an escaped lone surrogate of a strange file name is JSON again
            stream.reconfigure(
                encoding="utf-8" if console.json_only else None,
                errors="backslashreplace" if console.json_only else "replace",
            )


@contextmanager
def _records(args: argparse.Namespace) -> Iterator[None]:
    """Log and crash files of this process in the station's own folder; without one, none."""
    from centerdesk.kernel import crash, logs

    folder, root = data_dir(args).logs, logging.getLogger()
    level = root.level
    if not root.handlers:
        root.addHandler(logging.NullHandler())  # else Python prints tracebacks to stderr where no log is kept
    handler: logging.Handler | None = None
    reporter: crash.CrashReporter | None = None
    with suppress(EnvironmentFault, OSError):  # the verb itself says what is wrong with the folder
        if args.verb not in _OWN_RECORDS and folder.is_dir():
            handler = logs.start_logging(folder, "watch" if args.verb == "watch" else "cli")
            reporter = crash.CrashReporter(folder, SystemClock())
    try:
        yield
    finally:
        if reporter is not None:
            reporter.close()
        if handler is not None:
            logs.stop_logging(handler)
            root.setLevel(level)


def _answered(args: argparse.Namespace, console: Console) -> int:
    try:
        _check_words(args)
        return find_verb(args.verb)(args, console)
    except ValidationError as exc:
        for sentence in exc.fields.values():
            console.complain(sentence)
        return REFUSED
    except UserError as exc:
        if isinstance(exc, CannotTell):
            _silence(sys.stdout)
        console.complain(str(exc))
        return ENVIRONMENT if isinstance(exc, EnvironmentFault) else REFUSED
    except BrokenPipeError:  # the reader (head, less) has seen enough
        _silence(sys.stdout)
        return DONE
    except KeyboardInterrupt:
        console.complain("已停下。没做完的没有写进去；要办请再来一次。")
        return REFUSED
    except Exception as exc:  # noqa: BLE001 - the last line of defence: a sentence for the clerk, frames for the file
        return _failed(exc, args, console)


def _check_words(args: argparse.Namespace) -> None:
    """Names of the call must be text; a path may be any bytes. Raises ValidationError."""
    for value in vars(args).values():
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, str) and (shown := word.encode("utf-8", "replace").decode()) != word:
                raise ValidationError(
                    {"argv": f"“{shown}”里有认不出的字，多半是终端的编码不对。请换成 UTF-8，再来一次。"}
                )


def _failed(exc: Exception, args: argparse.Namespace, console: Console) -> int:
    """Sort what no verb foresaw: surroundings get their sentence, everything else is a bug with a code."""
    from sqlalchemy.exc import DBAPIError

    from centerdesk.kernel.db import Fault, classify, explain, sqlite

    if isinstance(exc, (DBAPIError, sqlite.Error)) and classify(exc) is not Fault.BUG:
        console.complain(str(explain(exc)))
    elif isinstance(exc, MemoryError):
        console.complain("内存不够，这一步没有做完，以前存好的都在。请关掉几个程序，再来一次。")
    elif isinstance(exc, OSError) and exc.errno in _SURROUNDINGS:
        from centerdesk.kernel.backupfile import writing_fault

        console.complain(str(writing_fault(exc, "这一步没有做完", "库里存好的都在。")))
    else:
        from centerdesk.kernel import crash

        code = crash.fingerprint(exc)
        console.complain(
            f"程序出了没料到的错（{code}），这一步没有做完，以前存好的都在。请把这个号告诉管理员，再试一次。"
        )
        _keep_frames(exc, code, data_dir(args).logs)
    return ENVIRONMENT


def _silence(stream: TextIO | None) -> None:
    """Send what is still in the buffer nowhere: at exit Python would try again and complain in English."""
    if stream is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _keep_frames(exc: Exception, code: str, folder: Path) -> None:
    """Types and stack lines for the maintainer; no messages, they may hold a person."""
    from centerdesk.kernel import crash

    _log.error("unexpected error %s", code, exc_info=exc)
    with suppress(OSError):  # the disk may be what failed; the sentence with its code has been said
        if folder.is_dir():
            (folder / f"crash-{code}.txt").write_text(f"{code}\n{crash.frames_only(exc)}\n", "utf-8")


def find_verb(name: str) -> Callable[[argparse.Namespace, Console], int]:
    """The function behind a verb; its module is imported now."""
    module = importlib.import_module(VERBS[name][0])
    found: Callable[[argparse.Namespace, Console], int] = getattr(module, name.replace("-", "_") + "_verb")
    return found


def data_dir(args: argparse.Namespace) -> DataDir:
    """The station's folder: as given, else the machine's own."""
    return DataDir(args.data if args.data is not None else default_data_dir())


def clock_for(args: argparse.Namespace, *, drill: bool) -> Clock:
    """The machine's clock, or the instant of `--now` on a drill station. Raises ValidationError elsewhere."""
    if args.now is None:
        return SystemClock()
    if not drill:
        raise ValidationError(
            {"now": "只有演练站才能用 --now。这是正式的站，时间要照真的来；请去掉 --now 再来一次。"}
        )
    try:
        at = datetime.fromisoformat(args.now)
    except ValueError as exc:
        raise ValidationError({"now": "时刻写成 2026-12-03T08:41 这样，再来一次。"}) from exc
    if at.year not in YEARS:
        raise ValidationError({"now": f"演练的时刻要在 {YEARS[0]} 年到 {YEARS[-1]} 年之间。请改好再来一次。"})
    return FixedClock(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
