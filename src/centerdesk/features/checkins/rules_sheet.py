"""The route sheet's serial number: which round and route a piece of paper is of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid5

_SLOT_DIGITS = {"morning": "1", "noon": "2", "evening": "3"}
_CODE = re.compile(r"(?:单\s*)?(\d{2})(\d{2})-([123])([A-Z]{1,2})", re.IGNORECASE)


def standing(stand: str) -> str:
    """站南花坛: the point one looks from in words, whether or not the word was written with it."""
    return stand if not stand or stand[:1] in "站在从到" else f"站{stand}"


def sheet_id(worker_id: UUID, day: date, slot: str) -> UUID:
    """What the sheet of one route of one round is known by in the journal and to the page that opens it."""
    return uuid5(worker_id, f"{day.isoformat()} {slot}")


def route_letter(workers: Iterable[UUID], worker_id: UUID) -> str:
    """A for the first route of the round, after Z comes AA; the order is that of the accounts."""
    number = sorted(set(workers)).index(worker_id)
    return chr(65 + number) if number < 26 else chr(64 + number // 26) + chr(65 + number % 26)


def sheet_code(day: date, slot: str, letter: str) -> str:
    """`1203-1A`: month and day, which round of the day, which route."""
    return f"{day:%m%d}-{_SLOT_DIGITS[slot]}{letter}"


def read_code(text: str) -> tuple[int, int, str, str] | None:
    """Month, day, slot and letter of a number as typed or scanned; None for anything else."""
    found = _CODE.fullmatch(text.strip())
    if found is None:
        return None
    slot = next(name for name, digit in _SLOT_DIGITS.items() if digit == found[3])
    return int(found[1]), int(found[2]), slot, found[4].upper()
