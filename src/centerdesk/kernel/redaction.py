"""What must not reach a log: numbers of persons by their shape, names by a list kept in memory."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MASK = "※※※"

_D = r"[0-9０-９]"
_GAP = r"[ \-‐–—－　·]?"
_NUMBERS = re.compile(
    # cards of 15 to 19 digits, mobiles, landlines in one run, also glued to other digits
    rf"{_D}{{11,}}[XxＸｘ]?"
    "|"
    rf"(?<!{_D})(?:"
    # the same typed in groups: identity card 6-8-4, bank card 4-4-4-4(-3)
    rf"{_D}{{6}}{_GAP}{_D}{{8}}{_GAP}{_D}{{3}}[0-9０-９XxＸｘ]"
    rf"|{_D}{{4}}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}{_GAP}{_D}{{3,4}}(?:{_GAP}{_D}{{1,3}})?"
    # landline 0xx(x)-xxx(x)xxxx, mobile 1xx-xxxx-xxxx
    rf"|[0０]{_D}{{2,3}}{_GAP}{_D}{{3,4}}{_GAP}{_D}{{4}}"
    rf"|(?:86{_GAP})?[1１]{_D}{{2}}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}"
    rf")(?!{_D})"
)


class HiddenWords:
    """Names from the open record (不写进日志的字), each as often as it was added. Any thread."""

    def __init__(self) -> None:
        self._words: Counter[str] = Counter()
        self._lock = threading.Lock()

    def hide(self, *words: str) -> None:
        """From now on these are masked; words below two characters are left alone: they would eat the log."""
        with self._lock:
            self._words.update(word for word in words if len(word) >= 2)

    def forget(self, *words: str) -> None:
        """The record was closed."""
        with self._lock:
            self._words.subtract(word for word in words if len(word) >= 2)
            self._words = +self._words

    @contextmanager
    def hiding(self, *words: str) -> Iterator[None]:
        """Hide the words for as long as a record is open."""
        self.hide(*words)
        try:
            yield
        finally:
            self.forget(*words)

    def mask(self, text: str) -> str:
        """`text` without the words, the longest first, so that no tail of a name stays."""
        with self._lock:
            words = sorted(self._words, key=len, reverse=True)
        for word in words:
            text = text.replace(word, MASK)
        return text


def redact(text: str, hidden: HiddenWords | None = None) -> str:
    """`text` without numbers that could be a person's, and without the hidden words."""
    masked = _NUMBERS.sub(MASK, text)
    return hidden.mask(masked) if hidden else masked
