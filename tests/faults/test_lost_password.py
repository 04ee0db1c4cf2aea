"""G46: a lost password is no lost data, a lost machine no leak. The program is asked as a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from centerdesk.app.bootstrap import create_station
from centerdesk.app.recovery.acts import SHEET_USED, opens
from centerdesk.app.rescue import open_by_sheet
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands_recovery import RECOVER, ResetByRecovery
from centerdesk.kernel import journal, keyslots
from centerdesk.kernel.clock import SystemClock
from centerdesk.kernel.errors import ValidationError, WrongKey
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.station import Station
from tests.e2e.program import ENVIRONMENT, PASSWORD, Program
from tests.helpers.storage import run

pytestmark = [pytest.mark.faults, pytest.mark.db]

ADMIN = "高翔"
NEW = "kuai-le-de-yi-tian"
CLOCK = SystemClock()


@pytest.fixture
def found(tmp_path: Path) -> tuple[Program, RecoveryCode]:
    """A station with one administrator, and its sheet."""
    data = DataDir(tmp_path / "station")
    opened, code = create_station(data, "云和社区", CLOCK)
    founder = system_actor([staff.FOUND])
    opened.bus.run(
        staff.FoundAccount(ADMIN, ADMIN, PASSWORD, ("administrator", "secretary"), must_change=False),
        actor=founder,
    )
    opened.close()
    return Program(data.root), code


def typed(code: RecoveryCode) -> str:
    return " ".join(code.groups).lower()


def enters(program: Program, password: str) -> bool:
    """Whether somebody who starts the program can sign in as the administrator."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom centerdesk.app.bootstrap import open_station\n"
        "from centerdesk.features.staff.api import SignInRefused\n"
        "from centerdesk.kernel.clock import SystemClock\nfrom centerdesk.kernel.paths import DataDir\n"
        "station = open_station(DataDir(Path(sys.argv[1])), SystemClock())\n"
        "try:\n    print(station.sign_in(sys.argv[2], sys.argv[3]).login == sys.argv[2])\n"
        "except SignInRefused:\n    print(False)\nstation.close()\n"
    )
    said = run(script, str(program.data), ADMIN, password)
    assert said.returncode == 0, said.stderr
    return said.stdout.strip() == "True"


def acts(program: Program) -> list[tuple[str, str]]:
    with program.inside() as opened, opened.database.read_session() as session:
        rows = session.execute(
            select(journal.JournalOp.action, journal.JournalOp.reason).order_by(journal.JournalOp.seq)
        )
        return [(row.action, row.reason) for row in rows]


def test_the_administrator_forgot_the_password(found: tuple[Program, RecoveryCode]) -> None:
    """Guessed until the desk itself is locked; the sheet lets that person in at once, and it is on record."""
    program, code = found
    for _ in range(6):
        assert not enters(program, "不是这个密码呀")
    assert not enters(program, PASSWORD)  # even the right one must wait now
    with program.inside() as opened:
        assert opens(opened, typed(code)) == code
        with opened.database.read_session() as session:
            account = next(a.id for a in staff.list_accounts(session) if a.login == ADMIN)
        actor = system_actor([RECOVER], opened.site.desk)
        opened.bus.run(ResetByRecovery(account, NEW), actor=actor)
    assert not enters(program, PASSWORD)  # the forgotten one is no longer right
    assert enters(program, NEW)
    assert ("ResetByRecovery", "恢复单") in acts(program)
    assert program.verified()


def test_a_machine_key_that_is_gone_is_made_again_by_the_sheet_and_told(
    found: tuple[Program, RecoveryCode],
) -> None:
    """Windows was reset, the profile deleted, the system installed anew."""
    program, code = found
    program.where.machine_key.unlink()
    assert "恢复单" in program("verify").failed(ENVIRONMENT)
    open_by_sheet(program.where, CLOCK, typed(code))
    assert program.verified()
    assert acts(program)[-1] == ("RecordOpening", "打开")
    assert SHEET_USED in Station.load(program.where.station_file).settings


def test_a_data_folder_on_another_computer_opens_by_the_sheet_only(
    found: tuple[Program, RecoveryCode], tmp_path: Path
) -> None:
    """The whole folder, machine key and all; the other system has another id."""
    program, code = found
    away = DataDir(tmp_path / "away")
    shutil.copytree(program.data, away.root)
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    script = (
        "import sys\nfrom pathlib import Path\nfrom centerdesk.kernel import keyslots, machinekey\n"
        "from centerdesk.kernel.clock import SystemClock\nfrom centerdesk.kernel.errors import WrongKey\n"
        "from centerdesk.kernel.paths import DataDir\nfrom centerdesk.kernel.recovery import RecoveryCode\n"
        "machinekey.SYSTEM_IDS = (Path(sys.argv[2]),)\n"
        "where = DataDir(Path(sys.argv[1]))\n"
        "try:\n    keyslots.open_with_machine(where)\n    print('opened')\n"
        "except WrongKey as exc:\n    print(exc)\n"
        "key = keyslots.open_with_recovery(where, RecoveryCode.parse(sys.argv[3]))\n"
        "keyslots.new_machine_slot(where, key, SystemClock())\n"
        "print(keyslots.open_with_machine(where) == key)\n"
    )
    said = run(script, str(away.root), str(tmp_path / "machine-id"), typed(code))
    assert said.returncode == 0, said.stderr
    refused, opened = said.stdout.splitlines()
    assert "换了电脑" in refused
    assert "恢复单" in refused
    assert opened == "True"
    with pytest.raises(WrongKey):  # and that slot is the other computer's now
        keyslots.open_with_machine(away)


def test_without_the_sheet_nothing_of_it_can_be_read(
    found: tuple[Program, RecoveryCode], tmp_path: Path
) -> None:
    """Everything but the machine's key: database, slots, backups, logs. No readable row, no key, no name."""
    program, code = found
    program("backup").ok()
    program.where.machine_key.unlink()
    wrong = RecoveryCode.generate()
    with pytest.raises(WrongKey):
        open_by_sheet(program.where, CLOCK, typed(wrong))
    with pytest.raises(ValidationError):
        open_by_sheet(program.where, CLOCK, typed(code)[:-1])
    assert not program.where.machine_key.exists()
    opened = keyslots.open_with_recovery(program.where, code)
    needles = [
        b"SQLite format 3", b"CREATE TABLE", ADMIN.encode(), ADMIN.encode("utf-16-le"), opened.expose(),
        opened.expose().hex().encode(), code.groups[0].encode() + code.groups[1].encode(),
    ]  # fmt: skip
    for path in (p for p in program.data.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert not [n for n in needles if n in content], path.name
    for verb in (("verify",), ("backup",), ("watch", "--once")):
        assert program(*verb).code == ENVIRONMENT


def test_an_old_sheet_and_a_sheet_of_another_station_open_nothing(
    found: tuple[Program, RecoveryCode], tmp_path: Path
) -> None:
    program, code = found
    with program.inside() as opened:
        fresh = keyslots.new_recovery(opened.data, opened.ring.data_key, CLOCK)
    program.where.machine_key.unlink()
    with pytest.raises(WrongKey, match="RS-02"):
        open_by_sheet(program.where, CLOCK, typed(code))
    other, _other_code = create_station(DataDir(tmp_path / "other"), "望江社区", CLOCK)
    other.close()
    with pytest.raises(WrongKey):
        open_by_sheet(other.data, CLOCK, typed(fresh))
    open_by_sheet(program.where, CLOCK, typed(fresh))
    assert program.verified()
