"""The verdict on every person row (判定办法): what is taken, rewritten, doubted or kept out, cell by cell.

Order: can number and name be taken; is it a repeat of a row taken before; do sex and birth contradict the
number. What stands once for a household (grid, door) is told once, at the cell where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from centerdesk.features.people.importing_layout import SheetLayout
from centerdesk.features.people.importing_messages import message
from centerdesk.features.people.importing_result import (
    ACCEPTED,
    MERGED,
    REFUSED,
    SEVERITY,
    WARN,
    WARNED,
    Address,
    Problem,
    RosterPerson,
    RosterRow,
)
from centerdesk.features.people.importing_rows import PersonRow
from centerdesk.features.people.importing_values import (
    BAD_DATE,
    PartialDate,
    has_private_use,
    read_date,
    read_name,
    read_phones,
    read_text,
)
from centerdesk.features.people.importing_words import (
    NOTHING,
    ethnic_of,
    fold_word,
    political_of,
    relation_of,
    residence_of,
    sex_of,
    tags_of,
)
from centerdesk.features.places.rules import Door, door_of_parts, is_canonical_door, parse_door
from centerdesk.kernel.chinese import simplified
from centerdesk.kernel.idnumber import IdNumber, IdProblem, parse
from centerdesk.kernel.spreadsheet_in import Cell
from centerdesk.kernel.spreadsheet_in_limits import column_letters

_SEX: dict[int, str | None] = {1: "男", 2: "女"}
_HEADS = frozenset(("户主", "本人"))
_OTHER_PAPERS = ("护照", "通行证", "军官", "士兵", "台胞", "回乡", "旅行证", "出生医学证明", "其他")


class Judge:
    """Judges the rows of one file in order. Keeps what was taken, to find repeats across sheets."""

    def __init__(
        self, known_grids: Iterable[str], known_compounds: Iterable[str], today: date, date1904: bool
    ) -> None:
        self._grids = {fold_word(grid): grid for grid in known_grids}
        self._compounds = {fold_word(name): name for name in known_compounds}
        self._today = today
        self._date1904 = date1904
        self._taken: dict[str, RosterPerson] = {}
        self._taken_without_id: set[RosterPerson] = set()
        self._households: dict[object, str] = {}
        self._heads: set[str] = set()
        self._told: set[tuple[str, str, str]] = set()
        self.rows: list[RosterRow] = []
        self.problems: list[Problem] = []

    def start_sheet(self, name: str, layout: SheetLayout, *, alone: bool) -> None:
        """The rows that follow stand on this sheet; `alone` when the file has no other data sheet."""
        self._sheet, self._alone = name, alone
        fields = set(layout.columns.values())
        self._fields = fields
        self._letters = {field: column_letters(layout.column(field) or 1) for field in fields}
        self._numbered = "hno" in fields
        self._grouped = bool({"head", "address", "room", "building"} & fields)
        self._lone_household = 0

    def judge(self, row: PersonRow) -> None:
        """Decide on one row; appends to `rows` and `problems`."""
        found: list[str] = []  # severities
        person = self._household_part(row)
        status, person = self._person_part(row, person, found)
        if status == ACCEPTED and (WARN in found or self._household_doubt):
            status = WARNED
        self.rows.append(RosterRow(self._sheet, row.number, status, person))

    # What stands once for a household.

    def _household_part(self, row: PersonRow) -> RosterPerson:
        self._household_doubt = False
        address, address_kind = self._address(row)
        household = self._household(row, address)
        grid_text = read_text(row.cells.get("grid", ""))
        grid = self._grids.get(fold_word(grid_text)) if grid_text else None
        if grid is None and fold_word(grid_text) not in NOTHING:
            self._household_doubt = True
            self._tell_once(row, "grid", "grid_unknown", household)
        if address_kind is not None:
            severity = self._tell_once(
                row, "address", "address_free_form", household, understood=address_kind
            )
            self._household_doubt |= severity == WARN
        relation, code = relation_of(read_text(row.cells.get("relation", "")))
        return RosterPerson(
            name=None,
            id=None,
            birth=None,
            sex=None,
            phones=(),
            household=household,
            relation=relation,
            relation_code=code,
            address=address,
            grid=grid,
            tags=(),
        )

    def _address(self, row: PersonRow) -> tuple[Address, bool | None]:
        """The address, and for a door in one piece that is not canonical whether it was understood."""
        cells = row.cells
        compound = self._compound(read_text(cells.get("compound", "")))
        if "address" not in self._fields:
            parts = (read_text(cells.get(field, "")) for field in ("building", "unit", "floor", "room"))
            return Address(compound, door_of_parts(*parts)), None
        text = read_text(cells.get("address", ""))
        if fold_word(text) in NOTHING:
            return Address(compound, self._door_beside(cells)), None
        if is_canonical_door(text):
            return Address(compound, parse_door(text) or Door()), None
        inside, rest = self._split_compound(text)
        compound = compound or inside
        door = parse_door(rest)
        if inside and is_canonical_door(rest):
            return Address(compound, door or Door()), None
        return (Address(compound, door), True) if door else (Address(compound, Door(), text), False)

    def _door_beside(self, cells: dict[str, Cell]) -> Door:
        return door_of_parts(
            *(read_text(cells.get(field, "")) for field in ("building", "unit", "floor", "room"))
        )

    def _compound(self, text: str) -> str | None:
        """The compound as the station knows it; an unknown one stays as typed."""
        folded = fold_word(text)
        return None if folded in NOTHING else self._compounds.get(folded, text)

    def _split_compound(self, text: str) -> tuple[str | None, str]:
        """`…云和小区3-2-501` → 云和小区, 3-2-501; the longest known name wins."""
        folded = fold_word(text)
        for name in sorted(self._compounds, key=len, reverse=True):
            before, hit, after = folded.partition(name)
            if hit and not any(c.isdigit() for c in before):
                return self._compounds[name], after.lstrip("-,，、 ")
        return None, text

    def _household(self, row: PersonRow, address: Address) -> str:
        """Rows with the same answer are one household: by number, else by head, compound and door."""
        number = read_text(row.cells.get("hno", ""))
        if number:
            return number if self._alone else f"{self._sheet}/{number}"
        key: object
        if self._grouped:
            head = simplified(read_name(read_text(row.cells.get("head", "")))[0])
            key = (self._sheet, head, address)
            if not head and address.door == Door() and not address.text:
                key = (self._sheet, self._next_lone(row))
        else:
            key = (self._sheet, self._next_lone(row))
        return self._households.setdefault(key, f"H{len(self._households) + 1:05d}")

    def _next_lone(self, row: PersonRow) -> int:
        """Nothing tells households apart: one begins with each head, and with each row without relation."""
        relation, _ = relation_of(read_text(row.cells.get("relation", "")))
        if relation is None or relation in _HEADS:
            self._lone_household = row.number
        return self._lone_household

    def _tell_once(
        self, row: PersonRow, field: str, kind: str, household: str, *, understood: bool = True
    ) -> str:
        """Put the problem at the cell where the text really stands. Returns its severity."""
        severity = SEVERITY[kind] if understood else WARN
        if row.origin.get(field) != row.number:
            return severity
        if not self._numbered:
            mark = (household, kind, fold_word(read_text(row.cells[field])))
            if mark in self._told:
                return severity
            self._told.add(mark)
        self._add(row, field, kind, severity, understood=understood)
        return severity

    # What is the person's own.

    def _person_part(
        self, row: PersonRow, person: RosterPerson, found: list[str]
    ) -> tuple[str, RosterPerson]:
        raw_name = read_text(row.cells.get("name", ""))
        name, had_private = read_name(raw_name)
        number = self._number(row)
        person = replace(person, name=name or None)
        refused = False
        if not name:
            self._add(row, "name", "name_missing")
            refused = True
        if isinstance(number, IdProblem) and number.kind != "id_missing":
            self._add(row, "id", number.kind, text=number.message)
            refused = True
        person = self._content(row, person, number)
        if refused:
            raw = row.cells.get("id", "") if isinstance(number, IdProblem) else None
            return REFUSED, person if raw is None else replace(person, id_raw=str(raw) or None)
        if repeat := self._repeat(row, person):
            return repeat
        self._notes(row, person, number, had_private, found)
        return ACCEPTED, person

    def _number(self, row: PersonRow) -> IdNumber | IdProblem:
        cell = row.cells.get("id", "")
        number = parse(cell, self._today)
        paper = fold_word(read_text(row.cells.get("idtype", "")))
        if isinstance(number, IdProblem) and cell != "" and any(word in paper for word in _OTHER_PAPERS):
            return IdProblem("id_missing", message("id_missing", other_paper=True))
        return number

    def _content(self, row: PersonRow, person: RosterPerson, number: IdNumber | IdProblem) -> RosterPerson:
        """Everything but name and household, normalised; the number wins over sex and birth."""
        cells = row.cells
        phones: dict[str, None] = {}
        for value in row.phones:
            phones.update(dict.fromkeys(read_phones(value)[0]))
        tags, free = tags_of(read_text(cells.get("tags", "")))
        birth = read_date(cells.get("birth", ""), self._date1904)
        move_in = read_date(cells.get("move_in", ""), self._date1904)
        canonical: str | None = None
        born: date | None
        if isinstance(number, IdNumber):
            canonical, born, sex = number.canonical, number.birth, _SEX[number.sex]
        else:
            born = birth if isinstance(birth, date) and birth <= self._today else None
            sex = sex_of(read_text(cells.get("sex", "")))
        return replace(
            person,
            id=canonical,
            birth=born,
            sex=sex,
            phones=tuple(phones),
            tags=tags,
            tags_free=free,
            ethnic=ethnic_of(read_text(cells.get("ethnic", ""))),
            political=political_of(read_text(cells.get("political", ""))),
            residence=residence_of(read_text(cells.get("residence", ""))),
            move_in=move_in if isinstance(move_in, date) else None,
            remark=read_text(cells.get("remark", "")) or None,
        )

    def _repeat(self, row: PersonRow, person: RosterPerson) -> tuple[str, RosterPerson] | None:
        """Against the rows taken so far: the very same person is merged, a clash is refused, else None."""
        if person.id is None:
            if person in self._taken_without_id:
                self._add(row, "name", "row_duplicate_identical")
                return MERGED, person
            self._taken_without_id.add(person)
            return None
        earlier = self._taken.setdefault(person.id, person)
        if earlier is person:
            return None
        if earlier == person:
            self._add(row, "name", "row_duplicate_identical")
            return MERGED, person
        same_name = simplified(earlier.name or "") == simplified(person.name or "")
        self._add(row, "id", "person_twice_phone_differs" if same_name else "id_duplicate")
        return REFUSED, replace(person, id=None, id_raw=read_text(row.cells.get("id", "")))

    def _notes(
        self,
        row: PersonRow,
        person: RosterPerson,
        number: IdNumber | IdProblem,
        had_private: bool,
        found: list[str],
    ) -> None:
        """Fixes and hints of a row that is taken."""
        if had_private or has_private_use(person.name or ""):
            understood = not has_private_use(person.name or "")
            found.append(
                self._add(row, "name", "name_pua", None if understood else WARN, understood=understood)
            )
        if isinstance(number, IdNumber):
            found += [self._add(row, "id", kind) for kind in number.notes]
            found += self._contradictions(row, number)
        else:
            if "id" in self._fields:
                found.append(self._add(row, "id", "id_missing", text=number.message))
            birth = read_date(row.cells.get("birth", ""), self._date1904)
            if (
                birth is BAD_DATE
                or isinstance(birth, PartialDate)
                or (isinstance(birth, date) and birth > self._today)
            ):
                found.append(self._add(row, "birth", "birth_impossible", understood=False))
        found += self._cell_problems(row, person)

    def _contradictions(self, row: PersonRow, number: IdNumber) -> list[str]:
        found = []
        sex = sex_of(read_text(row.cells.get("sex", "")))
        if sex is not None and sex != _SEX[number.sex]:
            found.append(self._add(row, "sex", "sex_contradicts_id"))
        birth = read_date(row.cells.get("birth", ""), self._date1904)
        if birth is BAD_DATE:
            found.append(self._add(row, "birth", "birth_impossible"))
        elif (isinstance(birth, PartialDate) and not birth.fits(number.birth)) or (
            isinstance(birth, date) and birth != number.birth
        ):
            found.append(self._add(row, "birth", "birth_contradicts_id"))
        return found

    def _cell_problems(self, row: PersonRow, person: RosterPerson) -> list[str]:
        found = []
        if any(read_phones(value)[1] for value in row.phones):
            found.append(self._add(row, "phone", "phone_invalid"))
        move_in = read_date(row.cells.get("move_in", ""), self._date1904)
        if move_in is BAD_DATE or isinstance(move_in, PartialDate):
            found.append(self._add(row, "move_in", "movein_impossible", understood=move_in is BAD_DATE))
        if person.tags_free:
            found.append(self._add(row, "tags", "tag_unknown"))
        if person.relation in _HEADS:
            if person.household in self._heads:
                found.append(self._add(row, "relation", "household_two_heads"))
            self._heads.add(person.household)
        return found

    def _add(
        self,
        row: PersonRow,
        field: str,
        kind: str,
        severity: str | None = None,
        *,
        text: str | None = None,
        understood: bool = True,
    ) -> str:
        level = severity or SEVERITY[kind]
        cell = f"{self._letters.get(field, self._letters['name'])}{row.number}"
        self.problems.append(
            Problem(self._sheet, cell, kind, level, text or message(kind, understood=understood))
        )
        return level
