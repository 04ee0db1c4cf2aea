"""A desk's core without root's rights, told by lines what to do: run as a program by `test_bad_places`.

Arguments: data directory, account number. Lines: `open`, `save NAME`, `count`, `backup`. Each is answered by one
JSON object: what it gave, or the words that the screen would show (RELIABILITY G6: root ignores modes).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from sqlalchemy import func, select

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import OpenStation, create_station, open_station
from centerdesk.features.places.commands import AddCompound
from centerdesk.features.places.models import Compound
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.errors import tell


class Desk:
    """One that keeps running, whatever is done to its folder."""

    def __init__(self, data: DataDir) -> None:
        self.data = data
        self.station: OpenStation | None = None

    def do(self, line: str) -> object:
        word, _, rest = line.strip().partition(" ")
        if word == "open":
            self.station = open_station(self.data, SystemClock())
            return None
        assert self.station is not None
        match word:
            case "save":
                self.station.bus.run(AddCompound(rest), actor=system_actor(["places.write"]))
            case "count":
                with self.station.database.read_session() as session:
                    return session.scalar(select(func.count()).select_from(Compound))
            case "backup":
                return back_up(self.station, Reason.MANUAL).backup.manifest.good
        return None


def rehearse() -> None:
    """Everything once with rights, so that all is imported: the checkout may not be readable to everybody."""
    with tempfile.TemporaryDirectory() as folder:
        data = DataDir(Path(folder) / "station")
        create_station(data, "预演", SystemClock())[0].close()
        desk = Desk(data)
        for line in ("open", "save 甲", "count", "backup"):
            desk.do(line)
        assert desk.station is not None
        desk.station.close()
        tell(EnvironmentFault(""))


def drop_rights(account: int) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(account)
        os.setuid(account)


def main(root: Path, account: int) -> None:
    rehearse()
    os.chdir("/")
    drop_rights(account)
    desk = Desk(DataDir(root))
    answer: dict[str, object] = {"account": os.geteuid()}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        try:
            answer = {"gave": desk.do(line)}
        except Exception as exc:  # noqa: BLE001 - told in the words of the screen, as the runner does
            told = tell(exc)
            answer = {"kind": type(exc).__name__, "said": told.text, "bug": told.code}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
