"""`keyslots.json`: the data key, wrapped once for the machine and once for the recovery sheet.

The file is public and travels with every backup; it is authenticated with the key it wraps. Escrow with the
street office is a further kind of slot.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from centerdesk.kernel.cipher import seal as seal_bytes
from centerdesk.kernel.cipher import stretch, unseal
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import DamagedDatabase, EnvironmentFault, WrongKey
from centerdesk.kernel.keys import DataKey, KeyRing
from centerdesk.kernel.machinekey import machine_key, read_machine_key
from centerdesk.kernel.paths import DataDir, write_private
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import RecoveryCode

FORMAT = 1
_MAC = "keyslots"
_TIME_COST, _MEMORY_KIB, _LANES = 3, 64 * 1024, 4
"""Argon2id, the library's defaults (RFC 9106 low-memory profile)."""
_MOST_MEMORY_KIB, _MOST_TIME, _MOST_LANES = 1024 * 1024, 64, 16
"""Above these a file is taken for hostile: it would only exhaust the machine."""


def sheet_name(number: int) -> str:
    """`RS-02`, as printed on the sheet."""
    return f"RS-{number:02}"


@record
class Slot:
    """One wrapped copy of the data key (钥匙槽). Times are UTC, ISO."""

    kind: Literal["machine", "recovery"]
    number: int
    """RS-01, RS-02 … for recovery sheets."""
    wrapped: str
    made_at: str
    salt: str = ""
    time_cost: int = 0
    memory_kib: int = 0
    lanes: int = 0
    confirmed_at: str = ""
    """When the sheet was typed back for the first time."""
    tried_at: str = ""
    """When somebody last proved that the paper is still right."""


@record
class KeySlots:
    """What stands in the file: name of the key, its slots, and the tag over both."""

    key: str
    slots: tuple[Slot, ...]
    mac: str

    def find(self, kind: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.kind == kind), None)

    def body(self) -> bytes:
        """What the tag covers."""
        plain = {"format": FORMAT, "key": self.key, "slots": [asdict(slot) for slot in self.slots]}
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def create(where: DataDir, clock: Clock) -> tuple[DataKey, RecoveryCode]:
    """A new data key with its machine slot and recovery sheet. Raises EnvironmentFault if there is one."""
    if where.keyslots.exists():
        raise EnvironmentFault(
            f"“{where.root}”里已经有一把钥匙，没有动它：换掉它，原来的库就打不开了。要新设一个站，请选空文件夹。"
        )
    key, code = DataKey.generate(), RecoveryCode.generate()
    slots = (_machine_slot(where, key, clock), _recovery_slot(code, key, 1, clock))
    _write(where.keyslots, key, slots)
    return key, code


def open_with_machine(where: DataDir) -> DataKey:
    """The data key by this machine's own slot. Raises WrongKey, DamagedDatabase, EnvironmentFault."""
    held = read(where.keyslots)
    slot = held.find("machine")
    if slot is None:
        raise WrongKey("这台电脑还没有本机钥匙。资料没有动过；请用恢复单打开一次。")
    secret = stretch(read_machine_key(where.machine_key), "machine slot")
    return _opened(held, slot, secret, "本机钥匙打不开这个库，多半是换了电脑。资料没有动过；请用恢复单打开。")


def open_with_recovery(where: DataDir, code: RecoveryCode) -> DataKey:
    """The data key by the recovery sheet. Raises WrongKey, DamagedDatabase, EnvironmentFault."""
    return open_file_with_recovery(where.keyslots, code)


def open_file_with_recovery(path: Path, code: RecoveryCode) -> DataKey:
    """The same for a key-slot file that lies beside a backup."""
    held = read(path)
    slot = held.find("recovery")
    if slot is None:
        raise WrongKey("这个库没有留恢复单。请用原来的电脑打开。")
    return _opened(
        held,
        slot,
        _recovery_secret(code, slot),
        f"恢复单打不开：敲错了，或不是要的那张（{sheet_name(slot.number)}）。资料没有动过，请再对一遍纸。",
    )


def open_file_with_machine(path: Path, secret_file: Path) -> DataKey:
    """The data key of a key-slot file beside a backup, by the secret of this machine. Raises WrongKey."""
    held = read(path)
    slot = held.find("machine")
    if slot is None:
        raise WrongKey("这份备份里没有本机钥匙的槽。请用恢复单打开。")
    secret = stretch(read_machine_key(secret_file), "machine slot")
    return _opened(held, slot, secret, "这份备份不是这台电脑做的。资料没有动过；请用那个站的恢复单打开。")


def new_machine_slot(where: DataDir, key: DataKey, clock: Clock) -> None:
    """Give this machine its own slot, after a restore on a new one. The old machine's slot is dropped."""
    held = read(where.keyslots)
    kept = tuple(slot for slot in held.slots if slot.kind != "machine")
    _write(where.keyslots, key, (_machine_slot(where, key, clock), *kept))


def new_recovery(where: DataDir, key: DataKey, clock: Clock) -> RecoveryCode:
    """A new sheet; the old one no longer opens this database (backups keep the sheet of their day)."""
    held = read(where.keyslots)
    old = held.find("recovery")
    code = RecoveryCode.generate()
    kept = tuple(slot for slot in held.slots if slot.kind != "recovery")
    _write(where.keyslots, key, (*kept, _recovery_slot(code, key, old.number + 1 if old else 1, clock)))
    return code


def recovery_confirmed(where: DataDir) -> bool:
    """Whether the present sheet was typed back; until then the desk asks for it."""
    slot = read(where.keyslots).find("recovery")
    return slot is not None and bool(slot.confirmed_at)


def confirm_recovery(where: DataDir, code: RecoveryCode, clock: Clock) -> None:
    """Take note that the whole sheet was typed and opens the database. Raises WrongKey if it does not.

    Also the periodic trial of the paper (UI 19).
    """
    key = open_with_recovery(where, code)
    held = read(where.keyslots)
    now = clock.now().isoformat(timespec="seconds")
    slots = tuple(
        replace(slot, confirmed_at=slot.confirmed_at or now, tried_at=now)
        if slot.kind == "recovery"
        else slot
        for slot in held.slots
    )
    _write(where.keyslots, key, slots)


def read(path: Path) -> KeySlots:
    """The file as it stands, not yet authenticated: that needs the key. Raises EnvironmentFault and kinds."""
    try:
        raw: Any = json.loads(path.read_bytes())
        if raw["format"] != FORMAT:
            raise EnvironmentFault("钥匙文件是更新的程序写的，这一版看不懂，没有动它。请升级程序。")
        return KeySlots(str(raw["key"]), tuple(_slot(each) for each in raw["slots"]), str(raw["mac"]))
    except FileNotFoundError as exc:
        raise WrongKey(
            f"“{path.parent}”里没有钥匙文件，库打不开，资料没有动过。请确认文件夹没有拿错；备份旁边有一份同样的钥匙文件。"
        ) from exc
    except OSError as exc:
        raise EnvironmentFault(
            "钥匙文件读不了：没有权限或盘有问题。资料没有动过；请管理员放开权限后再开。"
        ) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise DamagedDatabase(
            "钥匙文件坏了，库打不开，但资料还在。请从最近的备份旁边取一份同样的钥匙文件，或用备份退回。"
        ) from exc


def check_file(path: Path, ring: KeyRing) -> None:
    """Make sure that the file is as it was written for this key. Raises DamagedDatabase, EnvironmentFault."""
    _check_signature(read(path), ring)


def _check_signature(held: KeySlots, ring: KeyRing) -> None:
    """Raise DamagedDatabase for a file of another key, or one changed after it was signed."""
    if ring.fingerprint != held.key or not ring.signed(_MAC, held.body(), held.mac):
        raise DamagedDatabase(
            "钥匙文件被动过，内容和签名对不上，所以没有用它。请从最近的备份旁边取回原来的钥匙文件。"
        )


def _slot(raw: Mapping[str, Any]) -> Slot:
    slot = Slot(**raw)
    if slot.kind not in ("machine", "recovery"):
        raise ValueError("unknown kind of slot")
    bytes.fromhex(slot.wrapped), bytes.fromhex(slot.salt)
    if slot.kind == "recovery" and not (
        0 < slot.time_cost <= _MOST_TIME
        and 8 <= slot.memory_kib <= _MOST_MEMORY_KIB
        and 0 < slot.lanes <= _MOST_LANES
        and len(slot.salt) >= 16
    ):
        raise ValueError("parameters out of bounds")
    return slot


def _opened(held: KeySlots, slot: Slot, secret: bytes, refusal: str) -> DataKey:
    try:
        key = DataKey(unseal(secret, bytes.fromhex(slot.wrapped), _bound_to(slot.kind, held.key)))
    except (WrongKey, DamagedDatabase, ValueError) as exc:
        raise WrongKey(refusal) from exc
    _check_signature(held, KeyRing(key))
    return key


def _bound_to(kind: str, fingerprint: str) -> bytes:
    return f"centerdesk slot {kind} {fingerprint}".encode()


def _machine_slot(where: DataDir, key: DataKey, clock: Clock) -> Slot:
    secret = stretch(machine_key(where.machine_key), "machine slot")
    wrapped = seal_bytes(secret, key.expose(), _bound_to("machine", key.fingerprint)).hex()
    return Slot("machine", 1, wrapped, clock.now().isoformat(timespec="seconds"))


def _recovery_slot(code: RecoveryCode, key: DataKey, number: int, clock: Clock) -> Slot:
    blank = Slot(
        "recovery",
        number,
        "",
        clock.now().isoformat(timespec="seconds"),
        os.urandom(16).hex(),
        _TIME_COST,
        _MEMORY_KIB,
        _LANES,
    )
    secret = _recovery_secret(code, blank)
    return replace(
        blank, wrapped=seal_bytes(secret, key.expose(), _bound_to("recovery", key.fingerprint)).hex()
    )


def _recovery_secret(code: RecoveryCode, slot: Slot) -> bytes:
    return code.stretch(
        bytes.fromhex(slot.salt), time_cost=slot.time_cost, memory_kib=slot.memory_kib, lanes=slot.lanes
    )


def _write(path: Path, key: DataKey, slots: tuple[Slot, ...]) -> None:
    unsigned = KeySlots(key.fingerprint, slots, "")
    body = unsigned.body()
    whole = json.loads(body) | {"mac": KeyRing(key).sign(_MAC, body)}
    write_private(path, json.dumps(whole, indent=1, ensure_ascii=False).encode())
