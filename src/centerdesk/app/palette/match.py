"""Finding a command by its characters, its pinyin or first letters of it: lgl → 楼栋格局录入. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from centerdesk.kernel.chinese import char_readings, fold, is_han

NO_MATCH = None


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """How well a text answers: smaller is better. `marks` are the places of the characters that matched."""

    rank: int
    first: int
    length: int
    marks: tuple[int, ...]


def match(text: str, wanted: str) -> Match | None:
    """Whether `text` answers to `wanted`; None when not. A blank wish matches everything, worst.

    Rank 0: the text begins so, 1: it holds the characters, 2: first letters or pinyin in a row from some
    character, 3: first letters with characters left out between them.
    """
    key = fold(wanted).replace(" ", "")
    if not key:
        return Match(9, 0, len(text), ())
    at = fold(text).find(key)
    if at >= 0 and len(fold(text)) == len(text):
        return Match(0 if at == 0 else 1, at, len(text), tuple(range(at, at + len(key))))
    if not key.isascii():
        return NO_MATCH
    sounds = tuple(_sounds(char) for char in text)
    for start in range(len(text)):
        if (marks := _in_a_row(sounds, key, start)) is not None:
            return Match(2, start, len(text), marks)
    marks = _scattered(sounds, key)
    return Match(3, marks[0], len(text), marks) if marks else NO_MATCH


def _in_a_row(sounds: tuple[tuple[str, ...], ...], key: str, start: int) -> tuple[int, ...] | None:
    """Consume the key by neighbouring characters, each by its whole sound, a beginning of it, or its letter."""
    if not key:
        return ()
    if start >= len(sounds):
        return None
    for sound in sounds[start]:
        for length in range(len(sound), 0, -1):
            if key.startswith(sound[:length]):
                rest = _in_a_row(sounds, key[length:], start + 1)
                if rest is not None:
                    return (start, *rest)
    return None


def _scattered(sounds: tuple[tuple[str, ...], ...], key: str) -> tuple[int, ...]:
    """First letters in order, characters between them left out; at least two letters, the first at a start."""
    found: list[int] = []
    for place, choices in enumerate(sounds):
        if len(found) < len(key) and any(sound[:1] == key[len(found)] for sound in choices):
            found.append(place)
    return tuple(found) if len(found) == len(key) >= 2 else ()


@lru_cache(maxsize=4096)
def _sounds(char: str) -> tuple[str, ...]:
    if not is_han(char):
        plain = fold(char)
        return (plain,) if plain.isascii() and plain.isalnum() else ()
    return tuple(dict.fromkeys(s.rstrip("012345") for s in char_readings(char)))
