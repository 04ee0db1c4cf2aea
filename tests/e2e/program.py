"""The program as somebody else starts it: a process, its two streams, its exit code."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.cli import run
from centerdesk.kernel import keyslots
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.db import connect
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir, resource
from tests.e2e.warm import PATIENCE_S, POSSIBLE, WarmProgram

SOURCE = Path(__file__).resolve().parents[2] / "src"
PASSWORD = "窗外有六棵大榆树"
STATION = "云和社区"
GRIDS = tuple(f"云和{n}网格" for n in "一二三四五六七八")
COMPOUNDS = ("气象花园", "云和小区", "松涛里", "望江苑", "铁道家属楼")
WORKERS = ("网格员甲", "网格员乙", "网格员丙")
ADMIN, SECRETARY, FRONT, WORKER = "高翔", "许文静", "赵雪", WORKERS[0]
ACCOUNTS = (
    f"{SECRETARY}:secretary",
    f"{FRONT}:front_desk",
    *(f"{name}:grid_worker:{grid}" for name, grid in zip(WORKERS, GRIDS, strict=False)),
)
FOUNDED_AT, MORNING = "2026-08-01T09:00", "2026-10-02T09:00"

ROSTER = resource("data", "rosters", "yunhe_ledger_2026q3.xlsx")
CHECKINS = resource("data", "checkins", "curtain_2026-09_export.xlsx")

DONE, REFUSED, USAGE, ENVIRONMENT = 0, 1, 2, 3
_ENGLISH = re.compile(r"Traceback|Error\b|Exception|errno", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What one run left: exit code and streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Stdout as the one object it must be."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def sentence(self) -> str:
        """The one sentence on stderr: Chinese, ended, with nothing of the program's insides in it."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].endswith(("。", "”"))
        assert not _ENGLISH.search(lines[0]), lines[0]
        return lines[0]

    def ok(self) -> Said:
        assert self.code == DONE, f"{self.code}: {self.err}"
        return self

    def failed(self, code: int) -> str:
        """The sentence of a run that had to fail with this code; stdout is empty, or its one object says the same."""
        assert self.code == code, f"{self.code}: {self.out}{self.err}"
        if self.out:
            assert self.json == {"ok": False, "error": self.sentence}
        return self.sentence


_WARM = WarmProgram()


@dataclass(frozen=True)
class Program:
    """`python -m centerdesk` on one data directory. `now` goes with every verb that takes one.

    `fresh` starts a new interpreter; otherwise a warm one forks (`warm.py`).
    """

    data: Path
    login: str | None = None
    now: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False

    @property
    def where(self) -> DataDir:
        return DataDir(self.data)

    def __call__(
        self, *arguments: object, login: str | None = None, now: str | None = None, cap: int | None = None
    ) -> Said:
        """Run a verb to its end. `cap`: no file may grow beyond so many bytes."""
        command = self.command(*arguments, login=login, now=now)
        with tempfile.TemporaryDirectory() as folder:
            if self.fresh or not POSSIBLE:
                assert cap is None
                code = self._cold(command, Path(folder))
            else:
                code = _WARM.call(command[3:], self.environment(), self.data.parent, Path(folder), cap)
            return Said(code, *((Path(folder) / name).read_text("utf-8") for name in ("out", "err")))

    def _cold(self, command: list[str], folder: Path) -> int:
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            return subprocess.run(
                command, env=self.environment(), cwd=self.data.parent, timeout=PATIENCE_S, check=False,
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            ).returncode  # fmt: skip

    def here(self, *arguments: object, login: str | None = None, now: str | None = None) -> Said:
        """The same in this process, for tables of refusals."""
        out, err = io.StringIO(), io.StringIO()
        argv = self.command(*arguments, login=login, now=now)[3:]
        with (
            patch.dict(os.environ, self.environment(), clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = run(argv)
        return Said(code, out.getvalue(), err.getvalue())

    def command(self, *arguments: object, login: str | None = None, now: str | None = None) -> list[str]:
        who, at = login or self.login, now or self.now
        before = ["--data", str(self.data), *(["--as", who] if who else [])]
        after = ["--now", at] if at else []
        return [sys.executable, "-m", "centerdesk", *before, *map(str, arguments), *after]

    def environment(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith("CENTERDESK_")}
        return {
            **plain, "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1",
            "QT_QPA_PLATFORM": "offscreen", "CENTERDESK_PASSWORD": PASSWORD, **self.variables,
        }  # fmt: skip

    def given(self, **variables: str) -> Program:
        """The same with further environment variables; an empty one is as good as none."""
        return replace(self, variables={**self.variables, **variables})

    @property
    def cold(self) -> Program:
        """The same in an interpreter of its own."""
        return replace(self, fresh=True)

    def verified(self) -> dict[str, dict[str, int]]:
        """The counts of every check, which must all hold."""
        found = self("verify", "--json", login=None).ok().json
        assert found["ok"]
        return {check["name"]: check["counts"] for check in found["checks"]}

    @contextmanager
    def inside(self) -> Iterator[OpenStation]:
        """The station, opened in this process: what really stands in it."""
        station = open_station(self.where, SystemClock())
        try:
            yield station
        finally:
            station.close()

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A driver connection with the key, for tampering."""
        connection = connect(
            self.where.database, KeyRing(keyslots.open_with_machine(self.where)).database_key, mode="rw"
        )
        try:
            yield connection
        finally:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()


def found(data: Path) -> Said:
    """Set the station of these tests up: every grid and compound of the sample roster, six accounts."""
    program = Program(data, now=FOUNDED_AT)
    named = [("--account", a) for a in ACCOUNTS] + [("--grid", g) for g in GRIDS]
    named += [("--compound", c) for c in COMPOUNDS]
    arguments = [part for pair in named for part in pair]
    return program("init", "--station", STATION, "--admin", ADMIN, "--drill", *arguments).ok()
