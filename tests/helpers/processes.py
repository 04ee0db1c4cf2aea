"""Other desks as processes, told line by line what to do (`tests/faults/other_desk.py`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from centerdesk.kernel.server import ServerDatabase
from tests.helpers.station import StationFixture

ROOT = Path(__file__).resolve().parents[2]


class OtherDesk:
    """One such process. `tell` sends an order, `answer` waits for what became of it."""

    def __init__(self, where: dict[str, str]) -> None:
        path = f"{ROOT}{os.pathsep}{ROOT / 'src'}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.other_desk"],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._say(where)

    def ready(self) -> None:
        assert self.answer() == {"end": "ready"}

    def tell(self, act: str, n: int, key: str | None = None) -> None:
        self._say({"act": act, "n": n, "key": key})

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the other desk has died"
        found: dict[str, Any] = json.loads(line)
        return found

    def do(self, act: str, n: int, key: str | None = None) -> str:
        self.tell(act, n, key)
        return str(self.answer()["end"])

    def end(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _say(self, value: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()


def place_of(station: StationFixture) -> dict[str, str]:
    """How another process finds the database of this station."""
    key = station.key.expose().hex()
    if isinstance(station.database, ServerDatabase):
        address = station.database.address
        return {"url": f"{address.url}?schema={address.schema}", "key": key}
    return {"path": str(station.database.path), "key": key}


@contextmanager
def other_desks(where: dict[str, str], count: int) -> Iterator[list[OtherDesk]]:
    """`count` of them, all connected."""
    desks = [OtherDesk(where) for _ in range(count)]
    try:
        for desk in desks:
            desk.ready()
        yield desks
    finally:
        for desk in desks:
            desk.end()
