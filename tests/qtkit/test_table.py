"""The table of the desk, by keyboard and by what it shows."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from centerdesk.kernel.clock import FixedClock
from centerdesk.kernel.errors import Unavailable
from centerdesk.qtkit.column_memory import ColumnMemory
from centerdesk.qtkit.columns import Align, Badge, Column, Tone, plain_column
from centerdesk.qtkit.labels import TextLabel, text_label
from centerdesk.qtkit.paged_model import LoadState, PagedTableModel
from centerdesk.qtkit.states import State, Way
from centerdesk.qtkit.table import LedgerTable
from centerdesk.qtkit.theme import Theme
from tests.helpers.columns import MemoryStore
from tests.helpers.qt import FakeRow, pages_of

pytestmark = pytest.mark.gui
WAIT_MS = 5000
COLUMNS = (
    plain_column("name", "姓名", "name", sort_key="name", bold=True, fixed=True),
    Column("age", "年龄", lambda r: str(60 + r.id), Align.RIGHT, width=60, number=lambda r: 60 + r.id),
    Column("note", "备注", lambda r: r.note, width=200),
    Column(
        "tags", "标签", lambda _r: "", badges=lambda _r: (Badge("独居", Tone.BLUE), Badge("高龄", Tone.SOON))
    ),
    Column("late", "核实", lambda _r: "逾期", tone=lambda _r: Tone.LATE, visible=False),
)
ROWS = [FakeRow(n, f"第{n}人", f"备注{n}") for n in range(500)]


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def make(qtbot, runner, window, store):
    def build(load=None, **options):
        model = PagedTableModel(
            runner,
            options.pop("columns", COLUMNS),
            load or pages_of(ROWS),
            count=options.pop("count", None),
            tickable=options.pop("tickable", True),
            parent=window,
        )
        table = LedgerTable(model, "people", store=store, **options)
        window.layout().addWidget(table)
        facts = text_label(name="facts")
        table.facts_changed.connect(facts.setText)
        window.layout().addWidget(facts)
        return table

    return build


@pytest.fixture
def table(qtbot, make):
    built = make()
    built.refresh()
    qtbot.waitUntil(lambda: built.ledger.shown == 200, timeout=WAIT_MS)
    built.setFocus()
    built.select_id(0)
    return built


def press(qtbot, table, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(table, key, modifier)


def button(table, name):
    return table.findChild(QPushButton, name)


def test_space_ticks_the_selected_rows(qtbot, table):
    press(qtbot, table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(qtbot, table, Qt.Key.Key_Space)
    assert table.ledger.ticked() == {0, 1}
    press(qtbot, table, Qt.Key.Key_Space)
    assert table.ledger.ticked() == frozenset()


def test_a_click_on_the_box_ticks_without_selecting(qtbot, table):
    cell = table.visualRect(table.ledger.index(3, 0))
    spot = cell.topLeft()
    spot.setX(spot.x() + 18)
    spot.setY(cell.center().y())
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert table.ledger.ticked() == {3}
    assert table.selection().ids == (0,)


def test_enter_opens_and_ctrl_enter_opens_a_window(qtbot, table):
    press(qtbot, table, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.row_activated) as opened:
        press(qtbot, table, Qt.Key.Key_Return)
    assert opened.args[0].id == 1
    with qtbot.waitSignal(table.row_opened) as own:
        press(qtbot, table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert own.args[0].id == 1


def test_ctrl_a_means_everything_the_filter_holds(qtbot, table):
    press(qtbot, table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selection().whole_filter
    assert len(table.selection().ids) == 200
    table.ledger.fetchMore()
    qtbot.waitUntil(lambda: table.ledger.shown == 400, timeout=WAIT_MS)
    assert len(table.selection().ids) == 400
    press(qtbot, table, Qt.Key.Key_Home)
    assert not table.selection().whole_filter


def test_letters_go_to_the_search_field(qtbot, table):
    with qtbot.waitSignal(table.typed) as typed:
        qtbot.keyClicks(table, "l")
    assert typed.args == ["l"]
    with qtbot.assertNotEmitted(table.typed):
        press(qtbot, table, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        press(qtbot, table, Qt.Key.Key_Space)
        press(qtbot, table, Qt.Key.Key_Down)


def test_escape_is_the_pages_business(qtbot, table):
    with qtbot.waitSignal(table.escaped):
        press(qtbot, table, Qt.Key.Key_Escape)


def test_home_and_end_go_to_the_first_and_last_row(qtbot, table):
    press(qtbot, table, Qt.Key.Key_End)
    assert table.currentIndex().row() == 199
    press(qtbot, table, Qt.Key.Key_Home)
    assert table.currentIndex().row() == 0


def test_copy_is_tsv_of_what_is_shown(qtbot, table):
    press(qtbot, table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    table.columns.set_visible("age", False)
    header = table.horizontalHeader()
    header.moveSection(header.visualIndex(2), 0)
    with qtbot.waitSignal(table.copied) as copied:
        press(qtbot, table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == [2]
    assert QGuiApplication.clipboard().text() == "备注0\t第0人\t独居、高龄\n备注1\t第1人\t独居、高龄"


def test_a_reload_keeps_selection_current_row_and_place(qtbot, make):
    data = list(ROWS)
    table = make(load=lambda s, a, n: pages_of(data)(s, a, n))
    table.refresh()
    qtbot.waitUntil(lambda: table.ledger.shown == 200, timeout=WAIT_MS)
    table.ledger.fetchMore()
    qtbot.waitUntil(lambda: table.ledger.shown == 400, timeout=WAIT_MS)
    table.select_id(250)
    place = table.verticalScrollBar().value()
    assert place > 0
    del data[0]  # a colleague removed the first one
    with qtbot.waitSignal(table.ledger.swapped, timeout=WAIT_MS):
        table.refresh()
    assert table.selection().ids == (250,)
    assert table.current_row().id == 250
    assert table.verticalScrollBar().value() == place


def test_the_detail_pane_hears_of_the_current_row(qtbot, table):
    with qtbot.waitSignal(table.row_changed) as changed:
        press(qtbot, table, Qt.Key.Key_Down)
    assert changed.args[0].id == 1


def test_the_facts_tell_shown_selected_and_sum(qtbot, make, window):
    table = make(count=lambda _s: 500)
    facts = window.findChild(TextLabel, "facts")
    table.refresh()
    qtbot.waitUntil(lambda: facts.text() == "共 500 条 · 已列出 200 条", timeout=WAIT_MS)
    table.select_id(0)
    press(qtbot, table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert facts.text() == "共 500 条 · 已列出 200 条 · 已选 2 条 · 年龄 121"
    press(qtbot, table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert "已选全部" in facts.text()


def test_header_click_sorts_and_is_remembered(qtbot, table, store):
    table.ledger.sort_requested.connect(lambda key, down: asked.append((key, down)))
    asked = []
    header = table.horizontalHeader()
    header.sectionClicked.emit(0)
    header.sectionClicked.emit(0)
    header.sectionClicked.emit(2)  # not sortable
    assert asked == [("name", False), ("name", True)]
    table.columns.save()
    assert store.kept["people"].sort == ("name", True)


def test_columns_are_remembered_and_can_be_put_back(qtbot, make, store):
    store.save(
        "people", ColumnMemory(("note", "name", "gone"), frozenset({"note"}), {"name": 150}, ("name", True))
    )
    table = make()
    header = table.horizontalHeader()
    assert header.isSectionHidden(2)
    assert header.sectionSize(0) == 150
    assert [header.logicalIndex(p) for p in range(5)] == [2, 0, 1, 3, 4]
    assert header.isSectionHidden(4)  # new since then, and not shown by default
    assert table.ledger.sorted_by == ("name", True)
    menu = QMenu(table)
    table.columns.fill_menu(menu)
    entries = {a.objectName(): a for a in menu.actions()}
    assert not entries["column_name"].isEnabled()  # fixed
    entries["restore_columns"].trigger()
    assert [header.logicalIndex(p) for p in range(5)] == [0, 1, 2, 3, 4]
    assert not header.isSectionHidden(2)
    assert store.kept["people"].hidden == {"late"}
    entries["column_late"].setChecked(True)
    assert not header.isSectionHidden(4)
    table.columns.save()


def test_an_empty_list_teaches(qtbot, make):
    pressed = []
    empty = State(
        "empty", "还没有居民。", "从名单导入，或登记第一位。", (Way("登记第一位", lambda: pressed.append(1)),)
    )
    table = make(load=pages_of([]), empty=empty)
    table.refresh()
    qtbot.waitUntil(lambda: table.overlay.card.isVisible(), timeout=WAIT_MS)
    assert table.overlay.card.state == empty
    button(table, "state_way_0").click()
    assert pressed == [1]
    table.set_filtered(replace(empty, kind="filtered", title="这样筛没有人。"))
    with qtbot.waitSignal(table.ledger.swapped, timeout=WAIT_MS):
        table.refresh()
    assert table.overlay.card.state.title == "这样筛没有人。"


@pytest.mark.parametrize("height", [200, 600])
def test_the_first_read_after_a_key_fills_the_window_and_little_more(qtbot, table, height):
    table.setFixedHeight(height)
    qtbot.waitUntil(lambda: table.height() == height, timeout=WAIT_MS)
    with qtbot.waitSignal(table.ledger.swapped, timeout=WAIT_MS):
        table.ledger.set_query(pages_of(ROWS))
    last = table.rowAt(table.viewport().height() - 1)
    assert last < table.ledger.shown - 1
    assert table.ledger.shown <= last + 2 + table.ledger.SPARE


def test_a_failed_read_says_what_to_do_and_tries_again(qtbot, make):
    state = {"fails": True}

    def load(session, after, limit):
        if state["fails"]:
            raise Unavailable("数据库正忙，请稍后再试。")
        return pages_of(ROWS)(session, after, limit)

    table = make(load=load)
    table.refresh()
    qtbot.waitUntil(lambda: table.overlay.card.isVisible(), timeout=WAIT_MS)
    assert table.overlay.card.state.kind == "error"
    assert "稍后再试" in table.overlay.card.state.text
    state["fails"] = False
    button(table, "state_retry").click()
    qtbot.waitUntil(lambda: table.ledger.shown == 200, timeout=WAIT_MS)
    assert not table.overlay.card.isVisible()


def test_a_failed_reload_dims_the_old_rows_and_says_from_when_they_are(qtbot, make):
    state = {"fails": False}

    def load(session, after, limit):
        if state["fails"]:
            raise Unavailable("数据库正忙，请稍后再试。")
        return pages_of(ROWS)(session, after, limit)

    table = make(load=load, clock=FixedClock(datetime(2026, 12, 3, 0, 41, tzinfo=UTC)))
    table.refresh()
    qtbot.waitUntil(lambda: table.ledger.shown == 200, timeout=WAIT_MS)
    state["fails"] = True
    table.refresh()
    qtbot.waitUntil(lambda: table.dimmed, timeout=WAIT_MS)
    assert table.ledger.shown == 200
    text = table.findChild(TextLabel, "table_band_text").text()
    assert text == "数据库正忙，请稍后再试。下面是 08:41 的内容。"
    state["fails"] = False
    button(table, "table_band_way").click()
    qtbot.waitUntil(lambda: not table.dimmed, timeout=WAIT_MS)


class Shown(QObject):
    """Widgets in the order in which they came into sight."""

    def __init__(self, *watched: QWidget) -> None:
        super().__init__()
        self.order: list[QWidget] = []
        for widget in watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self.order.append(watched)
        return False


def test_a_short_wait_shows_nothing_and_a_long_one_can_be_stopped(qtbot, make):
    gate = threading.Event()

    def load(session, after, limit):
        gate.wait(10)
        return pages_of(ROWS)(session, after, limit)

    table = make(load=load)
    table.overlay.BUSY_MS, table.overlay.STOP_MS = 20, 40  # the order is what is tested
    line, card = table.overlay._line, table.overlay.card
    shown = Shown(line, card)
    table.refresh()
    assert not line.isVisible()
    qtbot.waitUntil(card.isVisible, timeout=WAIT_MS)
    assert shown.order == [line, card]
    button(table, "state_stop").click()
    assert table.ledger.state is LoadState.READY
    assert not line.isVisible()
    gate.set()


@pytest.mark.parametrize("look", ["light", "dark", "contrast"])
@pytest.mark.parametrize("large", [False, True])
def test_it_paints_in_every_look(qtbot, qapp, table, look, large):
    """Every cell kind is painted, and the ground of a selected row is the token's own colour."""
    try:
        chosen = Theme.load(look, large=large, bundled_fonts=True)
        chosen.apply(qapp)
        assert table.rowHeight(0) == chosen.size("row")
        table.columns.set_visible("late", True)
        picture: QImage = table.viewport().grab().toImage()
        cell = table.visualRect(table.ledger.index(0, 2))
        assert picture.pixelColor(cell.right() - 3, cell.center().y()) == chosen.colour("wash")
    finally:
        Theme.load("light", bundled_fonts=True).apply(qapp)


@pytest.mark.qt_log_ignore(r"support raise\(\)", "grabbing the keyboard")  # offscreen and popups
def test_the_column_menu_opens_and_goes(qtbot, table):
    table.show_columns_menu()
    menu = table.findChild(QMenu, "column_menu")
    assert menu.isVisible()
    menu.close()
    qtbot.waitUntil(lambda: table.findChild(QMenu, "column_menu") is None, timeout=WAIT_MS)


def test_the_first_two_columns_stay_when_scrolled_sideways(qtbot, table, window):
    window.resize(500, 400)
    table.columns.set_visible("late", True)
    bar = table.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=WAIT_MS)
    table.selectionModel().clear()
    start: QImage = table.viewport().grab().toImage()
    bar.setValue(bar.maximum())
    header = table.horizontalHeader()
    width = header.sectionSize(0) + header.sectionSize(1)
    held: QImage = table.viewport().grab().toImage()
    rows = table.rowHeight(0) * 3
    assert held.copy(0, 0, width, rows) == start.copy(0, 0, width, rows)
    assert held.copy(width + 4, 0, 100, rows) != start.copy(width + 4, 0, 100, rows)
    cell = table.cell_rect(table.ledger.index(3, 0))
    assert cell.x() == 0
    spot = cell.center()
    spot.setX(18)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert table.ledger.ticked() == {3}


def test_widths_follow_the_zoom_and_are_remembered_at_100_percent(qtbot, qapp, table, store):
    header = table.horizontalHeader()
    header.resizeSection(0, 140)
    try:
        Theme.load("light", zoom=150, bundled_fonts=True).apply(qapp)
        assert header.sectionSize(0) == 210
        assert store.kept["people"].widths == {"name": 140}
        Theme.load("light", large=True, bundled_fonts=True).apply(qapp)
        assert header.sectionSize(0) == pytest.approx(140 * 19 / 13.5, abs=1)
    finally:
        Theme.load("light", bundled_fonts=True).apply(qapp)
    assert header.sectionSize(0) == 140


def test_the_stretching_column_fills_the_table_and_never_shrinks_below_its_width(qtbot, make, window, store):
    columns = tuple(replace(c, stretch=c.key == "note") for c in COLUMNS)
    table = make(columns=columns)
    header, bar = table.horizontalHeader(), table.horizontalScrollBar()
    qtbot.waitUntil(lambda: header.length() == table.viewport().width(), timeout=WAIT_MS)
    wide = header.sectionSize(2)
    assert wide > 200
    assert bar.maximum() == 0
    header.resizeSection(0, header.sectionSize(0) + 50)
    assert header.sectionSize(2) == wide - 50
    table.columns.set_visible("age", False)
    assert header.length() == table.viewport().width()
    window.resize(320, 400)
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=WAIT_MS)
    assert header.sectionSize(2) == 200
    table.columns.save()
    assert "note" not in store.kept["people"].widths
