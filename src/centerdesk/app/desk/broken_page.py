"""The page that stands for one that could not be made: what happened, what is safe, what to do."""

from __future__ import annotations

from centerdesk.kernel.manifest import PageEntry
from centerdesk.qtkit.page import Page, PageHost
from centerdesk.qtkit.states import State


class BrokenPage(Page):
    """坏页. The other pages go on; `code` is what the administrator is told."""

    def __init__(self, host: PageHost, entry: PageEntry, code: str) -> None:
        super().__init__(host)
        self._entry = entry
        self.setObjectName(f"broken_{entry.id}")
        self.setAccessibleName(entry.title)
        text = self.tr("资料都在，别的页照常用。请重开一次程序；还这样，把编号 {} 告诉管理员。").format(code)
        self.show_state(State("error", self.tr("“{}”这一页打不开").format(entry.title), text, (), code))

    @property
    def heading(self) -> str:
        return self._entry.title
