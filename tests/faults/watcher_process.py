"""The watcher as a process of its own over a test's station: `python -m tests.faults.watcher_process DATABASE`.

Takes the key from its input. Prints `sound` each time it would sound, `ended` when it was ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from centerdesk.app.features import manifests
from centerdesk.app.watcher import watch
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.commands import CommandBus, Site
from centerdesk.kernel.db import Database
from centerdesk.kernel.keys import DataKey, KeyRing

ROOT = Path(__file__).resolve().parents[2]


class Opened:
    """The station as the watcher holds it."""

    def __init__(self) -> None:
        manifests().import_models()
        ring = KeyRing(DataKey(sys.stdin.buffer.read(32)))
        self.database = Database.open(Path(sys.argv[1]), ring)
        self.bus = CommandBus(
            self.database.write_session, Site("云和社区", "w", SystemClock(), ring), lambda: None
        )

    def close(self) -> None:
        self.database.close()


@contextmanager
def watching(database: Path, key: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Such a process, killed at the end where it still runs. `sounds` waits for it."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.watcher_process", str(database)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(key)
        child.stdin.close()
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def wait_for_sound(child: subprocess.Popen[bytes]) -> None:
    """Until it sounds the next time, its daily test included."""
    assert child.stdout is not None
    assert child.stdout.readline() == b"sound\n", "the watcher has died"


def _play() -> bool:
    sys.stdout.write("sound\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    watch(Opened, play=_play)
    sys.stdout.write("ended\n")
