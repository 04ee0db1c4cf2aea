"""Having a desk's heavy acts done by a process of its own: how that is started (另开进程办)."""

from __future__ import annotations

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.watching.start import own_program
from centerdesk.kernel.apart import Apart

VERB = "apart"
"""Hidden verb of `__main__`; the station's folder comes after it."""


def beside(station: OpenStation) -> OpenStation:
    """The same station, whose heavy acts another process does from now on; that one ends with it."""
    if station.bus.apart is None:
        station.bus.apart = Apart([*own_program(), VERB, str(station.data.root)])
    return station
