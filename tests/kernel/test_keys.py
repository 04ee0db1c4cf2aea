"""Keys, field cipher, key slots, recovery sheet: what opens, what does not, what never shows."""

from __future__ import annotations

import hmac
import json
import os
import pickle
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.kernel import keyslots
from centerdesk.kernel.cipher import FieldCipher
from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, ValidationError, WrongKey
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.recovery import ALPHABET, RecoveryCode
from tests.helpers.storage import NOON

CODE = RecoveryCode("".join(ALPHABET[(7 * at) % 31] for at in range(40)))


@pytest.fixture
def where(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


def test_purposes_have_different_keys_and_the_same_key_gives_the_same() -> None:
    key = DataKey.generate()
    ring, again = KeyRing(key), KeyRing(DataKey(key.expose()))
    keys = {ring.database_key, ring.journal_key, ring.derive("drafts"), key.expose()}
    assert len(keys) == 4
    assert again.database_key == ring.database_key
    assert ring.signed("a", b"x", ring.sign("a", b"x"))
    assert not ring.signed("b", b"x", ring.sign("a", b"x"))
    assert not ring.signed("a", b"x", "签")


def test_secrets_show_nowhere() -> None:
    key = DataKey.generate()
    ring = KeyRing(key)
    shown = f"{key!r}{key}{ring!r}{ring.cipher!r}{CODE!r}{CODE}"
    for secret in (key.expose().hex(), ring.database_key.hex(), *CODE.groups):
        assert secret not in shown
    for thing in (key, ring, CODE):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


@given(st.text(max_size=60))
def test_a_field_opens_only_in_its_own_place(value: str) -> None:
    cipher, record = KeyRing(DataKey(bytes(32))).cipher, uuid4()
    blob = cipher.seal(value, record, "id_number")
    assert cipher.open(blob, record, "id_number") == value
    assert cipher.seal(value, record, "id_number") != blob
    for other_record, column in ((uuid4(), "id_number"), (record, "phone")):
        with pytest.raises(WrongKey):
            cipher.open(blob, other_record, column)


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_flipped_bit_in_a_field_is_noticed(at: int) -> None:
    cipher, record = KeyRing(DataKey(bytes(32))).cipher, uuid4()
    blob = bytearray(cipher.seal("a value of some length", record, "c"))
    blob[at] ^= 4
    with pytest.raises((WrongKey, DamagedDatabase)):
        cipher.open(bytes(blob), record, "c")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01short", b"\x02" + bytes(40)])
def test_a_stump_of_a_field_is_noticed(blob: bytes) -> None:
    with pytest.raises((WrongKey, DamagedDatabase)):
        KeyRing(DataKey(bytes(32))).cipher.open(blob, uuid4(), "c")


@given(st.binary(min_size=1, max_size=64), st.text(max_size=40), st.text(max_size=20))
def test_a_digest_is_hmac_of_column_and_value(key: bytes, value: str, column: str) -> None:
    """Stored in every database there is: however it is computed, it must stay what it is."""
    known = hmac.digest(key, column.encode() + b"\0" + value.encode(), "sha256")
    assert FieldCipher(bytes(32), key).digest(value, column) == known


def test_digests_find_equals_within_a_column_and_a_key() -> None:
    cipher: FieldCipher = KeyRing(DataKey(bytes(32))).cipher
    assert cipher.digest("a", "phone") == cipher.digest("a", "phone")
    assert len(cipher.digest("a", "phone")) == 32
    others = {cipher.digest("a", "phone"), cipher.digest("b", "phone"), cipher.digest("a", "id_number")}
    others.add(KeyRing(DataKey(bytes(31) + b"1")).cipher.digest("a", "phone"))
    assert len(others) == 4


def test_both_slots_open_the_same_key(where: DataDir, clock: FixedClock) -> None:
    key, code = keyslots.create(where, clock)
    assert keyslots.open_with_machine(where) == key
    assert keyslots.open_with_recovery(where, code) == key
    disk = b"".join(path.read_bytes() for path in where.root.iterdir())
    assert key.expose() not in disk
    assert key.expose().hex().encode() not in disk
    assert not any(group.encode() in disk for group in code.groups)
    if os.name != "nt":
        assert stat.S_IMODE(where.machine_key.stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(where: DataDir, clock: FixedClock) -> None:
    key, _ = keyslots.create(where, clock)
    with pytest.raises(EnvironmentFault, match="已经有一把钥匙"):
        keyslots.create(where, clock)
    assert keyslots.open_with_machine(where) == key


def test_another_machine_needs_the_sheet_and_gets_a_slot(
    where: DataDir, clock: FixedClock, tmp_path: Path
) -> None:
    key, code = keyslots.create(where, clock)
    where.machine_key.unlink()
    with pytest.raises(WrongKey, match="恢复单"):
        keyslots.open_with_machine(where)
    keyslots.new_machine_slot(where, keyslots.open_with_recovery(where, code), clock)
    assert keyslots.open_with_machine(where) == key


@pytest.mark.parametrize("content", [b"", b"CDMK1\nshort", b"x" * 38, b"CDMK1\n" + bytes(32)])
def test_a_broken_machine_key_points_to_the_sheet(where: DataDir, clock: FixedClock, content: bytes) -> None:
    keyslots.create(where, clock)
    where.machine_key.write_bytes(content)
    with pytest.raises(WrongKey, match="恢复单"):
        keyslots.open_with_machine(where)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_a_machine_key_open_to_all_is_shut(where: DataDir, clock: FixedClock) -> None:
    keyslots.create(where, clock)
    where.machine_key.chmod(0o644)
    keyslots.open_with_machine(where)
    assert stat.S_IMODE(where.machine_key.stat().st_mode) == 0o600


def test_a_new_sheet_ends_the_old_one_and_wants_typing_back(where: DataDir, clock: FixedClock) -> None:
    key, old = keyslots.create(where, clock)
    keyslots.confirm_recovery(where, old, clock)
    assert keyslots.recovery_confirmed(where)
    new = keyslots.new_recovery(where, key, clock)
    assert not keyslots.recovery_confirmed(where)
    with pytest.raises(WrongKey, match="RS-02"):
        keyslots.open_with_recovery(where, old)
    with pytest.raises(WrongKey):
        keyslots.confirm_recovery(where, old, clock)
    assert not keyslots.recovery_confirmed(where)
    assert keyslots.open_with_recovery(where, new) == key
    keyslots.confirm_recovery(where, new, clock)
    assert keyslots.recovery_confirmed(where)
    assert keyslots.open_with_machine(where) == key


def _set(raw: Any, *path: str | int, value: object) -> None:
    for step in path[:-1]:
        raw = raw[step]
    raw[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        (("slots", 1, "confirmed_at"), "2026-01-01T00:00:00+00:00", DamagedDatabase),
        (("mac",), "00" * 32, DamagedDatabase),
        (("key",), "00" * 8, WrongKey),
        (("slots", 0, "wrapped"), "00" * 61, WrongKey),
        (("slots", 0, "wrapped"), "", WrongKey),
        (("slots", 0, "wrapped"), "nohex", DamagedDatabase),
        (("slots", 1, "memory_kib"), 2**40, DamagedDatabase),
        (("slots", 1, "time_cost"), 0, DamagedDatabase),
        (("slots", 0, "kind"), "other", DamagedDatabase),
        (("slots",), 5, DamagedDatabase),
        (("format",), 9, EnvironmentFault),
    ],
)
def test_an_altered_slot_file_is_refused(
    where: DataDir, clock: FixedClock, path: tuple[str | int, ...], value: object, fault: type[Exception]
) -> None:
    keyslots.create(where, clock)
    raw = json.loads(where.keyslots.read_bytes())
    _set(raw, *path, value=value)
    where.keyslots.write_text(json.dumps(raw))
    with pytest.raises(fault):
        keyslots.open_with_machine(where)


def test_a_missing_or_cut_slot_file_is_a_sentence(where: DataDir, clock: FixedClock) -> None:
    with pytest.raises(WrongKey, match="没有钥匙文件"):
        keyslots.open_with_machine(where)
    keyslots.create(where, clock)
    where.keyslots.write_bytes(where.keyslots.read_bytes()[:-30])
    with pytest.raises(DamagedDatabase, match="备份旁边"):
        keyslots.open_with_machine(where)


def test_a_code_is_made_of_clear_characters() -> None:
    code = RecoveryCode.generate()
    assert [len(group) for group in code.groups] == [5] * 8
    assert not set("".join(code.groups) + code.check) & set("0O1IL")
    assert RecoveryCode.generate() != code


@pytest.mark.parametrize("between", ["", " ", "-", "　", "\n"])
@pytest.mark.parametrize("with_check", [True, False])
def test_a_code_is_read_however_it_is_typed(between: str, with_check: bool) -> None:
    typed = between.join(CODE.groups).lower() + (between + "校验 " + CODE.check if with_check else "")
    assert RecoveryCode.parse(typed) == CODE
    assert RecoveryCode.parse("".join(chr(ord(char) + 0xFEE0) for char in "".join(CODE.groups))) == CODE


@given(st.integers(0, 43), st.sampled_from(ALPHABET))
def test_a_slip_is_told_before_the_slow_derivation(at: int, char: str) -> None:
    right = "".join(CODE.groups) + CODE.check
    wrong = right[:at] + char + right[at + 1 :]
    if wrong == right:
        return
    with pytest.raises(ValidationError, match="校验"):
        RecoveryCode.parse(wrong)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "40 个"), ("ABCDE", "敲了 5 个"), ("O" * 40, "没有 0 O 1 I L"), ("2" * 41, "敲了 41 个")],
)
def test_what_is_no_code_gets_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RecoveryCode.parse(typed)


def test_groups_are_checked_one_by_one_without_showing_them() -> None:
    code = RecoveryCode("2345B" + "".join(CODE.groups)[5:])
    assert code.check_group(0, "2345b") == ""
    assert code.check_group(0, " 23 45B ") == ""
    assert code.check_group(0, "23458") == "第 1 组和纸上不一样，多半是 8 和 B。"
    assert "还差 2 个" in code.check_group(0, "234")
    assert "多敲了 1 个" in code.check_group(0, "2345BB")
    plain = code.check_group(0, "2345K")
    assert plain
    assert "B" not in plain
    assert code.check_group(1, code.groups[2]) != ""
