"""Fifty made-up persons and every form in which their bytes could leak (G34)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from centerdesk.features.people.commands import search_text
from tests.helpers.people import id_number

RARE = "翾旻燊垚淼焱犇羴骉飍馫鑫赟昶晟珺琎瑀璟甯"
"""Characters of given names that no sentence of ours uses."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


@dataclass(frozen=True)
class Canary:
    """One made-up person. `door` is an address nobody else has."""

    name: str
    id_no: str
    phone: str
    door: str

    @property
    def sound(self) -> str:
        """The longest run of letters that the search index keeps for the name."""
        return max((w for w in search_text(self.name, None, [], "").split() if w.isascii()), key=len)

    @property
    def full(self) -> Iterator[bytes]:
        """The numbers alone: what not even a masked list may hold."""
        for text in (self.id_no, self.phone, f"{self.id_no[:6]} {self.id_no[6:14]} {self.id_no[14:]}"):
            yield from forms(text)

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        found = [*self.full, *forms(self.name), *forms(self.door)]
        return (*found, self.sound.encode(), " ".join(self.name).encode())


def forms(text: str) -> Iterator[bytes]:
    """The text in each encoding, as it stands and as base64 wherever in a longer text it may begin."""
    for encoding in ENCODINGS:
        raw = text.encode(encoding)
        yield raw
        for before in range(3):
            coded = base64.b64encode(b"\0" * before + raw)
            first, last = (0, 2, 3)[before], len(coded) - (4 if (before + len(raw)) % 3 else 0)
            if last - first >= 8:
                yield coded[first:last]


def canaries(count: int = 50) -> list[Canary]:
    """The same every time; tests of chance would hide what they found."""
    found = []
    for n in range(count):
        name = "欧阳" + RARE[n % 20] + RARE[(n * 7 + n // 20 + 3) % 20]
        number = id_number(date(1939, 1, 1) + timedelta(days=137 * n), n % 90 + 3)
        found.append(Canary(name, number, f"1990777{n:04d}", f"{n % 9 + 1}-1-{9001 + n}"))
    assert len({c.name for c in found}) == count
    assert min(len(c.sound) for c in found) >= 9
    return found


def look(where: str, raw: bytes, persons: Iterable[Canary], *, full: bool = False) -> list[str]:
    """Which canaries sing in these bytes; the answer names no person. `full`: only whole numbers count."""
    return [
        f"{where}: canary {n}"
        for n, c in enumerate(persons)
        if any(each in raw for each in (c.full if full else c.needles))
    ]


def look_through(folder: Path, persons: Iterable[Canary], *, full: bool = False) -> list[str]:
    """Every byte and every name of the files below a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        found += look("a name", str(path.relative_to(folder)).encode(), persons, full=full)
        if path.is_file():
            found += look(str(path.relative_to(folder)), path.read_bytes(), persons, full=full)
    return found
