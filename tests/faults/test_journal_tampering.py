"""G33: whoever changes the journal is found, inside by the chain, at its end by what is held elsewhere.

The tamperer has the file and its key and drops the triggers; the one thing missing is the key of the chain.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from centerdesk.app.backups import back_up
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.checks import journal_anchors
from centerdesk.features.places.commands import AddGrid
from centerdesk.features.staff.api import role_grants
from centerdesk.kernel import journal, keyslots
from centerdesk.kernel.anchors import BRIDGE, AnchorFile
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.restore import restore
from tests.e2e.program import PASSWORD, REFUSED, SECRETARY, Program
from tests.helpers.station import NOW, StationFixture, make_station

pytestmark = [pytest.mark.faults, pytest.mark.db]

FULL = os.environ.get("CENTERDESK_TEST_TARGETS") == "full"
ROUNDS = 2_000 if FULL else 200
ENTRIES = 12
COLUMNS = [column.name for column in journal.JournalOp.__table__.columns]
IMAGE_COLUMNS = [column.name for column in journal.JournalImage.__table__.columns]
Tamper = Callable[[Connection, random.Random], None]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory):
    """A station with a dozen acts; every act has one image."""
    made = make_station(tmp_path_factory.mktemp("written"))
    for n in range(ENTRIES):
        made.run(AddGrid(f"第{n}网格"))
    yield made
    made.close()


# --- inside: the chain -----------------------------------------------------------------------------------------


def change(table: str, columns: list[str]) -> Tamper:
    """Another value in one column of one row; kinds that no program of ours writes among them."""

    def tamper(connection: Connection, chance: random.Random) -> None:
        column = chance.choice(columns)
        rowid, old = chance.choice(
            connection.execute(text(f'SELECT rowid, "{column}" FROM {table}')).all()  # noqa: S608
        )
        other = [v for v in (b"\x00" * 16, "x", 99, 2.5, None, _nudged(old)) if v != old]
        statement = text(f'UPDATE OR IGNORE {table} SET "{column}" = :value WHERE rowid = :row')  # noqa: S608
        for value in chance.sample(other, len(other)):
            try:
                connection.execute(statement, {"value": value, "row": rowid})
            except Exception as refused:  # noqa: BLE001 - a constraint took the tamperer's work off us
                assert "IntegrityError" in type(refused).__name__  # noqa: PT017
            now = connection.execute(
                text(f'SELECT "{column}" FROM {table} WHERE rowid = :row'),  # noqa: S608
                {"row": rowid},
            ).scalar_one_or_none()
            if (type(now), now) != (type(old), old):
                return
        raise AssertionError(f"nothing could be put into {column}")

    return tamper


def _nudged(old: object) -> object:
    if isinstance(old, bytes):
        return bytes([old[0] ^ 1, *old[1:]])
    return f"{old}x" if isinstance(old, str) else 1


def delete(connection: Connection, chance: random.Random) -> None:
    connection.execute(text("DELETE FROM journal_op WHERE seq = :n"), {"n": chance.randint(1, ENTRIES - 1)})


def insert(connection: Connection, chance: random.Random) -> None:
    """A copy of an entry before the first, between two (the rest moved up), or after the last."""
    n, at = chance.randint(1, ENTRIES), chance.choice([0, -3, chance.randint(1, ENTRIES), ENTRIES + 1])
    _move(connection, at)
    names = [c for c in COLUMNS if c not in ("seq", "id", "idem_key")]
    listed = ", ".join(f'"{c}"' for c in names)
    connection.execute(
        text(
            f"INSERT INTO journal_op (seq, id, {listed}) SELECT :at, randomblob(16), {listed} "  # noqa: S608
            "FROM journal_op WHERE seq = :n"
        ),
        {"at": at, "n": n + 1 if 1 <= at <= n else n},
    )


def _move(connection: Connection, at: int) -> None:
    if 1 <= at <= ENTRIES:
        for n in range(ENTRIES, at - 1, -1):
            connection.execute(text("UPDATE journal_op SET seq = seq + 1 WHERE seq = :n"), {"n": n})


def reorder(connection: Connection, chance: random.Random) -> None:
    one, other = chance.sample(range(1, ENTRIES + 1), 2)
    for old, new in ((one, -7), (other, one), (-7, other)):
        connection.execute(
            text("UPDATE journal_op SET seq = :new WHERE seq = :old"), {"old": old, "new": new}
        )


def rebuild(connection: Connection, chance: random.Random) -> None:
    """Change an entry, then make every later tag anew with another key, as well as the tamperer can."""
    key = KeyRing(DataKey.generate()).journal_key
    begin = chance.randint(1, ENTRIES)
    connection.execute(text("UPDATE journal_op SET label = '改过' WHERE seq = :n"), {"n": begin})
    session = Session(connection, join_transaction_mode="create_savepoint")
    for n in range(begin, ENTRIES + 1):
        entry = session.get(journal.JournalOp, n)
        assert entry is not None
        again = journal.JournalOp(
            **{c: getattr(entry, c) for c in COLUMNS if c not in ("seq", "prev", "mac", "images_mac")}
        )
        before = journal.GENESIS
        if n > 1:
            before = connection.execute(
                text("SELECT mac FROM journal_op WHERE seq = :n"), {"n": n - 1}
            ).scalar_one()
        tag = chance.choice([hashlib.sha256(before).digest(), _retagged(session, key, again)])
        session.rollback()
        connection.execute(
            text("UPDATE journal_op SET prev = :prev, mac = :mac WHERE seq = :n"),
            {"prev": before, "mac": tag, "n": n},
        )
    session.close()


def _retagged(session: Session, key: bytes, entry: journal.JournalOp) -> bytes:
    """What our own code would give, under the wrong key."""
    journal.chain(key, journal.head(session), entry, [])
    return entry.mac


def plant(connection: Connection, _chance: random.Random) -> None:
    """A history for an act that had none of this kind."""
    connection.execute(
        text(
            'INSERT INTO journal_image (op_id, ordinal, "table", row_id, version) '
            "SELECT id, 9, 'grid', randomblob(16), 1 FROM journal_op LIMIT 1"
        )
    )


INSIDE: dict[str, Tamper] = {
    "change": change("journal_op", COLUMNS),
    "delete": delete,
    "insert": insert,
    "reorder": reorder,
    "rebuild": rebuild,
    "image": change("journal_image", IMAGE_COLUMNS),
    "plant": plant,
}


def seed() -> int:
    return int(os.environ.get("CENTERDESK_SEED", random.randrange(10**6)))


@pytest.mark.parametrize("kind", INSIDE)
def test_whatever_is_done_inside_is_found_every_time(written: StationFixture, kind: str) -> None:
    """CI 200, full 2,000 seeded rounds of each kind; 100 % found."""
    began, missed = seed(), []
    rounds = ROUNDS // 10 if kind in ("rebuild", "insert") else ROUNDS
    for n in range(rounds):
        with written.database.rw.connect() as connection:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER journal_op_no_{verb}"))
            INSIDE[kind](connection, random.Random(began * 10_000 + n))
            with Session(connection) as session:
                if journal.verify_chain(session, written.ring.journal_key).ok:
                    missed.append(n)
            connection.rollback()
    assert not missed, f"seed {began}: rounds {missed} of {kind} were not found"
    with written.read() as session:
        assert journal.verify_chain(session, written.ring.journal_key).ok


# --- the end: anchors ------------------------------------------------------------------------------------------


@pytest.fixture
def kept(station: Program, tmp_path: Path) -> tuple[Program, str]:
    """A station with acts, a backup on its disk and in a second place, more acts, and a printed return's code."""
    stick = tmp_path / "stick"
    stick.mkdir()
    with station.inside() as opened:
        opened.station = replace(opened.station, second_place=stick)
        opened.station.save(station.where.station_file)
        work(opened, 3)
        assert back_up(opened, Reason.MANUAL).backup.manifest.good
        work(opened, 3)
        with opened.database.read_session() as session:
            number, tag = journal.head(session)
    return station, f"7F3A-91C2 {number} {tag.hex()[:16].upper()}"


def work(opened: OpenStation, acts: int) -> None:
    """A few acts as somebody who may."""
    actor = Actor(None, SECRETARY, SECRETARY, ("secretary",), role_grants(["secretary"]))
    with opened.database.read_session() as session:
        begin = journal.head(session)[0]
    for n in range(acts):
        opened.bus.run(AddGrid(f"又{begin}{n}网格"), actor=actor)


def cut_tail(program: Program, entries: int) -> None:
    """The last acts are gone, rows and all that would tell of them in the chain."""
    with program.raw() as connection:
        connection.execute("DROP TRIGGER journal_op_no_delete")
        connection.execute(
            "DELETE FROM journal_image WHERE op_id IN (SELECT id FROM journal_op ORDER BY seq DESC LIMIT ?)",
            (entries,),
        )
        connection.execute(
            "DELETE FROM journal_op WHERE seq > (SELECT max(seq) FROM journal_op) - ?", (entries,)
        )


def forge_anchor(program: Program, ring: KeyRing) -> None:
    """The machine's file says that the chain ends where it does now; the program is not opened for it."""
    with program.raw() as connection:
        head = connection.execute("SELECT seq, mac FROM journal_op ORDER BY seq DESC LIMIT 1").fetchone()
    AnchorFile(program.where.anchor, ring).restart(*head)


def failing(said) -> list[str]:
    return [check["name"] for check in said.json["checks"] if not check["ok"]]


@pytest.mark.parametrize("entries", [1, 3])
def test_a_cut_tail_is_found_by_what_the_machine_holds(kept, entries: int) -> None:
    program, _paper = kept
    program("verify").ok()
    cut_tail(program, entries)
    said = program("verify", "--json")
    assert (said.code, failing(said)) == (REFUSED, ["journal_anchors"])
    words = program("verify").out
    assert "本机留的底" in words
    assert "联系维护的人" in words


def test_an_older_file_in_its_place_is_found(kept, tmp_path: Path) -> None:
    program, _paper = kept
    old = tmp_path / "old.db"
    shutil.copyfile(program.where.database, old)
    with program.inside() as opened:
        work(opened, 2)
    shutil.copyfile(old, program.where.database)
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def test_a_true_entry_of_another_course_of_things_is_found(kept, tmp_path: Path) -> None:
    """An older file was put back and worked on: under one number two entries, both with a tag that is ours."""
    program, _paper = kept
    old = tmp_path / "old.db"
    shutil.copyfile(program.where.database, old)
    with program.inside() as opened:
        work(opened, 1)
    with program.raw() as connection:
        other = connection.execute("SELECT * FROM journal_op ORDER BY seq DESC LIMIT 1").fetchone()
    shutil.copyfile(old, program.where.database)
    with program.inside() as opened:
        work(opened, 2)
    assert "journal_chain" not in failing(program("verify", "--json"))
    with program.raw() as connection:
        for verb in ("update", "delete"):
            connection.execute(f"DROP TRIGGER journal_op_no_{verb}")
        seq = other[COLUMNS.index("seq")]
        connection.execute(
            "DELETE FROM journal_image WHERE op_id = (SELECT id FROM journal_op WHERE seq = ?)", (seq,)
        )
        connection.execute("DELETE FROM journal_op WHERE seq = ?", (seq,))
        connection.execute(f"INSERT INTO journal_op VALUES ({', '.join('?' * len(other))})", other)  # noqa: S608
    assert "journal_chain" in failing(program("verify", "--json"))


def test_with_the_machines_anchor_gone_too_its_absence_tells(kept) -> None:
    program, _paper = kept
    cut_tail(program, 1)
    program.where.anchor.unlink()
    assert failing(program("verify", "--json")) == ["journal_anchors"]


@pytest.mark.parametrize("left", ["backups", "stick"])
def test_an_older_folder_is_found_by_a_backup_here_or_in_the_second_place(
    kept, tmp_path: Path, left: str
) -> None:
    """Database and anchor of an earlier day; the backups are only on the disk, then only on the stick."""
    program, _paper = kept
    cut_tail(program, 5)  # before the backup was made
    forge_anchor(program, KeyRing(keyslots.open_with_machine(program.where)))
    shutil.rmtree(tmp_path / "stick" if left == "backups" else program.where.backups)
    said = program("verify", "--json")
    assert failing(said) == ["journal_anchors"]
    assert "备份" in program("verify").out


def test_an_older_folder_that_was_worked_on_past_the_backup_is_found(kept, tmp_path: Path) -> None:
    """The number is there again, under another act: it is the tag that tells."""
    program, paper = kept
    cut_tail(program, 5)
    forge_anchor(program, KeyRing(keyslots.open_with_machine(program.where)))
    with program.inside() as opened:
        work(opened, 9)
    assert failing(program("verify", "--json")) == ["journal_anchors"]
    for held in (program.where.backups, tmp_path / "stick"):
        shutil.rmtree(held)
    program("verify").ok()
    assert failing(program("verify", "--json", "--paper", paper)) == ["journal_anchors"]


def test_with_nothing_else_left_the_printed_return_tells(kept, tmp_path: Path) -> None:
    program, paper = kept
    program("verify", "--paper", paper).ok()
    cut_tail(program, 1)
    forge_anchor(program, KeyRing(keyslots.open_with_machine(program.where)))
    program("verify").ok()  # the backup is older than what was cut
    said = program("verify", "--json", "--paper", paper)
    assert failing(said) == ["journal_anchors"]
    assert "方码" in program("verify", "--paper", "7F3A-91C2").failed(REFUSED)


def test_an_anchor_that_was_written_by_hand_is_no_anchor(kept) -> None:
    program, _paper = kept
    cut_tail(program, 1)
    forge_anchor(program, KeyRing(DataKey.generate()))
    assert failing(program("verify", "--json")) == ["journal_anchors"]
    assert "改过" in program("verify").out


def test_a_torn_line_leaves_the_other(tmp_path: Path) -> None:
    ring = KeyRing(DataKey.generate())
    held = AnchorFile(tmp_path / "journal.anchor", ring)
    for seq in range(1, 6):
        held.keep(seq, bytes([seq]) * 32)
    raw = bytearray((tmp_path / "journal.anchor").read_bytes())
    raw[len(raw) // 2 + 40] ^= 1  # the line of the fifth
    (tmp_path / "journal.anchor").write_bytes(raw)
    last = held.last()
    assert last is not None
    assert (last.seq, last.tag) == (4, "04" * 32)


def test_a_restore_by_two_persons_is_no_tampering_and_what_comes_after_it_is_watched(
    kept, tmp_path: Path
) -> None:
    program, paper = kept
    both = program.given(CENTERDESK_SECOND_PASSWORD=PASSWORD)
    program("backup").ok()  # a later one, whose end the restored chain does not know
    older = sorted(program.where.backups.glob("*.cdbackup"), key=lambda p: p.stat().st_mtime_ns)[0]
    both("restore", older, "--second", "高翔", now="2026-10-02T10:00").ok()
    program("verify", "--paper", paper).ok()
    cut_tail(program, 1)
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def test_what_a_backup_after_the_restore_saw_is_not_excused_by_it(kept) -> None:
    """The numbers that the restore left behind are used again: for an anchor of later they stand for new acts."""
    program, _paper = kept
    older = oldest(program)
    both = program.given(CENTERDESK_SECOND_PASSWORD=PASSWORD)
    with program.inside() as opened:
        work(opened, 6)
    both("restore", older, "--second", "高翔", now="2026-10-02T10:00").ok()
    with program.inside() as opened:
        work(opened, 2)
        assert back_up(opened, Reason.MANUAL).backup.manifest.good
    cut_tail(program, 1)
    forge_anchor(program, KeyRing(keyslots.open_with_machine(program.where)))
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def oldest(program: Program) -> Path:
    return min(program.where.backups.glob("*.cdbackup"), key=lambda p: p.stat().st_mtime_ns)


def test_a_restore_cut_off_before_its_entry_is_brought_to_its_end_by_whoever_opens_next(kept) -> None:
    program, paper = kept
    restore(oldest(program), program.where, FixedClock(NOW))  # the power goes here
    program("verify", "--paper", paper).ok()
    with program.inside() as opened, opened.database.read_session() as session:
        entries = session.scalars(select(journal.JournalOp).where(journal.JournalOp.action == BRIDGE)).all()
        assert [entry.actor for entry in entries] == ["system"]
        assert journal.verify_chain(session, opened.ring.journal_key).ok
    cut_tail(program, 1)
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def test_the_note_of_a_restore_excuses_no_other_file_and_no_later_one(kept, tmp_path: Path) -> None:
    program, _paper = kept
    restore(oldest(program), program.where, FixedClock(NOW))
    note = program.where.restoring.read_bytes()
    program("verify").ok()
    with program.inside() as opened:
        work(opened, 2)
    old = tmp_path / "old.db"
    shutil.copyfile(program.where.database, old)
    with program.inside() as opened:
        work(opened, 20)
    shutil.copyfile(old, program.where.database)
    program.where.restoring.write_bytes(note)
    assert failing(program("verify", "--json")) == ["journal_anchors"]
    program.where.restoring.write_bytes(note[:-3] + b"abc")
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def test_a_note_of_a_restore_that_nobody_signed_excuses_nothing(kept, tmp_path: Path) -> None:
    """All it says is right: where the older file ends, what the machine had seen. Only the signature is not ours."""
    program, _paper = kept
    old = tmp_path / "old.db"
    shutil.copyfile(program.where.database, old)
    with program.inside() as opened, opened.database.read_session() as session:
        number, tag = journal.head(session)
        work(opened, 2)
    shutil.copyfile(old, program.where.database)
    note = f"{number} {tag.hex()} {number + 2} {KeyRing(DataKey.generate()).sign('restore under way', b'x')}"
    program.where.restoring.write_text(note)
    assert failing(program("verify", "--json")) == ["journal_anchors"]


def test_the_backup_of_a_rolled_back_station_is_not_called_good(kept) -> None:
    program, _paper = kept
    cut_tail(program, 1)
    with program.inside() as opened:
        made = back_up(opened, Reason.MANUAL).backup
        assert [c.name for c in made.manifest.checks if not c.ok] == ["journal_anchors"]
        with opened.database.read_session() as session:
            assert not journal_anchors(opened)(session).ok
