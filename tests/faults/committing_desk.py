"""A desk's core that acts and says so, to be watched from outside: run as a program by `test_commit_on_disk`.

Arguments: folder, acts, seed, durability (wal|rollback), key in hex, and "careless" for commits that are not
synced, so that a test can tell whether its watch would see one. The station stands in the folder. Each committed
act puts the hex of its key into the file `acks` beside the folder; at the end the settings of every pooled
connection are printed as JSON. It ends without closing: whatever is on the disk then must be enough.
"""

from __future__ import annotations

import json
import os
import random
import sys
from contextlib import ExitStack
from pathlib import Path

from centerdesk.app.features import manifests
from centerdesk.kernel.db import READERS, Durability
from centerdesk.kernel.keys import DataKey
from centerdesk.kernel.orm import uuid7
from tests.faults.killed_desk import Desk, checks_of_today, one_act

PRAGMAS = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "secure_delete", "query_only")


def settings(desk: Desk) -> list[dict[str, object]]:
    """What every connection of both pools reports, all of them open at once; the writer first."""
    with ExitStack() as stack:
        held = [stack.enter_context(desk.database.rw.connect())]
        held += [stack.enter_context(desk.database.ro.connect()) for _ in range(READERS)]
        return [{name: c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS} for c in held]


def main(folder: Path, acts: int, seed: int, mode: str, key: str, careless: bool) -> None:
    manifests().import_models()
    durability = Durability.WAL if mode == "wal" else Durability.ROLLBACK
    desk = Desk(folder / "centerdesk.db", DataKey(bytes.fromhex(key)), durability)
    chance, checks = random.Random(seed), checks_of_today(desk)
    if careless:
        with desk.database.rw.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA synchronous=OFF")
    acks = os.open(folder.with_name("acks"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(acks, b"begin\n")
    for _ in range(acts):
        own = uuid7()
        one_act(desk, chance, checks, own)
        os.write(acks, own.hex.encode() + b"\n")
    json.dump(settings(desk), sys.stdout)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]),
        int(sys.argv[3]),
        sys.argv[4],
        sys.argv[5],
        "careless" in sys.argv,
    )
