"""The diagnostics pack: what helps a maintainer is in it, and nothing of anybody, however the log was misused."""

from __future__ import annotations

import base64
import json
import logging
import zipfile
from datetime import date
from pathlib import Path

import pytest
from pypinyin import lazy_pinyin
from sqlalchemy import select, text

from centerdesk.app.backups import back_up
from centerdesk.app.diagnostics import clean, make_pack
from centerdesk.features.people.commands import AddResident
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.crash import CrashReporter
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.logs import FILE_BYTES, start_logging, stop_logging
from tests.app.conftest import PASSWORD, PEOPLE
from tests.helpers.people import draft, id_number

CANARIES = tuple(
    (name, id_number(date(1950, 1, 1 + n), n + 1), f"1390000{n:04d}")
    for n, name in enumerate(
        ("觳觫竹", "龘靐齉", "欧阳氍毹", "璇玑珩", "夔魍魉", "囍嫑烎", "犇骉羴", "淼焱垚")
    )
)
FILE = "觳觫竹家的名单-husuzhu.xlsx"


@pytest.fixture
def lived(station, clock):
    """A station with eight residents, a backup, a crash, and a log that somebody wrote everything into."""
    secretary = station.authenticate("许文静", PASSWORD)
    for n, (name, id_no, phone) in enumerate(CANARIES):
        person = draft(name, id_no=id_no, phones=phone, compound="云和小区", door=f"3-2-{501 + n}")
        station.bus.run(AddResident(person), actor=secretary)
    back_up(station, Reason.MANUAL)
    handler = start_logging(station.data.logs, "desk")
    log = logging.getLogger("centerdesk.careless")
    try:
        log.info("desk begins, revision of the schema read")
        for name, id_no, phone in CANARIES:
            log.error("could not save %s %s %s from %s", name, id_no, phone, Path("/home/chenjiahe") / FILE)
            log.error("the same in groups: %s-%s-%s", id_no[:6], id_no[6:14], id_no[14:])
    finally:
        stop_logging(handler)
    with CrashReporter(station.data.logs, clock) as reporter:
        try:
            raise ValueError(CANARIES[0][0], CANARIES[0][1])
        except ValueError as exc:
            reporter.report(exc)
    (station.data.logs / FILE).write_text("not one of our logs", "utf-8")
    return station


def forms(word: str) -> list[bytes]:
    """A word as it may hide: plain, wide, in base64 at each of the three places, also of the wide form."""
    found = [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), word.encode("gb18030")]
    for raw in (word.encode(), word.encode("utf-16-le")):
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
            found.append(coded[4 if shift else 0 : -1])
    return found


def secrets() -> list[str]:
    words = [FILE, "husuzhu", "chenjiahe", PASSWORD, *(name for name, _roles, _grid in PEOPLE)]
    for name, id_no, phone in CANARIES:
        words += [name, "".join(lazy_pinyin(name)), id_no, id_no[6:], id_no[:14], phone, phone[3:]]
    return words


def test_no_byte_of_the_pack_is_anybodys(lived, clock, tmp_path):
    pack = make_pack(tmp_path / "pack.zip", lived.data, clock, lived)
    with zipfile.ZipFile(pack.path) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    raw = b"\n".join([pack.path.read_bytes(), *(name.encode() for name in parts), *parts.values()])
    keys = [lived.data.machine_key.read_bytes(), lived.ring.journal_key, lived.ring.database_key]
    hidden = [form for word in secrets() for form in forms(word) if len(form) >= 6]
    assert len(hidden) > 400
    assert [form for form in (*hidden, *keys) if form in raw] == []
    assert str(lived.data.root).encode() not in raw


def test_the_forms_are_found_where_they_stand():
    """The search above can find what it looks for."""
    name = CANARIES[0][0]
    for shift in range(3):
        text = base64.b64encode(b"x" * shift + f"{name}, 3-2-501".encode())
        assert any(form in text for form in forms(name))
    assert any(form in f"姓名 {name}".encode("utf-16-le") for form in forms(name))


def test_what_helps_is_in_it(lived, clock, tmp_path):
    pack = make_pack(tmp_path / "pack.zip", lived.data, clock, lived)
    with zipfile.ZipFile(pack.path) as opened:
        about = json.loads(opened.read("about.json"))
        doctor = json.loads(opened.read("doctor.json"))
        log = opened.read("logs/desk.log").decode()
        crash = next(
            opened.read(name).decode() for name in opened.namelist() if name.startswith("crashes/crash-")
        )
    assert about["rows"]["resident"] == len(CANARIES)
    assert about["schema_revision"]
    assert [backup["reason"] for backup in about["backups"]] == ["manual"]
    assert all(about["backups"][0]["checks"].values())
    assert about["packages"]["sqlalchemy"]
    assert {finding["name"] for finding in doctor} >= {"程序", "数据库", "字体", "磁盘空间"}
    assert "desk begins, revision of the schema read" in log
    assert "could not save *** ***" in log
    assert "builtins.ValueError" in crash


def test_a_pack_can_be_made_of_a_station_that_does_not_open(lived, clock, tmp_path):
    pack = make_pack(tmp_path / "pack.zip", lived.data, clock)
    with zipfile.ZipFile(pack.path) as opened:
        assert "rows" not in json.loads(opened.read("about.json"))


def test_the_pack_is_journalled_with_whoever_made_it(station, clock, tmp_path):
    make_pack(tmp_path / "one.zip", station.data, clock, station)
    station.sign_in("高翔", PASSWORD)
    make_pack(tmp_path / "two.zip", station.data, clock, station)
    with station.database.read_session() as session:
        stmt = select(JournalOp).where(JournalOp.action == "RecordPack").order_by(JournalOp.seq)
        assert [(op.actor, op.label) for op in session.scalars(stmt)] == [
            ("system", "导出诊断包"),
            ("高翔", "导出诊断包"),
        ]


def test_a_damaged_database_is_when_the_pack_is_needed(station, clock, tmp_path):
    with station.database.write_session() as session:
        session.execute(text("DROP TABLE look"))
        session.execute(text("DROP TABLE journal_op"))
        session.commit()
    pack = make_pack(tmp_path / "pack.zip", station.data, clock, station)
    with zipfile.ZipFile(pack.path) as opened:
        rows = json.loads(opened.read("about.json"))["rows"]
    assert (rows["look"], rows["journal_op"]) == (None, None)
    assert rows["account"] == len(PEOPLE)


def test_a_long_log_is_cut_to_its_end(station, clock, tmp_path):
    station.data.logs.mkdir(exist_ok=True)
    with (station.data.logs / "desk.log").open("w", encoding="ascii") as log:
        log.write("first line\n" + "x" * (FILE_BYTES // 2) + "\nlast line\n")
    pack = make_pack(tmp_path / "pack.zip", station.data, clock, station)
    with zipfile.ZipFile(pack.path) as opened:
        said = opened.read("logs/desk.log").decode()
    assert said.endswith("last line\n")
    assert "first line" not in said


def test_a_place_that_cannot_be_written_is_told(station, clock, tmp_path):
    with pytest.raises(EnvironmentFault, match="不在了"):
        make_pack(tmp_path / "gone" / "pack.zip", station.data, clock, station)


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("saved 李桂兰 at 3", "saved *** at 3"),
        ("id 230811195304120246 done", "id *** done"),
        ("call 138 0000 2345", "call ***"),
        ("from /home/chen/名单 2.xlsx now", "from *** *** now"),
        (r"from C:\Users\chen\a.xlsx now", "from *** now"),
        ("from /home/li guilan/a now, 40/44", "from *** *** now, 40/44"),
        ("wrote liguilan.csv, 4 rows", "wrote ***, 4 rows"),
        ('File "/opt/x/site-packages/centerdesk/app/cli.py", line 3', 'File "centerdesk/app/cli.py", line 3'),
        ("  centerdesk/kernel/db.py:120 in connect", "  centerdesk/kernel/db.py:120 in connect"),
        (
            "2026-12-03T00:41:14Z INFO a [MainThread] 40 of 44",
            "2026-12-03T00:41:14Z INFO a [MainThread] 40 of 44",
        ),
    ],
)
def test_a_line_keeps_what_is_the_programs_and_loses_the_rest(line, left):
    assert clean(line) == left
