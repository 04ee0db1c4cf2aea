"""What can be done with a monthly return: keep an edition, finish it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import insert, select

from centerdesk.features.returns.models import FigureRows, ReturnEdition
from centerdesk.features.returns.rules import CODE, DEFINITION, DONE, DRAFT, Figure, digest, dump, pack
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError


@dataclass(frozen=True, slots=True)
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
        uow.session.execute(
            insert(FigureRows),
            [{"edition_id": row.id, "figure": f.key, "row_ids": pack(f.rows)} for f in self.figures],
        )
        uow.about("return_edition", row.id)
        uow.count(figures=len(self.figures))
        return row.id


@dataclass(frozen=True, slots=True)
class SignReturn(Command[None]):
    """签发. The edition is finished and never changes again; a correction is a new edition."""

    label: ClassVar[str] = "签发月报"
    permission: ClassVar[str] = "returns.sign"
    undoable: ClassVar[bool] = False
    edition_id: UUID
    version: int

    def execute(self, uow: UnitOfWork) -> None:
        row = uow.get(ReturnEdition, self.edition_id, self.version)
        if row.state == DONE:
            raise ConflictError("这一版已经签发过了。要改，请重新编一版。")
        row.state, row.signed_by = DONE, uow.actor.account_id
        uow.about("return_edition", row.id)
