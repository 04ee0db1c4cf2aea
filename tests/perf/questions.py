"""What is typed into the search of the ledger: beginnings of names, pinyin, initials, last fours and doors."""

from __future__ import annotations

import random
from collections.abc import Sequence

from centerdesk.kernel.chinese import initials, readings
from tests.perf.people import Made

LONGEST = 6


def targets(one: Made) -> tuple[str, ...]:
    """The words by which one person is looked for."""
    return (
        one.name,
        "".join(readings(one.name)[0]),
        initials(one.name),
        one.id_no[-4:].lower(),
        one.phone[-4:],
        one.door,
    )


def questions(people: Sequence[Made], count: int, seed: int = 7) -> list[str]:
    """So many beginnings of 1 to 6 characters, of all kinds and lengths alike, as they are typed."""
    dice = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        for word in targets(dice.choice(people)):
            found.append(word[: dice.randint(1, min(LONGEST, len(word)))])
    return found[:count]


def record(one: Made) -> list[str]:
    """The fields of the same person in a peer's table."""
    own = initials(one.name)
    return [one.name, "".join(readings(one.name)[0]), own, one.id_no[-4:].lower(), one.phone[-4:], one.door]
