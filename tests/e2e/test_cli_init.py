"""`init`: what it makes, what it says once, what it refuses, and that a refusal leaves nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.models import Account
from centerdesk.kernel import keyslots
from centerdesk.kernel.errors import WrongKey
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.keys import KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import RecoveryCode
from tests.e2e.program import (
    ACCOUNTS,
    ADMIN,
    COMPOUNDS,
    ENVIRONMENT,
    GRIDS,
    PASSWORD,
    REFUSED,
    SECRETARY,
    STATION,
    USAGE,
    WORKERS,
    Program,
)

pytestmark = pytest.mark.e2e


def sheet(said: str) -> RecoveryCode:
    """The recovery sheet as a person reads it off what `init` printed."""
    groups = re.findall(r"^  [1-8]  ([A-Z0-9]{5})$", said, re.MULTILINE)
    assert len(groups) == 8
    check = re.search(r"^  校验  ([A-Z0-9]{4})$", said, re.MULTILINE)
    assert check is not None
    return RecoveryCode.parse("".join(groups) + check[1])


def test_everything_named_stands_in_the_station(station: Program) -> None:
    with station.inside() as opened, opened.database.read_session() as session:
        assert (opened.station.name, opened.station.drill) == (STATION, True)
        accounts = {a.login: a for a in staff.list_accounts(session)}
        roles = {login: set(a.roles) for login, a in accounts.items()}
        assert roles == {
            ADMIN: {"administrator"},
            **{name: {role} for name, role, *_ in (text.split(":") for text in ACCOUNTS)},
        }
        assert {login for login, a in accounts.items() if a.must_change} == set(accounts) - {ADMIN}
        assert tuple(g.name for g in places.grids(session)) == GRIDS
        assert {c.name for c in places.compounds(session)} == set(COMPOUNDS)
        on_duty = places.grid_workers(session, date(2026, 8, 1))
        answers = {g.name: on_duty[g.id] for g in places.grids(session)[:3]}
        assert answers == {grid: accounts[w].id for grid, w in zip(GRIDS, WORKERS, strict=False)}
        made = session.scalars(select(JournalOp.at)).all()
        assert {f"{at:%Y-%m-%dT%H:%M}" for at in made} == {"2026-08-01T01:00"}  # --now, in UTC


def test_the_sheet_is_printed_once_and_opens_the_station(shelf: Path, founded: Path) -> None:
    code = sheet((shelf / "founded.txt").read_text("utf-8"))
    where = DataDir(founded)
    assert keyslots.open_with_recovery(where, code) == keyslots.open_with_machine(where)
    typed = "".join(code.groups).encode()
    held = [path for path in founded.rglob("*") if path.is_file()]
    assert len(held) >= 4
    for path in held:
        assert typed not in path.read_bytes()
        assert PASSWORD.encode() not in path.read_bytes()


def test_one_account_holds_both_leading_roles(tmp_path: Path) -> None:
    program = Program(tmp_path / "站 一")
    said = program.cold("init", "--station", "小站", "--admin", ADMIN).ok()
    assert said.err == ""
    with program.inside() as opened, opened.database.read_session() as session:
        assert not opened.station.drill
        (only,) = staff.list_accounts(session)
        assert (only.login, set(only.roles)) == (ADMIN, {"administrator", "secretary"})
        (stored,) = session.scalars(select(Account.password_hash))
        assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    paper = keyslots.read(program.where.keyslots).find("recovery")
    assert (paper.memory_kib, paper.time_cost, paper.lanes) == (65536, 3, 4)
    assert "演练站" in program("verify", now="2026-12-03T08:41").failed(REFUSED)
    again = program("init", "--station", "另一站", "--admin", ADMIN).failed(ENVIRONMENT)
    assert "已经有一个站，没有动它" in again
    with pytest.raises(WrongKey):  # another sheet does not open it
        keyslots.open_with_recovery(program.where, RecoveryCode.generate())
    assert KeyRing(keyslots.open_with_machine(program.where)).database_key


def test_a_set_up_that_was_killed_before_its_database_stood_is_begun_again_in_the_same_folder(
    tmp_path: Path,
) -> None:
    program = Program(tmp_path / "站")
    program("init", "--station", "小站", "--admin", ADMIN).ok()
    for left in program.where.root.glob("centerdesk.db*"):
        left.unlink()
    old = program.where.keyslots.read_bytes()
    program("init", "--station", "小站", "--admin", ADMIN).ok()
    program("verify").ok()
    assert [path.read_bytes() for path in program.where.aside.rglob("keyslots.json")] == [old]


def test_keys_whose_backups_lie_there_are_never_put_aside(tmp_path: Path) -> None:
    program = Program(tmp_path / "站")
    program("init", "--station", "小站", "--admin", ADMIN).ok()
    program("backup").ok()
    for left in program.where.root.glob("centerdesk.db*"):
        left.unlink()
    old = program.where.keyslots.read_bytes()
    program("init", "--station", "小站", "--admin", ADMIN).failed(ENVIRONMENT)
    assert program.where.keyslots.read_bytes() == old


GOOD = ("--station", "小站", "--admin", "高翔")
REFUSALS = [
    (GOOD, {"CENTERDESK_PASSWORD": "12345678"}, REFUSED, "一猜就中"),
    (GOOD, {"CENTERDESK_PASSWORD": "短"}, REFUSED, "至少 8 位"),
    (GOOD, {"CENTERDESK_PASSWORD": ""}, REFUSED, "没有密码"),
    (
        (*GOOD, "--account", "许文静:secretary"),
        {"CENTERDESK_PASSWORD": "许文静的密码很长"},
        REFUSED,
        "自己的名字、账号",
    ),
    ((*GOOD, "--account", "许文静:书记"), {}, REFUSED, "看不懂"),
    ((*GOOD, "--account", "许文静"), {}, REFUSED, "看不懂"),
    ((*GOOD, "--account", ":secretary"), {}, REFUSED, "看不懂"),
    ((*GOOD, "--account", "高翔:secretary"), {}, REFUSED, "写了两次"),
    (("--station", "  ", "--admin", "高翔"), {}, REFUSED, "站名"),
    (("--station", "小站", "--admin", "高" * 41), {}, REFUSED, "不超过 40"),
    ((*GOOD, "--now", "2026-12-03T08:41"), {}, REFUSED, "演练站"),
    ((*GOOD, "--drill", "--now", "昨天"), {}, REFUSED, "时刻"),
    ((*GOOD, "--grid", "格" * 41), {}, REFUSED, "网格名"),
]


@pytest.mark.parametrize(("arguments", "variables", "code", "word"), REFUSALS)
def test_what_is_refused_leaves_no_folder(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str], code: int, word: str
) -> None:
    """The table runs in this process, for speed; one of its lines as a process below."""
    program = Program(tmp_path / "new").given(**variables)
    assert word in program.here("init", *arguments).failed(code)
    assert not program.data.exists()


def test_a_set_up_that_fails_in_the_middle_leaves_no_folder(tmp_path: Path) -> None:
    """The grid's name is refused when keys and database are there already."""
    program = Program(tmp_path / "new")
    assert "网格名" in program("init", *GOOD, "--grid", "格" * 41).failed(REFUSED)
    assert not program.data.exists()


def test_a_folder_of_other_things_is_not_taken_over(tmp_path: Path) -> None:
    program = Program(tmp_path / "文档")
    program.data.mkdir(mode=0o755)
    (program.data / "会议纪要.docx").write_bytes(b"minutes")
    assert "放着别的东西" in program("init", *GOOD).failed(ENVIRONMENT)
    assert [p.name for p in program.data.iterdir()] == ["会议纪要.docx"]
    assert program.data.stat().st_mode & 0o777 == 0o755


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    program = Program(tmp_path / "file")
    program.data.write_bytes(b"x")
    assert "换一个" in program("init", *GOOD).failed(ENVIRONMENT)
    assert program.data.read_bytes() == b"x"


@pytest.mark.parametrize(
    "arguments", [(), ("--station", "小站"), ("--station", "小站", "--admin", "甲", "--colour", "red")]
)
def test_a_wrong_call_is_told_how(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    said = Program(tmp_path / "new")("init", *arguments)
    assert (said.code, said.out) == (USAGE, "")
    assert "用法不对" in said.err


def test_a_full_width_colon_is_a_colon(tmp_path: Path) -> None:
    program = Program(tmp_path / "new")
    program("init", *GOOD, "--account", f"{SECRETARY}：secretary").ok()
    with program.inside() as opened, opened.database.read_session() as session:
        held = dict(session.execute(select(Account.login, Account.must_change)).all())
        assert held == {"高翔": False, SECRETARY: True}
