"""Keeps None alive under PySide6 6.12 on Python before 3.12."""

from __future__ import annotations

import ctypes
import sys

_NEVER_REACHED = 1 << 60 if sys.maxsize > 1 << 32 else 1 << 28


def keep_none_alive() -> None:
    """Give None more references than can ever be lost.

    WORKAROUND(pyside 6.12.0): its wheels follow the stable ABI of 3.12, where None is immortal, and return None
    without counting it. On 3.10 and 3.11 each call that returns nothing loses one reference (so does each None
    that the factory of `painted.accessible` answers), and after some five thousand calls the interpreter ends
    with "deallocating None". None is never to be freed anyway, so a count that cannot run out is the same as what
    3.12 does. To be removed with Python 3.11, or when 6.12.1 counts again.
    """
    if sys.version_info < (3, 12) and sys.implementation.name == "cpython":
        # The count is the first field of every object in CPython.
        ctypes.c_ssize_t.from_address(id(None)).value = _NEVER_REACHED
