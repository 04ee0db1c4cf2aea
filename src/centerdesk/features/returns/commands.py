"""What can be done with a monthly return: keep an edition, sign it, book that papers of it left the desk."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import insert, select

from centerdesk.features.returns.models import FigureRows, ReturnEdition
from centerdesk.features.returns.rules import (
    CODE,
    DEFINITION,
    DONE,
    DRAFT,
    Figure,
    digest,
    dump,
    pack,
    restore,
)
from centerdesk.features.returns.rules_checks import errors
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record

FORM_XLSX, FORM_PDF, LETTER, ANNEX = "xlsx", "pdf", "letter", "annex"
PAPERS = (FORM_XLSX, FORM_PDF, LETTER)
"""The papers of an edition: the form as Excel and PDF, the letter; an annex lists the records of one number."""


@record
class KeepEdition(Command[UUID]):
    """存一版. The figures as they were counted, with the rows behind each; the same figures are kept once."""

    label: ClassVar[str] = "编月报"
    permission: ClassVar[str] = "returns.draft"
    undoable: ClassVar[bool] = False
    period: str
    as_of: datetime
    figures: tuple[Figure, ...]

    def execute(self, uow: UnitOfWork) -> UUID:
        sha256 = digest(self.period, self.figures)
        last = uow.session.scalar(
            select(ReturnEdition)
            .where(ReturnEdition.code == CODE, ReturnEdition.period == self.period)
            .order_by(ReturnEdition.edition.desc())
            .limit(1)
        )
        if last is not None and last.sha256 == sha256:
            uow.about("return_edition", last.id)
            return last.id
        row = uow.add(
            ReturnEdition(
                code=CODE,
                period=self.period,
                edition=last.edition + 1 if last else 1,
                state=DRAFT,
                definition=DEFINITION,
                as_of=self.as_of,
                built_by=uow.actor.account_id,
                figures=dump(self.figures),
                sha256=sha256,
            )
        )
        behind = [{"edition_id": row.id, "figure": f.key, "row_ids": pack(f.rows)} for f in self.figures]
        if behind:
            uow.session.execute(insert(FigureRows), behind)
        uow.about("return_edition", row.id)
        uow.count(figures=len(self.figures))
        return row.id


@record
class SignReturn(Command[None]):
    """签发. The edition is finished and never changes again; a correction is a new edition.

    Refused while a check finds an error, and for an edition that a newer one has replaced.
    """

    label: ClassVar[str] = "签发月报"
    permission: ClassVar[str] = "returns.sign"
    undoable: ClassVar[bool] = False
    edition_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(ReturnEdition, self.edition_id, self.version)
        if row.state == DONE:
            raise ConflictError("这一版已经签发过了。要改，请重新编一版。")
        if self._newer(uow, row):
            raise ConflictError("已经有更新的一版了，这一版不能再签发。请看最新的一版。")
        if wrong := errors(restore(row.figures)):
            raise ValidationError({"": f"校验还有 {len(wrong)} 处错，签发不了：{wrong[0].title}。"})
        row.state, row.signed_by = DONE, uow.actor.account_id
        uow.about("return_edition", row.id)

    def _newer(self, uow: UnitOfWork, row: ReturnEdition) -> bool:
        newer = select(ReturnEdition.id).where(
            ReturnEdition.code == row.code,
            ReturnEdition.period == row.period,
            ReturnEdition.edition > row.edition,
        )
        return uow.session.scalar(newer.limit(1)) is not None


def _book(uow: UnitOfWork, edition_id: UUID, paper: str, sha256: bytes) -> None:
    if len(sha256) != 32:
        raise ValueError("sha256 has 32 bytes")
    uow.get(ReturnEdition, edition_id)
    text = base64.urlsafe_b64encode(sha256).decode("ascii").rstrip("=")
    uow.about("return_edition", edition_id, f"{paper} {text}")


@record
class RecordExport(Command[None]):
    """导出月报. Books that one paper of an edition was written: which one, and the SHA-256 of the file.

    The file is written by whoever runs this, before; it holds figures, no person.
    """

    label: ClassVar[str] = "导出月报"
    permission: ClassVar[str] = "returns.read"
    undoable: ClassVar[bool] = False
    edition_id: UUID
    paper: str
    sha256: bytes

    def execute(self, uow: UnitOfWork) -> None:
        if self.paper not in PAPERS:
            raise ValueError("no such paper of a return")
        _book(uow, self.edition_id, self.paper, self.sha256)


@record
class RecordAnnex(Command[None]):
    """打印明细. Books that the records behind one number were written as a list: names, numbers masked.

    The journal keeps how many rows, never which.
    """

    label: ClassVar[str] = "打印月报明细"
    permission: ClassVar[str] = "people.export"
    reach: ClassVar[Reach] = Reach.ALL
    undoable: ClassVar[bool] = False
    edition_id: UUID
    rows: int
    sha256: bytes

    def execute(self, uow: UnitOfWork) -> None:
        uow.actor.require("returns.read")
        _book(uow, self.edition_id, ANNEX, self.sha256)
        uow.count(rows=self.rows, masked=1)
