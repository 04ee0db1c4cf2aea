"""The route sheet: what stands on the paper, read back by pdfium, and its number as the way back in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.checkins.commands_sheet import PrintRouteSheet
from centerdesk.features.checkins.exporting import (
    RouteSheet,
    SheetHome,
    paginate,
    route_sheet,
    sheet_lines,
    write_route_sheet,
)
from centerdesk.features.checkins.queries import get_round
from centerdesk.features.checkins.queries_sheet import search_sheets
from centerdesk.features.checkins.rules_sheet import read_code, route_letter, sheet_code, sheet_id
from centerdesk.kernel.errors import NotFound, PermissionDenied
from centerdesk.kernel.journal import JournalOp
from centerdesk.qtkit import notify
from tests.features.checkins_page import desk, station_at_morning
from tests.golden.pdfprobe import opened
from tests.helpers import curtain
from tests.helpers.elders import small_town
from tests.helpers.station import make_station

DAY = date(2026, 12, 3)
SPAN = (datetime(2026, 12, 2, 23, 30, tzinfo=UTC), datetime(2026, 12, 3, 1, 0, tzinfo=UTC))


def _sheet(homes: int, *, slot: str = "morning", copy: int = 1, paused: int = 2) -> RouteSheet:
    made = tuple(SheetHome(n, f"{1 + n // 8}-1-{n:03}", f"站位{n // 8}") for n in range(1, homes + 1))
    return RouteSheet(sheet_code(DAY, slot, "A"), copy, DAY, slot, SPAN, made, paused)


def _pages(path) -> list[str]:
    with opened(path) as document:
        return [document[n].get_textpage().get_text_bounded() for n in range(len(document))]


def test_one_page_says_when_where_and_nothing_of_whom(tmp_path):
    path = tmp_path / "单.pdf"
    report = write_route_sheet(path, _sheet(18), system_faces=False)
    (text,) = _pages(path)
    assert (report.pages, report.missing_glyphs) == (1, ())
    for words in ("楼面巡看单", "单 1203-1A", "路线 A · 早间 · 2026 年 12 月 3 日 07:30–09:00", "站位0　7 户",
                  "都开着？只写没开的号", "暂停的 2 户单上不印", "当天交回，一张不少", "第 1 页 共 1 页"):  # fmt: skip
        assert words in text
    assert [f"{1 + n // 8}-1-{n:03}" in text for n in range(1, 19)] == [True] * 18
    for forbidden in ("窗帘", "老人", "独居", "看护", "拉上"):
        assert forbidden not in text


def test_it_is_a4_with_every_face_embedded_and_nothing_outside_the_paper(tmp_path):
    path = tmp_path / "单.pdf"
    write_route_sheet(path, _sheet(40), system_faces=False)
    with opened(path) as document:
        assert len(document) == 2
        for page in document:
            assert [round(side / 72 * 25.4) for side in page.get_size()] == [210, 297]
            text = page.get_textpage()
            boxes = [text.get_charbox(n) for n in range(text.count_chars())]
            inked = [box for box in boxes if box[2] > box[0]]
            assert min(box[0] for box in inked) > 36
            assert max(box[2] for box in inked) < 595 - 36
            assert min(box[1] for box in inked) > 28
    assert b"/FontFile2" in path.read_bytes()


def test_the_evening_has_its_own_words_and_a_second_copy_says_so(tmp_path):
    path = tmp_path / "单.pdf"
    write_route_sheet(path, _sheet(3, slot="evening", copy=2, paused=0), system_faces=False)
    (text,) = _pages(path)
    assert "拉上" in text
    assert "单 1203-3A" in text
    assert "第 2 张，前面印的作废" in text
    assert "暂停" not in text


@given(st.integers(0, 130))
def test_however_many_homes_every_door_is_on_the_paper_once(count):
    homes = _sheet(count).homes
    pages = paginate(sheet_lines(homes))
    assert [line for page in pages for line in page if isinstance(line, SheetHome)] == list(homes)
    assert all(not isinstance(page[-1], str) for page in pages if page)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1203-1A", (12, 3, "morning", "A")),
        (" 1203-3b ", (12, 3, "evening", "B")),
        ("单 1203-1AB", (12, 3, "morning", "AB")),
        ("1203-4A", None),
        ("3-2-501", None),
        ("", None),
    ],
)
def test_a_number_is_read_as_typed_or_scanned(text, read):
    assert read_code(text) == read


@given(
    st.sets(st.uuids(), min_size=1, max_size=60), st.dates(), st.sampled_from(("morning", "noon", "evening"))
)
def test_each_route_of_a_round_has_its_own_number(workers, day, slot):
    codes = {sheet_code(day, slot, route_letter(workers, worker)) for worker in workers}
    assert len(codes) == len(workers)
    assert {read_code(code)[:3] for code in codes} == {(day.month, day.day, slot)}


@pytest.mark.db
def test_paused_homes_are_not_printed_and_numbers_are_those_of_the_walk(tmp_path):
    town = station_at_morning(tmp_path)
    try:
        with town.station.read() as session:
            view = get_round(session, _be(town, "周敏"), town.station.clock.now())
        sheet = route_sheet(view, town.workers["周敏"], 1)
        assert (len(sheet.homes), sheet.paused) == (20, 2)
        assert [home.number for home in sheet.homes] == list(range(1, 21))
        assert sheet.homes[14].door == "5-2-101", "number 15 of the walk"
        assert "2-2-102" not in [home.door for home in sheet.homes]
    finally:
        town.station.close()


def _be(town, name):
    curtain.be(town, name)
    return town.station.actor


@pytest.mark.db
def test_printing_is_counted_and_only_for_ones_own_route(tmp_path):
    town = station_at_morning(tmp_path)
    station = town.station
    try:
        curtain.be(town, "周敏")
        own, other = town.workers["周敏"], town.workers["陈嘉禾"]
        assert [station.run(PrintRouteSheet(DAY, "morning", own)) for _ in range(2)] == [1, 2]
        with pytest.raises(PermissionDenied):
            station.run(PrintRouteSheet(DAY, "morning", other))
        station.sign_in("secretary")
        assert station.run(PrintRouteSheet(DAY, "morning", other)) == 1
        with pytest.raises(NotFound):
            station.run(PrintRouteSheet(date(2027, 12, 3), "morning", other))
        with station.read() as session:
            booked = session.query(JournalOp).filter(JournalOp.action == "PrintRouteSheet").all()
            assert [op.counts["homes"] for op in booked] == [22, 22, 20]
            assert len({op.object_id for op in booked}) == 2
    finally:
        station.close()


@pytest.mark.db
def test_nothing_is_found_without_the_right_or_for_another_number(tmp_path):
    town = station_at_morning(tmp_path)
    try:
        for role, query, found in (
            ("secretary", "1203-1A", 1),
            ("secretary", "1203-1Z", 0),
            ("secretary", "0101-1A", 0),
            ("administrator", "1203-1A", 0),
        ):
            actor = town.station.sign_in(role)
            with town.station.read() as session:
                assert len(search_sheets(session, actor, query, 5)) == found
    finally:
        town.station.close()


@pytest.mark.db
@pytest.mark.parametrize("years", [(2026, 2027), (2027, 2026)], ids=["newest last", "newest first"])
def test_of_rounds_in_two_years_with_one_number_the_newest_is_meant(tmp_path, years):
    """Route A is another worker's in each: day and letter are looked up in the same round."""
    town = small_town(make_station(tmp_path), homes=2)
    routes = dict(zip((2026, 2027), (("老人1", "甲"), ("老人2", "乙")), strict=True))
    try:
        for year in years:
            town.at(f"{year}-12-03 07:00")
            town.enrol(*routes[year])
        with town.station.read() as session:
            (hit,) = search_sheets(session, town.station.sign_in("secretary"), "1203-1A", 5)
        assert hit.target.row_id == sheet_id(town.workers["乙"], date(2027, 12, 3), "morning")
    finally:
        town.station.close()


@pytest.mark.gui
@pytest.mark.db
def test_a_sheet_that_is_written_under_the_lock_opens_when_the_desk_is_free_again(qtbot, tmp_path):
    with desk(qtbot, tmp_path / "station", looks=False) as d:
        opened_files: list[object] = []
        d.page.sheets.save_file = lambda _owner, _title, _name, chosen: chosen(tmp_path / "单.pdf")
        d.page.sheets.open_file = opened_files.append
        assert d.host.actions.trigger("checkins.sheet")
        notify.hold(d.page.window())
        d.settle()
        assert (tmp_path / "单.pdf").exists()
        assert opened_files == []
        notify.release(d.page.window())
        assert opened_files == [tmp_path / "单.pdf"]


@pytest.mark.gui
@pytest.mark.db
def test_from_the_page_to_paper_and_from_the_number_back_to_the_entry(qtbot, tmp_path):
    path = tmp_path / "单.pdf"
    with desk(qtbot, tmp_path / "station", looks=False) as d:
        opened_files: list[object] = []
        d.page.sheets.save_file = lambda _owner, _title, name, chosen: (names.append(name), chosen(path))
        d.page.sheets.open_file = opened_files.append
        names: list[str] = []
        assert d.host.actions.trigger("checkins.sheet")
        qtbot.waitUntil(lambda: opened_files == [path], timeout=15_000)
        code = names[0].removeprefix("楼面巡看单_").removesuffix(".pdf")
        assert f"单 {code}" in _pages(path)[0]
        with d.town.station.read() as session:
            hit = search_sheets(session, d.host.actor(), code, 5)[0]
        assert (hit.group, hit.target.page) == ("路线单", "checkins")
        assert isinstance(hit.target.row_id, UUID)
        d.page.focus_record(hit.target.row_id)
        d.settle()
        assert d.child("back_entry").isVisible()
