"""Doors and compounds: how people write an address, and the one form in which it is kept and sorted."""

from __future__ import annotations

import functools
import re
import unicodedata

from centerdesk.kernel.chinese import arabic, natural_key, simplified
from centerdesk.kernel.record import record

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー—_~～", "-"))

_BUILDING = r"(?P<building>\d+[A-Z]?|[A-Z]\d*)"
_UNIT = r"(?P<unit>\d+|[A-Z])"
_ROOM = r"(?P<room>\d+[A-Z]?(?:(?<=\d{3})-\d{1,2})?|[A-Z]\d+)"
_SIDE = r"(?P<side>[东西南北中左右前后]{1,2})"
_B_WORD = r"(?:号楼|号院|栋楼|幢楼|楼|栋|幢|座|#楼?|号)"
_U_WORD = r"(?:单元|门洞|门|梯|栋口)"
_R_WORD = r"(?:室|号房|房间|房|号|户)?"
_S_WORD = r"(?:户|门|室|侧|边|屋|间|手)?"
_SEP = r"[-/.,、 ]"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_BUILDING}{_B_WORD}?{_SEP}{_UNIT}{_U_WORD}?{_SEP}{_ROOM}{_R_WORD}",
        rf"{_BUILDING}{_B_WORD}{_SEP}?{_UNIT}{_U_WORD}{_SEP}?{_ROOM}{_R_WORD}",
        rf"{_BUILDING}{_B_WORD}{_SEP}?(?:{_UNIT}{_U_WORD}{_SEP}?)?(?P<floor>\d+)[楼层F]{_SEP}?{_SIDE}{_S_WORD}",
        rf"{_BUILDING}{_SEP}(?:{_UNIT}{_SEP})?(?P<floor>\d+)[楼层F]?{_SEP}?{_SIDE}{_S_WORD}",
        rf"{_BUILDING}{_B_WORD}{_SEP}?(?:{_UNIT}{_U_WORD}{_SEP}?)?(?P<floor>\d+)[楼层F]{_SEP}?{_ROOM}{_R_WORD}",
        rf"{_BUILDING}{_B_WORD}{_SEP}?{_UNIT}{_SEP}{_ROOM}{_R_WORD}",
        rf"{_BUILDING}{_B_WORD}{_SEP}?{_ROOM}{_R_WORD}",
        rf"{_BUILDING}{_SEP}(?P<room>\d{{3,4}}[A-Z]?){_R_WORD}",
        rf"{_UNIT}{_U_WORD}{_SEP}?{_ROOM}{_R_WORD}",
        rf"(?P<floor>\d+)[楼层F]{_SEP}?{_SIDE}{_S_WORD}",
    )
)
_LONGEST = 60
"""Characters of the longest door; what is longer is a story."""
_CANONICAL = re.compile(r"\d+-\d+-\d+")
_PART_WORDS = {
    "building": re.compile(r"^(?:第)?(.+?)(?:号楼|栋楼|幢楼|楼|栋|幢|座|#楼?|号)?$"),
    "unit": re.compile(r"^(?:第)?(.+?)(?:单元|门洞|门|梯)?$"),
    "floor": re.compile(r"^(?:第)?(.+?)(?:楼|层|F)?$"),
    "room": re.compile(r"^(.+?)(?:室|号房|房间|房|号|户)?$"),
}
_FLOOR_SIDE = re.compile(rf"(?P<floor>\d+)[楼层F]{_SEP}?{_SIDE}{_S_WORD}")
_SIDE_ONLY = re.compile(rf"{_SIDE}{_S_WORD}")


@record
class Door:
    """A front door (门牌): building 楼栋, unit 单元, floor 层, room 室; each figures, a letter or None.

    Where people write only “5楼西”, floor is “5” and room “西”; else the floor is the room number without
    its last two digits.
    """

    building: str | None = None
    unit: str | None = None
    floor: str | None = None
    room: str | None = None

    @property
    def text(self) -> str:
        """As people read it: `3-2-501`, `3-2-5楼西`; empty for no door."""
        room = self.room
        if room and self.floor and not room[:1].isdigit():
            room = f"{self.floor}楼{room}"
        return "-".join(part for part in (self.building, self.unit, room) if part)

    @property
    def sort_key(self) -> str:
        """Sorts as text the way people count: 3栋 before 12栋, 201 before 1001."""
        return "-".join(natural_key(part or "") for part in (self.building, self.unit, self.floor, self.room))


@functools.lru_cache(maxsize=65536)
def parse_door(text: str) -> Door | None:
    """Read a door written in one piece; None when it is not sure what is meant.

    `3-2-501`, `３－２－５０１`, `3#2单元501`, `3栋二单元五零一`, `3号楼2单元5楼西`, `3栋501` (no unit).
    """
    folded = _fold(text) if len(text) <= _LONGEST else ""
    for shape in _SHAPES:
        if match := shape.fullmatch(folded):
            found = match.groupdict()
            room = found.get("room") or found.get("side")
            floor = found.get("floor") or floor_of(room)
            return Door(_plain(found.get("building")), _plain(found.get("unit")), _plain(floor), _plain(room))
    return None


@functools.lru_cache(maxsize=65536)
def canonical_door(text: str) -> Door | None:
    """The door if it is written `building-unit-room` in half-width figures, as the desk itself does."""
    if not is_canonical_door(text):
        return None
    building, unit, room = map(_plain, text.split("-"))
    return Door(building, unit, floor_of(room), room)


def is_canonical_door(text: str) -> bool:
    """Whether the door is written `building-unit-room` in half-width figures, as the desk itself does."""
    return text.isascii() and _CANONICAL.fullmatch(text) is not None


@functools.lru_cache(maxsize=65536)
def door_of_parts(building: str, unit: str, floor: str, room: str) -> Door:
    """The door from separate columns (`11号楼`, `1单元`, `101室`); "" where a column is blank or absent."""
    parsed_room = _part("room", room)
    parsed_floor = _part("floor", floor)
    folded_room = _fold(room)
    if match := _FLOOR_SIDE.fullmatch(folded_room):
        parsed_floor, parsed_room = match["floor"], match["side"]
    elif match := _SIDE_ONLY.fullmatch(folded_room):
        parsed_room = match["side"]
    return Door(
        _part("building", building), _part("unit", unit), parsed_floor or floor_of(parsed_room), parsed_room
    )


def floor_of(room: str | None) -> str | None:
    """501 → 5, 1203 → 12; None for a room number of fewer than three digits or without digits."""
    digits = re.match(r"[A-Z]?(\d+)", room or "")
    if digits is None or len(digits[1]) < 3:
        return None
    return digits[1][:-2].lstrip("0") or None


def _fold(text: str) -> str:
    folded = simplified(unicodedata.normalize("NFKC", text)).translate(_DASHES).upper().strip()
    folded = re.sub(r"\s*([-#])\s*", r"\1", folded).replace("第", "")
    return arabic(re.sub(r"\s+", "", re.sub(r"(?<=\d)\s+(?=\d)", "-", folded)))


def _part(kind: str, text: str) -> str | None:
    match = _PART_WORDS[kind].match(_fold(text))
    return _plain(match[1]) if match else None


def _plain(part: str | None) -> str | None:
    """Without leading zeros in pure numbers."""
    if not part:
        return None
    return (part.lstrip("0") or "0") if part.isdigit() else part
