"""What the ledger's page can do: commands with their toasts, and the actions that offer them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from PySide6.QtCore import QObject

from centerdesk.features.people.commands_acts import (
    ExportList,
    RemoveResident,
    RestoreResident,
    RevealResident,
    VerifyUnchanged,
)
from centerdesk.features.people.exporting import export_rows, write_ledger
from centerdesk.features.people.queries import LedgerFilter, LedgerOrder, ResidentRow
from centerdesk.features.people.queries_detail import ResidentDetail
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.undo import UndoOperation
from centerdesk.qtkit import printing
from centerdesk.qtkit.actions import ActionClash, ActionRegistry, DeskAction
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.files import AskFile, ask_save
from centerdesk.qtkit.notify import Answer, Question

if TYPE_CHECKING:
    from centerdesk.qtkit.page import Page

R = TypeVar("R")


def book(
    page: Page,
    command: Command[R],
    done: Callable[[R, UUID | None], None],
    failed: Callable[[Exception], None] | None = None,
    **how: Any,
) -> None:
    """Run a command and hand over its value and the operation that can be undone (None: it cannot)."""

    def job(bus: Any, progress: Any, stopped: Any) -> Any:
        out = bus.run(command, progress=progress, cancel=stopped, **how)
        return replace(out, value=(out.value, out.changes.op_id if out.changes.undoable else None))

    page.runner.write(page, job, lambda pair: done(*pair), failed, label=command.label)


def tell_done(page: Page, text: str, op_id: UUID | None) -> None:
    """A toast with 撤销 where there is something to take back."""

    def undo() -> None:
        page.runner.execute(page, UndoOperation(op_id)) if op_id is not None else None

    page.toast(text, undo if op_id is not None else None)


class ActionSet(QObject):
    """The actions of one page: in the registry from the start, or while the page is on the screen.

    The latter where a registry knows no pages; a key that is taken already then stays with whoever has it.
    """

    def __init__(self, registry: ActionRegistry, parent: Page) -> None:
        super().__init__(parent)
        self._registry, self._page = registry, parent
        self._actions: list[DeskAction] = []

    def add(self, action: DeskAction) -> DeskAction:
        self._actions.append(action)
        if self._registry.by_page:
            self._add(action)
        return action

    def enter(self) -> None:
        """The page is shown."""
        for action in self._actions:
            if self._registry.get(action.id) is None:
                self._add(action)
                if not action.on:
                    self._registry.q_action(action.id, self._page)

    def _add(self, action: DeskAction) -> None:
        try:
            self._registry.add(action)
        except ActionClash:
            self._registry.add(replace(action, shortcut=""))

    def leave(self) -> None:
        """The page is hidden."""
        for action in self._actions:
            if not self._registry.by_page:
                self._registry.remove(action.id)


class LedgerActs(QObject):
    """台账上能做的事. Each takes the person shown; the page refreshes itself when the change arrives."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.save_file: AskFile = ask_save
        self.open_file: Callable[[Path], None] = printing.open_outside

    def verify(self, detail: ResidentDetail) -> None:
        """核实无变化."""

        def done(_value: None, op_id: UUID | None) -> None:
            tell_done(self._page, f"已记下：{detail.row.door or detail.row.name} 核实无变化。", op_id)

        book(self._page, VerifyUnchanged(detail.row.id), done)

    def reveal(
        self, detail: ResidentDetail, reason: str, show: Callable[[str, tuple[str, ...]], None]
    ) -> None:
        """看全号. Recorded before it is shown."""
        self._page.runner.execute(
            self._page,
            RevealResident(detail.row.id, reason or detail.reveal_reason),
            lambda shown: show(shown.id_no, shown.phones),
        )

    def restore(self, detail: ResidentDetail) -> None:
        """从回收站找回."""

        def done(_value: None, op_id: UUID | None) -> None:
            tell_done(self._page, "找回来了，在原来的地方。", op_id)

        book(self._page, RestoreResident(detail.row.id, detail.row.version), done)

    def remove(self, detail: ResidentDetail) -> None:
        """删到回收站. The second person types the password at this desk."""

        def agreed(second: Actor) -> None:
            def done(_value: None, op_id: UUID | None) -> None:
                tell_done(self._page, "放进回收站了，30 天内可以找回。", op_id)

            book(self._page, RemoveResident(detail.row.id, detail.row.version), done, second=second)

        self._page.host.second_person(self._page, "people.merge", "删到回收站要两个人", agreed)

    # --- export ---------------------------------------------------------------------------------------------

    def export(self, wanted: LedgerFilter, order: LedgerOrder, *, paper: bool = False) -> None:
        """导出, 打印. Choose a place, read, write beside it, book it, and only then give the file its name.

        Paper is a PDF, opened with the program that prints it.
        """
        name = f"居民名单_{today(self._page.host.clock):%Y%m%d}.{'pdf' if paper else 'xlsx'}"
        self.save_file(
            self._page, "把名单（打码）存到哪里", name, lambda path: self._read(path, wanted, order)
        )

    def _read(self, path: Path, wanted: LedgerFilter, order: LedgerOrder) -> None:
        page, actor, clock = self._page, self._page.host.actor(), self._page.host.clock

        def got(rows: tuple[ResidentRow, ...]) -> None:
            self._write(path, rows, wanted)

        page.runner.query(page, lambda session: export_rows(session, actor, clock, wanted, order), got)

    def _write(self, path: Path, rows: tuple[ResidentRow, ...], wanted: LedgerFilter) -> None:
        page, clock = self._page, self._page.host.clock
        partial = path.with_name(f".{path.stem}.未完成{path.suffix}")

        def write(_progress: object, _stopped: object) -> bytes:
            return write_ledger(partial, rows, wanted, clock)

        def written(digest: bytes) -> None:
            page.runner.execute(
                page,
                ExportList(len(rows), wanted, digest),
                lambda _value: self._give(partial, path, len(rows)),
                lambda exc: self._drop(partial, exc),
            )

        page.runner.run(page, write, written, lambda exc: self._drop(partial, exc), label="导出名单")

    def _give(self, partial: Path, path: Path, rows: int) -> None:
        def given(_path: Path) -> None:
            self._page.toast(f"导出了 {rows:,} 人，号码已打码，这次导出已记下。")
            if path.suffix == ".pdf":
                try:
                    self.open_file(path)
                except EnvironmentFault as exc:
                    present_error(self._page, exc)

        def failed(_exc: Exception) -> None:
            words = f"“{path.name}”也许正被别的程序开着。名单先放在旁边的“{partial.name}”，关掉那个程序后改名就行。"
            question = Question("名单写好了，可放不到那个名字上", words, (Answer("知道了"),))
            self._page.ask(question, lambda _answer: None)

        runner = self._page.runner
        runner.run(self._page, lambda _tell, _stopped: partial.replace(path), given, failed, label="")

    def _drop(self, partial: Path, exc: Exception) -> None:
        def tell(_value: None) -> None:
            if not isinstance(exc, Cancelled):
                present_error(self._page, exc)

        def left(_exc: Exception) -> None:
            tell(None)
            self._page.toast(f"没导成的“{partial.name}”删不掉，请到那个文件夹里删。")

        runner = self._page.runner
        runner.run(self._page, lambda _tell, _stopped: partial.unlink(missing_ok=True), tell, left, label="")
