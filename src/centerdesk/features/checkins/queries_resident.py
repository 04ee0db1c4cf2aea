"""What the round knows of one resident: for the acts that other pages and the palette offer on a person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.queries_round import Candidate
from centerdesk.features.people import api as people
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.identity import Actor

READ, ENROL = "checkins.read", "checkins.enrol"
ELDER = 60
"""Years from which the palette offers an enrolment; the page itself enrols whoever agrees."""


def enrolled_as(session: Session, actor: Actor, resident_id: UUID, clock: Clock) -> UUID | None:
    """The enrolment of a resident that holds today, None without one in the actor's reach."""
    day = today(clock)
    stmt = select(Enrolment.id, Enrolment.worker_id).where(
        Enrolment.resident_id == resident_id,
        or_(Enrolment.last_on.is_(None), Enrolment.last_on >= day),
    )
    found = session.execute(stmt).first()
    if found is None or not actor.may(READ):
        return None
    grids = actor.grids(READ)
    if grids is None or found.worker_id == actor.account_id:
        return UUID(str(found.id))
    person = people.persons(session, {resident_id}, day).get(resident_id)
    return UUID(str(found.id)) if person is not None and person.grid_id in grids else None


def is_enrolled(session: Session, actor: Actor, row_id: UUID, clock: Clock) -> bool:
    """Is there a window to look at, and may this person see it?"""
    return enrolled_as(session, actor, row_id, clock) is not None


def candidate(session: Session, actor: Actor, resident_id: UUID, clock: Clock) -> Candidate | None:
    """A resident as the form of enrolling takes one; None who is unknown or out of reach."""
    day = today(clock)
    person = people.persons(session, {resident_id}, day).get(resident_id)
    grids = actor.grids(ENROL)
    if person is None or (grids is not None and person.grid_id not in grids):
        return None
    age = people.age_on(person.birth_on, day) if person.birth_on else None
    return Candidate(
        person.id, person.name, age, person.door, person.tags, "" if person.door else "还没有门牌"
    )


def can_be_enrolled(session: Session, actor: Actor, row_id: UUID, clock: Clock) -> bool:
    """An elder with a door, not enrolled yet."""
    if not actor.may(ENROL) or is_enrolled(session, actor, row_id, clock):
        return False
    found = candidate(session, actor, row_id, clock)
    return found is not None and not found.why_not and (found.age is None or found.age >= ELDER)
