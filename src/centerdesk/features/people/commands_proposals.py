"""Proposing and deciding: who lacks a right asks for it, and another person answers (RELIABILITY 3.5).

A decision is one login and the proposal another, so that an accepted proposal has the two halves that a
two-person act wants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select

from centerdesk.features.people.commands import grid_of
from centerdesk.features.people.commands_acts import RemoveResident
from centerdesk.features.people.commands_merge import MergeResidents, check_fields
from centerdesk.features.people.models import Proposal, Resident
from centerdesk.features.people.rules import BIN
from centerdesk.features.people.rules_proposals import (
    MERGE,
    OPEN,
    REMOVE,
    after,
    decision_problem,
    proposal_problem,
)
from centerdesk.kernel.canonical import dumps, loads
from centerdesk.kernel.commands import Command, UnitOfWork
from centerdesk.kernel.errors import ConflictError, PermissionDenied, ValidationError
from centerdesk.kernel.identity import Reach
from centerdesk.kernel.record import record

RIGHT = "people.merge"


def propose(
    uow: UnitOfWork, kind: str, resident: Resident, target_id: UUID, payload: Mapping[str, Any], word: str
) -> UUID:
    """Put a proposal into the open unit of work; its id. `payload`: ids, days and codes only.

    Raises ValidationError, PermissionDenied outside the proposer's grids, ConflictError for a second one.
    """
    uow.actor.require_grid("people.find", grid_of(uow, resident.household_id))
    if problem := proposal_problem(kind, word):
        raise ValidationError({"word": problem})
    stmt = select(Proposal.id).where(
        Proposal.target_id == target_id, Proposal.kind == kind, Proposal.state == OPEN
    )
    if uow.session.scalar(stmt) is not None:
        raise ConflictError("这件事已经有人提过，还没定。等定了再说，不用再提。")
    if uow.actor.account_id is None:
        raise PermissionDenied(RIGHT, "提议要有人名。请先登录。")
    row = uow.add(
        Proposal(
            kind=kind,
            resident_id=resident.id,
            target_id=target_id,
            payload=dumps(payload),
            word=word,
            proposed_by=uow.actor.account_id,
            proposed_at=uow.now,
        )
    )
    uow.about("resident", resident.id, word)
    return row.id


def decide(
    uow: UnitOfWork,
    proposal_id: UUID,
    version: int,
    *,
    accept: bool,
    word: str,
    acts: Mapping[str, Callable[[UUID, dict[str, Any]], Command[Any]]],
) -> None:
    """Answer a proposal; an accepted one is carried out in the same unit of work. `acts` by kind of proposal.

    Raises ConflictError, PermissionDenied for one's own, ValidationError, and whatever the act refuses.
    """
    row = uow.get(Proposal, proposal_id, version)
    if row.kind not in acts:
        raise PermissionDenied(RIGHT)
    if problem := decision_problem(
        row.state, row.proposed_by, uow.actor.account_id, accept=accept, word=word
    ):
        if row.state != OPEN:
            raise ConflictError(problem)
        if row.proposed_by == uow.actor.account_id:
            raise PermissionDenied(RIGHT, problem)
        raise ValidationError({"word": problem})
    if accept:
        acts[row.kind](row.target_id, loads(row.payload)).execute(uow)
    row.state, row.answer = after(accept=accept), word
    row.decided_by, row.decided_at = uow.actor.account_id, uow.now
    uow.about("resident", row.resident_id, word)


def _seen(uow: UnitOfWork, resident_id: UUID) -> Resident:
    """The record, if the proposer may see it and it is not in the bin."""
    row = uow.get(Resident, resident_id)
    uow.actor.require_grid("people.find", grid_of(uow, row.household_id))
    if row.status == BIN:
        raise ConflictError("这位已经在回收站里了。")
    return row


@record
class ProposeRemoval(Command[UUID]):
    """提议删除. Somebody with the right decides."""

    label: ClassVar[str] = "提议删到回收站"
    permission: ClassVar[str] = RIGHT
    reach: ClassVar[Reach] = Reach.PROPOSE
    resident_id: UUID
    word: str

    def execute(self, uow: UnitOfWork) -> UUID:
        row = _seen(uow, self.resident_id)
        return propose(uow, REMOVE, row, row.id, {}, self.word)


@record
class ProposeMerge(Command[UUID]):
    """提议合并. Which record stays, and field by field which value."""

    label: ClassVar[str] = "提议合并两条记录"
    permission: ClassVar[str] = RIGHT
    reach: ClassVar[Reach] = Reach.PROPOSE
    keep_id: UUID
    drop_id: UUID
    take: tuple[str, ...]
    word: str

    def execute(self, uow: UnitOfWork) -> UUID:
        check_fields(self.keep_id, self.drop_id, self.take)
        drop = _seen(uow, self.drop_id)
        keep = _seen(uow, self.keep_id)
        return propose(uow, MERGE, drop, drop.id, {"keep": keep.id, "take": sorted(self.take)}, self.word)


@record
class DecideRecordProposal(Command[None]):
    """定提议：合并或删除. The proposer is the other half of the act."""

    label: ClassVar[str] = "定提议（合并、删除）"
    permission: ClassVar[str] = RIGHT
    reach: ClassVar[Reach] = Reach.ALL
    proposal_id: UUID
    version: int
    accept: bool
    word: str

    def execute(self, uow: UnitOfWork) -> None:
        def remove(target: UUID, _payload: dict[str, Any]) -> Command[Any]:
            return RemoveResident(target, uow.get(Resident, target).version)

        def merge(target: UUID, payload: dict[str, Any]) -> Command[Any]:
            keep: UUID = payload["keep"]
            versions = uow.get(Resident, keep).version, uow.get(Resident, target).version
            return MergeResidents(keep, versions[0], target, versions[1], tuple(payload["take"]))

        acts = {REMOVE: remove, MERGE: merge}
        decide(uow, self.proposal_id, self.version, accept=self.accept, word=self.word, acts=acts)
