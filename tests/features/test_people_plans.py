"""How SQLite answers what 今日 and the ledger count and sort: from the narrow index, without reading the people."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from centerdesk.features.people.queries import (
    VIEWS,
    LedgerFilter,
    LedgerOrder,
    count_households,
    count_residents,
    page_residents,
)
from tests.helpers.station import make_station

pytestmark = pytest.mark.db
PEOPLE = ("SCAN resident", "SEARCH resident ")


@pytest.fixture
def plans(tmp_path):
    """Runs a query and answers the lines of its plans that touch the people."""
    station = make_station(tmp_path)
    asked = []

    def keep(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    def of(query):
        asked.clear()
        event.listen(station.database.ro, "before_cursor_execute", keep)
        with station.read() as session:
            query(session, station.actor, station.clock)
        event.remove(station.database.ro, "before_cursor_execute", keep)
        with station.database.ro.connect() as connection:
            driver = connection.connection.driver_connection
            found = [
                row[3]
                for statement, parameters in asked
                for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            ]
        return [line for line in found if line.startswith(PEOPLE)]

    yield of
    station.close()


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "alone"])
def test_a_view_is_counted_without_reading_anybody(plans, view):
    found = plans(lambda session, actor, clock: count_residents(session, actor, clock, LedgerFilter(view)))
    assert found
    assert all("COVERING INDEX" in line for line in found), found


def test_households_are_counted_without_reading_anybody(plans):
    found = plans(lambda session, actor, _clock: count_households(session, actor))
    assert found == ["SCAN resident USING COVERING INDEX ix_resident_household_id_status"]


@pytest.mark.parametrize("by", ["age", "verified", "door"])
def test_only_the_people_of_a_page_are_read_for_an_order_that_is_no_index(plans, by):
    found = plans(
        lambda session, actor, clock: page_residents(
            session, actor, clock, LedgerFilter("stale"), None, 40, LedgerOrder(by)
        )
    )
    walked = [line for line in found if line.startswith("SCAN")]
    assert walked == ["SCAN resident USING COVERING INDEX ix_resident_counted"], found
