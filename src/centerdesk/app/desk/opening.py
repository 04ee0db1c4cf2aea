"""Opening a station off the GUI thread: an older schema is backed up and migrated first, which may take a while."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from PySide6.QtCore import QObject, Qt, Signal, Slot

from centerdesk.app.backups import back_up_before_migration
from centerdesk.app.bootstrap import OpenStation, open_station
from centerdesk.app.desk.pages import TODAY
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.station import Station, is_there

ClockOf = Callable[[Station], Clock]


class Opening(QObject):
    """开门. `opened` with the station, `refused` with the error, `set_up_wanted` where there is no whole one yet.

    Connect them queued, they come from a thread.
    """

    opened = Signal(object)
    refused = Signal(object)
    set_up_wanted = Signal()

    def __init__(self, data: DataDir, clock_of: ClockOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data, self._clock_of = data, clock_of
        self._thread = ThreadPoolExecutor(1, "open")
        self._unclaimed: OpenStation | None = None
        self.opened.connect(self._claim, Qt.ConnectionType.QueuedConnection)

    def look(self) -> None:
        """See what is there, and open it where it is a whole station."""
        self._thread.submit(self._look)

    def begin(self, restored_by: Actor | None = None) -> None:
        """Open. After a restore the journal is told who wanted it, and the windows to look at are made anew."""
        self._thread.submit(self._work, restored_by)

    def load_desk(self) -> None:
        """Import what the desk's window needs while somebody types a password and it is checked."""
        for module in ("centerdesk.app.desk.window", TODAY.target.partition(":")[0]):
            self._thread.submit(import_module, module)

    def finish(self) -> None:
        """Wait for the thread, and close what it opened after everybody had gone."""
        self._thread.shutdown(wait=True)
        if self._unclaimed is not None:
            self._unclaimed.close()

    @Slot(object)
    def _claim(self, _station: OpenStation) -> None:
        self._unclaimed = None

    def _look(self) -> None:
        from centerdesk.app.first_run.state import needed

        try:
            set_up = needed(self._data) and not self._ready_drill()
        except Exception as exc:  # noqa: BLE001 - as below
            self.refused.emit(exc)
            return
        if set_up:
            self.set_up_wanted.emit()
        else:
            self._work(None)

    def _ready_drill(self) -> bool:
        """A drill station that was set up by command needs no sheet typed back."""
        from centerdesk.app.first_run.state import AT

        if not self._data.station_file.exists():
            return False
        station = Station.load(self._data.station_file)
        return station.drill and AT not in station.settings and is_there(self._data)

    def _work(self, restored_by: Actor | None) -> None:
        try:
            station = open_station(self._data, self._clock_of, backup_before=back_up_before_migration)
            if restored_by is not None or self._data.restoring.exists():
                _after_restore(station, restored_by)
        except Exception as exc:  # noqa: BLE001 - carried to the GUI thread, which tells it
            self.refused.emit(exc)
        else:
            self._unclaimed = station
            self.opened.emit(station)


def _after_restore(station: OpenStation, restored_by: Actor | None) -> None:
    from centerdesk.app import restoring  # only then it is needed

    if restored_by is not None:
        restoring.record(station, restored_by)
    else:
        restoring.finish(station)
