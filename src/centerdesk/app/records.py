"""Acts of the program itself that belong into the journal: a restore, another second place, a pack of papers."""

from __future__ import annotations

from typing import ClassVar

from centerdesk.kernel import journal, lost_end
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError
from centerdesk.kernel.record import record

RESTORED = "backup.restore"
PACK = "desk.use"
SECOND_PLACE = "settings.change"


@record
class RecordRestore(Command[None]):
    """退回记录. The entry that bridges the former chain and the one that goes on from the backup.

    `left` is the last number that any anchor had seen of the former chain, 0 where nothing is known.
    """

    label: ClassVar[str] = "从备份退回"
    permission: ClassVar[str] = RESTORED
    undoable: ClassVar[bool] = False
    left: int = 0

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(restored=1, left=self.left)


@record
class RecordSecondPlace(Command[None]):
    """换第二处. Books that backups are copied to another folder from now on; which one stays in `station.toml`."""

    label: ClassVar[str] = "换备份的第二处"
    permission: ClassVar[str] = SECOND_PLACE
    undoable: ClassVar[bool] = False

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(places=1)


@record
class RecordPack(Command[None]):
    """导出诊断包. Books that a pack for the maintainer was written; nobody's data is in it, and anybody may."""

    label: ClassVar[str] = "导出诊断包"
    permission: ClassVar[str] = PACK
    undoable: ClassVar[bool] = False

    def execute(self, uow: UnitOfWork) -> None:
        uow.count(packs=1)


@record
class RecordLostEnd(Command[None]):
    """末尾少了. Books that acts `kept` + 1 to `last`, which this machine saw saved, are gone.

    Raises ConflictError where somebody wrote meanwhile: whoever opened the station first has booked it.
    """

    label: ClassVar[str] = "发现末尾少了"
    permission: ClassVar[str] = RESTORED
    undoable: ClassVar[bool] = False
    kept: int = 0
    last: int = 0

    def execute(self, uow: UnitOfWork) -> None:
        if journal.head(uow.session)[0] != self.kept:
            raise ConflictError("别的窗口已经记下了。")
        uow.count(kept=self.kept, last=self.last)


@record
class AcknowledgeLostEnd(Command[None]):
    """知道末尾少了. Books who heard that saved acts are gone; `entry` is the number of what was told.

    Raises ConflictError where that is no longer the news.
    """

    label: ClassVar[str] = "知道末尾少了"
    permission: ClassVar[str] = RESTORED
    undoable: ClassVar[bool] = False
    entry: int

    def execute(self, uow: UnitOfWork) -> None:
        lost = lost_end.told(uow.session, uow.now)
        if lost is None or lost.entry != self.entry:
            raise ConflictError("这一条已经有人记过，或又有新的了。请刷新，看看现在写的是什么。")
        uow.count(entry=self.entry)
