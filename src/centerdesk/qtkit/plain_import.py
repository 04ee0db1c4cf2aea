"""Python's own import, kept while Qt is imported: PySide6 puts a slower one in its place."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from importlib.util import source_hash
from pathlib import Path
from typing import Any

_INSIDE = "shibokensupport/"
"""Where PySide6's library says that the Python it carries comes from."""


def keep_plain_import() -> None:
    """Import PySide6 and put Python's `__import__` back. Must be the first to import PySide6; GUI thread.

    PySide6's own reads the source of every module imported after it, looking for `from __feature__ import`,
    which we never write: 0.15 s and 25 MB of a start. A program that imported PySide6 before keeps what it has.
    """
    plain = builtins.__import__
    with _compiled_once():
        import PySide6.QtCore  # noqa: F401  # for what it does to `builtins`

    builtins.__import__ = plain


@contextmanager
def _compiled_once() -> Iterator[None]:
    """Inside, the Python that PySide6's library carries is compiled as other modules are: once, not at every start."""
    usual: Any = builtins.compile

    def compile_once(source: Any, filename: Any, *rest: Any, **options: Any) -> Any:
        if isinstance(source, bytes) and str(filename).startswith(_INSIDE):
            return _Inside(filename, source).get_code(filename)
        return usual(source, filename, *rest, **options)

    builtins.compile = compile_once
    try:
        yield
    finally:
        builtins.compile = usual


class _Inside(SourceFileLoader):
    """A module out of that library; Python keeps its code beside that of this one (24 ms of a start)."""

    def __init__(self, filename: str, source: bytes) -> None:
        super().__init__(filename, str(Path(__file__).with_name(filename.replace("/", "."))))
        self._source = source

    def get_data(self, path: str) -> bytes:
        return self._source if path == self.path else super().get_data(path)

    def path_stats(self, path: str) -> dict[str, Any]:  # noqa: ARG002
        """Code is made anew for another source; it has no date to go by."""
        return {"mtime": int.from_bytes(source_hash(self._source)[:4], "little"), "size": len(self._source)}

    def source_to_code(self, data: Any, path: Any = "", **_: Any) -> Any:  # type: ignore[override]  # static there
        """With this module's `annotations` from the future, as PySide6 itself compiles it with its own."""
        return compile(data, path, "exec")
