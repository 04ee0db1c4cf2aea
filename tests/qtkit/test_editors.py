"""What is typed and what is understood."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from centerdesk.kernel.clock import FixedClock
from centerdesk.qtkit.date_input import Lean, read_back, read_date
from centerdesk.qtkit.editors import (
    ChoiceEditor,
    DoorEditor,
    IdNumberEditor,
    IntEditor,
    LineEditor,
    MultilineEditor,
    PasswordEditor,
    to_half_width,
)
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.more_editors import DateEditor, FlowLayout, TagsEditor

pytestmark = pytest.mark.gui
TODAY = date(2026, 12, 3)  # a Thursday
CLOCK = FixedClock(datetime(2026, 12, 3, 0, 41, tzinfo=UTC))


@pytest.fixture
def shown(qtbot, window):
    """Puts an editor and a field after it into the window."""

    def show(editor):
        window.layout().addWidget(editor.widget)
        after = QLineEdit(objectName="after")
        window.layout().addWidget(after)
        qtbot.waitUntil(after.isVisible, timeout=5000)
        editor.widget.setFocus()
        return editor, after

    return show


@pytest.mark.parametrize(
    ("text", "lean", "day"),
    [
        ("20261121", Lean.NEAR, date(2026, 11, 21)),
        ("2026-11-21", Lean.NEAR, date(2026, 11, 21)),
        ("2026/1/2", Lean.NEAR, date(2026, 1, 2)),
        ("2026年11月21日", Lean.NEAR, date(2026, 11, 21)),
        ("２０２６．１１．２１", Lean.NEAR, date(2026, 11, 21)),
        (" 11.21 ", Lean.NEAR, date(2026, 11, 21)),
        ("11月21日", Lean.FUTURE, date(2027, 11, 21)),
        ("12.8", Lean.NEAR, date(2026, 12, 8)),
        ("12.8", Lean.PAST, date(2025, 12, 8)),
        ("1.5", Lean.NEAR, date(2027, 1, 5)),
        ("2.29", Lean.NEAR, date(2028, 2, 29)),
        ("12.3", Lean.PAST, TODAY),
        ("12.3", Lean.FUTURE, TODAY),
        ("昨天", Lean.NEAR, date(2026, 12, 2)),
        ("今天", Lean.NEAR, TODAY),
        ("大后天", Lean.NEAR, date(2026, 12, 6)),
        ("3天前", Lean.NEAR, date(2026, 11, 30)),
        ("上周三", Lean.NEAR, date(2026, 11, 25)),
        ("周日", Lean.NEAR, date(2026, 12, 6)),
        ("下星期一", Lean.NEAR, date(2026, 12, 7)),
        ("农历九月初九", Lean.NEAR, date(2026, 10, 18)),
        ("九月初九", Lean.FUTURE, date(2027, 10, 8)),
        ("腊月廿三", Lean.NEAR, date(2027, 1, 30)),
        ("农历闰六月初一", Lean.NEAR, date(2025, 7, 25)),
        ("1948年九月初九", Lean.NEAR, date(1948, 10, 11)),
        ("二〇二六年正月十五", Lean.NEAR, date(2026, 3, 3)),
        ("冬月三十", Lean.NEAR, date(2027, 1, 7)),
        ("冬月二十一", Lean.NEAR, date(2026, 12, 29)),
    ],
)
def test_dates_are_taken_as_people_write_them(text, lean, day):
    assert read_date(text, TODAY, lean) == day


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("20261301", "2026 年没有 13 月 1 日"),
        ("2.30", "没有 2 月 30 日"),
        ("2027-02-29", "2027 年没有 2 月 29 日"),
        ("明儿", "看不懂"),
        ("261121", "看不懂"),
        ("1948年闰九月初九", "没有这个农历日子"),
        ("9999年腊月廿九", "没有这个农历日子"),
        ("农历〇〇〇〇年正月初一", "没有这个农历日子"),
    ],
)
def test_what_is_no_date_is_refused_with_what_to_do(text, says):
    with pytest.raises(ValueError, match=says):
        read_date(text, TODAY)


@given(st.dates(date(1900, 2, 1), date(2099, 12, 31)))
def test_a_day_written_out_is_read_again_as_itself(day):
    for text in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日"):
        assert read_date(text, TODAY) == day


@given(st.dates(date(1925, 1, 1), date(2099, 12, 31)))
def test_the_lunar_reading_leads_back_to_the_day(day):
    from lunar_python import Solar

    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    said = f"农历{lunar.getYear()}年{lunar.getMonthInChinese()}月{lunar.getDayInChinese()}"
    assert read_date(said, TODAY) == day


def test_a_date_is_read_back_with_weekday_and_lunar_day():
    assert read_back(date(2026, 12, 8), TODAY) == "星期二 · 十月三十"
    assert read_back(date(2027, 1, 5), TODAY) == "2027 年 · 星期二 · 冬月廿八"


def test_the_date_field_reads_back_and_writes_out(qtbot, shown):
    editor, after = shown(DateEditor(CLOCK))
    qtbot.keyClicks(editor.widget, "12.8")
    assert editor.value() == date(2026, 12, 8)
    assert editor.note() == "星期二 · 十月三十"
    after.setFocus()
    assert editor.widget.text() == "2026-12-08"
    editor.widget.setText("12.88")
    assert editor.value() is None
    assert editor.problem() == "没有 12 月 88 日，请核对。"
    editor.set_value(None)
    assert (editor.value(), editor.problem(), editor.note()) == (None, "", "")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("23081119481206124x", "23081119481206124X"),
        ("２３０８１１１９４８１２０６１２４６", "230811194812061246"),
        ("230811 19481206 1246", "230811194812061246"),
        ("230811-19481206-1246", "230811194812061246"),
        ("", None),
    ],
)
def test_id_numbers_are_taken_however_they_are_typed(qtbot, typed, value):
    editor = IdNumberEditor()
    qtbot.addWidget(editor.widget)
    editor.widget.setText(typed)
    assert editor.value() == value


def test_an_id_number_stands_in_groups_when_left_and_plain_when_edited(qtbot, shown):
    edits = []
    editor, after = shown(IdNumberEditor(check=lambda v: "" if len(v) == 18 else "还差几位，请照证件补。"))
    editor.on_edit(lambda: edits.append(1))
    qtbot.keyClicks(editor.widget, "230811194812061246")
    typed = len(edits)
    after.setFocus()
    assert editor.widget.text() == "230811 19481206 1246"
    assert len(edits) == typed  # the grouping is no edit
    editor.widget.setFocus()
    assert editor.widget.text() == "230811194812061246"
    qtbot.keyClick(editor.widget, Qt.Key.Key_Backspace)
    assert editor.problem() == "还差几位，请照证件补。"


def read_door(text):
    parts = text.split("-")
    if len(parts) != 3:
        raise ValueError("写成 3-2-501 这样：栋-单元-室。")
    return f"{parts[0]} 栋 {parts[1]} 单元 {parts[2]}"


def test_a_door_reads_back_what_was_understood(qtbot):
    editor = DoorEditor(read_door)
    qtbot.addWidget(editor.widget)
    editor.widget.setText("３－２－５０１")
    assert editor.note() == "3 栋 2 单元 501"
    assert editor.problem() == ""
    editor.widget.setText("三楼")
    assert editor.note() == ""
    assert editor.problem() == "写成 3-2-501 这样：栋-单元-室。"


@pytest.mark.parametrize(
    ("typed", "value", "says"),
    [
        ("5", 5, ""),
        ("１２", 12, "要在 1 到 9"),
        ("x", None, "只填数字"),
        ("", None, ""),
        ("-3", -3, "要在 1 到 9"),
    ],
)
def test_whole_numbers_between_bounds(qtbot, typed, value, says):
    editor = IntEditor(1, 9)
    qtbot.addWidget(editor.widget)
    editor.widget.setText(typed)
    assert editor.value() == value
    assert says in editor.problem()
    assert bool(editor.problem()) == bool(says)


def test_a_choice_keeps_its_value_over_new_options(qtbot):
    editor = ChoiceEditor([("a", "甲"), ("b", "乙")])
    qtbot.addWidget(editor.widget)
    assert editor.value() is None
    editor.set_value("b")
    editor.set_options([("b", "乙"), ("c", "丙")])
    assert editor.value() == "b"
    editor.set_options([("c", "丙")])
    assert editor.value() is None


def test_tags_come_out_in_the_order_of_the_list(qtbot, window):
    editor = TagsEditor([("a", "独居"), ("b", "高龄"), ("c", "低保")])
    window.layout().addWidget(editor.widget)
    edits = []
    editor.on_edit(lambda: edits.append(1))
    editor.set_value(("c", "unknown"))
    qtbot.mouseClick(editor.widget.findChild(QToolButton, "tag_a"), Qt.MouseButton.LeftButton)
    assert editor.value() == ("a", "c")
    assert len(edits) == 2


def test_many_tags_flow_over_lines_and_none_is_cut(qtbot, window):
    editor = TagsEditor([(n, f"第{n}个标签") for n in range(40)])
    window.layout().addWidget(editor.widget)
    box = editor.widget
    chips = box.findChildren(QToolButton)
    qtbot.waitUntil(lambda: len({chip.y() for chip in chips}) > 2, timeout=5000)
    assert all(box.rect().contains(chip.geometry()) for chip in chips)


def test_a_password_is_not_trimmed_and_not_shown(qtbot):
    editor = PasswordEditor()
    qtbot.addWidget(editor.widget)
    editor.widget.setText(" 两个空格 ")
    assert editor.value() == " 两个空格 "
    assert editor.widget.displayText() != editor.widget.text()


def test_long_text_says_how_long_it_may_be(qtbot):
    editor = MultilineEditor(max_length=5)
    qtbot.addWidget(editor.widget)
    editor.set_value("一二三四五六")
    assert editor.problem() == "最多 5 字，现在 6 字，请删短一些。"


def test_the_unit_stands_inside_the_field_and_under_no_text(qtbot, window):
    editor = LineEditor(unit="平方米")
    window.layout().addWidget(editor.widget)
    label = editor.widget.findChild(TextLabel)
    assert label.text() == "平方米"
    qtbot.waitUntil(lambda: label.x() > 0, timeout=5000)
    assert label.x() + label.width() <= editor.widget.width()
    assert editor.widget.textMargins().right() >= editor.widget.width() - label.x()


@given(st.text(max_size=40))
def test_half_width_keeps_everything_that_is_not_full_width_ascii(text):
    once = to_half_width(text)
    assert to_half_width(once) == once
    assert len(once) == len(text)
    assert not any("\uff01" <= ch <= "\uff5e" for ch in once)


def test_what_is_hidden_takes_no_gap_among_what_flows(qtbot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    flow = FlowLayout(box, gap=8)
    first, gone, last = parts = [QToolButton(box) for _ in range(3)]
    for part in parts:
        part.setText("标签")
        flow.addWidget(part)
    gone.hide()
    box.resize(400, 100)
    box.show()
    assert last.x() == first.geometry().right() + 1 + 8
