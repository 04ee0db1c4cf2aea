"""What a roster writes once for a household: grid, compound, door, and which rows belong together."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

from centerdesk.features.people.importing_result import Address
from centerdesk.features.people.importing_rows import HOUSEHOLD_FIELDS, PersonRow
from centerdesk.features.people.importing_values import read_name, read_text
from centerdesk.features.people.importing_words import NOTHING, fold_word, relation_of
from centerdesk.features.places.rules import Door, canonical_door, door_of_parts, parse_door
from centerdesk.kernel.chinese import simplified
from centerdesk.kernel.spreadsheet_in import Cell

HEADS = frozenset(("户主", "本人"))
_DOOR_FIELDS = ("building", "unit", "floor", "room")
_NO_DOOR = Door()


@dataclass(frozen=True, slots=True)
class Dwelling:
    """Where a row's household lives. `grid_unknown`: the file names a grid the station does not have.

    `understood` is None for a door written as the desk writes it, else whether it could be read.
    """

    address: Address
    household: str
    grid: str | None
    grid_unknown: bool
    understood: bool | None


class Households:
    """Answers for one file; rows with the same cells get the same answer from memory."""

    def __init__(self, known_grids: Iterable[str], known_compounds: Iterable[str]) -> None:
        self._grids = {fold_word(grid): grid for grid in known_grids}
        compounds = {fold_word(name): name for name in known_compounds}
        self._compounds = dict(sorted(compounds.items(), key=lambda pair: -len(pair[0])))
        self._labels: dict[object, str] = {}

    def start_sheet(self, name: str, fields: Set[str], *, alone: bool) -> None:
        """The rows that follow stand on this sheet; `alone` when the file has no other data sheet."""
        self._sheet, self._alone, self._fields = name, alone, fields
        self._grouped = bool({"head", "address", "room", "building"} & fields)
        self._in_use = tuple(sorted(HOUSEHOLD_FIELDS & fields))
        self._known: dict[tuple[Cell, ...], Dwelling] = {}
        self._last: tuple[object, Dwelling] | None = None
        self._lone = 0

    def of(self, row: PersonRow) -> Dwelling:
        """The dwelling of a person row; rows must come in file order."""
        if self._last is not None and self._last[0] is row.origin:
            return self._last[1]  # written for the row above, not for this one
        key = tuple([row.cells[field] for field in self._in_use])
        known = self._known.get(key)
        if known is None:
            known = self._read(row)
            if not self._grouped or (known.address.door == _NO_DOOR and "hno" not in self._fields):
                self._last = None
                return known
            self._known[key] = known
        self._last = row.origin, known
        return known

    def _read(self, row: PersonRow) -> Dwelling:
        address, understood = self._address(row.cells)
        grid_text = read_text(row.cells.get("grid", ""))
        grid = self._grids.get(fold_word(grid_text))
        unknown = grid is None and fold_word(grid_text) not in NOTHING
        return Dwelling(address, self._label(row, address), grid, unknown, understood)

    def _address(self, cells: dict[str, Cell]) -> tuple[Address, bool | None]:
        compound = self._compound(read_text(cells.get("compound", "")))
        text = read_text(cells.get("address", ""))
        if fold_word(text) in NOTHING:
            return Address(
                compound, door_of_parts(*(read_text(cells.get(f, "")) for f in _DOOR_FIELDS))
            ), None
        inside, rest = self._split_compound(text)
        compound = compound or inside
        if door := canonical_door(rest):
            return Address(compound, door), None
        door = parse_door(rest)
        return (Address(compound, door), True) if door else (Address(compound, _NO_DOOR, text), False)

    def _compound(self, text: str) -> str | None:
        """The compound as the station knows it; an unknown one stays as typed."""
        folded = fold_word(text)
        return None if folded in NOTHING else self._compounds.get(folded, text)

    def _split_compound(self, text: str) -> tuple[str | None, str]:
        """`…云和小区3-2-501` → 云和小区, 3-2-501; the longest known name wins."""
        if text.isascii():
            return None, text
        folded = fold_word(text)
        for name, as_known in self._compounds.items():
            before, hit, after = folded.partition(name)
            if hit and not any(c.isdigit() for c in before):
                return as_known, after.lstrip("-,，、 ")
        return None, text

    def _label(self, row: PersonRow, address: Address) -> str:
        """Rows with the same answer are one household: by number, else by head, compound and door."""
        number = read_text(row.cells.get("hno", ""))
        if number:
            return number if self._alone else f"{self._sheet}/{number}"
        key: object
        head = simplified(read_name(read_text(row.cells.get("head", "")))[0])
        if self._grouped and (head or address.door != _NO_DOOR or address.text):
            key = (self._sheet, head, address)
        else:
            key = (self._sheet, self._next_lone(row))
        return self._labels.setdefault(key, f"H{len(self._labels) + 1:05d}")

    def _next_lone(self, row: PersonRow) -> int:
        """Nothing tells households apart: one begins with each head, and with each row without relation."""
        relation, _ = relation_of(read_text(row.cells.get("relation", "")))
        if relation is None or relation in HEADS:
            self._lone = row.number
        return self._lone
