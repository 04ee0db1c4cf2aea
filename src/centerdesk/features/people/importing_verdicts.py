"""The verdict on every person row (判定办法): what is taken, rewritten, doubted or kept out, cell by cell.

Order: can number and name be taken; is it a repeat of a row taken before; do sex and birth contradict the
number. What stands once for a household (grid, door) is told once, at the cell where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from centerdesk.features.people.importing_households import HEADS, Dwelling, Households
from centerdesk.features.people.importing_layout import SheetLayout
from centerdesk.features.people.importing_messages import message
from centerdesk.features.people.importing_result import (
    ACCEPTED,
    MERGED,
    REFUSED,
    SEVERITY,
    WARN,
    WARNED,
    Problem,
    RosterPerson,
    RosterRow,
)
from centerdesk.features.people.importing_rows import PersonRow
from centerdesk.features.people.importing_values import (
    BAD_DATE,
    PartialDate,
    ReadDate,
    has_private_use,
    read_date,
    read_name,
    read_phones,
    read_text,
)
from centerdesk.features.people.importing_words import (
    ethnic_of,
    fold_word,
    political_of,
    relation_of,
    residence_of,
    sex_of,
    tags_of,
)
from centerdesk.kernel.chinese import simplified
from centerdesk.kernel.idnumber import IdNumber, IdProblem, parse
from centerdesk.kernel.spreadsheet_in import Cell
from centerdesk.kernel.spreadsheet_in_limits import column_letters

_SEX: dict[int, str | None] = {1: "男", 2: "女"}
_OTHER_PAPERS = ("护照", "通行证", "军官", "士兵", "台胞", "回乡", "旅行证", "出生医学证明", "其他")


class Judge:
    """Judges the rows of one file in order. Keeps what was taken, to find repeats across sheets."""

    def __init__(
        self, known_grids: Iterable[str], known_compounds: Iterable[str], today: date, date1904: bool
    ) -> None:
        self._households = Households(known_grids, known_compounds)
        self._today = today
        self._date1904 = date1904
        self._taken: dict[str, RosterPerson] = {}
        self._taken_without_id: set[RosterPerson] = set()
        self._heads: set[str] = set()
        self._told: set[tuple[str, str, str]] = set()
        self._hints = False
        self.rows: list[RosterRow] = []
        self.problems: list[Problem] = []

    def start_sheet(self, name: str, layout: SheetLayout, *, alone: bool) -> None:
        """The rows that follow stand on this sheet; `alone` when the file has no other data sheet."""
        self._sheet = name
        self._fields = set(layout.columns.values())
        self._letters = {"name": "A"}
        for column, field in sorted(layout.columns.items(), reverse=True):
            self._letters[field] = column_letters(column)
        self._numbered = "hno" in self._fields
        self._households.start_sheet(name, self._fields, alone=alone)

    def judge(self, row: PersonRow) -> None:
        """Decide on one row; appends to `rows` and `problems`."""
        dwelling = self._households.of(row)
        doubt = self._household_doubt(row, dwelling)
        status, person = self._person_part(row, dwelling)
        if status == ACCEPTED and (doubt or self._hints):
            status = WARNED
        self.rows.append(RosterRow(self._sheet, row.number, status, person))

    # What stands once for a household.

    def _household_doubt(self, row: PersonRow, dwelling: Dwelling) -> bool:
        """Tell about grid and door, at the cell where they stand; whether the row is taken with a hint."""
        doubt = False
        if dwelling.grid_unknown:
            self._tell_once(row, "grid", "grid_unknown", dwelling.household)
            doubt = True
        if dwelling.understood is not None:
            self._tell_once(
                row, "address", "address_free_form", dwelling.household, understood=dwelling.understood
            )
            doubt |= not dwelling.understood
        return doubt

    def _tell_once(
        self, row: PersonRow, field: str, kind: str, household: str, *, understood: bool = True
    ) -> None:
        """Put the problem at the cell where the text really stands, and for one household once.

        With a household number every row speaks for itself.
        """
        if row.origin.get(field) != row.number:
            return
        if not self._numbered:
            mark = (household, kind, fold_word(read_text(row.cells[field])))
            if mark in self._told:
                return
            self._told.add(mark)
        self._add(row, field, kind, None if understood else WARN, understood=understood)

    # What is the person's own.

    def _person_part(self, row: PersonRow, dwelling: Dwelling) -> tuple[str, RosterPerson]:
        self._hints = False
        name, had_private = read_name(read_text(row.cells.get("name", "")))
        number = self._number(row)
        refused = False
        if not name:
            self._add(row, "name", "name_missing")
            refused = True
        if isinstance(number, IdProblem) and number.kind != "id_missing":
            self._add(row, "id", number.kind, text=number.message)
            refused = True
        person = self._person(row, name or None, dwelling, number)
        if refused:
            self._note_head(person)
            return REFUSED, person
        if repeat := self._repeat(row, person):
            return repeat
        self._hints = False
        self._notes(row, person, number, had_private)
        self._note_head(person)
        return ACCEPTED, person

    def _note_head(self, person: RosterPerson) -> None:
        """A head whose row is refused is still the household's head: the next one is the second."""
        if person.relation in HEADS:
            self._heads.add(person.household)

    def _number(self, row: PersonRow) -> IdNumber | IdProblem:
        cell = row.cells.get("id", "")
        number = parse(cell, self._today)
        if isinstance(number, IdProblem) and cell != "":
            paper = fold_word(read_text(row.cells.get("idtype", "")))
            if any(word in paper for word in _OTHER_PAPERS):
                return IdProblem("id_missing", message("id_missing", other_paper=True))
        return number

    def _person(
        self, row: PersonRow, name: str | None, dwelling: Dwelling, number: IdNumber | IdProblem
    ) -> RosterPerson:
        """Everything normalised; the number wins over sex and birth."""
        cells = row.cells
        known = number if isinstance(number, IdNumber) else None
        tags, free = tags_of(read_text(cells.get("tags", "")))
        relation, code = relation_of(read_text(cells.get("relation", "")))
        move_in = read_date(cells.get("move_in", ""), self._date1904)
        unusable = isinstance(number, IdProblem) and number.kind != "id_missing"
        return RosterPerson(
            name=name,
            id=known.canonical if known else None,
            birth=known.birth if known else self._told_birth(row),
            sex=_SEX[known.sex] if known else sex_of(read_text(cells.get("sex", ""))),
            phones=_phones(row.phones),
            household=dwelling.household,
            relation=relation,
            relation_code=code,
            address=dwelling.address,
            grid=dwelling.grid,
            tags=tags,
            tags_free=free,
            ethnic=ethnic_of(read_text(cells.get("ethnic", ""))),
            political=political_of(read_text(cells.get("political", ""))),
            residence=residence_of(read_text(cells.get("residence", ""))),
            move_in=move_in if isinstance(move_in, date) else None,
            remark=read_text(cells.get("remark", "")) or None,
            id_raw=str(cells["id"]) if unusable else None,
        )

    def _told_birth(self, row: PersonRow) -> date | None:
        birth = read_date(row.cells.get("birth", ""), self._date1904)
        return birth if isinstance(birth, date) and birth <= self._today else None

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
        if not same_name:
            self._note_head(person)
        return REFUSED, replace(person, id=None, id_raw=read_text(row.cells.get("id", "")))

    def _notes(
        self, row: PersonRow, person: RosterPerson, number: IdNumber | IdProblem, had_private: bool
    ) -> None:
        """Fixes and hints of a row that is taken."""
        left = has_private_use(person.name or "")
        if had_private or left:
            self._add(row, "name", "name_pua", WARN if left else None, understood=not left)
        birth = read_date(row.cells.get("birth", ""), self._date1904)
        if isinstance(number, IdNumber):
            for kind in number.notes:
                self._add(row, "id", kind)
            self._contradictions(row, number, birth)
        else:
            if "id" in self._fields:
                self._add(row, "id", "id_missing", text=number.message)
            if birth is not None and person.birth is None:
                self._add(row, "birth", "birth_impossible", understood=False)
        self._cell_problems(row, person)

    def _contradictions(self, row: PersonRow, number: IdNumber, birth: ReadDate) -> None:
        sex = sex_of(read_text(row.cells.get("sex", "")))
        if sex is not None and sex != _SEX[number.sex]:
            self._add(row, "sex", "sex_contradicts_id")
        if birth is BAD_DATE:
            self._add(row, "birth", "birth_impossible")
        elif (isinstance(birth, PartialDate) and not birth.fits(number.birth)) or (
            isinstance(birth, date) and birth != number.birth
        ):
            self._add(row, "birth", "birth_contradicts_id")

    def _cell_problems(self, row: PersonRow, person: RosterPerson) -> None:
        if any(read_phones(value)[1] for value in row.phones):
            self._add(row, "phone", "phone_invalid")
        if person.move_in is None:
            move_in = read_date(row.cells.get("move_in", ""), self._date1904)
            if move_in is not None:
                self._add(row, "move_in", "movein_impossible", understood=move_in is BAD_DATE)
        if person.tags_free:
            self._add(row, "tags", "tag_unknown")
        if person.relation in HEADS and person.household in self._heads:
            self._add(row, "relation", "household_two_heads")

    def _add(
        self,
        row: PersonRow,
        field: str,
        kind: str,
        severity: str | None = None,
        *,
        text: str | None = None,
        understood: bool = True,
    ) -> None:
        """Note a problem; a hint marks the row being judged."""
        level = severity or SEVERITY[kind]
        cell = f"{self._letters.get(field, self._letters['name'])}{row.number}"
        said = text or message(kind, understood=understood)
        self.problems.append(Problem(self._sheet, cell, kind, level, said))
        self._hints |= level == WARN


def _phones(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    """The usable numbers of all phone columns, each once."""
    if len(cells) == 1:
        return read_phones(cells[0])[0]
    found: dict[str, None] = {}
    for cell in cells:
        found.update(dict.fromkeys(read_phones(cell)[0]))
    return tuple(found)
