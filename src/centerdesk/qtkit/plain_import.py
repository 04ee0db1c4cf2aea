"""Python's own import, kept while Qt is imported: PySide6 puts a slower one in its place."""

from __future__ import annotations

import builtins


def keep_plain_import() -> None:
    """Import PySide6 and put Python's `__import__` back. Must be the first to import PySide6; GUI thread.

    PySide6's own reads the source of every module imported after it, looking for `from __feature__ import`,
    which we never write: 0.15 s and 25 MB of a start. A program that imported PySide6 before keeps what it has.
    """
    plain = builtins.__import__
    import PySide6.QtCore  # noqa: F401  # for what it does to `builtins`

    builtins.__import__ = plain
