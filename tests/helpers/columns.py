"""A memory of columns that lasts as long as a test."""

from __future__ import annotations

from centerdesk.qtkit.column_memory import ColumnMemory


class MemoryStore:
    """What the desk keeps in a file, kept in a dict."""

    def __init__(self) -> None:
        self.kept: dict[str, ColumnMemory] = {}

    def load(self, page: str) -> ColumnMemory | None:
        return self.kept.get(page)

    def save(self, page: str, memory: ColumnMemory) -> None:
        self.kept[page] = memory
