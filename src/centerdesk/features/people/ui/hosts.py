"""What these pages use of the desk beyond `PageHost`; each is optional, and the page says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Manifests


@runtime_checkable
class KnowsFeatures(Protocol):
    """A host that hands on the manifests: then 这一户的事 comes from all features."""

    @property
    def manifests(self) -> Manifests: ...


@runtime_checkable
class BacksUp(Protocol):
    """A host that makes the backup before a large import."""

    def backup_before_import(self) -> None:
        """A verified backup, now. Blocking; slow lane. Raises EnvironmentFault."""
        ...


@runtime_checkable
class AsksSecond(Protocol):
    """A host that can have a second person type their password at this desk."""

    def second_person(self, owner: QWidget, permission: str, why: str, done: Callable[[Actor], None]) -> None:
        """Ask for another account that holds `permission`; `done(actor)` later, not at all when they give up."""
        ...
