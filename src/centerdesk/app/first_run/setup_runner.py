"""A runner for the time before there is a station: set-up and rescue only use its slow lane."""

from __future__ import annotations

from PySide6.QtCore import QObject
from sqlalchemy.orm import Session

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.runner import Runner


class _NoStation:
    """The bus and reader of a desk that has no station yet; the set-up only uses the slow lane."""

    def as_asked(self) -> _NoStation:
        return self

    def run(self, *_args: object, **_kwargs: object) -> object:
        raise EnvironmentFault("站点还没设好。请先做完第一次设置。")

    def __call__(self) -> Session:
        raise EnvironmentFault("站点还没设好。请先做完第一次设置。")


def setup_runner(parent: QObject | None = None) -> Runner:
    """A runner for the time before there is a station: its slow lane works, the others refuse."""
    nothing = _NoStation()
    return Runner(nothing, nothing, present_error, parent)  # type: ignore[arg-type]  # it only refuses
