"""月报 by its object names: a real station behind a real runner, from the empty month to the papers."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from centerdesk.app.features import manifests
from centerdesk.features.returns import api
from centerdesk.features.returns.rules_checks import Finding, Level
from centerdesk.features.returns.ui.figure_rows import HeadingRow
from centerdesk.features.returns.ui.figure_table import FigureModel
from centerdesk.features.returns.ui.pages import ReturnPage
from centerdesk.kernel.clock import Month
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.indicators import Indicator, Measure
from centerdesk.kernel.manifest import load
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import toasts
from tests.helpers.pagehost import page_host, settle, show_page
from tests.helpers.returns import NOVEMBER, click, keep, lines, named, shown, text
from tests.helpers.station import make_station

pytestmark = [pytest.mark.gui, pytest.mark.db]
MENUS = pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)


@pytest.mark.parametrize("height", [768, 600])
def test_many_findings_do_not_lie_over_the_records(qtbot, host, built, height):
    found = Finding(
        Level.HINT, "常住人口：12 人没有网格", "各网格 4,986，全站 4,998。给门牌定网格。", ("a", "b")
    )
    built.checks.show_findings([found] * 6)
    built.window().resize(1340, height)
    settle(qtbot, host)
    parts = [built.checks, built.records, built.paper]
    gaps = [low.geometry().top() - high.geometry().bottom() - 1 for high, low in itertools.pairwise(parts)]
    assert gaps == [theme().size("gap")] * 2


# --- empty, built, rebuilt --------------------------------------------------------------------------------------


def test_the_manifest_opens_this_page():
    assert load(manifests().page("returns").target) is ReturnPage


def test_a_month_that_nobody_built_says_so(page):
    assert page.heading == "2026 年 11 月月报"
    assert text(page, "state_title") == "2026 年 11 月月报还没编"
    assert page.primary is None, "the one blue button stands in the page"
    assert not named(page, QPushButton, "paper_xlsx").isEnabled()
    assert page.records.model.shown == 0
    assert page.bar.steps.accessibleName() == "第 1 步，共 2 步"


def test_building_counts_keeps_and_shows(qtbot, host, page):
    click(qtbot, host, page, "build_now")
    assert page.view.edition.edition == 1
    assert len(lines(page)) == 42
    assert shown(page, "people.residents") == ["20", "常住人口", "人", "4", "2", "+100.0", "4"]
    assert shown(page, "people.moved_in")[3:] == ["2", "1", "+100.0", "3"]
    assert text(page, "empty_month") == "这个月还没有看窗的记录，看窗各行都是 0。"
    assert page.facts.startswith("第 1 版（草稿） · 数据截至 11-30 24:00")
    assert [a.id for a in (page.primary, *page.secondary)] == ["returns.sign", "returns.rebuild"]
    assert toasts(page.window())[-1].text == "2026 年 11 月月报编好了，42 行。"
    assert host.errors == []


def test_a_station_without_anybody_shows_zeros(qtbot, tmp_path):
    station = make_station(tmp_path)
    with page_host(station) as host:
        page = show_page(qtbot, ReturnPage, host)
        click(qtbot, host, page, "build_now")
        assert text(page, "empty_month") == "这个月还没有记录。"
        assert {shown(page, i)[3] for i in ("people.residents", "curtain.due")} == {"0"}
        assert shown(page, "curtain.care_rate")[3] == "—"
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
    assert shown(built, "people.residents")[3] == "5"
    assert not named(built, QToolButton, "edition_label").isHidden()


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
    assert named(page, QWidget, "build_progress").isVisible()
    assert page.acts.building
    named(page, QPushButton, "build_stop").click()
    go_on.set()
    settle(qtbot, host)
    assert not page.acts.building
    assert not named(page, QWidget, "build_progress").isVisible()
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
    assert "数据库这会儿读不了" in text(page.window(), "report_text")
    assert not page.acts.building


# --- months, grids, lines ---------------------------------------------------------------------------------------


def test_the_chooser_goes_back_and_refuses_the_future(qtbot, host, page):
    click(qtbot, host, page, "month_back", QToolButton)
    assert page.month == Month(2026, 10)
    assert page.heading == "2026 年 10 月月报"
    for _ in range(2):
        click(qtbot, host, page, "month_next", QToolButton)
    assert page.month == Month(2026, 12), "a month that has begun can be built"
    click(qtbot, host, page, "month_next", QToolButton)
    assert page.month == Month(2026, 12)
    assert toasts(page.window())[-1].text == "2027 年 1 月还没到，编不了。请选已经开始的月份。"


@MENUS
def test_the_month_menu_says_what_is_built(qtbot, host, built):
    named(built, QToolButton, "month_label").click()
    menu = named(built, QMenu, "month_menu")
    words = [a.text() for a in menu.actions()]
    assert words[:3] == ["2026 年 12 月", "2026 年 11 月　草稿", "2026 年 10 月"]
    assert len(words) == 13
    menu.actions()[2].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.month == Month(2026, 10)


@MENUS
def test_one_grid_alone(qtbot, host, town, built):
    named(built, QToolButton, "place_label").click()
    menu = named(built, QMenu, "place_menu")
    assert [a.text() for a in menu.actions()] == ["全站", "云和一网格", "云和二网格"]
    menu.actions()[2].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.place == town.grid_b
    assert shown(built, "people.residents")[3] == "1"
    built.table.go_to("people.residents")
    settle(qtbot, host)
    assert [r.title for r in built.records.model.rows()] == ["赵六"]


def test_chips_and_the_key_c(qtbot, host, built):
    chips = {n: named(built, QToolButton, f"only_{n}") for n in ("all", "changed", "wrong")}
    assert chips["all"].text() == "全部 42"
    changed = [line for line in lines(built) if line.figure.month != line.figure.previous]
    assert chips["changed"].text() == f"只看变了的 {len(changed)}"
    QTest.keyClick(built.table, Qt.Key.Key_C)
    assert lines(built) == changed
    assert chips["changed"].isChecked()
    QTest.keyClick(built.table, Qt.Key.Key_C)
    assert len(lines(built)) == 42
    chips["wrong"].click()
    assert {line.figure.indicator for line in lines(built)} == {k for f in built.checks.found for k in f.keys}


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
    assert text(built, "records_words") == "2 人 · 由 2 条记录组成"
    assert sorted(r.title for r in built.records.model.rows()) == ["张三", "王五"]
    built.table.setFocus()
    QTest.keyClick(built.table, Qt.Key.Key_Return)
    assert built.records.table.hasFocus()
    row = built.records.table.current_row()
    assert row.number == 1
    assert "****" in text(built, "record_detail")
    QTest.keyClick(built.records.table, Qt.Key.Key_Return)
    assert host.went == [("people", row.target_id)]
    QTest.keyClick(built.records.table, Qt.Key.Key_Escape)
    assert built.table.hasFocus()


def test_every_count_lists_as_many_as_it_says(qtbot, host, built):
    seen = 0
    for line in lines(built):
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
    assert text(built, "records_words") == "0 天 · 没有记录"
    assert built.records.model.shown == 0
    assert named(built, QPushButton, "records_print").isHidden()


# --- room -------------------------------------------------------------------------------------------------------


def test_the_side_becomes_a_drawer_where_there_is_no_room(qtbot, host, town):
    keep(town)
    page = show_page(qtbot, ReturnPage, host, (900, 560))
    assert page.side.drawer
    assert not page.side.isVisible()
    click(qtbot, host, page, "side_button")
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
    assert "没有此项操作的权限" in text(page, "state_text")
    town.station.sign_in("secretary")
    page.findChildren(QPushButton, "state_retry")[-1].click()
    settle(qtbot, host)
    assert page.view is not None
