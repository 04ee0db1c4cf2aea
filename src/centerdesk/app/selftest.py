"""`self-test`: whether the program as installed can do a day's work on this machine, in a scratch folder."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from centerdesk.app import cli
from centerdesk.app.cli import DONE, ENVIRONMENT, Console
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, UserError
from centerdesk.kernel.paths import resource

_PASSWORD = "榆树六棵在窗外边"
_ACCOUNTS = ("网格员甲", "网格员乙", "网格员丙")
_GRIDS = tuple(f"云和{n}网格" for n in "一二三四五六七八")
_COMPOUNDS = ("气象花园", "云和小区", "松涛里", "望江苑", "铁道家属楼")
_MORNING = "2026-10-02T09:00"


def self_test_verb(args: argparse.Namespace, console: Console) -> int:
    """Set a drill station up and take it through the verbs, one after the other; nothing is left behind."""
    del args
    with tempfile.TemporaryDirectory(prefix="centerdesk-") as scratch, _own_password():
        for name, step in _steps(Path(scratch) / "station"):
            try:
                console.say(f"好  {name}：{step()}")
            except UserError as exc:
                console.complain(f"坏  {name}：{exc}")
                return ENVIRONMENT
    console.say("自检通过。")
    return DONE


@contextmanager
def _own_password() -> Iterator[None]:
    """The scratch station's password for the verbs; the caller's own comes back afterwards."""
    names = ("CENTERDESK_PASSWORD", "CENTERDESK_SECOND_PASSWORD", "CENTERDESK_RECOVERY")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["CENTERDESK_PASSWORD"] = _PASSWORD
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


class _Heard(Console):
    """A console that keeps what a verb says instead of telling it."""

    def __init__(self) -> None:
        super().__init__(json_only=True)
        self.said: list[str] = []
        self.object: dict[str, Any] = {}

    def say(self, text: str) -> None:
        self.said.append(text)

    def complain(self, text: str) -> None:
        self.said.append(text)

    def answer(self, value: dict[str, Any]) -> None:
        self.object = value


def _run(data: Path, *arguments: str, login: str | None = None) -> _Heard:
    """One verb as the command line runs it. Raises what it raises, and EnvironmentFault for a refusal."""
    who = ["--as", login] if login else []
    args = cli.build_parser().parse_args(["--data", str(data), *who, *arguments, "--now", _MORNING])
    console = _Heard()
    if cli.find_verb(args.verb)(args, console) != DONE:
        raise EnvironmentFault("；".join(console.said[-1:]) or "没有做成。请把这句话告诉维护的人。")
    return console


def _steps(data: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    roster = resource("data", "rosters", "yunhe_ledger_2026q3.xlsx")
    table = resource("data", "checkins", "curtain_2026-09_export.xlsx")
    papers = data.parent / "papers"

    def found() -> str:
        named = [f"--account={name}:grid_worker" for name in _ACCOUNTS]
        named += [f"--grid={name}" for name in _GRIDS] + [f"--compound={name}" for name in _COMPOUNDS]
        _run(data, "init", "--station", "云和社区", "--admin", "自检", "--drill", *named)
        return "钥匙、加密的库、账号"

    def residents() -> str:
        counts = _run(data, "import", str(roster), "--json", login="自检").object["counts"]
        return f"居民 {counts['new']} 人"

    def checkins() -> str:
        counts = _run(data, "import", str(table), "--json", login="自检").object["counts"]
        return f"看窗 {counts['new']} 次，报警 {counts['alarms']} 件"

    def returns() -> str:
        built = _run(
            data, "return", "build", "--period", "2026-09", "--out", str(papers), "--json", login="自检"
        )
        return f"{len(built.object['figures'])} 个数，{len(built.object['files'])} 份文件"

    def verify() -> str:
        return f"{len(_run(data, 'verify', '--json').object['checks'])} 项都平"

    yield "界面", _interface
    yield "建站", found
    yield "导入居民", residents
    yield "导入看窗", checkins
    yield "月报", returns
    yield "核对", verify
    yield "备份", lambda: _round_trip(data)


def _interface() -> str:
    try:
        from PySide6 import QtWidgets
    except ImportError as exc:
        raise EnvironmentFault(
            "界面库装不上来，多半缺系统的库。请运行 python3 installers/from_source.py setup，它会说缺哪些。"
        ) from exc
    return f"{QtWidgets.__name__.partition('.')[0]} 装得上来"


def _round_trip(data: Path) -> str:
    from centerdesk.app.bootstrap import open_station
    from centerdesk.kernel.backupfile import list_backups
    from centerdesk.kernel.clock import SystemClock
    from centerdesk.kernel.paths import DataDir
    from centerdesk.kernel.restore import rehearse

    _run(data, "backup")
    where = DataDir(data)
    station = open_station(where, SystemClock())
    try:
        newest = next(b for b in list_backups([where.backups]) if b.manifest.reason.value == "manual")
        trial = rehearse(newest, station.ring, where, station.clock)
    finally:
        station.close()
    if not trial.good:
        raise DamagedDatabase("备份读回来对不上。请换一个盘再试，并告诉维护的人。")
    return f"写出、读回，{trial.seconds:.1f} 秒"
