"""月报 by its object names: a real station behind a real runner, from the empty month to the papers."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton, QWidget
from sqlalchemy import select

from centerdesk.app.features import manifests
from centerdesk.features.returns import api
from centerdesk.features.returns.ui.figure_rows import HeadingRow, LineRow
from centerdesk.features.returns.ui.figure_table import FigureModel
from centerdesk.features.returns.ui.pages import ReturnPage
from centerdesk.kernel.clock import Month
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.indicators import Indicator, Measure
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.manifest import load
from centerdesk.qtkit import notify, printing
from centerdesk.qtkit.notify import toasts
from tests.helpers.pagehost import page_host, settle, show_page
from tests.helpers.people import id_number, make_town
from tests.helpers.station import make_station

pytestmark = [pytest.mark.gui, pytest.mark.db]
MENUS = pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)
NOVEMBER = Month(2026, 11)
MOVES = {"张三": date(2026, 11, 5), "李四": date(2026, 10, 7), "王五": date(2026, 11, 20)}


@pytest.fixture
def town(tmp_path):
    station = make_station(tmp_path)
    town = make_town(station)
    for serial, (name, day) in enumerate(MOVES.items(), 1):
        town.add(name, id_no=id_number(date(1940, 5, serial), serial), door=f"3-2-{serial}01", move_in_on=day)
    town.add("赵六", door="5-1-101", birth_on=date(1990, 1, 1))
    yield town
    station.close()


@pytest.fixture
def host(town, qtbot):
    with page_host(town.station) as made:
        yield made


@pytest.fixture
def page(qtbot, host):
    return show_page(qtbot, ReturnPage, host)


@pytest.fixture
def built(qtbot, host, page):
    """The page with November built."""
    page.acts.build()
    settle(qtbot, host)
    return page


def _named(root: QWidget, kind: type, name: str):
    found = root.findChild(kind, name)
    assert found is not None, name
    return found


def _text(root: QWidget, name: str) -> str:
    """Words of a label; the one that is seen where several have the name."""
    found = root.findChildren(QLabel, name)
    assert found, name
    return next((label for label in found if label.isVisible()), found[0]).text()


def _click(qtbot, host, root: QWidget, name: str, kind: type = QPushButton) -> None:
    _named(root, kind, name).click()
    settle(qtbot, host)


def _lines(page) -> list[LineRow]:
    rows = [page.table.figures.row(n) for n in range(page.table.figures.rowCount())]
    return [row for row in rows if isinstance(row, LineRow)]


def _shown(page, indicator: str) -> list[str]:
    at = page.table.figures.find(indicator)
    return [str(page.table.figures.index(at, c).data()) for c in range(page.table.figures.columnCount())]


def _keep(town, month: Month = NOVEMBER, figures=None):
    station = town.station
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, month, manifests().indicators())
    return station.run(api.KeepEdition(str(month), built.as_of, figures or built.figures))


def _signed_in(town, role: str) -> None:
    town.station.sign_in(role)


# --- empty, built, rebuilt --------------------------------------------------------------------------------------


def test_the_manifest_opens_this_page():
    assert load(manifests().page("returns").target) is ReturnPage


def test_a_month_that_nobody_built_says_so(page):
    assert page.heading == "2026 年 11 月月报"
    assert _text(page, "state_title") == "2026 年 11 月月报还没编"
    assert page.primary is None, "the one blue button stands in the page"
    assert not _named(page, QPushButton, "paper_xlsx").isEnabled()
    assert page.records.model.shown == 0
    assert page.bar.steps.accessibleName() == "第 1 步，共 2 步"


def test_building_counts_keeps_and_shows(qtbot, host, page):
    _click(qtbot, host, page, "build_now")
    assert page.view.edition.edition == 1
    assert len(_lines(page)) == 42
    assert _shown(page, "people.residents") == ["20", "常住人口", "人", "4", "2", "+100.0", "4"]
    assert _shown(page, "people.moved_in")[3:] == ["2", "1", "+100.0", "3"]
    assert _text(page, "empty_month") == "这个月还没有看窗的记录，看窗各行都是 0。"
    assert page.facts.startswith("第 1 版（草稿） · 数据截至 11-30 24:00")
    assert [a.id for a in (page.primary, *page.secondary)] == ["returns.sign", "returns.rebuild"]
    assert toasts(page.window())[-1].text == "2026 年 11 月月报编好了，42 行。"
    assert host.errors == []


def test_a_station_without_anybody_shows_zeros(qtbot, tmp_path):
    station = make_station(tmp_path)
    with page_host(station) as host:
        page = show_page(qtbot, ReturnPage, host)
        _click(qtbot, host, page, "build_now")
        assert _text(page, "empty_month") == "这个月还没有记录。"
        assert {_shown(page, i)[3] for i in ("people.residents", "curtain.due")} == {"0"}
        assert _shown(page, "curtain.care_rate")[3] == "—"
        assert page.records.model.shown == 0
    station.close()


def test_rebuilding_makes_an_edition_only_when_figures_changed(qtbot, host, town, built):
    built.acts.build()
    settle(qtbot, host)
    assert toasts(built.window())[-1].text == "2026 年 11 月月报：数没有变，还是原来那一版。"
    assert [e.edition for e in built.view.editions] == [1]
    town.add("孙七", door="3-2-901", move_in_on=date(2026, 11, 28))
    built.acts.build()
    settle(qtbot, host)
    assert [e.edition for e in built.view.editions] == [2, 1]
    assert "编好新的一版" in toasts(built.window())[-1].text
    assert "行和上一版不一样" in toasts(built.window())[-1].text
    assert _shown(built, "people.residents")[3] == "5"
    assert not _named(built, QToolButton, "edition_label").isHidden()


def test_another_desk_builds_and_the_page_follows(qtbot, host, town, page):
    station = town.station
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, NOVEMBER, manifests().indicators())
    page.runner.execute(page, api.KeepEdition(str(NOVEMBER), built.as_of, built.figures))
    settle(qtbot, host)
    assert page.view.edition is not None


def test_stopping_keeps_nothing(qtbot, host, page):
    """停下 while an indicator is being counted."""
    started, go_on = threading.Event(), threading.Event()

    def slow(_session, _span):
        started.set()
        go_on.wait(10)
        return {None: Measure(0)}

    known = host.manifests
    host.manifests = _Slow(known, Indicator("slow.one", "慢", "人", "慢", "很慢。", "resident", slow))
    page.acts.build()
    qtbot.waitUntil(started.is_set)
    assert _named(page, QWidget, "build_progress").isVisible()
    assert page.acts.building
    _named(page, QPushButton, "build_stop").click()
    go_on.set()
    settle(qtbot, host)
    assert not page.acts.building
    assert not _named(page, QWidget, "build_progress").isVisible()
    assert page.view.edition is None
    assert "已停下" in toasts(page.window())[-1].text


class _Slow:
    """The manifests with one more indicator in front."""

    def __init__(self, known, first: Indicator) -> None:
        self._known, self._first = known, first

    def indicators(self):
        return (self._first, *self._known.indicators())


def test_a_failure_while_counting_is_told(qtbot, host, page):
    def broken(_session, _span):
        raise EnvironmentFault("数据库这会儿读不了。请稍后再试。")

    host.manifests = _Slow(host.manifests, Indicator("x.y", "坏", "人", "坏", "坏了。", "resident", broken))
    page.acts.build()
    settle(qtbot, host)
    assert "数据库这会儿读不了" in _text(page.window(), "report_text")
    assert not page.acts.building


# --- months, grids, lines ---------------------------------------------------------------------------------------


def test_the_chooser_goes_back_and_refuses_the_future(qtbot, host, page):
    _click(qtbot, host, page, "month_back", QToolButton)
    assert page.month == Month(2026, 10)
    assert page.heading == "2026 年 10 月月报"
    for _ in range(2):
        _click(qtbot, host, page, "month_next", QToolButton)
    assert page.month == Month(2026, 12), "a month that has begun can be built"
    _click(qtbot, host, page, "month_next", QToolButton)
    assert page.month == Month(2026, 12)
    assert toasts(page.window())[-1].text == "2027 年 1 月还没到，编不了。请选已经开始的月份。"


@MENUS
def test_the_month_menu_says_what_is_built(qtbot, host, built):
    _named(built, QToolButton, "month_label").click()
    menu = _named(built, QMenu, "month_menu")
    words = [a.text() for a in menu.actions()]
    assert words[:3] == ["2026 年 12 月", "2026 年 11 月　草稿", "2026 年 10 月"]
    assert len(words) == 13
    menu.actions()[2].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.month == Month(2026, 10)


@MENUS
def test_one_grid_alone(qtbot, host, town, built):
    _named(built, QToolButton, "place_label").click()
    menu = _named(built, QMenu, "place_menu")
    assert [a.text() for a in menu.actions()] == ["全站", "云和一网格", "云和二网格"]
    menu.actions()[2].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.place == town.grid_b
    assert _shown(built, "people.residents")[3] == "1"
    built.table.go_to("people.residents")
    settle(qtbot, host)
    assert [r.title for r in built.records.model.rows()] == ["赵六"]


def test_chips_and_the_key_c(qtbot, host, built):
    chips = {n: _named(built, QToolButton, f"only_{n}") for n in ("all", "changed", "wrong")}
    assert chips["all"].text() == "全部 42"
    changed = [line for line in _lines(built) if line.figure.month != line.figure.previous]
    assert chips["changed"].text() == f"只看变了的 {len(changed)}"
    QTest.keyClick(built.table, Qt.Key.Key_C)
    assert _lines(built) == changed
    assert chips["changed"].isChecked()
    QTest.keyClick(built.table, Qt.Key.Key_C)
    assert len(_lines(built)) == 42
    chips["wrong"].click()
    assert {line.figure.indicator for line in _lines(built)} == {
        k for f in built.checks.found for k in f.keys
    }


def test_headings_are_stepped_over(qtbot, host, built):
    table = built.table
    first = table.figures.find("people.households")
    assert isinstance(table.figures.row(first - 1), HeadingRow)
    table.go_to("curtain.days_longest")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.current_line.figure.indicator == "people.households"
    QTest.keyClick(table, Qt.Key.Key_Up)
    assert table.current_line.figure.indicator == "curtain.days_longest"
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Qt.Key.Key_Up)
    assert table.current_line.figure.indicator == "curtain.elders"


def test_the_model_keeps_qts_rules(qtmodeltester, built):
    qtmodeltester.check(built.table.figures)
    qtmodeltester.check(FigureModel())
    assert not built.table.figures.rowCount(built.table.figures.index(0, 0)), "a table, not a tree"
    assert built.table.figures.headerData(3, Qt.Orientation.Horizontal) == "本月"
    assert built.table.figures.data(QModelIndex()) is None


def test_the_table_is_copied_as_shown(qtbot, host, built):
    built.table.setFocus()
    QTest.keyClick(built.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text().splitlines()
    assert text[0] == "行号\t指标\t单位\t本月\t上月\t环比%\t本年累计"
    assert text[1] == "一、窗帘暗号"
    assert "20\t常住人口\t人\t4\t2\t'+100.0\t4" in text


# --- what is behind a number ------------------------------------------------------------------------------------


def test_a_number_opens_its_records(qtbot, host, built):
    built.table.go_to("people.moved_in")
    settle(qtbot, host)
    assert _text(built, "records_words") == "2 人 · 由 2 条记录组成"
    assert sorted(r.title for r in built.records.model.rows()) == ["张三", "王五"]
    built.table.setFocus()
    QTest.keyClick(built.table, Qt.Key.Key_Return)
    assert built.records.table.hasFocus()
    row = built.records.table.current_row()
    assert row.number == 1
    assert "****" in _text(built, "record_detail")
    QTest.keyClick(built.records.table, Qt.Key.Key_Return)
    assert host.went == [("people", row.target_id)]
    QTest.keyClick(built.records.table, Qt.Key.Key_Escape)
    assert built.table.hasFocus()


def test_every_count_lists_as_many_as_it_says(qtbot, host, built):
    seen = 0
    for line in _lines(built):
        if line.figure.unit in ("%", "分钟", "天"):
            continue
        built.table.go_to(line.figure.indicator)
        settle(qtbot, host)
        assert built.records.model.shown == line.figure.month.value == line.figure.count
        seen += built.records.model.shown
    assert seen > 10


def test_a_number_without_records_says_why(qtbot, host, built):
    built.table.go_to("curtain.days_longest")
    settle(qtbot, host)
    assert _text(built, "records_words") == "0 天 · 没有记录"
    assert built.records.model.shown == 0
    assert _named(built, QPushButton, "records_print").isHidden()


# --- checks and signing -----------------------------------------------------------------------------------------


def test_checks_say_what_was_found_and_lead_there(qtbot, host, built):
    found = built.checks.found
    assert [f.level.value for f in found] == ["提示"]
    assert "行比上月变了 30% 以上" in found[0].title
    _click(qtbot, host, built, "finding_show_0")
    assert built.table.current_line.figure.indicator == found[0].keys[0]
    assert {line.figure.indicator for line in _lines(built)} == set(found[0].keys)


def _broken(town) -> None:
    station = town.station
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, NOVEMBER, manifests().indicators())
    wrong = tuple(
        replace(f, month=replace(f.month, value=99)) if f.key == "people.aged80@" else f
        for f in built.figures
    )
    _keep(town, figures=wrong)


def test_an_error_blocks_signing_and_marks_its_cell(qtbot, host, town, page):
    _broken(town)
    page.mark_dirty()
    settle(qtbot, host)
    assert page.errors == 1
    line = next(x for x in _lines(page) if x.figure.indicator == "people.aged80")
    assert line.mark.value == "错"
    assert page.acts.why_not_sign() == "还差 1 项"
    assert not page.host.actions.trigger("returns.sign")


def test_signing_asks_once_and_locks(qtbot, host, built, monkeypatch):
    asked = []
    monkeypatch.setattr(notify, "answer_with", lambda q: asked.append(q) or "sign")
    assert host.actions.trigger("returns.sign")
    settle(qtbot, host)
    assert asked[0].title == "签发 2026 年 11 月月报第 1 版？"
    assert built.view.edition.code in asked[0].text
    assert [a.verb for a in asked[0].answers] == ["签发", "先不签发"]
    assert not built.view.edition.is_draft
    assert "已由测试secretary签发，锁了" in _text(built, "read_only_text")
    assert built.primary is None
    assert built.bar.steps.accessibleName() == "第 2 步，共 2 步"
    assert built.acts.why_not_sign() == "已签发"
    _click(qtbot, host, built, "read_only_way")
    assert [e.edition for e in built.view.editions] == [1], "nothing changed, so nothing new"


def test_not_signing_changes_nothing(qtbot, host, built, monkeypatch):
    monkeypatch.setattr(notify, "answer_with", lambda q: q.answers[-1].key)
    host.actions.trigger("returns.sign")
    settle(qtbot, host)
    assert built.view.edition.is_draft


def test_a_month_that_is_not_over_says_so_before_signing(qtbot, host, page, monkeypatch):
    asked = []
    monkeypatch.setattr(notify, "answer_with", lambda q: asked.append(q) or "leave")
    page.show_month(Month(2026, 12))
    page.acts.build()
    settle(qtbot, host)
    host.actions.trigger("returns.sign")
    assert asked[0].text.startswith("这个月还没过完")
    assert "数据截至 12-03 08:41" in page.facts


@MENUS
def test_a_signed_edition_stays_to_be_looked_at(qtbot, host, town, built):
    first = built.view.edition
    town.station.run(api.SignReturn(first.id, first.version))
    town.add("孙七", door="3-2-901", move_in_on=date(2026, 11, 28))
    built.acts.build()
    settle(qtbot, host)
    assert _named(built, QWidget, "read_only").isHidden()
    _named(built, QToolButton, "edition_label").click()
    menu = _named(built, QMenu, "edition_menu")
    assert [a.text() for a in menu.actions()] == ["第 2 版（草稿）", "第 1 版（已签发）"]
    menu.actions()[1].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.view.edition.id == first.id
    assert _shown(built, "people.residents")[3] == "4"
    assert not _named(built, QWidget, "read_only").isHidden()


@pytest.mark.parametrize(
    ("role", "offered"),
    [("front_desk", ["returns.rebuild"]), ("secretary", ["returns.sign", "returns.rebuild"])],
)
def test_only_the_secretary_is_offered_to_sign(qtbot, town, role, offered):
    _keep(town)
    _signed_in(town, role)
    with page_host(town.station) as host:
        page = show_page(qtbot, ReturnPage, host)
        heads = [a.id for a in (page.primary, *page.secondary) if a is not None]
        assert heads == offered
        assert host.actions.trigger("returns.sign") is (role == "secretary")
        for sheet in page.window().findChildren(notify.Sheet):
            sheet.close_sheet()


# --- papers -----------------------------------------------------------------------------------------------------


def _folder_is(page, folder: Path) -> None:
    page.exports.ask_folder = lambda _owner, _title, chosen: chosen(folder)


@pytest.mark.parametrize(
    ("paper", "name"), [("xlsx", "月报表.xlsx"), ("pdf", "月报表.pdf"), ("letter", "报告.pdf")]
)
def test_each_paper_is_written_booked_and_can_be_opened(qtbot, host, town, built, tmp_path, paper, name):
    folder = tmp_path / "U盘"
    _folder_is(built, folder)
    opened = []
    built.exports.open_file = opened.append
    _click(qtbot, host, built, f"paper_{paper}")
    (path,) = folder.iterdir()
    assert path.name == f"云和社区_2026-11_{name}" or path.name.endswith(name)
    assert path.name in _text(built, "paper_said")
    with town.station.read() as session:
        entry = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc()).limit(1)).one()
    assert (entry.action, entry.object_id) == ("RecordExport", built.view.edition.id)
    assert entry.reason.startswith(f"{paper} ")
    _click(qtbot, host, built, "paper_open")
    assert opened == [path]


def test_the_records_of_a_number_are_printed_and_booked(qtbot, host, town, built, tmp_path):
    _folder_is(built, tmp_path / "out")
    built.table.go_to("people.moved_in")
    settle(qtbot, host)
    _click(qtbot, host, built, "records_print")
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.endswith("行_明细.pdf")
    with town.station.read() as session:
        entry = session.scalars(select(JournalOp).order_by(JournalOp.seq.desc()).limit(1)).one()
    assert (entry.action, entry.counts["rows"]) == ("RecordAnnex", 2)
    assert hashlib.sha256(path.read_bytes()).digest()


def test_a_paper_that_cannot_be_booked_does_not_stay(qtbot, host, town, built, tmp_path):
    folder = tmp_path / "out"

    def choose(_owner, _title, chosen) -> None:
        chosen(folder)
        _signed_in(town, "grid_worker")  # whoever may no longer read returns when the booking comes

    built.exports.ask_folder = choose
    _click(qtbot, host, built, "paper_xlsx")
    assert list(folder.iterdir()) == []
    assert "没有此项操作的权限" in _text(built, "paper_said")
    assert _named(built, QPushButton, "paper_xlsx").isEnabled()


def test_a_folder_that_takes_nothing_is_told(qtbot, host, built, tmp_path):
    (tmp_path / "file").write_text("x")
    _folder_is(built, tmp_path / "file" / "in")
    _click(qtbot, host, built, "paper_pdf")
    assert "换一个能写的文件夹" in _text(built, "paper_said")


def test_writing_can_be_stopped(qtbot, host, built, tmp_path, monkeypatch):
    started, go_on = threading.Event(), threading.Event()
    real = api.write_papers

    def slow(folder, figures, how, clock, **options):
        started.set()
        go_on.wait(10)
        return real(folder, figures, how, clock, **options)

    monkeypatch.setattr(api, "write_papers", slow)
    _folder_is(built, tmp_path / "out")
    _named(built, QPushButton, "paper_pdf").click()
    qtbot.waitUntil(started.is_set)
    assert _text(built, "paper_said") == "正在写……"
    assert not _named(built, QPushButton, "paper_xlsx").isEnabled()
    _named(built, QPushButton, "paper_stop").click()
    go_on.set()
    settle(qtbot, host)
    assert _text(built, "paper_said") == "已停下，没有留下文件。"
    assert not [p for p in (tmp_path / "out").glob("*") if p.suffix == ".pdf"]


def test_nothing_chosen_writes_nothing(qtbot, host, built):
    built.exports.ask_folder = lambda _owner, _title, _chosen: None
    _click(qtbot, host, built, "paper_xlsx")
    assert _text(built, "paper_said") == ""
    assert _named(built, QPushButton, "paper_xlsx").isEnabled()


def test_page_one_is_drawn_or_stood_for(qtbot, host, built, monkeypatch):
    preview = _named(built, QWidget, "paper_preview")
    assert preview.is_real is printing.can_draw()
    monkeypatch.setattr(printing, "can_draw", lambda: False)
    built.mark_dirty()
    settle(qtbot, host)
    assert not preview.is_real
    assert preview.accessibleName() == "月报表的样子，示意"
    picture = preview.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    assert len({picture.pixel(x, picture.height() // 2) for x in range(picture.width())}) > 1, (
        "a table is drawn"
    )


# --- room -------------------------------------------------------------------------------------------------------


def test_the_side_becomes_a_drawer_where_there_is_no_room(qtbot, host, town):
    _keep(town)
    page = show_page(qtbot, ReturnPage, host, (900, 560))
    assert page.side.drawer
    assert not page.side.isVisible()
    _click(qtbot, host, page, "side_button")
    assert page.side.isVisible()
    assert page.side.geometry().right() <= page.width()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Escape)
    assert not page.side.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.side.isVisible()
    assert host.actions.trigger("returns.side")
    assert not page.side.isVisible()
    page.window().resize(1316, 776)
    settle(qtbot, host)
    assert not page.side.drawer
    assert page.side.isVisible()


def test_a_read_that_fails_offers_to_try_again(qtbot, host, town, page):
    town.station.actor = replace(town.station.actor, grants={})
    page.mark_dirty()
    settle(qtbot, host)
    assert "没有此项操作的权限" in _text(page, "state_text")
    town.station.sign_in("secretary")
    page.findChildren(QPushButton, "state_retry")[-1].click()
    settle(qtbot, host)
    assert page.view is not None
