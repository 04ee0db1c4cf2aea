"""Another program on the same file: run as a program, it takes the database for itself and says `held`.

Arguments: database, key in hex. A line on stdin, or its end, makes it let go and say `free`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from centerdesk.kernel.db import connect
from centerdesk.kernel.keys import DataKey, KeyRing


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main(database: Path, key: str) -> None:
    connection = connect(database, KeyRing(DataKey(bytes.fromhex(key))).database_key, mode="rw")
    connection.execute("BEGIN EXCLUSIVE")
    say("held")
    sys.stdin.readline()
    connection.execute("ROLLBACK")
    connection.close()
    say("free")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
