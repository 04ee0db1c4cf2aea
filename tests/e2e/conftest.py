"""The ready-made stations, for every test of the whole program."""

from tests.e2e.stations import (
    answered,
    filled,
    founded,
    full_station,
    peopled,
    peopled_station,
    shelf,
    station,
)

__all__ = ["answered", "filled", "founded", "full_station", "peopled", "peopled_station", "shelf", "station"]
