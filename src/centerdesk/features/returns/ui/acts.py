"""What can be done on the page of returns: count a month, sign it, write papers; offered by key, head and palette."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject

from centerdesk.features.returns.commands import FORM_PDF, FORM_XLSX, LETTER, KeepEdition, SignReturn
from centerdesk.features.returns.queries import Built, build_figures
from centerdesk.features.returns.rules import Figure, station_only
from centerdesk.features.returns.ui import states
from centerdesk.features.returns.ui.month_bar import month_words
from centerdesk.kernel.clock import today, until_said
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.notify import Answer, Question
from centerdesk.qtkit.runner import IsCancelled, Progress, Ticket

if TYPE_CHECKING:
    from centerdesk.features.returns.ui.pages import ReturnPage

SIGN = "sign"


class ReturnActs(QObject):
    """月报上能做的事. GUI thread."""

    def __init__(self, page: ReturnPage) -> None:
        super().__init__(page)
        self._page = page
        self._ticket: Ticket | None = None
        self._actions = self._make_actions()
        for action in self._actions.values():
            page.host.actions.add(action)

    def _make_actions(self) -> dict[str, DeskAction]:
        page = self._page

        def act(
            name: str, text: str, handler: Callable[[], None], permission: str, key: str = "", pinyin: str = "",
            icon: str = "", ready: Callable[[], str] | None = None,
        ) -> DeskAction:  # fmt: skip
            return DeskAction(
                f"returns.{name}", text, handler, permission, key, pinyin, group="月报", icon=icon,
                enabled=(lambda: not ready()) if ready is not None else None, why_not=ready,
            )  # fmt: skip

        made = (
            act("build", "编这个月", self.build, "returns.draft", "Ctrl+N", "bianyuebao byb", "edit"),
            act("rebuild", "重新编", self.build, "returns.draft", "", "chongxinbian cxb", "refresh"),
            act("sign", "签发", self.sign, "returns.sign", "Ctrl+Shift+S", "qianfa qf", ready=self.why_not_sign),
            act("excel", "月报写成 Excel", partial(page.write_paper, FORM_XLSX), "returns.read", "Ctrl+E",
                "daochu excel dc", ready=self._why_no_paper),
            act("print", "月报写成 PDF 打印", partial(page.write_paper, FORM_PDF), "returns.read", "Ctrl+P",
                "dayin dy", ready=self._why_no_paper),
            act("letter", "写公文报告", partial(page.write_paper, LETTER), "returns.read", "",
                "gongwen baogao gwbg", ready=self._why_no_paper),
            act("side", "校验、明细、打印这一栏", page.side.toggle, "returns.read", "Ctrl+I"),
            act("previous", "上一个月的月报", page.previous_month, "returns.read", "Alt+Up"),
            act("next", "下一个月的月报", page.next_month, "returns.read", "Alt+Down"),
        )  # fmt: skip
        return {action.id.removeprefix("returns."): action for action in made}

    def offer(self) -> None:
        """What the head offers now: 签发 for a draft, 编 before there is one."""
        view = self._page.view
        actions = self._actions
        if view is None or view.edition is None:
            self._page.set_actions(None)  # the empty page has the one blue button
        elif view.edition.is_draft and self._page.may("returns.sign"):
            self._page.set_actions(actions["sign"], actions["rebuild"])
        else:
            self._page.set_actions(None, actions["rebuild"])

    # --- building ---------------------------------------------------------------------------------------------

    @property
    def building(self) -> bool:
        return self._ticket is not None

    def build(self) -> None:
        """Count every number of the month in hand and keep it; the same numbers are kept once."""
        page = self._page
        if self.building:
            return
        actor, clock, month = page.host.actor(), page.host.clock, page.month
        indicators, reader = page.host.manifests.indicators(), page.runner.reader

        def count(tell: Progress, stopped: IsCancelled) -> Built:
            with reader() as session:
                return build_figures(session, actor, clock, month, indicators, tell, stopped)

        self._tell_progress(0, len(indicators))
        self._ticket = page.runner.run(
            self, count, self._keep, self._failed, self._tell_progress, label=f"编 {month_words(month)}月报"
        )

    def stop(self) -> None:
        """停下."""
        if self._ticket is not None:
            self._ticket.stop()

    def _tell_progress(self, done: int, total: int) -> None:
        self._page.card.show_progress(
            self.tr("正在数 {}/{} 项").format(done, total) if total else self.tr("正在数……"), done, total
        )

    def _keep(self, built: Built) -> None:
        page = self._page
        before = page.view.figures if page.view is not None and page.view.month == built.month else ()
        known = {e.id for e in page.view.editions} if page.view is not None else set()
        command = KeepEdition(str(built.month), built.as_of, built.figures)
        page.runner.execute(self, command, lambda kept: self._kept(kept, known, before, built), self._failed)

    def _kept(self, kept: UUID, known: set[UUID], before: tuple[Figure, ...], built: Built) -> None:
        self._end()
        page, month = self._page, month_words(built.month)
        if kept in known:
            page.toast(self.tr("{}月报：数没有变，还是原来那一版。").format(month))
        elif before:
            changed = states.differences(before, built.figures)
            words = self.tr("{}月报编好新的一版，有 {} 行和上一版不一样。")
            page.toast(words.format(month, changed))
        else:
            page.toast(self.tr("{}月报编好了，{} 行。").format(month, len(station_only(built.figures))))
        if page.month == built.month:
            page.show_edition(None)

    def _failed(self, exc: Exception) -> None:
        self._end()
        present_error(self._page, exc)

    def _end(self) -> None:
        self._ticket = None
        self._page.card.show_progress("")

    # --- signing ----------------------------------------------------------------------------------------------

    def why_not_sign(self) -> str:
        """What is missing before 签发, "" when nothing is."""
        view = self._page.view
        if view is None or view.edition is None:
            return "还没编"
        if not view.edition.is_draft:
            return "已签发"
        if view.editions and view.editions[0].id != view.edition.id:
            return "有更新的一版"
        return f"还差 {self._page.errors} 项" if self._page.errors else ""

    def _why_no_paper(self) -> str:
        view = self._page.view
        return "还没编" if view is None or view.edition is None else ""

    def sign(self) -> None:
        """Ask once, then sign: nothing of a signed edition changes again."""
        view = self._page.view
        if view is None or view.edition is None or self.why_not_sign():
            return
        edition = view.edition
        text = self.tr("{} 行，校验 {}，数到 {}。签发以后这一版不能再改，要改只能重新编一版。").format(
            len(station_only(view.figures)), edition.code, until_said(edition.as_of)
        )
        if view.month.last >= today(self._page.host.clock):
            text = self.tr("这个月还没过完，后面的事不在里面。{}").format(text)
        question = Question(
            self.tr("签发 {}月报第 {} 版？").format(month_words(view.month), edition.edition),
            text,
            (Answer(self.tr("签发"), SIGN), Answer(self.tr("先不签发"), "leave")),
        )

        def answered(key: str) -> None:
            if key == SIGN:
                self._page.runner.execute(
                    self, SignReturn(edition.id, edition.version), self._signed, self._failed
                )

        self._page.ask(question, answered)

    def _signed(self, _none: None) -> None:
        self._page.toast(self.tr("签发了。这一版锁住了，现在打印带校验码。"))
