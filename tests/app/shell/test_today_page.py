"""今日 on the morning of the pictures, on an empty station, for each role, and when a card fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from sqlalchemy import select

from centerdesk.app.today import page as today
from centerdesk.app.today.alarms import AlarmBlock, door_words
from centerdesk.app.today.due import read_due
from centerdesk.app.today.list import DueList, Head
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_enrol import SetPause
from centerdesk.features.checkins.models import Alarm, ExpectedCheck
from centerdesk.kernel.errors import Unavailable
from centerdesk.kernel.manifest import Target
from centerdesk.qtkit.painted.card import Stat
from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.ladder import StepState
from centerdesk.qtkit.painted.minibars import DayBars
from centerdesk.qtkit.painted.nav_rail import NavRail
from centerdesk.qtkit.painted.status_bar import StatusItem
from tests.helpers.elders import at
from tests.shots.scene import DAY


@pytest.fixture
def page(morning):
    window = morning.open()
    return window.frame.page


@pytest.fixture
def went(page, monkeypatch):
    """Where clicks lead; the pages of the features are not opened here."""
    found: list[tuple[str, object]] = []
    monkeypatch.setattr(page.host, "_go", lambda page_id, row_id: found.append((page_id, row_id)))
    return found


def test_the_headline_counts_what_is_left(page, morning):
    assert morning.find(QLabel, "today_headline").full == "还有 8 扇窗没看，2 户要处置"
    assert "离收窗 19 分钟" in morning.find(QLabel, "today_line").full
    assert morning.find(Stat, "today_seen").accessibleName() == "已看 / 应看 34，共 42"
    assert morning.find(Stat, "today_safe").accessibleName() == "已开平安 32"


def test_the_head_greets_and_tells_the_day(page, morning):
    assert morning.find(QLabel, "page_title").text() == "早上好，周敏"
    facts = morning.find(QLabel, "page_facts").text()
    assert facts == "12 月 3 日 星期四 · 农历十月廿五 · 日出 06:45 · 大雪还有 4 天"


def test_the_greeting_turns_though_a_second_was_missed(page, morning):
    """The machine was busy, the desk locked or the page away while the hour turned."""
    morning.fixture.clock.set(at("2026-12-03 23:00:07"))
    page.tick()
    assert morning.find(QLabel, "page_title").text() == "夜里辛苦了，周敏"


def test_a_pause_that_ended_yesterday_is_not_due_after_midnight(morning):
    """Until five the round on show is still yesterday's evening."""
    fixture = morning.fixture
    with fixture.read() as session:
        home = session.scalar(select(ExpectedCheck.enrolment_id).where(ExpectedCheck.state == "ok").limit(1))
    fixture.run(SetPause(home, DAY, DAY, "去女儿家", "evening", "evening"))
    told = {}
    for text in ("2026-12-03 23:59", "2026-12-04 00:01"):
        fixture.clock.set(at(text))
        with fixture.read() as session:
            groups = read_due(session, fixture.actor, fixture.clock)
        told[text] = [row.right for group in groups if group.title == "暂停快到" for row in group.rows]
    assert "今天到期" in told["2026-12-03 23:59"]
    assert not any(right.startswith("剩 -") for right in told["2026-12-04 00:01"])


def test_every_enrolled_window_stands_in_the_strip(page, morning):
    strip = morning.find(DayStrip, "day_strip")
    assert [house.name for house in strip.buildings] == [
        "2 栋",
        "3 栋",
        "5 栋",
        "6 栋",
        "8 栋",
        "9 栋",
        "11 栋",
    ]
    states = [window.state.word for house in strip.buildings for window in house.windows]
    assert len(states) == 44
    assert (states.count("已开"), states.count("待看"), states.count("暂停")) == (32, 8, 2)
    assert (states.count("未开"), states.count("看不清")) == (1, 1)


def test_a_window_of_the_strip_leads_to_its_home(page, morning, went):
    strip = morning.find(DayStrip, "day_strip")
    calm = strip.buildings[0].windows[0].id
    strip.activated.emit(calm)
    trouble = next(w.id for h in strip.buildings for w in h.windows if w.state.troubled)
    strip.activated.emit(trouble)
    with morning.fixture.read() as session:
        alarm = session.scalars(select(Alarm.id).where(Alarm.check_id == trouble)).one()
    assert went == [("checkins", calm), ("checkins", alarm)]


def test_alarms_name_who_is_on_it_and_who_is_next(page):
    blocks = [b for b in page.findChildren(AlarmBlock) if not b.isHidden()]
    assert len(blocks) == 2
    said = [
        b.findChild(QLabel, "alarm_title").text().replace("\u2060", "").replace("\u00a0", " ") for b in blocks
    ]
    assert said == ["5 栋 1 单元 202 · 看不清", "3 栋 2 单元 501 · 未开"]
    shut = blocks[1]
    assert "右耳听不清，" in shut.accessibleName()
    assert "陈嘉禾 敲门" in shut.findChild(QLabel, "alarm_now").text()
    assert "孙建国" in shut.findChild(QLabel, "alarm_next").text()
    states = [step.state for step in shut._ladder.steps]
    assert states == [StepState.DONE, StepState.DONE, StepState.CURRENT, *[StepState.NEXT] * 3]


def test_only_the_first_alarm_has_the_red_button(page, morning, went):
    urgent = page.findChildren(QPushButton, "alarm_handle")
    assert len(urgent) == 1
    assert len(page.findChildren(QPushButton, "alarm_open")) == 1
    morning.qtbot.mouseClick(urgent[0], Qt.MouseButton.LeftButton)
    morning.qtbot.keyClick(morning.window, Qt.Key.Key_F8)
    first = page.findChildren(AlarmBlock)[0].alarm_id
    assert went == [("checkins", first), ("checkins", first)]


def test_f2_goes_on_with_the_round(page, morning, went):
    morning.qtbot.keyClick(morning.window, Qt.Key.Key_F2)
    assert went == [("checkins", None)]


def test_the_countdown_runs_without_reading_anything(page, morning):
    block = page.findChildren(AlarmBlock)[1]
    count = block.findChild(QLabel, "alarm_countdown")
    assert count.text() == "11:00"
    morning.fixture.clock.advance(timedelta(seconds=14))
    page.tick()
    assert count.text() == "10:46"


def test_a_look_elsewhere_changes_the_page_by_itself(page, morning):
    with morning.fixture.read() as session:
        check = session.scalars(
            select(ExpectedCheck.id).where(
                ExpectedCheck.state == "due",
                ExpectedCheck.slot == "morning",
                ExpectedCheck.day == page._day.day,
            )
        ).first()
    page.runner.execute(page, RecordLook(check, "ok"))
    morning.settle()
    assert morning.find(QLabel, "today_headline").full == "还有 7 扇窗没看，2 户要处置"


def test_the_last_days_print_numerator_and_denominator(page, morning):
    assert morning.find(QLabel, "today_rate_strong").text() == "看护率 99.7%"
    assert morning.find(QLabel, "today_rate").accessibleName() == "1141/1144　漏看 3 户次"
    assert "28 日漏 2 户次" in morning.find(DayBars, "day_bars").accessibleDescription()


def test_who_is_on_duty_and_the_evening(page, morning):
    assert morning.find(QLabel, "today_duty").accessibleName().startswith("许文静 书记 · ")
    assert morning.find(QLabel, "today_evening").accessibleName() == "17:30–20:00 看拉帘 · 日落 15:31"


def test_due_is_grouped_and_every_entry_leads_somewhere(page, morning, went):
    due = morning.find(DueList, "due_list")
    heads = [e.title for e in due.model_.entries if isinstance(e, Head)]
    assert heads == ["早间看窗", "暂停快到", "核实", "生日"]
    for row in range(due.model_.rowCount(QModelIndex())):
        due._open(due.model_.index(row))
    assert len(went) == due.model_.rowCount(QModelIndex())
    assert {page_id for page_id, _ in went} == {"checkins", "people"}


def test_mine_is_first_and_all_one_click_away(page, morning):
    due = morning.find(DueList, "due_list")
    mine, everything = morning.find(object, "due_mine"), morning.find(object, "due_all")
    routes = [e.title for e in due.model_.entries if e.title.endswith("的路线")]
    assert routes == ["周敏 的路线"]
    morning.qtbot.mouseClick(everything, Qt.MouseButton.LeftButton)
    routes = [e.title for e in due.model_.entries if e.title.endswith("的路线")]
    assert len(routes) == 3
    assert not mine.isChecked()


def test_enter_opens_an_entry(page, morning, went):
    due = morning.find(DueList, "due_list")
    row = next(n for n, e in enumerate(due.model_.entries) if not isinstance(e, Head) and e.icon == "gift")
    due.setCurrentIndex(due.model_.index(row))
    morning.qtbot.keyClick(due, Qt.Key.Key_Return)
    target = due.model_.entries[row].target
    assert went == [(target.page, target.row_id)]
    assert isinstance(target, Target)


def test_the_rail_and_the_status_bar_count_the_same_alarms(page, morning):
    assert morning.find(NavRail, "nav_rail").entry("checkins").count == 2
    item = morning.find(StatusItem, "status_worst_alarm")
    assert item.text() == "2 户待处置"
    assert item.isVisible()


def test_a_card_that_fails_leaves_the_others(morning, monkeypatch):
    def broken(*_args):
        raise Unavailable("数据库这会儿读不出来，稍后再试。")

    monkeypatch.setattr(today, "read_due", broken)
    window = morning.open()
    assert morning.find(QLabel, "today_headline").full.startswith("还有 8 扇窗")
    told = window.frame.page.due_card.findChild(QLabel, "state_text")
    assert told.text() == "数据库这会儿读不出来，稍后再试。"
    monkeypatch.undo()
    morning.qtbot.mouseClick(morning.find(QPushButton, "due_retry"), Qt.MouseButton.LeftButton)
    morning.settle()
    assert morning.find(DueList, "due_list").model_.entries


def test_an_empty_station_says_what_belongs_here(desk):
    desk.open()
    assert desk.find(QLabel, "today_headline").full == "今天没有要看的窗"
    assert desk.find(QPushButton, "today_go_on").text() == "登记一户"
    assert not desk.find(DueList, "due_list").isVisible()
    assert desk.find(QLabel, "month_value").text() == "未编"


def test_who_may_not_see_the_round_sees_no_trace_of_it(desk):
    desk.fixture.sign_in("administrator")
    window = desk.open()
    page = window.frame.page
    assert page.band.isHidden()
    assert page.watch_card.isHidden()
    assert page.month_card.isHidden()
    assert page.due_card.isHidden()
    assert not page.safety_card.isHidden()


def test_in_a_low_window_further_alarms_keep_a_line(morning):
    window = morning.open((1180, 700))
    page = window.frame.page
    assert len([b for b in page.findChildren(AlarmBlock) if not b.isHidden()]) == 1
    assert morning.find(QLabel, "alarms_more").text() == "3 栋 2 单元 501 · 未开　11:00"


@pytest.mark.parametrize(
    ("door", "said"),
    [("3-2-501", "3 栋 2 单元 501"), ("门牌待补", "门牌待补"), ("3-501", "3-501"), ("南-2-501", "南-2-501")],
)
def test_a_door_is_said_as_people_say_it(door, said):
    class Row:
        def __init__(self, door):
            self.door = door

    assert door_words(Row(door)) == said


def test_ctrl_n_registers_on_the_ledgers_own_form(page, went, monkeypatch, morning):
    asked: list[str] = []
    monkeypatch.setattr(page.host.actions, "trigger", lambda action_id, *_: asked.append(action_id))
    page.register()
    assert went == [("people", None)]
    assert asked == ["people.new"]
    assert morning.find(QPushButton, "button_today.register").accessibleDescription() == "快捷键 Ctrl N"


def test_where_there_is_no_room_houses_fold_to_counts_and_figures_go(morning):
    window = morning.open((1180, 700))
    strip = morning.find(DayStrip, "day_strip")
    folded = morning.find(QLabel, "today_folded")
    assert strip.isVisible()
    assert not folded.isVisible()
    band = window.frame.page.band
    band.setFixedWidth(560)
    band._fold()
    assert not strip.isVisible()
    assert folded.full.startswith("2 栋 4/4　3 栋 6/6 未开 1　5 栋 6/6 看不清 1　6 栋 0/5")
    assert not morning.find(Stat, "today_seen").isVisible()


def test_many_houses_stand_by_compound():
    from centerdesk.app.today.band import HOUSES, houses
    from centerdesk.features.checkins.queries import RoundView

    @dataclass(frozen=True)
    class Row:
        check_id: int
        building_id: int
        compound: str
        building: str
        state: str = "due"
        number: int = 0
        door: str = ""
        look_at: None = None
        paused_to: None = None

    rows = tuple(Row(n, n, ("云和小区", "松涛里")[n % 2], str(n)) for n in range(HOUSES + 1))
    view = RoundView(DAY, "morning", None, None, rows, (), {})
    assert [(h.name, len(h.windows)) for h in houses(view)] == [("松涛里", 5), ("云和小区", 6)]
    few = RoundView(DAY, "morning", None, None, rows[:3], (), {})
    assert [h.name for h in houses(few)] == ["0 栋", "1 栋", "2 栋"]
