"""The append-only model over a keyset query."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QModelIndex, Qt

from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.paging import Page
from centerdesk.qtkit.columns import Badge, Column, Role, plain_column, tsv_cell
from centerdesk.qtkit.paged_model import LoadState, PagedTableModel, Tail
from tests.helpers.qt import FakeRow, pages_of

pytestmark = pytest.mark.gui
WAIT_MS = 5000
ROOT = QModelIndex()
COLUMNS = (
    plain_column("name", "姓名", "name", sort_key="name_key", bold=True),
    Column("note", "备注", lambda _r: "", badges=lambda _r: (Badge("独居"), Badge("高龄"))),
)


def rows(count, start=0):
    return [FakeRow(n, f"第{n}人") for n in range(start, start + count)]


@pytest.fixture
def model(runner):
    made = []

    def make(load, **options):
        m = PagedTableModel(runner, COLUMNS, load, **options)
        m.CHUNK = 50
        made.append(m)
        return m

    yield make
    for m in made:
        m.deleteLater()


def ready(qtbot, m, shown):
    qtbot.waitUntil(lambda: m.shown == shown and not m.busy, timeout=WAIT_MS)


class Gate:
    """A load that fails or waits when told to."""

    def __init__(self, all_rows):
        self.load_rows = pages_of(all_rows)
        self.fails = False
        self.open = threading.Event()
        self.open.set()
        self.calls = []

    def __call__(self, session, after, limit):
        self.calls.append(after)
        self.open.wait(5)
        if self.fails:
            raise Unavailable("读不出来，请稍后再试。")
        return self.load_rows(session, after, limit)


def test_qt_finds_no_fault_with_it(qtbot, qtmodeltester, model):
    m = model(pages_of(rows(120)), tickable=True)
    m.reload()
    ready(qtbot, m, 50)
    qtmodeltester.check(m)
    qtbot.waitUntil(lambda: not m.busy, timeout=WAIT_MS)  # the tester calls fetchMore itself
    m.set_ticks({1, 2}, True)
    qtmodeltester.check(m)
    qtbot.waitUntil(lambda: not m.busy, timeout=WAIT_MS)


def test_reads_in_chunks_and_each_row_once(qtbot, model):
    m = model(pages_of(rows(120)))
    assert m.state is LoadState.FRESH
    m.fetchMore(ROOT)
    ready(qtbot, m, 50)
    assert m.total is None
    m.fetchMore(ROOT)
    ready(qtbot, m, 100)
    m.fetchMore(ROOT)
    ready(qtbot, m, 120)
    assert not m.canFetchMore(ROOT)
    assert [row.id for row in m.rows()] == list(range(120))
    assert m.total == 120


def test_the_total_is_a_query_of_its_own(qtbot, model):
    m = model(pages_of(rows(120)), count=lambda _s: 120)
    m.reload()
    ready(qtbot, m, 50)
    qtbot.waitUntil(lambda: m.total == 120, timeout=WAIT_MS)


def test_a_late_page_of_the_old_query_does_not_land_in_the_new_one(qtbot, model):
    old, new = Gate(rows(30)), Gate(rows(10, start=1000))
    m = model(old)
    old.open.clear()
    m.reload()
    m.set_query(new)
    ready(qtbot, m, 10)
    old.open.set()
    with qtbot.assertNotEmitted(m.swapped, wait=50):
        pass
    assert [row.id for row in m.rows()] == list(range(1000, 1010))


def test_known_rows_stay_until_the_new_ones_are_there(qtbot, model):
    gate = Gate(rows(30))
    m = model(gate)
    m.reload()
    ready(qtbot, m, 30)
    gate.open.clear()
    m.reload()
    assert m.shown == 30
    assert m.state is LoadState.LOADING
    with qtbot.waitSignal(m.swapped, timeout=WAIT_MS):
        gate.open.set()
    assert m.shown == 30


def test_a_reload_brings_as_many_rows_as_are_in_sight_before_it_swaps(qtbot, model):
    m = model(pages_of(rows(400)))
    m.reload()
    ready(qtbot, m, 50)
    swaps = []
    m.swapped.connect(lambda: swaps.append(m.shown))
    m.reload(keep=130)
    ready(qtbot, m, 150)
    assert swaps == [150]


def test_a_failed_first_page_can_be_tried_again(qtbot, model):
    gate = Gate(rows(10))
    gate.fails = True
    m = model(gate)
    m.reload()
    qtbot.waitUntil(lambda: m.state is LoadState.FAILED, timeout=WAIT_MS)
    assert isinstance(m.error, Unavailable)
    assert not m.busy
    gate.fails = False
    m.retry()
    ready(qtbot, m, 10)
    assert m.error is None
    assert m.state is LoadState.READY


def test_a_failed_reload_keeps_the_old_rows(qtbot, model):
    gate = Gate(rows(10))
    m = model(gate)
    m.reload()
    ready(qtbot, m, 10)
    gate.fails = True
    m.reload()
    qtbot.waitUntil(lambda: m.state is LoadState.FAILED, timeout=WAIT_MS)
    assert m.shown == 10


def test_a_failed_later_page_shows_a_retry_row(qtbot, qtmodeltester, model):
    gate = Gate(rows(80))
    m = model(gate)
    m.reload()
    ready(qtbot, m, 50)
    gate.fails = True
    m.fetchMore(ROOT)
    qtbot.waitUntil(lambda: m.tail is Tail.RETRY, timeout=WAIT_MS)
    assert m.rowCount() == 51
    last = m.index(50, 0)
    assert last.data(Role.TAIL) is Tail.RETRY
    assert "再试" in last.data()
    assert m.row(50) is None
    assert not m.canFetchMore(ROOT)  # no storm of failing reads
    qtmodeltester.check(m)
    gate.fails = False
    m.retry()
    ready(qtbot, m, 80)
    assert m.tail is None
    assert m.rowCount() == 80


def test_it_stops_at_the_cap_and_says_so(qtbot, model):
    m = model(pages_of(rows(400)))
    m.CAP = 100
    m.reload()
    ready(qtbot, m, 50)
    m.fetchMore(ROOT)
    ready(qtbot, m, 100)
    assert m.tail is Tail.CAPPED
    assert "缩小" in m.index(100, 0).data()
    assert not m.canFetchMore(ROOT)


def test_stop_leaves_what_is_known_and_a_way_to_go_on(qtbot, model):
    gate = Gate(rows(80))
    m = model(gate)
    m.reload()
    ready(qtbot, m, 50)
    gate.open.clear()
    m.fetchMore(ROOT)
    m.stop()
    gate.open.set()
    assert not m.busy
    assert m.tail is Tail.RETRY
    m.retry()
    ready(qtbot, m, 80)


def test_stopping_the_first_read_offers_it_again(qtbot, model):
    gate = Gate(rows(80))
    gate.open.clear()
    m = model(gate)
    m.reload()
    m.stop()
    gate.open.set()
    assert m.shown == 0
    m.retry()
    ready(qtbot, m, 50)
    assert [row.id for row in m.rows()] == list(range(50))


def test_ticks_are_by_id_and_survive_a_reload(qtbot, model):
    m = model(pages_of(rows(80)), tickable=True)
    m.reload()
    ready(qtbot, m, 50)
    m.toggle([3, 4])
    m.reload()
    qtbot.waitUntil(lambda: m.state is LoadState.READY, timeout=WAIT_MS)
    assert m.ticked() == {3, 4}
    m.toggle([3, 4, 5])  # one was not ticked: now all are
    assert m.ticked() == {3, 4, 5}
    m.toggle([3, 4, 5])
    assert m.ticked() == frozenset()
    assert m.setData(m.index(7, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    assert m.index(7, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked


def test_ticks_of_rows_that_are_gone_go_too(qtbot, model):
    m = model(pages_of(rows(5)), tickable=True)
    m.reload()
    ready(qtbot, m, 5)
    m.toggle([0, 1])
    m.set_query(pages_of(rows(5, start=1)))
    qtbot.waitUntil(lambda: m.rows()[0].id == 1, timeout=WAIT_MS)
    assert m.ticked() == {1}


def test_sorting_asks_for_another_query_and_is_read_aloud(qtbot, model):
    m = model(pages_of(rows(5)))
    with qtbot.waitSignal(m.sort_requested) as asked:
        m.sort(0, Qt.SortOrder.DescendingOrder)
    assert asked.args == ["name_key", True]
    across = Qt.Orientation.Horizontal
    assert m.headerData(0, across) == "姓名 ↓"
    assert m.headerData(0, across, Qt.ItemDataRole.AccessibleTextRole) == "姓名，从大到小"
    with qtbot.assertNotEmitted(m.sort_requested):
        m.sort(1)  # not sortable


def test_a_cell_says_its_badges(qtbot, model):
    m = model(pages_of(rows(1)))
    m.reload()
    ready(qtbot, m, 1)
    assert m.index(0, 1).data() == "独居、高龄"
    assert m.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "备注 独居、高龄"
    assert m.index(0, 0).data(Role.BOLD) is True


def test_clear_forgets_everything(qtbot, model):
    m = model(pages_of(rows(5)), tickable=True)
    m.reload()
    ready(qtbot, m, 5)
    m.toggle([1])
    m.clear()
    assert (m.shown, m.ticked(), m.state) == (0, frozenset(), LoadState.FRESH)
    assert not m.canFetchMore(ROOT)


def test_tooltips_are_never_read_as_html(qtbot, runner):
    column = Column("n", "备注", lambda r: r.note, tooltip=lambda r: r.note)
    m = PagedTableModel(runner, (column,), lambda _s, _a, _l: Page((FakeRow(1, "", "<img src=x>"),)))
    m.reload()
    ready(qtbot, m, 1)
    tip = m.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img src=x&gt;" in tip
    m.deleteLater()


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        ("李**", "李**"),
        ("a\tb\nc", "a b c"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+8", "'+8"),
        ("-3", "-3"),
        ("-cmd", "'-cmd"),
        ("-", "-"),
        ("3-2-501", "3-2-501"),
    ],
)
def test_a_copied_cell_is_one_line_and_no_formula(text, pasted):
    assert tsv_cell(text) == pasted
