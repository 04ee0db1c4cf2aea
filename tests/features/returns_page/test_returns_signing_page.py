"""Checks and signing on the page of returns, by object names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from centerdesk.app.features import manifests
from centerdesk.features.returns import api
from centerdesk.features.returns.ui.pages import ReturnPage
from centerdesk.kernel.clock import Month
from centerdesk.qtkit import notify
from tests.helpers.pagehost import page_host, settle, show_page
from tests.helpers.returns import NOVEMBER, click, keep, lines, named, shown, text

pytestmark = [pytest.mark.gui, pytest.mark.db]
MENUS = pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard", extend=True)


# --- checks and signing -----------------------------------------------------------------------------------------


def test_checks_say_what_was_found_and_lead_there(qtbot, host, built):
    found = built.checks.found
    assert [f.level.value for f in found] == ["提示"]
    assert "行比上月变了 30% 以上" in found[0].title
    click(qtbot, host, built, "finding_show_0")
    assert built.table.current_line.figure.indicator == found[0].keys[0]
    assert {line.figure.indicator for line in lines(built)} == set(found[0].keys)


def _broken(town) -> None:
    station = town.station
    with station.read() as session:
        built = api.build_figures(session, station.actor, station.clock, NOVEMBER, manifests().indicators())
    wrong = tuple(
        replace(f, month=replace(f.month, value=99)) if f.key == "people.aged80@" else f
        for f in built.figures
    )
    keep(town, figures=wrong)


def test_an_error_blocks_signing_and_marks_its_cell(qtbot, host, town, page):
    _broken(town)
    page.mark_dirty()
    settle(qtbot, host)
    assert page.errors == 1
    line = next(x for x in lines(page) if x.figure.indicator == "people.aged80")
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
    assert "已由测试secretary签发，锁了" in text(built, "read_only_text")
    assert built.primary is None
    assert built.bar.steps.accessibleName() == "第 2 步，共 2 步"
    assert built.acts.why_not_sign() == "已签发"
    click(qtbot, host, built, "read_only_way")
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
    assert named(built, QWidget, "read_only").isHidden()
    named(built, QToolButton, "edition_label").click()
    menu = named(built, QMenu, "edition_menu")
    assert [a.text() for a in menu.actions()] == ["第 2 版（草稿）", "第 1 版（已签发）"]
    menu.actions()[1].trigger()
    menu.close()
    settle(qtbot, host)
    assert built.view.edition.id == first.id
    assert shown(built, "people.residents")[3] == "4"
    assert not named(built, QWidget, "read_only").isHidden()


@pytest.mark.parametrize(
    ("role", "offered"),
    [("front_desk", ["returns.rebuild"]), ("secretary", ["returns.sign", "returns.rebuild"])],
)
def test_only_the_secretary_is_offered_to_sign(qtbot, town, role, offered):
    keep(town)
    town.station.sign_in(role)
    with page_host(town.station) as host:
        page = show_page(qtbot, ReturnPage, host)
        heads = [a.id for a in (page.primary, *page.secondary) if a is not None]
        assert heads == offered
        assert host.actions.trigger("returns.sign") is (role == "secretary")
        for sheet in page.window().findChildren(notify.Sheet):
            sheet.leave()
