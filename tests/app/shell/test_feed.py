"""Two desks: what one saves appears in the other, which did nothing."""

from __future__ import annotations

import pytest

from centerdesk.kernel.commands import Changes
from tests.helpers.processes import other_desks, place_of

pytestmark = [pytest.mark.gui, pytest.mark.db, pytest.mark.databases, pytest.mark.slow]


def test_a_save_in_one_desk_appears_in_the_other(desk, qtbot) -> None:
    window = desk.open()
    told: list[Changes] = []
    assert desk.desk is not None
    desk.desk.runner.changed.connect(told.append)
    window.go("people")
    desk.settle()
    with other_desks(place_of(desk.fixture), 1) as (other,):
        assert other.do("compound", 1) == "saved"
        qtbot.waitUntil(lambda: any(c.hits("compound") for c in told), timeout=20_000)
        told.clear()
        assert other.do("import", 7) == "saved"
        qtbot.waitUntil(lambda: any(c.hits("resident") for c in told), timeout=20_000)
    assert all(c.op_id is None for c in told)
    desk.settle()
    assert desk.crashes == []
