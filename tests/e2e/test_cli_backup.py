"""`backup` and `restore`: two persons or the sheet, a damaged newest backup, a new machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from centerdesk.kernel.backupfile import list_backups
from centerdesk.kernel.journal import JournalOp
from tests.e2e.program import (
    ADMIN,
    ENVIRONMENT,
    FRONT,
    PASSWORD,
    REFUSED,
    SECRETARY,
    Program,
)
from tests.e2e.test_cli_init import sheet
from tests.helpers.storage import flip

pytestmark = pytest.mark.e2e

BOTH = {"CENTERDESK_SECOND_PASSWORD": PASSWORD}
LATER = "2026-10-02T10:00"


def taken(program: Program, now: str | None = None) -> Path:
    """One backup; its path."""
    before = set(program.where.backups.glob("*.cdbackup"))
    said = program("backup", now=now).ok()
    (made,) = set(program.where.backups.glob("*.cdbackup")) - before
    assert str(made) in said.out
    return made


def last_act(program: Program) -> tuple[str, str]:
    with program.inside() as opened, opened.database.read_session() as session:
        row = session.execute(
            select(JournalOp.action, JournalOp.actor)
            .where(JournalOp.action == "RecordRestore")
            .order_by(JournalOp.seq.desc())
        ).first()
        assert row is not None
        return row.action, row.actor


def drop_grids(program: Program) -> None:
    """Something that going back must bring again."""
    with program.raw() as connection:
        connection.execute("DELETE FROM grid_duty")


def duties(program: Program) -> int:
    with program.raw() as connection:
        return int(connection.execute("SELECT count(*) FROM grid_duty").fetchone()[0])


def test_two_persons_go_back(station: Program) -> None:
    backup = taken(station)
    drop_grids(station)
    both = station.given(**BOTH)
    said = both.cold("restore", backup, "--second", SECRETARY, login=ADMIN).ok()
    assert "已退回到" in said.out
    assert said.err == ""
    assert duties(station) == 3
    assert last_act(station) == ("RecordRestore", ADMIN)
    assert len(list((station.data / "aside").iterdir())) == 1
    assert station.verified()


def test_who_may_not_go_back(station: Program) -> None:
    backup = taken(station)
    before = station.where.database.read_bytes()
    both = station.given(**BOTH)
    cases = [
        (ADMIN, (), "--second"),
        (ADMIN, ("--second", ADMIN), "--second"),
        (FRONT, ("--second", SECRETARY), "两个人"),
        (ADMIN, ("--second", FRONT), "两个人"),
    ]
    for login, second, word in cases:
        assert word in both.here("restore", backup, *second, login=login).failed(REFUSED)
    wrong = station.given(CENTERDESK_SECOND_PASSWORD="错了错了错了错了")
    assert "账号或密码不对" in wrong("restore", backup, "--second", SECRETARY, login=ADMIN).failed(REFUSED)
    assert not (station.data / "aside").exists()
    assert len(before) == len(station.where.database.read_bytes())


def test_the_sheet_brings_a_backup_to_a_new_machine(station: Program, shelf: Path, tmp_path: Path) -> None:
    stick = tmp_path / "备份盘"
    stick.mkdir()
    said = station.cold("backup", "--to", stick).ok()
    (copy,) = stick.rglob("*.cdbackup")
    assert f"另存一份：{copy}" in said.out
    shutil.rmtree(station.data)  # the old machine is gone
    new = Program(tmp_path / "新电脑" / "station", SECRETARY)
    new.data.parent.mkdir()
    code = sheet((shelf / "founded.txt").read_text("utf-8"))
    wrong = new.given(CENTERDESK_RECOVERY="2345 6789")
    assert "共 40 个" in wrong("restore", copy).failed(REFUSED)
    done = new.given(CENTERDESK_RECOVERY=" ".join(code.groups).lower(), CENTERDESK_PASSWORD="")
    assert "这里原来没有库" in done("restore", copy, login=None).ok().out
    assert new.verified()
    assert last_act(new) == ("RecordRestore", "system")
    with new.inside() as opened:
        assert (opened.station.name, opened.station.drill) == ("云和社区", True)


def test_a_damaged_newest_backup_gives_way_to_the_next_good_one(station: Program) -> None:
    good, newest = taken(station), taken(station, LATER)
    flip(newest, 20_000)
    both = station.given(**BOTH)
    named = both("restore", newest, "--second", SECRETARY, login=ADMIN).failed(ENVIRONMENT)
    assert str(good) in named
    assert "现在的库没有动" in named
    said = both("restore", "--second", SECRETARY, login=ADMIN).ok()
    assert f"已退回到 {good.name}" in said.out
    assert f"改用再早一份好的：{good.name}" in said.err
    assert station.verified()


def test_a_damaged_database_is_no_hindrance(station: Program) -> None:
    """Both accounts are checked against the backup itself."""
    backup = taken(station)
    flip(station.where.database, 200)
    assert "centerdesk restore" in station("verify").failed(ENVIRONMENT)
    both = station.given(**BOTH)
    weak = both("restore", "--second", FRONT, login=ADMIN)
    assert "两个人" in weak.failed(REFUSED)
    assert backup.name in both("restore", "--second", SECRETARY, login=ADMIN).ok().out
    assert station.verified()


def test_backups_are_listed_and_their_absence_is_told(station: Program, tmp_path: Path) -> None:
    assert "还没有备份" in station("restore", "--list").ok().out
    nothing = station.given(**BOTH)("restore", "--second", SECRETARY, login=ADMIN)
    assert "里没有备份，什么都没有动" in nothing.failed(ENVIRONMENT)
    gone = station("backup", "--to", tmp_path / "没插的盘")
    assert gone.code == ENVIRONMENT
    assert "第二处没插盘" in gone.sentence
    (only,) = list_backups([station.where.backups])
    assert f"{only.path}  2026-10-02 09:00 手动" in station("restore", "--list").ok().out
