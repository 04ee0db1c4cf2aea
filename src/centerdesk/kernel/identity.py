"""Who acts, and how far their rights reach (RELIABILITY 3.5). Deny by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from enum import IntEnum
from uuid import UUID

from centerdesk.kernel.errors import PermissionDenied
from centerdesk.kernel.record import record


class Reach(IntEnum):
    """How far one permission goes. A higher value contains the lower ones."""

    NONE = 0
    COUNT = 1  # figures only, no persons
    PROPOSE = 2  # may ask; another person decides
    OWN = 3  # own grids
    ALL = 4


@record
class Actor:
    """操作人. One signed-in account, as the command bus sees it; plain values, safe to hand between threads.

    `scope` holds the ids of the grids the person answers for today (own and covered for an absent colleague).
    """

    account_id: UUID | None
    login: str
    name: str
    roles: tuple[str, ...]
    grants: Mapping[str, Reach]
    scope: frozenset[UUID] = field(default_factory=frozenset)
    desk: str = ""

    def reach(self, permission: str) -> Reach:
        return self.grants.get(permission, Reach.NONE)

    def may(self, permission: str, at_least: Reach = Reach.OWN) -> bool:
        return self.reach(permission) >= at_least

    def require(self, permission: str, at_least: Reach = Reach.OWN) -> Reach:
        """The reach of `permission`. Raises PermissionDenied when it is below `at_least`."""
        reach = self.reach(permission)
        if reach < at_least:
            raise PermissionDenied(permission)
        return reach

    def require_grid(self, permission: str, grid_id: UUID | None) -> None:
        """Raise PermissionDenied unless `permission` reaches this grid (None: not in any grid, ALL only)."""
        if self.require(permission) < Reach.ALL and (grid_id is None or grid_id not in self.scope):
            raise PermissionDenied(permission, "这户不在您的网格里，请找负责的网格员或书记办理。")

    def grids(self, permission: str) -> frozenset[UUID] | None:
        """The grids a query may show under `permission`; None means all. Raises PermissionDenied."""
        return None if self.require(permission) == Reach.ALL else self.scope


SYSTEM_LOGIN = "system"


def system_actor(permissions: Iterable[str], desk: str = "") -> Actor:
    """系统. The watcher, `init`, `demo`: no account, only the permissions named."""
    return Actor(
        None, SYSTEM_LOGIN, "系统", ("system",), dict.fromkeys(permissions, Reach.ALL), frozenset(), desk
    )
