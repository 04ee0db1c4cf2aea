"""What reading a roster gives: persons, verdicts and where every problem stands. Frozen values only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from centerdesk.features.people.importing_layout import SheetReading
from centerdesk.features.places.rules import Door
from centerdesk.kernel.spreadsheet_in_limits import column_letters

REFUSE, WARN, FIX = "refuse", "warn", "fix"
ACCEPTED, WARNED, REFUSED, MERGED = "accept", "warn", "refuse", "merged"

SEVERITY: Mapping[str, str] = {
    "id_check_digit": REFUSE,
    "id_length": REFUSE,
    "id_bad_chars": REFUSE,
    "id_impossible_date": REFUSE,
    "id_float": REFUSE,
    "id_duplicate": REFUSE,
    "person_twice_phone_differs": REFUSE,
    "name_missing": REFUSE,
    "row_duplicate_identical": FIX,
    "sex_contradicts_id": WARN,
    "birth_contradicts_id": WARN,
    "birth_impossible": WARN,
    "movein_impossible": WARN,
    "grid_unknown": WARN,
    "area_code_unknown": WARN,
    "id_missing": WARN,
    "id_15_upgraded": WARN,
    "phone_invalid": WARN,
    "household_two_heads": WARN,
    "tag_unknown": WARN,
    "id_lowercase_x": FIX,
    "id_fullwidth": FIX,
    "id_spaces": FIX,
    "name_pua": FIX,
    "address_free_form": FIX,
}
KIND_TEXTS = {
    "id_check_digit": "身份证号对不上校验位", "id_length": "身份证号位数不对", "id_bad_chars": "身份证号里有别的字",
    "id_impossible_date": "身份证号里的生日不存在", "id_float": "身份证号丢了后几位",
    "id_duplicate": "身份证号和别人的一样",
    "person_twice_phone_differs": "同一个人前面收过，电话不一样", "name_missing": "没有姓名",
    "row_duplicate_identical": "和前面一行完全一样", "sex_contradicts_id": "性别和证件号对不上",
    "birth_contradicts_id": "生日和证件号对不上", "birth_impossible": "生日不存在", "movein_impossible": "迁入日期不对",
    "grid_unknown": "没有这个网格", "area_code_unknown": "区划代码没见过", "id_missing": "没有身份证号",
    "id_15_upgraded": "15 位旧号", "phone_invalid": "电话位数不对", "household_two_heads": "一户两个户主",
    "tag_unknown": "标签不在词表里", "id_lowercase_x": "小写 x 已改大写", "id_fullwidth": "全角数字已改半角",
    "id_spaces": "空格已去掉", "name_pua": "旧字库的字", "address_free_form": "门牌写法不规范",
}  # fmt: skip
"""A kind of problem in a few words; the sentence below it says what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Compound (小区, as the station knows it or as typed) and door. `text`: what could not be understood."""

    compound: str | None
    door: Door
    text: str | None = None


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One resident as the file says, normalised (一户一档的一人). Names stay as registered.

    `household` only groups rows: equal means one household. `sex` is 男 or 女. `id_raw` is set when the
    number was refused. Fields of columns the sheet does not have are None.
    """

    name: str | None
    id: str | None
    birth: date | None
    sex: str | None
    phones: tuple[str, ...]
    household: str
    relation: str | None
    relation_code: str | None
    address: Address
    grid: str | None
    tags: tuple[str, ...]
    tags_free: tuple[str, ...] = ()
    ethnic: str | None = None
    political: str | None = None
    residence: str | None = None
    move_in: date | None = None
    remark: str | None = None
    id_raw: str | None = None

    def __repr__(self) -> str:
        return f"RosterPerson(household={self.household!r}, …)"  # a person must not reach a log


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one cell. `message` is a sentence that says what to do; it repeats no number."""

    sheet: str
    cell: str
    kind: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person row: `status` accept, warn, refuse or merged. `row` counts from 1 as Excel shows it."""

    sheet: str
    row: int
    status: str
    person: RosterPerson


@dataclass(frozen=True, slots=True)
class RosterReading:
    """The whole file (台账读取结果): every sheet's role, person rows and problems in file order."""

    format: str
    sheets: tuple[SheetReading, ...]
    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def taken(self) -> Iterator[RosterRow]:
        """The rows to import."""
        return (row for row in self.rows if row.status in (ACCEPTED, WARNED))

    @property
    def has_data(self) -> bool:
        return any(sheet.role == "data" for sheet in self.sheets)


def count(rows: tuple[RosterRow, ...], problems: tuple[Problem, ...]) -> dict[str, int]:
    """rows, accepted, refused, merged, warned, fixed, households. `warned` counts rows taken with a hint,
    `fixed` rows in which something was rewritten."""
    status = Counter(row.status for row in rows)
    fixed = {(p.sheet, p.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for p in problems if p.severity == FIX}
    return {
        "rows": len(rows),
        "accepted": status[ACCEPTED] + status[WARNED],
        "refused": status[REFUSED],
        "merged": status[MERGED],
        "warned": status[WARNED],
        "fixed": len(fixed),
        "households": len({row.person.household for row in rows if row.status in (ACCEPTED, WARNED)}),
    }


def dry_run(
    reading: RosterReading,
    *,
    new: int | None = None,
    changed: int = 0,
    same: int = 0,
    with_rows: bool = False,
) -> dict[str, object]:
    """The JSON object of `import FILE --dry-run --json`.

    new + changed + same must be the accepted rows; who compares with the database hands them in, without a
    database all accepted rows are new. `with_rows` adds every person with numbers in full: log it.
    """
    counts = reading.counts
    result: dict[str, object] = {
        "sheets": [sheet_json(sheet) for sheet in reading.sheets],
        "counts": {
            "rows": counts["rows"],
            "new": counts["accepted"] - changed - same if new is None else new,
            "changed": changed,
            "same": same,
            "refused": counts["refused"],
            "merged": counts["merged"],
            "warned": counts["warned"],
            "fixed": counts["fixed"],
        },
        "problems": [
            {"sheet": p.sheet, "cell": p.cell, "kind": p.kind, "severity": p.severity, "message": p.message}
            for p in reading.problems
        ],
    }
    if with_rows:
        fields = {s.name: set(s.layout.columns.values()) if s.layout else set() for s in reading.sheets}
        result["rows"] = [
            {
                "sheet": r.sheet,
                "row": r.row,
                "status": r.status,
                "person": person_json(r.person, fields[r.sheet]),
            }
            for r in reading.rows
        ]
    return result


def sheet_json(sheet: SheetReading) -> dict[str, object]:
    """One entry of `sheets`; the last four are null where the sheet was skipped."""
    layout = sheet.layout
    return {
        "name": sheet.name,
        "role": sheet.role,
        "why": sheet.why,
        "header_rows": list(layout.header_rows) if layout else None,
        "first_data_row": sheet.first_data_row,
        "last_data_row": sheet.last_data_row,
        "columns": {column_letters(c): f for c, f in layout.columns.items()} if layout else None,
    }


def person_json(person: RosterPerson, fields: set[str]) -> dict[str, object]:
    """A person as the contract has it; ethnic, political, residence and move_in only if there is a column."""
    door = person.address.door
    result: dict[str, object] = {
        "name": person.name,
        "id": person.id,
        "birth": person.birth.isoformat() if person.birth else None,
        "sex": person.sex,
        "phones": list(person.phones),
        "household": person.household,
        "relation": person.relation,
        "relation_code": person.relation_code,
        "address": {
            "compound": person.address.compound,
            "building": door.building,
            "unit": door.unit,
            "floor": door.floor,
            "room": door.room,
        },
        "grid": person.grid,
        "tags": list(person.tags),
    }
    for name in ("ethnic", "political", "residence"):
        if name in fields:
            result[name] = getattr(person, name)
    if "move_in" in fields:
        result["move_in"] = person.move_in.isoformat() if person.move_in else None
    if person.tags_free:
        result["tags_free"] = list(person.tags_free)
    if person.id_raw is not None:
        result["id_raw"] = person.id_raw
    return result
