"""What the ledger's page can be asked to do: its actions in the registry, each about the person on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from centerdesk.features.people.queries_detail import ResidentDetail
from centerdesk.features.people.rules import BIN, PRESENT
from centerdesk.kernel.identity import Reach
from centerdesk.qtkit.actions import DeskAction

if TYPE_CHECKING:
    from centerdesk.features.people.ui.pages import LedgerPage


class PageActs:
    """台账页的动作. Whom an act is about: the person on the screen, never one that is still being read."""

    def __init__(self, page: LedgerPage) -> None:
        self._page = page

    def register(self) -> None:
        """Give the page its actions; the head shows 新增 and 导入."""
        new = self._add(
            "new", "新增居民", self.new, "people.write", "Ctrl+N", "xinzengjumin xzjm", icon="add"
        )
        to_import = self._add(
            "to_import", "导入", self.go_import, "people.import", "", "daoru dr", icon="import"
        )
        self._add("edit", "修改这位", self.edit, "people.write", "F2", "xiugai xg")
        self._add("verify", "核实无变化（表里按 V）", self.verify, "people.write", "", "heshiwubianhua hswbh")
        self._add("depart", "登记迁出或去世", self.depart, "people.write", "", "qianchu qushi qc qs")
        self._register_merging()
        self._add("restore", "从回收站找回", self.restore, "people.merge", "", "zhaohui zh")
        self._add("export", "导出这些人（打码）", self.export, "people.export", "Ctrl+E", "daochu dc")
        self._add("print", "打印这些人（打码）", self.print, "people.export", "Ctrl+P", "dayin dy")
        self._add("detail", "右边一栏", self._page.side.toggle, "people.find", "Ctrl+I", "youbian yb")
        self._add("search", "在台账里找", self.focus_search, "people.find", "F3", "zhao z")
        self._page.set_actions(new, to_import)

    def _register_merging(self) -> None:
        """Who lacks the right asks for it, under the same names."""
        actor = self._page.host.actor()
        proposes = actor.reach("people.merge") == Reach.PROPOSE
        if not proposes and not actor.may("people.merge"):
            return
        right = "people.find" if proposes else "people.merge"
        asks, two = ("提议", "") if proposes else ("", "（两个人）")
        self._add("remove", f"{asks}删到回收站{two}", self.remove, right, "", "shandao huishouzhan")
        self._add("merge", f"{asks}合并两条记录{two}", self.merge, right, "", "hebing hb")
        self._add("proposals", "看提议", self._page.proposing.show_tray, "people.find", "", "tiyi ty")

    def _add(
        self,
        name: str,
        text: str,
        handler: Callable[..., None],
        right: str,
        key: str,
        pinyin: str,
        **more: Any,
    ) -> DeskAction:
        act = DeskAction(f"people.{name}", text, handler, right, key, pinyin, group="居民", **more)
        return self._page.act_set.add(act)

    # --- what they do ---------------------------------------------------------------------------------------

    def _shown(self, status: str | None = None) -> ResidentDetail | None:
        detail = self._page.detail.detail
        return detail if detail is not None and status in (None, detail.row.status) else None

    def new(self) -> None:
        self._page.editing.new()

    def go_import(self) -> None:
        self._page.host.go("people.import")

    def edit(self) -> None:
        if (detail := self._shown()) is not None and detail.row.status != BIN:
            self._page.editing.edit(detail)

    def depart(self) -> None:
        if (detail := self._shown(PRESENT)) is not None:
            self._page.editing.depart(detail)

    def verify(self) -> None:
        if (detail := self._shown(PRESENT)) is not None:
            self._page.acts.verify(detail)

    def reveal(self, reason: str) -> None:
        if (detail := self._shown()) is not None:
            self._page.acts.reveal(detail, reason, self._page.person.revealed(detail.row.id))

    def remove(self) -> None:
        detail = self._shown()
        if detail is None or detail.row.status == BIN:
            return
        if self._page.proposing.only_proposes:
            self._page.proposing.propose_removal(detail)
        else:
            self._page.acts.remove(detail)

    def merge(self) -> None:
        self._page.proposing.merge(self._page.two_chosen())

    def restore(self) -> None:
        if (detail := self._shown()) is not None:
            self._page.acts.restore(detail)

    def export(self) -> None:
        self._page.acts.export(self._page.wanted, self._page.order)

    def print(self) -> None:
        self._page.acts.export(self._page.wanted, self._page.order, paper=True)

    def focus_search(self) -> None:
        self._page.focus_search()
