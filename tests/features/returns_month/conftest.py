"""The station of September with its roster and check-ins, its figures, and the edition kept of them."""

from __future__ import annotations

import pytest

from tests.helpers.september import build, keep, september_station


@pytest.fixture(scope="module")
def station(on_database, tmp_path_factory):
    made = september_station(tmp_path_factory.mktemp("september"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def built(station):
    return build(station)


@pytest.fixture(scope="module")
def edition_id(station, built):
    return keep(station, built)
