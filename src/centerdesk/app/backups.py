"""A verified backup of an open station with the station's own checks: desk, wizard and command line use it."""

from __future__ import annotations

from collections.abc import Callable

from centerdesk.app.bootstrap import OpenStation
from centerdesk.kernel.backup import BackupResult, make_backup
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.soundness import Watch

STEPS = ("写备份", "核对文件各页", "核对内容", "读回核对", "拷到第二处", "从第二处读回")
"""Steps of one backup as they are told, for a bar that does not jump back."""


SERVERS = (
    "这个站的库在服务器上，备份在那里做：每夜一份，加上归档。这里没有动。"
    "要现在备一份，请服务器的管理员运行 installers/postgres/nightly_dump.sh。"
)


def back_up(station: OpenStation, reason: Reason, watch: Watch | None = None) -> BackupResult:
    """Make, check and name one backup, and copy it to the second place. Blocking; slow lane.

    Before a migration only the file itself is checked: the content's checks are written for the newest schema.
    Trouble in the second place is told in the result. Raises EnvironmentFault and its kinds, Cancelled.
    """
    from centerdesk.app import checks  # a start makes no backup

    if station.database.server:
        raise EnvironmentFault(SERVERS)
    return make_backup(
        station.data,
        station.ring,
        station.clock,
        reason,
        checks=()
        if reason is Reason.MIGRATION
        else (*checks.content_checks(station.ring, station.clock), checks.journal_anchors(station)),
        second_place=station.station.second_place,
        watch=watch,
    )


def back_up_before(station: OpenStation, reason: Reason) -> None:
    """The forced backup before many rows come in or a schema changes. On a server backups are the server's."""
    if not station.database.server:
        back_up(station, reason)


def back_up_before_migration(station: OpenStation) -> None:
    """The forced backup before the schema changes; an empty file of a cut-off set-up holds nothing."""
    if station.database.revision() is not None:
        back_up_before(station, Reason.MIGRATION)


def watch_through(tell: Callable[[int, int], None], stopped: Callable[[], bool]) -> Watch:
    """A `Watch` over the runner's two functions: every step is a hundredth of its share of the bar."""

    def told(text: str, done: int, of: int) -> None:
        place = STEPS.index(text) if text in STEPS else 0
        share = min(1.0, done / of) if of else 0.0
        tell(round((place + share) * 100), len(STEPS) * 100)

    return Watch(told, stopped)


def step_text(done: int) -> str:
    """The words for a position told by `watch_through`."""
    return STEPS[min(done // 100, len(STEPS) - 1)]
