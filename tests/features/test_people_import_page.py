"""导入 by its object names: a file chosen, looked at, corrected, written, withdrawn."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QListView, QPushButton, QWidget
from sqlalchemy import func, select

from centerdesk.features.people.models import Resident
from centerdesk.features.people.ui.import_page import ImportPage
from centerdesk.features.places import api as places
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import resource
from centerdesk.qtkit import notify
from centerdesk.qtkit.look import theme
from tests.helpers.pagehost import settle, show_page
from tests.helpers.people import COMPOUND, id_number

pytestmark = [pytest.mark.gui, pytest.mark.db]
HEADER = ["序号", "姓名", "身份证号", "小区", "门牌", "与户主关系", "联系电话", "网格", "标签", "血型"]


def _number(n: int) -> str:
    from datetime import date

    return id_number(date(1950, 1, 1), n)


def _row(n: int, name: str, **values: str) -> list[str]:
    usual = {"id": _number(n), "compound": COMPOUND, "door": f"3-2-{n + 4}01", "relation": "户主",
             "phone": f"1381234567{n}", "grid": "云和一网格", "tags": "", "blood": ""}  # fmt: skip
    usual |= values
    return [str(n), name, *usual.values()]


def _save(path: Path, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    sheet.append(["云和里居民名单"])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def answers():
    """Answer every question with these keys, one after the other."""
    waiting: list[str] = []
    notify.answer_with = lambda _question: waiting.pop(0)
    yield waiting
    notify.answer_with = None


@pytest.fixture
def small(tmp_path):
    """Four rows: one good, one with a wrong check digit, one short telephone, one unknown grid."""
    return _save(
        tmp_path / "名单.xlsx",
        [
            _row(1, "李桂兰", tags="独居"),
            _row(2, "李国梁", id=_number(2)[:-1] + ("0" if _number(2)[-1] != "0" else "1")),
            _row(3, "单玉华", phone="138123"),
            _row(4, "吴凤琴", grid="云和九网格"),
        ],
    )


def _named(root: QWidget, kind: type, name: str):
    found = root.findChild(kind, name)
    assert found is not None, name
    return found


def _text(root: QWidget, name: str) -> str:
    return _named(root, QLabel, name).text()


def _count(town) -> int:
    with town.station.read() as session:
        return session.scalar(select(func.count()).select_from(Resident)) or 0


def _open(qtbot, host, path: Path) -> ImportPage:
    page = show_page(qtbot, ImportPage, host)
    page.open_file = lambda _owner, _title, _patterns, chosen: chosen(path)
    _named(page, QPushButton, "choose_file").click()
    settle(qtbot, host)
    return page


def test_a_file_is_looked_at_before_anything_is_written(qtbot, host, town, small):
    page = _open(qtbot, host, small)
    assert page.facts == "名单.xlsx · 4 行 · 表头在第 2 行"
    assert "还没写入" in _text(page, "promise")
    assert (_text(page, "trial_new"), _text(page, "trial_blocked")) == ("3", "1")
    assert (_text(page, "count_refuse"), _text(page, "count_warn")) == ("挡住 1", "要看 2")
    assert _named(page, QPushButton, "confirm").text() == "确认 3 行"
    assert _count(town) == 0
    assert page.steps.accessibleName() == "第 2 步，共 5 步", "a column nobody knows is asked about first"
    assert "1 列没认出来" in _text(page, "columns_hint")


def test_cells_are_masked_and_marked(qtbot, host, small):
    page = _open(qtbot, host, small)
    model = page.review.model
    texts = [str(model.index(r, c).data()) for r in range(4) for c in range(model.columnCount())]
    assert not any(_number(n) in text for n in range(1, 5) for text in texts)
    assert "138123" in texts, "what is no number is shown as it stands, to be mended"
    fields = dict(zip(model.fields, range(model.columnCount()), strict=True))
    marks = {
        (r, field): model.cell(r, c).severity
        for r in range(4)
        for field, c in fields.items()
        if model.cell(r, c).severity
    }
    assert marks == {(1, "id"): "refuse", (2, "phone"): "warn", (3, "grid"): "warn"}


def test_marked_cells_are_painted_so(qtbot, host, small):
    grid = _open(qtbot, host, small).review.grid
    grid.setCurrentIndex(grid.model().index(3, 0))
    shot = grid.viewport().grab().toImage()

    def ground(row: int, field: str) -> str:
        cell = grid.visualRect(grid.model().index(row, grid.model().fields.index(field)))
        return shot.pixelColor(cell.left() + 4, cell.top() + 4).name()

    look = theme()
    assert ground(0, "id") == look.colour("surface").name()
    assert ground(1, "id") == look.colour("red-wash").name()
    assert ground(2, "phone") == look.colour("dawn-wash").name()
    assert ground(3, "id") == look.colour("surface2").name(), "the row in hand"


class _FirstPaint(QObject):
    """Whether somebody writes when a widget is first painted."""

    def __init__(self, watched: QWidget, host) -> None:
        super().__init__(watched)
        self.writing: list[bool] = []
        self._host = host
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.writing.append(self._host.runner.writing)
        return False


def test_the_rows_are_painted_before_they_are_tried(qtbot, host, small):
    page = show_page(qtbot, ImportPage, host)
    first = _FirstPaint(page.review.grid.viewport(), host)
    page.start(small)
    settle(qtbot, host)
    assert page.jobs.roster.trial is not None
    assert first.writing[0] is False


def test_what_lay_on_the_table_is_not_kept(qtbot, host, small):
    page = _open(qtbot, host, small)
    row, cells = page.jobs.roster.reading.rows[0], page.jobs.roster.workbook.sheets[0].rows[2]
    page.start_over()
    settle(qtbot, host)
    assert (sys.getrefcount(row), sys.getrefcount(cells)) == (2, 2), "nobody but the test"


def test_rows_changed_before_they_were_on_show_are_tried_as_they_are_then(qtbot, host, small):
    page = show_page(qtbot, ImportPage, host)
    tried: list[int] = []

    def judged(roster) -> None:
        if roster.trial is not None:
            tried.append(roster.trial.new)
        elif not roster.skipped:
            page.jobs.skip("名单", 3)

    page.jobs.judged.connect(judged)
    page.start(small)
    settle(qtbot, host)
    assert tried == [2]


def test_f8_walks_the_problems_worst_first(qtbot, host, small):
    page = _open(qtbot, host, small)
    seen = [_text(page, "cell_where")]  # the first is chosen as soon as there is one
    for _ in range(3):
        host.actions.trigger("people.import.next")
        seen.append(_text(page, "cell_where"))
    assert seen == ["第 4 行 身份证号", "第 5 行 电话", "第 6 行 网格", "第 4 行 身份证号"]
    assert "校验码" in _text(page, "cell_note")
    assert "校验位" in _named(page, QListView, "problems").currentIndex().data()


def test_a_blocked_cell_is_typed_anew_and_the_problem_goes(qtbot, host, small):
    page = _open(qtbot, host, small)
    page.review.grid.setFocus()
    QTest.keyClick(page.review.grid, Qt.Key.Key_F2)
    line = page.review.line
    assert (line.hasFocus(), line.text()) == (True, ""), "the wrong number is not repeated"
    QTest.keyClicks(line, _number(2))
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(qtbot, host)
    assert (_text(page, "trial_new"), _text(page, "trial_blocked")) == ("4", "0")
    assert _text(page, "cell_where") == "第 4 行 身份证号", "the place is kept"
    assert load_workbook(small).active["C4"].value != _number(2), "the file itself is never touched"


def test_a_row_can_be_left_out_and_taken_in_again(qtbot, host, small):
    page = _open(qtbot, host, small)
    page.review.grid.go_to(3, 2)
    QTest.keyClick(page.review.grid, Qt.Key.Key_Delete)
    settle(qtbot, host)
    assert (_text(page, "trial_new"), _text(page, "trial_blocked")) == ("2", "2")
    assert "跳过了" in _text(page, "cell_note")
    QTest.keyClick(page.review.grid, Qt.Key.Key_Delete)
    settle(qtbot, host)
    assert _text(page, "trial_new") == "3"


def test_only_the_rows_with_problems(qtbot, host, small):
    page = _open(qtbot, host, small)
    _named(page, QWidget, "rows_problems").click()
    assert page.review.model.rowCount() == 3
    _named(page, QWidget, "rows_all").click()
    assert page.review.model.rowCount() == 4


def test_a_column_can_stand_for_something_else(qtbot, host, small):
    page = _open(qtbot, host, small)
    choice = _named(page, QComboBox, "column_J")
    assert choice.currentText() == "不导入"
    choice.setCurrentIndex(choice.findText("备注"))
    choice.activated.emit(choice.currentIndex())
    settle(qtbot, host)
    assert "没认出来" not in _text(page, "columns_hint")
    assert "remark" in page.review.model.fields
    choice = _named(page, QComboBox, "column_G")
    choice.setCurrentIndex(choice.findText("不导入"))
    choice.activated.emit(choice.currentIndex())
    settle(qtbot, host)
    assert "phone" not in page.review.model.fields
    assert _text(page, "count_warn") == "要看 1"


def test_missing_grids_are_made_by_who_may(qtbot, host, town, small):
    page = _open(qtbot, host, small)
    assert _named(page, QPushButton, "add_grids").text() == "建这 1 个网格"
    _named(page, QPushButton, "add_grids").click()
    settle(qtbot, host)
    assert (
        page.findChild(QPushButton, "add_grids") is None
        or not page.findChild(QPushButton, "add_grids").isVisible()
    )
    assert _text(page, "count_warn") == "要看 1"
    with town.station.read() as session:
        assert "云和九网格" in [g.name for g in places.grids(session)]


def test_the_front_desk_is_told_whom_to_ask(qtbot, host, town, small):
    town.station.sign_in("front_desk")
    page = _open(qtbot, host, small)
    assert page.findChild(QPushButton, "add_grids") is None
    assert any("请书记" in label.text() for label in page.review.trial.findChildren(QLabel))


def test_written_then_the_same_again_changes_nothing_then_withdrawn(qtbot, host, town, small, answers):
    page = _open(qtbot, host, small)
    _named(page, QPushButton, "confirm").click()
    settle(qtbot, host)
    assert _count(town) == 3
    assert host.backups == 0, "three rows need no backup of their own"
    assert "3 位进了台账" in _text(page, "done_title")
    assert _text(page, "done_counts") == "新增 3 · 更新 0 · 不变 0 · 没收 1"
    _named(page, QPushButton, "done_again").click()
    page.start(small)
    settle(qtbot, host)
    assert (_text(page, "trial_new"), _text(page, "trial_changed"), _text(page, "trial_same")) == (
        "0",
        "0",
        "3",
    )
    assert "和台账一样" in page.review.trial.confirm.missing
    page.start_over()
    settle(qtbot, host)
    answers += ["stay", "withdraw"]
    _named(page, QPushButton, "withdraw_0").click()
    settle(qtbot, host)
    assert _count(town) == 3
    _named(page, QPushButton, "withdraw_0").click()
    settle(qtbot, host)
    assert _count(town) == 0
    assert not _named(page, QWidget, "recent_imports").isVisible()


def test_withdrawn_at_once_from_the_result(qtbot, host, town, small, answers):
    page = _open(qtbot, host, small)
    page.jobs.write()
    settle(qtbot, host)
    answers.append("withdraw")
    _named(page, QPushButton, "done_withdraw").click()
    settle(qtbot, host)
    assert _count(town) == 0
    assert "整批撤回了" in _text(page, "done_title")


def test_changes_are_told_before_and_after_masked(qtbot, host, town, small, tmp_path):
    page = _open(qtbot, host, small)
    page.jobs.write()
    settle(qtbot, host)
    page.start(_save(tmp_path / "新.xlsx", [_row(1, "李桂兰", phone="13912345678", tags="独居")]))
    settle(qtbot, host)
    assert (_text(page, "trial_changed"), _text(page, "count_changed")) == ("1", "会改旧数据 1")
    words = [label.text() for label in page.review.trial.findChildren(QLabel)]
    assert "李桂兰 电话 138****5671 → 139****5678" in words
    model = page.review.model
    column = model.fields.index("phone")
    assert model.cell(0, column).severity == "changed"


def test_a_large_import_is_backed_up_first_or_not_done(qtbot, host, town):
    page = show_page(qtbot, ImportPage, host)
    page.start(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"))
    settle(qtbot, host)

    def broken() -> None:
        raise EnvironmentFault("U 盘满了。换个 U 盘再备一次。")

    working, host.backup_before_import = host.backup_before_import, broken
    page.jobs.write()
    settle(qtbot, host)
    assert _count(town) == 0
    assert "U 盘满了" in _text(page.window(), "report_text")
    assert _named(page, QPushButton, "confirm").isVisible()
    host.backup_before_import = working
    page.jobs.write()
    settle(qtbot, host)
    assert host.backups == 1
    assert _count(town) > 5000


def test_refused_rows_go_back_with_red_cells_after_a_question(
    qtbot, host, town, small, tmp_path, answers, monkeypatch
):
    page = _open(qtbot, host, small)
    target = tmp_path / "红格.xlsx"
    page.save_file = lambda _owner, _title, _name, chosen: chosen(target)
    answers += ["no", "save"]
    _named(page, QPushButton, "save_refused").click()
    settle(qtbot, host)
    assert not target.exists()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))  # whole rows never lie there (G34)
    _named(page, QPushButton, "save_refused").click()
    settle(qtbot, host)
    sheet = load_workbook(target).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][1:3] == ["姓名", "身份证号"]
    assert rows[0][-1] == "没收的原因"
    assert rows[1][1] == "李国梁"
    assert "校验码" in rows[1][-1]
    red = [c.coordinate for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == "FFF4C7C3"]
    assert red == ["C2"]
    with town.station.read() as session:
        assert session.scalar(select(JournalOp.counts).where(JournalOp.action == "DiscloseRows")) == {
            "rows": 1
        }


@pytest.mark.parametrize(
    ("make", "title"),
    [
        (lambda path: path.write_bytes(b"PK\x03\x04 broken"), "这份文件用不了"),
        (lambda path: _save(path, [["1", "2"]], ["日期", "金额"]), "没找到居民表"),
    ],
)
def test_a_file_that_is_no_roster_gets_a_sentence(qtbot, host, town, tmp_path, make, title):
    path = tmp_path / "别的.xlsx"
    make(path)
    page = _open(qtbot, host, path)
    assert _text(page, "file_problem_title") == title
    assert _text(page, "file_problem_text").endswith(("。", "。）"))
    assert _named(page, QPushButton, "choose_file").isVisible()


def test_stopping_a_reading_leaves_the_ledger_alone(qtbot, host, town):
    page = show_page(qtbot, ImportPage, host)
    page.start(resource("data", "rosters", "yunhe_ledger_2026q3.xlsx"))
    qtbot.waitUntil(lambda: page.jobs._ticket is not None)
    _named(page, QPushButton, "read_stop").click()
    settle(qtbot, host)
    assert _text(page, "file_problem_title") == "停下了"
    assert page.jobs.roster is None


def test_a_file_can_be_dropped(qtbot, host, small):
    page = show_page(qtbot, ImportPage, host)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(small))])
    where = QPointF(200, 200)
    event = QDropEvent(
        where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)
    settle(qtbot, host)
    assert _text(page, "trial_new") == "3"


def test_leaving_with_corrections_asks_first(qtbot, host, small, answers):
    page = _open(qtbot, host, small)
    left: list[int] = []
    page.can_leave(lambda: left.append(1))
    assert left == [1], "nothing was corrected: nothing to lose"
    page.jobs.skip("名单", 3)
    settle(qtbot, host)
    answers += ["stay", "drop"]
    page.can_leave(lambda: left.append(2))
    assert left == [1]
    page.can_leave(lambda: left.append(3))
    assert (left, page.jobs.roster) == ([1, 3], None)
    settle(qtbot, host)


def test_two_clicks_are_one_import(qtbot, host, town, small):
    page = _open(qtbot, host, small)
    confirm = _named(page, QPushButton, "confirm")
    confirm.click()
    page.jobs.write()
    settle(qtbot, host)
    with town.station.read() as session:
        keys = session.scalars(select(JournalOp.idem_key).where(JournalOp.action == "ImportRoster")).all()
    assert len(keys) == 1
    assert keys[0] is not None  # asked again after a lost answer it would still be one (G24)


def test_a_row_left_out_a_moment_ago_is_not_booked(qtbot, host, town, small):
    page = _open(qtbot, host, small)
    page.jobs.skip("名单", 3)
    page.jobs.write()  # it has not been tried without that row
    settle(qtbot, host)
    assert _count(town) == 0
    page.jobs.write()
    settle(qtbot, host)
    assert _count(town) == 2


class _Layouts(QObject):
    """Counts how often a page is asked to lay itself out."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_page_at_rest_is_not_laid_out_again_and_again(qtbot, host, small):
    page = _open(qtbot, host, small)
    seen = _Layouts()
    page.review.installEventFilter(seen)
    qtbot.wait(100)
    assert seen.count < 5


def test_narrow_and_low_windows_keep_rows_and_button(qtbot, host, small):
    page = show_page(qtbot, ImportPage, host, (1068, 616))
    page.start(small)
    settle(qtbot, host)
    assert page.window().height() == 616, "nothing pushes the window higher"
    assert page.review.grid.height() > 150
    assert _named(page, QPushButton, "confirm").isVisible()
