"""What the desk remembers on this machine, and that a spoilt file costs nothing but the memory."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication

from centerdesk.app.desk.memory import DeskMemory, LookChoice
from centerdesk.kernel.calendar import LATITUDE, LONGITUDE, sun_times
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.clock import today
from centerdesk.kernel.paths import DataDir
from centerdesk.qtkit.column_memory import ColumnMemory
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.theme import Theme

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def data(tmp_path):
    found = DataDir(tmp_path / "station")
    found.prepare()
    return found


def test_look_and_columns_come_back_after_a_restart(data):
    look = LookChoice("dark", 130, large=True, motion=False)
    columns = ColumnMemory(("name", "door"), frozenset({"age"}), {"name": 120}, ("door", True))
    memory = DeskMemory(data)
    kept = memory.for_person(ONE)
    kept.keep_look(look)
    kept.save("people", columns)
    memory.finish()
    again = DeskMemory(data).for_person(ONE)
    assert again.look == look
    assert again.load("people") == columns
    assert again.load("checkins") is None


def test_each_person_has_an_own_memory(data):
    memory = DeskMemory(data)
    memory.for_person(ONE).keep_look(LookChoice("contrast", 200))
    assert memory.for_person(OTHER).look == LookChoice()
    assert memory.for_person(None).look == LookChoice()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"people": 3}', json.dumps({"people": {str(ONE): {"look": {"theme": "pink", "zoom": 1}}}}),
     json.dumps({"people": {str(ONE): {"look": [], "columns": {"people": {"order": 7}}}}})],
)  # fmt: skip
def test_a_spoilt_file_gives_the_defaults(data, text):
    (data.root / "desk.json").write_text(text, "utf-8")
    memory = DeskMemory(data)
    kept = memory.for_person(ONE)
    assert kept.look == LookChoice()
    assert kept.load("people") is None
    kept.keep_look(LookChoice("dark"))
    memory.finish()
    assert DeskMemory(data).for_person(ONE).look == LookChoice("dark")


def test_a_folder_that_cannot_be_written_is_no_error(data, caplog):
    memory = DeskMemory(data)
    data.root.joinpath("desk.json").mkdir()  # writing over a folder fails, whoever we are
    memory.put("x", "window")
    memory.finish()
    assert memory.get("window") == "x"
    assert "not written" in caplog.text


def test_of_many_changes_the_last_stands_in_the_file(data):
    memory = DeskMemory(data)
    for number in range(200):
        memory.put(number, "window")
    memory.finish()
    assert DeskMemory(data).get("window") == 199


@pytest.mark.parametrize(
    ("choice", "after_sunset", "name"),
    [("light", True, "light"), ("dark", False, "dark"), ("sun", False, "light"), ("sun", True, "dark"),
     ("pink", True, "light")],
)  # fmt: skip
def test_the_theme_that_follows_the_sun(choice, after_sunset, name):
    assert LookChoice(choice).name(after_sunset=after_sunset) == name


def test_where_the_station_lies_is_read_on_a_lane(founded_desk, clock):
    """The longer night of the north comes a moment after the look: the GUI thread opens no database."""
    desk = founded_desk
    desk.open()
    desk.window.runner.execute(desk.window, ChangeSetting(LATITUDE, 53.5))
    desk.settle()
    day = sun_times(today(clock), LATITUDE.default, LONGITUDE.default)
    north = sun_times(today(clock), 53.5, LONGITUDE.default)
    clock.set(day.rise + (north.rise - day.rise) / 2)  # light at the default place, dark in the north
    desk.desk.dress(QApplication.instance(), LookChoice("sun"))
    assert theme().name == "light"
    desk.settle()
    assert theme().name == "dark"
    Theme.load("light", bundled_fonts=True).apply(QApplication.instance())
