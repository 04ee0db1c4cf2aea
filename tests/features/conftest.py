"""A small town and a host for its pages; files with another town have their own."""

from __future__ import annotations

import pytest

from tests.helpers.pagehost import page_host
from tests.helpers.people import make_town
from tests.helpers.station import make_station


@pytest.fixture
def town(tmp_path):
    station = make_station(tmp_path)
    yield make_town(station)
    station.close()


@pytest.fixture
def host(town, qtbot):
    with page_host(town.station) as made:
        yield made
